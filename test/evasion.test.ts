import { describe, expect, test } from 'vitest';
import type { Incident } from '../src/model/incident.ts';
import {
  accessLog,
  accessLine,
  conn,
  connLog,
  day,
  dnsLog,
  firefox,
  firewallLog,
  hour,
  minute,
  packet,
  query,
  randomNumbers,
  shuffled,
  times,
  word,
} from '../lab/log-lines.ts';
import type { Line } from '../lab/log-lines.ts';
import { incidentsOf } from './verdicts/judged.ts';

/*
 * What somebody tries who has read how the detectors work (docs/evasion.md). What catches him is asserted, and so is what
 * does not: a page that says "not caught" must be true too, until it can be changed.
 */

const from = '203.0.113.66';
const host = '198.51.100.10';

const ofFlows = (lines: readonly Line[]): Promise<Incident[]> => incidentsOf({ 'conn.log': connLog(lines) });
const ofFirewall = (lines: readonly Line[]): Promise<Incident[]> =>
  incidentsOf({ 'fw.log': firewallLog(lines) });
const ofAccess = (lines: readonly Line[]): Promise<Incident[]> =>
  incidentsOf({ 'access.log': accessLog(lines) });

/** `verdict kinds` of every incident. */
const said = async (incidents: Promise<Incident[]>): Promise<string[]> =>
  (await incidents).map(({ verdict, kinds }) => `${verdict} ${kinds.join(' ')}`);
/** Somebody else is answered, so that the sensor is known to log successes. */
const others = times(30, (i) =>
  conn({ at: i * 60, from: `192.0.2.${i + 1}`, to: '198.51.100.3', port: 443, state: 'SF' }),
);

describe('fan-out', () => {
  test('just below every window, but going on: slow', async () => {
    const lines = times(8 * 19, (i) => conn({ at: i * 190, from, to: host, port: 200 + i, state: 'REJ' }));
    expect(await said(ofFlows([...others, ...lines]))).toEqual(['scan vertical']);
  });
  test('nine ports and never again: not caught', async () => {
    const lines = times(9, (i) => conn({ at: i * 5, from, to: host, port: 200 + i, state: 'REJ' }));
    expect(await said(ofFlows([...others, ...lines]))).toEqual([]);
  });
  test('one known host for each unknown one: caught all the same', async () => {
    const lines = times(100, (i) =>
      conn({ at: i * 0.5, from, to: `198.51.100.${i + 1}`, port: 443, state: i % 2 === 0 ? 'SF' : 'S0' }),
    );
    expect(await said(ofFlows([...others, ...lines]))).toEqual(['scan horizontal']);
  });
  test.each([
    [443, 'a public one: caught', ['scan horizontal']],
    [9090, 'another one: not caught', []],
  ])('eight known hosts for each unknown one, at service %i, %s', async (port, _name, expected) => {
    const lines = times(250, (i) =>
      conn({ at: i * 0.2, from, to: `198.51.100.${i + 1}`, port, state: i % 9 > 0 ? 'SF' : 'S0' }),
    );
    expect(await said(ofFlows([...others, ...lines]))).toEqual(expected);
  });
  test('from the port of a name server: caught', async () => {
    const lines = times(60, (i) => packet({ at: i, from, to: host, port: 1 + i * 3, sourcePort: 53 }));
    expect(await said(ofFirewall(lines))).toEqual(['scan vertical']);
  });
  test('a new address of its /64 for every probe: caught as one', async () => {
    const lines = times(60, (i) =>
      conn({ at: i, from: `2001:db8:bad:1::${i + 16}`, to: '2001:db8:51::10', port: 200 + i, state: 'REJ' }),
    );
    expect(await said(ofFlows([...others, ...lines]))).toEqual(['scan vertical']);
  });
  test('a new /64 for every third probe: a campaign', async () => {
    const lines = times(90, (i) =>
      conn({
        at: i * 3,
        from: `2001:db8:${(0x900 + Math.floor(i / 3)).toString(16)}::1`,
        to: '2001:db8:51::10',
        port: 200 + i,
        state: 'REJ',
      }),
    );
    expect(await said(ofFlows([...others, ...lines]))).toEqual(['scan campaign']);
  });
});

