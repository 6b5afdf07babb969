import { carriageReturn, newline, space } from '../bytes/codes.ts';
import { address, setIPv4 } from '../bytes/addresses.ts';
import { find, hasText, port } from '../bytes/numbers.ts';
import type { Packet } from './packet.ts';

/*
 * The PROXY protocol (HAProxy, "The PROXY protocol, versions 1 & 2"): a proxy says in front of the payload for whom it speaks.
 *   v1  'PROXY TCP4 192.0.2.7 198.51.100.4 61000 443\r\n'
 *   v2  a signature of 12 bytes, version and command, family, length, addresses, ports
 */

const signature = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10];
/** Longest line of version 1, its end included. */
const lineLimit = 107;
const fixedLength = 16;

/** What {@link readProxyHeader} found: the client's port, -1 when the header names no client (UNKNOWN, LOCAL). */
export const proxied = { port: -1 };

/**
 * Reads a header at the start of `bytes[start, end)`, its client into `words`; returns its length, 0 when there is none (or
 * it is not whole).
 */
export function readProxyHeader(bytes: Uint8Array, start: number, end: number, words: Uint32Array): number {
  proxied.port = -1;
  return bytes[start] === carriageReturn
    ? readBinary(bytes, start, end, words)
    : readLine(bytes, start, end, words);
}

function readLine(bytes: Uint8Array, start: number, end: number, words: Uint32Array): number {
  if (!hasText(bytes, start, end, 'PROXY ')) return 0;
  const limit = Math.min(end, start + lineLimit);
  const stop = find(bytes, start, limit, carriageReturn);
  if (stop + 1 >= limit || bytes[stop + 1] !== newline) return 0;
  const length = stop + 2 - start;
  if (hasText(bytes, start + 6, stop, 'UNKNOWN')) return length;
  if (!hasText(bytes, start + 6, stop, 'TCP')) return 0;
  const source = start + 11;
  const sourceEnd = find(bytes, source, stop, space);
  const target = find(bytes, sourceEnd + 1, stop, space);
  const portEnd = find(bytes, target + 1, stop, space);
  const number = port(bytes, target + 1, portEnd);
  if (number < 0 || portEnd >= stop || !address(bytes, source, sourceEnd, words)) return 0;
  proxied.port = number;
  return length;
}

function readBinary(bytes: Uint8Array, start: number, end: number, words: Uint32Array): number {
  if (end - start < fixedLength) return 0;
  for (let i = 0; i < signature.length; i++) if (bytes[start + i] !== signature[i]) return 0;
  const command = bytes[start + 12];
  const family = bytes[start + 13] >> 4;
  const length = (bytes[start + 14] << 8) | bytes[start + 15];
  const from = start + fixedLength;
  if (command >> 4 !== 2 || from + length > end) return 0;
  const word = (at: number): number =>
    ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
  // LOCAL: the proxy's own health check.
  if ((command & 15) !== 1) return fixedLength + length;
  if (family === 1 && length >= 12) {
    setIPv4(words, word(from));
    proxied.port = (bytes[from + 8] << 8) | bytes[from + 9];
  } else if (family === 2 && length >= 36) {
    for (let i = 0; i < 4; i++) words[i] = word(from + 4 * i);
    proxied.port = (bytes[from + 32] << 8) | bytes[from + 33];
  }
  return fixedLength + length;
}

/** Connections whose proxied client is remembered; of two that meet in one place the later stays. */
const places = 4096;
/** Slot + 1, ports, last words of both addresses; the client's words and port. */
const wordsPerPlace = 9;

/** Whom proxies said they speak for, by connection. */
export class ProxiedClients {
  readonly #client = new Uint32Array(4);
  #table = new Uint32Array(0);

  /**
   * Takes a PROXY header off the front of a packet of the flow in `slot` and remembers its client; true when nothing is
   * left behind it.
   */
  pass(packet: Packet, slot: number, bytes: Uint8Array): boolean {
    const length = readProxyHeader(bytes, packet.payloadStart, packet.payloadEnd, this.#client);
    if (length === 0) return false;
    if (proxied.port >= 0) this.#remember(packet, slot);
    packet.payloadStart += length;
    packet.payloadLength -= length;
    packet.sequence = (packet.sequence + length) | 0;
    return packet.payloadStart >= packet.payloadEnd;
  }

  #remember(packet: Packet, slot: number): void {
    if (this.#table.length === 0) this.#table = new Uint32Array(places * wordsPerPlace);
    const at = (slot % places) * wordsPerPlace;
    this.#table[at] = slot + 1;
    this.#table[at + 1] = (packet.sourcePort << 16) | packet.targetPort;
    this.#table[at + 2] = packet.address[3];
    this.#table[at + 3] = packet.address[7];
    this.#table.set(this.#client, at + 4);
    this.#table[at + 8] = proxied.port;
  }

  /**
   * The client of the flow in `slot` between the eight address words and ports at `key[base…]`, into `words`; returns its
   * port, -1 when none was named.
   */
  clientOf(slot: number, key: Int32Array, base: number, words: Uint32Array): number {
    const table = this.#table;
    if (table.length === 0) return -1;
    const at = (slot % places) * wordsPerPlace;
    if (
      table[at] !== slot + 1 ||
      table[at + 1] !== key[base + 8] >>> 0 ||
      table[at + 2] !== key[base + 3] >>> 0 ||
      table[at + 3] !== key[base + 7] >>> 0
    )
      return -1;
    words.set(table.subarray(at + 4, at + 8));
    return table[at + 8];
  }
}
