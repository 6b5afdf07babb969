import { minus, slash, space, zero } from '../bytes/codes.ts';
import { kernel, placeInChunk } from '../bytes/kernel.ts';
import { find, hasText, port } from '../bytes/numbers.ts';
import { Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { Coding, putCoded } from './coded-text.ts';
import { splitTarget } from './request-target.ts';

/**
 * Splits 'GET /path?query HTTP/1.1'. A target may hold blanks (not by the book, but sent and logged); without a method, as
 * when TLS meets a plain port, the whole of it goes to `detail`. `coding`: how the log wrote it down (Coding). Returns
 * the port of an absolute target, 0 when it names none.
 */
export function putRequestLine(
  batch: EventBatch,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  coding = 0,
): number {
  if (coding === Coding.plain && putUsual(batch, row, bytes, start, end)) return 0;
  const method = find(bytes, start, end, space);
  if (method >= end || !isMethod(bytes, start, method)) {
    if (end > start && !(end - start === 1 && bytes[start] === minus))
      putCoded(batch, row, Text.detail, bytes, start, end, coding);
    return 0;
  }
  putCoded(batch, row, Text.method, bytes, start, method, coding);
  let to = end;
  // ' HTTP/1.1', ' HTTP/2.0', ' HTTP/3'
  for (let at = end - 7; at >= end - 9 && at > method; at--) {
    if (bytes[at] === space && hasText(bytes, at + 1, end, 'HTTP/')) {
      to = at;
      break;
    }
  }
  return putTarget(batch, row, bytes, method + 1, to, coding);
}

/** Where method and target end, and the '?' in the target or its end, as the kernel found them. */
let split = new Uint32Array(0);
const splitAt = 10 * 4;

/** As {@link putRequestLine}, where the kernel takes it for plain; else false. */
function putUsual(batch: EventBatch, row: number, bytes: Uint8Array, start: number, end: number): boolean {
  const base = placeInChunk(bytes, start, end);
  if (Number.isNaN(base)) return false;
  const functions = kernel();
  if (!functions.requestUsual(base, start, end)) return false;
  if (split.length === 0)
    split = new Uint32Array(functions.memory.buffer, functions.webValues.value + splitAt, 3);
  const method = split[0];
  const target = split[1];
  const query = split[2];
  batch.setText(row, Text.method, start, method);
  batch.setText(row, Text.path, method + 1, query);
  if (target > query + 1) batch.setText(row, Text.query, query + 1, target);
  return true;
}

/** Splits a request target that stands alone. Returns the port of an absolute one, 0 when it names none. */
export function putTarget(
  batch: EventBatch,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  coding = 0,
): number {
  const parts = splitTarget(bytes, start, end);
  if (parts.hostEnd > parts.hostStart) {
    putCoded(batch, row, Text.host, bytes, parts.hostStart, parts.hostEnd, coding);
    if (parts.pathEnd > parts.pathStart)
      putCoded(batch, row, Text.path, bytes, parts.pathStart, parts.pathEnd, coding);
    else batch.setScratchText(row, Text.path, rootPath);
  } else if (parts.pathEnd > parts.pathStart)
    putCoded(batch, row, Text.path, bytes, parts.pathStart, parts.pathEnd, coding);
  if (parts.queryEnd > parts.queryStart)
    putCoded(batch, row, Text.query, bytes, parts.queryStart, parts.queryEnd, coding);
  return parts.hostEnd > parts.hostStart && parts.pathStart > parts.hostEnd + 1
    ? Math.max(0, port(bytes, parts.hostEnd + 1, parts.pathStart))
    : 0;
}

/** 'http://host' asks for the root, for which there is no byte in the line. */
export const rootPath = new Uint8Array([slash]);

/** A token of RFC 9110, as methods go: letters, digits, '-', '_', at most 32. */
export function isMethod(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > 32) return false;
  for (let at = start; at < end; at++) {
    const letter = bytes[at] | 32;
    if (letter < 97 || letter > 122) {
      if (
        at === start ||
        (bytes[at] !== minus && bytes[at] !== 95 && (bytes[at] < zero || bytes[at] > zero + 9))
      )
        return false;
    }
  }
  return true;
}
