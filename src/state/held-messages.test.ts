import { expect, test } from 'vitest';
import { HeldMessages } from './held-messages.ts';

test('a fixed number of messages, oldest first, memory only as it is used', () => {
  const held = new HeldMessages(1000, 128);
  expect(held.bytes.length).toBe(0);
  const first = held.take(1);
  held.append(first, new Uint8Array(300).fill(7), 0, 300);
  expect(held.length[first]).toBe(128);
  expect(held.bytes.length).toBeLessThan(10_000);
  for (let i = 2; i <= 1000; i++) held.take(i);
  expect(held.full).toBe(true);
  expect(held.bytes.length).toBe(128_000);
  expect(held.oldest).toBe(first);
  held.release(first);
  expect(held.full).toBe(false);
  expect(held.due[held.oldest]).toBe(2);
  expect(held.take(1001)).toBe(first);
  expect(held.length[first]).toBe(0);
  for (let left = 1000; left > 0; left--) held.release(held.oldest);
  expect(held.oldest).toBe(-1);
});
