import { comma, equals, space } from '../bytes/codes.ts';
import { KeyValues } from '../bytes/key-value.ts';
import { find } from '../bytes/numbers.ts';
import type { NamedFields } from './named-fields.ts';

const walker = new KeyValues(comma);

/** Fills `fields` from 'key=value key="two words"', parted by blanks or commas. */
export function readPairs(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.begin();
  walker.begin(start, end);
  while (walker.next(bytes)) {
    fields.set(bytes, walker.keyStart, walker.keyEnd, walker.valueStart, walker.valueEnd);
  }
}

/** Where the text behind an octet count and '<PRI>' begins; `start` when there is neither. */
export function behindPriority(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++;
  if (at > start && at < end && bytes[at] === space) at++;
  else at = start;
  if (at >= end || bytes[at] !== 60) return start;
  const from = ++at;
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) at++;
  return at > from && at < end && bytes[at] === 62 ? at + 1 : start;
}

/** Fills `fields` from 'key=value', parted by `delimiter` alone. */
export function readDelimited(
  fields: NamedFields,
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
): void {
  fields.begin();
  let at = start;
  while (at < end) {
    while (at < end && (bytes[at] === delimiter || bytes[at] === space)) at++;
    const stop = find(bytes, at, end, delimiter);
    const sign = find(bytes, at, stop, equals);
    if (sign < stop) {
      let last = stop;
      while (last > sign + 1 && bytes[last - 1] === space) last--;
      fields.set(bytes, at, sign, sign + 1, last);
    }
    at = stop + 1;
  }
}
