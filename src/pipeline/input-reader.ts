import { carriageReturn } from '../bytes/codes.ts';
import { announce, forget } from '../bytes/kernel.ts';
import { LineBreaks } from '../bytes/line-breaks.ts';
import type { EventBatch } from '../model/event.ts';
import type { BlockReader, Format, InputInfo, LineReader, RowSink } from '../model/format.ts';
import { LineGuests } from './line-guests.ts';

/** A line longer than this is passed over whole. */
export const lineLimit = 1 << 20;
/** Rows that one record may append without asking again. */
const rowsPerRecord = 64;
const claimed = 'requests whose peer names another client: only proxies.trusted are believed';
const examplesKept = 3;
const exampleLength = 200;

/** A record that was no event. */
interface SkipExample {
  /** Line or packet number, from 1. */
  readonly record: number;
  /** Its first 200 bytes; attacker-written: escape before showing. */
  readonly text: string;
}

export interface SkipCount {
  count: number;
  readonly examples: SkipExample[];
}

/** What was read of one input, for the summary and the health page. */
export class InputCounters {
  bytes = 0;
  /** Lines or packets, blank ones and headers included. */
  records = 0;
  events = 0;
  skipped = 0;
  /** By reason; reasons are constant texts of the formats, so they are few. */
  readonly reasons = new Map<string, SkipCount>();
  /** What is wrong with the input as a whole, with counts (lost datagrams, sampling). */
  readonly notes = new Map<string, number>();
  /** Events of lines in another format than the input's, by format name. */
  readonly guests = new Map<string, number>();

  skip(reason: string, record: number, bytes: Uint8Array, start: number, end: number): void {
    this.skipped++;
    let entry = this.reasons.get(reason);
    if (entry === undefined) {
      entry = { count: 0, examples: [] };
      this.reasons.set(reason, entry);
    }
    entry.count++;
    if (entry.examples.length >= examplesKept) return;
    const length = Math.min(end - start, exampleLength);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('utf8');
    entry.examples.push({ record, text });
  }

  note(reason: string, count = 1): void {
    this.notes.set(reason, (this.notes.get(reason) ?? 0) + count);
  }
}

interface InputReaderPorts {
  /** A cleared batch to fill. */
  take(): EventBatch;
  /** A batch with at least one row; its texts and raw records point into the chunk it was fed from. */
  emit(batch: EventBatch): void;
  readonly counters: InputCounters;
  /** Formats that lines which `format` does not understand are offered to (mixed files). */
  readonly others?: readonly Format[];
  /** Their settings, by name. */
  readonly formatOptions?: Readonly<Record<string, unknown>>;
}

/**
 * Drives one format over the chunks of one input. Every batch refers to exactly one chunk: what is not full at the end of
 * a feed is emitted then, so the caller may reuse the chunk once the batch's consumers are done.
 */
export class InputReader implements RowSink {
  readonly format: Format;
  readonly #ports: InputReaderPorts;
  readonly #input: number;
  readonly #counters: InputCounters;
  readonly #lines: LineReader | undefined;
  readonly #blocks: BlockReader | undefined;
  readonly #guests: LineGuests | undefined;
  readonly #breaks = new LineBreaks();
  readonly #claims = { count: 0 };
  #batch: EventBatch | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #started = false;
  #refused = false;
  /** Inside a line longer than the limit: bytes up to the next newline are dropped. */
  #overlong = false;

