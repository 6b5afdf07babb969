import { address, copyWords, readIPv4, readIPv6, setIPv4 } from '../bytes/addresses.ts';
import { bracketClose, bracketOpen, colon } from '../bytes/codes.ts';
import { kernel, placeInChunk } from '../bytes/kernel.ts';
import { cursor, find, port } from '../bytes/numbers.ts';

/** What {@link readEndpoint} found behind the address, -1 when there was no port; and where both end. */
export const endpoint = { port: -1, end: 0 };

/** What the kernel read: the address, and the port behind it. */
let readWords = new Uint32Array(0);
let readPort = new Int32Array(0);

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
  return readUsual(bytes, start, end, hasPort, 0, words) || readPlainly(bytes, start, end, hasPort, words);
}

/** As {@link readEndpoint}, up to the first byte `mark` of `bytes[start, end)`, or all of them: `endpoint.end` says which. */
export function readEndpointTo(
  bytes: Uint8Array,
  start: number,
  end: number,
  mark: number,
  hasPort: boolean,
  words: Uint32Array,
): boolean {
  return (
    readUsual(bytes, start, end, hasPort, mark, words) ||
    readPlainly(bytes, start, find(bytes, start, end, mark), hasPort, words)
  );
}

/** An address alone in front of the first byte `mark`, or all of `bytes[start, end)`: where it ends; -1 when it is none. */
export function addressTo(
  bytes: Uint8Array,
  start: number,
  end: number,
  mark: number,
  words: Uint32Array,
): number {
  if (readUsual(bytes, start, end, false, mark, words) && endpoint.port < 0) return endpoint.end;
  const stop = find(bytes, start, end, mark);
  return address(bytes, start, stop, words) ? stop : -1;
}

/** What the kernel takes for an endpoint. */
function readUsual(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasPort: boolean,
  mark: number,
  words: Uint32Array,
): boolean {
  const base = placeInChunk(bytes, start, end);
  if (Number.isNaN(base)) return false;
  const functions = kernel();
  const stop = functions.endpointRead(base, start, end, hasPort, mark);
  if (stop < 0) return false;
  if (readWords.length === 0) {
    readWords = new Uint32Array(functions.memory.buffer, functions.ipv6Words.value, 4);
    readPort = new Int32Array(functions.memory.buffer, functions.endpointPort.value, 1);
  }
  copyWords(readWords, words);
  endpoint.port = readPort[0];
  endpoint.end = stop;
  return true;
}

function readPlainly(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasPort: boolean,
  words: Uint32Array,
): boolean {
  endpoint.port = -1;
  endpoint.end = end;
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
