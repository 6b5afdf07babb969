import { backslash, minus, quote, space } from './codes';

// Positions are relative to `base`; where nothing is found they are `stop`. Loads may reach behind it: see memory.ts.

/** The first byte from `from` on that is one of three and stands behind a blank or a '-'. */
export function searchWord(base: usize, from: usize, stop: usize, a: u8, b: u8, c: u8): usize {
  const first = i8x16.splat(a);
  const second = i8x16.splat(b);
  const third = i8x16.splat(c);
  for (let at = from; at < stop; at += 16) {
    const text = v128.load(base + at);
    const before = v128.load(base + at - 1);
    const found = i8x16.bitmask(
      v128.and(
        v128.or(i8x16.eq(text, first), v128.or(i8x16.eq(text, second), i8x16.eq(text, third))),
        v128.or(i8x16.eq(before, i8x16.splat(space)), i8x16.eq(before, i8x16.splat(minus))),
      ),
    );
    if (found != 0) return min(at + ctz(found), stop);
  }
  return stop;
}

/**
 * The first byte from `from` on that ends the plain text of a string: a quote, a backslash, or a control character, of which line
 * breaks stand behind everything that is read. These are addresses.
 */
@inline
export function textEnd(from: usize): usize {
  let at = from;
  while (true) {
    const text = v128.load(at);
    const ends = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(text, i8x16.splat(quote)), i8x16.eq(text, i8x16.splat(backslash))),
        i8x16.eq(i8x16.min_u(text, i8x16.splat(31)), text),
      ),
    );
    if (ends != 0) return at + ctz(ends);
    at += 16;
  }
}
