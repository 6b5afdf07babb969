import { DamagedError } from './thrift.ts';

/**
 * Undoes Snappy (https://github.com/google/snappy/blob/main/format_description.txt) into `to`, which has exactly the size
 * that the file states. Throws {@link DamagedError} for anything that does not fit.
 */
export function unsnappy(from: Uint8Array, to: Uint8Array): void {
  let at = 0;
  while (at < from.length && from[at] >= 128) at++;
  at++;
  let out = 0;
  while (at < from.length) {
    const tag = from[at++];
    let length = (tag >>> 2) + 1;
    if ((tag & 3) === 0) {
      if (length > 60) {
        const more = length - 60;
        length = 1;
        for (let i = 0; i < more; i++) length += (from[at + i] ?? 0) * 256 ** i;
        at += more;
      }
      if (length > from.length - at || length > to.length - out)
        throw new DamagedError('damaged Snappy data');
      to.set(from.subarray(at, at + length), out);
      at += length;
      out += length;
      continue;
    }
    let offset: number;
    if ((tag & 3) === 1) {
      length = ((tag >>> 2) & 7) + 4;
      offset = (tag >>> 5) * 256 + from[at];
      at += 1;
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      offset = 0;
      for (let i = 0; i < bytes; i++) offset += (from[at + i] ?? 0) * 256 ** i;
      at += bytes;
    }
    if (!(offset > 0 && offset <= out) || length > to.length - out)
      throw new DamagedError('damaged Snappy data');
    // Byte by byte: a copy may reach into what it is writing.
    for (let i = 0; i < length; i++) to[out + i] = to[out - offset + i];
    out += length;
  }
  if (out !== to.length) throw new DamagedError('damaged Snappy data');
}
