import { bracketClose, colon, slash } from './codes';
import { endpointPort, endpointRead, integer, upTo, words } from './values';
import { requestUsual, targetAbsolute, targetParts, values as line } from './web';

/*
 * What the parts of a request say, read in one call: see RequestParts in src/wire/request-parts.ts, which reads what is of
 * another shape part by part.
 */

export const row = memory.data(112, 16);
/** f64 */
const size: usize = 0;
/** Four u32 each. */
const source: usize = 16;
const target: usize = 32;
// i32s, -1 for none.
const sourcePort: usize = 48;
const targetPort: usize = 52;
const status: usize = 56;
// u32s, places relative to `base`: of the host asked for, and its port (i32).
const hostEnd: usize = 60;
const hostPort: usize = 64;
// Of the request: 0 where it names no method, an empty host where it names none.
const methodEnd: usize = 68;
const urlHost: usize = 72;
const urlHostEnd: usize = 76;
const urlPort: usize = 80;
const path: usize = 84;
const pathEnd: usize = 88;
const query: usize = 92;
const queryEnd: usize = 96;
// i32s: of the parts that are ports, 0 for what is none.
const clientPort: usize = 100;
const serverPort: usize = 104;

// As Part in src/wire/request-parts.ts.
const clientPart = 0;
const clientPortPart = 1;
const serverPart = 2;
const serverPortPart = 3;
const hostPart = 4;
const targetPart = 6;
const requestPart = 9;
const statusPart = 10;
const sizePart = 11;

@inline
function placeOf(places: usize, part: i32): usize {
  return load<u32>(places + (part << 2));
}

/**
 * Reads the parts `present` (a bit each), at `starts` and `ends` (u32 by part) behind `base`, into {@link row}. `plain`: the bits of
 * those that have nothing to decode; of the others, host and request are left. `ported`: the bits of those addresses of which
 * the last colon is in front of a port. Returns the bits of those that were read; what is of another shape is not.
 */
export function requestRow(
  base: usize,
  starts: usize,
  ends: usize,
  present: u32,
  plain: u32,
  ported: u32,
): u32 {
  let done: u32 = 0;
  for (let part = clientPart; part <= serverPart; part += serverPart - clientPart) {
    if (((present >> part) & 1) == 0) continue;
    const hasPort = ((ported >> part) & 1) != 0;
    if (endpointRead(base, placeOf(starts, part), placeOf(ends, part), hasPort, 0) < 0) continue;
    const from = part == clientPart ? source : target;
    v128.store(row + from, v128.load(words));
    store<i32>(row + (part == clientPart ? sourcePort : targetPort), load<i32>(endpointPort));
    done |= 1 << part;
  }
  if (((present >> sizePart) & 1) != 0) {
    const value = integer(base + placeOf(starts, sizePart), base + placeOf(ends, sizePart));
    store<f64>(row + size, value);
    if (value >= 0) done |= 1 << sizePart;
  }
  if (((present >> statusPart) & 1) != 0) {
    const value = integer(base + placeOf(starts, statusPart), base + placeOf(ends, statusPart));
    if (value >= 0 && value < 1000) {
      store<i32>(row + status, <i32>value);
      done |= 1 << statusPart;
    }
  }
  if (((present >> clientPortPart) & 1) != 0) {
    store<i32>(row + clientPort, port(base, starts, ends, clientPortPart));
    done |= 1 << clientPortPart;
  }
  if (((present >> serverPortPart) & 1) != 0) {
    store<i32>(row + serverPort, port(base, starts, ends, serverPortPart));
    done |= 1 << serverPortPart;
  }
  const asked = present & plain;
  if (((asked >> hostPart) & 1) != 0) {
    const to = base + placeOf(ends, hostPart);
    const stop = withoutPort(base + placeOf(starts, hostPart), to);
    store<u32>(row + hostEnd, <u32>(stop - base));
    store<i32>(row + hostPort, portBehind(stop, to));
    done |= 1 << hostPart;
  }
  if (((present >> requestPart) & 1) != 0) {
    if (((asked >> requestPart) & 1) == 0) return done;
    const from = placeOf(starts, requestPart);
    const to = placeOf(ends, requestPart);
    // Some name a target 'request'.
    if (load<u8>(base + from) == slash) split(base, from, to);
    else {
      if (!requestUsual(base, from, to)) return done;
      const mark = load<u32>(line, 48);
      store<u32>(row + methodEnd, load<u32>(line, 40));
      put(load<u32>(line, 40) + 1, mark, load<u32>(line, 44));
    }
    done |= 1 << requestPart;
  } else if (((asked >> targetPart) & 1) != 0) {
    split(base, placeOf(starts, targetPart), placeOf(ends, targetPart));
    done |= 1 << targetPart;
  }
  return done;
}

/** A target that stands alone, as splitTarget of src/wire/request-target.ts does. */
function split(base: usize, start: usize, stop: usize): void {
  store<u32>(row + methodEnd, 0);
  const host = load<u8>(base + start) == 104 ? targetAbsolute(base, start, stop) : -1;
  if (host < 0) {
    put(<u32>start, <u32>(upTo(base + start, base + stop, 63) - base), <u32>stop);
    return;
  }
  const ends = load<u32>(targetParts);
  put(ends, load<u32>(targetParts, 4), <u32>stop);
  const hostStop = withoutPort(base + host, base + ends);
  store<u32>(row + urlHost, host);
  store<u32>(row + urlHostEnd, <u32>(hostStop - base));
  store<i32>(row + urlPort, portBehind(hostStop, base + ends));
}

/** Without a host: where the path begins, the '?' or the end of the target, and the end. */
function put(from: u32, mark: u32, stop: u32): void {
  store<u64>(row + urlHost, 0);
  store<i32>(row + urlPort, -1);
  store<u32>(row + path, from);
  store<u32>(row + pathEnd, mark);
  store<u32>(row + query, min(mark + 1, stop));
  store<u32>(row + queryEnd, stop);
}

/** Where the host ends in 'host:port' or '[2001:db8::1]:port'. */
function withoutPort(from: usize, to: usize): usize {
  for (let at = to - 1; at > from; at--) {
    const code = load<u8>(at);
    if (code == colon) return at;
    if (code == bracketClose || code - 48 > 9) return to;
  }
  return to;
}

/** A part as a port, 0 … 65535; 0 when it is anything else. */
@inline
function port(base: usize, starts: usize, ends: usize, part: i32): i32 {
  const from = placeOf(starts, part);
  const to = placeOf(ends, part);
  const value = to - from > 5 ? -1 : integer(base + from, base + to);
  return value >= 0 && value <= 65_535 ? <i32>value : 0;
}

/** The port behind the colon at `at`, up to `to`; -1 for none. */
function portBehind(at: usize, to: usize): i32 {
  if (at >= to || to - at > 6) return -1;
  const value = integer(at + 1, to);
  return value <= 65_535 ? <i32>value : -1;
}
