import { expect, test } from 'vitest';
import { SlowMemory } from './slow-memory.ts';

const hour = 3_600_000_000;

test('who fails in one hour only gets no record', () => {
  const memory = new SlowMemory();
  memory.step(0);
  for (let i = 0; i < 1000; i++) memory.fail(i, i, 1);
  expect(memory.size).toBe(0);
  memory.step(hour);
  expect(memory.fail(7, 99, 1)).toMatchObject({ day: 1, hours: 1 });
  expect(memory.size).toBe(1);
});

test('a value counts for twenty-four hours in the day and thirty-one days in the month, at least', () => {
  const memory = new SlowMemory();
  for (let h = 0; h <= 40; h++) {
    memory.step(h * hour);
    memory.fail(1, h, 1);
  }
  const { day, month, ...exact } = memory.state(1)!;
  expect(exact).toMatchObject({ hours: 25, days: 2, recurring: 0 });
  // More than 32 values: counted by a sketch.
  expect(Math.abs(day - 25)).toBeLessThanOrEqual(2);
  expect(Math.abs(month - 40)).toBeLessThanOrEqual(3);
  memory.step((40 + 30 * 24) * hour);
  memory.fail(1, 1000, 1);
  const state = memory.state(1)!;
  expect(state.day).toBe(1);
  expect(state.week).toBe(1);
  expect(state.month).toBeGreaterThanOrEqual(23);
  expect(state.days).toBe(2);
});

test('what comes back in a later hour is told apart', () => {
  const memory = new SlowMemory();
  for (let h = 0; h < 10; h++) {
    memory.step(h * hour);
    for (let i = 0; i < 16; i++) memory.fail(1, i * 0x10001, 1);
  }
  expect(memory.state(1)).toMatchObject({ day: 16, hours: 9, recurring: 1, upper: 16, lower: 16 });
});

test('past the limit somebody goes, and the one with many values stays', () => {
  const memory = new SlowMemory(100);
  memory.step(0);
  for (let i = 0; i < 300; i++) memory.touch(i);
  memory.step(hour);
  for (let v = 0; v < 20; v++) memory.fail(5, v, 1);
  for (let i = 0; i < 300; i++) memory.fail(i, 1, 1);
  expect(memory.size).toBe(100);
  expect(memory.evicted).toBeGreaterThan(0);
  expect(memory.state(5)!.day).toBe(20);
});

test('a clock that leaps a month forgets', () => {
  const memory = new SlowMemory();
  memory.step(0);
  memory.touch(1);
  memory.step(hour);
  expect(memory.knows(1)).toBe(true);
  memory.step(2000 * hour);
  expect(memory.knows(1)).toBe(false);
});

test('exact up to 32 values, to a few percent past that; a sample tells who retries', () => {
  const memory = new SlowMemory();
  const told: number[] = [];
  for (let h = 0; h < 60; h++) {
    memory.step(h * hour);
    for (let i = 0; i < 5; i++) {
      const state = memory.fail(1, Math.imul(h * 5 + i, 0x10203), 1);
      if (state) told.push(state.month);
    }
  }
  expect(told.slice(0, 32)).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
  expect(Math.abs(memory.state(1)!.month / 295 - 1)).toBeLessThan(0.1);
  expect(memory.state(1)!.recurring).toBe(0);
  for (let h = 60; h < 63; h++) {
    memory.step(h * hour);
    for (let v = 0; v < 300; v++) memory.fail(1, Math.imul(v, 0x10203), 1);
  }
  expect(memory.state(1)!.recurring).toBeGreaterThan(0.9);
});
