import { kernel, placeInChunk } from './kernel.ts';
import { cursor, find, hexDigit } from './numbers.ts';
import { bracketClose, bracketOpen, colon, dot, percent } from './codes.ts';

/** Reads 'a.b.c.d' from `start` on as an unsigned 32-bit number; -1 when it is none. Ends at the first other byte. */
export function readIPv4(bytes: Uint8Array, start: number, end: number): number {
  let address = 0;
  let at = start;
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0) {
      if (at >= end || bytes[at] !== dot) return -1;
      at++;
    }
    if (at >= end) return -1;
    let value = bytes[at] - 48;
    if (value < 0 || value > 9) return -1;
    at++;
    if (at < end) {
      let digit = bytes[at] - 48;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        at++;
        if (at < end) {
          digit = bytes[at] - 48;
          if (digit >= 0 && digit <= 9) {
            value = value * 10 + digit;
            at++;
          }
        }
      }
    }
    if (value > 255) return -1;
    address = address * 256 + value;
  }
  cursor.at = at;
  return address;
}

const groups = new Uint16Array(8);
/** What the kernel read. */
let read = new Uint32Array(0);

/**
 * Reads an IPv6 address from `start` on into four big-endian `words`; false when it is none. A zone id ('%eth0') is
 * consumed and dropped. The embedded form '::ffff:192.0.2.1' is understood.
 */
export function readIPv6(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
  if (start >= end || (bytes[start] !== colon && hexDigit(bytes[start]) < 0)) return false;
  // What the kernel does not read is read here, if it is an address at all.
  const base = placeInChunk(bytes, start, end);
  if (!Number.isNaN(base)) {
    const stop = kernel().ipv6Read(base, start, end);
    if (stop >= 0) {
      if (read.length === 0) read = new Uint32Array(kernel().memory.buffer, kernel().ipv6Words.value, 4);
      copyWords(read, words);
      cursor.at = stop;
      return true;
    }
  }
  let at = start;
  let count = 0;
  let gap = -1;
  if (end - at >= 2 && bytes[at] === colon) {
    if (bytes[at + 1] !== colon) return false;
    gap = 0;
    at += 2;
  }
  while (at < end && count < 8) {
    const from = at;
    let value = 0;
    let digit: number;
    while (at < end && at - from < 5 && (digit = hexDigit(bytes[at])) >= 0) {
      value = value * 16 + digit;
      at++;
    }
    const digits = at - from;
    if (at < end && bytes[at] === dot) {
      const tail = count <= 6 ? readIPv4(bytes, from, end) : -1;
      if (tail < 0) return false;
      at = cursor.at;
      groups[count++] = tail >>> 16;
      groups[count++] = tail & 0xffff;
      break;
    }
    if (digits === 0) break;
    if (digits > 4) return false;
    groups[count++] = value;
    if (at >= end || bytes[at] !== colon) break;
    if (at + 1 < end && bytes[at + 1] === colon) {
      if (gap >= 0) return false;
      gap = count;
      at += 2;
      continue;
    }
    // A single ':' must be followed by another group; '2001:db8:1:2:3:4:5:6:443' stops before the port.
    if (count === 8) break;
    at++;
    if (at >= end || hexDigit(bytes[at]) < 0) return false;
  }
  if (gap < 0 ? count !== 8 : count > 7) return false;
  if (gap >= 0) {
    const behind = count - gap;
    for (let i = 1; i <= behind; i++) groups[8 - i] = groups[count - i];
    for (let i = gap; i < 8 - behind; i++) groups[i] = 0;
  }
  if (at < end && bytes[at] === percent) {
    at++;
    while (at < end && isZoneByte(bytes[at])) at++;
  }
  for (let i = 0; i < 4; i++) words[i] = ((groups[2 * i] << 16) | groups[2 * i + 1]) >>> 0;
  cursor.at = at;
  return true;
}

function isZoneByte(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 45 && code <= 57 && code !== 47) || code === 95;
}

/** Reads either family into `words`, IPv4 in mapped form (0, 0, 0xffff, a); `cursor.at` is the position behind it. */
export function readAddress(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
  const v4 = readIPv4(bytes, start, end);
  if (v4 >= 0) {
    setIPv4(words, v4);
    return true;
  }
  return readIPv6(bytes, start, end, words);
}

/** The whole range as an address; brackets around IPv6 ('[2001:db8::1]') are dropped. */
export function address(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
  if (end - start > 2 && bytes[start] === bracketOpen && bytes[end - 1] === bracketClose) {
    return readIPv6(bytes, start + 1, end - 1, words) && cursor.at === end - 1;
  }
  return readAddress(bytes, start, end, words) && cursor.at === end;
}

/** Reads an address that ends in front of `separator` into `words`: the separator's position, -1 when it is none. */
export function addressBefore(
  bytes: Uint8Array,
  start: number,
  end: number,
  separator: number,
  words: Uint32Array,
): number {
  const v4 = readIPv4(bytes, start, end);
  if (v4 >= 0 && bytes[cursor.at] === separator) {
    setIPv4(words, v4);
    return cursor.at;
  }
  const stop = find(bytes, start, end, separator);
  return address(bytes, start, stop, words) ? stop : -1;
}

/** Copies the four words of an address; typed arrays' own `set` takes as long as reading an address does. */
export function copyWords(from: Uint32Array, to: Uint32Array): void {
  to[0] = from[0];
  to[1] = from[1];
  to[2] = from[2];
  to[3] = from[3];
}

/** Writes an IPv4 address as mapped words. */
export function setIPv4(words: Uint32Array, value: number): void {
  words[0] = 0;
  words[1] = 0;
  words[2] = 0xffff;
  words[3] = value;
}
