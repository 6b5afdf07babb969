import { bracketClose, colon, hash, question, slash } from '../bytes/codes.ts';
import { kernel, placeInChunk } from '../bytes/kernel.ts';
import { find, hasText } from '../bytes/numbers.ts';

/** Where the parts of a request target are; all empty (start = end) when absent. */
export interface TargetParts {
  hostStart: number;
  hostEnd: number;
  pathStart: number;
  pathEnd: number;
  queryStart: number;
  queryEnd: number;
}

const parts: TargetParts = { hostStart: 0, hostEnd: 0, pathStart: 0, pathEnd: 0, queryStart: 0, queryEnd: 0 };

/**
 * Splits a request target (RFC 9112: '/path?query', the absolute 'http://host:port/path', '*', 'host:port') into host,
 * path and query. For 'http://host' the path is empty and means the root. The answer is one shared object: use it at once.
 */
export function splitTarget(bytes: Uint8Array, start: number, end: number): Readonly<TargetParts> {
  if (bytes[start] === lowerH && splitAbsolute(bytes, start, end)) return parts;
  parts.hostStart = 0;
  parts.hostEnd = 0;
  let from = start;
  if (
    bytes[from] !== slash &&
    (hasText(bytes, from, end, 'http://') || hasText(bytes, from, end, 'https://'))
  ) {
    const host = from + (bytes[from + 4] === colon ? 7 : 8);
    from = host;
    while (from < end && bytes[from] !== slash && bytes[from] !== question && bytes[from] !== hash) from++;
    parts.hostStart = host;
    parts.hostEnd = withoutPort(bytes, host, from);
  }
  const mark = find(bytes, from, end, question);
  parts.pathStart = from;
  parts.pathEnd = mark;
  parts.queryStart = Math.min(mark + 1, end);
  parts.queryEnd = end;
  return parts;
}

/** Where the host with its port ends, and the '?' behind it. */
let ends = new Uint32Array(0);
const lowerH = 104;

/** Splits 'http://host:port/path?query' by the kernel; false for another target, or bytes that it does not have. */
function splitAbsolute(bytes: Uint8Array, start: number, end: number): boolean {
  const base = placeInChunk(bytes, start, end);
  if (Number.isNaN(base)) return false;
  const functions = kernel();
  const host = functions.targetAbsolute(base, start, end);
  if (host < 0) return false;
  if (ends.length === 0) ends = new Uint32Array(functions.memory.buffer, functions.targetParts.value, 2);
  parts.hostStart = host;
  parts.pathStart = ends[0];
  parts.pathEnd = ends[1];
  parts.hostEnd = withoutPort(bytes, host, parts.pathStart);
  parts.queryStart = Math.min(parts.pathEnd + 1, end);
  parts.queryEnd = end;
  return true;
}

/** The end of the host in 'host:port' or '[2001:db8::1]:port'. */
export function withoutPort(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) {
    const code = bytes[at];
    if (code === colon) return at;
    if (code === bracketClose || code < 48 || code > 57) return end;
  }
  return end;
}
