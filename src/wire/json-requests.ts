import { braceOpen } from '../bytes/codes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { kernel, reserve } from '../bytes/kernel.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader, Sample } from '../model/format.ts';
import { WebTimes } from './web-times.ts';
import { outOfContainers } from './container-lines.ts';
import { shareOf } from './recognition.ts';
import { Part, partCount, RequestParts } from './request-parts.ts';
import type { PartName } from './request-parts.ts';

/**
 * Where the parts of a request stand in a JSON record: paths as JsonFields takes them; of several, the first that holds
 * something is taken.
 */
export type JsonRequestTable = { readonly time: readonly string[] } & {
  readonly [part in PartName]?: readonly string[];
};

/** An envelope (syslog, container runtime) in front of the object is passed when it is no longer than this. */
const envelopeLimit = 512;

/** Finds the parts of a request in JSON records by a table; no object and no string per record. */
export class JsonRequestParts {
  readonly json: JsonFields;
  readonly parts: RequestParts;
  /** µs UTC of the record; NaN when it has none. */
  time = Number.NaN;
  /** Index of the first field of `more`. */
  readonly more: number;
  /** The first fields are time stamps. */
  readonly #stamps: number;
  /** Where the kernel has the part of every field up to `more`. */
  readonly #table: number;
  readonly #times: WebTimes;
  readonly #kernel = kernel();

  /** `more`: further paths, for the caller. */
  constructor(info: InputInfo, table: JsonRequestTable, more: readonly string[] = []) {
    const fields: (readonly [part: number, path: string])[] = table.time.map((path) => [partCount, path]);
    for (const [name, part] of Object.entries(Part)) {
      for (const path of table[name as PartName] ?? []) fields.push([part, path]);
    }
    this.more = fields.length;
    const paths = [...fields.map(([, path]) => path), ...more];
    this.json = new JsonFields(paths);
    this.#stamps = table.time.length;
    this.#table = tableOf(fields.map(([part]) => part));
    this.parts = new RequestParts(info, { coding: codingFound() });
    this.#times = new WebTimes(new Zone(info.zone));
  }

  /** Reads the record's parts; '' when it tells of a request. */
  read(bytes: Uint8Array, start: number, end: number): string {
    const { json, parts } = this;
    if (!json.read(bytes, objectStart(bytes, start, end), end)) return 'not a whole JSON object';
    // While the record is where the kernel read it.
    parts.took(this.#kernel.partsFind(json.pickerAddress, this.#table, this.#stamps, this.more));
    this.time = Number.NaN;
    for (let field = 0; field < this.#stamps; field++) {
      const kind = json.kind[field];
      if (kind < Json.string || kind > Json.number) continue;
      this.time = this.#times.read(bytes, json.start[field], json.end[field]);
      if (!Number.isNaN(this.time)) break;
    }
    return parts.has(Part.request) || parts.has(Part.target) || parts.has(Part.path)
      ? ''
      : 'no request in the record';
  }
}

const tables = new Map<string, number>();

/** The address of `parts`, which are those of a format: they are never given back. */
function tableOf(parts: readonly number[]): number {
  const name = parts.join();
  let at = tables.get(name);
  if (at === undefined) {
    at = reserve(parts.length);
    new Uint8Array(kernel().memory.buffer).set(parts, at);
    tables.set(name, at);
  }
  return at;
}

/** What the kernel calls escaped, among the parts of the last record, has the coding of JSON. */
function codingFound(): Uint8Array {
  const { memory, partEscapes } = kernel();
  return new Uint8Array(memory.buffer, partEscapes.value, partCount);
}

/** Reads access logs of one JSON object a line. */
export class JsonRequests implements LineReader {
  readonly #record: JsonRequestParts;

  constructor(info: InputInfo, table: JsonRequestTable) {
    this.#record = new JsonRequestParts(info, table);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const record = this.#record;
    return record.read(bytes, start, end) || record.parts.put(batch, bytes, record.time);
  }
}

function objectStart(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + envelopeLimit);
  for (let at = start; at < stop; at++) if (bytes[at] === braceOpen) return at;
  return start;
}

/** Asks whether a key stands anywhere in the record. */
export type HasKey = (key: string) => boolean;

/** Whether a line of the sample is an object, behind an envelope or not, whose keys `test` accepts. */
export function isJsonLine(line: string, test: (has: HasKey) => boolean): boolean {
  const open = line.indexOf('{');
  return open >= 0 && open < envelopeLimit && test((key) => line.includes(`"${key}"`, open));
}

export function shareOfJson(sample: Sample, test: (has: HasKey) => boolean): number {
  return shareOf(outOfContainers(sample), (line) => isJsonLine(line, test));
}
