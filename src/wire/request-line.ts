import { minus, slash, space, zero } from '../bytes/codes.ts';
import { find, hasText } from '../bytes/numbers.ts';
import { Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { splitTarget } from './request-target.ts';

/**
 * Splits 'GET /path?query HTTP/1.1'. A target may hold blanks (not by the book, but sent and logged); without a method, as
 * when TLS meets a plain port, the whole of it goes to `detail`.
 */
export function putRequestLine(
  batch: EventBatch,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const method = find(bytes, start, end, space);
  if (method >= end || !isMethod(bytes, start, method)) {
    if (end > start && !(end - start === 1 && bytes[start] === minus))
      batch.setText(row, Text.detail, start, end);
    return;
  }
  batch.setText(row, Text.method, start, method);
  let to = end;
  // ' HTTP/1.1', ' HTTP/2.0', ' HTTP/3'
  for (let at = end - 7; at >= end - 9 && at > method; at--) {
    if (bytes[at] === space && hasText(bytes, at + 1, end, 'HTTP/')) {
      to = at;
      break;
    }
  }
  putTarget(batch, row, bytes, method + 1, to);
}

/** Splits a request target that stands alone. */
export function putTarget(
  batch: EventBatch,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const parts = splitTarget(bytes, start, end);
  if (parts.hostEnd > parts.hostStart) batch.setText(row, Text.host, parts.hostStart, parts.hostEnd);
  if (parts.pathEnd > parts.pathStart) batch.setText(row, Text.path, parts.pathStart, parts.pathEnd);
  else if (parts.hostEnd > parts.hostStart) batch.setScratchText(row, Text.path, rootPath);
  if (parts.queryEnd > parts.queryStart) batch.setText(row, Text.query, parts.queryStart, parts.queryEnd);
}

/** 'http://host' asks for the root, for which there is no byte in the line. */
const rootPath = new Uint8Array([slash]);

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
