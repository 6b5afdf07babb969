import { backslash, quote, space } from '../bytes/codes.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { WebTimes } from './web-times.ts';
import { LineEnvelope } from './line-envelope.ts';
import { Part, RequestParts } from './request-parts.ts';
import type { PartName } from './request-parts.ts';

/** Reads a stamp of a fixed shape at a position; keeps what it read until the line is whole. */
export interface StampReader {
  /** Forgets the last line. */
  begin(): void;
  /** µs UTC; NaN when the line had none. */
  readonly time: number;
}

/** A line is a list of these, taken from left to right, never back. */
export type Step =
  /** Exactly this text. */
  | { readonly kind: 'literal'; readonly text: string }
  /** One or more blanks. */
  | { readonly kind: 'blanks' }
  /** Anything up to the next literal; without `blank`, no blank is in it. 'time': a stamp of any kind; 'skip': unused. */
  | {
      readonly kind: 'field';
      readonly part: PartName | 'time' | 'skip';
      readonly blank: boolean;
      readonly coding?: number;
      /** What ends it where no literal follows; it is not passed. */
      readonly stop?: string;
    }
  /** A piece of a stamp: returns the position behind it, -1 when it is not there. */
  | { readonly kind: 'stamp'; readonly read: (bytes: Uint8Array, at: number, end: number) => number };

export interface LineLayout {
  readonly steps: readonly Step[];
  /** Steps that have to be there: a line that ends where a later one begins is whole. All of them when absent. */
  readonly required?: number;
  readonly stamp?: StampReader;
}

/**
 * A layout from a picture: '{part}' and '{time}' are fields, '{}' a field that nothing wants; a field inside quotes or
 * brackets may hold blanks. '{…}' at the end takes the rest of the line. `required`: text that has to be there.
 */
