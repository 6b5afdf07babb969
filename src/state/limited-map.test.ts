import { expect, test } from 'vitest';
import { LimitedMap } from './limited-map.ts';

test('past the limit the key that came first goes, whatever was set again', () => {
  const map = new LimitedMap<string, number>(3);
  for (const [i, key] of ['a', 'b', 'c', 'a'].entries()) map.set(key, i);
  expect(map.get('a')).toBe(3);
  map.set('d', 4);
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([undefined, 1, 2, 4]);
  map.set('a', 5);
  map.set('e', 6);
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => map.get(key))).toEqual([5, undefined, undefined, 4, 6]);
});
