import { expect, test } from 'vitest';
import { AddressSet } from '../src/model/address.ts';
import type { Incident } from '../src/model/incident.ts';
import { allow, brief, incidentsOf, only } from './verdicts/judged.ts';
import { accessLog, conn, connLog, hour, minute, request, times } from '../lab/log-lines.ts';
import type { Line } from '../lab/log-lines.ts';

/*
 * What an entry of the allowlist covers and what it does not, when one source does both: each of the two incidents has its
 * own times, counts, reasons and successes.
 */

const scanner = '203.0.113.40';
const web = '198.51.100.4';
/** Mondays, 08:00 to 11:00; the logs begin at 09:00. */
const morning = { days: [1], start: 480, end: 660 };
const scan = (at: number, to: string, n = 100, from = scanner): Line[] =>
  times(n, (i) => conn({ at: at + i, from, to, port: 1 + i, state: 'REJ' }));
const sweep = (at: number): Line[] =>
  times(60, (i) => conn({ at: at + i, from: scanner, to: `198.51.100.${i + 100}`, port: 445, state: 'S0' }));
const judged = (lines: Line[], more: Parameters<typeof allow>[2], who = scanner): Promise<Incident[]> =>
  incidentsOf({ 'conn.log': connLog(lines) }, { allowlist: [allow('quarterly', who, more)] });
const two = async (incidents: Promise<Incident[]>): Promise<[Incident, Incident]> => {
  const [deviation, authorised, ...more] = await incidents;
  expect(brief([deviation, authorised, ...more])).toHaveLength(2);
  expect([deviation.verdict, authorised.verdict]).toEqual(['scan', 'authorised']);
  expect(deviation.context.join(' ')).toContain(authorised.id);
  return [deviation, authorised];
};
const span = ({ first, last }: Incident): string => `${first.slice(11, 19)} to ${last.slice(11, 19)}`;

test('the same scan every fifty minutes: what comes after the hour is a deviation, though no count began anew', async () => {
  const runs = times(5, (i) => scan(i * 50 * minute, web)).flat();
  const [deviation, authorised] = await two(judged(runs, { schedule: morning }));
  expect(deviation.severity).toBe('medium');
  expect(span(authorised)).toBe('09:00:00 to 10:41:39');
  expect(span(deviation)).toBe('11:30:00 to 12:21:39');
  expect([authorised.counts.events, deviation.counts.events]).toEqual([300, 200]);
  expect(deviation.reasons.join(' ')).toContain('Outside the schedule of entry quarterly.');
});

test('a scan that runs over the end of its hour, from an IPv6 network as well', async () => {
  for (const [from, to] of [
    [scanner, web],
    ['2001:db8:9::5', '2001:db8:51::5'],
  ]) {
    const [deviation, authorised] = await two(
      judged(scan(2 * hour - 60, to, 200, from), { schedule: morning }, from),
    );
    expect(span(authorised)).toBe('10:59:00 to 10:59:59');
    expect(span(deviation)).toBe('11:00:00 to 11:02:19');
    expect([authorised.counts.ports, deviation.counts.ports]).toEqual([60, 140]);
    expect(deviation.confidence).toBeGreaterThan(0.7);
  }
});

test('what a scanner otherwise does at other hours is no deviation, nor are stragglers', async () => {
  const work = times(40, (i) =>
    conn({ at: 2 * hour + 60 + i * 20, from: scanner, to: web, port: 22, state: i < 4 ? 'REJ' : 'SF' }),
  );
  const last = scan(2 * hour - 90, web, 93);
  expect(only(await judged([...last, ...work], { schedule: morning })).verdict).toBe('authorised');
});

