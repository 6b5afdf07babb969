import { backslash, bracketClose, bracketOpen, dot, equals, minus, space } from '../bytes/codes.ts';
import { Cuts } from '../bytes/cuts.ts';
import type { NamedFields } from './named-fields.ts';

/** Bytes of keys: letters, digits, '_', '.', '-', '[', ']'. */
const ofKey = new Uint8Array(256);
for (const [from, to] of [
  [48, 57],
  [65, 90],
  [97, 122],
])
  ofKey.fill(1, from, to + 1);
for (const code of [95, dot, minus, bracketOpen, bracketClose]) ofKey[code] = 1;

/** Words that are looked for at once. */
const wordsAtOnce = 64;
const words = new Cuts(wordsAtOnce);

/**
 * Fills `fields` from 'key=value key=value with blanks key=…': a value ends before the blank in front of the next key; '\\='
 * is no separator. A second '=' in one word belongs to the value ('request=http://host/?a=b'). Only the beginnings of words are
 * looked at, for only there a key can stand.
 */
export function readExtension(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.beginLine(bytes, end);
  let field = -1;
  let valueStart = -1;
  let from = start;
  while (from <= end) {
    const count = words.find(bytes, from, end, space, backslash, wordsAtOnce);
    for (let word = 0; word < count; word++) {
      const blank = words.at[word];
      // What stands in front of the first of them was cut before, and whether that is odd is forgotten.
      if ((words.odd || word === 0) && isEscaped(bytes, start, blank)) continue;
      let behind = fields.behindKey(blank + 1);
      if (behind === 0) {
        const sign = signBehind(bytes, blank + 1, words.at[word + 1]);
        if (sign === 0) continue;
        fields.key(bytes, blank + 1, sign);
        behind = sign + 1;
      }
      if (valueStart >= 0) fields.value(field, valueStart, trimmed(bytes, valueStart, blank));
      field = fields.current;
      valueStart = behind;
    }
    from = words.at[count] + 1;
  }
  if (valueStart >= 0) fields.value(field, valueStart, trimmed(bytes, valueStart, end));
}

/** Where '=' stands behind the key that begins the word; 0 when none does. */
function signBehind(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && ofKey[bytes[at]] === 1) at++;
  return at > start && at < end && bytes[at] === equals ? at : 0;
}

/** Whether the byte at `at` stands behind a backslash that is not escaped itself. */
function isEscaped(bytes: Uint8Array, start: number, at: number): boolean {
  let from = at;
  while (from > start && bytes[from - 1] === backslash) from--;
  return ((at - from) & 1) === 1;
}

function trimmed(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  while (stop > start && bytes[stop - 1] === space) stop--;
  return stop;
}
