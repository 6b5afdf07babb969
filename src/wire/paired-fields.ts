import { comma, space } from '../bytes/codes.ts';
import { KeyValues } from '../bytes/key-value.ts';
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
