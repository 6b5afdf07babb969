import { reserve } from './memory';

/*
 * Finds a text in a line: where its first and its last byte are as far apart as they have to be, all of it is compared
 * (W. Muła, "SIMD-friendly algorithms for substring searching", 2016: the generic one).
 */

// A needle: its length, and its bytes from here on.
const needleText: usize = 4;

/** A needle of one byte or more, to be written at {@link needleBytes}. */
export function newNeedle(length: usize): usize {
  const needle = reserve(needleText + length + 16);
  store<usize>(needle, length);
  return needle;
}

export function needleBytes(needle: usize): usize {
  return needle + needleText;
}

/** The first place of the needle from `start` on that ends in front of `stop`, relative to `base` as they are; -1 for none. */
export function findNeedle(base: usize, start: usize, stop: usize, needle: usize): i32 {
  const length = load<usize>(needle);
  const text = needle + needleText;
  if (stop - start < length || stop < start) return -1;
  const final = base + stop - length;
  const first = i8x16.splat(load<i8>(text));
  const last = i8x16.splat(load<i8>(text + length - 1));
  let at = base + start;
  while (at <= final) {
    let marks = i8x16.bitmask(
      v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), last)),
    );
    while (marks != 0) {
      const place = at + ctz(marks);
      if (place > final) return -1;
      if (isAt(place, text, length)) return <i32>(place - base);
      marks &= marks - 1;
    }
    at += 16;
  }
  return -1;
}

/** As {@link findNeedle}, the last one. */
export function findLastNeedle(base: usize, start: usize, stop: usize, needle: usize): i32 {
  const length = load<usize>(needle);
  const text = needle + needleText;
  if (stop - start < length || stop < start) return -1;
  const from = base + start;
  const first = i8x16.splat(load<i8>(text));
  const last = i8x16.splat(load<i8>(text + length - 1));
  // Places from `at` on, in front of `end`.
  let end = base + stop - length + 1;
  while (end > from) {
    const at = end - from > 16 ? end - 16 : from;
    let marks = i8x16.bitmask(
      v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), last)),
    );
    marks &= (1 << <i32>(end - at)) - 1;
    while (marks != 0) {
      const bit = 31 - clz(marks);
      if (isAt(at + bit, text, length)) return <i32>(at + bit - base);
      marks ^= 1 << bit;
    }
    end = at;
  }
  return -1;
}

@inline
function isAt(place: usize, text: usize, length: usize): bool {
  if (length > 16) return memory.compare(place, text, length) == 0;
  return i8x16.bitmask(i8x16.ne(v128.load(place), v128.load(text))) << (32 - <i32>length) == 0;
}
