import { reserve } from './memory';

/*
 * What lines begin with, to know one again by all of its bytes: see src/bytes/known-heads.ts. Addresses throughout.
 *
 *   head      u32 length, 0 for none; from byte 16 on what it says
 */

const room: usize = 96;
const textAt: usize = 16;
const headSize: usize = textAt + room;
/** How many are kept, and of which lengths. */
export const headCount: usize = 16;
export const headShortest: usize = 16;
export const headLongest: usize = room;

export function newHeads(): usize {
  return reserve(headCount * headSize);
}

/** Puts `length` bytes at `from` in place of head `index`. Places are filled from the first on. */
export function headPut(heads: usize, index: usize, from: usize, length: usize): void {
  const head = heads + index * headSize;
  memory.copy(head + textAt, from, length);
  store<usize>(head, length);
}

/** Which head the text at `from` begins with, the first such; -1 for none. It ends at `stop`. */
export function headFind(heads: usize, from: usize, stop: usize): i32 {
  let head = heads;
  for (let index: i32 = 0; index < <i32>headCount; index++) {
    const length = load<usize>(head);
    if (length == 0) return -1;
    // What several have in common they begin with.
    if (from + length <= stop && same(head + textAt, from, length - 16)) {
      let at: usize = 0;
      while (at + 16 < length && same(head + textAt, from, at)) at += 16;
      if (at + 16 >= length) return index;
    }
    head += headSize;
  }
  return -1;
}

@inline
function same(a: usize, b: usize, at: usize): bool {
  return !v128.any_true(v128.xor(v128.load(a + at), v128.load(b + at)));
}
