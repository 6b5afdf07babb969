import { backslash, comma, quote } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { decimal, find, hasText } from '../bytes/numbers.ts';
import { EventKind, Outcome, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { Part } from './request-parts.ts';
import type { RequestParts } from './request-parts.ts';

/** Where the value of a tag of a ModSecurity message is ('[msg "…"]'); empty when it has none. */
export const tagged = { start: 0, end: 0 };

const opening = {
  hostname: '[hostname "',
  id: '[id "',
  msg: '[msg "',
  severity: '[severity "',
  uri: '[uri "',
} as const;

/** Finds '[name "value"]' in `bytes[start, end)`; false when it is not there. */
export function findTag(bytes: Uint8Array, start: number, end: number, name: keyof typeof opening): boolean {
  tagged.start = 0;
  tagged.end = 0;
  const text = opening[name];
  const at = findText(bytes, start, end, text);
  if (at < 0) return false;
  const from = at + text.length;
  let to = from;
  while (to < end && bytes[to] !== quote) to += bytes[to] === backslash ? 2 : 1;
  tagged.start = from;
  tagged.end = Math.min(to, end);
  return true;
}

const lowest = 4;
/** Syslog's severities as rules name them, from 0. */
const names = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

/** A rule's severity (0 emergency … 7 debug, or its name) as an alert's: 1 high … 4. */
export function severityOf(bytes: Uint8Array, start: number, end: number): number {
  let level = decimal(bytes, start, end);
  if (level < 0) level = names.findIndex((name) => end - start >= 3 && hasText(bytes, start, end, name));
  if (level < 0 || level > 4) return lowest;
  return Math.max(1, level - 1);
}

/**
 * Appends ModSecurity's line of an error log as an alert: 'Warning. Pattern match … [id "930130"] [msg "…"]
 * [severity "CRITICAL"] [hostname "…"] [uri "/.env"]' in `bytes[at, end)`, the client in `parts`.
 */
export function putWafAlert(
  parts: RequestParts,
  batch: EventBatch,
  bytes: Uint8Array,
  time: number,
  at: number,
  end: number,
): string {
  if (findTag(bytes, at, end, 'hostname')) parts.set(Part.host, tagged.start, tagged.end, bytes);
  if (findTag(bytes, at, end, 'uri')) parts.set(Part.target, tagged.start, tagged.end, bytes);
  const row = batch.length;
  const reason = parts.put(batch, bytes, time);
  if (reason !== '') return reason;
  batch.kind[row] = EventKind.alert;
  batch.outcome[row] = hasText(bytes, at, end, 'Access denied') ? Outcome.denied : Outcome.unknown;
  findTag(bytes, at, end, 'severity');
  batch.status[row] = severityOf(bytes, tagged.start, tagged.end);
  if (findTag(bytes, at, end, 'msg') && tagged.end > tagged.start)
    batch.setText(row, Text.name, tagged.start, tagged.end);
  else batch.setText(row, Text.name, at, find(bytes, at, end, comma));
  if (findTag(bytes, at, end, 'id')) batch.setText(row, Text.detail, tagged.start, tagged.end);
  return '';
}
