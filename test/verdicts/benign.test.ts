import { expect, test } from 'vitest';
import { expectBenign, incidentsOf, only } from './judged.ts';
import {
  conn,
  connLog,
  firewallLog,
  hour,
  minute,
  packet,
  randomNumbers,
  times,
} from '../../lab/log-lines.ts';
import type { Line } from '../../lab/log-lines.ts';

test('26: a domain member and its domain controllers: benign', async () => {
  const random = randomNumbers(26);
  const services = [53, 88, 135, 389, 445, 464, 636, 3268, 49_664, 49_667];
  const lines = times(40, (member) =>
    times(30, (i) =>
      services.map((port, s) =>
        conn({
          at: member * 5 + i * 600 + s * 0.3 + random(60),
          from: `10.20.1.${10 + member}`,
          to: `10.20.0.${4 + (i % 2)}`,
          port,
          proto: port === 53 ? 'udp' : 'tcp',
          sourcePort: 49_152 + random(16_000),
          state: random(50) === 0 ? 'S0' : 'SF',
        }),
      ),
    ),
  ).flat(2);
  expectBenign(await incidentsOf({ 'conn.log': connLog(lines) }));
});

test('27: Prometheus, Nagios and a load balancer check what they know: benign', async () => {
  const exporters = [9090, 9100, 9115, 9256, 9187];
  const prometheus = times(240, (round) =>
    times(40, (n) =>
      conn({
        at: round * 15 + n * 0.2,
        from: '10.20.0.9',
        to: `10.20.3.${1 + n}`,
        port: exporters[n % 5],
        state: n % 13 === 0 ? 'REJ' : 'SF',
      }),
    ),
  );
  const checks = [22, 25, 80, 443, 5432];
  const nagios = times(12, (round) =>
    times(60, (n) =>
      checks.map((port, c) =>
        conn({
          at: round * 300 + n * 4 + c * 0.5,
          from: '10.20.0.10',
          to: `10.20.3.${1 + n}`,
          port,
          state: (n + c) % 17 === 0 ? 'S0' : 'SF',
        }),
      ),
    ).flat(),
  );
  const balancer = times(720, (round) =>
    times(6, (n) =>
      conn({
        at: round * 5 + n * 0.1,
        from: '10.20.0.11',
        to: `10.20.4.${1 + n}`,
        port: 8080,
        state: n === 5 ? 'REJ' : 'SF',
      }),
    ),
  );
  expectBenign(await incidentsOf({ 'conn.log': connLog([...prometheus, ...nagios, ...balancer].flat()) }));
});

test('28: a recursive resolver and thousands of name servers: benign', async () => {
  const random = randomNumbers(28);
  const lines = times(6000, (i) =>
    conn({
      at: i * 0.3,
      from: '10.20.0.53',
      to: `${11 + random(180)}.${random(256)}.${random(256)}.${1 + random(254)}`,
      port: 53,
      proto: 'udp',
      sourcePort: 1024 + random(60_000),
      state: random(12) === 0 ? 'S0' : 'SF',
      sent: 40,
      got: 120,
      duration: 0.03,
    }),
  );
  expectBenign(await incidentsOf({ 'conn.log': connLog(lines) }));
});

test('31: BitTorrent and its DHT, half of the peers gone: benign', async () => {
  const random = randomNumbers(31);
  const peers = times(500, () => ({
    to: `${11 + random(180)}.${random(256)}.${random(256)}.${1 + random(254)}`,
    port: 1025 + random(64_000),
    alive: random(2) === 0,
  }));
  const lines = times(3000, (i) => {
    const { to, port, alive } = peers[random(500)];
    const proto = i % 3 === 0 ? ('tcp' as const) : ('udp' as const);
    return conn({
      at: i * 0.8,
      from: '10.20.7.7',
      to,
      port,
      proto,
      sourcePort: proto === 'udp' ? 51_413 : 40_000 + random(20_000),
      state: alive ? 'SF' : 'S0',
      duration: alive ? 20 : undefined,
      sent: alive ? 4000 : 0,
      got: alive ? 90_000 : 0,
    });
  });
  const inbound = times(300, (i) =>
    conn({
      at: i * 7,
      from: `${11 + random(180)}.${random(256)}.${random(256)}.9`,
      to: '10.20.7.7',
      port: 51_413,
      proto: 'udp',
      state: 'SF',
    }),
  );
  expectBenign(await incidentsOf({ 'conn.log': connLog([...lines, ...inbound]) }));
});

test('32: the backscatter of a SYN flood: benign', async () => {
  const random = randomNumbers(32);
  const firewall = times(3000, (i) =>
    packet({
      at: i * 0.1,
      from: '203.0.113.80',
      to: `198.51.100.${random(256)}`,
      sourcePort: 80,
      port: 1024 + random(64_000),
      flags: i % 2 === 0 ? 'ACK SYN' : i % 4 === 1 ? 'RST' : 'ACK RST',
    }),
  );
  const flows = times(3000, (i) =>
    conn({
      at: i * 0.1,
      from: '203.0.113.81',
      to: `198.51.100.${random(256)}`,
      sourcePort: 443,
      port: 1024 + random(64_000),
      state: i % 3 === 0 ? 'RSTRH' : 'SHR',
      duration: 0.1,
      sent: 0,
      got: 0,
    }),
  );
  expectBenign(await incidentsOf({ 'fw.log': firewallLog(firewall), 'conn.log': connLog(flows) }));
});

