import { quote, space } from './codes';

/*
 * Cuts lines into columns: see src/bytes/cuts.ts and src/bytes/csv.ts. Sixteen bytes are compared at once, and only those
 * that were found are walked. All lines are cut into the same tables: whoever reads a line is done with it before the next.
 */

/** Columns of a line that can be kept. */
const columnLimit = 256;
/** u32, relative to what the caller says: one more than there are columns. */
const cuts = memory.data((columnLimit + 1) << 2, 16);
/** u32, the same; the last of each takes what is not kept. */
const starts = memory.data((columnLimit + 1) << 2, 16);
const ends = memory.data((columnLimit + 1) << 2, 16);
/** u8: 1 for a column with doubled quotes. */
const doubled = memory.data(columnLimit + 1, 16);
/** Whether any of them is 1. */
let anyDoubled = false;

export function columnMost(): i32 {
  return columnLimit;
}

export function columnCuts(): usize {
  return cuts;
}

export function columnStarts(): usize {
  return starts;
}

export function columnEnds(): usize {
  return ends;
}

export function columnDoubled(): usize {
  return doubled;
}

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
  let to = cuts;
  let strange: i32 = 0;
  store<u32>(to, <u32>(start - 1));
  for (let at = base + start; at < end; at += 16) {
    const text = v128.load(at);
    const kept = within(at, end);
    let found = i8x16.bitmask(i8x16.eq(text, separators)) & kept;
    const other = i8x16.bitmask(i8x16.eq(text, odds)) & kept;
    while (found != 0) {
      const bit = ctz(found);
      to += 4;
      store<u32>(to, <u32>(at - base + bit));
      if (to == last) return (strange | (other & ((1 << bit) - 1))) != 0 ? -most : most;
      found &= found - 1;
    }
    strange |= other;
  }
  store<u32>(to + 4, <u32>stop);
  const count = <i32>((to + 4 - cuts) >> 2);
  return strange != 0 ? -count : count;
}

const plain: i32 = 0;
const quoted: i32 = 1;
const behindQuotes: i32 = 2;

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
  const delimiters = i8x16.splat(<i8>delimiter);
  const quotes = i8x16.splat(<i8>quote);
  const end = base + stop;
  const top = <usize>capacity << 2;
  let slot: usize = 0;
  let left = most;
  let begin = base + from;
  let state = plain;
  let finish: usize = 0;
  let second: usize = 0;
  let twice = false;
  for (let at = begin; at < end; at += 16) {
    const text = v128.load(at);
    const kept = within(at, end);
    let apart = i8x16.bitmask(i8x16.eq(text, delimiters)) & kept;
    const marks = i8x16.bitmask(i8x16.eq(text, quotes)) & kept;
    if (marks == 0 && state == plain) {
      while (apart != 0) {
        const place = at + ctz(apart);
        store<u32>(starts + slot, <u32>(begin - base));
        store<u32>(ends + slot, <u32>(place - base));
        slot = min(slot + 4, top);
        if (--left <= 0) return <i32>(slot >> 2);
        begin = place + 1;
        apart &= apart - 1;
      }
      continue;
    }
    apart |= marks;
    while (apart != 0) {
      const place = at + ctz(apart);
      apart &= apart - 1;
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
