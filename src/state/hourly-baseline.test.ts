import { expect, test } from 'vitest';
import { upperTail } from './chance.ts';
import { HourlyBaseline } from './hourly-baseline.ts';

const hour = 3_600_000_000;

test('tails of the negative binomial and of the Poisson distribution', () => {
  // Summed from their definitions by other means (logarithms of the gamma function).
  expect(upperTail(10, 4, 4)).toBeCloseTo(0.008_132, 5);
  expect(upperTail(20, 5, 17.5)).toBeCloseTo(0.008_025, 5);
  expect(upperTail(0, 4, 4)).toBe(1);
  expect(upperTail(200, 5, 17.5)).toBeLessThan(1e-20);
});

test('what is usual is known after a day, of each service for itself', () => {
  const baseline = new HourlyBaseline();
  for (let h = 0; h < 48; h++) for (let i = 0; i < 12; i++) baseline.add(23, h * hour + i);
  expect(baseline.chance(23, 23 * hour, 50)).toBeUndefined();
  expect(baseline.chance(23, 48 * hour, 14)).toBeGreaterThan(0.1);
  expect(baseline.chance(23, 48 * hour, 80)).toBeLessThan(1e-20);
  expect(baseline.chance(5060, 48 * hour, 20)).toBeLessThan(1e-10);
  // A week of silence later twelve an hour are no longer usual.
  expect(baseline.usual(23, 300 * hour)!.mean).toBe(0);
});
