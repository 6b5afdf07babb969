import { backslash } from './codes.ts';
import { hexDigit } from './numbers.ts';

const ones = 0x0101_0101;
const highest = 0x8080_8080;
const backslashes = backslash * ones;

// What was decoded last, and where to: mostly that of the next string too.
let lastFrom: Uint8Array = new Uint8Array(0);
let fromView = new DataView(lastFrom.buffer);
let lastTo: Uint8Array = lastFrom;
let toView = fromView;

function viewFrom(bytes: Uint8Array): DataView {
  lastFrom = bytes;
  fromView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return fromView;
}

function viewTo(bytes: Uint8Array): DataView {
  lastTo = bytes;
  toView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return toView;
}

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
  const source = from === lastFrom ? fromView : viewFrom(from);
  const target = to === lastTo ? toView : viewTo(to);
  const room = to.length;
  let out = at;
  let position = start;
  while (position < end) {
    // Mostly there is nothing to decode: four at a time.
    while (position + 4 <= end && out + 4 <= room) {
      const four = source.getInt32(position, true);
      const other = four ^ backslashes;
      // Right as long as there is none (S. E. Anderson, "Bit Twiddling Hacks"), which is all that is asked.
      if (((other - ones) & ~other & highest) !== 0) break;
      target.setInt32(out, four, true);
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
