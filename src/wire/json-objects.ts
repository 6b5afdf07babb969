import { backslash, braceClose, braceOpen, newline, quote } from '../bytes/codes.ts';
import type { JsonFields } from '../bytes/json-fields.ts';
import type { BlockReader, RowSink } from '../model/format.ts';

/** An object longer than this is passed over. */
const objectLimit = 1 << 20;
const tooLong = 'JSON object longer than 1 MiB';
const damaged = 'JSON that is cut or damaged';

/** Takes what stands in `bytes[start, end)`; returns '' or why there is nothing in it. */
export type RecordTaker = (
  sink: RowSink,
  record: number,
  bytes: Uint8Array,
  start: number,
  end: number,
) => string;

/**
 * Finds and reads the outermost JSON objects of a text: one a line, indented over many lines, or the elements of an array, whatever
 * stands between them. A raw line break in a string, or a line that begins with '{' inside an object, is damage: the object
 * is given up and the next one begins there.
 */
export class JsonObjects implements BlockReader {
  records = 0;
  readonly #json: JsonFields;
  readonly #take: RecordTaker;
  /** Inside an object that is too long: until a line begins with '{'. */
  #overlong = false;

  /** `take` finds its fields in `json`. */
  constructor(json: JsonFields, take: RecordTaker) {
    this.#json = json;
    this.#take = take;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const search = Buffer.from(bytes.buffer, bytes.byteOffset, end);
    let at = start;
    for (;;) {
      if (this.#overlong) {
        const next = search.indexOf('\n{', at);
        if (next < 0) return last ? end : Math.max(at, end - 1);
        this.#overlong = false;
        at = next + 1;
      }
      const open = search.indexOf(braceOpen, at);
      if (open < 0) return end;
      const behind = this.#json.readFrom(bytes, open, end);
      // What is no object is looked at again: where it would end tells damage from what goes on in the next chunk.
      const stop = behind > 0 ? behind : behindObject(bytes, open, end);
      if (stop > 0) {
        at = stop;
        if (stop - open > objectLimit) this.#skip(sink, tooLong, open, stop);
        else if (behind < 0) this.#skip(sink, damaged, open, stop);
        else {
          this.records++;
          const reason = this.#take(sink, this.records, bytes, open, stop);
          if (reason !== '') sink.skip(reason, this.records, open, stop);
        }
      } else if (stop < 0) {
        // Damage at -stop: the bytes before it are lost.
        this.#skip(sink, damaged, open, -stop);
        at = -stop;
      } else if (last) {
        this.#skip(sink, damaged, open, end);
        return end;
      } else if (end - open > objectLimit) {
        this.#skip(sink, tooLong, open, open + objectLimit);
        this.#overlong = true;
        at = open + 1;
      } else return open;
    }
  }

  #skip(sink: RowSink, reason: string, start: number, end: number): void {
    this.records++;
    sink.skip(reason, this.records, start, end);
  }
}

/** The position behind the object that opens at `start`; 0 when it goes on behind `end`, -p when it is damaged at p. */
function behindObject(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const code = bytes[at];
    if (code === quote) {
      at++;
      while (at < end && bytes[at] !== quote) {
        if (bytes[at] === newline) return -(at + 1);
        at += bytes[at] === backslash ? 2 : 1;
      }
      if (at >= end) return 0;
    } else if (code === braceOpen) {
      if (depth > 0 && bytes[at - 1] === newline) return -at;
      depth++;
    } else if (code === braceClose && --depth === 0) return at + 1;
    at++;
  }
  return 0;
}
