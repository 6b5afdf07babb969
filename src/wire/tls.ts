import { createHash } from 'node:crypto';

/*
 * The TLS client hello (RFC 8446 §4.1.2), its server name, and JA4: the TLS client fingerprint as FoxIO publishes it
 * (https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md; JA4 itself is under the BSD 3-Clause license).
 * The other methods of JA4+ are licensed differently and are not here.
 */

const handshakeRecord = 22;
const clientHello = 1;
/** Longest hello that is put together: real ones with post-quantum shares are about 2 KB. */
export const helloLimit = 16_384;

const Extension = { serverName: 0, signatures: 13, protocols: 16, versions: 43 } as const;

export interface ClientHello {
  /** '' when no name was asked for. */
  readonly serverName: string;
  readonly ja4: string;
}

/**
 * How many payload bytes from `start` a client hello takes as far as can be told: more than `end - start` means that more
 * are needed. 0: no client hello begins here.
 */
export function helloLength(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 6) return 0;
  if (bytes[start] !== handshakeRecord || bytes[start + 1] !== 3 || bytes[start + 5] !== clientHello)
    return 0;
  if (end - start < 9) return 9;
  const message = 4 + ((bytes[start + 6] << 16) | (bytes[start + 7] << 8) | bytes[start + 8]);
  if (message > helloLimit) return 0;
  // The message may be spread over records, each with five bytes of its own.
  let at = start;
  let left = message;
  while (left > 0) {
    if (end - at < 5) return at + 5 + left - start;
    const record = (bytes[at + 3] << 8) | bytes[at + 4];
    if (bytes[at] !== handshakeRecord || record === 0) return 0;
    const part = Math.min(record, left);
    left -= part;
    at += 5 + part;
  }
  return at - start;
}

/** Reads the client hello in `bytes[start, end)`; undefined when it is broken or incomplete. */
export function readClientHello(bytes: Uint8Array, start: number, end: number): ClientHello | undefined {
  const length = helloLength(bytes, start, end);
  if (length === 0 || length > end - start) return undefined;
  const message = messageOf(bytes, start);
  // type 1, length 3, version 2, random 32
  let at = 38;
  if (message.length < at + 1) return undefined;
  const version = (message[4] << 8) | message[5];
  at += 1 + message[at];
  if (at + 2 > message.length) return undefined;
  const ciphersEnd = at + 2 + ((message[at] << 8) | message[at + 1]);
  if (ciphersEnd + 1 > message.length) return undefined;
  const ciphers = numbers(message, at + 2, ciphersEnd).filter((cipher) => !isGrease(cipher));
  at = ciphersEnd + 1 + message[ciphersEnd];
  const extensions: number[] = [];
  let serverName = '';
  let protocol: Uint8Array = new Uint8Array(0);
  let signatures: number[] = [];
  let best = 0;
  if (at + 2 <= message.length) {
    const stop = Math.min(message.length, at + 2 + ((message[at] << 8) | message[at + 1]));
    at += 2;
    while (at + 4 <= stop) {
      const type = (message[at] << 8) | message[at + 1];
      const from = at + 4;
      const to = from + ((message[at + 2] << 8) | message[at + 3]);
      if (to > stop) return undefined;
      at = to;
      if (isGrease(type)) continue;
      extensions.push(type);
      if (type === Extension.serverName) serverName = serverNameOf(message, from, to);
      else if (type === Extension.protocols) protocol = firstProtocol(message, from, to);
      else if (type === Extension.signatures)
        signatures = numbers(message, from + 2, to).filter((scheme) => !isGrease(scheme));
      else if (type === Extension.versions)
        best = Math.max(0, ...numbers(message, from + 1, to).filter((offered) => !isGrease(offered)));
    }
  }
  return { serverName, ja4: ja4Of(best || version, ciphers, extensions, signatures, protocol) };
}

/** The handshake message, out of its records. */
function messageOf(bytes: Uint8Array, start: number): Uint8Array {
  const length = 4 + ((bytes[start + 6] << 16) | (bytes[start + 7] << 8) | bytes[start + 8]);
  const record = (bytes[start + 3] << 8) | bytes[start + 4];
  if (record >= length) return bytes.subarray(start + 5, start + 5 + length);
  const message = new Uint8Array(length);
  let filled = 0;
  for (let at = start; filled < length;) {
    const part = Math.min((bytes[at + 3] << 8) | bytes[at + 4], length - filled);
    message.set(bytes.subarray(at + 5, at + 5 + part), filled);
    filled += part;
    at += 5 + part;
  }
  return message;
}

function numbers(bytes: Uint8Array, start: number, end: number): number[] {
  const found: number[] = [];
  for (let at = start; at + 1 < end; at += 2) found.push((bytes[at] << 8) | bytes[at + 1]);
  return found;
}

/** RFC 8701: values that clients throw in so that servers stay tolerant; they differ from one hello to the next. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 255);
}

function serverNameOf(bytes: Uint8Array, start: number, end: number): string {
  // list length 2, type 1 (0: host name), length 2
  if (end - start < 5 || bytes[start + 2] !== 0) return '';
  const length = (bytes[start + 3] << 8) | bytes[start + 4];
  const to = start + 5 + length;
  return to > end || length > 255 ? '' : Buffer.from(bytes.subarray(start + 5, to)).toString('latin1');
}

function firstProtocol(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (end - start < 3) return new Uint8Array(0);
  return bytes.subarray(start + 3, Math.min(end, start + 3 + bytes[start + 2]));
}

const versionNames = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
]);

/** JA4 of a hello over TCP. All lists are without GREASE; `extensions` in the order sent, server name and ALPN included. */
export function ja4Of(
  version: number,
  ciphers: readonly number[],
  extensions: readonly number[],
  signatures: readonly number[],
  protocol: Uint8Array,
): string {
  const domain = extensions.includes(Extension.serverName) ? 'd' : 'i';
  const count = (list: readonly number[]): string => String(Math.min(list.length, 99)).padStart(2, '0');
  const hex = (list: readonly number[]): string[] => list.map((value) => value.toString(16).padStart(4, '0'));
  const named = extensions.filter((type) => type !== Extension.serverName && type !== Extension.protocols);
  const about = [hex(named).sort().join(','), ...(signatures.length > 0 ? [hex(signatures).join(',')] : [])];
  return [
    `t${versionNames.get(version) ?? '00'}${domain}${count(ciphers)}${count(extensions)}${protocolLetters(protocol)}`,
    ciphers.length === 0 ? noHash : hash12(hex(ciphers).sort().join(',')),
    named.length === 0 ? noHash : hash12(about.join('_')),
  ].join('_');
}

const noHash = '000000000000';

function hash12(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** First and last character of the first ALPN value; of its hexadecimal form when one is not alphanumeric. */
function protocolLetters(protocol: Uint8Array): string {
  if (protocol.length === 0) return '00';
  const first = protocol[0];
  const last = protocol[protocol.length - 1];
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  return (first >>> 4).toString(16) + (last & 15).toString(16);
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
