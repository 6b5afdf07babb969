import { hash, minus, space, upperT } from '../bytes/codes.ts';
import { hasText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { Part, RequestParts } from './request-parts.ts';
import type { PartName } from './request-parts.ts';

/** What the columns of a W3C extended log mean. */
export interface W3cTable {
  readonly delimiter: number;
  /** Column names in lower case, best first where several hold one part. */
  readonly parts: { readonly [part in PartName]?: readonly string[] };
  /** How a part is written, when not plainly (Coding). */
  readonly coding?: { readonly [part in PartName]?: number };
  /** The columns of lines before any '#Fields:' line; absent: such lines are refused. */
  readonly columns?: string;
}

/** The columns that have one name wherever the format is written. */
export const w3cParts = {
  client: ['c-ip'],
  clientPort: ['c-port'],
  method: ['cs-method'],
  path: ['cs-uri-stem'],
  query: ['cs-uri-query'],
  status: ['sc-status'],
  size: ['sc-bytes'],
  agent: ['cs(user-agent)'],
  referer: ['cs(referer)'],
} as const;

const dateColumn = 253;
const timeColumn = 254;
const unused = 255;
const columnLimit = 128;
const dateLength = 10;
const stampLength = 19;

/** W3C extended logs: the '#Fields:' line says what each column is, wherever in the file it stands. Stamps are UTC. */
export class W3cRequests implements LineReader {
  readonly #table: W3cTable;
  readonly #parts: RequestParts;
  readonly #times = new IsoTimes(new Zone('UTC'));
  readonly #meaning = new Uint8Array(columnLimit);
  readonly #stamp = new Uint8Array(stampLength);
  #columns = 0;

  constructor(info: InputInfo, table: W3cTable) {
    this.#table = table;
    this.#parts = new RequestParts(info);
    for (const [part, coding] of Object.entries(table.coding ?? {})) {
      this.#parts.coding[Part[part as PartName]] = coding;
    }
    if (table.columns !== undefined) this.#header(table.columns);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    if (bytes[start] === hash) {
      this.#directive(bytes, start, end);
      return '';
    }
    if (this.#columns === 0) return 'no #Fields line before it';
    const { delimiter } = this.#table;
    const parts = this.#parts;
    const columns = this.#columns;
    parts.clear();
    let at = start;
    let column = 0;
    for (; column < columns; column++) {
      let stop = at;
      while (stop < end && bytes[stop] !== delimiter) stop++;
      const meaning = this.#meaning[column];
      if (meaning === dateColumn) this.#put(bytes, at, stop, 0, dateLength);
      else if (meaning === timeColumn) this.#put(bytes, at, stop, dateLength + 1, stampLength);
      else if (meaning !== unused) parts.set(meaning, at, stop, bytes);
      at = stop + 1;
      if (stop >= end) break;
    }
    if (column < columns - 1) return 'fewer columns than #Fields names';
    this.#stamp[dateLength] = upperT;
    return parts.put(batch, bytes, this.#times.read(this.#stamp, 0, stampLength));
  }

  #put(bytes: Uint8Array, start: number, end: number, from: number, to: number): void {
    if (end - start < to - from) this.#stamp[from] = minus;
    else for (let i = from; i < to; i++) this.#stamp[i] = bytes[start + i - from];
  }

  #directive(bytes: Uint8Array, start: number, end: number): void {
    if (hasText(bytes, start, end, '#Date:')) {
      // For logs without a date column; a row's own date overwrites it.
      let at = start + 6;
      while (at < end && bytes[at] === space) at++;
      this.#put(bytes, at, end, 0, dateLength);
    } else if (hasText(bytes, start, end, '#Fields:')) {
      const from = start + 8;
      this.#header(Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('latin1'));
    }
  }

  #header(text: string): void {
    const names = text
      .split(/[ \t\r]+/)
      .filter((name) => name !== '')
      .slice(0, columnLimit)
      .map((name) => name.toLowerCase());
    this.#columns = names.length;
    this.#meaning.fill(unused);
    const put = (name: string, meaning: number): boolean => {
      const column = names.indexOf(name);
      if (column >= 0) this.#meaning[column] = meaning;
      return column >= 0;
    };
    put('date', dateColumn);
    put('time', timeColumn);
    for (const [part, columns] of Object.entries(this.#table.parts)) {
      columns.some((name) => put(name, Part[part as PartName]));
    }
  }
}
