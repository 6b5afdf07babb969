import { expect, test } from 'vitest';
import { EventBatch, Flag } from '../model/event.ts';
import { IdleSteps } from './idle-steps.ts';

const batch = new EventBatch();
for (let row = 0; row < 4; row++) batch.source[row] = 0xcb007100 + row;
// The same address twice, as a batch holds it.
for (const row of [4, 5]) {
  batch.source[row] = batch.pushWide(0x20010db8, 1, 0, 7);
  batch.flags[row] |= Flag.v6;
}

test('a row follows nothing until its source begins a chain, and then for one to two spans', () => {
  const idle = new IdleSteps<string>(10);
  expect(idle.follows('a', batch, 0, 1, 5)).toBe(false);
  idle.begin(batch, 0, 6);
  expect(idle.hasNews).toBe(false);
  expect([7, 15.9].map((time) => idle.follows('a', batch, 0, 1, time))).toEqual([true, true]);
  expect(idle.follows('a', batch, 1, 2, 15)).toBe(false);
  idle.begin(batch, 4, 16);
  expect(idle.follows('a', batch, 5, 1, 17)).toBe(true);
  expect(idle.follows('a', batch, 0, 1, 17)).toBe(true);
  idle.begin(batch, 1, 40);
  expect([0, 4].map((row) => idle.follows('a', batch, row, 1, 41))).toEqual([false, false]);
});

test('rows of a µs are given back when their source begins a chain in it, those of another are not', () => {
  const idle = new IdleSteps<string>(10);
  const seen: unknown[] = [];
  const replay = (time: number): void =>
    idle.replay(time, (steps, _of, row, actor) => seen.push([steps, row, actor]));
  idle.follows('old', batch, 2, 9, 1);
  idle.follows('a', batch, 2, 9, 2);
  idle.follows('b', batch, 3, 8, 2);
  idle.begin(batch, 2, 2);
  expect(idle.hasNews).toBe(true);
  replay(2);
  expect([idle.hasNews, seen]).toEqual([false, [['a', 2, 9]]]);
  // What was given back is not given back again.
  idle.begin(batch, 3, 2);
  replay(2);
  expect(seen).toEqual([
    ['a', 2, 9],
    ['b', 3, 8],
  ]);
  idle.begin(batch, 3, 3);
  expect(idle.hasNews).toBe(false);
});

test('a µs of very many rows is not kept whole, and that is counted once it matters', () => {
  const idle = new IdleSteps<string>(10);
  for (let i = 0; i < 100_000; i++) idle.follows('a', batch, 1, 1, 1);
  expect(idle.evicted).toBe(0);
  idle.begin(batch, 1, 1);
  let seen = 0;
  idle.replay(1, () => seen++);
  expect(seen + idle.evicted).toBe(100_000);
  expect(seen).toBe(65_536);
});
