import { expect, test } from 'vitest';
import { OpenFlows, openFlowsAtMost } from './open-flows.ts';
import type { Opening } from './open-flows.ts';

const flow = (n: number, time = n): Opening => ({
  time,
  address: Uint32Array.of(0, 0, 0xffff, 0xc0000207, 0, 0, 0xffff, 0xc6336400 + (n >>> 16)),
  sourcePort: 61_000,
  targetPort: n & 0xffff,
  proto: 6,
});

const never = (): never => {
  throw new Error('nothing is dropped here');
};

test('a flow is there once, and settled once', () => {
  const flows = new OpenFlows();
  expect(flows.open(flow(1, 5), never)).toBe(true);
  expect(flows.open(flow(1, 6), never)).toBe(false);
  expect(flows.settle(flow(2))).toBeNaN();
  expect(flows.settle(flow(1))).toBe(5);
  expect(flows.settle(flow(1))).toBeNaN();
  expect(flows.open(flow(1, 7), never)).toBe(true);
  expect(flows.settle(flow(1))).toBe(7);
});

test('what waits too long is given up, oldest first, with all that was known of it', () => {
  const flows = new OpenFlows();
  for (let n = 1; n <= 4; n++) flows.open(flow(n), never);
  flows.settle(flow(2));
  const dropped: Opening[] = [];
  flows.expire(4, (gone) => dropped.push(gone));
  expect(dropped).toEqual([flow(1), flow(3)]);
  expect(flows.size).toBe(1);
});

test('the table is capped: the oldest makes room', () => {
  const flows = new OpenFlows();
  const dropped: number[] = [];
  const more = 1000;
  for (let n = 0; n < openFlowsAtMost + more; n++) flows.open(flow(n), ({ time }) => dropped.push(time));
  expect(flows.size).toBe(openFlowsAtMost);
  expect(dropped).toEqual(Array.from({ length: more }, (_, n) => n));
  expect(flows.settle(flow(0))).toBeNaN();
  expect(flows.settle(flow(more))).toBe(more);
});
