import { readIPv4, readIPv6, setIPv4 } from '../bytes/addresses.ts';
import { bracketClose, bracketOpen, colon } from '../bytes/codes.ts';
import { cursor, port } from '../bytes/numbers.ts';

/** What {@link readEndpoint} found behind the address; -1 when there was no port. */
export const endpoint = { port: -1 };

/**
 * 'address', 'address:port', '[v6]:port' over the whole range. IPv6 without brackets and with a port, as Suricata and Snort
 * write it ('2001:db8::1:443'), cannot be told from a longer address: `hasPort` says whether the last part is one.
 */
export function readEndpoint(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasPort: boolean,
  words: Uint32Array,
): boolean {
  endpoint.port = -1;
  const v4 = readIPv4(bytes, start, end);
  if (v4 >= 0) {
    setIPv4(words, v4);
    return portAt(bytes, cursor.at, end);
  }
  if (bytes[start] === bracketOpen) {
    let close = start;
    while (close < end && bytes[close] !== bracketClose) close++;
    return readIPv6(bytes, start + 1, close, words) && cursor.at === close && portAt(bytes, close + 1, end);
  }
  let stop = end;
  if (hasPort) {
    stop--;
    while (stop > start && bytes[stop] !== colon) stop--;
    if (!portAt(bytes, stop, end)) return false;
  }
  return readIPv6(bytes, start, stop, words) && cursor.at === stop;
}

function portAt(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return true;
  if (bytes[at] !== colon) return false;
  endpoint.port = port(bytes, at + 1, end);
  return endpoint.port >= 0;
}
