import { expect, test } from 'vitest';
import { FewCells } from './few-cells.ts';

const day = 86_400_000_000;

test('a record holds each cell once, says when it has too many, and begins anew after a day', () => {
  const few = new FewCells(4, 8);
  let at = 0;
  for (const cell of [7, 8, 7, 9]) at = few.see(0, 1, 2, 3, cell, 1, 10);
  expect(few.count(at)).toBe(3);
  expect([0, 1, 2].map((i) => few.cell(at, i))).toEqual([7, 8, 9]);
  for (const cell of [10, 11]) few.see(0, 1, 2, 3, cell, 4, 20);
  expect(few.count(at)).toBe(0);
  expect([few.bits(at), few.first(at), few.last(at)]).toEqual([5, 10, 20]);
  few.see(0, 1, 2, 3, 12, 0, 10 + day + 1);
  expect([few.count(at), few.cell(at, 0), few.size]).toEqual([1, 12, 1]);
});

test('sources, and what they did where, are kept apart', () => {
  const few = new FewCells(4, 8);
  const at = [few.see(0, 1, 2, 3, 5, 0, 1), few.see(1, 1, 2, 3, 5, 0, 1), few.see(0, 1, 2, 4, 5, 0, 1)];
  expect(new Set(at).size).toBe(3);
  few.good(1, 1, 2, 3);
  few.good(9, 9, 9, 9);
  expect(at.map((record) => few.goods(record))).toEqual([0, 1, 0]);
});

test('full: the oldest goes, and is counted; all others stay', () => {
  const few = new FewCells(2, 16);
  for (let i = 0; i < 40; i++) few.see(0, 0xf000_0000 + i, 0, 0, i, 0, i);
  expect(few.evicted).toBe(24);
  for (let i = 24; i < 40; i++) expect(few.count(few.see(0, 0xf000_0000 + i, 0, 0, i, 0, i))).toBe(1);
  expect(few.evicted).toBe(24);
});
