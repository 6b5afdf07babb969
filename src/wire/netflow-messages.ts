/*
 * Where a NetFlow or IPFIX message begins and ends, and its numbers, which are big-endian.
 */

export const v5Header = 24;
export const v5Record = 48;
export const v9Header = 20;
export const ipfixHeader = 16;
export const firstDataSet = 256;

/** The year 2000, in seconds since 1970: no exporter is older, and no random payload is likely to say a later time in this place. */
export const leastTime = 946_684_800;
/** Records that Cisco puts into a v5 datagram at most. */
const v5Records = 30;

/**
 * Whether `bytes[start, end)` begins like a NetFlow v5, v9 or IPFIX message; the version, or 0. Never throws. One whose
 * exporter's clock was never set is known by the template that it begins with.
 */
export function netflowVersion(bytes: Uint8Array, start: number, end: number): number {
  const version = messageVersion(bytes, start, end);
  return version === 0 || isDated(bytes, start, version) || beginsWithTemplate(bytes, start, end, version)
    ? version
    : 0;
}

/** As {@link netflowVersion}, where a message is sure to begin if any does: whatever its exporter's clock says. */
export function messageVersion(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < ipfixHeader) return 0;
  const version = u16(bytes, start);
  switch (version) {
    case 5: {
      if (end - start < v5Header) return 0;
      const count = u16(bytes, start + 2);
      return u32(bytes, start + 12) < 1_000_000_000 &&
        count > 0 &&
        (count <= v5Records || isDated(bytes, start, version))
        ? 5
        : 0;
    }
    case 9:
      return end - start >= v9Header + 4 && isSet(bytes, start + v9Header, 0) ? 9 : 0;
    case 10: {
      const length = u16(bytes, start + 2);
      // An empty message shows nothing but its header.
      if (length === ipfixHeader) return isDated(bytes, start, version) ? 10 : 0;
      return length > ipfixHeader && end - start >= ipfixHeader + 4 && isSet(bytes, start + ipfixHeader, 2)
        ? 10
        : 0;
    }
    default:
      return 0;
  }
}

function isDated(bytes: Uint8Array, start: number, version: number): boolean {
  return u32(bytes, start + (version === 10 ? 4 : 8)) > leastTime;
}

/** Whether the first set holds templates, and its first one is whole and has fields of possible lengths. */
function beginsWithTemplate(bytes: Uint8Array, start: number, end: number, version: number): boolean {
  const at = start + (version === 9 ? v9Header : ipfixHeader);
  if (version === 5 || end - at < 12 || u16(bytes, at) !== (version === 9 ? 0 : 2)) return false;
  const stop = at + u16(bytes, at + 2);
  const fields = u16(bytes, at + 6);
  if (u16(bytes, at + 4) < firstDataSet || fields === 0 || stop > end) return false;
  let field = at + 8;
  for (let i = 0; i < fields; i++) {
    if (field + 4 > stop || u16(bytes, field) === 0) return false;
    field += version === 10 && u16(bytes, field) >= 0x8000 ? 8 : 4;
  }
  return field <= stop;
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
