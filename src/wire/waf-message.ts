import { backslash, quote } from '../bytes/codes.ts';
import { decimal, findText, hasText } from '../bytes/numbers.ts';

/** Where the value of a tag of a ModSecurity message is ('[msg "…"]'); empty when it has none. */
export const tagged = { start: 0, end: 0 };

/** Finds '[name "value"]' in `bytes[start, end)`; false when it is not there. */
export function findTag(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  tagged.start = 0;
  tagged.end = 0;
  const at = findText(bytes, start, end, `[${name} "`);
  if (at < 0) return false;
  const from = at + name.length + 3;
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
