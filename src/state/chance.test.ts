import { expect, test } from 'vitest';
import { coverageP, orderP } from './chance.ts';

test('300 random probes of a /24 reach 177 addresses, 5 more or less; a tiling is no chance', () => {
  expect(coverageP(300, 177, 256)).toBeGreaterThan(0.3);
  expect(coverageP(300, 187, 256)).toBeLessThan(0.05);
  expect(coverageP(300, 256, 256)).toBeLessThan(1e-12);
  expect(coverageP(20, 20, 256)).toBeGreaterThan(0.01);
});

test('sequential probes are no chance, whatever the direction; ties say nothing', () => {
  const p = (cell: (i: number) => number, time = (i: number): number => i): number => {
    const rows = Array.from({ length: 40 }, (_, i) => i);
    return orderP(Float64Array.from(rows, time), Uint16Array.from(rows, cell));
  };
  expect(p((i) => i)).toBeLessThan(1e-8);
  expect(p((i) => 100 - i)).toBeLessThan(1e-8);
  expect(p((i) => (i * 23) % 40)).toBeGreaterThan(1e-3);
  expect(p(() => 1)).toBe(1);
  expect(
    p(
      (i) => i,
      () => 5,
    ),
  ).toBe(1);
});
