import { As, Cells } from '../bytes/cells.ts';
import { hash, minus, space, upperT } from '../bytes/codes.ts';
import { hasText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes } from './clock-times.ts';
import { Part, partCount, RequestParts } from './request-parts.ts';
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
/** Which cells these are. */
const dateCell = partCount;
const clockCell = partCount + 1;
const dateLength = 10;
const clockLength = 8;
const stampLength = dateLength + 1 + clockLength;

/** W3C extended logs: the '#Fields:' line says what each column is, wherever in the file it stands. Stamps are UTC. */
export class W3cRequests implements LineReader {
  readonly #table: W3cTable;
  readonly #parts: RequestParts;
  readonly #clocks = new ClockTimes(new Zone('UTC'));
  readonly #times = new IsoTimes(new Zone('UTC'));
  /** By part, and behind them date and clock. */
  #cells = new Cells([]);
  /** Whether there is a column for these; then a part of the stamp stands in it. */
  #hasDate = false;
  #hasClock = false;
  readonly #stamp = new Uint8Array(stampLength);
  #columns = 0;

  constructor(info: InputInfo, table: W3cTable) {
    this.#table = table;
    const { start, end } = this.#cells;
    this.#parts = new RequestParts(info, { start, end });
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
    const cells = this.#cells;
    if (cells.read(bytes, start, end, this.#table.delimiter) < this.#columns)
      return 'fewer columns than #Fields names';
    this.#parts.took(cells.shown);
    return this.#parts.put(batch, bytes, this.#time(bytes));
  }

  #time(bytes: Uint8Array): number {
    const { start, end, number } = this.#cells;
    const micros = number[dateCell] + number[clockCell];
    if (!Number.isNaN(micros)) return micros;
    const date = start[dateCell];
    const time = start[clockCell];
    if (this.#hasDate && this.#hasClock) {
      if (end[dateCell] - date < dateLength || end[clockCell] - time < clockLength) return Number.NaN;
      if (bytes[date + 4] !== minus || bytes[date + 7] !== minus) return Number.NaN;
      return this.#clocks.read(bytes, date, time, time + clockLength);
    }
    const stamp = this.#stamp;
    if (this.#hasDate) this.#put(bytes, date, end[dateCell], 0, dateLength);
    if (this.#hasClock) this.#put(bytes, time, end[clockCell], dateLength + 1, stampLength);
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
    for (const [part, columns] of Object.entries(this.#table.parts)) {
      columns.some((name) => put(name, Part[part as PartName]));
    }
    const date = names.indexOf('date');
    const clock = names.indexOf('time');
    this.#hasDate = date >= 0;
    this.#hasClock = clock >= 0;
    this.#cells = new Cells(
      [
        ...Array.from({ length: partCount }, (_, part) => ({ column: meanings.indexOf(part), as: As.part })),
        { column: date, as: As.day },
        { column: clock, as: As.clock },
      ],
      { most: names.length },
    );
  }
}
