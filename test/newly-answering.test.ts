import { expect, test } from 'vitest';
import { conn, connLog, day, hour, times } from '../lab/log-lines.ts';
import type { Line } from '../lab/log-lines.ts';
import { incidentsOf } from './verdicts/judged.ts';

/* A machine that first answers in the middle of the data, and whom: the scanner, or somebody before. */

const scanner = '192.0.2.7';
const old = '198.51.100.4';
const fresh = '198.51.100.9';
const visits = (days: number): Line[] =>
  times(days * 24, (i) =>
    conn({ at: i * hour, from: `203.0.113.${1 + (i % 9)}`, to: old, port: 443, state: 'SF' }),
  );
/** Both machines' ports; 8443 is open on both. */
const scan = (at: number): Line[] =>
  [old, fresh].flatMap((to, m) =>
    times(40, (i) =>
      conn({ at: at + m * 20 + i * 0.2, from: scanner, to, port: 8420 + i, state: i === 23 ? 'SF' : 'REJ' }),
    ),
  );
const reasonsOf = async (lines: readonly Line[]): Promise<string[]> => {
  const [incident] = await incidentsOf({ 'conn.log': connLog(lines) });
  expect(incident.actor.address).toBe(scanner);
  return incident.reasons.filter((reason) => reason.startsWith('Newly answering'));
};

test('a machine that answered nobody for three days, and then the scanner', async () => {
  const [reason, ...more] = await reasonsOf([...visits(3), ...scan(3 * day)]);
  expect(more).toEqual([]);
  expect(reason).toContain(`${fresh} had answered nobody in the 3 d`);
  expect(reason).not.toContain(old);
});

test('not: too little history; somebody was answered before; nothing answered', async () => {
  expect(await reasonsOf([...visits(1).slice(0, 12), ...scan(day / 2)])).toEqual([]);
  const early = conn({ at: 2.5 * day, from: '203.0.113.200', to: fresh, port: 22, state: 'SF' });
  expect(await reasonsOf([...visits(3), early, ...scan(3 * day)])).toEqual([]);
  const shut = scan(3 * day).filter(({ text }) => !text.includes('\t8443\t'));
  expect(await reasonsOf([...visits(3), ...shut])).toEqual([]);
});
