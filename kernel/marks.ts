import { reserve } from './memory';

/*
 * Finds many texts in a line at once: see src/bytes/text-marks.ts. The three bytes that each begins with are looked up for
 * sixteen places in a row by their halves, as "Teddy" does (Hyperscan, G. Langdale, 2015), eight groups of texts in the bits of
 * a byte; only places that a group may begin at are compared.
 */

// A list.
/** Six tables of sixteen bytes: groups by the low and the high half of a text's first, second and third byte. */
const listHalves: usize = 0;
/** u32 for each of eight groups: its first text's record, 0 for none. */
const listGroups: usize = 96;
const listFound: usize = 128;
const listFoundEnd: usize = 132;
const listRecord: usize = 144;

// A text.
const textNext: usize = 0;
const textLength: usize = 4;
const textBytes: usize = 8;
/** Where its places are: i32 the first, i32 the last. */
const textFound: usize = 12;
const textRecord: usize = 16;

/** Bits of the groups that may begin at each of sixteen places. */
const groupsAt = memory.data(16, 16);

export function marksList(count: usize): usize {
  const list = reserve(listRecord);
  memory.fill(list, 0, listRecord);
  const bytes = ((count << 3) + 15) & ~15;
  const found = reserve(bytes);
  store<usize>(list, found, listFound);
  store<usize>(list, found + bytes, listFoundEnd);
  return list;
}

/** Pairs of i32, one for each text: its first and last place, -1 for none. */
export function marksFound(list: usize): usize {
  return load<usize>(list, listFound);
}

/** `text`: `length` bytes that stay where they are, with sixteen readable ones behind them. `group`: 0 … 7. */
export function marksText(list: usize, i: usize, text: usize, length: usize, group: i32): void {
  const record = reserve(textRecord);
  const slot = list + listGroups + (<usize>group << 2);
  store<usize>(record, load<usize>(slot), textNext);
  store<usize>(record, length, textLength);
  store<usize>(record, text, textBytes);
  store<usize>(record, load<usize>(list, listFound) + (i << 3), textFound);
  store<usize>(slot, record);
  const bit: u8 = 1 << <u8>group;
  for (let byte: usize = 0; byte < 3; byte++) {
    const halves = list + listHalves + (byte << 5);
    if (byte < length) {
      const code = <usize>load<u8>(text + byte);
      addTo(halves + (code & 15), bit);
      addTo(halves + 16 + (code >> 4), bit);
    } else for (let half: usize = 0; half < 32; half++) addTo(halves + half, bit);
  }
}

function addTo(at: usize, bit: u8): void {
  store<u8>(at, load<u8>(at) | bit);
}

/** Finds the list's texts in the bytes [start, stop) behind `base`, relative to which their places are. */
export function marksFind(list: usize, base: usize, start: usize, stop: usize): void {
  const none = i32x4.splat(-1);
  const foundEnd = load<usize>(list, listFoundEnd);
  for (let found = load<usize>(list, listFound); found < foundEnd; found += 16) v128.store(found, none);
  const firstLow = v128.load(list);
  const firstHigh = v128.load(list, 16);
  const secondLow = v128.load(list, 32);
  const secondHigh = v128.load(list, 48);
  const thirdLow = v128.load(list, 64);
  const thirdHigh = v128.load(list, 80);
  const half = i8x16.splat(15);
  const zeros = i8x16.splat(0);
  const end = base + stop;
  for (let at = base + start; at < end; at += 16) {
    const text = v128.load(at);
    const second = v128.load(at, 1);
    const third = v128.load(at, 2);
    const groups = v128.and(
      v128.and(
        i8x16.swizzle(firstLow, v128.and(text, half)),
        i8x16.swizzle(firstHigh, i8x16.shr_u(text, 4)),
      ),
      v128.and(
        v128.and(
          i8x16.swizzle(secondLow, v128.and(second, half)),
          i8x16.swizzle(secondHigh, i8x16.shr_u(second, 4)),
        ),
        v128.and(
          i8x16.swizzle(thirdLow, v128.and(third, half)),
          i8x16.swizzle(thirdHigh, i8x16.shr_u(third, 4)),
        ),
      ),
    );
    let places = i8x16.bitmask(i8x16.eq(groups, zeros)) ^ 0xffff;
    if (places == 0) continue;
    v128.store(groupsAt, groups);
    while (places != 0) {
      const offset = ctz(places);
      places &= places - 1;
      let bits = <u32>load<u8>(groupsAt + offset);
      while (bits != 0) {
        const group = <usize>ctz(bits);
        bits &= bits - 1;
        let record = load<usize>(list + listGroups + (group << 2));
        while (record != 0) {
          const length = load<usize>(record, textLength);
          const place = at + offset;
          if (place + length <= end && isAt(place, load<usize>(record, textBytes), length)) {
            const found = load<usize>(record, textFound);
            const where = <i32>(place - base);
            if (load<i32>(found) < 0) store<i32>(found, where);
            store<i32>(found, where, 4);
          }
          record = load<usize>(record, textNext);
        }
      }
    }
  }
}

@inline
function isAt(place: usize, text: usize, length: usize): bool {
  const others = i8x16.bitmask(i8x16.ne(v128.load(place), v128.load(text)));
  if (length <= 16) return others << (32 - <i32>length) == 0;
  return others == 0 && memory.compare(place + 16, text + 16, length - 16) == 0;
}
