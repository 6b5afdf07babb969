import { expect, test } from 'vitest';
import { couldShow, mostWorth } from './could-show.ts';
import { shortAddress } from './packets.ts';
import type { Sighting } from './sightings.ts';
import { isoMicros } from './truth.ts';

const see = (time: number, more: Partial<Sighting>): Sighting => ({
  time,
  source: '203.0.113.1',
  target: '198.51.100.3',
  service: 'tcp/80',
  stealth: false,
  answered: false,
  greeted: false,
  name: '',
  status: 0,
  ...more,
});
const knock = (n: number, gap: number): Sighting[] =>
  Array.from({ length: n }, (_, i) => see(i * gap, { service: `tcp/${i}` }));

test('the window is half-open: what is exactly a span old has left', () => {
  const value = (one: Sighting): string => one.service;
  expect(mostWorth(knock(10, 6_000), 60_000, value)).toBe(10);
  expect(mostWorth(knock(11, 6_000), 60_000, value)).toBe(10);
  expect(mostWorth(knock(5, 60_000), 60_000, value)).toBe(1);
  expect(
    mostWorth(
      [...knock(3, 1), ...knock(3, 1)].sort((a, b) => a.time - b.time),
      60_000,
      value,
    ),
  ).toBe(3);
});

test('ten failing ports of one host in a minute can be shown, nine cannot; nor can ten of ten hosts', () => {
  expect(couldShow('vertical', 'netfilter', knock(10, 100))).toBe(true);
  expect(couldShow('vertical', 'netfilter', knock(9, 100))).toBe(false);
  expect(
    couldShow(
      'vertical',
      'netfilter',
      knock(10, 100).map((one, i) => ({ ...one, target: `198.51.100.${i}` })),
    ),
  ).toBe(false);
  expect(couldShow('vertical', 'access', knock(10, 100))).toBe(false);
});

test('answered contacts and public services are worth less', () => {
  const answered = (n: number): Sighting[] => knock(n, 100).map((one) => ({ ...one, answered: true }));
  // Port 25 is public: answered there, it is worth nothing.
  expect(couldShow('vertical', 'pcap', answered(20))).toBe(true);
  expect(couldShow('vertical', 'pcap', answered(19))).toBe(false);
  expect(
    couldShow('vertical', 'pcap', [see(0, { service: 'tcp/25', answered: true }), ...answered(19)]),
  ).toBe(false);
  const hosts = Array.from({ length: 15 }, (_, i) =>
    see(i, { target: `198.51.100.${i}`, service: 'tcp/22' }),
  );
  expect(couldShow('horizontal', 'netfilter', hosts)).toBe(true);
  expect(
    couldShow(
      'horizontal',
      'netfilter',
      hosts.map((one) => ({ ...one, service: 'tcp/443' })),
    ),
  ).toBe(false);
});

test('slow: fifteen values over six hours of a day, or thirty over five days', () => {
  const hour = 3_600_000;
  expect(couldShow('vertical', 'netfilter', knock(15, hour))).toBe(true);
  expect(couldShow('vertical', 'netfilter', knock(14, hour))).toBe(false);
  expect(couldShow('vertical', 'netfilter', knock(30, 4 * hour))).toBe(true);
  expect(couldShow('vertical', 'netfilter', knock(29, 4 * hour))).toBe(false);
});

test('a wordlist needs missing paths, unless the site finds everything', () => {
  const paths = (status: (i: number) => number): Sighting[] =>
    Array.from({ length: 40 }, (_, i) => see(i * 1000, { name: `/p${i}`, status: status(i) }));
  expect(
    couldShow(
      'wordlist',
      'access',
      paths(() => 404),
    ),
  ).toBe(true);
  expect(
    couldShow(
      'wordlist',
      'access',
      paths((i) => (i % 2 === 0 ? 404 : 200)),
    ),
  ).toBe(true);
  expect(
    couldShow(
      'wordlist',
      'access',
      paths((i) => (i < 15 ? 404 : 200)),
    ),
  ).toBe(false);
  expect(
    couldShow(
      'wordlist',
      'access',
      paths(() => 200),
    ),
  ).toBe(true);
});

test('a campaign is twenty sources and more than any one of them did', () => {
  const sources = (n: number): Sighting[] =>
    Array.from({ length: 100 }, (_, i) =>
      see(i * 100, { source: `203.0.113.${i % n}`, service: `tcp/${i}` }),
    );
  expect(couldShow('campaign', 'netflow', sources(20))).toBe(true);
  expect(couldShow('campaign', 'netflow', sources(19))).toBe(false);
  expect(
    couldShow(
      'campaign',
      'netflow',
      sources(20).map((one) => ({ ...one, service: 'tcp/80' })),
    ),
  ).toBe(false);
});

test('addresses in short form, times in microseconds', () => {
  expect(shortAddress('2001:0db8:000a:0001:0000:0000:0000:0066')).toBe('2001:db8:a:1::66');
  expect(shortAddress('2001:db8::1')).toBe('2001:db8::1');
  expect(shortAddress('0:0:0:0:0:0:0:1')).toBe('::1');
  expect(shortAddress('192.0.2.1')).toBe('192.0.2.1');
  expect(isoMicros(1_793_682_505_068.25)).toBe('2026-11-03T05:08:25.068250Z');
});
