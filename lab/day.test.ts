import { expect, test } from 'vitest';
import { judgeAll } from '../src/judge/judge.ts';
import { contextOf, runOver } from '../test/run-in-memory.ts';
import { dayFiles, dayHome, dayMinutes, dayTruth, othersAtMost, scoreDay } from './day.ts';

const events = 100_000;

test('a small day: every planted scan is found, the rest is left alone', async () => {
  for (const seed of [2]) {
    const parts = { conn: [''], access: [''], dns: [''] };
    for (const minute of dayMinutes(seed, events)) {
      parts.conn.push(minute.conn);
      parts.access.push(minute.access);
      parts.dns.push(minute.dns);
    }
    const files = {
      [dayFiles.conn]: parts.conn.join(''),
      [dayFiles.access]: parts.access.join(''),
      [dayFiles.dns]: parts.dns.join(''),
    };
    const result = await runOver(files, dayHome);
    expect(Math.abs(result.events / events - 1)).toBeLessThan(0.15);
    const { found, missed, others, low } = scoreDay(
      judgeAll(result.dossiers, result.facts, contextOf(dayHome)),
    );
    expect(missed).toEqual([]);
    expect(found).toHaveLength(dayTruth().length);
    expect(others.slice(othersAtMost).map(({ reasons }) => reasons[0])).toEqual([]);
    expect(low).toBeLessThanOrEqual(10);
  }
}, 240_000);

test('the same seed gives the same bytes', () => {
  const first = (seed: number): string => {
    const minutes = dayMinutes(seed, 20_000);
    minutes.next();
    return JSON.stringify([minutes.next().value, minutes.next().value]);
  };
  expect(first(3)).toBe(first(3));
  expect(first(3)).not.toBe(first(4));
});
