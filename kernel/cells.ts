import { backslash, dot, minus, quote, slash, space, tab } from './codes';
import {
  columnLimit,
  columnsCut,
  columnsSplit,
  columnsWords,
  cuts,
  ends as foundEnds,
  starts as foundStarts,
} from './columns';
import { clock, day, isoRead, said } from './stamps';
import { epoch, integer, ipv4, ipv6, micros, stamp, words as ipv6Words } from './values';
import { wordValue } from './words';

/*
 * Reads chosen columns of a line, which columns.ts finds, each value where it stands: see src/bytes/cells.ts. There is one plan and one set of results; who reads next brings his own.
 *
 *   plan      { column, what it is read as, words } of field 0, 1, …        by the caller
 *   results   by field: start, end, what was made of it, number, address
 */

const fieldLimit = 32;

// What a column is read as: see src/bytes/cells.ts.
const asAddress: u8 = 1;
const asInteger: u8 = 2;
const asStamp: u8 = 3;
const asLetters: u8 = 4;
const asPort: u8 = 5;
const asEpoch: u8 = 6;
const asMicros: u8 = 7;
const asDate: u8 = 8;
const asDay: u8 = 9;
const asClock: u8 = 10;
const asWord: u8 = 11;
const asPlaces: u8 = 12;
const asZeek: u8 = 13;
const asPart: u8 = 14;

// How columns are parted.
const apart: i32 = 0;
const csv: i32 = 1;
const wordwise: i32 = 2;

/** Behind a line with quotes so many are taken to have some, too, which are more work to look for. */
const quotedInRow: i32 = 32;
let quoted: i32 = 0;
/** Whether a backslash stands in one of the columns. */
let strange: bool = false;

// Which blanks are left out of a value: 0 none, 1 spaces in front of it.
const bothEnds: i32 = 2;

// What was made of a field.
const absent: u8 = 0;
const present: u8 = 1;
const understood: u8 = 2;
const inUtc: u8 = 3;

/** '(empty)' */
const emptySet: u64 = 0x0029_7974_706d_6528;

/** u16 by field. */
export const columns = memory.data(fieldLimit * 2, 16);
export const kinds = memory.data(fieldLimit, 16);
/** Of fields that are read as words, which: words.ts. */
export const words = memory.data(fieldLimit * 4, 16);
export const starts = memory.data(fieldLimit * 4, 16);
export const ends = memory.data(fieldLimit * 4, 16);
export const reads = memory.data(fieldLimit, 16);
export const numbers = memory.data(fieldLimit * 8, 16);
export const addresses = memory.data(fieldLimit * 16, 16);
/** u32: a bit for each field that is not absent. */
export const shown = memory.data(4, 4);
/** u16 by letter. */
export const letters = memory.data(256 * 2, 16);

/**
 * Reads the first `fields` fields of the plan in the line from `start` to `stop`, no further than `most` columns, parted as
 * `way` says. Returns how many columns it has, at most `most`. Positions are relative to `base`.
 */
export function cellsRead(
  base: usize,
  start: usize,
  stop: usize,
  separator: i32,
  way: i32,
  trim: i32,
  fields: i32,
  most: i32,
): i32 {
  let there: u32 = 0;
  let found: i32;
  let inCuts = way != wordwise;
  if (way == apart) {
    found = columnsCut(base, start, stop, separator, backslash, most);
    strange = found < 0;
    found = abs<i32>(found);
  } else if (way == csv) {
    found = quoted == 0 ? columnsCut(base, start, stop, separator, quote, most) : -1;
    if (found < 0) {
      inCuts = false;
      found = columnsSplit(base, start, stop, separator, most, columnLimit);
      quoted = quoted == 0 ? quotedInRow : quoted - 1;
    }
  } else found = columnsWords(base, start, stop, most);
  for (let field = 0; field < fields; field++) {
    const column = <i32>load<u16>(columns + (field << 1));
    if (column >= found) {
      store<usize>(starts + (field << 2), stop);
      store<usize>(ends + (field << 2), stop);
      store<u8>(reads + field, absent);
      store<f64>(numbers + (field << 3), hasNone(load<u8>(kinds + field)) ? -1 : NaN);
      continue;
    }
    let from: usize;
    let to: usize;
    if (inCuts) {
      const place = cuts + (column << 2);
      from = load<u32>(place) + 1;
      to = load<u32>(place, 4);
    } else {
      from = load<u32>(foundStarts + (column << 2));
      to = load<u32>(foundEnds + (column << 2));
    }
    if (trim != 0) {
      from = valueFrom(base, from, to, trim == bothEnds ? tab : space);
      if (trim == bothEnds) while (to > from && load<u8>(base + to - 1) == space) to--;
    }
    store<u32>(starts + (field << 2), from);
    store<u32>(ends + (field << 2), to);
    const read = valueRead(base, from, to, field);
    store<u8>(reads + field, read);
    there |= <u32>(read != absent) << field;
  }
  store<u32>(shown, there);
  return found;
}

