import { readAddress } from '../bytes/addresses.ts';
import { bracketClose, bracketOpen, minus, quote, slash, space } from '../bytes/codes.ts';
import { Cuts } from '../bytes/cuts.ts';
import { cursor, decimal, find, hasText } from '../bytes/numbers.ts';
import { NcsaTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { rootPath } from '../wire/request-line.ts';
import { splitTarget } from '../wire/request-target.ts';
import { shareOf } from '../wire/recognition.ts';

/** Amazon S3 server access logs: the bucket is the host, the key the path. See docs/inputs/s3-access.md. */
export const s3Access: Format = {
  name: 's3-access',
  title: 'Amazon S3 server access log',
  // Records of one hour come in files of any order within it, and within a file in none.
  lateness: 3600,
  yields: ['request'],
  blindness: [
    'requests for buckets that do not exist, or are not yours, are logged nowhere',
    'delivery is on a best-effort basis: records may be missing, and come hours late',
  ],
  sample:
    '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be example-backups [22/Nov/2026:00:32:11 +0000] 192.0.2.7 - 3E57427F3EXAMPLE REST.GET.OBJECT db/dump.sql "GET /db/dump.sql HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "curl/8.5.0" - s9lzHYrFp76ZVxRcpX9= - ECDHE-RSA-AES128-GCM-SHA256 - example-backups.s3.eu-west-1.amazonaws.com TLSv1.2 - -',
  recognise: (sample) => 0.97 * shareOf(sample, isS3),
  lines: (info) => new S3Reader(info),
};

/** Owner and bucket, a stamp in brackets, then an operation like REST.GET.OBJECT. */
function isS3(line: string): boolean {
  const head = line.slice(0, 400).split(' ', 9);
  return (
    head.length === 9 &&
    head[2].length === 21 &&
    head[2].startsWith('[') &&
    head[3].endsWith(']') &&
    /^(REST|SOAP|WEBSITE|BATCH|S3)\.[A-Z_]{1,40}(\.[A-Z_]{1,40})?$/.test(head[7])
  );
}

class S3Reader implements LineReader {
  readonly #times: NcsaTimes;
  readonly #client = new Uint32Array(4);
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  readonly #cuts = new Cuts(256);
  /** Blanks that were found, the end of the line among them; the one that was passed last. */
  #blanks = 0;
  #next = 0;
  /** The word last taken. */
  #from = 0;
  #to = 0;

  constructor(info: InputInfo) {
    this.#times = new NcsaTimes(new Zone(info.zone));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    this.#bytes = bytes;
    this.#end = end;
    this.#cut(start);
    this.#to = start - 1;
    // The owner of the bucket; then the bucket.
    if (!this.#word() || !this.#word()) return 'too few fields';
    const bucket = this.#from;
    const bucketEnd = this.#to;
    let at = bucketEnd + 1;
    if (bytes[at] !== bracketOpen) return 'no time stamp in brackets';
    const time = this.#times.read(bytes, at + 1, end);
    if (Number.isNaN(time) || bytes[cursor.at] !== bracketClose) return 'no time stamp in brackets';
    this.#to = cursor.at + 1;
    if (!this.#word()) return 'too few fields';
    // What S3 does by itself (lifecycle rules, each object of a batch) comes from nobody.
    if (this.#isDash()) return '';
    if (!readAddress(bytes, this.#from, this.#to, this.#client) || cursor.at !== this.#to)
      return 'no client address';
    if (!this.#word()) return 'too few fields';
    const user = this.#isDash() ? -1 : this.#from;
    const userEnd = this.#to;
    // Request id, operation, key.
    if (!this.#word() || !this.#word() || !this.#word()) return 'too few fields';
    const key = this.#from;
    const keyEnd = this.#to;
    at = keyEnd + 1;
    if (bytes[at] !== quote) return 'no request in quotes';
    const request = at + 1;
    const requestEnd = this.#closingQuote(request, true);
    if (requestEnd < 0) return 'no status after the request';
    this.#to = requestEnd + 1;
    if (!this.#word()) return 'no status after the request';
    const status = decimal(bytes, this.#from, this.#to);
    if (status < 0 || status > 999) return 'no status after the request';
    const row = batch.length;
    // Error code; then the bytes sent ('-' is none).
    const size = this.#word() && this.#word() && !this.#isDash() ? decimal(bytes, this.#from, this.#to) : 0;
    // Object size, total time, turn-around time.
    let words = 0;
    if (
      this.#word() &&
      this.#word() &&
      this.#word() &&
      this.#quoted(batch, row, Text.referer) &&
      this.#quoted(batch, row, Text.agent)
    ) {
      // Version id, host id, signature version, cipher suite, kind of authentication, host header, TLS version.
      while (words < 7 && this.#word()) words++;
    }
    const plain = words === 7 && this.#isDash();
    batch.length++;
    batch.kind[row] = EventKind.request;
    batch.time[row] = time;
    batch.flags[row] = size >= 0 ? Flag.hasSize : 0;
    putSource(batch, row, this.#client);
    batch.proto[row] = Proto.tcp;
    batch.targetPort[row] = words === 7 ? (plain ? 80 : 443) : 0;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    batch.status[row] = status;
    if (size > 0) batch.size[row] = size;
    batch.setText(row, Text.host, bucket, bucketEnd);
    if (user >= 0) batch.setText(row, Text.user, user, userEnd);
    this.#request(batch, row, request, requestEnd, bucket, bucketEnd, key, keyEnd);
    return '';
  }

  /** Takes the next word behind one blank; false at the end of the line. */
  #word(): boolean {
    const from = this.#to + 1;
    if (from >= this.#end) return false;
    this.#from = from;
    this.#to = this.#blank(from);
    return this.#to > from;
  }

  /** Finds where blanks stand from `start` on. */
  #cut(start: number): void {
    this.#blanks = this.#cuts.find(this.#bytes, start, this.#end, space, space);
    this.#next = 0;
  }

  /** The first blank from `from` on, or the end of the line; `from` is never less than it was before. */
  #blank(from: number): number {
    const { at } = this.#cuts;
    while (at[this.#next] < from) {
      if (this.#next < this.#blanks) this.#next++;
      // More than are found at once.
      else this.#cut(at[this.#next] + 1);
    }
    return at[this.#next];
  }

  /**
   * The quote that ends a field: one with a blank or nothing behind it, for the request with a status behind that.
   * S3 does not escape quotes that the client sent.
   */
  #closingQuote(start: number, status: boolean): number {
    const bytes = this.#bytes;
    for (let at = start + 1; at <= this.#end; at++) {
      at = this.#blank(at);
      if (bytes[at - 1] !== quote) continue;
      if (!status) return at - 1;
      if (at + 4 < this.#end && bytes[at + 4] === space && decimal(bytes, at + 1, at + 4) >= 0) return at - 1;
    }
    return -1;
  }

  #isDash(): boolean {
    return this.#to - this.#from === 1 && this.#bytes[this.#from] === minus;
  }

  /** Takes ' "text"' into the row's text `field`; a bare '-' is nothing. */
  #quoted(batch: EventBatch, row: number, field: number): boolean {
    const from = this.#to + 1;
    if (from >= this.#end) return false;
    if (this.#bytes[from] !== quote) return this.#word();
    const close = this.#closingQuote(from + 1, false);
    if (close < 0) return false;
    if (close > from + 1 && !(close === from + 2 && this.#bytes[from + 1] === minus))
      batch.setText(row, field, from + 1, close);
    this.#to = close + 1;
    return true;
  }

  /** Method, path and query of 'GET /bucket/key?query HTTP/1.1' or 'GET /key …'; the bucket is no part of the path. */
  #request(
    batch: EventBatch,
    row: number,
    start: number,
    end: number,
    bucket: number,
    bucketEnd: number,
    key: number,
    keyEnd: number,
  ): void {
    const bytes = this.#bytes;
    const method = find(bytes, start, end, space);
    if (method >= end) return;
    batch.setText(row, Text.method, start, method);
    let to = end;
    for (let at = end - 1; at > method && at >= end - 10; at--) {
      if (bytes[at] !== space) continue;
      if (hasText(bytes, at + 1, end, 'HTTP/')) to = at;
      break;
    }
    const { pathStart, pathEnd, queryStart, queryEnd } = splitTarget(bytes, method + 1, to);
    let path = pathStart;
    const name = bucketEnd - bucket;
    const behind = pathStart + 1 + name;
    const named =
      behind <= pathEnd &&
      isSame(bytes, pathStart + 1, bucket, name) &&
      (behind === pathEnd || bytes[behind] === slash);
    // '/logs/logs/x' of the bucket 'logs' names it; '/logs/x' with the key 'logs/x' does not.
    const ofKey =
      keyEnd - key > name &&
      keyEnd - key === pathEnd - pathStart - 1 &&
      isSame(bytes, key, pathStart + 1, keyEnd - key);
    if (named && !ofKey) path = behind;
    if (path < pathEnd) batch.setText(row, Text.path, path, pathEnd);
    else batch.setScratchText(row, Text.path, rootPath);
    if (queryEnd > queryStart) batch.setText(row, Text.query, queryStart, queryEnd);
  }
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}