test('a target outside the scope has its own begin, counts, reasons and scores', async () => {
  const lines = [...scan(0, web), ...scan(5 * minute, '198.51.100.100')];
  const targets = AddressSet.parse(['198.51.100.0/28']);
  const [deviation, authorised] = await two(judged(lines, { targets }));
  expect(span(deviation)).toBe('09:05:00 to 09:06:39');
  expect(deviation.counts).toMatchObject({ events: 100, targets: 1, ports: 100 });
  const about = JSON.stringify({ ...deviation, context: [] });
  expect(about).not.toContain(`${web} `);
  expect(deviation.findings[0].crossings.map(({ key }) => key)).toEqual(
    deviation.findings[0].crossings.map(() => '198.51.100.100'),
  );
  expect(span(authorised)).toBe('09:00:00 to 09:01:39');
  expect(JSON.stringify([authorised.findings, authorised.targets, authorised.evidence])).not.toContain(
    '198.51.100.100',
  );
});

test('another kind than allowed: alone it is medium and names the entry, beside the allowed one it is cut off', async () => {
  const alone = only(await judged(sweep(0), { kinds: ['vertical'] }));
  expect(alone).toMatchObject({ verdict: 'scan', severity: 'medium' });
  expect(alone.context.join(' ')).toContain('Entry quarterly does not allow horizontal, only vertical.');
  expect(alone.reasons[1]).toContain('an authorised scanner outside what was authorised');
  const [deviation, authorised] = await two(
    judged([...scan(0, web), ...sweep(10 * minute)], { kinds: ['vertical'] }),
  );
  expect(authorised).toMatchObject({ kinds: ['vertical'], counts: { targets: 1, ports: 100 } });
  expect(span(authorised)).toBe('09:00:00 to 09:01:39');
  expect(deviation.counts).toMatchObject({ targets: 60, ports: 1 });
  expect(span(deviation)).toBe('09:10:00 to 09:10:59');
});

test('exploit requests beside an authorised word list are no part of it', async () => {
  const words = times(100, (i) =>
    request({
      at: i,
      from: scanner,
      path: `/${String.fromCharCode(97 + (i % 26), 97 + (i % 25))}dir`,
      status: 404,
    }),
  );
  const attacks = [
    '/../../etc/passwd',
    '/cgi-bin/..%2f..%2fetc/passwd',
    '/.env',
    '/.git/config',
    '/a/../../etc/shadow',
  ];
  const got = attacks.map((path, i) =>
    request({ at: 300 + i, from: scanner, path, status: 200, size: 2000 + 311 * i }),
  );
  const [deviation, authorised] = await two(
    incidentsOf(
      { 'access.log': accessLog([...words, ...got]) },
      { allowlist: [allow('quarterly', scanner, { kinds: ['wordlist'] })] },
    ),
  );
  expect(deviation.severity).toBe('high');
  expect(deviation.techniques).toContain('T1190');
  expect(authorised.techniques).toEqual(['T1595.003']);
  expect(authorised.followed).toEqual([]);
  expect(authorised.reasons.join(' ')).not.toMatch(/exploit request|must not be public/);
  expect(deviation.counts.paths).toBeLessThanOrEqual(5);
});

test('an entry that does not hold all of an IPv6 network excuses nothing at the hours of one that does', async () => {
  const lines = [
    ...scan(2 * hour - 60, '198.51.100.4', 40, scanner),
    ...scan(2 * hour - 60, '2001:db8:51::5', 100, '2001:db8:9::5'),
    ...scan(2 * hour + 60, '2001:db8:51::5', 100, '2001:db8:9::6'),
  ];
  const incidents = await incidentsOf(
    { 'conn.log': connLog(lines) },
    {
      allowlist: [allow('one', '2001:db8:9::6'), allow('all', '2001:db8:9::/64', { schedule: morning })],
    },
  );
  const scans = incidents.filter(({ actor }) => actor.addresses.some((text) => text.startsWith('2001:')));
  expect(scans.some(({ verdict }) => verdict === 'scan')).toBe(true);
  expect(scans[0].context.join(' ')).toContain('Outside the schedule of entry all.');
});