describe('slow', () => {
  test('fourteen a day in five hours, for a week: the window of a week', async () => {
    const lines = times(7 * 14, (i) =>
      packet({ at: Math.floor(i / 14) * day + (i % 14) * 1200, from, to: `198.51.100.${1 + i}`, port: 5900 }),
    );
    expect(await said(ofFirewall(lines))).toEqual(['scan horizontal']);
  });
  test('two a day for three weeks: the window of a month', async () => {
    const lines = times(42, (i) => packet({ at: i * 12 * hour, from, to: host, port: 200 + i }));
    expect(await said(ofFirewall(lines))).toEqual(['scan vertical']);
  });
  test('everything again in a later hour, as a client that retries: not caught', async () => {
    const lines = times(24, (h) =>
      times(2, (i) =>
        packet({ at: h * hour + i * 60, from, to: host, port: 200 + Math.floor(h / 2) * 2 + i }),
      ),
    ).flat();
    expect(await said(ofFirewall(lines))).toEqual([]);
  });
  test('one address of a /24 after the other: their network, and a campaign', async () => {
    const lines = times(150, (i) =>
      packet({ at: i * 600, from: `203.0.113.${1 + (i % 30)}`, to: host, port: 200 + i }),
    );
    expect(await said(ofFirewall(lines))).toEqual(['scan campaign vertical']);
  });
});

describe('campaign', () => {
  const source = (i: number): string => `${20 + (i % 60)}.${i % 11}.7.${1 + (i % 250)}`;
  test('a make of its own for each source: the scan passes, its sources are background', async () => {
    const tiles = shuffled(
      times(300, (i) => i % 256),
      5,
    );
    const lines = tiles.map((last, i) =>
      packet({ at: i * 30, from: source(i), to: `198.51.100.${last}`, port: 5060, window: 1000 + i }),
    );
    expect(await said(ofFirewall(lines))).toEqual(['background background']);
  });
  test('targets at random, with overlap: what the noise looks like', async () => {
    const random = randomNumbers(1);
    const lines = times(300, (i) =>
      packet({ at: i * 30, from: source(i), to: `198.51.100.${random(256)}`, port: 5060 }),
    );
    expect(await said(ofFirewall(lines))).toEqual(['background background']);
  });
  test('nineteen sources with five ports each: not caught', async () => {
    const lines = times(95, (i) => packet({ at: i * 30, from: source(i % 19), to: host, port: 200 + i }));
    expect(await said(ofFirewall(lines))).toEqual([]);
  });
});

describe('web', () => {
  const miss = (i: number, more: Partial<Parameters<typeof accessLine>[0]> = {}): Line =>
    accessLine({ at: i * 2, from, path: `/${word(i)}`, status: 404, agent: firefox, ...more });
  const page = (i: number, more: Partial<Parameters<typeof accessLine>[0]> = {}): Line =>
    accessLine({ at: i * 2 + 1, from, path: `/pages/${i}.html`, agent: firefox, ...more });

  test('a forged referer on everything: forty words are excused, the rest is caught', async () => {
    const lines = times(200, (i) => miss(i, { referer: 'http://www.example.com/pages/1.html' }));
    expect(await said(ofAccess([page(0, { path: '/pages/1.html' }), ...lines]))).toEqual(['scan wordlist']);
  });
  test('a good page for each word: not caught, whatever the pace', async () => {
    expect(await said(ofAccess(times(200, (i) => [miss(i), page(i)]).flat()))).toEqual([]);
  });
  test('the same with names that only searchers know: caught', async () => {
    const names = ['/.env', '/.git/config', '/backup.sql', '/.aws/credentials'];
    const lines = times(200, (i) => [
      miss(i, i % 50 === 9 ? { path: names[Math.floor(i / 50)], at: 20 + i * 0.5 } : {}),
      page(i),
    ]).flat();
    expect(await said(ofAccess(lines))).toEqual(['scan vulnerability']);
  });
  test('another agent for every request: caught', async () => {
    expect(
      await said(ofAccess(times(200, (i) => miss(i, { agent: `Mozilla/5.0 Firefox/${100 + i}.0` })))),
    ).toEqual(['scan wordlist']);
  });
  test('other agents and pages in between, as an address that many share: insufficient evidence', async () => {
    const agent = (i: number): { agent: string } => ({
      agent: `Mozilla/5.0 (X11) Firefox/${100 + (i % 30)}.0`,
    });
    const lines = times(300, (i) => (i % 3 === 0 ? page(i, agent(i)) : miss(i, agent(i))));
    expect(await said(ofAccess(lines))).toEqual(['insufficient wordlist']);
  });
  test('numbers in place of words: not caught', async () => {
    expect(await said(ofAccess(times(200, (i) => miss(i, { path: `/backup-${i}.zip` }))))).toEqual([]);
  });
  test('twenty-nine words an hour, all day: slow', async () => {
    expect(await said(ofAccess(times(300, (i) => miss(i, { at: i * 130 }))))).toEqual(['scan wordlist']);
  });
});

