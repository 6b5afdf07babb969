import { colon, comma, slash, space } from './codes';
import { digits, integer, ipv4, ipv6, upTo, words } from './values';

/*
 * The two sides of a message of Cisco's firewalls, in one call: see src/formats/cisco-asa.ts, which reads what is of another
 * shape side by side.
 *
 *   outside:192.0.2.7/61000 (203.0.113.9/61000) to NP Identity Ifc:198.51.100.4/22 (198.51.100.4/22)
 *   outside/192.0.2.7(61000) -> inside/198.51.100.4(22)
 */

const parenOpen: u8 = 40;
const parenClose = 41;
const typeWord: u32 = 0x6570_7974;

/** The addresses, four u32 each; i32s: their ports, -1 for none; u32: where the first side ends, relative to `base`. */
export const values = memory.data(48, 16);
const ports: usize = 32;
const firstEnd: usize = 40;

/**
 * Reads the sides in the bytes [start, stop) behind `base`, with the `length` bytes between them of which `between` has the first
 * four, into {@link values}. Returns where the second one ends, as they are; 0 when one is of another shape.
 */
export function sidesRead(base: usize, start: usize, stop: usize, between: u32, length: usize): usize {
  const end = base + stop;
  let at = side(base + start, end, 0);
  if (at == 0 || at + length >= end) return 0;
  store<u32>(values, <u32>(at - base), firstEnd);
  // What is between them ends with a blank.
  if (load<u32>(at) != between || load<u8>(at + length - 1) != space) return 0;
  at = side(at + length, end, 1);
  return at == 0 ? 0 : at - base;
}

/** Where the `nth` side, which begins at `from`, ends; 0 when it is of another shape. */
function side(from: usize, end: usize, nth: usize): usize {
  let at = from;
  if (isLetter(load<u8>(from), 103) || (isLetter(load<u8>(from), 97) && isLetter(load<u8>(from, 1), 103))) {
    // No address begins so: the name of an interface.
    const text = v128.load(from);
    const marks = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(text, i8x16.splat(colon)), i8x16.eq(text, i8x16.splat(slash))),
        v128.or(i8x16.eq(text, i8x16.splat(comma)), i8x16.eq(text, i8x16.splat(parenOpen))),
      ),
    );
    if (marks == 0) return 0;
    at += ctz(marks);
    if (load<u8>(at) != colon && load<u8>(at) != slash) return 0;
    at++;
  }
  if (at >= end) return 0;
  const address = values + (nth << 4);
  const text = v128.load(at);
  const numbers = i8x16.sub(text, i8x16.splat(48));
  const others = i8x16.bitmask(
    v128.or(i8x16.eq(i8x16.min_u(numbers, i8x16.splat(9)), numbers), i8x16.eq(text, i8x16.splat(46))),
  ) ^ 0xffff;
  if (others == 0) return 0;
  const behind = min(end, at + ctz(others));
  const v4 = ipv4(at, behind);
  if (v4 >= 0) {
    store<u64>(address, 0);
    store<u32>(address, 0xffff, 8);
    store<u32>(address, <u32>v4, 12);
    at = behind;
  } else {
    at = ipv6(at, end);
    if (at == 0) return 0;
    v128.store(address, v128.load(words));
  }
  let port: i32 = -1;
  if (at < end && (load<u8>(at) == slash || load<u8>(at) == parenOpen)) {
    const count = digits(at + 1);
    if (count - 1 > 4 || at + 1 + count >= end) return 0;
    port = <i32>integer(at + 1, at + 1 + count);
    if (port > 65_535) return 0;
    at += 1 + count;
    if (load<u8>(at) == parenClose) at++;
  }
  store<i32>(values + ports + (nth << 2), port);
  // '(203.0.113.9/61000)', '(LOCAL\user)'; '(type 8, code 0)' is no part of the side.
  while (true) {
    let open = at;
    while (open < end && load<u8>(open) == space) open++;
    if (open >= end || load<u8>(open) != parenOpen) return at;
    if (load<u32>(open, 1) == typeWord && open + 5 <= end) return at;
    at = min(end, upTo(open, end, parenClose) + 1);
  }
  return 0;
}

/** Whether it is a letter from `first` on, of any case. */
@inline
function isLetter(code: u8, first: u8): bool {
  const letter = code | 32;
  return letter >= first && letter <= 122;
}
