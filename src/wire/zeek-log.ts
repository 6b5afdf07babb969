import { address } from '../bytes/addresses.ts';
import { backslash, braceOpen, hash, lowerX, minus, quote, tab } from '../bytes/codes.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { cursor, decimal, digits5, fraction, hasText, hexDigit } from '../bytes/numbers.ts';
import { IsoTimes, readEpoch } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { putAddresses } from '../model/address.ts';
import { Proto, Role, textLimit } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Sample } from '../model/format.ts';
import { setJsonText } from './json-text.ts';

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

  /** Reads a line that begins with '#'; true when the columns changed. */
  directive(bytes: Uint8Array, start: number, end: number): boolean {
    if (hasText(bytes, start, end, '#fields')) {
      const names = ascii(bytes, start + 8, end);
      this.fields = names.split(String.fromCharCode(this.separator)).slice(0, 256);
      return true;
    }
    if (hasText(bytes, start, end, '#separator '))
      this.separator = separatorOf(ascii(bytes, start + 11, end));
    else if (hasText(bytes, start, end, '#path')) this.path = ascii(bytes, start + 6, end);
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

/**
 * Chosen fields of the rows of one Zeek log, whether TSV or JSON. For logs that are not the hottest: conn has a reader of
 * its own.
 */
export class ZeekRows {
  readonly #names: readonly string[];
  readonly #path: string;
  readonly #json: JsonFields;
  readonly #header = new ZeekHeader();
  readonly #times = new ZeekTimes();
  /** Which wanted field a column is; -1 for none. */
  #columns = new Int16Array(0);
  #lastColumn = -1;
  #isJson = false;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #kind: Uint8Array;
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;

  /** `path`: the log's name as '#path' and '_path' give it; `names`: its fields, referred to by index from here on. */
  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = names;
    this.#json = new JsonFields([...names, '_path']);
    this.#kind = new Uint8Array(names.length);
    this.#start = new Uint32Array(names.length);
    this.#end = new Uint32Array(names.length);
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
      const json = this.#json;
      if (!json.read(bytes, start, end)) return 'not a whole JSON object';
      const path = this.#names.length;
      return json.kind[path] === Json.absent || json.is(path, this.#path)
        ? 'row'
        : `not a ${this.#path} record`;
    }
    if (this.#lastColumn < 0)
      return this.#header.fields.length === 0 ? 'no #fields line before it' : 'columns are missing';
    if (this.#header.path !== '' && this.#header.path !== this.#path) return `not a ${this.#path} record`;
    return this.#split(bytes, start, end) ? 'row' : 'fewer columns than the #fields line names';
  }

  #learn(): void {
    const fields = this.#header.fields;
    this.#columns = Int16Array.from(fields, (name) => this.#names.indexOf(name));
    this.#lastColumn = this.#columns.findLastIndex((field) => field >= 0);
    this.#kind.fill(Json.absent);
  }

  #split(bytes: Uint8Array, start: number, end: number): boolean {
    const separator = this.#header.separator;
    const last = this.#lastColumn;
    let at = start;
    for (let column = 0; column <= last; column++) {
      if (at > end) return false;
      const from = at;
      let escapes = 0;
      while (at < end && bytes[at] !== separator) {
        if (bytes[at] === backslash) escapes = 1;
        at++;
      }
      const field = this.#columns[column];
      if (field >= 0) {
        this.#start[field] = from;
        this.#end[field] = at;
        // '-' is Zeek's unset, '(empty)' an empty set or string.
        const unset =
          (at - from === 1 && bytes[from] === minus) ||
          (at - from === 7 && hasText(bytes, from, at, '(empty)'));
        this.#kind[field] = unset || at === from ? Json.absent : escapes === 0 ? Json.string : Json.escaped;
      }
      at++;
    }
    return true;
  }

  has(field: number): boolean {
    const kind = this.#isJson ? this.#json.kind[field] : this.#kind[field];
    return kind !== Json.absent && kind !== Json.null;
  }

  startOf(field: number): number {
    return this.#isJson ? this.#json.start[field] : this.#start[field];
  }

  endOf(field: number): number {
    return this.#isJson ? this.#json.end[field] : this.#end[field];
  }

  /** µs UTC; NaN when unset or no time. */
  time(field: number): number {
    return this.has(field)
      ? this.#times.read(this.#bytes, this.startOf(field), this.endOf(field))
      : Number.NaN;
  }

  address(field: number, words: Uint32Array): boolean {
    return this.has(field) && address(this.#bytes, this.startOf(field), this.endOf(field), words);
  }

  /** An integer ≥ 0; -1 when unset or none. */
  integer(field: number): number {
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
    const escaped = (this.#isJson ? this.#json.kind[field] : this.#kind[field]) === Json.escaped;
    if (!escaped) batch.setText(row, text, start, stop);
    else {
      const at = batch.reserveScratch(stop - start);
      const decode = this.#isJson ? unescapeJson : unescapeZeek;
      batch.finishScratch(row, text, at, decode(this.#bytes, start, stop, batch.scratch, at));
    }
  }

  /** Makes the field row `row`'s text; does nothing when it is unset. */
  setText(batch: EventBatch, row: number, text: number, field: number): void {
    if (!this.has(field)) return;
    if (this.#isJson) {
      const kind = this.#json.kind[field];
      // Of a JSON array or object the raw text is shown; of an array of one string, the string.
      if (kind === Json.array)
        setFirstElement(batch, row, text, this.#bytes, this.#json.start[field], this.#json.end[field]);
      else setJsonText(batch, row, text, this.#json, field, this.#bytes);
      return;
    }
    const start = this.#start[field];
    const end = this.#end[field];
    if (this.#kind[field] === Json.string) batch.setText(row, text, start, end);
    else {
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

/** The fields that logs of connections share, in this order, for the first five names of {@link ZeekRows}. */
export const connectionFields = ['ts', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p'] as const;

/** Time, addresses and ports of a row whose first fields are {@link connectionFields}. */
export class ZeekConnection {
  readonly #rows: ZeekRows;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);
  time = 0;
  sourcePort = 0;
  targetPort = 0;

  constructor(rows: ZeekRows) {
    this.#rows = rows;
  }

  /** '' or the reason why the row is of no use. */
  read(): string {
    const rows = this.#rows;
    this.time = rows.time(0);
    if (Number.isNaN(this.time)) return 'no time stamp';
    if (!rows.address(1, this.#source) || !rows.address(3, this.#target))
      return 'no source or target address';
    this.sourcePort = rows.integer(2);
    this.targetPort = rows.integer(4);
    return this.sourcePort < 0 || this.sourcePort > 65_535 || this.targetPort < 0 || this.targetPort > 65_535
      ? 'no port'
      : '';
  }

  /** Appends a row with what was read; the caller fills in the rest. */
  append(batch: EventBatch, kind: number, proto: number, outcome: number, flags: number): number {
    const row = batch.length++;
    batch.kind[row] = kind;
    batch.time[row] = this.time;
    batch.flags[row] = flags;
    putAddresses(batch, row, this.#source, this.#target);
    batch.sourcePort[row] = this.sourcePort;
    batch.targetPort[row] = this.targetPort;
    batch.proto[row] = proto;
    batch.outcome[row] = outcome;
    batch.role[row] = Role.originator;
    return row;
  }
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
