import { expect, test } from 'vitest';
import { coverageP, orderP, SourceGroups } from './source-groups.ts';

test('300 random probes of a /24 reach 177 addresses, 5 more or less; a tiling is no chance', () => {
  expect(coverageP(300, 177, 256)).toBeGreaterThan(0.3);
  expect(coverageP(300, 187, 256)).toBeLessThan(0.05);
  expect(coverageP(300, 256, 256)).toBeLessThan(1e-12);
  expect(coverageP(20, 20, 256)).toBeGreaterThan(0.01);
});

test('sequential probes are no chance, whatever the direction; ties say nothing', () => {
  const visits = (cell: (i: number) => number): { cell: number; time: number }[] =>
    Array.from({ length: 40 }, (_, i) => ({ cell: cell(i), time: i }));
  expect(orderP(visits((i) => i))).toBeLessThan(1e-8);
  expect(orderP(visits((i) => 100 - i))).toBeLessThan(1e-8);
  expect(orderP(visits((i) => (i * 23) % 40))).toBeGreaterThan(1e-3);
  expect(orderP(visits(() => 1))).toBe(1);
});

test('a source with more cells than a member may have is none, and a day later all is forgotten', () => {
  const groups = new SourceGroups(3, 2);
  expect(groups.see(1, 7, 1, 0)).toBe(false);
  for (const cell of [2, 3, 4]) groups.see(1, 7, cell, 1);
  expect(groups.get(1)!.sources.get(7)).toEqual([]);
  expect(groups.see(1, 8, 1, 2)).toBe(true);
  groups.see(1, 9, 1, 86_400_000_001);
  expect([...groups.get(1)!.sources.keys()]).toEqual([9]);
});
