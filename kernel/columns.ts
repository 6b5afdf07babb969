import { quote, space } from './codes';

/*
 * Cuts lines into columns: see src/bytes/cuts.ts and src/bytes/csv.ts. Sixteen bytes are compared at once, and only those
 * that were found are walked. All lines are cut into the same tables: whoever reads a line is done with it before the next.
 */

/** Positions of a line that can be kept: those of 256 columns and one more. */
export const columnLimit = 257;
/** u32, relative to what the caller says; room for what is found in the same sixty-four bytes. */
export const cuts = memory.data((columnLimit + 73) << 2, 16);
/** u32, the same; the last of each takes what is not kept. */
export const starts = memory.data((columnLimit + 1) << 2, 16);
export const ends = memory.data((columnLimit + 1) << 2, 16);
/** u8: 1 for a column with doubled quotes. */
export const doubled = memory.data(columnLimit + 1, 16);
/** Whether any of them is 1. */
let anyDoubled = false;

/** Twelve u32s: as many separators as sixty-four bytes hold, more often than not. */
const atOnce: usize = 48;

/** The bits of the sixteen bytes from `at` on that stand in front of `end`. */
@inline
function within(at: usize, end: usize): i32 {
  const rest = end - at;
  return rest < 16 ? (1 << <i32>rest) - 1 : 0xffff;
}

/**
 * Where `separator` stands in the bytes [start, stop) behind `base`, in front of them and behind them: `most` columns, 1 or
 * more. Returns how many there are, negative when `odd` stands in one of them.
 */
export function columnsCut(base: usize, start: usize, stop: usize, separator: i32, odd: i32, most: i32): i32 {
  const separators = i8x16.splat(<i8>separator);
  const odds = i8x16.splat(<i8>odd);
  const end = base + stop;
  const last = cuts + (<usize>most << 2);
  let to = cuts + 4;
  let strange: u64 = 0;
  store<u32>(cuts, <u32>(start - 1));
  for (let at = base + start; at < end; at += 64) {
    let found = placesOf(at, separators);
    let other = placesOf(at, odds);
    const rest = end - at;
    if (rest < 64) {
      const kept = ((<u64>1) << rest) - 1;
      found &= kept;
      other &= kept;
    }
    const count = <i32>popcnt(found);
    const place = at - base;
    // Without asking each time whether there is one more: what is too much is written over.
    for (let i: usize = 0; i < atOnce; i += 4) {
      store<u32>(to + i, <u32>(place + <usize>ctz(found)));
      found &= found - 1;
    }
    for (let more = to + atOnce; found != 0; more += 4) {
      store<u32>(more, <u32>(place + <usize>ctz(found)));
      found &= found - 1;
    }
    to += <usize>count << 2;
    if (to > last) {
      const bit = <usize>load<u32>(last) - place;
      return (strange | (other & (((<u64>1) << bit) - 1))) != 0 ? -most : most;
    }
    strange |= other;
  }
  store<u32>(to, <u32>stop);
  const count = <i32>((to - cuts) >> 2);
  return strange != 0 ? -count : count;
}

/** Which of the sixty-four bytes at `at` are those of `wanted`. */
@inline
function placesOf(at: usize, wanted: v128): u64 {
  return (
    <u64>i8x16.bitmask(i8x16.eq(v128.load(at), wanted)) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 16), wanted)) << 16) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 32), wanted)) << 32) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 48), wanted)) << 48)
  );
}

/**
 * The fields of [from, stop) behind `base`, no further than `most`, as RFC 4180 has them, quotes left out. Returns how many
 * there are, `capacity` at most; 0 for a quote that never closes.
 */
export function columnsSplit(
  base: usize, from: usize, stop: usize, delimiter: i32, most: i32, capacity: i32,
): i32 {
  if (anyDoubled) {
    memory.fill(doubled, 0, columnLimit + 1);
    anyDoubled = false;
  }
  if (delimiter == <i32>quote) return splitOddly(base, from, stop, delimiter, most, capacity);
  const delimiters = i8x16.splat(<i8>delimiter);
  const quotes = i8x16.splat(<i8>quote);
  const end = base + stop;
  const top = <usize>capacity << 2;
  let slot: usize = 0;
  let left = most;
  // All ones between quotes.
  let inside: i32 = 0;
  let begin = base + from;
  // Whether the byte in front of these is a delimiter, or none at all; whether it is a quote that closes.
  let begun: i32 = 1;
  let closed: i32 = 0;
  for (let at = begin; at < end; at += 16) {
    const text = v128.load(at);
    const kept = within(at, end);
    let apart = i8x16.bitmask(i8x16.eq(text, delimiters)) & kept;
    const marks = i8x16.bitmask(i8x16.eq(text, quotes)) & kept;
    if ((marks | inside | closed) == 0) {
      begun = apart >> 15;
      while (apart != 0) {
        const place = at + ctz(apart);
        store<u32>(starts + slot, <u32>(begin - base));
        store<u32>(ends + slot, <u32>(place - base));
        slot = min(slot + 4, top);
        if (--left <= 0) return <i32>(slot >> 2);
        begin = place + 1;
        apart &= apart - 1;
      }
    } else {
      // Up to each bit, whether the number of quotes is odd.
      let odd = marks ^ (marks << 1);
      odd ^= odd << 2;
      odd ^= odd << 4;
      odd = (odd ^ (odd << 8) ^ inside) & 0xffff;
      apart &= ~odd;
      const opening = marks & odd;
      const closing = marks ^ opening;
      const behind = (closing << 1) | closed;
      // A quote opens behind a delimiter and closes in front of one, or both at once where it is doubled.
      if (((opening & ~((apart << 1) | begun | behind)) | (behind & kept & ~(apart | opening))) != 0) {
        return splitOddly(base, from, stop, delimiter, most, capacity);
      }
      let twice = behind & opening;
      while (twice != 0) {
        const before = apart & ((1 << ctz(twice)) - 1);
        double(min(slot + (<usize>popcnt(before) << 2), top));
        twice &= twice - 1;
      }
      inside = -(odd >> 15) & 0xffff;
      closed = closing >> 15;
      begun = apart >> 15;
      while (apart != 0) {
        const place = at + ctz(apart);
        put(slot, base, begin, place);
        slot = min(slot + 4, top);
        if (--left <= 0) return <i32>(slot >> 2);
        begin = place + 1;
        apart &= apart - 1;
      }
    }
  }
  if (inside != 0) return 0;
  put(slot, base, begin, end);
  return <i32>(min(slot + 4, top) >> 2);
}

