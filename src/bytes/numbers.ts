import { minus, nine, zero } from './codes.ts';

/**
 * Where the last `read…` call stopped: the position after what it understood. One shared object, because a second
 * return value would be an allocation; read it before the next call.
 */
export const cursor = { at: 0 };

/** Digits from `start` on, at most `end`; -1 when there is none or the number passes 2^53. Stops at the first non-digit. */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  while (at < end) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at++;
  }
  cursor.at = at;
  return at === start || value > Number.MAX_SAFE_INTEGER ? -1 : value;
}

/** Five digits as a number; 1e9 and more when one of them is none. */
export function digits5(bytes: Uint8Array, at: number): number {
  const a = bytes[at] - 48;
  const b = bytes[at + 1] - 48;
  const c = bytes[at + 2] - 48;
  const d = bytes[at + 3] - 48;
  const e = bytes[at + 4] - 48;
  // A byte outside '0' … '9' makes one of these negative: its sign bit says so.
  const wrong = a | b | c | d | e | (9 - a) | (9 - b) | (9 - c) | (9 - d) | (9 - e);
  return wrong < 0 ? 1e9 : (((a * 10 + b) * 10 + c) * 10 + d) * 10 + e;
}

/** The whole range as a decimal integer ≥ 0; -1 when it is anything else. */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return start >= end || value > Number.MAX_SAFE_INTEGER ? -1 : value;
}

/** The whole range as a port, 0 … 65535; -1 when it is anything else. */
export function port(bytes: Uint8Array, start: number, end: number): number {
  const value = end - start > 5 ? -1 : decimal(bytes, start, end);
  return value > 65_535 ? -1 : value;
}

/** A number with optional sign and fraction ('-1.5'); NaN when it is anything else. Exponents are not logs' way. */
export function fraction(bytes: Uint8Array, start: number, end: number): number {
  const negative = start < end && bytes[start] === minus;
  const from = negative ? start + 1 : start;
  const whole = readDecimal(bytes, from, end);
  let at = cursor.at;
  if (whole < 0) return Number.NaN;
  let value = whole;
  if (at < end) {
    if (bytes[at] !== 46) return Number.NaN;
    let scale = 0.1;
    for (at++; at < end; at++) {
      const digit = bytes[at] - zero;
      if (digit < 0 || digit > 9) return Number.NaN;
      value += digit * scale;
      scale /= 10;
    }
  }
  return negative ? -value : value;
}

/** The value of one hexadecimal digit; -1 when it is none. */
export function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The whole range as a hexadecimal integer below 2^52, '0x' allowed; -1 when it is anything else. */
export function hexadecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (end - at > 2 && bytes[at] === zero && (bytes[at + 1] | 32) === 120) at += 2;
  if (at >= end || end - at > 13) return -1;
  let value = 0;
  for (; at < end; at++) {
    const digit = hexDigit(bytes[at]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Whether `bytes[start, end)` is exactly the ASCII `text`. */
export function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  return end - start === text.length && hasText(bytes, start, end, text);
}

/** Whether `bytes[start, end)` begins with the ASCII `text`. */
export function hasText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const length = text.length;
  if (end - start < length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The first position of `code` in `bytes[start, end)`; `end` when it is not there. For fields; not for long hauls. */
export function find(bytes: Uint8Array, start: number, end: number, code: number): number {
  let at = start;
  while (at < end && bytes[at] !== code) at++;
  return at;
}
