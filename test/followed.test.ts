import { expect, test } from 'vitest';
import type { Incident } from '../src/model/incident.ts';
import { incidentsOf, only } from './verdicts/judged.ts';
import { accessLog, conn, connLog, day, request, start, times, word } from '../lab/log-lines.ts';
import type { Line } from '../lab/log-lines.ts';

/*
 * What follows a scan, from the lines of the logs to the technique: a login by the scanner or by a neighbour (T1078,
 * T1133 from outside), an
 * exploit request that was answered (T1190), a connection from what was probed back to the scanner (T1190); and what
 * looks like it and is not.
 */

const scanner = '192.0.2.7';
const web = '198.51.100.4';
const scan: Line[] = times(60, (i) =>
  conn({ at: i * 0.2, from: scanner, to: web, port: 1000 + i, state: 'REJ' }),
);

const sshd = (lines: readonly (readonly [at: number, text: string])[]): string =>
  lines.map(([at, text]) => `${new Date(start + at * 1000).toISOString()} ${text}\n`).join('');
const accepted = (from: string, user = 'deploy'): string =>
  `gw sshd[4711]: Accepted password for ${user} from ${from} port 40000 ssh2`;

const judged = async (files: Readonly<Record<string, string>>): Promise<Incident> =>
  only((await incidentsOf(files)).filter(({ severity }) => severity !== 'info'));

const proofOf = ({ evidence }: Incident, source: string, line?: number): string | undefined =>
  evidence.findLast((one) => one.source === source && (line === undefined || one.line === line))?.raw;

test('a login by the scanner is T1078 and T1133, and high', async () => {
  const incident = await judged({ 'conn.log': connLog(scan), 'auth.log': sshd([[120, accepted(scanner)]]) });
  expect(incident).toMatchObject({ severity: 'high', techniques: ['T1595.001', 'T1078', 'T1133'] });
  expect(incident.followed[0].what).toContain('logged in as deploy by ssh');
  expect(proofOf(incident, 'auth.log', 1)).toContain(accepted(scanner));
});

test('a login by a neighbour who never scanned and never came before is T1078 and T1133', async () => {
  const incident = await judged({
    'conn.log': connLog(scan),
    'auth.log': sshd([[600, accepted('192.0.2.200')]]),
  });
  expect(incident).toMatchObject({ severity: 'high', techniques: ['T1595.001', 'T1078', 'T1133'] });
  expect(incident.followed[0].what).toBe(
    '192.0.2.200, a neighbour, logged in as deploy by ssh; it had not before',
  );
  expect(incident.followed[0].evidence).toBe('login deploy from 192.0.2.200 (auth.log:1)');
  expect(proofOf(incident, 'auth.log', 1)).toContain(accepted('192.0.2.200'));
});

test('not: a neighbour who logs in every day, one from another network, one who comes two days later', async () => {
  const severityOf = async (...logins: [number, string][]): Promise<string> =>
    (
      await judged({
        'conn.log': connLog(scan),
        'auth.log': sshd(logins.map(([at, from]) => [at, accepted(from)])),
      })
    ).severity;
  expect(await severityOf([-100, '192.0.2.200'], [600, '192.0.2.200'])).toBe('low');
  expect(await severityOf([600, '192.0.3.200'])).toBe('low');
  expect(await severityOf([2 * day, '192.0.2.200'])).toBe('low');
});

test('an exploit request that was answered with a page of its own is T1190; the page for everything is not', async () => {
  const guesses = times(60, (i) =>
    request({ at: i, from: scanner, path: `/${word(i)}`, status: 404, size: 153 }),
  );
  const hit = (size: number, others: number): Line[] => [
    ...guesses,
    ...times(6, (i) =>
      request({ at: 61 + i, from: scanner, path: `/page-${word(i)}`, status: 200, size: others }),
    ),
    request({ at: 70, from: scanner, path: '/cgi-bin/luci/;stok=/locale', status: 200, size }),
  ];
  const answered = await judged({ 'access.log': accessLog(hit(9001, 1500)) });
  expect(answered.severity).toBe('high');
  expect(answered.techniques).toContain('T1190');
  expect(answered.followed[0].evidence).toContain('(access.log:67)');
  expect(proofOf(answered, 'access.log', 67)).toContain('/cgi-bin/luci/;stok=/locale');
  const generic = await judged({ 'access.log': accessLog(hit(1501, 1500)) });
  expect(generic.techniques).not.toContain('T1190');
});

