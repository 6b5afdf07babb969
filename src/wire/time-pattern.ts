import { plus, space } from '../bytes/codes.ts';
import { cursor, readDecimal } from '../bytes/numbers.ts';
import { dayMicros, daysFromCivil, isDate, monthName, readFraction, readOffset } from '../bytes/times.ts';
import type { Zone } from '../bytes/zone.ts';

/** Directives of strptime(3) that are understood, and how many digits a number of them has at most. */
const digits: Readonly<Record<string, number>> = { Y: 4, y: 2, m: 2, d: 2, e: 2, H: 2, I: 2, M: 2, S: 2 };
const known = 'Yymbdehfz%pHIMS';

/** Why `pattern` is none, '' when it is one: for schemas. */
export function patternProblem(pattern: string): string {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '%') continue;
    const letter = pattern.at(++i);
    if (letter === undefined || !known.includes(letter)) return `%${letter ?? ''} is not known`;
  }
  for (const [needed, some] of [
    ['d', /%[de]/],
    ['H', /%[HI]/],
    ['M', /%M/],
  ] as const) {
    if (!some.test(pattern)) return `%${needed} is missing`;
  }
  if (!/%[mbh]/.test(pattern)) return '%m or %b is missing';
  return /%[Yy]/.test(pattern) ? '' : '%Y is missing';
}

/** Stamps by a pattern of strptime(3): '%d.%m.%Y %H:%M:%S'. One instance per reader. */
export class TimePattern {
  readonly #pattern: string;
  readonly #zone: Zone;

  /** `zone`: of stamps without %z. */
  constructor(pattern: string, zone: Zone) {
    this.#pattern = pattern;
    this.#zone = zone;
  }

  /** µs UTC of the stamp that fills `bytes[start, end)`; NaN when it is none. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const pattern = this.#pattern;
    let year = -1;
    let month = 0;
    let day = 0;
    let hour = 0;
    let minute = 0;
    let second = 0;
    let micros = 0;
    let half = -1;
    let offset = Number.NaN;
    let at = start;
    for (let i = 0; i < pattern.length; i++) {
      const code = pattern.charCodeAt(i);
      if (code !== 37) {
        if (at >= end || bytes[at] !== code) return Number.NaN;
        at++;
        continue;
      }
      const letter = pattern[++i];
      const width = digits[letter];
      if (width !== undefined) {
        if (letter === 'e') at = afterBlanks(bytes, at, end);
        const value = readDecimal(bytes, at, Math.min(end, at + width));
        if (value < 0) return Number.NaN;
        at = cursor.at;
        if (letter === 'Y') year = value;
        else if (letter === 'y') year = value < 69 ? 2000 + value : 1900 + value;
        else if (letter === 'm') month = value;
        else if (letter === 'd' || letter === 'e') day = value;
        else if (letter === 'M') minute = value;
        else if (letter === 'S') second = value;
        else hour = value;
      } else if (letter === 'b' || letter === 'h') {
        if (at + 3 > end) return Number.NaN;
        month = monthName(bytes, at);
        at += 3;
      } else if (letter === 'p') {
        const first = bytes[at] | 32;
        if (at + 2 > end || (bytes[at + 1] | 32) !== 109 || (first !== 97 && first !== 112))
          return Number.NaN;
        half = first === 112 ? 12 : 0;
        at += 2;
      } else if (letter === 'f') {
        // Digits behind the point that the pattern names itself.
        micros = readFraction(pointed, pointedDigits(bytes, at, end), pointed.length);
        const from = at;
        while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++;
        if (at === from) return Number.NaN;
      } else if (letter === 'z') {
        offset = readOffset(bytes, at, end);
        if (Number.isNaN(offset)) return Number.NaN;
        at = cursor.at;
      } else if (at < end && bytes[at] === 37) at++;
      else return Number.NaN;
    }
    if (at !== end || !isDate(year, month, day) || minute > 59 || second > 60) return Number.NaN;
    if (half >= 0) {
      if (hour < 1 || hour > 12) return Number.NaN;
      hour = (hour % 12) + half;
    } else if (hour > 23) return Number.NaN;
    const local =
      daysFromCivil(year, month, day) * dayMicros + ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
    return Number.isNaN(offset) ? this.#zone.toUtc(local) : local - offset;
  }
}

function afterBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === space) at++;
  return at;
}

/** '.' and up to nine digits, for {@link readFraction}. */
const pointed = new Uint8Array(11);

function pointedDigits(bytes: Uint8Array, at: number, end: number): number {
  pointed.fill(plus);
  pointed[0] = 46;
  for (let i = 0; i < 9 && at + i < end; i++) {
    const code = bytes[at + i];
    if (code < 48 || code > 57) break;
    pointed[i + 1] = code;
  }
  return 0;
}
