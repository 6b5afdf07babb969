import { columnsCut, cuts } from './columns';
import { integer, ipv4, stamp } from './values';

/*
 * Reads chosen columns of a line, which columns.ts cuts, each value where it stands: see src/bytes/cells.ts. There is one plan and one set of results; who reads next brings his own.
 *
 *   plan      { column, what it is read as } of field 0, 1, …        by the caller
 *   results   by field: start, end, whether it was read, number, address
 */

const fieldLimit = 32;

// What a column is read as: see src/bytes/cells.ts.
const asAddress: u8 = 1;
const asInteger: u8 = 2;
const asStamp: u8 = 3;
const asLetters: u8 = 4;

/** u16 by field. */
export const columns = memory.data(fieldLimit * 2, 16);
export const kinds = memory.data(fieldLimit, 16);
export const starts = memory.data(fieldLimit * 4, 16);
export const ends = memory.data(fieldLimit * 4, 16);
export const reads = memory.data(fieldLimit, 16);
export const numbers = memory.data(fieldLimit * 8, 16);
export const addresses = memory.data(fieldLimit * 16, 16);
/** u16 by letter. */
export const letters = memory.data(256 * 2, 16);

/**
 * Reads the first `fields` fields of the plan in the line from `start` to `stop`, which has to have `most` columns at least
 * for all of them to be there. Returns how many columns it has, at most `most`. Positions are relative to `base`.
 */
export function cellsRead(base: usize, start: usize, stop: usize, separator: i32, fields: i32, most: i32): i32 {
  // The sign would say whether a line break is in it.
  const found = min(abs<i32>(columnsCut(base, start, stop, separator, 10, max(most, 1))), most);
  for (let field = 0; field < fields; field++) {
    const column = <i32>load<u16>(columns + (field << 1));
    if (column >= found) {
      store<usize>(starts + (field << 2), stop);
      store<usize>(ends + (field << 2), stop);
      store<u8>(reads + field, 0);
      store<f64>(numbers + (field << 3), -1);
      continue;
    }
    const place = cuts + (column << 2);
    const from = load<usize>(place) + 1;
    const to = load<usize>(place, 4);
    store<usize>(starts + (field << 2), from);
    store<usize>(ends + (field << 2), to);
    const kind = load<u8>(kinds + field);
    if (kind == asAddress) {
      const address = ipv4(base + from, base + to);
      store<u8>(reads + field, address >= 0 ? 1 : 0);
      const words = addresses + (field << 4);
      store<u64>(words, 0);
      store<u32>(words, 0xffff, 8);
      store<u32>(words, <u32>address, 12);
    } else if (kind == asInteger) {
      store<f64>(numbers + (field << 3), integer(base + from, base + to));
    } else if (kind == asStamp) {
      store<f64>(numbers + (field << 3), stamp(base + from, base + to));
    } else if (kind == asLetters) {
      let bits = 0;
      for (let i = base + from; i < base + to; i++) bits |= <i32>load<u16>(letters + (<usize>load<u8>(i) << 1));
      store<f64>(numbers + (field << 3), <f64>bits);
    }
  }
  return found;
}
