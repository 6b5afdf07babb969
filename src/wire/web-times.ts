import { colon, minus, slash, space } from '../bytes/codes.ts';
import { cursor } from '../bytes/numbers.ts';
import {
  clock,
  IsoTimes,
  NamedDays,
  NcsaTimes,
  readEpoch,
  readFraction,
  fourDigits,
  twoDigits,
} from '../bytes/times.ts';
import type { Zone } from '../bytes/zone.ts';

const ncsaLength = 20;

/**
 * Stamps whose kind the log's owner chose: ISO 8601, NCSA (with a fraction too), epoch in s, ms, µs or ns,
 * 'YYYY/MM/DD hh:mm:ss', and that of C's asctime ('Sun Nov 22 00:32:11 2026', with a fraction too).
 */
export class WebTimes {
  readonly #zone: Zone;
  readonly #iso: IsoTimes;
  readonly #ncsa: NcsaTimes;
  readonly #days = new NamedDays();

  /** `zone`: of stamps that carry none. */
  constructor(zone: Zone) {
    this.#zone = zone;
    this.#iso = new IsoTimes(zone);
    this.#ncsa = new NcsaTimes(zone);
  }

  /** µs UTC; NaN when `bytes[start, end)` is no such stamp. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start + 4] === minus) return this.#iso.read(bytes, start, end);
    if (bytes[start + 2] === slash) return this.#readNcsa(bytes, start, end);
    if (bytes[start + 4] === slash && bytes[start + 10] === space && bytes[start + 13] === colon)
      return this.#iso.readAnyDate(bytes, start, end);
    if (bytes[start + 3] === space) return this.#asctime(bytes, start, end);
    return readEpoch(bytes, start, end);
  }

  // '22/Nov/2026:00:32:11.123456 +0000'
  #readNcsa(bytes: Uint8Array, start: number, end: number): number {
    const micros = readFraction(bytes, start + ncsaLength, end);
    return this.#ncsa.read(bytes, start, end, cursor.at) + micros;
  }

  // 'Sun Nov 22 00:32:11.123456 2026'
  #asctime(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 24) return Number.NaN;
    const first = bytes[start + 8];
    const day = first === space ? bytes[start + 9] - 48 : twoDigits(bytes, start + 8);
    const seconds = clock(bytes, start + 11, end);
    const micros = readFraction(bytes, start + 19, end);
    const at = cursor.at;
    if (seconds < 0 || bytes[at] !== space || at + 5 > end) return Number.NaN;
    const year = fourDigits(bytes, at + 1);
    const begin = this.#days.start(bytes, start + 4, day, year);
    if (Number.isNaN(begin)) return begin;
    return this.#zone.toUtc(begin + seconds * 1_000_000 + micros);
  }
}
