/*
 * Values of columns, read without a branch per digit. Eight digits are added up in three multiplications (D. Lemire,
 * "Quickly parsing eight digits", 2018); that all of them are digits is told by one sum: 0x76 lifts what is above 9 to 0x80.
 */

const zeros: u64 = 0x3030_3030_3030_3030;
const dot: i8 = 46;

/** Eight digits in their order, without their zeros: the value, or -1 when one of them is none. */
@inline
function eightDigits(digits: u64): i64 {
  if ((((digits + 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080) != 0) return -1;
  const pairs = digits * 10 + (digits >> 8);
  return (
    (((pairs & 0x0000_00ff_0000_00ff) * 0x000f_4240_0000_0064 +
      ((pairs >> 16) & 0x0000_00ff_0000_00ff) * 0x0000_2710_0000_0001) >>
      32) as i64
  );
}

/** The whole of `[from, to)` as an integer of up to fifteen digits; -1 when it is anything else. */
@inline
export function integer(from: usize, to: usize): f64 {
  const length = <i32>(to - from);
  if (<u32>(length - 1) < 8) {
    const shift = (8 - length) << 3;
    return <f64>eightDigits((load<u64>(from) << shift) ^ (zeros << shift));
  }
  if (<u32>(length - 1) >= 15) return -1;
  const low = eightDigits(load<u64>(to - 8) ^ zeros);
  const shift = (16 - length) << 3;
  const high = eightDigits((load<u64>(from) << shift) ^ (zeros << shift));
  return low < 0 || high < 0 ? -1 : <f64>(high * 100_000_000 + low);
}

/** '1795307531.250000', ten digits and six, as µs; NaN when it is anything else. */
@inline
export function stamp(from: usize, to: usize): f64 {
  if (to - from != 17 || load<u8>(from, 10) != dot) return NaN;
  const high = eightDigits(load<u64>(from) ^ zeros);
  const seconds = eightDigits(((load<u64>(from, 8) & 0xffff) << 48) ^ (zeros << 48));
  const micros = eightDigits(((load<u64>(from, 9) >> 16) << 16) ^ (zeros << 16));
  if (high < 0 || seconds < 0 || micros < 0) return NaN;
  return <f64>((high * 100 + seconds) * 1_000_000 + micros);
}

/** Ten digits of seconds, the first no zero, and up to nine of a fraction, as µs, the rest cut off; NaN when it is anything else. */
@inline
export function epoch(from: usize, to: usize): f64 {
  if (to - from < 10 || load<u8>(from) == 48) return NaN;
  const seconds = integer(from, from + 10);
  if (seconds < 0) return NaN;
  if (to - from == 10) return seconds * 1_000_000;
  const part = fraction(from + 10, to);
  return part < 0 ? NaN : seconds * 1_000_000 + <f64>part;
}

/** Up to seven digits of seconds, and a fraction of up to six, as µs; NaN when it is anything else. */
@inline
export function micros(from: usize, to: usize): f64 {
  const length = digits(from);
  if (length - 1 > 6 || from + length > to) return NaN;
  const seconds = integer(from, from + length);
  if (from + length == to) return seconds * 1_000_000;
  if (to - from - length > 7) return NaN;
  const part = fraction(from + length, to);
  return part < 0 ? NaN : seconds * 1_000_000 + <f64>part;
}

/** '.25' as µs: a dot and one to nine digits, of which six are read; -1 when it is anything else. */
@inline
function fraction(from: usize, to: usize): i64 {
  const length = <i32>(to - from) - 1;
  if (<u32>(length - 1) > 8 || load<i8>(from) != dot) return -1;
  if (length == 9 && <u32>load<u8>(from, 9) - 48 > 9) return -1;
  const shift = (8 - min(length, 8)) << 3;
  const value = eightDigits((load<u64>(from, 1) << shift >> shift) ^ (zeros << shift >> shift));
  return value < 0 ? -1 : value / 100;
}

/** The whole of `[from, to)` as an IPv4 address in dotted decimal; -1 when it is anything else. */
@inline
export function ipv4(from: usize, to: usize): i64 {
  const length = <i32>(to - from);
  if (<u32>(length - 7) > 8) return -1;
  let dots = i8x16.bitmask(i8x16.eq(v128.load(from), i8x16.splat(dot))) & ((1 << length) - 1);
  if (popcnt(dots) != 3) return -1;
  const first = ctz(dots);
  dots &= dots - 1;
  const second = ctz(dots);
  dots &= dots - 1;
  const third = ctz(dots);
  const a = octet(from, first);
  const b = octet(from + first + 1, second - first - 1);
  const c = octet(from + second + 1, third - second - 1);
  const d = octet(from + third + 1, length - third - 1);
  // What is none has bits above the eighth.
  if (((a | b | c | d) & ~255) != 0) return -1;
  return (<i64>((a << 24) | (b << 16) | (c << 8) | d)) & 0xffff_ffff;
}

/** One to three digits; more than 255 when they are none, or another number of them. */
@inline
function octet(from: usize, length: i32): i32 {
  if (<u32>(length - 1) > 2) return -1;
  const shift = (4 - length) << 3;
  const digits = (load<u32>(from) << shift) ^ (<u32>0x3030_3030 << shift);
  if ((((digits + 0x7676_7676) | digits) & 0x8080_8080) != 0) return -1;
  return <i32>(((digits >> 8) & 255) * 100 + ((digits >> 16) & 255) * 10 + (digits >> 24));
}

/** Four u32: the address that {@link ipv6} read last. */
export const words = memory.data(16, 16);
const colonByte: i8 = 58;

/**
 * An IPv6 address of nothing but hexadecimal groups from `from` on, in front of `stop`, into {@link words}: where it ends; 0
 * when it is of another shape (with a zone, an IPv4 address or a port behind it) or none.
 */
export function ipv6(from: usize, stop: usize): usize {
  const most = <i32>(stop - from);
  if (most < 2) return 0;
  let colons: u64 = 0;
  let others: u64 = 0;
  let at = from;
  for (let shift: u64 = 0; shift < 48; shift += 16) {
    const text = v128.load(at);
    const values = i8x16.sub(text, i8x16.splat(48));
    const letters = i8x16.sub(v128.or(text, i8x16.splat(32)), i8x16.splat(97));
    const hexes = v128.or(
      i8x16.eq(i8x16.min_u(values, i8x16.splat(9)), values),
      i8x16.eq(i8x16.min_u(letters, i8x16.splat(5)), letters),
    );
    const colonsHere = i8x16.eq(text, i8x16.splat(colonByte));
    colons |= <u64>i8x16.bitmask(colonsHere) << shift;
    others = <u64>(i8x16.bitmask(v128.or(hexes, colonsHere)) ^ 0xffff) << shift;
    if (others != 0) break;
    at += 16;
  }
  let length = others == 0 ? 48 : <i32>ctz(others);
  if (length >= most) length = most;
  else if (length == 48) return 0;
  else {
    const next = load<u8>(from + length);
    if (next == dot || next == 37) return 0;
  }
  let rest = colons & ((<u64>1 << length) - 1);
  const pairs = rest & (rest >> 1);
  let gap: i32 = -1;
  let behind: i32 = 0;
  if (pairs == 0) {
    if (popcnt(rest) != 7) return 0;
  } else {
    gap = <i32>ctz(pairs);
    if ((pairs & (pairs - 1)) != 0) return 0;
    if (length > gap + 2) behind = <i32>popcnt(rest >> (gap + 2)) + 1;
    const before = gap == 0 ? 0 : <i32>popcnt(rest & ((<u64>1 << gap) - 1)) + 1;
    if (before + behind > 7) return 0;
    v128.store(words, i32x4.splat(0));
  }
  let group: i32 = 0;
  let begin: i32 = 0;
  if (gap == 0) {
    group = 8 - behind;
    begin = 2;
    rest &= ~3;
    if (behind == 0) return from + length;
  }
  while (true) {
    const end = rest == 0 ? length : <i32>ctz(rest);
    const size = end - begin;
    if (<u32>(size - 1) > 3) return 0;
    // The first half of a word is behind the second in memory.
    store<u16>(words + ((group ^ 1) << 1), hexGroup(from + begin, size));
    group++;
    if (rest == 0) return from + length;
    rest &= rest - 1;
    begin = end + 1;
    if (end == gap) {
      if (behind == 0) return from + length;
      group = 8 - behind;
      begin++;
      rest &= rest - 1;
    }
  }
  return 0;
}

/** One to four hexadecimal digits. */
@inline
function hexGroup(from: usize, size: i32): u32 {
  const digits = load<u32>(from) << ((4 - size) << 3);
  // Letters have bit 6, and nine more than their low half.
  const values = (digits & 0x0f0f_0f0f) + ((digits >> 6) & 0x0101_0101) * 9;
  return ((values & 15) << 12) | ((values & 0xf00)) | ((values >> 12) & 0xf0) | (values >> 24);
}

/** i32: the port that {@link endpointRead} read last, -1 for none. */
export const endpointPort = memory.data(4, 4);

/**
 * 'address', 'address:port' or '[v6]:port' over all of the bytes [start, stop) behind `base`, or up to the first byte `mark` of
 * them (0: none ends it), into {@link words} and {@link endpointPort}: where it ends, relative to `base`. `ported`: behind the last colon of an IPv6
 * address is a port. -1 when it is of another shape or none.
 */
export function endpointRead(base: usize, start: usize, stop: usize, ported: bool, mark: i32): i32 {
  const from = base + start;
  let to = base + stop;
  if (mark != 0) to = upTo(from, to, mark);
  if (to <= from) return -1;
  const colons = i8x16.bitmask(i8x16.eq(v128.load(from), i8x16.splat(colonByte)));
  const first = colons == 0 ? to : min(to, from + ctz(colons));
  const v4 = ipv4(from, first);
  let at = first;
  if (v4 >= 0) {
    store<u32>(words, 0);
    store<u32>(words, 0, 4);
    store<u32>(words, 0xffff, 8);
    store<u32>(words, <u32>v4, 12);
  } else if (load<u8>(from) == 91) {
    at = ipv6(from + 1, to);
    if (at == 0 || at >= to || load<u8>(at) != 93) return -1;
    at++;
  } else {
    let end = to;
    if (ported) {
      // A port has no more than five digits.
      do end--; while (end > from && to - end < 6 && load<u8>(end) != <u8>colonByte);
      if (load<u8>(end) != <u8>colonByte) return -1;
    }
    at = ipv6(from, end);
    if (at != end) return -1;
  }
  let port: i32 = -1;
  if (at < to) {
    if (load<u8>(at) != <u8>colonByte || to - at > 6) return -1;
    port = <i32>integer(at + 1, to);
    if (<u32>port > 65_535) return -1;
  }
  store<i32>(endpointPort, port);
  return <i32>(to - base);
}

/** Where `mark` stands from `from` on; `to` when it does not come before. */
@inline
export function upTo(from: usize, to: usize, mark: i32): usize {
  const marks = i8x16.splat(<i8>mark);
  for (let at = from; at < to; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), marks));
    if (found != 0) return min(to, at + ctz(found));
  }
  return to;
}

/** {@link ipv6} of the bytes [start, stop) behind `base`: where it ends, relative to `base` as they are; -1 when it is none. */
export function ipv6Read(base: usize, start: usize, stop: usize): i32 {
  const to = ipv6(base + start, base + stop);
  return to == 0 ? -1 : <i32>(to - base);
}

/** The next blank or line break from `from` on. */
@inline
export function blank(from: usize): usize {
  let at = from;
  while (true) {
    const text = v128.load(at);
    const ends = i8x16.bitmask(v128.or(i8x16.eq(text, i8x16.splat(32)), i8x16.eq(text, i8x16.splat(10))));
    if (ends != 0) return at + ctz(ends);
    at += 16;
  }
}

/** How many digits stand at `from`, up to sixteen. */
@inline
export function digits(from: usize): usize {
  const values = i8x16.sub(v128.load(from), i8x16.splat(48));
  const others = i8x16.bitmask(i8x16.eq(i8x16.min_u(values, i8x16.splat(9)), values)) ^ 0xffff;
  return others == 0 ? 16 : ctz(others);
}
