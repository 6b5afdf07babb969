import { readAddress, setIPv4 } from '../bytes/addresses.ts';
import {
  backslash,
  bracketClose,
  bracketOpen,
  colon,
  comma,
  minus,
  quote,
  slash,
  space,
  zero,
} from '../bytes/codes.ts';
import { kernel, place, placed } from '../bytes/kernel.ts';
import { cursor, decimal, find, readDecimal } from '../bytes/numbers.ts';
import { NcsaTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { AddressTest, Format, InputInfo, LineReader } from '../model/format.ts';
import { ContainerLines, outOfContainers } from '../wire/container-lines.ts';
import { declaredAccess, declaredAccessConfig, shareOfDeclared } from '../wire/declared-access.ts';
import { differ, forwardedClient, isTrusted } from '../wire/forwarded.ts';
import { putRequestLine } from '../wire/request-line.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';

/** NCSA access logs: what nginx, Apache and many others write unless told otherwise. */
export const webAccess: Format = {
  name: 'web-access',
  title: 'Web access log in NCSA common or combined form (nginx, Apache and others)',
  lateness: 10,
  yields: ['request'],
  blindness: [
    'requests that the server did not log (another virtual host, a proxy in front) are not seen',
    'the common form has no user agent and no referer',
  ],
  sample:
    '192.0.2.7 - - [22/Nov/2026:00:32:11 +0000] "GET /admin/login.php?x=1 HTTP/1.1" 404 153 "-" "Mozilla/5.0 (X11; Linux x86_64)"',
  config: declaredAccessConfig,
  recognise(sample, options) {
    const bare = outOfContainers(sample);
    return Math.max(0.92 * shareOf(bare, isAccessLine), 0.99 * shareOfDeclared(bare, options));
  },
  lines: (info) => new ContainerLines(declaredAccess(info, plainReader) ?? plainReader(info)),
};

const plainReader = (info: InputInfo): LineReader => new WebAccessReader(info);

function isAccessLine(line: string): boolean {
  for (let at = line.indexOf('['), tries = 0; at > 0 && tries < 4; at = line.indexOf('[', at + 1), tries++) {
    const close = at + 21 + (line[at + 21] === ' ' ? 6 : 0);
    if (
      line[at + 3] !== '/' ||
      line[at + 7] !== '/' ||
      line[at + 12] !== ':' ||
      !line.startsWith('] "', close)
    )
      continue;
    return /" (\d{3}|-) (\d+|-)/.test(line.slice(close + 2));
  }
  return false;
}

/** Where the kernel puts what it finds in a usual line: see kernel/web.ts. */
const Usual = {
  client: 0,
  stamp: 1,
  request: 2,
  requestEnd: 3,
  status: 4,
  size: 5,
  referer: 6,
  refererEnd: 7,
  agent: 8,
  agentEnd: 9,
  method: 10,
  target: 11,
  query: 12,
} as const;

class WebAccessReader implements LineReader {
  readonly #kernel = kernel();
  readonly #values = new Uint32Array(this.#kernel.memory.buffer, this.#kernel.webValues.value, 13);
  readonly #trusted: AddressTest;
  readonly #times: NcsaTimes;
  readonly #syslog: Syslog;
  readonly #client = new Uint32Array(4);
  readonly #claimed = new Uint32Array(4);
  readonly #claims: InputInfo['claims'];
  /** The chunk, and a Buffer on it: its search is memchr, which agents of a hundred bytes are worth. */
  #bytes: Uint8Array = new Uint8Array(0);
  #search: Buffer = Buffer.alloc(0);
  /** Virtual host of the line, empty when it has none, and its port. */
  #hostStart = 0;
  #hostEnd = 0;
  #port = 0;

  constructor(info: InputInfo) {
    this.#trusted = info.trustedProxies;
    this.#claims = info.claims;
    this.#times = new NcsaTimes(new Zone(info.zone));
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const at = this.#kernel.webUsual(place(bytes, start, end), start, placed);
    if (at === 0) return this.#oddLine(batch, bytes, start, end);
    const values = this.#values;
    const time = this.#times.read(bytes, values[Usual.stamp], end);
    if (Number.isNaN(time) || bytes[cursor.at] !== bracketClose)
      return this.#oddLine(batch, bytes, start, end);
    setIPv4(this.#client, values[Usual.client]);
    this.#port = 0;
    const row = batch.length;
    const size = values[Usual.size] | 0;
    let flags = size < 0 ? 0 : Flag.hasSize;
    const referer = values[Usual.referer];
    if (referer > 0) batch.setText(row, Text.referer, referer, values[Usual.refererEnd]);
    const agent = values[Usual.agent];
    if (agent > 0) batch.setText(row, Text.agent, agent, values[Usual.agentEnd]);
    const request = values[Usual.request];
    const method = values[Usual.method];
    if (method === 0) putRequestLine(batch, row, bytes, request, values[Usual.requestEnd]);
    else {
      const target = values[Usual.target];
      const query = values[Usual.query];
      batch.setText(row, Text.method, request, method);
      batch.setText(row, Text.path, method + 1, query);
      if (query + 1 < target) batch.setText(row, Text.query, query + 1, target);
    }
    if (at < end && bytes[at] === space && bytes[at + 1] === quote && bytes[at + 2] !== minus)
      flags |= this.#spokenFor(bytes, at + 2, end);
    this.#append(batch, time, flags, values[Usual.status], Math.max(0, size));
    return '';
  }

  /** A line that is not as most are, part by part. */
  #oddLine(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#search = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const behind = this.#clientAt(bytes, start, end);
    if (behind < 0) return 'no client address';
    // ' - - [': identity and user, which may hold blanks.
    let at = behind + 5;
    let user = 0;
    let userEnd = 0;
    if (bytes[at] !== bracketOpen || bytes[behind + 1] !== minus || bytes[behind + 3] !== minus || at > end) {
      at = stampAt(bytes, behind, end);
      if (at < 0) return 'no time stamp in brackets';
      user = find(bytes, behind + 1, at, space) + 1;
      userEnd = at - 1;
    }
    const time = this.#times.read(bytes, at + 1, end);
    if (Number.isNaN(time)) return 'no time stamp in brackets';
    at = cursor.at;
    if (bytes[at] !== bracketClose || bytes[at + 2] !== quote || at + 3 > end) return 'no request in quotes';
    const request = at + 3;
    const requestEnd = requestEndAt(bytes, request, end);
    if (requestEnd < 0) return 'no status after the request';
    at = requestEnd + 2;
    let status = 0;
    if (bytes[at] !== minus) {
      status = decimal(bytes, at, at + 3);
      at += 3;
    } else at++;
    if (status < 0) return 'no status after the request';
    const row = batch.length;
    let flags = 0;
    let size = 0;
    if (bytes[at] === space && at + 1 < end) {
      at++;
      const length = readDecimal(bytes, at, end);
      if (length >= 0) {
        size = length;
        flags = Flag.hasSize;
        at = cursor.at;
      } else if (bytes[at] === minus) at++;
    }
    // Quoted fields: referer, agent, and in nginx's packaged format X-Forwarded-For.
    at = this.#quoted(batch, row, Text.referer, bytes, at, end);
    at = this.#quoted(batch, row, Text.agent, bytes, at, end);
    if (at < end && bytes[at] === space && bytes[at + 1] === quote && bytes[at + 2] !== minus)
      flags |= this.#spokenFor(bytes, at + 2, end);
    this.#append(batch, time, flags, status, size);
    if (userEnd > user && !(userEnd - user === 1 && bytes[user] === minus))
      batch.setText(row, Text.user, user, userEnd);
    if (this.#hostEnd > this.#hostStart) batch.setText(row, Text.host, this.#hostStart, this.#hostEnd);
    putRequestLine(batch, row, bytes, request, requestEnd);
    return '';
  }

  #append(batch: EventBatch, time: number, flags: number, status: number, size: number): void {
    const row = batch.length++;
    batch.kind[row] = EventKind.request;
    batch.time[row] = time;
    batch.flags[row] = flags;
    putSource(batch, row, this.#client);
    batch.targetPort[row] = this.#port;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    batch.status[row] = status;
    if (size > 0) batch.size[row] = size;
  }

  /** Takes the client of an X-Forwarded-For list from a trusted peer; counts what any other peer claims. */
  #spokenFor(bytes: Uint8Array, list: number, end: number): number {
    const trusted = isTrusted(this.#trusted, this.#client);
    const client = trusted ? this.#client : this.#claimed;
    if (!forwardedClient(bytes, list, find(bytes, list, end, quote), this.#trusted, client)) return 0;
    if (trusted) return Flag.forwarded;
    if (this.#claims && differ(client, this.#client)) this.#claims.count++;
    return 0;
  }

  /** Reads the client, behind a virtual host or a syslog envelope where there is one; returns the position after it. */
  #clientAt(bytes: Uint8Array, start: number, end: number): number {
    this.#hostStart = 0;
    this.#hostEnd = 0;
    this.#port = 0;
    if (readAddress(bytes, start, end, this.#client)) {
      if (bytes[cursor.at] === space) return cursor.at;
      if (bytes[cursor.at] === comma) return this.#listAt(bytes, start, end);
    }
    const blank = find(bytes, start, end, space);
    if (blank + 1 >= end) return -1;
    if (bytes[blank - 1] === comma) return this.#listAt(bytes, start, end);
    if (readAddress(bytes, blank + 1, end, this.#client) && bytes[cursor.at] === space) {
      const behind = cursor.at;
      this.#hostStart = start;
      this.#hostEnd = blank;
      this.#splitPort(bytes, start, blank);
      return behind;
    }
    const host = this.#syslog.stamp(bytes, start, end);
    if (host < 0) return -1;
    const body = this.#syslog.header(bytes, host, end);
    return readAddress(bytes, body, end, this.#client) && bytes[cursor.at] === space ? cursor.at : -1;
  }

  /** X-Forwarded-For in the place of the peer, 'client, proxy1': believed from the right as long as the hops are trusted. */
  #listAt(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== space) {
      at = find(bytes, at, end, space);
      if (bytes[at - 1] === comma) at++;
    }
    return forwardedClient(bytes, start, at, this.#trusted, this.#client) ? at : -1;
  }

  // 'www.example.com:443'
  #splitPort(bytes: Uint8Array, start: number, end: number): void {
    let at = end - 1;
    while (at > start && bytes[at] >= zero && bytes[at] <= zero + 9) at--;
    if (at === end - 1 || bytes[at] !== colon) return;
    const port = decimal(bytes, at + 1, end);
    if (port > 65_535) return;
    this.#port = port;
    this.#hostEnd = at;
  }

  /** Takes ' "text"' at `at` into the row's text `field`; '-' is nothing. Returns the position after it. */
  #quoted(batch: EventBatch, row: number, field: number, bytes: Uint8Array, at: number, end: number): number {
    if (at + 1 >= end || bytes[at] !== space || bytes[at + 1] !== quote) return at;
    const from = at + 2;
    if (bytes[from] === minus && bytes[from + 1] === quote) return from + 2;
    let to = this.#search.indexOf(quote, from);
    if (to < 0 || to > end) to = end;
    // An escaped quote, or an escaped backslash before the closing one: byte by byte.
    if (bytes[to - 1] === backslash && to > from) {
      to = from;
      while (to < end && bytes[to] !== quote) to += bytes[to] === backslash ? 2 : 1;
      if (to > end) to = end;
    }
    if (to > from) batch.setText(row, field, from, to);
    return to + 1;
  }
}

/** The '[' of '[22/Nov/2026:' from `start` on; -1 when there is none. */
function stampAt(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 22 < end; at++) {
    if (bytes[at] === bracketOpen && bytes[at + 3] === slash && bytes[at + 7] === slash) return at;
  }
  return -1;
}

/**
 * The quote that ends the request: the first one that is not escaped and has a status behind it. Servers that do not escape
 * (`escape=none`) leave quotes inside.
 */
function requestEndAt(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 2 < end; at++) {
    const code = bytes[at];
    if (code !== quote && code !== backslash) continue;
    if (code === backslash) at++;
    else if (bytes[at + 1] === space) {
      const first = bytes[at + 2];
      if (first >= zero && first <= zero + 9 && at + 4 < end) return at;
      if (first === minus) return at;
    }
  }
  return -1;
}
