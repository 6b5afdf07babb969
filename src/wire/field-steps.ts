import { backslash, quote, space } from '../bytes/codes.ts';
import { hasText } from '../bytes/numbers.ts';
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

/** One layout, made ready: columns instead of objects. */
class Layout {
  time = Number.NaN;
  readonly #steps: readonly Step[];
  readonly #part: Int8Array;
  /** What ends a field: the text of the literal behind it. */
  readonly #stop: Uint8Array[];
  /** The literals' bytes as Latin-1. */
  readonly #literal: string[];
  readonly #required: number;
  readonly #stamp: StampReader | undefined;
  readonly #times: WebTimes;

  constructor({ steps, required = steps.length, stamp }: LineLayout, times: WebTimes) {
    this.#steps = steps;
    this.#required = required;
    this.#stamp = stamp;
    this.#times = times;
    this.#part = Int8Array.from(steps, (step) => {
      if (step.kind !== 'field') return skipPart;
      return step.part === 'time' ? timePart : step.part === 'skip' ? skipPart : Part[step.part];
    });
    this.#stop = steps.map((step, i) => {
      const next = steps.at(i + 1);
      const own = step.kind === 'field' ? step.stop : undefined;
      if (own === undefined && next === undefined) return noStop;
      return Uint8Array.from(Buffer.from(own ?? (next?.kind === 'literal' ? next.text : ' '), 'utf8'));
    });
    this.#literal = steps.map((step) =>
      step.kind === 'literal' ? Buffer.from(step.text, 'utf8').toString('latin1') : '',
    );
  }

  /** Whether the line has this layout; then `parts` and `time` are filled. */
  read(parts: RequestParts, bytes: Uint8Array, start: number, end: number): boolean {
    const steps = this.#steps;
    parts.clear();
    this.#stamp?.begin();
    let time = Number.NaN;
    let at = start;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (at >= end && i >= this.#required) break;
      if (step.kind === 'field') {
        let stop = fieldEnd(bytes, at, end, this.#stop[i], step.blank);
        if (stop < 0 && i + 1 === this.#required) stop = fieldEnd(bytes, at, end, noStop, step.blank);
        if (stop < 0) return false;
        const part = this.#part[i];
        if (part >= 0) {
          parts.set(part, at, stop, bytes);
          parts.coding[part] = step.coding ?? 0;
        } else if (part === timePart) {
          time = this.#times.read(bytes, at, stop);
          if (Number.isNaN(time)) return false;
        }
        at = stop;
      } else if (step.kind === 'literal') {
        const text = this.#literal[i];
        if (!hasText(bytes, at, end, text)) {
          // The space before what is missing at the end of a line.
          if (i >= this.#required && at >= end - 1) break;
          return false;
        }
        at += text.length;
      } else if (step.kind === 'blanks') {
        if (bytes[at] !== space || at >= end) return false;
        while (at < end && bytes[at] === space) at++;
      } else {
        at = step.read(bytes, at, end);
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

/** Where the field at `at` ends: before the first `stop`, which a backslash does not escape; -1 when it never comes. */
function fieldEnd(bytes: Uint8Array, at: number, end: number, stop: Uint8Array, blank: boolean): number {
  const length = stop.length;
  if (length === 0 && blank) return end;
  const first = length === 0 ? -1 : stop[0];
  const quoted = first === quote;
  const last = end - length;
  for (let position = at; position < end; position++) {
    const code = bytes[position];
    if (code === first && position <= last) {
      let same = 1;
      while (same < length && bytes[position + same] === stop[same]) same++;
      if (same === length) return position;
    }
    if (code === backslash && quoted) position++;
    else if (code === space && !blank) return -1;
  }
  return length === 0 ? end : -1;
}
