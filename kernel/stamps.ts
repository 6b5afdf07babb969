import { digits } from './values';

/*
 * '2026-11-22T00:32:11.250000+0100' and its like: see src/bytes/times.ts, which reads what is of another shape, or none.
 */

/** u32s: where the stamp ends, relative to `base`; 1 when it says its offset to UTC. */
export const said = memory.data(8, 4);
const dayMicros: i64 = 86_400_000_000;
/** Days of each month, January first. */
const monthDays = memory.data<u8>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
/** Bits of the bytes that are digits in the first sixteen. */
const digitPlaces = 0xdb6f;

// The day read last: as a number that its digits make, and where it begins.
let dayKey: i32 = -1;
let dayStart: i64 = 0;

/** The stamp from `start` on that ends in front of `stop`, in µs; NaN when it is of another shape. */
export function isoRead(base: usize, start: usize, stop: usize): f64 {
  if (stop - start < 19) return NaN;
  let at = base + start;
  const end = base + stop;
  const text = v128.load(at);
  const values = i8x16.sub(text, i8x16.splat(48));
  const areDigits = i8x16.bitmask(i8x16.eq(i8x16.min_u(values, i8x16.splat(9)), values));
  const parted = load<u8>(at, 10);
  if ((areDigits & digitPlaces) != digitPlaces || ((parted | 0x20) != 0x74 && parted != 32)) return NaN;
  const tens = i8x16.swizzle(values, i8x16(0, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const ones = i8x16.swizzle(values, i8x16(1, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  // Century, year, month, day, hour, minute.
  const pairs = i16x8.add(
    i16x8.extmul_low_i8x16_u(tens, i8x16.splat(10)),
    i16x8.extend_low_i8x16_u(ones),
  );
  const hour = <i32>i16x8.extract_lane_u(pairs, 4);
  const minute = <i32>i16x8.extract_lane_u(pairs, 5);
  const high = <i32>load<u8>(at, 17) - 48;
  const low = <i32>load<u8>(at, 18) - 48;
  if (<u32>high > 9 || <u32>low > 9 || load<u8>(at, 13) != 58 || load<u8>(at, 16) != 58) return NaN;
  const second = high * 10 + low;
  if (hour > 23 || minute > 59 || second > 60) return NaN;
  const year = <i32>i16x8.extract_lane_u(pairs, 0) * 100 + <i32>i16x8.extract_lane_u(pairs, 1);
  const month = <i32>i16x8.extract_lane_u(pairs, 2);
  const day = <i32>i16x8.extract_lane_u(pairs, 3);
  if (!isDay(year, month, day)) return NaN;
  let micros = dayStart + <i64>((hour * 60 + minute) * 60 + second) * 1_000_000;
  at += 19;
  if (at < end && (load<u8>(at) == 46 || load<u8>(at) == 44)) {
    const count = digits(at + 1);
    // None is no fraction; so many are another reader's.
    if (count == 0 || count > 15 || at + 1 + count > end) return NaN;
    micros += fraction(at + 1, count);
    at += 1 + count;
  }
  let offset: i32 = 0;
  let known: u32 = 0;
  if (at < end) {
    const sign = load<u8>(at);
    if ((sign | 0x20) == 122) {
      at++;
      known = 1;
    } else if (sign == 43 || sign == 45) {
      const hours = twoDigits(at + 1);
      const colon: usize = load<u8>(at, 3) == 58 ? 1 : 0;
      const minutes = twoDigits(at + 3 + colon);
      if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || at + 5 + colon > end) return NaN;
      offset = (hours * 60 + minutes) * 60;
      if (sign == 45) offset = -offset;
      at += 5 + colon;
      known = 1;
    }
  }
  store<usize>(said, at - base);
  store<u32>(said, known, 4);
  return <f64>(micros - <i64>offset * 1_000_000);
}

/** Whether there is such a day; then {@link dayStart} is its beginning. */
@inline
function isDay(year: i32, month: i32, day: i32): bool {
  const key = (year << 9) | (month << 5) | day;
  if (key != dayKey || month > 15 || day > 31) {
    if (!isDate(year, month, day)) return false;
    dayKey = key;
    dayStart = daysFromCivil(year, month, day) * dayMicros;
  }
  return true;
}

/** '2026-11-22', the whole of [from, to), as µs; NaN when it is anything else. */
@inline
export function day(from: usize, to: usize): f64 {
  if (to - from != 10 || load<u8>(from, 4) != 45 || load<u8>(from, 7) != 45) return NaN;
  const century = twoDigits(from);
  const year = twoDigits(from + 2);
  const month = twoDigits(from + 5);
  const date = twoDigits(from + 8);
  if ((century | year | month | date) < 0 || !isDay(century * 100 + year, month, date)) return NaN;
  return <f64>dayStart;
}

/** '00:32:11', the whole of [from, to), as µs of the day; NaN when it is anything else. */
@inline
export function clock(from: usize, to: usize): f64 {
  if (to - from != 8 || load<u8>(from, 2) != 58 || load<u8>(from, 5) != 58) return NaN;
  const hour = twoDigits(from);
  const minute = twoDigits(from + 3);
  const second = twoDigits(from + 6);
  if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 60) return NaN;
  return <f64>((hour * 60 + minute) * 60 + second) * 1_000_000;
}

@inline
function twoDigits(at: usize): i32 {
  const high = <i32>load<u8>(at) - 48;
  const low = <i32>load<u8>(at, 1) - 48;
  return <u32>high > 9 || <u32>low > 9 ? -1 : high * 10 + low;
}

/** The first six of `count` digits at `at` as µs. */
@inline
function fraction(at: usize, count: usize): i64 {
  let micros: i64 = 0;
  let unit: i64 = 100_000;
  const last = at + min(count, 6);
  for (let i = at; i < last; i++) {
    micros += <i64>(load<u8>(i) - 48) * unit;
    unit /= 10;
  }
  return micros;
}

function isDate(year: i32, month: i32, day: i32): bool {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= <i32>load<u8>(monthDays + month - 1) + (leap && month == 2 ? 1 : 0);
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible algorithms"). */
function daysFromCivil(year: i32, month: i32, day: i32): i64 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>era * 146_097 + dayOfEra - 719_468;
}
