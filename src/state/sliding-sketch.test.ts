import { expect, test } from 'vitest';
import { SlidingSketch } from './sliding-sketch.ts';

/** Another mix than the tables': what is tested is not what mixes. */
function hash(i: number): number {
  let h = Math.imul(i + 0x9e37, 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 16);
}

test.each([50, 300, 2000, 20_000, 200_000])(
  '%i values, each several times: within three standard errors',
  (n) => {
    const sketch = new SlidingSketch();
    for (let i = 0; i < n; i++) for (let again = 0; again < 2; again++) sketch.add(hash(i), 5);
    expect(Math.abs(sketch.count(0) / n - 1)).toBeLessThan(0.1);
    expect(sketch.count(6)).toBe(0);
  },
);

test('windows of a day, a week and a month of one actor, hour by hour', () => {
  const sketch = new SlidingSketch();
  // Ten new values an hour for thirty days.
  for (let hour = 0; hour < 720; hour++) for (let i = 0; i < 10; i++) sketch.add(hash(hour * 10 + i), hour);
  for (const [hours, expected] of [
    [24, 240],
    [168, 1680],
    [720, 7200],
  ]) {
    expect(Math.abs(sketch.count(720 - hours) / expected - 1)).toBeLessThan(0.1);
  }
});

test('old values that come back count for the young window too', () => {
  const sketch = new SlidingSketch();
  for (let i = 0; i < 500; i++) sketch.add(hash(i), 1);
  for (let i = 0; i < 100; i++) sketch.add(hash(i), 50);
  expect(Math.abs(sketch.count(50) / 100 - 1)).toBeLessThan(0.12);
  expect(Math.abs(sketch.count(0) / 500 - 1)).toBeLessThan(0.1);
});
