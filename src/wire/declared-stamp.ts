import { nine, space, zero } from '../bytes/codes.ts';
import { cursor, hasText, readDecimal } from '../bytes/numbers.ts';
import {
  dayMicros,
  daysFromCivil,
  IsoTimes,
  isDate,
  monthName,
  NcsaTimes,
  readEpoch,
  readOffset,
  twoDigits,
} from '../bytes/times.ts';
import type { Zone } from '../bytes/zone.ts';
import type { StampReader, Step } from './field-steps.ts';

type Read = (bytes: Uint8Array, at: number, end: number) => number;

/** A stamp that a format declares piece by piece (strftime), or as a whole; its pieces may stand anywhere in the line. */
export class DeclaredStamp implements StampReader {
  readonly #zone: Zone;
  readonly #iso: IsoTimes;
  readonly #ncsa: NcsaTimes;
  #whole = Number.NaN;
  #year = 0;
  #month = 0;
  #day = 0;
  #seconds = 0;
  #micros = 0;
  #afternoon = -1;
  #offset = Number.NaN;

  constructor(zone: Zone) {
    this.#zone = zone;
    this.#iso = new IsoTimes(zone);
    this.#ncsa = new NcsaTimes(zone);
  }

  begin(): void {
    this.#whole = Number.NaN;
    this.#year = 0;
    this.#month = 0;
    this.#day = 0;
    this.#seconds = 0;
    this.#micros = 0;
    this.#afternoon = -1;
    this.#offset = Number.NaN;
  }

  get time(): number {
    if (!Number.isNaN(this.#whole)) return this.#whole + this.#micros;
    if (this.#month === 0 || !isDate(this.#year, this.#month, this.#day)) return Number.NaN;
    const hours = Math.floor(this.#seconds / 3600);
    let seconds = this.#seconds;
    if (this.#afternoon >= 0) seconds += ((hours % 12) + 12 * this.#afternoon - hours) * 3600;
    const local =
      daysFromCivil(this.#year, this.#month, this.#day) * dayMicros + seconds * 1_000_000 + this.#micros;
    return Number.isNaN(this.#offset) ? this.#zone.toUtc(local) : local - this.#offset;
  }

  /** '22/Nov/2026:00:32:11 +0000' */
  ncsa(): Step {
    return this.#stamp((bytes, at, end) => this.#ncsa.read(bytes, at, end));
  }

  /** '2026-11-22T00:32:11+00:00' */
  iso(): Step {
    return this.#stamp((bytes, at, end) => this.#iso.read(bytes, at, end));
  }

  /** Seconds, milliseconds or microseconds, which their number of digits tells; `fraction`: one may follow. */
  epoch(fraction: boolean): Step {
    return this.#stamp((bytes, at, end) => {
      if (fraction) return readEpoch(bytes, at, end);
      let stop = at;
      while (stop < end && bytes[stop] >= zero && bytes[stop] <= nine) stop++;
      return readEpoch(bytes, at, stop);
    });
  }

  /** A fraction of a second without its dot: 3 digits of milliseconds, 6 of microseconds. */
  fraction(digits: 3 | 6): Step {
    return step((bytes, at, end) => {
      const value = digitsAt(bytes, at, end, digits);
      this.#micros = value * (digits === 3 ? 1000 : 1);
      return value < 0 ? -1 : at + digits;
    });
  }

  /** The steps of a strftime pattern; a string names the directive that cannot be read back. */
  strftime(pattern: string): Step[] | string {
    const steps: Step[] = [];
    for (let i = 0; i < pattern.length; i++) {
      if (pattern[i] !== '%' || i + 1 >= pattern.length) {
        steps.push({ kind: 'literal', text: pattern[i] });
        continue;
      }
      const letter = pattern[++i];
      const whole = composed[letter];
      if (whole !== undefined) {
        const inner = this.strftime(whole);
        if (typeof inner === 'string') return inner;
        steps.push(...inner);
      } else {
        const read = this.#directive(letter);
        if (read === undefined) return `%${letter}`;
        steps.push(read);
      }
    }
    return steps;
  }

  #directive(letter: string): Step | undefined {
    const put = (digits: number, least: number, most: number, take: (value: number) => void): Step =>
      step((bytes, at, end) => {
        const value = digitsAt(bytes, at, end, digits);
        if (value < least || value > most) return -1;
        take(value);
        return at + digits;
      });
    switch (letter) {
      case 'Y':
        return put(4, 1970, 9999, (value) => (this.#year = value));
      case 'y':
        return put(2, 0, 99, (value) => (this.#year = 2000 + value));
      case 'm':
        return put(2, 1, 12, (value) => (this.#month = value));
      case 'd':
      case 'e':
        return put(2, 1, 31, (value) => (this.#day = value));
      case 'H':
        return put(2, 0, 23, (value) => (this.#seconds += value * 3600));
      case 'I':
        return put(2, 1, 12, (value) => (this.#seconds += value * 3600));
      case 'M':
        return put(2, 0, 59, (value) => (this.#seconds += value * 60));
      case 'S':
        return put(2, 0, 60, (value) => (this.#seconds += value));
      case 'p':
        return step((bytes, at, end) => {
          this.#afternoon = hasText(bytes, at, end, 'PM') ? 1 : 0;
          return this.#afternoon === 1 || hasText(bytes, at, end, 'AM') ? at + 2 : -1;
        });
      case 'b':
      case 'h':
        return step((bytes, at, end) => {
          this.#month = at + 3 <= end ? monthName(bytes, at) : 0;
          return this.#month === 0 ? -1 : at + 3;
        });
      case 'a':
        return step((_, at, end) => (at + 3 <= end ? at + 3 : -1));
      case 'z':
        return step((bytes, at, end) => {
          this.#offset = readOffset(bytes, at, end);
          return Number.isNaN(this.#offset) ? -1 : cursor.at;
        });
      case 's':
        return this.epoch(false);
      case 'j':
        return put(3, 1, 366, () => undefined);
      case '%':
        return { kind: 'literal', text: '%' };
      default:
        return undefined;
    }
  }

  #stamp(read: Read): Step {
    return step((bytes, at, end) => {
      this.#whole = read(bytes, at, end);
      return Number.isNaN(this.#whole) ? -1 : cursor.at;
    });
  }
}

/** Directives that stand for several. */
const composed: Readonly<Record<string, string | undefined>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  n: '\n',
  t: '\t',
};

function step(read: Read): Step {
  return { kind: 'stamp', read };
}

/** The number that `digits` digits at `at` make, the first of which may be a blank; -1 when they are none. */
function digitsAt(bytes: Uint8Array, at: number, end: number, digits: number): number {
  if (at + digits > end) return -1;
  const from = digits === 2 && bytes[at] === space ? at + 1 : at;
  if (digits === 2 && from === at) {
    const pair = twoDigits(bytes, at);
    return pair > 99 ? -1 : pair;
  }
  if (bytes[at + digits - 1] < zero) return -1;
  const value = readDecimal(bytes, from, at + digits);
  return cursor.at === at + digits ? value : -1;
}
