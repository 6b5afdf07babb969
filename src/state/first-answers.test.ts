import { expect, test } from 'vitest';
import type { Words } from '../model/address.ts';
import { FirstAnswers } from './first-answers.ts';
import { mix4 } from './hash.ts';

const v4 = (last: number): Words => [0, 0, 0xffff, 0xc633_6400 + last];
const v6 = (last: number): Words => [0x2001_0db8, 0x0051_0000, 0, last];

test('the first whom a machine answered, by IPv4 and by the /64 of IPv6', () => {
  const answers = new FirstAnswers();
  answers.add(v4(1)[3], 0, v4(200)[3], 10);
  answers.add(v4(1)[3], 0, v4(9)[3], 20);
  answers.add(mix4(...v6(1)), 1, mix4(0x2001_0db8, 7, 0, 4), 30);
  expect(answers.of(v4(1))!.time).toBe(10);
  expect(answers.of(v4(1))!.was(v4(200))).toBe(true);
  expect(answers.of(v4(1))!.was(v4(9))).toBe(false);
  expect(answers.of(v6(1))!.was([0x2001_0db8, 7, 5, 6])).toBe(true);
  expect(answers.of(v6(1))!.was([0x2001_0db8, 8, 5, 6])).toBe(false);
  expect(answers.of(v4(2))).toBeUndefined();
});

test('of two in one µs the lowest, in any order', () => {
  const answers = new FirstAnswers();
  answers.add(1, 0, v4(200)[3], 10);
  answers.add(1, 0, v4(9)[3], 10);
  answers.add(1, 0, v4(100)[3], 10);
  expect(answers.of([0, 0, 0xffff, 1])!.was(v4(9))).toBe(true);
});

test('at the limit nobody is known to be the first', () => {
  const answers = new FirstAnswers();
  for (let host = 0; host < 65_536; host++) answers.add(host, 0, 7, 10);
  expect(answers.of([0, 0, 0xffff, 5])?.time).toBe(10);
  expect(answers.bytes).toBeLessThan(4 << 20);
  answers.add(70_000, 0, 7, 10);
  expect(answers.of([0, 0, 0xffff, 5])).toBeUndefined();
});
