import { backslash, bracketClose, bracketOpen, dot, equals, minus, space } from '../bytes/codes.ts';
import type { NamedFields } from './named-fields.ts';

/** What a byte is: 0 of a key (letters, digits, '_', '.', '-', '[', ']'), 1 anything else, or what is to be looked at. */
const Kind = { odd: 1, blank: 2, sign: 3, escape: 4 } as const;
const kinds = new Uint8Array(256).fill(Kind.odd);
for (const [from, to] of [
  [48, 57],
  [65, 90],
  [97, 122],
])
  kinds.fill(0, from, to + 1);
for (const code of [95, dot, minus, bracketOpen, bracketClose]) kinds[code] = 0;
kinds[space] = Kind.blank;
kinds[equals] = Kind.sign;
kinds[backslash] = Kind.escape;

/**
 * Fills `fields` from 'key=value key=value with blanks key=…': a value ends before the blank in front of the next key; '\='
 * is no separator. A second '=' in one word belongs to the value ('request=http://host/?a=b').
 */
export function readExtension(fields: NamedFields, bytes: Uint8Array, start: number, end: number): void {
  fields.beginLine(bytes, end);
  const kind = kinds;
  let field = -1;
  let valueStart = -1;
  let lastBlank = start - 1;
  let lastOdd = lastBlank;
  let at = fields.behindKey(start);
  if (at > 0) {
    field = fields.current;
    valueStart = at;
    lastOdd = at - 1;
  } else at = start;
  for (; at < end; at++) {
    const what = kind[bytes[at]];
    if (what === 0) continue;
    if (what === Kind.blank) {
      lastBlank = at;
      const behind = fields.behindKey(at + 1);
      if (behind === 0) continue;
      if (valueStart >= 0) fields.value(field, valueStart, trimmed(bytes, valueStart, at));
      field = fields.current;
      valueStart = behind;
      at = behind - 1;
    } else if (what === Kind.sign && at > lastBlank + 1 && lastOdd <= lastBlank) {
      if (valueStart >= 0) fields.value(field, valueStart, trimmed(bytes, valueStart, lastBlank));
      fields.key(bytes, lastBlank + 1, at);
      field = fields.current;
      valueStart = at + 1;
    }
    lastOdd = at;
    if (what === Kind.escape) at++;
  }
  if (valueStart >= 0) fields.value(field, valueStart, trimmed(bytes, valueStart, end));
}

function trimmed(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  while (stop > start && bytes[stop - 1] === space) stop--;
  return stop;
}
