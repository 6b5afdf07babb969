import { listDate } from './list-date.ts';
import type { RangeFound } from './range-entry.ts';

/*
 * Indicators of a STIX 2.1 bundle: patterns that name addresses, alone or joined by OR. A pattern that asks for more than an
 * address (AND, FOLLOWEDBY, qualifiers, another object) is left out: half of it would be a different statement.
 */

interface StixObject {
  readonly type?: unknown;
  readonly pattern?: unknown;
  readonly pattern_type?: unknown;
  readonly name?: unknown;
  readonly labels?: unknown;
  readonly indicator_types?: unknown;
  readonly valid_from?: unknown;
  readonly valid_until?: unknown;
  readonly modified?: unknown;
  readonly revoked?: unknown;
}

const patternAtMost = 65_536;
const comparison = /^(ipv[46])-addr\s*:\s*value\s*(=|ISSUBSET)\s*'([0-9A-Fa-f:./]{1,50})'$/;

/** Calls `skip` with a reason for every indicator that is not taken. */
export function stixRanges(objects: readonly unknown[], skip: (reason: string) => void): RangeFound[] {
  return objects.flatMap((object) => {
    const one = (typeof object === 'object' && object !== null ? object : {}) as StixObject;
    if (one.type !== 'indicator') return [];
    if (one.revoked === true) return skipped(skip, 'a revoked indicator');
    if (one.pattern_type !== undefined && one.pattern_type !== 'stix')
      return skipped(skip, 'an indicator whose pattern is not STIX');
    const texts = typeof one.pattern === 'string' ? addressesOf(one.pattern) : undefined;
    if (!texts) return skipped(skip, 'an indicator that is not addresses alone');
    const date = listDate(textOf(one.modified) || textOf(one.valid_from));
    const until = listDate(textOf(one.valid_until));
    const labels = [textOf(one.name), ...listOf(one.indicator_types), ...listOf(one.labels)];
    const label = [...new Set(labels.filter((text) => text !== ''))].join(', ').slice(0, 200);
    return texts.map((text) => ({ text, date, until, label }));
  });
}

function skipped(skip: (reason: string) => void, reason: string): [] {
  skip(reason);
  return [];
}

/** '[ipv4-addr:value = '192.0.2.7' OR …]' → its addresses; undefined when it says anything else. */
export function addressesOf(pattern: string): string[] | undefined {
  if (pattern.length > patternAtMost) return undefined;
  const found: string[] = [];
  // Strings of addresses hold no bracket, no quote and no blank: cutting at OR is safe, and what is left over is refused.
  for (const observation of pattern.split(/\]\s{0,9}OR\s{0,9}\[/)) {
    const inner = observation.trim().replace(/^\[/, '').replace(/\]$/, '');
    for (const part of inner.split(/\sOR\s/)) {
      const match = comparison.exec(part.trim());
      if (!match) return undefined;
      found.push(match[3]);
    }
  }
  return found;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map((item) => textOf(item)) : []);
