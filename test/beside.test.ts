import { expect, test } from 'vitest';
import { brief, incidentsOf, only } from './verdicts/judged.ts';
import {
  accessLog,
  conn,
  connLog,
  day,
  firewallLog,
  hour,
  minute,
  packet,
  randomNumbers,
  request,
  times,
} from '../lab/log-lines.ts';
import type { Line } from '../lab/log-lines.ts';

/*
 * What a source does beside its scan neither hides the scan nor belongs to it: browsing, peers, a visit on another day;
 * and what others call a scan (a mail server's dead ends) stays none.
 */

const inside = '10.20.5.66';
const random = randomNumbers(7);
const stranger = (): string => `${20 + random(150)}.${random(256)}.${random(256)}.7`;
const browsing = (n: number, from = inside): Line[] =>
  times(n, (i) => conn({ at: (i * 3500) / n, from, to: stranger(), port: 443, state: 'SF' }));
const sweep = (n: number, port: number, to: (i: number) => string): Line[] =>
  times(n, (i) => conn({ at: 600 + i * 0.5, from: inside, to: to(i), port, state: 'S0' }));
const neighbours = (i: number): string => `10.20.6.${i + 1}`;

test.each([
  ['400 sites and 25 machines at home', [...browsing(400), ...sweep(25, 3389, neighbours)], 'T1046'],
  ['1,500 sites and 100 machines at home', [...browsing(1500), ...sweep(100, 445, neighbours)], 'T1046'],
  ['1,500 sites and 60 outside', [...browsing(1500), ...sweep(60, 22, stranger)], 'T1595.001'],
])('a sweep between two pages is a scan: %s', async (_, lines, technique) => {
  const incident = only(await incidentsOf({ 'conn.log': connLog(lines) }));
  expect(incident).toMatchObject({ verdict: 'scan', severity: 'high', techniques: [technique] });
  // What it browsed is no part of what it scanned.
  expect(incident.counts.answered).toBe(0);
  expect(incident.reasons[0]).toMatch(/ tried tcp\/\d+ at \d+ addresses: \d+ unanswered/);
  expect(incident.reasons.at(-1)).toMatch(/^Beside it: [\d,]+ contacts with popular services elsewhere/);
});

test('a sweep at home by a machine with peers all over the world is T1046', async () => {
  const peers = times(200, (i) =>
    conn({
      at: i * 17,
      from: inside,
      to: stranger(),
      port: 10_000 + i * 97,
      state: i % 3 === 0 ? 'SF' : 'S0',
    }),
  );
  const incident = only(
    await incidentsOf({ 'conn.log': connLog([...peers, ...sweep(50, 445, neighbours)]) }),
  );
  expect(incident).toMatchObject({ verdict: 'scan', severity: 'high', techniques: ['T1046'] });
});

test('a mail server whose mail cannot be delivered to one in twenty is none', async () => {
  const lines = times(2000, (i) =>
    conn({ at: i * 1.8, from: '10.20.1.25', to: stranger(), port: 25, state: i % 20 === 0 ? 'S0' : 'SF' }),
  );
  const incidents = await incidentsOf({ 'conn.log': connLog(lines) });
  expect(incidents.map(({ verdict }) => verdict)).toEqual(['benign']);
});

test('files with secrets that were served are a success from the first of them on, and are counted once', async () => {
  const got = [
    ['/.env', 312],
    ['/.git/config', 92],
    ['/backup.sql', 81_234_567],
  ] as const;
  const visits = times(40, (i) =>
    request({ at: i * 10, from: `93.184.${i}.9`, path: '/about', status: 200, size: 3011 }),
  );
  const stolen = (sizes: (size: number) => number): Line[] =>
    got.map(([path, size], i) =>
      request({ at: 200 + i * 3, from: '192.0.2.7', path, status: 200, size: sizes(size) }),
    );
  const judged = async (lines: Line[]) =>
    only(await incidentsOf({ 'access.log': accessLog([...visits, ...lines]) }));
  const incident = await judged(stolen((size) => size));
  expect(incident.severity).toBe('high');
  expect(incident.techniques).toContain('T1190');
  expect(incident.counts.events).toBe(3);
  // A site that answers everything with one page gave nothing away.
  expect((await judged(stolen(() => 5120))).techniques).not.toContain('T1190');
});

