import { minus, space, zero } from './codes.ts';
import { cursor } from './numbers.ts';
import {
  clock,
  dayMicros,
  daysFromCivil,
  isDate,
  isLeap,
  monthName,
  readFraction,
  readOffset,
  fourDigits,
  twoDigits,
} from './times.ts';
import type { Zone } from './zone.ts';

/**
 * The year-less stamps of RFC 3164 ('Nov 22 00:32:11', also 'Nov 22 2026 00:32:11' and a fraction behind).
 *
 * Year rule: the first stamp of an input gets the latest year for which it is not after `modified` + 1 day. From then on a
 * step back by more than half a year (December → January) is a new year, and a step forward by more than half a year
 * (January → December) is a late line of the year before. The clock of this machine plays no part.
 */
export class YearlessTimes {
  readonly #zone: Zone;
  readonly #modified: number;
  #year = 0;
  #month = 0;
  #monthKey = -1;
  #dayKey = -1;
  #dayStart = 0;
  /** The same of {@link readSlashed}. */
  #slashedKey = -1;
  #slashedStart = 0;

  /** `modified`: µs UTC when the input was last written; `zone`: the zone of its stamps. */
  constructor(zone: Zone, modified: number) {
    this.#zone = zone;
    this.#modified = modified;
  }

  /** µs UTC; NaN when `bytes[start…]` is no such stamp. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 15 || bytes[start + 3] !== space) return Number.NaN;
    let at = start + 4;
    let day: number;
    if (bytes[at] === space) {
      day = bytes[at + 1] - zero;
      at += 2;
    } else if (bytes[at + 1] === space) {
      day = bytes[at] - zero;
      at += 1;
    } else {
      day = twoDigits(bytes, at);
      at += 2;
    }
    if (bytes[at] !== space) return Number.NaN;
    at++;
    let year = 0;
    if (at + 5 <= end && bytes[at + 2] !== 58) {
      year = fourDigits(bytes, at);
      if (year > 9999 || bytes[at + 4] !== space) return Number.NaN;
      at += 5;
    }
    const seconds = clock(bytes, at, end);
    if (seconds < 0) return Number.NaN;
    const monthKey = (bytes[start] << 16) | (bytes[start + 1] << 8) | bytes[start + 2];
    // A day is below 2048, even one that is none.
    const dayKey = year * 2048 + day;
    if (monthKey !== this.#monthKey || dayKey !== this.#dayKey) {
      const month = monthName(bytes, start);
      if (!isDate(year === 0 ? undefined : year, month, day)) return Number.NaN;
      const chosen = year === 0 ? this.#yearOf(month, day, seconds) : year;
      this.#monthKey = monthKey;
      this.#dayKey = dayKey;
      this.#dayStart = daysFromCivil(chosen, month, day) * dayMicros;
    }
    const micros = this.#dayStart + seconds * 1_000_000 + readFraction(bytes, at + 8, end);
    // Some relays add a zone: 'Nov 22 00:32:11 +01:00' is left to them; only 'Z' or an offset without a blank is read.
    const offset = readOffset(bytes, cursor.at, end);
    return Number.isNaN(offset) ? this.#zone.toUtc(micros) : micros - offset;
  }

  /**
   * Snort's and Suricata's stamps: '11/22-00:32:11.250000', '11/22/26-…', '11/22/2026-…' (month first), '26/11/22-…' with
   * `yearFirst`. µs UTC; NaN when it is none.
   */
  readSlashed(bytes: Uint8Array, start: number, end: number, yearFirst: boolean): number {
    let at = start;
    let first = twoDigits(bytes, at);
    let second = twoDigits(bytes, at + 3);
    if (bytes[at + 2] !== 47) return Number.NaN;
    at += 5;
    let year = 0;
    if (bytes[at] === 47) {
      if (yearFirst) {
        year = 2000 + first;
        first = second;
        second = twoDigits(bytes, at + 1);
        at += 3;
      } else {
        year = twoDigits(bytes, at + 1);
        at += 3;
        if (bytes[at] !== minus) {
          year = fourDigits(bytes, at - 2);
          at += 2;
        } else year += 2000;
      }
    }
    if (bytes[at] !== minus) return Number.NaN;
    const seconds = clock(bytes, at + 1, end);
    if (seconds < 0) return Number.NaN;
    // Digits that are none make 1000 and more.
    const key = (year * 2048 + first) * 2048 + second;
    if (key !== this.#slashedKey) {
      if (!isDate(year === 0 ? undefined : year, first, second)) return Number.NaN;
      this.#slashedKey = key;
      this.#slashedStart =
        daysFromCivil(year === 0 ? this.#yearOf(first, second, seconds) : year, first, second) * dayMicros;
    }
    return this.#zone.toUtc(this.#slashedStart + seconds * 1_000_000 + readFraction(bytes, at + 9, end));
  }

  #yearOf(month: number, day: number, seconds: number): number {
    if (this.#year === 0) {
      this.#year = this.#firstYear(month, day, seconds);
      this.#month = month;
      return this.#year;
    }
    const step = month - this.#month;
    let year = this.#year;
    if (step < -6) {
      this.#year++;
      year = this.#year;
      this.#month = month;
    } else if (step > 6) year--;
    else this.#month = month;
    if (month === 2 && day === 29 && !isLeap(year)) return year - (year % 4);
    return year;
  }

  #firstYear(month: number, day: number, seconds: number): number {
    const bound = this.#modified + dayMicros;
    let year = new Date(bound / 1000).getUTCFullYear() + 1;
    for (let tries = 0; tries < 16; tries++, year--) {
      if (month === 2 && day === 29 && !isLeap(year)) continue;
      const local = daysFromCivil(year, month, day) * dayMicros + seconds * 1_000_000;
      if (this.#zone.toUtc(local) <= bound) break;
    }
    return year;
  }
}
