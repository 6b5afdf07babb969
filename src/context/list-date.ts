import { timeOf } from '../config/values.ts';

/**
 * µs of the dates that lists carry: '2026-06-30', '2026-06-30 18:00:00' and 'T18:00:00' (UTC unless they name a zone),
 * '20260630', seconds since 1970; NaN if it is none of these.
 */
export function listDate(text: string): number {
  const plain = text.trim().replace(/\s+(?:UTC|GMT)$/i, 'Z');
  if (/^\d{8}$/.test(plain)) {
    return timeOf(`${plain.slice(0, 4)}-${plain.slice(4, 6)}-${plain.slice(6)}`);
  }
  if (/^\d{9,10}$/.test(plain)) return Number(plain) * 1_000_000;
  const stamp =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(plain);
  return stamp ? timeOf(`${stamp[1]}T${stamp[2]}${stamp[3] ?? 'Z'}`) : timeOf(plain);
}
