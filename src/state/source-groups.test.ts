import { expect, test } from 'vitest';
import { SourceGroups } from './source-groups.ts';

const day = 86_400_000_000;

test('a source with more cells than a member may have is none, and a day later all is forgotten', () => {
  const groups = new SourceGroups(3, 2);
  expect(groups.see(1, 2, 3, 7, 1, 0)).toBeUndefined();
  for (const cell of [2, 3, 3, 4]) groups.see(1, 2, 3, 7, cell, 1);
  const group = groups.see(1, 2, 3, 8, 4, 2)!;
  expect(group).toMatchObject({ size: 2, alive: 1, visits: 1, distinct: 1 });
  expect(groups.membersOf(group)).toEqual([8]);
  expect(groups.see(1, 2, 3, 9, 1, day + 1)).toBeUndefined();
  const renewed = groups.see(1, 2, 3, 10, 1, day + 2)!;
  expect(groups.membersOf(renewed)).toEqual([9, 10]);
  expect(renewed).toMatchObject({ visits: 2, distinct: 1 });
});

test('order is that of the first visits of members', () => {
  const groups = new SourceGroups(2, 40);
  for (let i = 0; i < 39; i++) {
    groups.see(9, 0, 0, 1000 + i, 300 + i, i);
    groups.see(9, 0, 0, 1000 + i, 7, i);
  }
  const group = groups.see(9, 0, 0, 1039, 339, 39)!;
  expect(groups.orderP(group)).toBeLessThan(1e-8);
  expect(group).toMatchObject({ visits: 79, distinct: 41 });
});

test('groups and sources are bounded: the oldest group goes, with its sources', () => {
  const groups = new SourceGroups(1, 2);
  for (let i = 0; i < 5000; i++) for (let s = 0; s < 30; s++) groups.see(i, 0, 0, s, s, i);
  // The youngest are whole, the oldest begin anew.
  expect(groups.see(4999, 0, 0, 99, 1, 5000)?.size).toBe(31);
  expect(groups.see(0, 0, 0, 99, 1, 5001)).toBeUndefined();
  expect(groups.see(0, 0, 0, 98, 1, 5001)?.size).toBe(2);
});
