import { colon, minus, plus, space, upperT, zero } from './codes.ts';
import { kernel, placeInChunk } from './kernel.ts';
import { cursor, digits5, readDecimal } from './numbers.ts';
import type { Zone } from './zone.ts';

/*
 * Times from bytes to µs UTC. Every reader returns NaN for what it does not understand, and leaves the position after
 * the stamp in `cursor.at`. The day is cached: stamps of one day cost digit arithmetic only.
 */

const second = 1_000_000;
export const dayMicros = 86_400 * second;

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible algorithms"). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the date exists, up to the year 9999; with `year` undefined 29 February does. */
export function isDate(year: number | undefined, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > monthDays[month - 1]) return false;
  if (year !== undefined && year > 9999) return false;
  return !(month === 2 && day === 29 && year !== undefined && !isLeap(year));
}

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Two digits at `at`; a value above 99 when they are none. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const high = bytes[at] - zero;
  const low = bytes[at + 1] - zero;
  return high < 0 || high > 9 || low < 0 || low > 9 ? 1000 : high * 10 + low;
}

/** A year's four digits at `at`; a value above 9999 when they are none. */
export function fourDigits(bytes: Uint8Array, at: number): number {
  const century = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 2);
  return year > 99 ? 100_000 : century * 100 + year;
}

/** 'hh:mm:ss' at `at` as seconds of the day; -1 when it is none. A leap second (60) is the next minute's first. */
export function clock(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end || bytes[at + 2] !== colon || bytes[at + 5] !== colon) return -1;
  const hours = twoDigits(bytes, at);
  const minutes = twoDigits(bytes, at + 3);
  const seconds = twoDigits(bytes, at + 6);
  if (hours > 23 || minutes > 59 || seconds > 60) return -1;
  return hours * 3600 + minutes * 60 + seconds;
}

/** 'Jan' … 'Dec' at `at` as 1 … 12, any case; 0 when it is none. */
export function monthName(bytes: Uint8Array, at: number): number {
  const key = ((bytes[at] | 32) << 16) | ((bytes[at + 1] | 32) << 8) | (bytes[at + 2] | 32);
  switch (key) {
    case 0x6a616e:
      return 1;
    case 0x666562:
      return 2;
    case 0x6d6172:
      return 3;
    case 0x617072:
      return 4;
    case 0x6d6179:
      return 5;
    case 0x6a756e:
      return 6;
    case 0x6a756c:
      return 7;
    case 0x617567:
      return 8;
    case 0x736570:
      return 9;
    case 0x6f6374:
      return 10;
    case 0x6e6f76:
      return 11;
    case 0x646563:
      return 12;
    default:
      return 0;
  }
}

/** Fraction digits after a '.' or ',' at `at`, as µs (further digits are cut off); 0 and no step when there are none. */
export function readFraction(bytes: Uint8Array, at: number, end: number): number {
  cursor.at = at;
  if (at + 1 >= end || (bytes[at] !== 46 && bytes[at] !== 44)) return 0;
  let micros = 0;
  let unit = 100_000;
  let position = at + 1;
  for (; position < end; position++) {
    const digit = bytes[position] - zero;
    if (digit < 0 || digit > 9) break;
    micros += digit * unit;
    unit = unit >= 10 ? unit / 10 : 0;
  }
  if (position > at + 1) cursor.at = position;
  return micros;
}

