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
