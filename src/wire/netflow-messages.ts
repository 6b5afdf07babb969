/*
 * Where a NetFlow or IPFIX message begins and ends, and its numbers, which are big-endian.
 */

export const v5Header = 24;
export const v5Record = 48;
export const v9Header = 20;
export const ipfixHeader = 16;
export const firstDataSet = 256;

/** Whether `bytes[start, end)` begins like a NetFlow v5, v9 or IPFIX message; the version, or 0. Never throws. */
export function netflowVersion(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < ipfixHeader) return 0;
  const version = u16(bytes, start);
  // Seconds since 1970 after the year 2000: what no random payload is likely to have in this place.
  const plausible = (at: number): boolean => u32(bytes, at) > 946_684_800;
  switch (version) {
    case 5:
      if (end - start < v5Header) return 0;
      return plausible(start + 8) && u32(bytes, start + 12) < 1_000_000_000 && u16(bytes, start + 2) > 0
        ? 5
        : 0;
    case 9:
      if (end - start < v9Header + 4) return 0;
      return plausible(start + 8) && isSet(bytes, start + v9Header, 0) ? 9 : 0;
    case 10: {
      const length = u16(bytes, start + 2);
      if (length < ipfixHeader || !plausible(start + 4)) return 0;
      return length === ipfixHeader ||
        (end - start >= ipfixHeader + 4 && isSet(bytes, start + ipfixHeader, 2))
        ? 10
        : 0;
    }
    default:
      return 0;
  }
}

function isSet(bytes: Uint8Array, at: number, templates: number): boolean {
  const id = u16(bytes, at);
  return (id >= firstDataSet || id === templates || id === templates + 1) && u16(bytes, at + 2) >= 4;
}

/**
 * Length of the message at `start` in a file of messages one after another (a v9 header does not say it: its sets are
 * walked to the next header). 0: more bytes are needed; -1: no message begins here.
 */
export function messageLength(bytes: Uint8Array, start: number, end: number, last: boolean): number {
  if (end - start < 4) return last ? -1 : 0;
  const version = u16(bytes, start);
  if (version === 5) {
    const length = v5Header + v5Record * u16(bytes, start + 2);
    return start + length <= end ? length : last ? end - start : 0;
  }
  if (version === 10) {
    const length = u16(bytes, start + 2);
    if (length < ipfixHeader) return -1;
    return start + length <= end ? length : last ? end - start : 0;
  }
  if (version !== 9) return -1;
  let at = start + v9Header;
  for (;;) {
    if (at + 4 > end) return last ? end - start : 0;
    const id = u16(bytes, at);
    const length = u16(bytes, at + 2);
    if (id === 0 && length === 0) at += 4;
    else if ((id > 1 && id < firstDataSet) || length < 4) return at - start;
    else at += length;
    if (at - start > 65_535) return -1;
    if (at >= end && last) return end - start;
  }
}

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

export function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