test('33: passive FTP, RPC with dynamic ports: benign', async () => {
  const random = randomNumbers(33);
  const ftp = times(200, (i) => [
    ...(i % 10 === 0
      ? [conn({ at: i * 3, from: '192.0.2.61', to: '198.51.100.6', port: 21, state: 'SF', duration: 28 })]
      : []),
    conn({
      at: i * 3 + 1,
      from: '192.0.2.61',
      to: '198.51.100.6',
      port: 40_000 + random(20_000),
      state: 'SF',
      got: 50_000,
    }),
  ]).flat();
  const rpc = times(150, (i) => [
    conn({ at: i * 4, from: '10.20.1.5', to: '10.20.0.8', port: 135, state: 'SF' }),
    conn({ at: i * 4 + 0.2, from: '10.20.1.5', to: '10.20.0.8', port: 49_152 + random(16_000), state: 'SF' }),
  ]).flat();
  expectBenign(await incidentsOf({ 'conn.log': connLog([...ftp, ...rpc]) }));
});

test('34: a client that retries a decommissioned /28 every hour: misconfiguration', async () => {
  const lines = times(36, (h) =>
    times(16, (n) =>
      conn({ at: h * hour + n * 2, from: '10.20.5.7', to: `10.20.9.${16 + n}`, port: 5044, state: 'S0' }),
    ),
  ).flat();
  const incident = only(await incidentsOf({ 'conn.log': connLog(lines) }));
  expect(incident).toMatchObject({ verdict: 'misconfiguration', severity: 'info' });
  expect(JSON.stringify(incident)).toContain('5044');
});

test('35: port knocking: benign', async () => {
  const knocks = times(30, (visit) => {
    const at = visit * 20 * minute;
    const knock = [7000, 8000, 9000].map((port, i) =>
      conn({ at: at + i * 0.3, from: '192.0.2.63', to: '198.51.100.10', port, state: 'S0' }),
    );
    return [
      ...knock,
      conn({ at: at + 1, from: '192.0.2.63', to: '198.51.100.10', port: 22, state: 'SF', duration: 600 }),
    ];
  }).flat();
  expectBenign(await incidentsOf({ 'conn.log': connLog(knocks) }));
});

test('36: a server’s replies look like tries at 60 ephemeral ports: benign', async () => {
  const random = randomNumbers(36);
  const replies = (from: string, sourcePort: number, more: Partial<Parameters<typeof packet>[0]>): Line[] =>
    times(60, (i) =>
      packet({ at: i * 2, from, to: '198.51.100.10', sourcePort, port: 32_768 + random(28_000), ...more }),
    );
  const firewall = [
    ...replies('203.0.113.53', 53, { proto: 'UDP' }),
    ...replies('203.0.113.123', 123, { proto: 'UDP' }),
    ...replies('203.0.113.80', 443, { flags: 'ACK' }),
    ...replies('203.0.113.81', 80, { flags: 'ACK PSH' }),
    ...replies('203.0.113.82', 443, { flags: 'ACK FIN' }),
  ];
  // Zeek began to listen in the middle: it takes the server, whose packet it saw first, for the originator.
  const flows = times(60, (i) =>
    conn({
      at: i * 2,
      from: '203.0.113.84',
      to: '198.51.100.10',
      sourcePort: 443,
      port: 32_768 + random(28_000),
      state: 'OTH',
      history: 'DadA',
      sent: 900,
      got: 50,
      duration: 3,
    }),
  );
  expectBenign(await incidentsOf({ 'fw.log': firewallLog(firewall), 'conn.log': connLog(flows) }));
});

test('a mail server of the site, an eighth of whose peers are down: benign; a worm that seeks mail servers is none', async () => {
  const random = randomNumbers(25);
  const world = (): string => `${11 + random(180)}.${random(256)}.${random(256)}.${1 + random(254)}`;
  const mail = (from: string, down: number): Line[] =>
    times(1500, (i) =>
      conn({
        at: i * 4,
        from,
        to: world(),
        port: 25,
        sourcePort: 30_000 + random(30_000),
        state: random(100) < down ? 'S0' : 'SF',
      }),
    );
  const server = await incidentsOf({ 'conn.log': connLog(mail('198.51.100.25', 12)) });
  expect(server.map(({ verdict }) => verdict)).toEqual(['benign']);
  expectBenign(server);
  expect(only(await incidentsOf({ 'conn.log': connLog(mail('198.51.100.26', 85)) })).verdict).toBe('scan');
});
