import { expect, test } from 'vitest';
import { parseAddress } from '../model/address.ts';
import { guessHome } from './home-net.ts';
import type { HomeGuess } from './home-net.ts';

function guess(pairs: readonly (readonly [string, string])[]): HomeGuess & { blocks: string[] } {
  const words = (side: 0 | 1): number[] => pairs.flatMap((pair) => [...parseAddress(pair[side])!]);
  const result = guessHome({ rows: pairs.length, sources: words(0), targets: words(1) });
  return { ...result, blocks: result.home.blocks.map(({ text }) => text) };
}
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

test('private addresses that take part are home', () => {
  const { blocks, source } = guess(times(100, (i) => [`203.0.113.${i}`, '192.168.1.5']));
  expect(blocks).toContain('192.168.0.0/16');
  expect(blocks).toContain('fc00::/7');
  expect(source).toBe(
    'guessed: the private ranges (100 % of the first 100 events involve one). Name your networks with --home to be sure.',
  );
});

test('insiders that surf do not make the web home', () => {
  const { blocks } = guess(times(500, (i) => [`10.0.0.${i % 50}`, `203.0.113.${i % 20}`]));
  expect(blocks).not.toContain('203.0.113.0/24');
  expect(blocks).toContain('10.0.0.0/8');
});

test('public networks that several outsiders come to are home', () => {
  const { blocks, source } = guess([
    ...times(300, (i) => [`203.0.${i % 100}.9`, `198.51.100.${i % 30}`] as const),
    ...times(200, (i) => [`203.0.${i % 40}.9`, '2001:db8:1:2::5'] as const),
    ...times(5, (i) => ['203.0.1.1', `192.0.2.${i}`] as const),
  ]);
  expect(blocks).toEqual(['198.51.100.0/24', '2001:db8:1:2::/64']);
  expect(source).toContain('99 % of what came from public addresses went there');
});

test('a capture of one scan: the one network that nearly all goes to', () => {
  expect(guess(times(50, (i) => ['203.0.113.9', `198.51.100.${i}`])).blocks).toEqual(['198.51.100.0/24']);
});

test('backbone-like traffic: no telling, and it says so', () => {
  const { blocks, source } = guess(times(900, (i) => [`203.0.${i % 7}.1`, `100.${i % 30}.${i % 29}.1`]));
  expect(blocks).toEqual([]);
  expect(source).toContain('none known');
  expect(guess([]).source).toContain('names no target addresses');
});

test('multicast and loopback are nobody, and the order of rows does not matter', () => {
  const pairs = [
    ...times(40, (i) => [`203.0.113.${i}`, '198.51.100.7'] as const),
    ...times(900, () => ['203.0.113.1', '239.255.255.250'] as const),
    ...times(900, () => ['127.0.0.1', '127.0.0.53'] as const),
  ];
  expect(guess(pairs).blocks).toEqual(['198.51.100.0/24']);
  expect(guess(pairs.toReversed())).toEqual(guess(pairs));
});