describe('dns', () => {
  test('forty names in five minutes, but going on: the window of an hour', async () => {
    const lines = times(300, (i) =>
      query({ at: i * 8, from, name: `${word(i)}.example.com`, rcode: 'NXDOMAIN' }),
    );
    expect(await said(incidentsOf({ 'dns.log': dnsLog(lines) }))).toEqual(['scan dns-enumeration']);
  });
  test('two names a minute: slow', async () => {
    const lines = times(900, (i) =>
      query({ at: i * 30, from, name: `${word(i)}.example.com`, rcode: 'NXDOMAIN' }),
    );
    expect(await said(incidentsOf({ 'dns.log': dnsLog(lines) }))).toEqual(['scan dns-enumeration']);
  });
  test('through a public resolver, which asks for others too: not caught', async () => {
    const lines = times(2000, (i) =>
      query({
        at: i * 0.5,
        from,
        name: i % 3 > 0 ? `www${i % 40}.example.com` : `${word(i)}.example.com`,
        rcode: i % 3 > 0 ? 'NOERROR' : 'NXDOMAIN',
      }),
    );
    expect(await said(incidentsOf({ 'dns.log': dnsLog(lines) }))).toEqual([]);
  });
  test('ninety rare names where no answer is logged: not caught; sixty that every list holds: caught', async () => {
    const bind = (names: readonly string[]): string =>
      names
        .map(
          (name, i) =>
            `05-Jan-2026 03:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.000 queries: info: client @0x1 ${from}#4000 (${name}.example.com): query: ${name}.example.com IN A + (198.51.100.2)\n`,
        )
        .join('');
    expect(await said(incidentsOf({ 'query.log': bind(times(90, (i) => word(i))) }))).toEqual([]);
    // prettier-ignore
    const common = [
      'admin', 'backup', 'beta', 'blog', 'cache', 'chat', 'client', 'corp', 'crm', 'db', 'demo', 'dev', 'email', 'files', 'ftp', 'hr',
      'lab', 'ldap', 'mail', 'news', 'ns', 'www', 'vpn', 'owa', 'portal', 'proxy', 'shop', 'sql', 'stats', 'test',
    ];
    const listed = times(60, (i) => `${common[i % 30]}${i < 30 ? '' : '2'}`);
    expect(await said(incidentsOf({ 'query.log': bind(listed) }))).toEqual(['scan dns-enumeration']);
  });
});

describe('the judge', () => {
  test('a poller that was taken over, at what it polls anyway: excused; at anything else: caught', async () => {
    const poll = (at: number, hosts: readonly number[], state: (host: number) => string): Line[] =>
      hosts.map((host, i) =>
        conn({ at: at + i, from: '10.20.0.9', to: `10.20.3.${host}`, port: 9100, state: state(host) }),
      );
    const own = times(40, (i) => i + 1);
    const week = times(32, (round) => poll(round * 21_600, own, () => 'SF')).flat();
    const tried = (hosts: readonly number[]): Promise<string[]> =>
      said(
        incidentsOf({
          'conn.log': connLog([
            ...week,
            ...poll(32 * 21_600, hosts, (host) => (host % 2 === 0 ? 'REJ' : 'SF')),
          ]),
        }),
      );
    expect(await tried(own)).toEqual(['benign horizontal']);
    expect(await tried(times(60, (i) => 100 + i))).toEqual(['scan horizontal']);
  });
  test('as a client that retries dead hosts for hours: a misconfiguration, listed all the same', async () => {
    const lines = times(6, (round) =>
      times(16, (n) => packet({ at: round * 50 * minute + n, from, to: `198.51.100.${n + 1}`, port: 3389 })),
    ).flat();
    expect(await said(ofFirewall(lines))).toEqual(['misconfiguration horizontal']);
  });
  test('behind forged decoys: one incident, none of whose sources should be blocked', async () => {
    const sources = ['192.0.2.10', '192.0.2.70', from, '198.18.0.9'];
    const lines = times(60, (i) =>
      sources.map((source, s) =>
        packet({ at: i * 0.3 + s * 0.001, from: source, to: host, port: 1 + i * 3 }),
      ),
    ).flat();
    const incidents = await ofFirewall(lines);
    expect(incidents.map(({ spoofable, actor }) => [spoofable, actor.addresses.length])).toEqual([[true, 4]]);
  });
});
