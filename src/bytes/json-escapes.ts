import { backslash } from './codes.ts';
import { hexDigit } from './numbers.ts';

/**
 * Decodes JSON string escapes of `from[start, end)` into `to` at `at` as UTF-8; returns the length written, never more than
 * `end - start`. A lone surrogate becomes U+FFFD; an unknown escape keeps its letter.
 */
export function unescapeJson(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  let out = at;
  let position = start;
  while (position < end) {
    // Mostly there is nothing to decode: four at a time.
    while (position + 4 <= end) {
      const a = from[position];
      const b = from[position + 1];
      const c = from[position + 2];
      const d = from[position + 3];
      if (a === backslash || b === backslash || c === backslash || d === backslash) break;
      to[out] = a;
      to[out + 1] = b;
      to[out + 2] = c;
      to[out + 3] = d;
      position += 4;
      out += 4;
    }
    while (position < end && from[position] !== backslash) to[out++] = from[position++];
    if (position >= end) break;
    if (++position >= end) {
      to[out++] = backslash;
      break;
    }
    const letter = from[position++];
    if (letter !== 117) {
      to[out++] = simpleEscape(letter);
      continue;
    }
    let unit = hexUnit(from, position, end);
    if (unit < 0) {
      to[out++] = letter;
      continue;
    }
    position += 4;
    if (
      unit >= 0xd800 &&
      unit < 0xdc00 &&
      position + 6 <= end &&
      from[position] === backslash &&
      from[position + 1] === 117
    ) {
      const low = hexUnit(from, position + 2, end);
      if (low >= 0xdc00 && low < 0xe000) {
        unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        position += 6;
      }
    }
    out = putUtf8(to, out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
  }
  return out - at;
}

function simpleEscape(letter: number): number {
  switch (letter) {
    case 110:
      return 10;
    case 116:
      return 9;
    case 114:
      return 13;
    case 98:
      return 8;
    case 102:
      return 12;
    default:
      return letter;
  }
}

function hexUnit(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 > end) return -1;
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(bytes[start + i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Writes one code point as UTF-8; returns the position behind it. */
function putUtf8(to: Uint8Array, at: number, point: number): number {
  let out = at;
  if (point < 0x80) to[out++] = point;
  else if (point < 0x800) {
    to[out++] = 0xc0 | (point >> 6);
    to[out++] = 0x80 | (point & 63);
  } else if (point < 0x1_0000) {
    to[out++] = 0xe0 | (point >> 12);
    to[out++] = 0x80 | ((point >> 6) & 63);
    to[out++] = 0x80 | (point & 63);
  } else {
    to[out++] = 0xf0 | (point >> 18);
    to[out++] = 0x80 | ((point >> 12) & 63);
    to[out++] = 0x80 | ((point >> 6) & 63);
    to[out++] = 0x80 | (point & 63);
  }
  return out;
}
