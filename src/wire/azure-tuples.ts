import {
  backslash,
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  newline,
  quote,
  space,
} from '../bytes/codes.ts';
import { kernel, placeInChunk } from '../bytes/kernel.ts';
import { isText } from '../bytes/numbers.ts';
import type { BlockReader, RowSink } from '../model/format.ts';
import type { RecordTaker } from './json-objects.ts';

/** A string longer than this is no flow tuple, and no name or id of such a document. */
const stringLimit = 65_536;

/**
 * Finds the strings of every "flowTuples" array, in one document of any size or in many, indented or a line each, without
 * building any of it. What is remembered between chunks is where in the document it is: a few numbers. A raw line break in
 * a string is damage (JSON has none): the search begins anew behind it.
 */
export class AzureTuples implements BlockReader {
  records = 0;
  readonly #take: RecordTaker;
  readonly #finish: (sink: RowSink) => void;
  #depth = 0;
  /** The string just passed was "flowTuples". */
  #named = false;
  #inTuples = false;
  /** Inside a string that is too long to be kept whole. */
  #overlong = false;

  /** `finish` is called when the input is over. */
  constructor(take: RecordTaker, finish: (sink: RowSink) => void) {
    this.#take = take;
    this.#finish = finish;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const base = placeInChunk(bytes, start, end);
    let at = start;
    while (at < end) {
      const code = bytes[at];
      if (code !== quote && !this.#overlong) {
        this.#mark(code);
        at++;
        continue;
      }
      const from = this.#overlong ? at : at + 1;
      const close = closing(bytes, base, from, end);
      const whole = close < end && bytes[close] === quote;
      if (close === end && !last) {
        if (end - from < stringLimit) return at;
        this.#overlong = true;
        at = end;
        break;
      }
      if (!whole) this.#broken(sink, from, close);
      else if (!this.#overlong) this.#string(sink, bytes, from, close);
      this.#overlong = false;
      at = Math.min(close + 1, end);
    }
    if (last) {
      if (this.#depth > 0) sink.note('the document ends before it is closed');
      this.#finish(sink);
    }
    return at;
  }

  /** A byte outside of strings. */
  #mark(code: number): void {
    switch (code) {
      case braceOpen:
      case bracketOpen:
        this.#depth++;
        this.#inTuples = this.#named && code === bracketOpen;
        this.#named = false;
        break;
      case braceClose:
      case bracketClose:
        if (this.#depth > 0) this.#depth--;
        this.#inTuples = false;
        this.#named = false;
        break;
      default:
    }
  }

  #string(sink: RowSink, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#inTuples) {
      this.#named = isText(bytes, start, end, 'flowTuples');
      return;
    }
    this.records++;
    const reason = this.#take(sink, this.records, bytes, start, end);
    if (reason !== '') sink.skip(reason, this.records, start, end);
  }

  #broken(sink: RowSink, start: number, end: number): void {
    this.records++;
    sink.skip('a string that is never closed', this.records, start, end);
    this.#depth = 0;
    this.#named = false;
    this.#inTuples = false;
  }
}

/** Whether a byte ends a string's plain text: a quote, a backslash, or a control character. */
const endsText = Uint8Array.from({ length: 256 }, (_, code) =>
  code === quote || code === backslash || code < space ? 1 : 0,
);

/**
 * The position of the quote that closes a string, or of the line break that damages it; `end` when neither is there. `base`:
 * the kernel's address of position 0, NaN when the bytes are not with it.
 */
function closing(bytes: Uint8Array, base: number, start: number, end: number): number {
  const functions = kernel();
  let at = start;
  for (;;) {
    if (!Number.isNaN(base)) at = functions.jsonTextEnd(base + at) - base;
    else while (at < end && endsText[bytes[at]] === 0) at++;
    if (at >= end) return end;
    if (bytes[at] === quote || bytes[at] === newline) return at;
    at += bytes[at] === backslash ? 2 : 1;
  }
}