export function layoutOf(required: string, optional = ''): LineLayout {
  const steps: Step[] = [];
  const add = (picture: string): void => {
    let before = '';
    for (const [, literal, name] of picture.matchAll(/([^{]*)(?:\{([^}]*)\}|$)/g)) {
      if (literal !== '') steps.push({ kind: 'literal', text: literal });
      before = literal || before;
      if (name === undefined) continue;
      const rest = name === '…';
      const part = name === '' || rest ? 'skip' : (name as PartName | 'time');
      steps.push({ kind: 'field', part, blank: rest || /["[]$/.test(before) });
    }
  };
  add(required);
  const needed = steps.length;
  add(optional);
  return { steps, required: needed };
}

const notThis = 'not in this layout';

/** Reads lines by layouts; the one that fitted last is tried first. An envelope in front of the line is passed. */
export class FieldSteps implements LineReader {
  readonly #layouts: Layout[];
  readonly #parts: RequestParts;
  readonly #envelope: LineEnvelope;

  constructor(info: InputInfo, layouts: readonly LineLayout[]) {
    const times = new WebTimes(new Zone(info.zone));
    this.#layouts = layouts.map((layout) => new Layout(layout, times));
    this.#parts = new RequestParts(info);
    this.#envelope = new LineEnvelope(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const reason = this.#read(batch, bytes, start, end);
    if (reason !== notThis) return reason;
    const body = this.#envelope.body(bytes, start, end);
    return body < 0 ? notThis : this.#read(batch, bytes, body, end);
  }

  /** Whether the line has one of the layouts, with a time and a client. */
  fits(bytes: Uint8Array, start: number, end: number): boolean {
    const parts = this.#parts;
    const body = this.#envelope.body(bytes, start, end);
    return this.#layouts.some(
      (layout) =>
        (layout.read(parts, bytes, start, end) || (body >= 0 && layout.read(parts, bytes, body, end))) &&
        !Number.isNaN(layout.time) &&
        (parts.has(Part.client) || parts.has(Part.appendedFor)),
    );
  }

  #read(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const layouts = this.#layouts;
    const parts = this.#parts;
    for (let i = 0; i < layouts.length; i++) {
      const layout = layouts[i];
      if (!layout.read(parts, bytes, start, end)) continue;
      if (i > 0) {
        layouts[i] = layouts[0];
        layouts[0] = layout;
      }
      return parts.put(batch, bytes, layout.time);
    }
    return notThis;
  }
}

const noStop = new Uint8Array(0);
const timePart = -1;
const skipPart = -2;
const Kind = { field: 0, literal: 1, blanks: 2, stamp: 3 } as const;

/** One layout, made ready: columns instead of objects. */
class Layout {
  time = Number.NaN;
  readonly #steps: readonly Step[];
  readonly #kind: Uint8Array;
  readonly #part: Int8Array;
  readonly #coding: Uint8Array;
  /** 1 where a field may hold blanks. */
  readonly #blank: Uint8Array;
  /** What a literal is, and what ends a field: the text of the literal behind it. */
  readonly #text: Uint8Array[];
  /** 1 for a field that the next step, a literal, ends. */
  readonly #joined: Uint8Array;
  readonly #required: number;
  readonly #stamp: StampReader | undefined;
  readonly #times: WebTimes;

  constructor({ steps, required = steps.length, stamp }: LineLayout, times: WebTimes) {
    this.#steps = steps;
    this.#required = required;
    this.#stamp = stamp;
    this.#times = times;
    this.#kind = Uint8Array.from(steps, ({ kind }) => Kind[kind]);
    this.#part = Int8Array.from(steps, (step) => {
      if (step.kind !== 'field') return skipPart;
      return step.part === 'time' ? timePart : step.part === 'skip' ? skipPart : Part[step.part];
    });
    this.#coding = Uint8Array.from(steps, (step) => (step.kind === 'field' ? (step.coding ?? 0) : 0));
    this.#blank = Uint8Array.from(steps, (step) => (step.kind === 'field' && step.blank ? 1 : 0));
    this.#joined = Uint8Array.from(steps, (step, i) =>
      step.kind === 'field' && step.stop === undefined && steps.at(i + 1)?.kind === 'literal' ? 1 : 0,
    );
    this.#text = steps.map((step, i) => {
      if (step.kind === 'literal') return Uint8Array.from(Buffer.from(step.text, 'utf8'));
      const next = steps.at(i + 1);
      const own = step.kind === 'field' ? step.stop : undefined;
      if (own === undefined && next === undefined) return noStop;
      return Uint8Array.from(Buffer.from(own ?? (next?.kind === 'literal' ? next.text : ' '), 'utf8'));
    });
  }

  /** Whether the line has this layout; then `parts` and `time` are filled. */
  read(parts: RequestParts, bytes: Uint8Array, start: number, end: number): boolean {
    const kinds = this.#kind;
    const required = this.#required;
    parts.clear();
    this.#stamp?.begin();
    let time = Number.NaN;
    let at = start;
    for (let i = 0; i < kinds.length; i++) {
      if (at >= end && i >= required) break;
      const kind = kinds[i];
      if (kind === Kind.field) {
        const blank = this.#blank[i] === 1;
        let stop = fieldEnd(bytes, at, end, this.#text[i], blank);
        if (stop < 0 && i + 1 === required) stop = fieldEnd(bytes, at, end, noStop, blank);
        if (stop < 0) return false;
        const part = this.#part[i];
        if (part >= 0) {
          parts.set(part, at, stop, bytes);
          parts.coding[part] = this.#coding[i];
        } else if (part === timePart) {
          time = this.#times.read(bytes, at, stop);
          if (Number.isNaN(time)) return false;
        }
        at = stop;
        // The literal that ended it is there.
        if (this.#joined[i] === 1 && at < end) at += this.#text[++i].length;
      } else if (kind === Kind.literal) {
        const text = this.#text[i];
        if (!standsAt(bytes, at, end, text)) {
          // The space before what is missing at the end of a line.
          if (i >= required && at >= end - 1) break;
          return false;
        }
        at += text.length;
      } else if (kind === Kind.blanks) {
        if (bytes[at] !== space || at >= end) return false;
        while (at < end && bytes[at] === space) at++;
      } else {
        const step = this.#steps[i];
        at = step.kind === 'stamp' ? step.read(bytes, at, end) : -1;
        if (at < 0) return false;
      }
    }
    // What is left over does not belong here: a forged end of line, for instance, inside an unescaped text.
    while (at < end && bytes[at] === space) at++;
    if (at < end) return false;
    this.time = this.#stamp && Number.isNaN(time) ? this.#stamp.time : time;
    return true;
  }
}

/** Whether all of `text` stands at `at`, before `end`. */
function standsAt(bytes: Uint8Array, at: number, end: number, text: Uint8Array): boolean {
  const { length } = text;
  if (at + length > end) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Where the field at `at` ends: before the first `stop`, which a backslash does not escape; -1 when it never comes. */
function fieldEnd(bytes: Uint8Array, at: number, end: number, stop: Uint8Array, blank: boolean): number {
  const { length } = stop;
  if (length === 0) {
    if (blank) return end;
    return spaceAt(bytes, at, end) < end ? -1 : end;
  }
  const first = stop[0];
  if (first === space && (length === 1 || !blank)) {
    const position = spaceAt(bytes, at, end);
    return position < end && standsAt(bytes, position, end, stop) ? position : -1;
  }
  const quoted = first === quote;
  let position = at;
  while (position < end) {
    const code = bytes[position];
    if (code === first && standsAt(bytes, position, end, stop)) return position;
    if (code === space && !blank) return -1;
    position += quoted && code === backslash ? 2 : 1;
  }
  return -1;
}

function spaceAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== space) at++;
  return at;
}
