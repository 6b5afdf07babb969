import { braceOpen, minus } from '../bytes/codes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader, Sample } from '../model/format.ts';
import { WebTimes } from './web-times.ts';
import { Coding } from './coded-text.ts';
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

const fieldsPerWord = 4;

/** Finds the parts of a request in JSON records by a table; no object and no string per record. */
export class JsonRequestParts {
  readonly json: JsonFields;
  readonly parts: RequestParts;
  /** µs UTC of the record; NaN when it has none. */
  time = Number.NaN;
  /** Index of the first field of `more`. */
  readonly more: number;
  /** Part of every field; `partCount` for time stamps. Fields of one part stand together, best first. */
  readonly #part: Uint8Array;
  readonly #times: WebTimes;

  /** `more`: further paths, for the caller. */
  constructor(info: InputInfo, table: JsonRequestTable, more: readonly string[] = []) {
    const fields: (readonly [part: number, path: string])[] = table.time.map((path) => [partCount, path]);
    for (const [name, part] of Object.entries(Part)) {
      for (const path of table[name as PartName] ?? []) fields.push([part, path]);
    }
    this.more = fields.length;
    const paths = [...fields.map(([, path]) => path), ...more];
    this.json = new JsonFields(paths);
    this.#part = Uint8Array.from(fields, ([part]) => part);
    this.parts = new RequestParts(info);
    this.#times = new WebTimes(new Zone(info.zone));
  }

  /** Reads the record's parts; '' when it tells of a request. */
  read(bytes: Uint8Array, start: number, end: number): string {
    const { json, parts } = this;
    if (!json.read(bytes, objectStart(bytes, start, end), end)) return 'not a whole JSON object';
    const of = this.#part;
    const { kind } = json;
    parts.clear();
    this.time = Number.NaN;
    let last = -1;
    // Of the many names that a part may have, a record has one.
    const words = json.kinds;
    for (let field = 0; field < of.length; field++) {
      if ((field & 3) === 0) {
        while (field < of.length && words[field >> 2] === 0) field += fieldsPerWord;
        if (field >= of.length) break;
      }
      const part = of[field];
      const found = kind[field];
      if (part === last || found < Json.string || found > Json.number) continue;
      const from = json.start[field];
      const to = json.end[field];
      if (to === from || (to - from === 1 && bytes[from] === minus)) continue;
      if (part === partCount) {
        this.time = this.#times.read(bytes, from, to);
        if (!Number.isNaN(this.time)) last = part;
        continue;
      }
      last = part;
      parts.place(part, from, to);
      parts.coding[part] = found === Json.escaped ? Coding.json : Coding.plain;
    }
    return parts.has(Part.request) || parts.has(Part.target) || parts.has(Part.path)
      ? ''
      : 'no request in the record';
  }
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