test('an episode ends: the same source a day later is another incident, a visit of it is none', async () => {
  const ports = (at: number, first: number): Line[] =>
    times(40, (i) =>
      conn({ at: at + i, from: '192.0.2.7', to: '198.51.100.4', port: first + i, state: 'REJ' }),
    );
  const visit = (at: number): Line =>
    conn({ at, from: '192.0.2.7', to: '198.51.100.4', port: 443, state: 'SF' });
  const spans = async (lines: Line[]): Promise<[number, number][]> =>
    (await incidentsOf({ 'conn.log': connLog(lines) }))
      .toSorted((x, y) => (x.first < y.first ? -1 : 1))
      .map(({ first, last, counts }) => [(Date.parse(last) - Date.parse(first)) / 1000, counts.ports]);
  const once: [number, number] = [39, 40];
  expect(await spans([...ports(0, 1), ...ports(26 * hour, 101)])).toEqual([once, once]);
  expect(await spans([...ports(0, 1), ...ports(8 * day, 1)])).toEqual([once, once]);
  expect(await spans([...ports(0, 1), visit(2 * hour), visit(26 * hour)])).toEqual([once]);
});

test('what goes round by a timetable of hours is one story', async () => {
  const rounds = times(8, (round) =>
    times(14, (i) =>
      conn({
        at: round * 2 * hour + i,
        from: '10.20.1.9',
        to: `10.20.9.${i + 1}`,
        port: 9100,
        state: 'S0',
      }),
    ),
  ).flat();
  const answered = times(20, (i) => conn({ at: i * hour, from: '10.20.1.8', to: '10.20.9.99', port: 22 }));
  const incidents = await incidentsOf({ 'conn.log': connLog([...rounds, ...answered]) });
  expect(brief(incidents)).toEqual(['misconfiguration info 10.20.1.9: horizontal']);
});

test('what a firewall lets through, round after round, is monitoring; nobody knows that it failed', async () => {
  const round = (every: number, rounds: number): Line[] =>
    times(rounds, (i) =>
      times(40, (host) =>
        packet({
          at: i * every + host,
          from: '10.20.1.9',
          to: `10.20.9.${host + 1}`,
          port: 9102,
          prefix: '[UFW ALLOW] ',
        }),
      ),
    ).flat();
  for (const lines of [round(5 * minute, 12), round(day, 9)]) {
    const incident = only(await incidentsOf({ 'fw.log': firewallLog(lines) }));
    expect(incident).toMatchObject({ verdict: 'benign', severity: 'info' });
    expect(incident.reasons.join(' ')).toContain('40 of them were let through');
  }
  expect(only(await incidentsOf({ 'fw.log': firewallLog(round(day, 1)) })).verdict).toBe('scan');
  // Retries of a scan from outside look the same.
  const again = times(4, (i) =>
    times(40, (host) =>
      packet({
        at: i * 120 + host,
        from: '192.0.2.7',
        to: `198.51.100.${host + 1}`,
        port: 9102,
        prefix: '[UFW ALLOW] ',
      }),
    ),
  ).flat();
  expect(only(await incidentsOf({ 'fw.log': firewallLog(again) })).verdict).toBe('scan');
});

test('who opens every door and says nothing is a scanner, whatever answers; a health check comes back', async () => {
  const opened = (at: number, host: number, more: Partial<Parameters<typeof conn>[0]> = {}): Line =>
    conn({
      at: at + host * 0.05,
      from: '192.0.2.7',
      to: `198.51.100.${host + 1}`,
      port: 22,
      state: 'RSTO',
      sent: 0,
      got: 0,
      history: 'ShR',
      ...more,
    });
  const silent = times(200, (host) => opened(0, host));
  expect(only(await incidentsOf({ 'conn.log': connLog(silent) }))).toMatchObject({
    verdict: 'scan',
    kinds: ['horizontal'],
  });
  const talking = times(200, (host) =>
    opened(0, host, { state: 'SF', sent: 120, got: 900, history: 'ShADadFf' }),
  );
  expect(await incidentsOf({ 'conn.log': connLog(talking) })).toEqual([]);
  const checks = times(12, (round) =>
    times(30, (host) => opened(round * minute, host, { from: '10.20.1.8', to: `10.20.9.${host + 1}` })),
  ).flat();
  expect(brief(await incidentsOf({ 'conn.log': connLog(checks) }))).toEqual([
    'benign info 10.20.1.8: horizontal',
  ]);
});
