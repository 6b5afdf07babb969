import { hash, minus, space, upperT } from '../bytes/codes.ts';
import { Cuts } from '../bytes/cuts.ts';
import { hasText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes } from './clock-times.ts';
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

const unused = 255;
const columnLimit = 128;
const dateLength = 10;
const clockLength = 8;
const stampLength = dateLength + 1 + clockLength;

/** W3C extended logs: the '#Fields:' line says what each column is, wherever in the file it stands. Stamps are UTC. */
export class W3cRequests implements LineReader {
  readonly #table: W3cTable;
  readonly #parts: RequestParts;
  readonly #clocks = new ClockTimes(new Zone('UTC'));
  readonly #times = new IsoTimes(new Zone('UTC'));
  readonly #cuts = new Cuts(columnLimit);
  /** The columns that something wants, from left to right, and what each is. */
  #used = new Uint8Array(0);
  #meaning = new Uint8Array(0);
  /** The columns of a stamp, -1 for none; then a part of it stands here. */
  #date = -1;
  #clock = -1;
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
    const cuts = this.#cuts;
    if (cuts.find(bytes, start, end, delimiter, delimiter, columns) < columns)
      return 'fewer columns than #Fields names';
    const { at } = cuts;
    const used = this.#used;
    for (let i = 0; i < used.length; i++) {
      const column = used[i];
      parts.set(this.#meaning[i], at[column] + 1, at[column + 1], bytes);
    }
    return parts.put(batch, bytes, this.#time(bytes));
  }

  #time(bytes: Uint8Array): number {
    const { at } = this.#cuts;
    const date = this.#date < 0 ? -1 : at[this.#date] + 1;
    const time = this.#clock < 0 ? -1 : at[this.#clock] + 1;
    if (date >= 0 && time >= 0) {
      if (at[this.#date + 1] - date < dateLength || at[this.#clock + 1] - time < clockLength)
        return Number.NaN;
      if (bytes[date + 4] !== minus || bytes[date + 7] !== minus) return Number.NaN;
      return this.#clocks.read(bytes, date, time, time + clockLength);
    }
    const stamp = this.#stamp;
    if (date >= 0) this.#put(bytes, date, at[this.#date + 1], 0, dateLength);
    if (time >= 0) this.#put(bytes, time, at[this.#clock + 1], dateLength + 1, stampLength);
    stamp[dateLength] = upperT;
    return this.#times.read(stamp, 0, stampLength);
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
    const meanings = new Uint8Array(columnLimit).fill(unused);
    const put = (name: string, meaning: number): boolean => {
      const column = names.indexOf(name);
      if (column >= 0) meanings[column] = meaning;
      return column >= 0;
    };
    this.#date = names.indexOf('date');
    this.#clock = names.indexOf('time');
    for (const [part, columns] of Object.entries(this.#table.parts)) {
      columns.some((name) => put(name, Part[part as PartName]));
    }
    this.#used = Uint8Array.from(names.keys()).filter((column) => meanings[column] !== unused);
    this.#meaning = this.#used.map((column) => meanings[column]);
  }
}
