import { backslash, equals, space } from '../bytes/codes.ts';
import type { NamedFields } from './named-fields.ts';

/**
 * Fills `fields` from 'key=value key=value with blanks key=…': a value ends before the blank in front of the next key; '\='
 * is no separator.
 */
export function readExtension(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.begin();
  let keyStart = start;
  let keyEnd = -1;
  let valueStart = -1;
  let lastBlank = start - 1;
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (code === backslash) at++;
    else if (code === space) lastBlank = at;
    else if (code === equals && at > lastBlank + 1 && isKey(bytes, lastBlank + 1, at)) {
      // A second '=' in one word belongs to the value ('request=http://host/?a=b').
      if (lastBlank + 1 <= keyEnd) continue;
      if (valueStart >= 0)
        fields.set(bytes, keyStart, keyEnd, valueStart, trimmed(bytes, valueStart, lastBlank));
      keyStart = lastBlank + 1;
      keyEnd = at;
      valueStart = at + 1;
    }
  }
  if (valueStart >= 0) fields.set(bytes, keyStart, keyEnd, valueStart, trimmed(bytes, valueStart, end));
}

function trimmed(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  while (stop > start && bytes[stop - 1] === space) stop--;
  return stop;
}

/** Letters, digits and '_', '.', '-', '[', ']'. */
function isKey(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    const letter = code | 32;
    if (
      !(letter >= 97 && letter <= 122) &&
      !(code >= 48 && code <= 57) &&
      code !== 95 &&
      code !== 45 &&
      code !== 46 &&
      code !== 91 &&
      code !== 93
    ) {
      return false;
    }
  }
  return true;
}
