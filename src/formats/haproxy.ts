import * as z from 'zod';
import {
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  colon,
  pipe,
  plus,
  quote,
  slash,
  space,
} from '../bytes/codes.ts';
import { cursor, decimal, find, hasText } from '../bytes/numbers.ts';
import { NcsaTimes, readFraction } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { parseAddress, putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ContainerLines, outOfContainers } from '../wire/container-lines.ts';
import { endpoint, readEndpoint } from '../wire/alert-line.ts';
import { Coding } from '../wire/coded-text.ts';
import { LineEnvelope } from '../wire/line-envelope.ts';
import { shareOf } from '../wire/recognition.ts';
import { Part, RequestParts } from '../wire/request-parts.ts';

const captureParts: Readonly<Record<string, number>> = {
  host: Part.host,
  'user-agent': Part.agent,
  referer: Part.referer,
  'x-forwarded-for': Part.forwardedFor,
  forwarded: Part.forwarded,
  'x-real-ip': Part.realIp,
  'cf-connecting-ip': Part.realIp,
  'true-client-ip': Part.realIp,
  'fastly-client-ip': Part.realIp,
};

/** 'address:port' of a frontend; undefined when it is none. */
function endpointOf(text: string): { words: readonly number[]; port: number } | undefined {
  const match = /^\[?([\da-fA-F:.]+?)\]?:(\d{1,5})$/.exec(text);
  const words = match ? parseAddress(match[1]) : undefined;
  return words && match && Number(match[2]) < 65_536 ? { words, port: Number(match[2]) } : undefined;
}

const config = z.object({
  captures: z
    .array(z.string())
    .default([])
    .describe(
      'Names of the request headers that the frontend captures, in the order of its `capture request header` or `http-request capture` lines: Host, User-Agent, Referer, X-Forwarded-For and the like. Absent: what stands in braces is not read.',
    ),
  frontends: z
    .record(
      z.string(),
      z
        .string()
        .refine(
          (text) => endpointOf(text) !== undefined,
          'expected an address and port such as 192.0.2.4:22',
        ),
    )
    .default({})
    .describe(
      'Address and port that each frontend listens on, by its name. Absent: the target of a connection is not known, so that scans over frontends are not counted.',
    ),
});

/** HAProxy's own formats: `option httplog`, `httpslog`, `tcplog`, none of them, and its connection errors. */
export const haproxy: Format = {
  name: 'haproxy',
  title: 'HAProxy HTTP and TCP log',
  // The stamp is the start, the line is written at the end.
  lateness: 60,
  yields: ['request', 'contact'],
  blindness: [
    'HTTP headers (host, agent, X-Forwarded-For) are there only when captured, and named in formats.haproxy.captures',
    'the address of a frontend is not in the log: formats.haproxy.frontends names it',
  ],
  sample:
    'Nov 22 00:32:11 lb haproxy[14389]: 192.0.2.7:61000 [22/Nov/2026:00:32:11.250] http-in static/srv1 10/0/30/69/109 404 2750 - - ---- 1/1/1/1/0 0/0 "GET /admin?x=1 HTTP/1.1"',
  config,
  recognise: (sample) =>
    0.96 * shareOf(outOfContainers(sample), (line) => row.test(line) || connect.test(line)),
  lines: (info) => new ContainerLines(new HaproxyReader(info)),
};

/** Client and port, stamp with milliseconds, frontend, and what is behind it or the frontend's socket. */
const row =
  /(?:^|[ :])[\da-fA-F:.]{2,45}:\d{1,5} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] \S{1,200}(?: \S{1,200}\/\S{1,200} |: )/;

/** Without any `option …log`: 'Connect from 192.0.2.7:61000 to 198.51.100.4:80 (www/HTTP)'. */
const connect =
  /(?:^|: )Connect from [\da-fA-F:.]{2,45}:\d{1,5} to [\da-fA-F:.]{2,45}:\d{1,5} \(\S{1,200}\/[A-Z]{2,5}\)/;
const connectFrom = 'Connect from ';

/** An IPv6 address with port and a blank is shorter. */
const clientLength = 64;

interface Frontend {
  readonly name: Uint8Array;
  readonly words: readonly number[];
  readonly port: number;
}

class HaproxyReader implements LineReader {
  readonly #times: NcsaTimes;
  readonly #envelope: LineEnvelope;
  readonly #parts: RequestParts;
  readonly #captures: readonly (number | undefined)[];
  readonly #frontends: readonly Frontend[];
  /** The frontend of the line, when it is a known one. */
  #frontend: Frontend | undefined;
  #at = 0;
  readonly #target = new Uint32Array(4);