  constructor(format: Format, info: InputInfo, ports: InputReaderPorts) {
    this.format = format;
    this.#ports = ports;
    this.#input = info.index;
    this.#counters = ports.counters;
    const own = { ...info, claims: this.#claims };
    this.#lines = format.lines?.(own);
    this.#blocks = format.blocks?.(own);
    const others = (ports.others ?? []).filter((other) => other !== format && other.lines !== undefined);
    this.#guests =
      this.#lines && others.length > 0 ? new LineGuests(others, own, ports.formatOptions) : undefined;
  }

  /** The input is over, but not all of its rows were handed out: feed nothing, and `last`, again. */
  get pending(): boolean {
    return this.#blocks?.pending === true;
  }

  /**
   * Reads the records in `bytes[start, end)`; returns the position after the last whole one. The caller gives the rest
   * again in front of the next bytes; `last` says that none will come.
   */
  feed(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    this.#bytes = bytes;
    let from = start;
    if (!this.#started && end > start) {
      if (end - start < 3 && !last) return start;
      this.#started = true;
      if (isUtf16(bytes, start, end)) {
        this.#refused = true;
        this.#counters.note('the text is UTF-16: convert it to UTF-8');
      } else if (
        this.#lines &&
        bytes[start] === 0xef &&
        bytes[start + 1] === 0xbb &&
        bytes[start + 2] === 0xbf
      ) {
        from = start + 3;
      }
    }
    let consumed = end;
    announce(bytes, from, end);
    if (this.#refused) from = end;
    else if (this.#blocks) {
      if (this.#batch !== undefined) this.#batch.bytes = bytes;
      consumed = this.#blocks.read(this, bytes, from, end, last);
      this.#counters.records = this.#blocks.records ?? this.#counters.records;
    } else consumed = this.#readLines(bytes, from, end, last);
    forget();
    if (last && this.#claims.count > 0) {
      this.#counters.note(claimed, this.#claims.count);
      this.#claims.count = 0;
    }
    this.#counters.bytes += consumed - start;
    this.#flush();
    return consumed;
  }

  room(rows: number): EventBatch {
    const batch = this.#batch;
    if (batch !== undefined && batch.length + rows <= batch.capacity) return batch;
    return this.#fresh();
  }

  skip(reason: string, record: number, start: number, end: number): void {
    this.#counters.skip(reason, record, this.#bytes, start, end);
  }

  note(reason: string, count = 1): void {
    this.#counters.note(reason, count);
  }

  #fresh(): EventBatch {
    this.#flush();
    const batch = this.#ports.take();
    batch.bytes = this.#bytes;
    batch.input = this.#input;
    this.#batch = batch;
    return batch;
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    if (batch.length === 0) {
      // Nothing points into the chunk: keep it for the next one.
      batch.clear();
      return;
    }
    this.#batch = undefined;
    this.#counters.events += batch.length;
    this.#ports.emit(batch);
  }

  #readLines(bytes: Uint8Array, from: number, end: number, last: boolean): number {
    const reader = this.#lines!;
    const counters = this.#counters;
    const breaks = this.#breaks;
    breaks.begin(bytes, end);
    let at = from;
    if (this.#batch !== undefined) this.#batch.bytes = bytes;
    let batch = this.#batch ?? this.#fresh();
    let record = counters.records;
    while (at < end) {
      const stop = breaks.after(at);
      let next = stop + 1;
      if (stop === end) {
        if (this.#overlong || end - at > lineLimit) {
          if (!this.#overlong) this.#tooLong(bytes, at, record + 1);
          this.#overlong = !last;
          if (last) record++;
          at = end;
          break;
        }
        if (!last) break;
        next = end;
      }
      record++;
      if (this.#overlong) {
        this.#overlong = false;
        at = next;
        continue;
      }
      let lineEnd = stop;
      if (lineEnd > at && bytes[lineEnd - 1] === carriageReturn) lineEnd--;
      if (lineEnd - at > lineLimit) this.#tooLong(bytes, at, record);
      else {
        const row = batch.length;
        const reason = reader.line(batch, bytes, at, lineEnd);
        const rows = batch.length;
        if (rows > row) {
          for (let i = row; i < rows; i++) {
            batch.rawStart[i] = at;
            batch.rawLength[i] = lineEnd - at;
            batch.record[i] = record;
          }
          if (rows + rowsPerRecord > batch.capacity) {
            counters.records = record;
            batch = this.#fresh();
          }
        } else if (reason !== '') {
          this.#stranger(batch, reason, record, at, lineEnd);
          if (batch.length + rowsPerRecord > batch.capacity) batch = this.#fresh();
        }
      }
      at = next;
    }
    counters.records = record;
    return at;
  }

  /** A line that the format does not understand: perhaps another format's, else skipped. */
  #stranger(batch: EventBatch, reason: string, record: number, start: number, end: number): void {
    const row = batch.length;
    const guest = this.#guests?.offer(batch, this.#bytes, start, end);
    if (guest === undefined) {
      this.#counters.skip(reason, record, this.#bytes, start, end);
      return;
    }
    const rows = batch.length;
    for (let i = row; i < rows; i++) {
      batch.rawStart[i] = start;
      batch.rawLength[i] = end - start;
      batch.record[i] = record;
    }
    this.#counters.guests.set(guest, (this.#counters.guests.get(guest) ?? 0) + rows - row);
  }

  #tooLong(bytes: Uint8Array, start: number, record: number): void {
    this.#counters.skip('line longer than 1 MiB', record, bytes, start, start + exampleLength);
  }
}

/** UTF-16 by its mark, or by ASCII text with a zero in every other byte. */
function isUtf16(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  const second = bytes[start + 1];
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  if (end - start < 16) return false;
  let odd = 0;
  let even = 0;
  for (let i = 0; i < 16; i += 2) {
    if (bytes[start + i] === 0) even++;
    else if (bytes[start + i] < 9) return false;
    if (bytes[start + i + 1] === 0) odd++;
    else if (bytes[start + i + 1] < 9) return false;
  }
  return (odd === 8 && even === 0) || (even === 8 && odd === 0);
}
