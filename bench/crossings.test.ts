import { describe, expect, test } from 'vitest';
import type { Contact, Popularity, Thresholds } from './crossings.ts';
import { crossingsNaive } from './crossings-naive.ts';
import { crossingsOf, crossingsSql, rangeSql } from './crossings-sql.ts';
import { fanOutThresholds } from './fan-out-thresholds.ts';
import { connLogOf, randomContacts } from './random-contacts.ts';

const thresholds: Thresholds = {
  vertical: { 60: 4, 300: 6, 3600: 9 },
  horizontal: { 60: 4, 300: 7, 3600: 10 },
};
const listed: Popularity = { ports: ['tcp/443', 'tcp/80'] };
const learned: Popularity = { ...listed, learned: { sources: 3, hours: 24 } };
const start = Date.UTC(2026, 0, 5, 8) * 1000;

const probe = (seconds: number, more: Partial<Contact> = {}): Contact => ({
  time: start + Math.round(seconds * 1_000_000),
  actor: '192.0.2.7',
  target: '198.51.100.4',
  port: 'tcp/22',
  failed: true,
  inbound: true,
  ...more,
});
const both = async (contacts: Contact[], popularity = listed) => {
  const naive = crossingsNaive(contacts, thresholds, popularity);
  expect(await crossingsOf(contacts, thresholds, popularity)).toEqual(naive);
  return naive;
};

