import { backslash, quote } from './codes.ts';

/*
 * How plain bytes of JSON are passed over: four at a time. Whether one of four bytes is the one looked for is told by the
 * borrow of a subtraction (S. E. Anderson, "Bit Twiddling Hacks": determine if a word has a zero byte); the lowest of
 * the bits found is right, those above it may not be.
 *
 * It stops at a line break too, so that the end of a line need not be looked for: it may stop behind `end`, and who called it
 * finds himself past it. Words are read in front of `end` only.
 */

const bits = 0x8080_8080;
const ones = 0x0101_0101;
const quotes = quote * ones;
const backslashes = backslash * ones;
const spaces = 0x2020_2020;

const endsText = Uint8Array.from({ length: 256 }, (_, code) =>
  code === quote || code === backslash || code < 32 ? 1 : 0,
);

/** The first byte from `from` on that ends a string's plain text: a quote, a backslash, or a control character. */
export function textEnd(bytes: Uint8Array, view: DataView, from: number, end: number): number {
  let at = from;
  for (; at + 8 <= end; at += 8) {
    const found = textMarks(view.getInt32(at, true));
    if (found !== 0) return at + lowest(found);
    const next = textMarks(view.getInt32(at + 4, true));
    if (next !== 0) return at + 4 + lowest(next);
  }
  while (endsText[bytes[at]] === 0) at++;
  return at;
}

/** A set bit in the lowest byte of the four that ends text; 0 when none does. */
function textMarks(four: number): number {
  const byQuote = four ^ quotes;
  const byBackslash = four ^ backslashes;
  return (
    (((byQuote - ones) & ~byQuote) | ((byBackslash - ones) & ~byBackslash) | ((four - spaces) & ~four)) & bits
  );
}

/** Which byte of four the lowest set bit is in. */
function lowest(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}
