import { address } from '../bytes/addresses.ts';
import { As, Cells } from '../bytes/cells.ts';
import { backslash, braceOpen, hash, lowerX, minus, parenOpen, quote, tab } from '../bytes/codes.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { cursor, decimal, digits5, fraction, hasText, hexDigit } from '../bytes/numbers.ts';
import { IsoTimes, readEpoch } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto, textLimit } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Sample } from '../model/format.ts';
import { setJsonText } from './json-text.ts';

/** The fields that logs of connections share, in this order, for the first five names of {@link ZeekRows}. */
export const connectionFields = ['ts', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p'] as const;
/** What they are read as; all else is text that may be unset. */
const readAs: Readonly<Record<string, number>> = {
  ts: As.stamp,
  'id.orig_h': As.address,
  'id.orig_p': As.integer,
  'id.resp_h': As.address,
  'id.resp_p': As.integer,
};
const fewer = 'fewer columns than the #fields line names';

/** Columns of a row that are looked at. */
const columnLimit = 256;

/**
 * The '#…' directives of a Zeek TSV log, which may come again in the middle of a file (rotated logs joined together).
 * Zeek documentation, "Zeek Log Formats and Inspection".
 */
export class ZeekHeader {
  separator = tab;
  /** Column names; empty until a '#fields' line was read. */
  fields: readonly string[] = [];
  /** '#path': which log it is. */
  path = '';

  /** Reads a line that begins with '#'; true when the columns changed, or the log they are of. */
  directive(bytes: Uint8Array, start: number, end: number): boolean {
    if (hasText(bytes, start, end, '#fields')) {
      const names = ascii(bytes, start + 8, end);
      this.fields = names.split(String.fromCharCode(this.separator)).slice(0, columnLimit);
      return true;
    }
    if (hasText(bytes, start, end, '#separator '))
      this.separator = separatorOf(ascii(bytes, start + 11, end));
    else if (hasText(bytes, start, end, '#path')) {
      this.path = ascii(bytes, start + 6, end);
      return true;
    }
    return false;
  }
}

function separatorOf(text: string): number {
  const escaped = /^\\x([0-9a-fA-F]{2})$/.exec(text);
  if (escaped) return Number.parseInt(escaped[1], 16);
  return text.length === 1 ? text.charCodeAt(0) : tab;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return '';
  const length = Math.min(end - start, 65_536);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
}

/** A stamp of a Zeek log: epoch seconds, or with `LogAscii::json_timestamps` ISO 8601. µs UTC, NaN when it is neither. */
export class ZeekTimes {
  readonly #iso = new IsoTimes(new Zone('UTC'));

  read(bytes: Uint8Array, start: number, end: number): number {
    // '1795307531.250000': the shape of nearly every stamp, ten digits and six.
    if (start + 17 <= end && bytes[start + 10] === 46) {
      const high = digits5(bytes, start);
      const low = digits5(bytes, start + 5);
      const micros = digits6(bytes, start + 11);
      const behind = bytes[start + 17];
      if (high < 1e5 && low < 1e5 && micros < 1e6 && (start + 17 === end || behind < 48 || behind > 57)) {
        cursor.at = start + 17;
        return (high * 100_000 + low) * 1_000_000 + micros;
      }
    }
    const epoch = bytes[start + 4] === minus ? Number.NaN : readEpoch(bytes, start, end);
    return Number.isNaN(epoch) ? this.#iso.read(bytes, start, end) : epoch;
  }
}

function digits6(bytes: Uint8Array, at: number): number {
  const last = bytes[at + 5] - 48;
  return last < 0 || last > 9 ? 1e9 : digits5(bytes, at) * 10 + last;
}

/** Zeek's unset '-', its empty set or string '(empty)', and nothing at all. */
function isUnset(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length <= 1) return length === 0 || bytes[start] === minus;
  return length === 7 && bytes[start] === parenOpen && hasText(bytes, start, end, '(empty)');
}

/**
 * Chosen fields of the rows of one Zeek log, whether TSV or JSON. For logs that are not the hottest: conn has a reader of
 * its own.
 */
