import { copyWords } from '../bytes/addresses.ts';
import { minus, question, slash } from '../bytes/codes.ts';
import { kernel, placeInChunk } from '../bytes/kernel.ts';
import { decimal, port } from '../bytes/numbers.ts';
import { putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { AddressTest, InputInfo } from '../model/format.ts';
import { endpoint, readEndpoint } from './alert-line.ts';
import { Coding, putCoded } from './coded-text.ts';
import { Claim, claimedClient } from './claimed-client.ts';
import { forwardedClient, isTrusted } from './forwarded.ts';
import { putRequestLine, putTarget, rootPath } from './request-line.ts';
import { RequestRow } from './request-row.ts';
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
  /** The three of {@link Claim}, in its order. */
  forwardedFor: 15 + Claim.forwardedFor,
  forwarded: 15 + Claim.forwarded,
  realIp: 15 + Claim.realIp,
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
const requestBit = bit(Part.request);
const targetBit = bit(Part.target);
const askedBits = requestBit | targetBit;
const serverPortBit = bit(Part.serverPort);

/** By part: where it stands, in the kernel's memory, and how it is written (Coding). */
interface PartPlaces {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly coding: Uint8Array;
}

/**
 * Where the parts of one record stand: ask {@link RequestParts.has} first. Used again for each record; readers share where
 * they stand, so a record is done with before the next one is read.
 */
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
  readonly #claimed = new Uint32Array(4);
  readonly #row = new RequestRow();
  readonly #kernel = kernel();
  /** The kernel's addresses of `start` and `end`. */
  readonly #starts: number;
  readonly #ends: number;

  /** `places`: where the kernel has them already. */
  constructor(
    { trustedProxies, claims }: Pick<InputInfo, 'trustedProxies' | 'claims'>,
    places: Partial<PartPlaces> = {},
  ) {
    const { memory, partStarts, partEnds } = this.#kernel;
    this.start = places.start ?? new Uint32Array(memory.buffer, partStarts.value, partCount);
    this.end = places.end ?? new Uint32Array(memory.buffer, partEnds.value, partCount);
    this.coding = places.coding ?? new Uint8Array(partCount);
    this.#starts = this.start.byteOffset;
    this.#ends = this.end.byteOffset;
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
    if (Number.isNaN(time)) return 'no time stamp';
    const present = this.#present;
    const read = this.#row;
    const done = this.#readAtOnce(bytes);
    let source: Uint32Array = this.source;
    let target: Uint32Array = this.target;
    let flags = 0;
    let sourcePort = 0;
    if ((present & clientBit) !== 0) {
      if ((done & clientBit) !== 0) {
        source = read.source;
        sourcePort = read.sourcePort;
      } else {
        if (!this.#address(Part.client, bytes, source)) return 'no client address';
        sourcePort = endpoint.port;
      }
      if ((present & clientPortBit) !== 0)
        sourcePort = (done & clientPortBit) !== 0 ? read.clientPort : this.#port(Part.clientPort, bytes);
      if (sourcePort < 0) sourcePort = 0;
      if ((present & claimBits) !== 0) {
        const trusted = isTrusted(this.#trusted, source);
        copyWords(source, this.#claimed);
        const ported = this.coding[Part.realIp] === Coding.portBehind;
        const { start, end } = this;
        if (
          claimedClient(bytes, start, end, Part.forwardedFor, present, ported, this.#trusted, this.#claimed)
        ) {
          if (trusted) {
            source = this.#claimed;
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
      const size =
        (done & sizeBit) !== 0 ? read.size : decimal(bytes, this.start[Part.size], this.end[Part.size]);
      if (size >= 0) flags |= Flag.hasSize;
      if (size > 0) batch.size[row] = size;
    }
    batch.flags[row] = flags;
    let targeted = this.targetKnown;
    if ((done & serverBit) !== 0) {
      target = read.target;
      targetPort = read.targetPort;
      targeted = true;
    } else if ((present & serverBit) !== 0 && this.#address(Part.server, bytes, target)) {
      targetPort = endpoint.port;
      targeted = true;
    }
    if (targetPort < 0) targetPort = 0;
    if (targeted) putAddresses(batch, row, source, target);
    else putSource(batch, row, source);
    batch.sourcePort[row] = sourcePort;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    if ((present & statusBit) !== 0) {
      const status =
        (done & statusBit) !== 0
          ? read.status
          : decimal(bytes, this.start[Part.status], this.end[Part.status]);
      if (status > 0 && status < 1000) batch.status[row] = status;
    }
    const absolute =
      (done & askedBits) !== 0 ? this.#requestRead(batch, row, bytes) : this.#request(batch, row, bytes);
    if (targetPort === 0) targetPort = absolute;
    if ((present & saidBits) !== 0) {
      this.#text(batch, row, Text.agent, Part.agent, bytes);
      this.#text(batch, row, Text.referer, Part.referer, bytes);
      this.#text(batch, row, Text.user, Part.user, bytes);
    }
    if ((done & hostBit) !== 0) {
      if (targetPort === 0 && read.hostPort > 0) targetPort = read.hostPort;
      batch.setText(row, Text.host, this.start[Part.host], read.hostEnd);
    } else if ((present & hostBit) !== 0) {
      const start = this.start[Part.host];
      const end = this.end[Part.host];
      const hostEnd = withoutPort(bytes, start, end);
      if (hostEnd < end && targetPort === 0) targetPort = Math.max(0, port(bytes, hostEnd + 1, end));
      putCoded(batch, row, Text.host, bytes, start, hostEnd, this.coding[Part.host]);
    }
    if ((present & serverPortBit) !== 0)
      targetPort = (done & serverPortBit) !== 0 ? read.serverPort : this.#port(Part.serverPort, bytes);
    batch.targetPort[row] = targetPort;
    return '';
  }

  /** Has the kernel read the parts where it has the record: a bit for each that it has read. */
  #readAtOnce(bytes: Uint8Array): number {
    if ((this.#present & clientBit) === 0) return 0;
    const { start, end, coding } = this;
    // Where its client stands, the rest of the record does.
    const base = placeInChunk(bytes, start[Part.client], end[Part.client]);
    if (Number.isNaN(base)) return 0;
    let plain = 0;
    if (coding[Part.request] === Coding.plain) plain |= requestBit;
    if (coding[Part.target] === Coding.plain) plain |= targetBit;
    if (coding[Part.host] === Coding.plain) plain |= hostBit;
    let ported = 0;
    if (coding[Part.client] === Coding.portBehind) ported |= clientBit;
    if (coding[Part.server] === Coding.portBehind) ported |= serverBit;
    return this.#kernel.requestRow(base, this.#starts, this.#ends, this.#present, plain, ported);
  }

  /** As {@link RequestParts.#request}, of what the kernel read. */
  #requestRead(batch: EventBatch, row: number, bytes: Uint8Array): number {
    const read = this.#row;
    const { methodEnd, path, pathEnd, query, queryEnd, urlHost, urlHostEnd } = read;
    if (methodEnd > 0) batch.setText(row, Text.method, this.start[Part.request], methodEnd);
    else this.#text(batch, row, Text.method, Part.method, bytes);
    if (pathEnd > path) batch.setText(row, Text.path, path, pathEnd);
    if (queryEnd > query) batch.setText(row, Text.query, query, queryEnd);
    if (urlHostEnd === urlHost) return 0;
    batch.setText(row, Text.host, urlHost, urlHostEnd);
    if (pathEnd === path) batch.setScratchText(row, Text.path, rootPath);
    return Math.max(0, read.urlPort);
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

  #text(batch: EventBatch, row: number, field: number, part: number, bytes: Uint8Array): void {
    if (this.has(part)) {
      putCoded(batch, row, field, bytes, this.start[part], this.end[part], this.coding[part]);
    }
  }
}
