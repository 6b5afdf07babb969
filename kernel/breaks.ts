import { newline } from './codes';

/* Finds line breaks, many in one call: see src/bytes/line-breaks.ts. */

export const breakLimit = 1024;
/** u32, relative to what the caller says; room for those of sixteen bytes more. */
export const breaks = memory.data((breakLimit + 16) << 2, 16);

/**
 * Where the line breaks of [from, stop) behind `base` stand: how many. Fewer than `breakLimit`: there are no more; else there may be,
 * behind the last of them.
 */
export function breaksFound(base: usize, from: usize, stop: usize): i32 {
  const end = base + stop;
  const last = breaks + (breakLimit << 2);
  const newlines = i8x16.splat(newline);
  let to = breaks;
  for (let at = base + from; at < end; at += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(at), newlines));
    if (end - at < 16) found &= (1 << <i32>(end - at)) - 1;
    while (found != 0) {
      store<u32>(to, <u32>(at - base + ctz(found)));
      found &= found - 1;
      to += 4;
    }
    if (to >= last) break;
  }
  return <i32>((to - breaks) >> 2);
}
