import type * as z from 'zod';
import type { EventBatch } from './event.ts';

/** What a format may know of the input besides its bytes. */
export interface InputInfo {
  /** Index of the input in the run; goes into every batch. */
  readonly index: number;
  /** As the user named it: a path, or '-'. */
  readonly name: string;
  /** µs UTC: the file's modification time, or when the stream was opened. Resolves stamps without a year. */
  readonly modified: number;
  /** Zone of stamps that carry none: an IANA name, 'UTC' unless configured. */
  readonly zone: string;
  /** Settings of the format from the configuration (`formats.NAME`), already validated. */
  readonly options: unknown;
  /** Addresses of trusted proxies: only their X-Forwarded-For (and the like) is believed. */
  readonly trustedProxies: AddressTest;
  /** Counts requests whose peer, no trusted proxy, names another client than itself; shown with the input. */
  readonly claims?: { count: number };
}

/** Whether an address is in a set; IPv6 as four big-endian words. */
export interface AddressTest {
  readonly size: number;
  has4(address: number): boolean;
  has6(a: number, b: number, c: number, d: number): boolean;
}

/** Where a reader puts rows. */
export interface RowSink {
  /**
   * The batch to append to, with room for at least `rows` more rows (≤ 64). Rows are appended by writing columns at
   * `batch.length` and then raising `batch.length`. Ask again before every record: a full batch is handed on.
   */
  room(rows: number): EventBatch;
  /** A record that is no event: `reason` is a short constant text; counted, with its first lines as examples. */
  skip(reason: string, record: number, start: number, end: number): void;
  /** Something that is wrong with the input as a whole and lowers what can be concluded (loss, sampling). */
  note(reason: string, count?: number): void;
}

/**
 * Reads one text line. `bytes[start, end)` is the line without its end-of-line; row 'rawStart', 'rawLength', 'record'
 * and `input` are filled in by the caller after `line` appended rows.
 * Returns '' when the line was understood (a row was appended, or it is a header, comment or blank), else the reason.
 */
export interface LineReader {
  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string;
}

/** Reads a binary or block-structured input. */
export interface BlockReader {
  /** Records (packets, flows) met so far, whatever became of them, for the report; absent: not counted. */
  readonly records?: number;
  /** There is more to hand out although no more bytes will come: `read` is called again, with none. */
  readonly pending?: boolean;
  /**
   * Consumes records from `bytes[start, end)`, returns the position after the last whole record (the rest is given again
   * with more bytes behind it). `last`: no more bytes will come. Sets rawStart/rawLength/record itself.
   */
  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number;
}

/** The head of an input, for recognition. */
export interface Sample {
  /** Up to 64 KiB from the start. */
  readonly bytes: Uint8Array;
  /** The first lines (at most 50, at most 4,096 bytes each), decoded as Latin-1; empty for binary input. */
  readonly lines: readonly string[];
  readonly name: string;
}

/**
 * A log or capture format. One file in formats/, one fixture beside it, one line in catalog.ts, one page in docs/inputs/.
 */
export interface Format {
  readonly name: string;
  /** One line for people: what writes it. */
  readonly title: string;
  /** Whose clock writes it late: seconds that its rows may come out of order. */
  readonly lateness: number;
  /** The kinds of event it yields. */
  readonly yields: readonly ('contact' | 'request' | 'query' | 'alert' | 'login')[];
  /** What this sensor cannot see, in plain words; shown as blindness of what rests on it alone. */
  readonly blindness: readonly string[];
  /** A sample record, for `offtrail formats`. */
  readonly sample: string;
  /** Its settings, if it has any: `formats.NAME` of the configuration, each with a description (zod `.describe`). */
  readonly config?: z.ZodType;
  /** 0 (not mine) … 1 (certainly mine); must be cheap and must not throw. `options`: its settings, where there are any. */
  recognise(sample: Sample, options?: unknown): number;
  /** Exactly one of the two. Readers may keep state (headers, templates, the last stamp); one per input. */
  lines?(input: InputInfo): LineReader;
  blocks?(input: InputInfo): BlockReader;
}
