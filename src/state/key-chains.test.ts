import { expect, test } from 'vitest';
import { mix4 } from './hash.ts';
import { KeyChains } from './key-chains.ts';
import { none } from './record-pool.ts';
import { seeded } from './seeded.fixture.ts';

interface Event {
  readonly time: number;
  readonly key: number;
  readonly step: number;
}

/** Whether events up to `now` hold a chain of all steps that ends at `now` and began within the window. */
function ends(events: readonly Event[], steps: number, now: number, window: number): boolean {
  let reached = events.filter(({ step, time }) => step === 0 && time > now - window).map(({ time }) => time);
  for (let step = 1; step < steps; step++)
    reached = events
      .filter((each) => each.step === step && reached.some((before) => before <= each.time))
      .map(({ time }) => time);
  return reached.includes(now);
}

const low = (key: number): number => mix4(key, 1, 0, 0);
const high = (key: number): number => mix4(key, 2, 0, 0);

test.each([1, 2, 3, 4])('chains of %i steps are those that a look over the whole window finds', (steps) => {
  const window = 30;
  let complete = 0;
  for (const seed of [1, 2, 3]) {
    const random = seeded(seed);
    const chains = new KeyChains({ window, steps, budget: 1 << 20, room: { left: 0 } });
    const events: Event[] = [];
    for (let now = 0; now < 1500; now += Math.floor(random() * 9) + 1) {
      const rows = Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
        time: now,
        key: Math.floor(random() * 3),
        step: Math.floor(random() * steps),
      }));
      events.push(...rows);
      chains.advance(now);
      // In whatever order the rows of one µs come.
      const records = new Map<number, number>();
      for (const { key, step } of rows) {
        const record = chains.see(low(key), high(key), step);
        if (record !== none) records.set(key, record);
      }
      chains.settle();
      for (const key of [0, 1, 2]) {
        const own = events.filter((each) => each.key === key);
        const record = records.get(key);
        const found = record === undefined ? 0 : chains.countOf(record);
        expect([now, key, found]).toEqual([now, key, ends(own, steps, now, window) ? steps : 0]);
        if (found > 0) complete++;
      }
    }
  }
  expect(complete).toBeGreaterThan(20);
});

test('a held key is let go when its first step has left the window, or at the end', () => {
  const chains = new KeyChains({ window: 10, steps: 2, budget: 1 << 20, room: { left: 0 } });
  const gone: number[] = [];
  chains.onGone = (key) => gone.push(key);
  chains.advance(0);
  const first = chains.see(low(1), high(1), 0);
  chains.hold(first);
  chains.see(low(2), high(2), 0);
  chains.advance(9);
  const third = chains.see(low(3), high(3), 0);
  chains.hold(third);
  // A later step keeps nothing alive.
  chains.see(low(1), high(1), 1);
  expect(gone).toEqual([]);
  chains.advance(10);
  expect(gone).toEqual([first]);
  expect(chains.isKey(first, low(1), high(1))).toBe(false);
  expect(chains.size).toBe(1);
  chains.finish();
  expect(gone).toEqual([first, third]);
});

test('at the ceiling the chains go that began first, and later steps of one µs are a limited number', () => {
  const budget = 100_000;
  const chains = new KeyChains({ window: 1e9, steps: 2, budget, room: { left: 0 } });
  for (let key = 0; key < 10_000; key++) {
    chains.advance(key);
    chains.see(low(key), high(key), 0);
    expect(chains.bytes).toBeLessThanOrEqual(budget);
  }
  expect(chains.size + chains.evicted).toBe(10_000);
  expect(chains.evicted).toBeGreaterThan(5000);
  const last = chains.see(low(9999), high(9999), 1);
  expect(chains.countOf(last)).toBe(2);
  expect(chains.see(low(1), high(1), 1)).toBe(none);

  const doubting = new KeyChains({ window: 10, steps: 2, budget, room: { left: 0 } });
  doubting.advance(1);
  for (let key = 0; key < 200_000; key++) doubting.see(low(key), high(key), 1);
  const before = doubting.bytes;
  const record = doubting.see(low(5), high(5), 0);
  expect(doubting.countOf(record)).toBe(0);
  doubting.settle();
  expect(doubting.countOf(record)).toBe(2);
  expect(before).toBeLessThan(2 << 20);
  expect(doubting.evicted).toBeGreaterThan(100_000);
});
