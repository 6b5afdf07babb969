import { expect, test } from 'vitest';
import { KeyCounts } from './key-counts.ts';
import { mix4 } from './hash.ts';
import { seeded } from './seeded.fixture.ts';

const windows = [10, 40, 300];

// From two on a key with one value has no record of its own.
test.each([[[3, 4, 6]], [[2, 2, 3]], [[1, 2, 4]]])(
  'counts and crossings are those of a look over every window, from %j on',
  (least) => {
    for (const seed of [1, 2, 3]) {
      const random = seeded(seed);
      const table = new KeyCounts({ windows, least, budget: 64 << 20, room: { left: 0 } });
      const seen: { time: number; key: number; value: number }[] = [];
      /** Windows that hold since they were last empty. */
      const held = new Map<string, boolean>();
      const crossed: string[] = [];
      const expected: string[] = [];
      const count = (key: number, window: number, now: number): number =>
        new Set(
          seen
            .filter((each) => each.key === key && each.time > now - window && each.time <= now)
            .map(({ value }) => value),
        ).size;
      let now = 0;
      for (let step = 0; step < 800; step++) {
        if (random() < 0.7) now += Math.floor(random() * (random() < 0.1 ? 60 : 6));
        const key = Math.floor(random() * 4);
        const value = Math.floor(random() * 8);
        for (const span of windows) if (count(key, span, now) === 0) held.set(`${key} ${span}`, false);
        seen.push({ time: now, key, value });
        table.advance(now);
        const record = table.see(mix4(key, 1, 0, 0), mix4(key, 2, 0, 0), mix4(value, 3, 0, 0), value);
        table.flush((of, w, reached) => {
          crossed.push(`${now} ${of === record ? key : '?'} ${windows[w]} ${reached}`);
          return true;
        });
        for (const [w, span] of windows.entries()) {
          const wanted = count(key, span, now);
          expect(table.countOf(record, w)).toBe(wanted);
          if (wanted < least[w] || held.get(`${key} ${span}`) === true) continue;
          held.set(`${key} ${span}`, true);
          expected.push(`${now} ${key} ${span} ${wanted}`);
        }
      }
      expect(crossed).toEqual(expected);
      expect(expected.length).toBeGreaterThan(30);
    }
  },
);

test('at the ceiling the keys with the fewest values go, and windows stay right', () => {
  const table = new KeyCounts({ windows: [1e6, 1e9], least: [900, 900], budget: 200_000, room: { left: 0 } });
  const gone: number[] = [];
  table.onGone = (_, window, max) => gone.push(window, max);
  let crossed = 0;
  // One key of 1,000 values among 50,000 keys of one.
  for (let i = 0; i < 50_000; i++) {
    table.advance(i);
    table.see(mix4(i, 1, 0, 0), mix4(i, 2, 0, 0), i, i);
    if (i % 50 === 0) table.see(7, 7, mix4(i, 5, 0, 0), i);
    table.flush(() => {
      crossed++;
      return true;
    });
  }
  expect(crossed).toBe(2);
  expect(table.evicted).toBeGreaterThan(10_000);
  expect(table.bytes).toBeLessThan(400_000);
  expect(table.countOf(table.see(7, 7, mix4(0, 5, 0, 0), 0), 1)).toBe(1000);
  table.finish();
  expect(gone).toEqual([0, 1000, 1, 1000]);
});

test('what one table does not need another may have', () => {
  const room = { left: 2 << 20 };
  const spec = { windows: [1e9], least: [9], budget: 100_000, room };
  const [first, second] = [new KeyCounts(spec), new KeyCounts(spec)];
  first.advance(1);
  second.advance(1);
  for (let i = 0; i < 9000; i++) first.see(mix4(i, 1, 0, 0), i, i, i);
  expect(first.evicted).toBe(0);
  expect(room.left).toBeLessThan((2 << 20) - 500_000);
  for (let i = 0; i < 40_000; i++) second.see(mix4(i, 1, 0, 0), i, i, i);
  expect(second.evicted).toBeGreaterThan(0);
  expect(first.bytes + second.bytes).toBeLessThan((2 << 20) + 400_000);
});
