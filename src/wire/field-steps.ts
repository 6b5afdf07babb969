import { place, placed } from '../bytes/kernel.ts';
import { LineSteps, StepKind } from '../bytes/line-steps.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { Coding } from './coded-text.ts';
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
 * brackets may hold blanks. '{part:port}' is an address that always has a port behind its last colon. '{…}' at the end takes the
 * rest of the line. `required`: text that has to be there.
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
      const [part, port] =
        rest || name === '' ? ['skip' as const] : (name.split(':') as [PartName | 'time', string?]);
      const coding = port === undefined ? Coding.plain : Coding.portBehind;
      steps.push({ kind: 'field', part, blank: rest || /["[]$/.test(before), coding });
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
    const base = place(bytes, start, end);
    return this.#layouts.some(
      (layout) =>
        (layout.read(parts, bytes, base, start, placed) ||
          (body >= 0 && layout.read(parts, bytes, base, body, placed))) &&
        !Number.isNaN(layout.time) &&
        (parts.has(Part.client) || parts.has(Part.appendedFor)),
    );
  }

  #read(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const layouts = this.#layouts;
    const parts = this.#parts;
    const base = place(bytes, start, end);
    for (let i = 0; i < layouts.length; i++) {
      const layout = layouts[i];
      if (!layout.read(parts, bytes, base, start, placed)) continue;
      if (i > 0) {
        layouts[i] = layouts[0];
        layouts[0] = layout;
      }
      return parts.put(batch, bytes, layout.time);
    }
    return notThis;
  }
}

/** One layout, made ready. */
class Layout {
  time = Number.NaN;
  readonly #steps: readonly Step[];
  readonly #list: LineSteps;
  /** The fields that something wants: their steps, and what each is. */
  readonly #wanted: Uint16Array;
  readonly #part: Int8Array;
  readonly #coding: Uint8Array;
  readonly #stamp: StampReader | undefined;
  readonly #times: WebTimes;

  constructor({ steps, required = steps.length, stamp }: LineLayout, times: WebTimes) {
    this.#steps = steps;
    this.#stamp = stamp;
    this.#times = times;
    const fields = [...steps.entries()].flatMap(([step, what]) =>
      what.kind === 'field' && what.part !== 'skip' ? { ...what, step } : [],
    );
    this.#wanted = Uint16Array.from(fields, ({ step }) => step);
    this.#part = Int8Array.from(fields, ({ part }) => (part === 'time' ? timePart : Part[part as PartName]));
    this.#coding = Uint8Array.from(fields, ({ coding }) => coding ?? 0);
    this.#list = LineSteps.of(
      steps.map((step, i) => {
        const next = steps.at(i + 1);
        if (step.kind !== 'field') {
          const text = step.kind === 'literal' ? step.text : '';
          return { kind: kinds[step.kind], text, blank: false, joined: false };
        }
        const { blank, stop } = step;
        const text = stop ?? (next === undefined ? '' : next.kind === 'literal' ? next.text : ' ');
        return { kind: StepKind.field, text, blank, joined: stop === undefined && next?.kind === 'literal' };
      }),
      required,
    );
  }

  /** Whether the line, which the kernel has at `base`, has this layout; then `parts` and `time` are filled. */
  read(parts: RequestParts, bytes: Uint8Array, base: number, start: number, end: number): boolean {
    const list = this.#list;
    this.#stamp?.begin();
    let reached = list.walk(base, start, end, 0);
    while (reached < -1) {
      const step = this.#steps[-2 - reached];
      const at = step.kind === 'stamp' ? step.read(bytes, list.stopped, end) : -1;
      reached = at < 0 ? -1 : list.walk(base, at, end, -1 - reached);
    }
    if (reached < 0) return false;
    parts.clear();
    let time = Number.NaN;
    const wanted = this.#wanted;
    for (let i = 0; i < wanted.length; i++) {
      const step = wanted[i];
      if (step >= reached) break;
      const part = this.#part[i];
      if (part === timePart) {
        time = this.#times.read(bytes, list.start[step], list.end[step]);
        if (Number.isNaN(time)) return false;
      } else {
        parts.set(part, list.start[step], list.end[step], bytes);
        parts.coding[part] = this.#coding[i];
      }
    }
    this.time = this.#stamp && Number.isNaN(time) ? this.#stamp.time : time;
    return true;
  }
}

const timePart = -1;
const kinds = { literal: StepKind.literal, blanks: StepKind.blanks, stamp: StepKind.other } as const;
