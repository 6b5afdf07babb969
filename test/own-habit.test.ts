import { expect, test } from 'vitest';
import { conn, connLog, day, hour, times } from '../lab/log-lines.ts';
import type { Line } from '../lab/log-lines.ts';
import { incidentsOf } from './verdicts/judged.ts';
import type { Incident } from '../src/model/incident.ts';

/* A poller that reaches the same hosts every day: an outage of theirs is no scan; what it never reached before is. */

const poller = '10.20.0.9';
const poll = (at: number, hosts: readonly number[], dead: (host: number) => boolean = () => false): Line[] =>
  hosts.map((host, i) =>
    conn({
      at: at + i * 0.5,
      from: poller,
      to: `10.20.3.${host}`,
      port: 9100,
      state: dead(host) ? 'S0' : 'SF',
    }),
  );
const known = times(40, (i) => i + 1);
/** Every six hours for `days`: each round is over within a minute. */
const usually = (days: number): Line[] => times(days * 4, (round) => poll(round * 6 * hour, known)).flat();
const told = async (lines: readonly Line[]): Promise<Incident[]> =>
  incidentsOf({ 'conn.log': connLog(lines) });

test('half of the hosts of every day are down: benign, and it says why', async () => {
  const [incident, ...more] = await told([...usually(9), ...poll(9 * day, known, (host) => host % 2 === 0)]);
  expect(more).toEqual([]);
  expect(incident).toMatchObject({ verdict: 'benign', severity: 'info' });
  expect(incident.reasons.join(' ')).toContain('Usual for it: on 9 earlier days');
});

test('the same outage without a week of history is a scan', async () => {
  const [incident] = await told([...usually(3), ...poll(3 * day, known, (host) => host % 2 === 0)]);
  expect(incident).toMatchObject({ verdict: 'scan', severity: 'high' });
});

test('a sudden change is evidence: hosts that it never reached', async () => {
  const others = times(60, (i) => 100 + i);
  const [incident] = await told([...usually(9), ...poll(9 * day, others, (host) => host % 2 === 0)]);
  expect(incident).toMatchObject({ verdict: 'scan', severity: 'high' });
  expect(incident.reasons.join(' ')).toMatch(/new for it: on 9 earlier days about \d+ services answered/);
});

test('its own hosts and others beside them are a scan', async () => {
  const both = [...known, ...times(60, (i) => 100 + i)];
  const [incident] = await told([...usually(9), ...poll(9 * day, both, (host) => host > 90)]);
  expect(incident.verdict).toBe('scan');
});

test('a poller that is never quiet: its window stays warm for days', async () => {
  const minutes = times(9 * 24 * 20, (round) => poll(round * 180, known.slice(0, 30))).flat();
  const [incident, ...more] = await told([
    ...minutes,
    ...poll(9 * day, known.slice(0, 30), (host) => host % 2 === 0),
    ...poll(9 * day + 180, known.slice(0, 30), (host) => host % 2 === 0),
  ]);
  expect(more).toEqual([]);
  expect(incident?.verdict ?? 'benign').toBe('benign');
});