/** Epoch seconds with optional fraction ('1379288667.706265'); also ms, µs or ns when the digits say so. */
export function readEpoch(bytes: Uint8Array, start: number, end: number): number {
  if (start + 10 <= end && bytes[start] !== zero) {
    // Nearly all of them: ten digits of seconds, and none, three, six or nine more.
    const high = digits5(bytes, start);
    const low = digits5(bytes, start + 5);
    if (high < 100_000 && low < 100_000) {
      const seconds = high * 100_000 + low;
      const limit = Math.min(end, start + 20);
      let more = 0;
      let at = start + 10;
      for (; at < limit; at++) {
        const digit = bytes[at] - zero;
        if (digit < 0 || digit > 9) break;
        more = more * 10 + digit;
      }
      const digits = at - start;
      if (digits === 10) return seconds * second + readFraction(bytes, at, end);
      if (digits === 13)
        return (seconds * 1000 + more) * 1000 + Math.floor(readFraction(bytes, at, end) / 1000);
      const micros = seconds * second + Math.floor(more / 1000);
      if (digits === 19 && micros <= Number.MAX_SAFE_INTEGER) {
        cursor.at = at;
        return micros;
      }
    }
  }
  const whole = readDecimal(bytes, start, end);
  if (whole < 0) {
    // 19 digits pass 2^53: nanoseconds, cut to µs.
    if (cursor.at - start === 19) return readEpochNanos(bytes, start);
    return Number.NaN;
  }
  const digits = cursor.at - start;
  if (digits <= 11) return whole * second + readFraction(bytes, cursor.at, end);
  if (digits <= 14) return whole * 1000 + Math.floor(readFraction(bytes, cursor.at, end) / 1000);
  return digits <= 16 ? whole : Number.NaN;
}

function readEpochNanos(bytes: Uint8Array, start: number): number {
  const micros = readDecimal(bytes, start, start + 16);
  cursor.at = start + 19;
  return micros < 0 ? Number.NaN : micros;
}

/** 'Z', '+hh:mm', '+hhmm', '+hh' at `at`: offset in µs; NaN when there is none (and no step). */
export function readOffset(bytes: Uint8Array, at: number, end: number): number {
  cursor.at = at;
  if (at >= end) return Number.NaN;
  const sign = bytes[at];
  if ((sign | 32) === 122) {
    cursor.at = at + 1;
    return 0;
  }
  if ((sign !== plus && sign !== minus) || at + 3 > end) return Number.NaN;
  const hours = twoDigits(bytes, at + 1);
  if (hours > 23) return Number.NaN;
  let behind = at + 3;
  let minutes = 0;
  const colonAt = behind < end && bytes[behind] === colon ? 1 : 0;
  if (behind + colonAt + 2 <= end) {
    const value = twoDigits(bytes, behind + colonAt);
    if (value <= 59) {
      minutes = value;
      behind += colonAt + 2;
    }
  }
  cursor.at = behind;
  const micros = (hours * 60 + minutes) * 60 * second;
  return sign === minus ? -micros : micros;
}

/** ISO 8601 / RFC 3339 dates and times: '2026-11-22T00:32:11.123456+01:00', also with a blank for 'T' and no zone. */
export class IsoTimes {
  readonly #zone: Zone;
  /** Where the stamp that the kernel read ends, and whether it says its offset. */
  readonly #said = new Uint32Array(kernel().memory.buffer, kernel().isoSaid.value, 2);
  #dateKey = -1;
  #dayStart = 0;

  /** `zone`: of stamps that carry none. */
  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** µs UTC; NaN when `bytes[start…]` is no such stamp. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 19 || bytes[start + 4] !== minus || bytes[start + 7] !== minus) return Number.NaN;
    return this.readAnyDate(bytes, start, end);
  }

  /** As {@link read}, whatever parts year, month and day ('2026/11/22 00:32:11'). */
  readAnyDate(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 19) return Number.NaN;
    const base = placeInChunk(bytes, start, end);
    // What the kernel does not read is read here, if it is a stamp at all.
    if (!Number.isNaN(base)) {
      const micros = kernel().isoRead(base, start, end);
      if (!Number.isNaN(micros)) {
        const said = this.#said;
        cursor.at = said[0];
        return said[1] === 1 ? micros : this.#zone.toUtc(micros);
      }
    }
    const separator = bytes[start + 10];
    if (separator !== upperT && separator !== space && separator !== 116) return Number.NaN;
    const year = fourDigits(bytes, start);
    const month = twoDigits(bytes, start + 5);
    const day = twoDigits(bytes, start + 8);
    const seconds = clock(bytes, start + 11, end);
    if (seconds < 0) return Number.NaN;
    if (year > 9999 || month > 12 || day > 31) return Number.NaN;
    const dateKey = (year * 16 + month) * 32 + day;
    if (dateKey !== this.#dateKey) {
      if (!isDate(year, month, day)) return Number.NaN;
      this.#dateKey = dateKey;
      this.#dayStart = daysFromCivil(year, month, day) * dayMicros;
    }
    const micros = this.#dayStart + seconds * second + readFraction(bytes, start + 19, end);
    const offset = readOffset(bytes, cursor.at, end);
    return Number.isNaN(offset) ? this.#zone.toUtc(micros) : micros - offset;
  }
}

