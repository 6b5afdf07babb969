import { minus } from './codes';
import { readAt } from './json';
import { pickEnds, pickKinds, pickStarts } from './picker';

/*
 * Which field of a JSON record says which part of a request: see src/wire/json-requests.ts. Of the many names that a part may have,
 * a record has one; most fields are absent.
 */

const partLimit = 32;
const escaped: u8 = 2;
const number: u8 = 3;

/** Of the parts found last: where they stand, as their fields do, and whether they have escapes. */
export const starts = memory.data(partLimit << 2, 16);
export const ends = memory.data(partLimit << 2, 16);
export const escapes = memory.data(partLimit, 16);

/**
 * Finds the parts in the object that `pick` read last, in its fields from `first` on, `fields` in all. `parts`: u8 by field, below
 * 32; fields of one part stand together, best first. The first that holds a string or a number counts; '-' and '' are nothing.
 * Returns a bit by part.
 */
export function partsFind(pick: usize, parts: usize, first: i32, fields: i32): u32 {
  const kinds = load<usize>(pick, pickKinds);
  const fieldStarts = load<usize>(pick, pickStarts);
  const fieldEnds = load<usize>(pick, pickEnds);
  const none = i8x16.splat(0);
  let present: u32 = 0;
  for (let wide = first & ~15; wide < fields; wide += 16) {
    let found = i8x16.bitmask(i8x16.ne(v128.load(kinds + wide), none));
    if (wide < first) found &= -1 << (first - wide);
    for (; found != 0; found &= found - 1) {
      const field = wide + ctz(found);
      if (field >= fields) break;
      const part = load<u8>(parts + field);
      const kind = load<u8>(kinds + field);
      if (kind > number || ((present >> part) & 1) != 0) continue;
      const from = load<u32>(fieldStarts + (field << 2));
      const to = load<u32>(fieldEnds + (field << 2));
      if (to == from || (to - from == 1 && load<u8>(readAt() + from) == minus)) continue;
      store<u32>(starts + (part << 2), from);
      store<u32>(ends + (part << 2), to);
      store<u8>(escapes + part, kind == escaped ? 1 : 0);
      present |= 1 << part;
    }
  }
  return present;
}