  constructor(info: InputInfo) {
    const { captures, frontends } = config.parse(info.options ?? {});
    this.#times = new NcsaTimes(new Zone(info.zone));
    this.#envelope = new LineEnvelope(info);
    this.#parts = new RequestParts(info);
    this.#captures = captures.map((name) => captureParts[name.toLowerCase()]);
    this.#frontends = Object.entries(frontends).map(([name, text]) => ({
      name: Uint8Array.from(Buffer.from(name)),
      ...endpointOf(text)!,
    }));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const parts = this.#parts;
    parts.clear();
    let body = start;
    if (!this.#client(bytes, start, end)) {
      body = this.#envelope.body(bytes, start, end);
      if (body < 0) return 'no client address and port';
      if (hasText(bytes, body, end, connectFrom))
        return this.#connect(batch, bytes, body + connectFrom.length, end);
      if (!this.#client(bytes, body, end)) return 'no client address and port';
    }
    const sourcePort = Math.max(0, endpoint.port);
    if (bytes[this.#at] !== bracketOpen) return 'no time stamp';
    let time = this.#times.read(bytes, this.#at + 1, end);
    if (Number.isNaN(time)) return 'no time stamp';
    time += readFraction(bytes, cursor.at, end);
    if (bytes[cursor.at] !== bracketClose) return 'no time stamp';
    const name = cursor.at + 2;
    const nameEnd = find(bytes, name, end, space);
    if (bytes[nameEnd - 1] === colon) return this.#error(batch, bytes, time, sourcePort, name, nameEnd, end);
    this.#frontend = this.#known(bytes, name, nameEnd);
    const backend = nameEnd + 1;
    const backendEnd = find(bytes, backend, end, space);
    const timers = backendEnd + 1;
    const timersEnd = find(bytes, timers, end, space);
    this.#at = timersEnd + 1;
    let slashes = 0;
    for (let i = timers; i < timersEnd; i++) if (bytes[i] === slash) slashes++;
    if (slashes === 4) return this.#http(batch, bytes, time, end);
    if (slashes !== 2) return 'neither an HTTP nor a TCP log line';
    const size = this.#word(bytes, end);
    const sizeEnd = cursor.at;
    const state = this.#word(bytes, end);
    if (cursor.at - state < 2) return 'no termination state';
    const row = this.#contact(batch, time, sourcePort);
    batch.outcome[row] = outcomeOf(bytes[state], bytes[state + 1]);
    const length = decimal(bytes, size, sizeEnd);
    if (length >= 0) batch.flags[row] |= Flag.hasSize;
    if (length > 0) batch.size[row] = length;
    batch.setText(row, Text.host, name, nameEnd);
    batch.setText(row, Text.detail, backend, backendEnd);
    return '';
  }

  /** 'address:port ' at `start`; leaves its end in `#at`. */
  #client(bytes: Uint8Array, start: number, end: number): boolean {
    const stop = Math.min(end, start + clientLength);
    const behind = find(bytes, start, stop, space);
    if (behind >= stop || !readEndpoint(bytes, start, behind, true, this.#parts.source)) return false;
    this.#parts.set(Part.client, start, behind, bytes);
    this.#parts.coding[Part.client] = Coding.portBehind;
    this.#at = behind + 1;
    return endpoint.port >= 0;
  }

  // '192.0.2.7:61000 to 198.51.100.4:80 (www/HTTP)', with the envelope's time.
  #connect(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (!this.#client(bytes, start, end)) return 'no client address and port';
    const sourcePort = endpoint.port;
    const to = this.#at + 3;
    const toEnd = find(bytes, to, end, space);
    if (!hasText(bytes, this.#at, end, 'to ') || !readEndpoint(bytes, to, toEnd, true, this.#target))
      return 'no address of the frontend';
    const targetPort = endpoint.port;
    this.#frontend = undefined;
    const row = this.#contact(batch, this.#envelope.time, sourcePort);
    batch.flags[row] = 0;
    putAddresses(batch, row, this.#parts.source, this.#target);
    batch.targetPort[row] = Math.max(0, targetPort);
    batch.outcome[row] = Outcome.answered;
    const name = toEnd + 2;
    const nameEnd = find(bytes, name, end, slash);
    if (nameEnd < end) batch.setText(row, Text.host, name, nameEnd);
    return '';
  }

  #known(bytes: Uint8Array, start: number, end: number): Frontend | undefined {
    // '~' marks a TLS frontend.
    const stop = bytes[end - 1] === 126 ? end - 1 : end;
    for (const frontend of this.#frontends) {
      const { name } = frontend;
      let same = 0;
      if (name.length !== stop - start) continue;
      while (same < name.length && name[same] === bytes[start + same]) same++;
      if (same === name.length) return frontend;
    }
    return undefined;
  }

  /** The next word, without the '+' that `option logasap` puts before numbers; its end is `cursor.at`. */
  #word(bytes: Uint8Array, end: number): number {
    const start = this.#at + (bytes[this.#at] === plus ? 1 : 0);
    const stop = find(bytes, start, end, space);
    this.#at = stop + 1;
    cursor.at = stop;
    return start;
  }

  // status, bytes, captured cookies, state, connections, queues, {captured headers}, "request"
  #http(batch: EventBatch, bytes: Uint8Array, time: number, end: number): string {
    const parts = this.#parts;
    for (const part of [Part.status, Part.size]) {
      const start = this.#word(bytes, end);
      parts.set(part, start, cursor.at, bytes);
    }
    for (let skipped = 0; skipped < 5; skipped++) this.#word(bytes, end);
    if (this.#at >= end) return 'no request in the line';
    if (bytes[this.#at] === braceOpen && this.#captures.length > 0) this.#captured(bytes, end);
    const open = find(bytes, this.#at, end, quote);
    if (open >= end) return 'no request in the line';
    // HAProxy encodes quotes in what it logs; a cut line has no closing one.
    parts.set(Part.request, open + 1, find(bytes, open + 1, end, quote), bytes);
    const frontend = this.#frontend;
    if (frontend) {
      parts.target.set(frontend.words);
      parts.targetKnown = true;
      parts.targetPort = frontend.port;
    }
    return parts.put(batch, bytes, time);
  }

  /** '{www.example.com|curl/8.5.0|…}' */
  #captured(bytes: Uint8Array, end: number): void {
    let at = this.#at + 1;
    for (const part of this.#captures) {
      const start = at;
      while (at < end && bytes[at] !== pipe && bytes[at] !== braceClose) at++;
      if (part !== undefined && at > start) this.#parts.set(part, start, at, bytes);
      if (at >= end || bytes[at] === braceClose) break;
      at++;
    }
  }

  // 'client:port [stamp] frontend/socket: SSL handshake failure'
  #error(
    batch: EventBatch,
    bytes: Uint8Array,
    time: number,
    sourcePort: number,
    name: number,
    nameEnd: number,
    end: number,
  ): string {
    const mark = find(bytes, name, nameEnd, slash);
    if (mark >= nameEnd) return 'neither an HTTP nor a TCP log line';
    this.#frontend = this.#known(bytes, name, mark);
    const row = this.#contact(batch, time, sourcePort);
    batch.outcome[row] = Outcome.answered;
    batch.setText(row, Text.host, name, mark);
    if (end > nameEnd + 1) batch.setText(row, Text.detail, nameEnd + 1, end);
    return '';
  }

  #contact(batch: EventBatch, time: number, sourcePort: number): number {
    const { source } = this.#parts;
    const row = batch.length++;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = time;
    batch.flags[row] = 0;
    if (this.#frontend) {
      putAddresses(batch, row, source, this.#frontend.words);
      batch.targetPort[row] = this.#frontend.port;
    } else putSource(batch, row, source);
    batch.sourcePort[row] = sourcePort;
    batch.proto[row] = Proto.tcp;
    batch.role[row] = Role.originator;
    return row;
  }
}

/**
 * What became of a connection, by its termination state: 'P' the proxy refused it (a rule, a limit); 'S' or 's' while still
 * connecting ('C') or in the queue ('Q'): the server refused it or never answered; 'R' and 'I': HAProxy's own trouble.
 */
function outcomeOf(cause: number, phase: number): number {
  const connecting = phase === 67 || phase === 81;
  switch (cause) {
    case 80:
      return Outcome.denied;
    case 83:
      return connecting ? Outcome.refused : Outcome.answered;
    case 115:
      return connecting ? Outcome.unanswered : Outcome.answered;
    case 82:
    case 73:
      return Outcome.unknown;
    default:
      return Outcome.answered;
  }
}