test('a connection from what was probed back to the scanner is T1190; an answer by mail or to a stranger is not', async () => {
  const back = (more: { to?: string; from?: string; port?: number }): Line =>
    conn({ at: 60, from: web, to: scanner, port: 4444, state: 'SF', ...more });
  const called = await judged({ 'conn.log': connLog([...scan, back({})]) });
  expect(called).toMatchObject({ severity: 'high' });
  expect(called.techniques).toContain('T1190');
  expect(proofOf(called, 'conn.log')).toContain(`${web}\t`);
  expect(called.followed[0].what).toBe(
    `${web}, which had been probed, connected back to the actor's tcp/4444`,
  );
  for (const other of [{ port: 25 }, { to: '203.0.113.9' }, { from: '198.51.100.99' }]) {
    const incident = await judged({ 'conn.log': connLog([...scan, back(other)]) });
    expect(incident.techniques).toEqual(['T1595.001']);
  }
});

test('an exploit that was answered and a connection back are critical', async () => {
  const incident = await judged({
    'conn.log': connLog([...scan, conn({ at: 90, from: web, to: scanner, port: 4444, state: 'SF' })]),
    'access.log': accessLog([
      ...times(60, (i) =>
        request({ at: 15 + i / 4, from: scanner, path: `/${word(i)}`, status: 404, size: 153 }),
      ),
      request({
        at: 40,
        from: scanner,
        path: '/vendor/phpunit/src/Util/PHP/eval-stdin.php',
        status: 200,
        size: 77,
      }),
    ]),
  });
  expect(incident.severity).toBe('critical');
});

test('a log without hosts and one with them saw one request each: it counts once, and keeps its host', async () => {
  const asked = (from: number): Line[] =>
    times(60, (i) => request({ at: from + i, from: scanner, path: `/${word(i)}`, status: 404, size: 153 }));
  const hostless = (lines: readonly Line[]): string =>
    accessLog(lines.map((line) => ({ ...line, text: line.text.slice(line.text.indexOf(' ') + 1) })));
  const both = await judged({ 'a.log': hostless(asked(0)), 'b.log': accessLog(asked(0)) });
  expect(both.counts.paths).toBe(60);
  expect(new Set(both.paths.map(({ host }) => host))).toEqual(new Set(['www.example.com']));
  expect(both.sensors).toEqual(['a.log', 'b.log']);
  // Minutes apart it is another request, to a site that is not known.
  const apart = await judged({ 'a.log': hostless(asked(120)), 'b.log': accessLog(asked(0)) });
  expect(apart.counts.paths).toBe(120);
});

test('a scan that fits into one second, among others, has its sensor, its agent and its evidence', async () => {
  const asked = (from: string, n: number): Line[] =>
    times(300, (i) =>
      request({ at: 1, from, path: `/${word(1000 * n + i)}`, status: 404, size: 153, agent: `quiet/${n}` }),
    );
  const mixed = ['203.0.113.8', '198.18.0.9', scanner].flatMap(asked);
  const incidents = await incidentsOf({ 'access.log': accessLog(mixed) });
  expect(incidents).toHaveLength(3);
  for (const incident of incidents) {
    expect(incident).toMatchObject({ sensors: ['access.log'], kinds: ['wordlist'] });
    expect(incident.evidence[0].raw).toContain(incident.actor.address);
    expect(incident.blindness).not.toContain('No user agent was logged.');
  }
});
