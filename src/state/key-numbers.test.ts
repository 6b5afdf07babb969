import { expect, test } from 'vitest';
import type { Measure } from '../model/detector.ts';
import { mix4 } from './hash.ts';
import { KeyNumbers } from './key-numbers.ts';
import { seeded } from './seeded.fixture.ts';

const room = (): { left: number } => ({ left: 0 });
const see = (table: KeyNumbers, key: number, number: number): number =>
  table.see(mix4(key, 1, 0, 0), mix4(key, 2, 0, 0), number);

/** The same from a list of numbers. */
function measured(measure: Measure, numbers: readonly number[]): number {
  const sum = numbers.reduce((x, y) => x + y, 0);
  if (measure.of !== 'percentile') return measure.of === 'sum' ? sum : sum / numbers.length;
  return numbers.toSorted((x, y) => x - y)[
    Math.max(Math.ceil((measure.percent / 100) * numbers.length), 1) - 1
  ];
}

test.each<[string, Measure, () => number]>([
  ['sums of whole numbers', { of: 'sum' }, () => 1],
  ['sums with fractions', { of: 'sum' }, () => 0.1],
  ['averages', { of: 'average' }, () => 1],
  ['percentiles', { of: 'percentile', percent: 75 }, () => 1],
])('%s are those of a look over the window', (_, measure, unit) => {
  for (const seed of [1, 2, 3]) {
    const random = seeded(seed);
    const table = new KeyNumbers({ window: 50, measure, budget: 64 << 20, room: room() });
    const emptied: number[] = [];
    table.onGone = (key) => emptied.push(key);
    const seen: { time: number; key: number; number: number }[] = [];
    let now = 0;
    let over = 0;
    // More events at a time than it begins with room for: it grows.
    for (let step = 0; step < 3000; step++) {
      if (random() < 0.3) now += Math.floor(random() * (random() < 0.05 ? 200 : 4));
      const key = Math.floor(random() * 5);
      const number = Math.floor(random() * 1000) * unit();
      if (seen.every((each) => each.time <= now - 50)) over++;
      seen.push({ time: now, key, number });
      table.advance(now);
      const record = see(table, key, number);
      table.hold(record);
      const window = seen
        .filter((each) => each.key === key && each.time > now - 50)
        .map((each) => each.number);
      expect(table.countOf(record)).toBe(measured(measure, window));
    }
    // Every pause in which all windows ran empty was told, key by key.
    expect(over).toBeGreaterThan(2);
    expect(emptied.length).toBeGreaterThanOrEqual(over - 1);
    table.advance(now + 50);
    expect(table.size).toBe(0);
  }
});

test('at the ceiling the keys with the fewest events go, whole, and the rest stays right', () => {
  const table = new KeyNumbers({ window: 1e9, measure: { of: 'sum' }, budget: 100_000, room: room() });
  let gone = 0;
  table.onGone = () => gone++;
  let record = -1;
  for (let i = 0; i < 40_000; i++) {
    table.advance(i);
    see(table, 1000 + (i >>> 1), 1);
    if (i % 50 !== 0) continue;
    record = see(table, 7, 2);
    table.hold(record);
  }
  expect(table.evicted).toBeGreaterThan(30_000);
  expect(table.bytes).toBeLessThan(250_000);
  expect(table.countOf(record)).toBe(1600);
  expect(gone).toBe(0);
  // Of a key of two events that goes, both do.
  const pair = see(table, 1000 + (39_999 >>> 1), 1);
  expect(table.countOf(pair)).toBe(3);
  table.finish();
  expect(gone).toBe(1);
});

test('what it needs beyond its own it takes from the common room', () => {
  const common = { left: 2 << 20 };
  const table = new KeyNumbers({ window: 1e9, measure: { of: 'sum' }, budget: 10_000, room: common });
  table.advance(1);
  for (let i = 0; i < 9000; i++) see(table, i, 1);
  expect(table.evicted).toBe(0);
  expect(common.left).toBeLessThan((2 << 20) - 300_000);
});
