import { address } from '../bytes/addresses.ts';
import { comma, quote, slash } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal } from '../bytes/numbers.ts';
import { putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text, textLimit } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader, Sample } from '../model/format.ts';
import { splitTarget } from '../wire/request-target.ts';

/** The columns in use, by their names in the header. */
const Column = {
  time_micros: 0,
  c_ip: 1,
  cs_method: 2,
  cs_uri: 3,
  sc_status: 4,
  sc_bytes: 5,
  cs_host: 6,
  cs_referer: 7,
  cs_user_agent: 8,
  cs_bucket: 9,
  cs_object: 10,
} as const;
const columns = Object.keys(Column);
const needed = ['time_micros', 'c_ip', 'cs_method', 'sc_status'];
/** µs: 2001 to 2255 (2^53). */
const firstMicros = 1_000_000_000_000_000;

/** Google Cloud Storage usage logs: the bucket is the host, the object the path. See docs/inputs/gcs-usage.md. */
export const gcsUsage: Format = {
  name: 'gcs-usage',
  title: 'Google Cloud Storage usage log (CSV)',
  // One file an hour or more, its lines in no promised order.
  lateness: 3600,
  yields: ['request'],
  blindness: [
    'requests for buckets that do not exist, or are not yours, are logged nowhere',
    'the time is that of completion; delivery is neither timely nor complete by promise',
  ],
  sample:
    '"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"\n"1767323040250000","192.0.2.7","1","","GET","/example-backups/db/dump.sql","404","0","127","14000","storage.googleapis.com","","curl/8.5.0","ADPycduvExample","GET_Object","example-backups","db/dump.sql"',

  recognise({ lines }: Sample): number {
    return lines.length > 0 && lines[0].startsWith('"time_micros","c_ip"') ? 1 : 0;
  },

  lines(): LineReader {
    return new UsageReader();
  },
};

class UsageReader implements LineReader {
  readonly #fields = new CsvFields(64);
  readonly #client = new Uint32Array(4);
  readonly #at = new Int16Array(columns.length).fill(-1);
  #bytes: Uint8Array = new Uint8Array(0);
  #count = 0;
  #known = false;

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    this.#bytes = bytes;
    this.#count = this.#fields.split(bytes, start, end, comma);
    if (this.#count === 0) return 'a quote that is never closed';
    if (this.#isHeader()) return '';
    if (!this.#known) return 'no header line before it';
    if (
      !this.#has(Column.time_micros) ||
      !this.#has(Column.c_ip) ||
      !this.#has(Column.cs_method) ||
      !this.#has(Column.sc_status)
    )
      return 'fewer fields than the header names';
    const time = this.#number(Column.time_micros);
    if (time < firstMicros) return 'time that is none';
    const status = this.#number(Column.sc_status);
    if (status < 0 || status > 999) return 'status that is none';
    const place = this.#at[Column.c_ip];
    // Empty: a request by Google itself.
    if (this.#fields.start[place] === this.#fields.end[place]) return '';
    if (!address(bytes, this.#fields.start[place], this.#fields.end[place], this.#client))
      return 'no client address';
    this.#append(batch, time, status);
    return '';
  }

  #isHeader(): boolean {
    const { start, end } = this.#fields;
    // Names are short, and the first value of a row is a number.
    if (end[0] - start[0] > 20 || end[0] === start[0] || this.#bytes[start[0]] < 97) return false;
    const names = Array.from({ length: this.#count }, (_, i) => this.#fields.text(this.#bytes, i));
    if (needed.some((name) => !names.includes(name))) return false;
    for (const [i, name] of columns.entries()) this.#at[i] = names.indexOf(name);
    this.#known = true;
    return true;
  }

  #append(batch: EventBatch, time: number, status: number): void {
    const row = batch.length++;
    batch.kind[row] = EventKind.request;
    batch.time[row] = time;
    batch.flags[row] = 0;
    putSource(batch, row, this.#client);
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    batch.status[row] = status;
    const size = this.#number(Column.sc_bytes);
    if (size >= 0) batch.flags[row] |= Flag.hasSize;
    if (size > 0) batch.size[row] = size;
    this.#text(batch, row, Text.method, Column.cs_method);
    this.#text(batch, row, Text.host, this.#length(Column.cs_bucket) > 0 ? Column.cs_bucket : Column.cs_host);
    this.#text(batch, row, Text.referer, Column.cs_referer);
    this.#text(batch, row, Text.agent, Column.cs_user_agent);
    const uri = this.#at[Column.cs_uri];
    const parts = this.#has(Column.cs_uri)
      ? splitTarget(this.#bytes, this.#fields.start[uri], this.#fields.end[uri])
      : undefined;
    if (parts && parts.queryEnd > parts.queryStart)
      batch.setText(row, Text.query, parts.queryStart, parts.queryEnd);
    if (this.#length(Column.cs_bucket) > 0) this.#objectPath(batch, row);
    else if (parts && parts.pathEnd > parts.pathStart)
      batch.setText(row, Text.path, parts.pathStart, parts.pathEnd);
  }

  /** '/' and the object's name; '/' alone is the bucket. The path as asked differs between the XML and JSON interfaces. */
  #objectPath(batch: EventBatch, row: number): void {
    const place = this.#at[Column.cs_object];
    const length = Math.min(this.#length(Column.cs_object), textLimit - 1);
    const start = length > 0 ? this.#fields.start[place] : 0;
    const at = batch.reserveScratch(length + 1);
    batch.scratch[at] = slash;
    const used = length > 0 ? copyUndoubled(this.#bytes, start, start + length, batch.scratch, at + 1) : 0;
    batch.finishScratch(row, Text.path, at, used + 1);
  }

  #has(column: number): boolean {
    const at = this.#at[column];
    return at >= 0 && at < this.#count;
  }

  #length(column: number): number {
    if (!this.#has(column)) return 0;
    const place = this.#at[column];
    return this.#fields.end[place] - this.#fields.start[place];
  }

  #number(column: number): number {
    if (!this.#has(column)) return -1;
    const place = this.#at[column];
    return decimal(this.#bytes, this.#fields.start[place], this.#fields.end[place]);
  }

  #text(batch: EventBatch, row: number, text: number, column: number): void {
    const length = Math.min(this.#length(column), textLimit);
    if (length === 0) return;
    const place = this.#at[column];
    const start = this.#fields.start[place];
    if (this.#fields.doubled[place] === 0) {
      batch.setText(row, text, start, start + length);
      return;
    }
    const at = batch.reserveScratch(length);
    const used = copyUndoubled(this.#bytes, start, start + length, batch.scratch, at);
    batch.finishScratch(row, text, at, used);
  }
}

/** Copies `from[start, end)`, each doubled quote once; returns the length written. */
function copyUndoubled(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let out = at;
  for (let position = start; position < end; position++) {
    to[out++] = from[position];
    if (from[position] === quote && from[position + 1] === quote) position++;
  }
  return out - at;
}
