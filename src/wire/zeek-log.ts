import { address } from '../bytes/addresses.ts';
import {
  backslash,
  braceOpen,
  hash,
  lowerX,
  minus,
  nine,
  parenOpen,
  quote,
  tab,
  zero,
} from '../bytes/codes.ts';
import { Cuts } from '../bytes/cuts.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { cursor, decimal, digits5, find, fraction, hasText, hexDigit } from '../bytes/numbers.ts';
import { IsoTimes, readEpoch } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto, textLimit } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Sample } from '../model/format.ts';
import { setJsonText } from './json-text.ts';

/** The fields that logs of connections share, in this order, for the first five names of {@link ZeekRows}. */
export const connectionFields = ['ts', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p'] as const;
/** They and the uid, which stands behind the time: with these columns every such log of Zeek begins. */
const connectionColumns = 6;
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
  /** The fields of either syntax: those of TSV are written where those of JSON stand. */
  readonly #fields: JsonFields;
  readonly #header = new ZeekHeader();
  readonly #times = new ZeekTimes();
  readonly #cuts = new Cuts(columnLimit);
  /** Which column a wanted field is; -1 for none. */
  #columns = new Int16Array(0);
  /** Columns up to the last one that is wanted; 0 without a header that has any. */
  #wanted = 0;
  #beginsAsConnection = false;
  #isJson = false;
  #bytes: Uint8Array = new Uint8Array(0);

  /** `path`: the log's name as '#path' and '_path' give it; `names`: its fields, referred to by index from here on. */
  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = names;
    this.#fields = new JsonFields([...names, '_path']);
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
      const path = this.#names.length;
      return json.kind[path] === Json.absent || json.is(path, this.#path)
        ? 'row'
        : `not a ${this.#path} record`;
    }
    if (this.#wanted === 0)
      return this.#header.fields.length === 0 ? 'no #fields line before it' : 'columns are missing';
    if (this.#header.path !== '' && this.#header.path !== this.#path) return `not a ${this.#path} record`;
    return this.#split(bytes, start, end, 0, 0) ? 'row' : fewer;
  }

  /** Whether the line has tabs between its columns, and the first six are time, uid and those of the address pair. */
  beginsAsConnection(bytes: Uint8Array, start: number): boolean {
    const first = bytes[start];
    return this.#beginsAsConnection && first >= zero && first <= nine && this.#header.separator === tab;
  }

  /** As {@link read}, for such a line, of which all columns in front of `from` have been read. */
  readBehindConnection(bytes: Uint8Array, from: number, end: number): string {
    this.#bytes = bytes;
    this.#isJson = false;
    return this.#split(bytes, from, end, connectionFields.length, connectionColumns) ? 'row' : fewer;
  }

  #learn(): void {
    const { fields, path } = this.#header;
    this.#columns = Int16Array.from(this.#names, (name) => fields.lastIndexOf(name));
    this.#wanted = Math.max(...this.#columns) + 1;
    this.#beginsAsConnection =
      (path === '' || path === this.#path) &&
      this.#wanted > connectionColumns &&
      connectionFields.every(
        (name, field) =>
          this.#names[field] === name && this.#columns[field] === (field === 0 ? 0 : field + 1),
      );
  }

  /** Finds the fields from `first` on in columns of which the `passed` first ones stand in front of `start`. */
  #split(bytes: Uint8Array, start: number, end: number, first: number, passed: number): boolean {
    const cuts = this.#cuts;
    const wanted = this.#wanted - passed;
    if (cuts.find(bytes, start, end, this.#header.separator, backslash, wanted) < wanted) return false;
    const { kind, start: starts, end: ends } = this.#fields;
    const columns = this.#columns;
    for (let field = first; field < columns.length; field++) {
      const column = columns[field] - passed;
      if (column < 0) {
        kind[field] = Json.absent;
        continue;
      }
      const from = cuts.at[column] + 1;
      const to = cuts.at[column + 1];
      starts[field] = from;
      ends[field] = to;
      if (isUnset(bytes, from, to)) kind[field] = Json.absent;
      else if (!cuts.odd) kind[field] = Json.string;
      else kind[field] = find(bytes, from, to, backslash) < to ? Json.escaped : Json.string;
    }
    return true;
  }

  has(field: number): boolean {
    const kind = this.#fields.kind[field];
    return kind !== Json.absent && kind !== Json.null;
  }

  startOf(field: number): number {
    return this.#fields.start[field];
  }

  endOf(field: number): number {
    return this.#fields.end[field];
  }

  /** µs UTC; NaN when unset or no time. */
  time(field: number): number {
    return this.has(field)
      ? this.#times.read(this.#bytes, this.startOf(field), this.endOf(field))
      : Number.NaN;
  }

  address(field: number, words: Uint32Array): boolean {
    if (this.#isJson) return this.#fields.address(field, words);
    return this.has(field) && address(this.#bytes, this.startOf(field), this.endOf(field), words);
  }

  /** An integer ≥ 0; -1 when unset or none. */
  integer(field: number): number {
    if (this.#isJson) return this.#fields.integer(field);
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
    if (this.#fields.kind[field] !== Json.escaped) batch.setText(row, text, start, stop);
    else {
      const at = batch.reserveScratch(stop - start);
      const decode = this.#isJson ? unescapeJson : unescapeZeek;
      batch.finishScratch(row, text, at, decode(this.#bytes, start, stop, batch.scratch, at));
    }
  }

  /** Makes the field row `row`'s text; does nothing when it is unset. */
  setText(batch: EventBatch, row: number, text: number, field: number): void {
    if (!this.has(field)) return;
    const start = this.startOf(field);
    const end = this.endOf(field);
    const kind = this.#fields.kind[field];
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
