import { minus, nine, slash, space, zero } from '../bytes/codes.ts';
import { cursor } from '../bytes/numbers.ts';
import { IsoTimes, readEpoch } from '../bytes/times.ts';
import { YearlessTimes } from '../bytes/yearless.ts';
import { Zone } from '../bytes/zone.ts';
import type { InputInfo } from '../model/format.ts';
import { ClockTimes, looseOffset } from './clock-times.ts';
import { zoneNameOffset } from './zone-names.ts';

/**
 * Stamps in whatever form a product chose: epoch seconds, milliseconds, µs or ns; ISO 8601; '2026/11/22 00:32:11';
 * 'Nov 22 2026 00:32:11.250 UTC', without a year too. What names no zone is in the input's.
 */
export class AnyTimes {
  readonly #iso: IsoTimes;
  readonly #isoUtc: IsoTimes;
  readonly #clock: ClockTimes;
  readonly #named: YearlessTimes;
  readonly #namedUtc: YearlessTimes;
  readonly #zone: Zone;

  constructor(info: InputInfo) {
    this.#zone = new Zone(info.zone);
    const utc = new Zone('UTC');
    this.#iso = new IsoTimes(this.#zone);
    this.#isoUtc = new IsoTimes(utc);
    this.#clock = new ClockTimes(this.#zone);
    this.#named = new YearlessTimes(this.#zone, info.modified);
    this.#namedUtc = new YearlessTimes(utc, info.modified);
  }

  /** µs UTC of `bytes[start, end)`; NaN when it is no stamp. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 9) return Number.NaN;
    const first = bytes[start];
    if (first >= zero && first <= nine) {
      if (bytes[start + 4] === minus) return this.#withZone(this.#iso, this.#isoUtc, bytes, start, end);
      if (bytes[start + 4] === slash) {
        const local = this.#clock.local(bytes, start, start + 11, end);
        if (Number.isNaN(local)) return local;
        const offset = zoneBehind(bytes, cursor.at, end);
        return Number.isNaN(offset) ? this.#zone.toUtc(local) : local - offset;
      }
      const time = readEpoch(bytes, start, end);
      return cursor.at === end && time > 0 ? time : Number.NaN;
    }
    return this.#withZone(this.#named, this.#namedUtc, bytes, start, end);
  }

  #withZone(
    times: IsoTimes | YearlessTimes,
    utc: IsoTimes | YearlessTimes,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const time = times.read(bytes, start, end);
    if (Number.isNaN(time)) return time;
    const offset = zoneBehind(bytes, cursor.at, end);
    return Number.isNaN(offset) ? time : utc.read(bytes, start, end) - offset;
  }
}

/** ' UTC', ' +0200', ' GMT+02:00' that ends a stamp, as an offset in µs; NaN for none. */
function zoneBehind(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end || bytes[at] !== space) return Number.NaN;
  const named = zoneNameOffset(bytes, at + 1, end);
  return Number.isNaN(named) ? looseOffset(bytes, at + 1, end) : named;
}