/** Whether -1, not NaN, says that there is no such number. */
@inline
function hasNone(kind: u8): bool {
  return kind == asInteger || kind == asPort || kind == asPlaces || kind == asLetters;
}

/** The first place from `from` on that is no space, nor `other`, or `to`. */
@inline
function valueFrom(base: usize, from: usize, to: usize, other: u8): usize {
  let at = from;
  while (at < to) {
    const text = v128.load(base + at);
    const blanks = v128.or(i8x16.eq(text, i8x16.splat(space)), i8x16.eq(text, i8x16.splat(other)));
    const kept = i8x16.bitmask(blanks) ^ 0xffff;
    if (kept != 0) return min(at + ctz(kept), to);
    at += 16;
  }
  return to;
}

/** Reads the field that stands in [from, to) behind `base`; what was made of it. */
@inline
function valueRead(base: usize, from: usize, to: usize, field: i32): u8 {
  const start = base + from;
  const stop = base + to;
  const number = numbers + (field << 3);
  switch (load<u8>(kinds + field)) {
    case asAddress: {
      const place = addresses + (field << 4);
      const address = ipv4(start, stop);
      if (address < 0) {
        if (ipv6(start, stop) != stop) return present;
        v128.store(place, v128.load(ipv6Words));
        return understood;
      }
      store<u64>(place, 0);
      store<u32>(place, 0xffff, 8);
      store<u32>(place, <u32>address, 12);
      return understood;
    }
    case asInteger:
      return whole(number, integer(start, stop));
    case asPort: {
      const value = stop - start > 5 ? -1 : integer(start, stop);
      return whole(number, value > 65_535 ? -1 : value);
    }
    case asStamp:
      return known(number, stamp(start, stop));
    case asLetters: {
      let bits = 0;
      for (let i = start; i < stop; i++) bits |= <i32>load<u16>(letters + (<usize>load<u8>(i) << 1));
      store<f64>(number, <f64>bits);
      return understood;
    }
    case asEpoch:
      return known(number, epoch(start, stop));
    case asMicros:
      return known(number, micros(start, stop));
    case asDate:
      return dateRead(base, from, to, number);
    case asDay:
      return known(number, day(start, stop));
    case asClock:
      return known(number, clock(start, stop));
    case asWord:
      return known(number, wordValue(load<usize>(words + (field << 2)), start, stop));
    case asZeek:
      return zeekText(start, stop);
    case asPart:
      return to - from > 1 || (to > from && load<u8>(start) != minus) ? present : absent;
    case asPlaces:
      return whole(number, places(start, stop));
  }
  return present;
}

/** A date and the time behind it, from `from` to `to` behind `base`. */
@inline
function dateRead(base: usize, from: usize, to: usize, number: usize): u8 {
  store<f64>(number, NaN);
  const parted = load<u8>(base + from, 4);
  if (parted != load<u8>(base + from, 7) || (parted != minus && parted != slash)) return present;
  const value = isoRead(base, from, to);
  if (isNaN(value) || load<usize>(said) != to) return present;
  store<f64>(number, value);
  return load<u32>(said, 4) == 1 ? inUtc : understood;
}

/** Absent: '-', '(empty)' or nothing at all; what has a backslash is to be decoded. */
@inline
function zeekText(from: usize, to: usize): u8 {
  const length = to - from;
  if (length <= 1 && (length == 0 || load<u8>(from) == minus)) return absent;
  if (length == 7 && (load<u64>(from) & 0x00ff_ffff_ffff_ffff) == emptySet) return absent;
  return strange && hasBackslash(from, to) ? understood : present;
}

function hasBackslash(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) if (load<u8>(at) == backslash) return true;
  return false;
}

@inline
function whole(number: usize, value: f64): u8 {
  store<f64>(number, value);
  return value < 0 ? present : understood;
}

@inline
function known(number: usize, value: f64): u8 {
  store<f64>(number, value);
  return isNaN(value) ? present : understood;
}

/** 'CEUAPRSF', any of them a dot: the first is the highest of eight bits; -1 for anything else. */
@inline
function places(from: usize, to: usize): f64 {
  if (to - from != 8) return -1;
  const text = v128.load64_zero(from);
  const dots = i8x16.bitmask(i8x16.eq(text, i8x16.splat(dot))) & 255;
  // The first letter in the highest place.
  const turned = i8x16.swizzle(text, i8x16(7, 6, 5, 4, 3, 2, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1));
  const set = i8x16.bitmask(i8x16.eq(turned, flagLetters())) & 255;
  return popcnt(set) + popcnt(dots) == 8 ? <f64>set : -1;
}

/** 'FSRPAUEC' */
@inline
function flagLetters(): v128 {
  return i8x16(70, 83, 82, 80, 65, 85, 69, 67, 0, 0, 0, 0, 0, 0, 0, 0);
}
