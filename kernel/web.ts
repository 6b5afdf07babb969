import { quote, space } from './codes';
import { textEnd } from './search';
import { blank, integer, ipv4 } from './values';

/*
 * A line of an access log as most are: see src/formats/web-access.ts, which reads what is of another shape part by part.
 *
 *   192.0.2.7 - - [22/Nov/2026:00:32:11 +0000] "GET /path?query HTTP/1.1" 404 153 "referer" "agent"
 */

export const values = memory.data(13 * 4, 16);
// u32s; places are relative to `base`.
const client: usize = 0;
const stamp: usize = 4;
const request: usize = 8;
const requestEnd: usize = 12;
const status: usize = 16;
/** i32, -1 for none. */
const size: usize = 20;
const referer: usize = 24;
const refererEnd: usize = 28;
const agent: usize = 32;
const agentEnd: usize = 36;
/** Where method and target end, and the '?' in it or its end; method is 0 where the request is of another shape. */
const method: usize = 40;
const target: usize = 44;
const query: usize = 48;

const bracketClose: u8 = 93;

/** Reads the line from `start` to `stop`. Returns the place behind what was read of it; 0 when it is of another shape. */
export function webUsual(base: usize, start: usize, stop: usize): usize {
  const end = base + stop;
  let at = base + start;
  const blanks = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(space)));
  if (blanks == 0) return 0;
  const behind = at + ctz(blanks);
  const address = ipv4(at, behind);
  // ' - - [', a stamp of twenty-six bytes, '] "'
  if (address < 0 || load<u32>(behind) != 0x2d20_2d20 || load<u16>(behind, 4) != 0x5b20) return 0;
  if (behind + 36 >= end || load<u8>(behind, 32) != bracketClose || load<u16>(behind, 33) != 0x2220) return 0;
  const asked = behind + 35;
  at = textEnd(asked);
  // '" 404 '
  if (at + 5 > end || load<u16>(at) != 0x2022) return 0;
  const code = integer(at + 2, at + 5);
  if (code < 0) return 0;
  store<u32>(values, <u32>address, client);
  store<usize>(values, behind + 6 - base, stamp);
  store<usize>(values, asked - base, request);
  store<usize>(values, at - base, requestEnd);
  store<u32>(values, <u32>code, status);
  parts(base, asked, at);
  at += 5;
  let length: i32 = -1;
  if (at + 1 < end && load<u8>(at) == space) {
    const from = at + 1;
    at = blank(from);
    if (at > end) at = end;
    const number = at - from > 8 ? -1 : integer(from, at);
    if (number < 0 && (load<u8>(from) != 45 || at != from + 1)) return 0;
    length = <i32>number;
  }
  store<i32>(values, length, size);
  store<u64>(values, 0, referer);
  store<u64>(values, 0, agent);
  for (let field = referer; field <= agent && at + 1 < end && load<u16>(at) == 0x2220; field += agent - referer) {
    const from = at + 2;
    at = textEnd(from);
    if (at >= end || load<u8>(at) != quote) return 0;
    // '-' is nothing.
    if (at - from > 1 || (at - from == 1 && load<u8>(from) != 45)) {
      store<usize>(values + field, from - base);
      store<usize>(values + field, at - base, 4);
    }
    at++;
  }
  return at - base;
}

/** u32s, relative to `base`: where host and port of {@link targetAbsolute} end, and the '?' behind them or the target's end. */
export const targetParts = memory.data(8, 4);

/** Splits 'http://host:port/path?query', the bytes [start, stop) behind `base`: where the host begins; -1 for another target. */
export function targetAbsolute(base: usize, start: usize, stop: usize): i32 {
  const end = base + stop;
  let at = base + start;
  const scheme = load<u64>(at);
  // 'http://' or 'https://'
  if ((scheme & 0xff_ffff_ffff_ffff) == 0x2f_2f3a_7074_7468) at += 7;
  else if (scheme == 0x2f2f_3a73_7074_7468) at += 8;
  else return -1;
  if (at > end) return -1;
  const host = at;
  let query: usize = 0;
  let ends: usize = 0;
  for (; at < end && query == 0; at += 16) {
    const text = v128.load(at);
    const queries = i8x16.bitmask(i8x16.eq(text, i8x16.splat(63)));
    if (ends == 0) {
      const marks =
        queries | i8x16.bitmask(v128.or(i8x16.eq(text, i8x16.splat(47)), i8x16.eq(text, i8x16.splat(35))));
      // What stands in front of the end of the host is none.
      if (marks != 0) ends = at + ctz(marks);
    }
    if (queries != 0) query = at + ctz(queries);
  }
  store<u32>(targetParts, <u32>((ends == 0 ? end : min(ends, end)) - base));
  store<u32>(targetParts, <u32>((query == 0 ? end : min(query, end)) - base), 4);
  return <i32>(host - base);
}

/** Splits the request line [start, stop) behind `base`, as that of a whole line is; false when it is of another shape. */
export function requestUsual(base: usize, start: usize, stop: usize): bool {
  parts(base, base + start, base + stop);
  return load<usize>(values, method) != 0;
}

/** Splits 'GET /path?query HTTP/1.1' where its parts are plain. */
function parts(base: usize, from: usize, to: usize): void {
  store<usize>(values, 0, method);
  const text = v128.load(from);
  const blanks = i8x16.bitmask(i8x16.eq(text, i8x16.splat(space)));
  const length = ctz(blanks);
  const letter = i8x16.sub(v128.or(text, i8x16.splat(0x20)), i8x16.splat(97));
  const letters = i8x16.bitmask(i8x16.eq(i8x16.min_u(letter, i8x16.splat(25)), letter));
  const targetAt = from + length + 1;
  // ' HTTP/1.1', ' HTTP/2.0', ' HTTP/3'; the target is '/…'.
  if (blanks == 0 || length == 0 || ((letters ^ -1) & ((1 << length) - 1)) != 0) return;
  if (targetAt + 8 > to || load<u8>(targetAt) != 47) return;
  let end = to - 9;
  const version = load<u64>(end);
  if (targetAt >= end || (version != 0x2e31_2f50_5454_4820 && version != 0x2e32_2f50_5454_4820)) {
    end = to - 7;
    if ((load<u64>(end) & 0xffff_ffff_ffff) != 0x2f50_5454_4820) return;
  }
  let at = targetAt;
  let marks: i32;
  while (true) {
    marks = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(63)));
    if (marks != 0) at += ctz(marks);
    if (marks != 0 || at >= end) break;
    at += 16;
  }
  store<usize>(values, targetAt - 1 - base, method);
  store<usize>(values, end - base, target);
  store<usize>(values, min(at, end) - base, query);
}
