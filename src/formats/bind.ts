import { address } from '../bytes/addresses.ts';
import { apostrophe, bracketClose, colon, hash, minus, parenOpen, slash, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, find, hasText, port } from '../bytes/numbers.ts';
import { clock, IsoTimes, NamedDays, readFraction, fourDigits, twoDigits } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { addressTo } from '../wire/alert-line.ts';
import { LogLine } from '../wire/log-line.ts';
import { QueryRow } from '../wire/query-row.ts';
import { shareOf } from '../wire/recognition.ts';

/** BIND 9: its query log, what it denied, what it transferred, what failed; as its own file or by way of syslog. */
export const bind: Format = {
  name: 'bind',
  title: 'BIND 9 (queries, security, query-errors, xfer-out)',
  lateness: 10,
  yields: ['query'],
  blindness: [
    'the query log does not say which names exist: names that nobody asked for before stand in for names that do not',
    'the source may be a resolver that asks for others',
  ],
  sample:
    '22-Nov-2026 00:32:11.250 queries: info: client @0x7f91b8005490 192.0.2.7#40000 (vpn.example.com): query: vpn.example.com IN A +E(0)K (198.51.100.2)',
  recognise(sample) {
    const share = shareOf(sample, isClientLine);
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new BindReader(info),
};

const messages = ["query: ", "query '", "query (cache) '", 'zone transfer ', 'transfer of ', 'bad zone transfer', 'query failed']; // prettier-ignore

function isClientLine(line: string): boolean {
  const client = line.indexOf('client ');
  const port = line.indexOf('#', client);
  if (client < 0 || port < 0 || port - client > 80) return false;
  return messages.some((message) => line.includes(`: ${message}`, port));
}

const axfr = 252;
const ixfr = 251;
const refused = 5;
const notAuthoritative = 9;

class BindReader implements LineReader {
  readonly #line: LogLine;
  readonly #zone: Zone;
  readonly #iso: IsoTimes;
  readonly #row = new QueryRow();
  readonly #days = new NamedDays();

  constructor(info: InputInfo) {
    this.#line = new LogLine(info);
    this.#zone = new Zone(info.zone);
    this.#iso = new IsoTimes(this.#zone);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const own = this.#stamp(bytes, start, end);
    if (!Number.isNaN(own)) return this.#entry(batch, bytes, cursor.at, end, own);
    const line = this.#line;
    const wrong = line.read(bytes, start, end);
    if (wrong !== '') return wrong;
    if (!line.isFrom('named')) return 'no question of a client';
    // By way of syslog BIND's own stamp, where it has one, knows the year and the fraction.
    const inner = this.#stamp(line.bytes, line.start, line.end);
    return Number.isNaN(inner)
      ? this.#entry(batch, line.bytes, line.start, line.end, line.time)
      : this.#entry(batch, line.bytes, cursor.at, line.end, inner);
  }

  /** '22-Nov-2026 00:32:11.250' or ISO 8601, µs UTC; NaN when neither stands at `start`. */
  #stamp(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 20) return Number.NaN;
    if (bytes[start + 4] === minus) {
      // A relay's ISO stamp has a host or 'named[471]:' behind it, BIND's own a category or the client.
      const time = this.#iso.read(bytes, start, end);
      const next = cursor.at + 1;
      if (hasText(bytes, next, end, 'client ')) return time;
      const word = find(bytes, next, end, space);
      return bytes[word - 1] === colon &&
        bytes[word - 2] !== bracketClose &&
        !hasText(bytes, next, end, 'named:')
        ? time
        : Number.NaN;
    }
    if (bytes[start + 2] !== minus || bytes[start + 6] !== minus || bytes[start + 11] !== space)
      return Number.NaN;
    const seconds = clock(bytes, start + 12, end);
    if (seconds < 0) return Number.NaN;
    const day = this.#days.start(bytes, start + 3, twoDigits(bytes, start), fourDigits(bytes, start + 7));
    if (Number.isNaN(day)) return day;
    return this.#zone.toUtc(day + seconds * 1_000_000 + readFraction(bytes, start + 20, end));
  }

  // '[category: ][severity: ]client @0x… 192.0.2.7#40000/key k (name): view v: message'
  #entry(batch: EventBatch, bytes: Uint8Array, from: number, end: number, time: number): string {
    const client = findText(bytes, from, end, 'client ');
    if (client < 0) return 'no question of a client';
    let at = client + 7;
    if (bytes[at] === 64) at = find(bytes, at, end, space) + 1;
    const row = this.#row;
    row.begin(time);
    const mark = addressTo(bytes, at, end, hash, row.source);
    if (mark < 0) return 'no address of a client';
    let behind = mark + 1;
    while (behind < end && bytes[behind] >= 48 && bytes[behind] <= 57) behind++;
    row.sourcePort = port(bytes, mark + 1, behind);
    if (row.sourcePort < 0) return 'no port of a client';
    // The name in brackets may hold anything; what comes next begins behind its '): '.
    if (hasText(bytes, behind, end, '/key ')) behind = find(bytes, behind + 5, end, space);
    at = find(bytes, behind, end, space);
    if (bytes[behind] !== colon && at + 1 < end && bytes[at + 1] === parenOpen) {
      const close = findText(bytes, at, end, '): ');
      if (close < 0) return 'no message of the server';
      at = close + 3;
    } else at++;
    if (hasText(bytes, at, end, 'view ')) {
      const name = findText(bytes, at, end, ': ');
      if (name < 0) return 'no message of the server';
      at = name + 2;
    }
    return this.#message(batch, bytes, at, end);
  }

  #message(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const row = this.#row;
    if (hasText(bytes, at, end, 'query: ')) return this.#query(batch, bytes, at + 7, end);
    if (hasText(bytes, at, end, 'query ')) {
      if (hasText(bytes, at, end, 'query failed (')) return this.#failed(batch, bytes, at + 14, end);
      return this.#denied(batch, bytes, at, end, refused);
    }
    if (hasText(bytes, at, end, 'zone transfer ')) {
      row.proto = Proto.tcp;
      row.type = axfr;
      return this.#denied(batch, bytes, at, end, refused);
    }
    if (hasText(bytes, at, end, 'bad zone transfer request: ')) {
      row.proto = Proto.tcp;
      row.type = axfr;
      return this.#quoted(batch, bytes, at, end, notAuthoritative);
    }
    if (hasText(bytes, at, end, 'transfer of ')) return this.#transfer(batch, bytes, at, end);
    // Updates, notifications and what else a client may be the cause of.
    return '';
  }

  // 'www.example.com IN A +E(0)K (198.51.100.2)[ [ECS …]]'; the first releases wrote no more than 'www.example.com IN A'.
  #query(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const row = this.#row;
    const name = find(bytes, at, end, space);
    const klass = find(bytes, name + 1, end, space);
    const type = find(bytes, klass + 1, end, space);
    if (name === at || klass + 1 >= end) return 'no name or type asked for';
    row.nameStart = at;
    row.nameEnd = name;
    row.type = queryTypeOf(bytes, klass + 1, type);
    const flags = find(bytes, type + 1, end, space);
    for (let i = type + 1; i < flags; i++) if (bytes[i] === 84) row.proto = Proto.tcp;
    if (flags + 2 < end && bytes[flags + 1] === parenOpen) {
      const close = find(bytes, flags + 2, end, 41);
      row.hasTarget = address(bytes, flags + 2, close, row.target);
    }
    row.append(batch, bytes);
    return '';
  }

  #denied(batch: EventBatch, bytes: Uint8Array, at: number, end: number, status: number): string {
    return findText(bytes, at, end, "' denied") < 0 ? '' : this.#quoted(batch, bytes, at, end, status);
  }

  // The name and what else stands in quotes: 'name/TYPE/CLASS', or 'name/CLASS' of a transfer.
  #quoted(batch: EventBatch, bytes: Uint8Array, from: number, end: number, status: number): string {
    const row = this.#row;
    const open = find(bytes, from, end, apostrophe) + 1;
    const close = find(bytes, open, end, apostrophe);
    const last = lastSlash(bytes, open, close);
    if (last < 0) return 'no name or type asked for';
    const before = lastSlash(bytes, open, last);
    row.nameStart = open;
    row.nameEnd = last;
    if (before >= 0) {
      const type = queryTypeOf(bytes, before + 1, last);
      if (type > 0) {
        row.type = type;
        row.nameEnd = before;
      }
    }
    if (row.nameEnd === open) return 'no name or type asked for';
    row.status = status;
    row.append(batch, bytes);
    return '';
  }

  // 'SERVFAIL) for www.example.com/IN/A at query.c:7823'
  #failed(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const row = this.#row;
    const close = find(bytes, at, end, 41);
    if (!hasText(bytes, close, end, ') for ')) return '';
    const open = close + 6;
    const stop = find(bytes, open, end, space);
    const type = lastSlash(bytes, open, stop);
    const klass = type < 0 ? -1 : lastSlash(bytes, open, type);
    if (klass <= open) return 'no name or type asked for';
    row.nameStart = open;
    row.nameEnd = klass;
    row.type = queryTypeOf(bytes, type + 1, stop);
    row.status = rcodeOf(bytes, at, close, true);
    row.append(batch, bytes);
    return '';
  }

  // "transfer of 'example.com/IN': AXFR started (serial 7)"; secondaries fetch by IXFR.
  #transfer(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const row = this.#row;
    const what = findText(bytes, at, end, "': ") + 3;
    if (what < 3 || findText(bytes, what, end, ' started') < 0) return '';
    row.proto = Proto.tcp;
    row.type = hasText(bytes, what, end, 'AXFR started') ? axfr : ixfr;
    return this.#quoted(batch, bytes, at, end, 0);
  }
}

function lastSlash(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === slash) return at;
  return -1;
}