export class ZeekRows {
  readonly #names: readonly string[];
  readonly #path: string;
  readonly #fields: JsonFields;
  readonly #header = new ZeekHeader();
  readonly #times = new ZeekTimes();
  #cells = new Cells([]);
  /** What each field is read as in TSV. */
  readonly #as: Uint8Array;
  /** Columns up to the last one that is wanted; 0 without a header that has any. */
  #wanted = 0;
  /** Where the fields of the line stand that was read, and what they are. */
  #kind: Uint8Array = new Uint8Array(0);
  #start: Uint32Array = new Uint32Array(0);
  #end: Uint32Array = new Uint32Array(0);
  #isJson = false;
  #bytes: Uint8Array = new Uint8Array(0);

  /** `path`: the log's name as '#path' and '_path' give it; `names`: its fields, referred to by index from here on. */
  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = names;
    this.#fields = new JsonFields([...names, '_path']);
    this.#as = Uint8Array.from(names, (name) => readAs[name] ?? As.zeek);
  }

  /** Reads a line: 'row' when its fields are there, '' for directives and blank lines, else the reason to skip it. */
  read(bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    this.#bytes = bytes;
    const first = bytes[start];
    if (first === hash) {
      if (this.#header.directive(bytes, start, end)) this.#learn();
      return '';
    }
    this.#isJson = first === braceOpen;
    if (this.#isJson) {
      const json = this.#fields;
      if (!json.read(bytes, start, end)) return 'not a whole JSON object';
      this.#kind = json.kind;
      this.#start = json.start;
      this.#end = json.end;
      const path = this.#names.length;
      return json.kind[path] === Json.absent || json.is(path, this.#path)
        ? 'row'
        : `not a ${this.#path} record`;
    }
    if (this.#wanted === 0)
      return this.#header.fields.length === 0 ? 'no #fields line before it' : 'columns are missing';
    if (this.#header.path !== '' && this.#header.path !== this.#path) return `not a ${this.#path} record`;
    const cells = this.#cells;
    if (cells.read(bytes, start, end, this.#header.separator) < this.#wanted) return fewer;
    this.#kind = cells.kind;
    this.#start = cells.start;
    this.#end = cells.end;
    return 'row';
  }

  #learn(): void {
    const { fields } = this.#header;
    const columns = this.#names.map((name) => fields.lastIndexOf(name));
    this.#wanted = Math.max(...columns) + 1;
    this.#cells = new Cells(columns.map((column, field) => ({ column, as: this.#as[field] })));
  }

  /** One of Json's kinds; of TSV absent, string or escaped. */
  #kindOf(field: number): number {
    if (this.#isJson || this.#as[field] === As.zeek) return this.#kind[field];
    return isUnset(this.#bytes, this.#start[field], this.#end[field]) ? Json.absent : Json.string;
  }

  has(field: number): boolean {
    const kind = this.#kindOf(field);
    return kind !== Json.absent && kind !== Json.null;
  }

  startOf(field: number): number {
    return this.#start[field];
  }

  endOf(field: number): number {
    return this.#end[field];
  }

  /** µs UTC; NaN when unset or no time. */
  time(field: number): number {
    if (!this.#isJson && this.#as[field] === As.stamp) {
      const micros = this.#cells.number[field];
      if (!Number.isNaN(micros)) return micros;
    }
    return this.has(field)
      ? this.#times.read(this.#bytes, this.startOf(field), this.endOf(field))
      : Number.NaN;
  }

  address(field: number, words: Uint32Array): boolean {
    if (this.#isJson) return this.#fields.address(field, words);
    if (this.#as[field] === As.address) return this.#cells.address(field, this.#bytes, words);
    return this.has(field) && address(this.#bytes, this.startOf(field), this.endOf(field), words);
  }

  /** An integer ≥ 0; -1 when unset or none. */
  integer(field: number): number {
    if (this.#isJson) return this.#fields.integer(field);
    if (this.#as[field] === As.integer) return this.#cells.integer(field, this.#bytes);
    return this.has(field) ? decimal(this.#bytes, this.startOf(field), this.endOf(field)) : -1;
  }

  number(field: number): number {
    return this.has(field) ? fraction(this.#bytes, this.startOf(field), this.endOf(field)) : Number.NaN;
  }

  /** Whether the field is exactly the ASCII `text`. */
  is(field: number, text: string): boolean {
    if (!this.has(field)) return false;
    const start = this.startOf(field);
    return this.endOf(field) - start === text.length && hasText(this.#bytes, start, this.endOf(field), text);
  }

  /** 'T' of TSV, true of JSON. */
  isTrue(field: number): boolean {
    return this.is(field, 'T') || this.is(field, 'true');
  }

  /** Makes the bytes `[start, end)` of the field row `row`'s text, escapes decoded. */
  setPart(batch: EventBatch, row: number, text: number, field: number, start: number, end: number): void {
    const stop = Math.min(end, start + textLimit);
    if (stop <= start) return;
    if (this.#kindOf(field) !== Json.escaped) batch.setText(row, text, start, stop);
    else {
      const at = batch.reserveScratch(stop - start);
      const decode = this.#isJson ? unescapeJson : unescapeZeek;
      batch.finishScratch(row, text, at, decode(this.#bytes, start, stop, batch.scratch, at));
    }
  }

  /** Makes the field row `row`'s text; does nothing when it is unset. */
  setText(batch: EventBatch, row: number, text: number, field: number): void {
    const kind = this.#kindOf(field);
    if (kind === Json.absent || kind === Json.null) return;
    const start = this.startOf(field);
    const end = this.endOf(field);
    if (kind === Json.string) batch.setText(row, text, start, end);
    else if (this.#isJson) {
      // Of a JSON array or object the raw text is shown; of an array of one string, the string.
      if (kind === Json.array) setFirstElement(batch, row, text, this.#bytes, start, end);
      else setJsonText(batch, row, text, this.#fields, field, this.#bytes);
    } else {
      const stop = Math.min(end, start + textLimit);
      const at = batch.reserveScratch(stop - start);
      batch.finishScratch(row, text, at, unescapeZeek(this.#bytes, start, stop, batch.scratch, at));
    }
  }
}

function setFirstElement(
  batch: EventBatch,
  row: number,
  text: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const open = start + 1;
  if (bytes[open] !== quote) return;
  let at = open + 1;
  while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  batch.setText(row, text, open + 1, Math.min(at, end));
}

/** 'tcp', 'udp', 'icmp' in a field as protocol number; 0 for others. */
export function zeekProtocol(rows: ZeekRows, field: number): number {
  if (rows.is(field, 'tcp')) return Proto.tcp;
  if (rows.is(field, 'udp')) return Proto.udp;
  return rows.is(field, 'icmp') ? Proto.icmp : 0;
}

/** Decodes '\xHH' of Zeek's TSV; returns the length written. Other backslashes stay. */
export function unescapeZeek(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  let out = at;
  let position = start;
  while (position < end) {
    const code = from[position];
    if (code === backslash && position + 4 <= end && from[position + 1] === lowerX) {
      const high = hexDigit(from[position + 2]);
      const low = hexDigit(from[position + 3]);
      if (high >= 0 && low >= 0) {
        to[out++] = high * 16 + low;
        position += 4;
        continue;
      }
    }
    to[out++] = code;
    position++;
  }
  return out - at;
}

/**
 * How surely a sample is the Zeek log `path`: by '#path' of a TSV header; by '_path' or by `keys` (all of them) in JSON.
 */
export function recogniseZeek(sample: Sample, path: string, keys: readonly string[]): number {
  const fields = sample.lines.find((line) => line.startsWith('#fields'));
  const header = sample.lines.find((line) => line.startsWith('#path'));
  if (header !== undefined && fields !== undefined) return header.slice(6) === path ? 1 : 0;
  let rows = 0;
  let fitting = 0;
  for (const line of sample.lines) {
    if (!line.startsWith('{')) continue;
    rows++;
    const written = /"_path":\s?"([a-z_]{1,40})"/.exec(line.slice(0, 4096));
    if (written ? written[1] === path : keys.every((key) => line.includes(`"${key}"`))) fitting++;
  }
  if (rows > 0) return (fitting / rows) * 0.95;
  if (fields === undefined) return 0;
  const names = fields.split('\t');
  return keys.every((key) => names.includes(key)) ? 0.9 : 0;
}
