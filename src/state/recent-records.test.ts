import { expect, test } from 'vitest';
import { none } from './record-pool.ts';
import { firstWord, RecentRecords } from './recent-records.ts';

const width = firstWord + 1;

/** Every key in one chain: the worst that hashes can do. */
const collide = (): number => 7;
const spread = (x: number, y: number, z: number): number =>
  Math.imul(x ^ (y << 7) ^ (z << 13), 0x9e3779b1) >>> 9;

test.each([
  ['one chain', collide],
  ['many chains', spread],
])('the records that came last are known, the ones before are not: %s', (_name, hash) => {
  const records = new RecentRecords(width, 100, hash);
  for (let i = 0; i < 5000; i++) {
    const at = records.take(i, -i, 0xffff_0000 + i);
    records.words[at * width + firstWord] = 3 * i;
  }
  for (let i = 0; i < 5000; i++) {
    const at = records.find(i, -i, 0xffff_0000 + i);
    if (i < 4900) expect(at).toBe(none);
    else expect(records.words[at * width + firstWord]).toBe(3 * i);
  }
  expect(records.find(4950, 0, 0)).toBe(none);
});
