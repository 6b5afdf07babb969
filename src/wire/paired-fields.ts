import { apostrophe, backslash, comma, equals, quote, space, tab } from '../bytes/codes.ts';
import type { KeyValues } from '../bytes/key-value.ts';
import { isOfKey } from './known-keys.ts';
import type { NamedFields } from './named-fields.ts';

/** What ends a word: 1 blanks and commas, 2 the equals sign. One look-up a byte instead of four comparisons. */
const ends = new Uint8Array(256);
ends[space] = 1;
ends[tab] = 1;
ends[comma] = 1;
ends[equals] = 2;

/**
 * Fills `fields` from 'key=value key="two words"', parted by blanks, tabs or commas; words without '=' are passed over. A
 * value in quotes ends at the next quote that no backslash escapes.
 */
export function readPairs(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.beginLine(bytes, end);
  const kind = ends;
  let at = start;
  while (at < end) {
    const key = at;
    at = fields.behindKey(key);
    if (at === 0) {
      at = key;
      while (at < end && kind[bytes[at]] === 0) at++;
      if (at >= end) return;
      if (bytes[at] !== equals || at === key) {
        at++;
        continue;
      }
      fields.key(bytes, key, at++);
    }
    const mark = at < end ? bytes[at] : space;
    let value = at;
    if (mark === quote || mark === apostrophe) {
      value = ++at;
      let code = 0;
      while (at < end && (code = bytes[at]) !== mark) at += code === backslash ? 2 : 1;
      if (at > end) at = end;
    } else while (at < end && (kind[bytes[at]] & 1) === 0) at++;
    fields.value(fields.current, value, at++);
  }
}

/**
 * Fills `fields` from pairs as `pairs` finds them. `foreseen`: no key can hold what parts them, so that a key which stands
 * where it stood in lines before need not be searched for its end. Whether there is any pair.
 */
export function readKeyValues(
  fields: NamedFields,
  pairs: KeyValues,
  foreseen: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  fields.beginLine(bytes, end);
  pairs.begin(start, end);
  for (let any = false; ; any = true) {
    const behind = foreseen ? fields.behindKey(pairs.word(bytes)) : 0;
    if (behind > 0) pairs.value(bytes, behind);
    else if (pairs.next(bytes)) fields.key(bytes, pairs.keyStart, pairs.keyEnd);
    else return any;
    fields.value(fields.current, pairs.valueStart, pairs.valueEnd);
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
  fields.beginLine(bytes, end);
  const foreseen = !isOfKey(delimiter) && delimiter !== equals;
  let at = start;
  while (at < end) {
    while (at < end && (bytes[at] === delimiter || bytes[at] === space)) at++;
    const key = at;
    let value = foreseen ? fields.behindKey(key) : 0;
    if (value === 0) {
      while (at < end && bytes[at] !== equals && bytes[at] !== delimiter) at++;
      if (at >= end || bytes[at] === delimiter) {
        at++;
        continue;
      }
      fields.key(bytes, key, at);
      value = at + 1;
    }
    at = value;
    while (at < end && bytes[at] !== delimiter) at++;
    let last = at;
    while (last > value && bytes[last - 1] === space) last--;
    fields.value(fields.current, value, last);
    at++;
  }
}
