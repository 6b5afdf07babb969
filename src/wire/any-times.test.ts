import { expect, test } from 'vitest';
import { formatMicros } from '../bytes/times.ts';
import { AnyTimes } from './any-times.ts';

const info = {
  index: 0,
  name: 'test',
  modified: Date.UTC(2026, 11, 1) * 1000,
  zone: 'Europe/Berlin',
  options: undefined,
  trustedProxies: { size: 0, has4: () => false, has6: () => false },
};

test.each([
  ['1795307531', '2026-11-22T00:32:11.000000Z'],
  ['1795307531.25', '2026-11-22T00:32:11.250000Z'],
  ['1795307531250', '2026-11-22T00:32:11.250000Z'],
  ['1795307531250000000', '2026-11-22T00:32:11.250000Z'],
  ['2026-11-22T00:32:11.250Z', '2026-11-22T00:32:11.250000Z'],
  ['2026-11-22T01:32:11+0100', '2026-11-22T00:32:11.000000Z'],
  ['2026-11-22 01:32:11', '2026-11-22T00:32:11.000000Z'],
  ['2026-11-21 19:32:11 EST', '2026-11-22T00:32:11.000000Z'],
  ['2026/11/22 01:32:11.5', '2026-11-22T00:32:11.500000Z'],
  ['2026/11/22 02:32:11 +02:00', '2026-11-22T00:32:11.000000Z'],
  ['Nov 22 2026 01:32:11.250', '2026-11-22T00:32:11.250000Z'],
  ['Nov 22 2026 00:32:11 UTC', '2026-11-22T00:32:11.000000Z'],
  ['Nov 21 2026 19:32:11 GMT-05:00', '2026-11-22T00:32:11.000000Z'],
  ['Nov 22 01:32:11', '2026-11-22T00:32:11.000000Z'],
])('%s', (text, expected) => {
  const bytes = new TextEncoder().encode(text);
  expect(formatMicros(new AnyTimes(info).read(bytes, 0, bytes.length))).toBe(expected);
});

test.each([
  '',
  'noon',
  '12345',
  '2026-13-22 00:32:11',
  '2026/11/31 00:32:11',
  'Nov 31 2026 00:32:11',
  '1795307531x',
])('%j is no stamp', (text) => {
  const bytes = new TextEncoder().encode(text);
  expect(new AnyTimes(info).read(bytes, 0, bytes.length)).toBeNaN();
});
