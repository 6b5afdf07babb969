import { minus } from '../bytes/codes.ts';
import { decimal, isText, port } from '../bytes/numbers.ts';
import { Zone } from '../bytes/zone.ts';
import { YearlessTimes } from '../bytes/yearless.ts';
import type { Mapping, MappedField, OutcomeRules } from '../config/mapping-schema.ts';
import { putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { endpoint, readEndpoint } from '../wire/alert-line.ts';
import { ClockTimes } from '../wire/clock-times.ts';
import { WebTimes } from '../wire/web-times.ts';
import { Coding, putCoded } from '../wire/coded-text.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { FirewallEvent, lowestSeverity, severityOf } from '../wire/firewall-event.ts';
import { Cell, CsvCells, JsonCells, KeyValueCells } from '../wire/mapped-cells.ts';
import type { MappedCells, SharedJson } from '../wire/mapped-cells.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { noAnswer, QueryRow } from '../wire/query-row.ts';
import { Part, RequestParts } from '../wire/request-parts.ts';
import type { PartName } from '../wire/request-parts.ts';
import { Syslog } from '../wire/syslog.ts';
import { TimePattern } from '../wire/time-pattern.ts';

interface Times {
  /** µs UTC of the stamp in `bytes[start, end)`; NaN for none. */
  read(bytes: Uint8Array, start: number, end: number): number;
}

/** Date and time of day from two keys are put together in here. */
const stampRoom = 80;

/** Fields of events by number. A literal: an object made at run time would be looked up by hash. */
const Field = {
  source: 0,
  sourcePort: 1,
  target: 2,
  targetPort: 3,
  protocol: 4,
  icmpType: 5,
  icmpCode: 6,
  size: 7,
  host: 8,
  method: 9,
  url: 10,
  path: 11,
  query: 12,
  request: 13,
  status: 14,
  agent: 15,
  referer: 16,
  user: 17,
  forwardedFor: 18,
  realIp: 19,
  name: 20,
  type: 21,
  rcode: 22,
  answer: 23,
  service: 24,
  detail: 25,
  severity: 26,
} as const satisfies Record<MappedField, number>;
const fieldNames = Object.keys(Field) as MappedField[];

/** Parts of a request by the names that mappings use. */
const requestParts: readonly (readonly [MappedField, PartName])[] = [
  ['source', 'client'],
  ['sourcePort', 'clientPort'],
  ['target', 'server'],
  ['targetPort', 'serverPort'],
  ['url', 'target'],
  ...(
    ['host', 'method', 'path', 'query', 'request', 'status', 'size', 'agent', 'referer', 'user', 'forwardedFor', 'realIp'] as const
  ).map((name) => [name, name] as const),
]; // prettier-ignore

const outcomes: Readonly<Record<string, number>> = { ...Outcome, passed: Outcome.unknown };

/** Why a record that another mapping may be about is no event of this one. */
export const notMeant = 'not what the mapping is about';

/** One mapping at work. */
export class MappingReader implements LineReader {
  readonly #mapping: Mapping;
  readonly #cells: MappedCells;
  readonly #syslog: Syslog | undefined;
  readonly #times: Times;
  /** With `auto` alone. */
  readonly #clocks: ClockTimes | undefined;
  readonly #stamp = new Uint8Array(stampRoom);
  readonly #when: readonly { readonly cell: number; readonly values: readonly string[] }[];
  readonly #dateCell: number;
  readonly #clockCell: number;
  /** Cells of each field, best first. */
  readonly #of: readonly (readonly number[])[];
  readonly #constant: readonly (Uint8Array | undefined)[];
  readonly #outcomeCells: readonly number[];
  /** Words that say how it ended, and what; the last one, '', stands for all others. */
  readonly #results: readonly { readonly word: string; readonly result: string }[];
  readonly #otherwise: string | undefined;
  readonly #parts: RequestParts;
  /** Of {@link requestParts} those that a key of the mapping fills: the field, and the part behind it. */
  readonly #requested: Uint8Array;
  readonly #query = new QueryRow();
  readonly #contact = new FirewallEvent();
  // The value at hand: of a cell or a constant.
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #coding: number = Coding.plain;

  /** `json`: reads lines of JSON for other mappings too; who holds it begins its lines. */
  constructor(info: InputInfo, mapping: Mapping, json?: SharedJson) {
    this.#mapping = mapping;
    const keys: string[] = [];
    const cellOf = (key: string): number => {
      const at = keys.indexOf(key);
      return at >= 0 ? at : keys.push(key) - 1;
    };
    const cellsOf = (some: string | readonly string[] | undefined): number[] =>
      some === undefined ? [] : [some].flat().map(cellOf);
    // Whether a line is meant is asked first.
    this.#when = Object.entries(mapping.when).map(([key, values]) => ({
      cell: cellOf(key),
      values: [values].flat().map(String),
    }));
    const early = keys.length;
    const time = typeof mapping.time === 'string' ? { field: mapping.time, format: 'auto' } : mapping.time;
    this.#dateCell = time === undefined ? -1 : cellOf(time.field);
    this.#clockCell =
      time !== undefined && 'clock' in time && time.clock !== undefined ? cellOf(time.clock) : -1;
    this.#of = fieldNames.map((field) => cellsOf(mapping.fields[field]));
    // A constant stands in no line: hosts and methods are the ones that logs leave out.
    this.#requested = Uint8Array.from(
      requestParts
        .filter(([field]) => this.#of[Field[field]].length > 0)
        .flatMap(([field, part]) => [Field[field], Part[part]]),
    );
    this.#constant = fieldNames.map((field) => {
      const value = mapping.constants[field];
      return value === undefined ? undefined : Buffer.from(String(value));
    });
    const { outcome } = mapping;
    const rules = (typeof outcome === 'object' ? outcome : undefined) as
      | (OutcomeRules & Record<string, unknown>)
      | undefined;
    this.#outcomeCells = cellsOf(rules?.field);
    this.#results = Object.entries(rules ?? {}).flatMap(([result, words]) =>
      result === 'field' || result === 'otherwise' || words === undefined
        ? []
        : [words as string | number].flat().map((word) => ({ word: String(word), result })),
    );
    this.#otherwise = typeof outcome === 'string' ? outcome : rules?.otherwise;
    const whole = mapping.envelope === 'none';
    if (mapping.lines === 'json') this.#cells = new JsonCells(keys, early, whole ? json : undefined);
    else if (mapping.lines === 'csv') this.#cells = new CsvCells(keys, mapping.delimiter, mapping.columns);
    else this.#cells = new KeyValueCells(keys, mapping.delimiter);
    this.#syslog = mapping.envelope === 'syslog' ? new Syslog(info) : undefined;
    const zone = new Zone((time !== undefined && 'zone' in time ? time.zone : undefined) ?? info.zone);
    const format = time?.format ?? 'auto';
    if (format === 'auto') {
      this.#times = new WebTimes(zone);
      this.#clocks = new ClockTimes(zone);
    } else if (format === 'syslog') this.#times = new YearlessTimes(zone, info.modified);
    else this.#times = new TimePattern(format, zone);
    this.#parts = new RequestParts(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    let at = start;
    if (this.#syslog !== undefined) {
      const host = this.#syslog.stamp(bytes, start, end);
      if (host < 0) return 'no syslog header';
      at = this.#syslog.header(bytes, host, end);
    }
    const read = this.#cells.read(bytes, at, end);
    if (read !== '') return read === 'header' ? '' : read;
    if (!this.#isMeant(bytes)) return notMeant;
    this.#cells.rest(bytes);
    const time = this.#time(bytes);
    if (Number.isNaN(time)) return 'no time stamp';
    switch (this.#mapping.event) {
      case 'request':
        return this.#request(batch, bytes, time);
      case 'query':
        return this.#question(batch, bytes, time);
      case 'contact':
        return this.#visit(batch, bytes, time);
      case 'login':
        return this.#login(batch, bytes, time);
      case 'alert':
        return this.#alert(batch, bytes, time);
      default:
        return notMeant;
    }
  }

  #isMeant(bytes: Uint8Array): boolean {
    const when = this.#when;
    for (let at = 0; at < when.length; at++) {
      const { cell, values } = when[at];
      if (this.#cells.kind[cell] !== Cell.plain) return false;
      const start = this.#cells.start[cell];
      const end = this.#cells.end[cell];
      let i = 0;
      while (i < values.length && !isText(bytes, start, end, values[i])) i++;
      if (i === values.length) return false;
    }
    return true;
  }

  #time(bytes: Uint8Array): number {
    const { kind, start, end } = this.#cells;
    const date = this.#dateCell;
    if (date < 0) return this.#syslog!.time;
    if (kind[date] !== Cell.plain) return Number.NaN;
    const clock = this.#clockCell;
    if (clock < 0) return this.#times.read(bytes, start[date], end[date]);
    const length = end[date] - start[date] + 1 + end[clock] - start[clock];
    if (kind[clock] !== Cell.plain || length > stampRoom) return Number.NaN;
    // '2026-11-22' and '00:32:11': read where they stand.
    if (this.#clocks && end[date] - start[date] === 10 && length === 19 && isIsoDate(bytes, start[date]))
      return this.#clocks.read(bytes, start[date], start[clock], end[clock]);
    const stamp = this.#stamp;
    let at = 0;
    for (let i = start[date]; i < end[date]; i++) stamp[at++] = bytes[i];
    stamp[at++] = 32;
    for (let i = start[clock]; i < end[clock]; i++) stamp[at++] = bytes[i];
    // Of a longer stamp nothing is left over.
    stamp.fill(0, at);
    return this.#times.read(stamp, 0, at);
  }

  /** Makes the field's value the one at hand: of the first key that holds one, else the constant. */
  #take(bytes: Uint8Array, field: number): boolean {
    const { kind, start, end } = this.#cells;
    for (const cell of this.#of[field]) {
      if (kind[cell] === Cell.absent) continue;
      this.#bytes = bytes;
      this.#start = start[cell];
      this.#end = end[cell];
      this.#coding = kind[cell] === Cell.json ? Coding.json : Coding.plain;
      return true;
    }
    const constant = this.#constant[field];
    if (constant === undefined) return false;
    this.#bytes = constant;
    this.#start = 0;
    this.#end = constant.length;
    this.#coding = Coding.plain;
    return true;
  }

  #text(batch: EventBatch, row: number, text: number, bytes: Uint8Array, field: number): void {
    if (!this.#take(bytes, field)) return;
    if (this.#bytes === bytes) putCoded(batch, row, text, bytes, this.#start, this.#end, this.#coding);
    else batch.setScratchText(row, text, this.#bytes);
  }

  /** An address, with or without a port behind it. Sets `endpoint.port`. */
  #address(bytes: Uint8Array, field: number, words: Uint32Array): boolean {
    return this.#take(bytes, field) && readEndpoint(this.#bytes, this.#start, this.#end, false, words);
  }

  /** Whether the mapping says where the field comes from. */
  #has(field: number): boolean {
    return this.#of[field].length > 0 || this.#constant[field] !== undefined;
  }

  /** The port of the field, else the one behind the address. */
  #port(bytes: Uint8Array, field: number, behind: number): number {
    const own = this.#take(bytes, field) ? port(this.#bytes, this.#start, this.#end) : -1;
    return Math.max(0, own >= 0 ? own : behind);
  }

  #protocol(bytes: Uint8Array, usual: number): number {
    return this.#take(bytes, Field.protocol) ? protocolOf(this.#bytes, this.#start, this.#end) : usual;
  }

  /** A number below 65,536; -1 for anything else. */
  #small(bytes: Uint8Array, field: number): number {
    return this.#take(bytes, field) ? port(this.#bytes, this.#start, this.#end) : -1;
  }

  #result(bytes: Uint8Array): string | undefined {
    const { kind, start, end } = this.#cells;
    for (const cell of this.#outcomeCells) {
      if (kind[cell] !== Cell.plain) continue;
      for (const { word, result } of this.#results)
        if (isText(bytes, start[cell], end[cell], word)) return result;
      break;
    }
    return this.#otherwise;
  }

  #request(batch: EventBatch, bytes: Uint8Array, time: number): string {
    const parts = this.#parts;
    parts.clear();
    const requested = this.#requested;
    for (let i = 0; i < requested.length; i += 2) {
      if (!this.#take(bytes, requested[i]) || this.#bytes !== bytes) continue;
      const at = requested[i + 1];
      parts.place(at, this.#start, this.#end);
      parts.coding[at] = this.#coding;
    }
    const before = batch.length;
    const said = parts.put(batch, bytes, time);
    if (said !== '' || batch.length === before) return said;
    if (batch.textLengthOf(before, Text.host) === 0) this.#text(batch, before, Text.host, bytes, Field.host);
    if (batch.textLengthOf(before, Text.method) === 0)
      this.#text(batch, before, Text.method, bytes, Field.method);
    return '';
  }

  #question(batch: EventBatch, bytes: Uint8Array, time: number): string {
    const row = this.#query;
    row.begin(time);
    if (!this.#address(bytes, Field.source, row.source)) return 'no source address';
    row.sourcePort = this.#port(bytes, Field.sourcePort, endpoint.port);
    row.hasTarget = this.#address(bytes, Field.target, row.target);
    const port53 = row.targetPort;
    row.targetPort = this.#port(bytes, Field.targetPort, row.hasTarget ? endpoint.port : -1) || port53;
    row.proto = this.#protocol(bytes, Proto.udp) || Proto.udp;
    if (this.#take(bytes, Field.type)) row.type = queryTypeOf(this.#bytes, this.#start, this.#end);
    if (this.#take(bytes, Field.rcode)) row.status = rcodeOf(this.#bytes, this.#start, this.#end, true);
    if (!this.#take(bytes, Field.name) || this.#coding !== Coding.plain) return 'no name asked for';
    row.nameStart = this.#start;
    row.nameEnd = this.#end;
    const at = row.append(batch, this.#bytes);
    if (row.status !== noAnswer) this.#text(batch, at, Text.detail, bytes, Field.answer);
    return '';
  }

  #visit(batch: EventBatch, bytes: Uint8Array, time: number): string {
    const contact = this.#contact;
    contact.reset();
    contact.time = time;
    if (!this.#address(bytes, Field.source, contact.source)) return 'no source address';
    contact.sourcePort = this.#port(bytes, Field.sourcePort, endpoint.port);
    if (!this.#address(bytes, Field.target, contact.target)) return 'no target address';
    // A log that has no ports at all still tells who was visited.
    contact.targetPort =
      endpoint.port < 0 && this.#has(Field.targetPort)
        ? this.#small(bytes, Field.targetPort)
        : this.#port(bytes, Field.targetPort, endpoint.port);
    contact.proto = this.#protocol(bytes, Proto.tcp);
    if (contact.proto === 0) return 'unknown protocol';
    contact.type = this.#small(bytes, Field.icmpType);
    contact.code = Math.max(0, this.#small(bytes, Field.icmpCode));
    if (this.#take(bytes, Field.size)) contact.size = decimal(this.#bytes, this.#start, this.#end);
    const result = this.#mapping.outcome === undefined ? 'unknown' : this.#result(bytes);
    if (result === undefined) return 'a word that no outcome names';
    contact.outcome = outcomes[result];
    contact.passed = result === 'passed';
    return contact.putSession(batch);
  }

  #login(batch: EventBatch, bytes: Uint8Array, time: number): string {
    const result = this.#result(bytes);
    if (result === undefined) return 'a word that no outcome names';
    const row = this.#row(batch, bytes, time, EventKind.login);
    if (row < 0) return 'no source address';
    batch.status[row] = result === 'success' ? 1 : 0;
    this.#text(batch, row, Text.user, bytes, Field.user);
    this.#text(batch, row, Text.name, bytes, Field.service);
    return '';
  }

  #alert(batch: EventBatch, bytes: Uint8Array, time: number): string {
    const row = this.#row(batch, bytes, time, EventKind.alert);
    if (row < 0) return 'no source address';
    const number = this.#small(bytes, Field.severity);
    const word =
      number < 0 && this.#take(bytes, Field.severity) ? severityOf(this.#bytes, this.#start, this.#end) : 0;
    const severity = number > 0 ? number : word;
    batch.status[row] = severity >= 1 && severity <= lowestSeverity ? severity : lowestSeverity;
    this.#text(batch, row, Text.name, bytes, Field.name);
    this.#text(batch, row, Text.detail, bytes, Field.detail);
    return '';
  }

  #row(batch: EventBatch, bytes: Uint8Array, time: number, kind: number): number {
    const { source, target } = this.#contact;
    if (!this.#address(bytes, Field.source, source)) return -1;
    const row = batch.length;
    batch.kind[row] = kind;
    batch.time[row] = time;
    batch.sourcePort[row] = this.#port(bytes, Field.sourcePort, endpoint.port);
    batch.flags[row] = kind === EventKind.login ? Flag.sentData | Flag.gotData : 0;
    const hasTarget = this.#address(bytes, Field.target, target);
    batch.targetPort[row] = this.#port(bytes, Field.targetPort, hasTarget ? endpoint.port : -1);
    if (hasTarget) putAddresses(batch, row, source, target);
    else putSource(batch, row, source);
    batch.proto[row] = this.#protocol(bytes, Proto.tcp);
    batch.outcome[row] = kind === EventKind.login ? Outcome.answered : Outcome.unknown;
    batch.role[row] = Role.originator;
    batch.length = row + 1;
    return row;
  }
}

/** Whether the separators of '2026-11-22' stand at `at`. */
function isIsoDate(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 4] === minus && bytes[at + 7] === minus;
}
