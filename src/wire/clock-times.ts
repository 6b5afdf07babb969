import { colon, minus } from '../bytes/codes.ts';
import { cursor, readDecimal } from '../bytes/numbers.ts';
import {
  clock,
  dayMicros,
  daysFromCivil,
  isDate,
  readFraction,
  fourDigits,
  twoDigits,
} from '../bytes/times.ts';
import type { Zone } from '../bytes/zone.ts';

const minute = 60_000_000;

/** Stamps whose date and clock stand in two fields, or are parted by what no standard names: '2026/11/22', '00:32:11'. */
export class ClockTimes {
  readonly #zone: Zone;
  #dateKey = -1;
  #dayStart = 0;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** µs UTC of a date (year, month, day, any separators) at `date` and 'hh:mm:ss[.fff]' at `time`; NaN for neither. */
  read(bytes: Uint8Array, date: number, time: number, timeEnd: number): number {
    const local = this.local(bytes, date, time, timeEnd);
    return Number.isNaN(local) ? local : this.#zone.toUtc(local);
  }

  /** µs UTC of a wall clock's. */
  toUtc(local: number): number {
    return this.#zone.toUtc(local);
  }

  /** As {@link read}, but the wall clock's µs, for stamps whose offset stands elsewhere. */
  local(bytes: Uint8Array, date: number, time: number, timeEnd: number): number {
    const seconds = clock(bytes, time, timeEnd);
    if (seconds < 0) return Number.NaN;
    const year = fourDigits(bytes, date);
    const month = twoDigits(bytes, date + 5);
    const day = twoDigits(bytes, date + 8);
    if (year > 9999 || month > 12 || day > 31) return Number.NaN;
    const dateKey = (year * 16 + month) * 32 + day;
    if (dateKey !== this.#dateKey) {
      if (!isDate(year, month, day)) return Number.NaN;
      this.#dateKey = dateKey;
      this.#dayStart = daysFromCivil(year, month, day) * dayMicros;
    }
    return this.#dayStart + seconds * 1_000_000 + readFraction(bytes, time + 8, timeEnd);
  }
}

/** '+0200', '-05:00', 'UTC-5:00', 'GMT+2' in µs; NaN for anything else. */
export function looseOffset(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] | 32) >= 97 && (bytes[at] | 32) <= 122) at++;
  if (at >= end || (bytes[at] !== minus && bytes[at] !== 43)) return Number.NaN;
  const negative = bytes[at] === minus;
  let hours = readDecimal(bytes, at + 1, end);
  let minutes = 0;
  if (hours < 0) return Number.NaN;
  if (cursor.at < end && bytes[cursor.at] === colon)
    minutes = Math.max(0, readDecimal(bytes, cursor.at + 1, end));
  else if (hours > 99) {
    minutes = hours % 100;
    hours = (hours - minutes) / 100;
  }
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (negative ? -1 : 1) * (hours * 60 + minutes) * minute;
}
