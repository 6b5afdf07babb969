import { backslash, newline, quote, zero } from './codes';

const letterB: u8 = 98;
const letterF: u8 = 102;
const letterN: u8 = 110;
const letterR: u8 = 114;
const letterT: u8 = 116;
const letterU: u8 = 117;
/** What stands for a surrogate without its other half. */
const replacement: i32 = 0xfffd;

/**
 * Decodes JSON's escapes of `[from, end)` to `to` on as UTF-8; returns the length, never more than `end - from`, behind which there
 * are line breaks. A lone surrogate becomes U+FFFD; an unknown escape keeps its letter. Sixteen bytes at a time are written, so that
 * 64 more have to be there, and what is read and what is written may not overlap.
 */
export function unescape(from: usize, end: usize, to: usize): usize {
  const wanted = i8x16.splat(backslash);
  let at = from;
  let out = to;
  while (at < end) {
    const text = v128.load(at);
    v128.store(out, text);
    const marks = i8x16.bitmask(i8x16.eq(text, wanted));
    if (marks == 0) {
      at += 16;
      out += 16;
      continue;
    }
    const plain = ctz(marks);
    at += plain;
    out += plain;
    if (at >= end) break;
    // A backslash that nothing follows stands for itself.
    if (++at >= end) {
      store<u8>(out++, backslash);
      break;
    }
    const letter = load<u8>(at++);
    if (letter == quote || letter == backslash) store<u8>(out++, letter);
    else if (letter != letterU) store<u8>(out++, simple(letter));
    else {
      let unit = hexUnit(at, end);
      if (unit < 0) {
        store<u8>(out++, letter);
        continue;
      }
      at += 4;
      if (unit >> 10 == 0x36 && at + 6 <= end && load<u16>(at) == 0x755c) {
        const low = hexUnit(at + 2, end);
        if (low >> 10 == 0x37) {
          unit = 0x1_0000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
          at += 6;
        }
      }
      out = putPoint(out, unit >> 11 == 0x1b ? replacement : unit);
    }
  }
  // The last sixteen bytes may have been more than there were.
  if (at > end) out -= at - end;
  const breaks = i8x16.splat(newline);
  v128.store(out, breaks);
  v128.store(out, breaks, 16);
  v128.store(out, breaks, 32);
  v128.store(out, breaks, 48);
  return out - to;
}

function simple(letter: u8): u8 {
  switch (letter) {
    case letterN:
      return 10;
    case letterT:
      return 9;
    case letterR:
      return 13;
    case letterB:
      return 8;
    case letterF:
      return 12;
    default:
      return letter;
  }
}

/** The four hexadecimal digits at `from`; -1 when they are none, or not in front of `end`. */
function hexUnit(from: usize, end: usize): i32 {
  if (from + 4 > end) return -1;
  let value = 0;
  for (let at = from; at < from + 4; at++) {
    const code = load<u8>(at);
    const digit = code - zero;
    const letter = (code | 32) - 97;
    if (digit <= 9) value = (value << 4) | digit;
    else if (letter <= 5) value = (value << 4) | (letter + 10);
    else return -1;
  }
  return value;
}

/** Writes one code point as UTF-8; returns the place behind it. */
function putPoint(to: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(to, point);
    return to + 1;
  }
  if (point < 0x800) {
    store<u8>(to, 0xc0 | (point >> 6));
    store<u8>(to, 0x80 | (point & 63), 1);
    return to + 2;
  }
  if (point < 0x1_0000) {
    store<u8>(to, 0xe0 | (point >> 12));
    store<u8>(to, 0x80 | ((point >> 6) & 63), 1);
    store<u8>(to, 0x80 | (point & 63), 2);
    return to + 3;
  }
  store<u8>(to, 0xf0 | (point >> 18));
  store<u8>(to, 0x80 | ((point >> 12) & 63), 1);
  store<u8>(to, 0x80 | ((point >> 6) & 63), 2);
  store<u8>(to, 0x80 | (point & 63), 3);
  return to + 4;
}