describe('two independent readings of the definition agree', () => {
  test('a value exactly one window old has left', async () => {
    const apart = [probe(0), probe(60, { port: 'tcp/23' })];
    expect((await both(apart)).map((c) => c.window)).toEqual([]);
    const inside = [probe(0), probe(59.999999, { port: 'tcp/23' })];
    expect(await both(inside)).toEqual([
      {
        kind: 'vertical',
        actor: '192.0.2.7',
        of: '198.51.100.4',
        window: 60,
        first: start + 59_999_999,
        max: 4,
      },
    ]);
  });

  test('a repetition keeps a value in the window, and counts once', async () => {
    const again = [probe(0), probe(30), probe(30), probe(75, { port: 'tcp/23' })];
    expect(await both(again)).toMatchObject([{ window: 60, first: start + 75_000_000, max: 4 }]);
  });

  test('what happens in one microsecond happens together, in any order of rows', async () => {
    const rows = [23, 24, 22].map((port) => probe(5, { port: `tcp/${port}` }));
    const found = await both(rows);
    expect(found.map((c) => [c.window, c.first, c.max])).toEqual([
      [60, start + 5_000_000, 6],
      [300, start + 5_000_000, 6],
    ]);
    expect(await both(rows.toReversed())).toEqual(found);
  });

  test('answered counts one, failed two, the stronger of both once; popular one less', async () => {
    const answered = { failed: false };
    expect(await both([1, 2, 3].map((i) => probe(i, { port: `tcp/${i}`, ...answered })))).toEqual([]);
    expect(
      await both([
        probe(0, answered),
        probe(1),
        probe(2, { port: 'tcp/23', ...answered }),
        probe(3, { port: 'tcp/443' }),
      ]),
    ).toMatchObject([{ window: 60, first: start + 3_000_000, max: 4 }]);
    // Answered on a popular port is worth nothing at all.
    expect(await both([443, 80].map((port) => probe(1, { port: `tcp/${port}`, ...answered })))).toEqual([]);
  });

  test('popularity is learned from other actors, by the hour, per target inbound and per port outbound', async () => {
    const crowd = (inbound: boolean) =>
      ['a', 'b', 'c'].map((actor, i) =>
        probe(600 * i, { actor, target: 't1', port: 'tcp/9000', failed: false, inbound }),
      );
    const later = (hours: number, more: Partial<Contact>) =>
      ['tcp/9000', 'tcp/9001'].map((port) => probe(3600 * hours + 60, { port, target: 't1', ...more }));
    const scores = async (rows: Contact[]) =>
      (await both(rows, learned))
        .filter((c) => c.actor !== 'bystander')
        .map((c) => `${c.actor} ${c.kind} ${c.max}`);
    // 2 + 2 reaches four; with port 9000 popular it is 1 + 2.
    expect(await scores([...crowd(true), ...later(1, { target: 't2' })])).toEqual(['192.0.2.7 vertical 4']);
    expect(await scores([...crowd(true), ...later(1, {})])).toEqual([]);
    expect(await scores([...crowd(false), ...later(1, { target: 't2', inbound: false })])).toEqual([]);
    // One of the three asks: only two others.
    expect(await scores([...crowd(true), ...later(1, { actor: 'a' })])).toEqual(['a vertical 4']);
    // 24 hours later it still counts, 25 hours later it is forgotten.
    expect(await scores([...crowd(true), ...later(24, {})])).toEqual([]);
    expect(await scores([...crowd(true), ...later(25, {})])).toEqual(['192.0.2.7 vertical 4']);
  });

  test('the short list stands in for a day, and wherever nothing is answered', async () => {
    const pair = (hours: number) => ['tcp/443', 'tcp/80'].map((port) => probe(3600 * hours + 60, { port }));
    const single = (hours: number) => probe(3600 * hours + 70, { port: 'tcp/22' });
    const answered = (hours: number) => probe(3600 * hours, { actor: 'x', target: 'y', failed: false });
    const crossed = async (rows: Contact[]) => (await both(rows, learned)).length > 0;
    // 1 + 1 + 2 reaches four; two public ports alone only when they are no longer taken for popular.
    expect(await crossed([answered(0), ...pair(1)])).toBe(false);
    expect(await crossed([answered(0), ...pair(1), single(1)])).toBe(true);
    expect(await crossed([answered(0), ...pair(23)])).toBe(false);
    expect(await crossed([answered(0), answered(20), ...pair(24)])).toBe(true);
    expect(await crossed([answered(0), ...pair(26)])).toBe(false);
  });

  test('the other forms that the benchmark times say the same', async () => {
    const unpruned: typeof crossingsSql = (kind, scored, limits) => crossingsSql(kind, scored, limits, false);
    for (let seed = 100; seed < 104; seed += 1) {
      const contacts = randomContacts(seed, 300);
      const naive = crossingsNaive(contacts, thresholds, listed);
      expect(naive.length).toBeGreaterThan(0);
      for (const form of [unpruned, rangeSql])
        expect(await crossingsOf(contacts, thresholds, listed, form)).toEqual(naive);
    }
  });

  test('on seeded random traffic, IPv4 and IPv6', async () => {
    let crossed = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const contacts = randomContacts(seed, 400);
      const quick: Popularity = { ...listed, learned: { sources: 2, hours: 1 } };
      crossed += (await both(contacts, [listed, learned, quick][seed % 3])).length;
    }
    expect(crossed).toBeGreaterThan(100);
  });

  test('with the thresholds that are in force', async () => {
    const contacts = randomContacts(77, 1500);
    const naive = crossingsNaive(contacts, fanOutThresholds, learned);
    expect(await crossingsOf(contacts, fanOutThresholds, learned)).toEqual(naive);
    expect(new Set(naive.map((c) => `${c.kind} ${c.window}`)).size).toBe(6);
  });
});

test('contacts as a conn.log: one line each, in order of time', () => {
  const contacts = randomContacts(3, 300);
  const log = connLogOf(contacts, 1);
  const rows = log.split('\n').filter((line) => /^\d/.test(line));
  const times = rows.map((row) => Math.round(Number(row.split('\t')[0]) * 1e6));
  expect(times).toEqual(contacts.map(({ time }) => time).sort((a, b) => a - b));
  expect(rows.every((row) => row.split('\t').length === 12)).toBe(true);
  expect(log).toMatch(/\t2001:db8:[0-9:]+::[0-9a-f]+\t/);
});