/** Days whose month is an English name. The last one is kept. */
export class NamedDays {
  #key = -1;
  #start = 0;

  /** When the day begins, in µs by its own clock; NaN when there is no such day. The month's name stands at `month`. */
  start(bytes: Uint8Array, month: number, day: number, year: number): number {
    // A day that is none is below 1024, too.
    const name = (bytes[month] << 16) | (bytes[month + 1] << 8) | bytes[month + 2];
    const key = (day + 1024 * year) * 0x100_0000 + name;
    if (key !== this.#key) {
      const number = monthName(bytes, month);
      if (!isDate(year, number, day)) return Number.NaN;
      this.#key = key;
      this.#start = daysFromCivil(year, number, day) * dayMicros;
    }
    return this.#start;
  }
}

/** The NCSA stamp of access logs: '22/Nov/2026:00:32:11 +0100'. */
export class NcsaTimes {
  readonly #zone: Zone;
  readonly #days = new NamedDays();
  #offsetKey = -1;
  #offset = 0;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** µs UTC; NaN when `bytes[start…]` is no such stamp. `zoneAt`: behind the seconds, or what else stands there. */
  read(bytes: Uint8Array, start: number, end: number, zoneAt = start + 20): number {
    if (
      end - start < 20 ||
      bytes[start + 2] !== 47 ||
      bytes[start + 6] !== 47 ||
      bytes[start + 11] !== colon
    ) {
      return Number.NaN;
    }
    const seconds = clock(bytes, start + 12, end);
    if (seconds < 0) return Number.NaN;
    const day = this.#days.start(bytes, start + 3, twoDigits(bytes, start), fourDigits(bytes, start + 7));
    if (Number.isNaN(day)) return day;
    const micros = day + seconds * second;
    if (zoneAt + 6 <= end && bytes[zoneAt] === space) {
      const key =
        (bytes[zoneAt + 1] << 24) ^ (twoDigits(bytes, zoneAt + 2) * 1024 + twoDigits(bytes, zoneAt + 4));
      if (key === this.#offsetKey) {
        cursor.at = zoneAt + 6;
        return micros - this.#offset;
      }
      const offset = readOffset(bytes, zoneAt + 1, end);
      if (!Number.isNaN(offset)) {
        if (cursor.at === zoneAt + 6) {
          this.#offsetKey = key;
          this.#offset = offset;
        }
        return micros - offset;
      }
    }
    cursor.at = zoneAt;
    return this.#zone.toUtc(micros);
  }
}

const isoDigits = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** The year 10000 in µs UTC: no record's time reaches it, and none that says so is believed. */
export const timeLimit = 253_402_300_800_000_000;

/** µs UTC as ISO 8601 with six decimals: '2026-01-02T03:04:05.678901Z', up to {@link timeLimit}. Not for hot loops. */
export function formatMicros(micros: number): string {
  const shown = Math.min(Math.max(micros, -timeLimit), timeLimit);
  const millis = Math.floor(shown / 1000);
  const rest = shown - millis * 1000;
  return `${new Date(millis).toISOString().slice(0, -1)}${isoDigits(rest, 3)}Z`;
}