/** The field from `begin` to `stop`, without its quotes. */
@inline
function put(slot: usize, base: usize, begin: usize, stop: usize): void {
  const off: usize = begin < stop && load<u8>(begin) == quote ? 1 : 0;
  store<u32>(starts + slot, <u32>(begin + off - base));
  store<u32>(ends + slot, <u32>(stop - off - base));
}

const plain: i32 = 0;
const quoted: i32 = 1;
const behindQuotes: i32 = 2;

/** As {@link columnsSplit}, wherever quotes stand; of doubled ones before it was called, nothing is left. */
function splitOddly(base: usize, from: usize, stop: usize, delimiter: i32, most: i32, capacity: i32): i32 {
  const delimiters = i8x16.splat(<i8>delimiter);
  const quotes = i8x16.splat(<i8>quote);
  const end = base + stop;
  const top = <usize>capacity << 2;
  let slot: usize = 0;
  let left = most;
  let begin = base + from;
  if (anyDoubled) memory.fill(doubled, 0, columnLimit + 1);
  let state = plain;
  let finish: usize = 0;
  let second: usize = 0;
  let twice = false;
  for (let at = begin; at < end; at += 16) {
    const text = v128.load(at);
    let marks =
      i8x16.bitmask(v128.or(i8x16.eq(text, delimiters), i8x16.eq(text, quotes))) & within(at, end);
    while (marks != 0) {
      const place = at + ctz(marks);
      marks &= marks - 1;
      const code = <i32>load<u8>(place);
      if (state == quoted) {
        if (code != <i32>quote || place == second) continue;
        if (place + 1 < end && load<u8>(place + 1) == quote) {
          second = place + 1;
          twice = true;
        } else {
          finish = place;
          state = behindQuotes;
        }
      } else if (code == <i32>quote && place == begin && state == plain) {
        begin = place + 1;
        state = quoted;
      } else if (code == delimiter) {
        store<u32>(starts + slot, <u32>(begin - base));
        store<u32>(ends + slot, <u32>((state == plain ? place : finish) - base));
        if (twice) double(slot);
        twice = false;
        slot = min(slot + 4, top);
        if (--left <= 0) return <i32>(slot >> 2);
        begin = place + 1;
        state = plain;
      }
    }
  }
  if (state == quoted) return 0;
  store<u32>(starts + slot, <u32>(begin - base));
  store<u32>(ends + slot, <u32>((state == plain ? end : finish) - base));
  if (twice) double(slot);
  return <i32>(min(slot + 4, top) >> 2);
}

function double(slot: usize): void {
  store<u8>(doubled + (slot >> 2), 1);
  anyDoubled = true;
}

/** The words of [from, stop) behind `base`, which one or more blanks part, no further than `most`: how many there are. */
export function columnsWords(base: usize, from: usize, stop: usize, most: i32): i32 {
  const spaces = i8x16.splat(space);
  const end = base + stop;
  const top = <usize>most << 2;
  let slot: usize = 0;
  let inside = false;
  let before: i32 = 1;
  for (let at = base + from; at < end; at += 16) {
    // What is behind the line is as good as blank.
    const blank = i8x16.bitmask(i8x16.eq(v128.load(at), spaces)) | (0xffff ^ within(at, end));
    // A word begins or ends wherever a byte is unlike the one in front of it.
    let edges = (blank ^ ((blank << 1) | before)) & 0xffff;
    before = blank >> 15;
    while (edges != 0) {
      const place = <u32>(at - base + ctz(edges));
      edges &= edges - 1;
      if (inside) {
        store<u32>(ends + slot, place);
        slot += 4;
        if (slot == top) return most;
      } else store<u32>(starts + slot, place);
      inside = !inside;
    }
  }
  if (inside) {
    store<u32>(ends + slot, <u32>stop);
    slot += 4;
  }
  return <i32>(slot >> 2);
}
