import { copyWords } from '../bytes/addresses.ts';
import { minus, question, slash } from '../bytes/codes.ts';
import { decimal, port } from '../bytes/numbers.ts';
import { putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { AddressTest, InputInfo } from '../model/format.ts';
import { endpoint, readEndpoint } from './alert-line.ts';
import { Coding, putCoded } from './coded-text.ts';
import { differ, forwardedClient, forwardedHeaderClient, isTrusted } from './forwarded.ts';
import { putRequestLine, putTarget } from './request-line.ts';
import { withoutPort } from './request-target.ts';

/** What a web log may say of a request. Formats name where in the record each part stands; this file makes the event. */
export const Part = {
  /** The peer: 'address', 'address:port', '[v6]:port'. */
  client: 0,
  clientPort: 1,
  /** The server's address, with or without port. */
  server: 2,
  serverPort: 3,
  /** The host asked for, with or without port. */
  host: 4,
  method: 5,
  /** Path and query, or the absolute form. */
  target: 6,
  path: 7,
  query: 8,
  /** The whole request line. */
  request: 9,
  status: 10,
  size: 11,
  agent: 12,
  referer: 13,
  user: 14,
  /** X-Forwarded-For as it was received: whoever wrote it, the peer handed it over. */
  forwardedFor: 15,
  /** The Forwarded header (RFC 7239). */
  forwarded: 16,
  /** A header that names one client: X-Real-IP, CF-Connecting-IP, True-Client-IP, Fastly-Client-IP. */
  realIp: 17,
  /** A list whose last entry the logging server itself appended, so that it is the peer. */
  appendedFor: 18,
} as const;
export type PartName = keyof typeof Part;
export const partCount = 19;

/** Parts as bits. */
const bit = (part: number): number => 1 << part;
const clientBit = bit(Part.client);
const clientPortBit = bit(Part.clientPort);
const claimBits = bit(Part.forwardedFor) | bit(Part.forwarded) | bit(Part.realIp);
const sizeBit = bit(Part.size);
const serverBit = bit(Part.server);
const statusBit = bit(Part.status);
const saidBits = bit(Part.agent) | bit(Part.referer) | bit(Part.user);
const hostBit = bit(Part.host);
const serverPortBit = bit(Part.serverPort);

/** By part: where it stands, how it is written (Coding). */
export interface PartPlaces {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly coding: Uint8Array;
}

/** Where the parts of one record stand: ask {@link RequestParts.has} first. One per reader, used again for each record. */
export class RequestParts implements PartPlaces {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly coding: Uint8Array;
  readonly source = new Uint32Array(4);
  readonly target = new Uint32Array(4);
  /** `target` and `targetPort` are known without a part that says so. */
  targetKnown = false;
  targetPort = 0;
  /** A bit for each part that is there. */
  #present = 0;
  readonly #trusted: AddressTest;
  readonly #claims: { count: number } | undefined;
  readonly #peer = new Uint32Array(4);
  readonly #claimed = new Uint32Array(4);

  constructor(
    { trustedProxies, claims }: Pick<InputInfo, 'trustedProxies' | 'claims'>,
    places: PartPlaces = {
      start: new Uint32Array(partCount),
      end: new Uint32Array(partCount),
      coding: new Uint8Array(partCount),
    },
  ) {
    this.start = places.start;
    this.end = places.end;
    this.coding = places.coding;
    this.#trusted = trustedProxies;
    this.#claims = claims;
  }

  clear(): void {
    this.#present = 0;
    this.targetKnown = false;
    this.targetPort = 0;
  }

  /** All parts of a record at once, whose places are known: a bit for each that is there. */
  took(present: number): void {
    this.clear();
    this.#present = present;
  }

  /** '-', as logs write nothing, is nothing. */
  set(part: number, start: number, end: number, bytes: Uint8Array): void {
    if (end - start !== 1 || bytes[start] !== minus) this.place(part, start, end);
  }

  /** As {@link set}, whatever stands there. */
  place(part: number, start: number, end: number): void {
    this.start[part] = start;
    this.end[part] = end;
    if (end > start) this.#present |= 1 << part;
    else this.#present &= ~(1 << part);
  }

  has(part: number): boolean {
    return ((this.#present >>> part) & 1) === 1;
  }

  /**
   * Appends the request at `time` (µs) to the batch; '' when done, else why not. A header that speaks for another client is
   * believed only from a trusted peer: the lists first (every proxy adds to them), then a single-address header.
   */
  put(batch: EventBatch, bytes: Uint8Array, time: number): string {
    const { source, target } = this;
    if (Number.isNaN(time)) return 'no time stamp';
    const present = this.#present;
    let flags = 0;
    let sourcePort = 0;
    if ((present & clientBit) !== 0) {
      if (!this.#address(Part.client, bytes, source)) return 'no client address';
      sourcePort = Math.max(0, endpoint.port);
      if ((present & clientPortBit) !== 0) sourcePort = this.#port(Part.clientPort, bytes);
      if ((present & claimBits) !== 0) {
        const trusted = isTrusted(this.#trusted, source);
        copyWords(source, this.#claimed);
        if (this.#forwarded(bytes, this.#claimed)) {
          if (trusted) {
            copyWords(this.#claimed, source);
            flags = Flag.forwarded;
            sourcePort = 0;
          } else if (this.#claims) this.#claims.count++;
        }
      }
    } else if (
      !this.has(Part.appendedFor) ||
      !forwardedClient(bytes, this.start[Part.appendedFor], this.end[Part.appendedFor], this.#trusted, source)
    ) {
      return 'no client address';
    }
    const row = batch.length++;
    batch.kind[row] = EventKind.request;
    batch.time[row] = time;
    let { targetPort } = this;
    if ((present & sizeBit) !== 0) {
      const size = decimal(bytes, this.start[Part.size], this.end[Part.size]);
      if (size >= 0) flags |= Flag.hasSize;
      if (size > 0) batch.size[row] = size;
    }
    batch.flags[row] = flags;
    if ((present & serverBit) !== 0 && this.#address(Part.server, bytes, target)) {
      targetPort = Math.max(0, endpoint.port);
      putAddresses(batch, row, source, target);
    } else if (this.targetKnown) putAddresses(batch, row, source, target);
    else putSource(batch, row, source);
    batch.sourcePort[row] = sourcePort;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    if ((present & statusBit) !== 0) {
      const status = decimal(bytes, this.start[Part.status], this.end[Part.status]);
      if (status > 0 && status < 1000) batch.status[row] = status;
    }
    const absolute = this.#request(batch, row, bytes);
    if (targetPort === 0) targetPort = absolute;
    if ((present & saidBits) !== 0) {
      this.#text(batch, row, Text.agent, Part.agent, bytes);
      this.#text(batch, row, Text.referer, Part.referer, bytes);
      this.#text(batch, row, Text.user, Part.user, bytes);
    }
    if ((present & hostBit) !== 0) {
      const start = this.start[Part.host];
      const end = this.end[Part.host];
      const hostEnd = withoutPort(bytes, start, end);
      if (hostEnd < end && targetPort === 0) targetPort = Math.max(0, port(bytes, hostEnd + 1, end));
      putCoded(batch, row, Text.host, bytes, start, hostEnd, this.coding[Part.host]);
    }
    if ((present & serverPortBit) !== 0) targetPort = this.#port(Part.serverPort, bytes);
    batch.targetPort[row] = targetPort;
    return '';
  }

  /** The request line says best what was asked; a path alone may be what the server made of it. Returns the URL's port. */
  #request(batch: EventBatch, row: number, bytes: Uint8Array): number {
    const { start, end, coding } = this;
    // Some name a target 'request'.
    const named = this.has(Part.request) && bytes[start[Part.request]] === slash;
    if (this.has(Part.request) && !named) {
      const at = Part.request;
      return putRequestLine(batch, row, bytes, start[at], end[at], coding[at]);
    }
    this.#text(batch, row, Text.method, Part.method, bytes);
    if (named || this.has(Part.target)) {
      const at = named ? Part.request : Part.target;
      return putTarget(batch, row, bytes, start[at], end[at], coding[at]);
    }
    this.#text(batch, row, Text.path, Part.path, bytes);
    if (this.has(Part.query)) {
      const at = Part.query;
      const from = start[at] + (bytes[start[at]] === question ? 1 : 0);
      if (end[at] > from) putCoded(batch, row, Text.query, bytes, from, end[at], coding[at]);
    }
    return 0;
  }

  #address(part: number, bytes: Uint8Array, words: Uint32Array): boolean {
    return readEndpoint(
      bytes,
      this.start[part],
      this.end[part],
      this.coding[part] === Coding.portBehind,
      words,
    );
  }

  #port(part: number, bytes: Uint8Array): number {
    return Math.max(0, port(bytes, this.start[part], this.end[part]));
  }

  /** The client that the peer in `words` speaks for, into `words`; false when it names none but itself. */
  #forwarded(bytes: Uint8Array, words: Uint32Array): boolean {
    const trusted = this.#trusted;
    const { start, end } = this;
    const peer = this.#peer;
    copyWords(words, peer);
    let at: number = Part.forwardedFor;
    if (this.has(at) && forwardedClient(bytes, start[at], end[at], trusted, words) && differ(words, peer))
      return true;
    at = Part.forwarded;
    if (
      this.has(at) &&
      forwardedHeaderClient(bytes, start[at], end[at], trusted, words) &&
      differ(words, peer)
    )
      return true;
    at = Part.realIp;
    return this.has(at) && this.#address(at, bytes, words) && differ(words, peer);
  }

  #text(batch: EventBatch, row: number, field: number, part: number, bytes: Uint8Array): void {
    if (this.has(part)) {
      putCoded(batch, row, field, bytes, this.start[part], this.end[part], this.coding[part]);
    }
  }
}
