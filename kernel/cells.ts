import { integer, ipv4, stamp } from './values';

/*
 * Reads chosen columns of a line: finds its separators sixteen bytes at a time and reads each value where it stands. See
 * src/bytes/cells.ts. There is one plan and one set of results; who reads next brings his own.
 *
 *   plan      { column, what it is read as } of field 0, 1, …        by the caller
 *   cuts      the place in front of the line, of every separator, of its end
 *   results   by field: start, end, whether it was read, number, address
 */

const columnLimit = 256;
const fieldLimit = 32;
/** Separators of one load that may be written behind the last that is wanted. */
const slack = 17;

// What a column is read as: see src/bytes/cells.ts.
const asAddress: u8 = 1;
const asInteger: u8 = 2;
const asStamp: u8 = 3;
const asLetters: u8 = 4;

const cuts = memory.data((columnLimit + slack) * 4, 16);
/** u16 by field. */
const columns = memory.data(fieldLimit * 2, 16);
const kinds = memory.data(fieldLimit, 16);
const starts = memory.data(fieldLimit * 4, 16);
const ends = memory.data(fieldLimit * 4, 16);
const reads = memory.data(fieldLimit, 16);
const numbers = memory.data(fieldLimit * 8, 16);
const addresses = memory.data(fieldLimit * 16, 16);
/** u16 by letter. */
const letters = memory.data(256 * 2, 16);

export function cellsColumns(): usize {
  return columns;
}
export function cellsKinds(): usize {
  return kinds;
}
export function cellsStarts(): usize {
  return starts;
}
export function cellsEnds(): usize {
  return ends;
}
export function cellsReads(): usize {
  return reads;
}
export function cellsNumbers(): usize {
  return numbers;
}
export function cellsAddresses(): usize {
  return addresses;
}
export function cellsLetters(): usize {
  return letters;
}

/**
 * Reads the first `fields` fields of the plan in the line from `start` to `stop`, which has to have `most` columns at least
 * for all of them to be there. Returns how many columns it has, at most `most`. Positions are relative to `base`.
 */
export function cellsRead(base: usize, start: usize, stop: usize, separator: i32, fields: i32, most: i32): i32 {
  const end = base + stop;
  let at = base + start;
  let cut = cuts;
  store<usize>(cut, start - 1);
  cut += 4;
  const full = cuts + ((<usize>most + 1) << 2);
  const wanted = i8x16.splat(<i8>separator);
  while (at < end && cut < full) {
    let marks = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (at + 16 > end) marks &= (1 << (<i32>end - <i32>at)) - 1;
    while (marks != 0) {
      store<usize>(cut, at - base + ctz(marks));
      cut += 4;
      marks &= marks - 1;
    }
    at += 16;
  }
  if (cut < full) {
    store<usize>(cut, stop);
    cut += 4;
  }
  const found = min(<i32>((cut - cuts) >> 2) - 1, most);
  for (let field = 0; field < fields; field++) {
    const column = <i32>load<u16>(columns + (field << 1));
    if (column >= found) {
      store<usize>(starts + (field << 2), stop);
      store<usize>(ends + (field << 2), stop);
      store<u8>(reads + field, 0);
      store<f64>(numbers + (field << 3), -1);
      continue;
    }
    const place = cuts + (column << 2);
    const from = load<usize>(place) + 1;
    const to = load<usize>(place, 4);
    store<usize>(starts + (field << 2), from);
    store<usize>(ends + (field << 2), to);
    const kind = load<u8>(kinds + field);
    if (kind == asAddress) {
      const address = ipv4(base + from, base + to);
      store<u8>(reads + field, address >= 0 ? 1 : 0);
      const words = addresses + (field << 4);
      store<u64>(words, 0);
      store<u32>(words, 0xffff, 8);
      store<u32>(words, <u32>address, 12);
    } else if (kind == asInteger) {
      store<f64>(numbers + (field << 3), integer(base + from, base + to));
    } else if (kind == asStamp) {
      store<f64>(numbers + (field << 3), stamp(base + from, base + to));
    } else if (kind == asLetters) {
      let bits = 0;
      for (let i = base + from; i < base + to; i++) bits |= <i32>load<u16>(letters + (<usize>load<u8>(i) << 1));
      store<f64>(numbers + (field << 3), <f64>bits);
    }
  }
  return found;
}
