import { reserve } from './memory';

/*
 * Lists of short words, and what each stands for: see src/bytes/cells.ts. Sixteen bytes are compared at once, and those of
 * capitals folded before.
 *
 *   list      u32 mask of the slots, u32 1 where the case of letters is all the same, …
 *   slot      the word's bytes, zeros behind them; f64 value; u32 length, 0 for nobody
 */

const slotSize: usize = 32;
const head: usize = 16;
/** The longest word. */
export const wordLimit: usize = 16;
/** Sixteen bytes of ones and as many zeros: from the middle back, as many ones as a word is long. */
const kept = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0,
]);

/** A list for `slots` words, a power of two, more than will be put in. */
export function newWords(slots: usize, folded: bool): usize {
  const list = reserve(head + slots * slotSize);
  store<u32>(list, slots - 1);
  store<u32>(list, folded ? 1 : 0, 4);
  return list;
}

/** Puts the word at [from, to), one to sixteen bytes, in lower case where the list is folded. */
export function wordPut(list: usize, from: usize, to: usize, value: f64): void {
  const text = wordOf(list, from, to);
  let slot = slotOf(list, text);
  while (load<u32>(slot, 24) != 0) slot = behind(list, slot);
  v128.store(slot, text);
  store<f64>(slot, value, 16);
  store<usize>(slot, to - from, 24);
}

/** What the word at [from, to) stands for; NaN when it is not in the list. */
@inline
export function wordValue(list: usize, from: usize, to: usize): f64 {
  const length = to - from;
  if (length - 1 >= wordLimit) return NaN;
  const text = wordOf(list, from, to);
  let slot = slotOf(list, text);
  while (true) {
    const size = load<usize>(slot, 24);
    if (size == 0) return NaN;
    if (size == length && i8x16.all_true(i8x16.eq(v128.load(slot), text))) return load<f64>(slot, 16);
    slot = behind(list, slot);
  }
}

@inline
function wordOf(list: usize, from: usize, to: usize): v128 {
  const text = v128.and(v128.load(from), v128.load(kept + wordLimit - (to - from)));
  if (load<u32>(list, 4) == 0) return text;
  const capitals = i8x16.lt_u(i8x16.sub(text, i8x16.splat(65)), i8x16.splat(26));
  return v128.or(text, v128.and(capitals, i8x16.splat(32)));
}

@inline
function slotOf(list: usize, text: v128): usize {
  const mixed =
    (i64x2.extract_lane(text, 0) ^ (i64x2.extract_lane(text, 1) * 0x2545_f491_4f6c_dd1d)) * 0x5851_f42d_4c95_7f2d;
  return list + head + (<usize>(<u64>mixed >> 40) & load<usize>(list)) * slotSize;
}

@inline
function behind(list: usize, slot: usize): usize {
  const next = ((slot - list - head) / slotSize + 1) & load<usize>(list);
  return list + head + next * slotSize;
}
