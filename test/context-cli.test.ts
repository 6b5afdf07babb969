import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mmdbOf } from '../src/context/mmdb.fixture.ts';
import type { Incident } from '../src/model/incident.ts';

// Drives the built program with files of context beside the logs; `npm test` builds it first.
const cli = resolve(import.meta.dirname, '../dist/cli.js');

let folder: string;
beforeEach(() => {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: npm run build makes it');
  folder = mkdtempSync(join(tmpdir(), 'offtrail-context-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);

async function offtrail(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, out, err };
}

async function incidents(...args: string[]): Promise<Incident[]> {
  const { code, out, err } = await offtrail('detect', '--json', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Incident)
    .filter(({ type }) => type === 'incident');
}

/** Netfilter lines of one source, ten a second. */
function firewall(source: string, touched: readonly (readonly [string, number])[]): string {
  return touched
    .map(([target, port], i) => {
      const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + i * 100).toISOString();
      return `${time} gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=${source} DST=${target} LEN=44 TOS=0x00 PREC=0x00 TTL=51 ID=1 PROTO=TCP SPT=40000 DPT=${port} WINDOW=1024 RES=0x00 SYN URGP=0\n`;
    })
    .join('');
}
const ports = (target: string, count: number): [string, number][] =>
  Array.from({ length: count }, (_, i) => [target, 1000 + i]);

/** An access log of one source that asks for what is not there. */
function crawl(source: string, agent: string): string {
  return Array.from({ length: 60 }, (_, i) => {
    const second = String(i % 60).padStart(2, '0');
    return `${source} - - [02/Jan/2026:03:04:${second} +0000] "GET /${['alpha', 'beta', 'gamma', 'delta'][i % 4]}/${'abcdefghijklmno'[i % 15]}${'pqrstu'[i % 6]}x HTTP/1.1" 404 153 "-" "${agent}"\n`;
  }).join('');
}

test('the inventory: names in the report, a trap by one touch, home, and what is wrong with its line', async () => {
  write(
    'fw.log',
    firewall('203.0.113.7', ports('198.51.100.4', 60)) + firewall('203.0.113.8', [['198.51.100.250', 445]]),
  );
  write('hosts.csv', 'name,ip,owner,use\nweb-1,198.51.100.4,web team,\n,198.51.100.250,,dark\n');
  write('offtrail.yaml', 'assets: { files: [hosts.csv], home: true }\n');
  const found = await incidents('fw.log');
  expect(found.map(({ actor, kinds, severity }) => [actor.address, kinds.join(), severity])).toEqual([
    ['203.0.113.8', 'trap', 'high'],
    ['203.0.113.7', 'vertical', 'low'],
  ]);
  expect(found[1].reasons).toContain('Concerns web-1 (198.51.100.4, owner web team).');
  const report = await offtrail('detect', 'fw.log');
  expect(report.out).toContain('Home: from the inventory: 198.51.100.0/24');
  // Without the inventory one touch of a closed port is nothing.
  write('offtrail.yaml', 'home: [198.51.100.0/24]\n');
  expect(await incidents('fw.log')).toHaveLength(1);
  write('hosts.csv', 'name,ip\nweb-1,198.51.100.4\nweb-2,198.51.100.400\n');
  write('offtrail.yaml', 'assets: { files: [hosts.csv], hoem: true }\n');
  expect((await offtrail('config', 'check')).err).toContain(
    'offtrail.yaml:1:31: assets.hoem: unknown key; did you mean home?',
  );
  write('offtrail.yaml', 'assets: { files: [hosts.csv] }\n');
  expect(await offtrail('config', 'check')).toMatchObject({
    code: 2,
    err: 'hosts.csv:3: address: expected an address or a network, not "198.51.100.400"\n',
  });
  expect((await offtrail('detect', 'fw.log')).err).toContain('hosts.csv:3: address');
});

test('a complete inventory makes the rest of home a trap', async () => {
  write('fw.log', firewall('203.0.113.8', [['198.51.100.77', 445]]));
  write('hosts.csv', 'ip\n198.51.100.4\n');
  write('offtrail.yaml', 'home: [198.51.100.0/24]\nassets: { files: [hosts.csv], dark: true }\n');
  expect((await incidents('fw.log')).map(({ kinds }) => kinds)).toEqual([['trap']]);
  write('hosts.csv', 'ip\n198.51.100.4\n198.51.100.77\n');
  expect(await incidents('fw.log')).toEqual([]);
});

test('lists: update reads the sources, detect judges by them, a broken source leaves the list as it was', async () => {
  write('fw.log', firewall('203.0.113.7', ports('198.51.100.4', 60)));
  write('access.log', crawl('203.0.113.20', 'Mozilla/5.0 (compatible; Googlebot/2.1)'));
  write('mapper.txt', '203.0.113.0/29\n');
  write(
    'googlebot.json',
    '{"creationTime":"2026-01-01T00:00:00","prefixes":[{"ipv4Prefix":"192.0.2.0/27"}]}',
  );
  write('as.mmdb', mmdbOf({ '203.0.113.0/24': { autonomous_system_number: 64_500, country: 'DE' } }));
  write(
    'offtrail.yaml',
    `home: [198.51.100.0/24]
context:
  asn: as.mmdb
  country: as.mmdb
  sources:
    - { name: Mapper, kind: scanner, file: mapper.txt, date: 2026-01-01 }
    - { name: Googlebot, kind: bot, file: googlebot.json, agents: [Googlebot] }
`,
  );
  expect((await incidents('fw.log'))[0].verdict).toBe('scan');
  const update = await offtrail('context', 'update');
  expect(update).toMatchObject({ code: 0, err: '' });
  expect(update.out).toContain(
    'Mapper: 1 entry of 2026-01-01 in offtrail-context/scanner-mapper.netset (1 new, 0 gone)',
  );
  const [scanner] = await incidents('fw.log');
  expect(scanner).toMatchObject({
    verdict: 'known-scanner',
    severity: 'info',
    actor: { asn: 64_500, country: 'DE' },
  });
  const [crawler] = await incidents('access.log');
  expect(crawler.verdict).toBe('scan');
  expect(crawler.reasons.join('\n')).toContain('It calls itself Googlebot, but 203.0.113.20 lies in none of');
  write(
    'googlebot.json',
    '{"creationTime":"2026-01-01T00:00:00","prefixes":[{"ipv4Prefix":"203.0.113.16/28"}]}',
  );
  write('mapper.txt', 'gone\n');
  const again = await offtrail('context', 'update');
  expect(again.code).toBe(1);
  expect(again.err).toContain('mapper.txt:1: not an address or a network: "gone"');
  expect(again.out).toContain('Mapper: left as it was, nothing in it could be read');
  expect(again.out).toContain('(1 new, 1 gone)');
  expect((await incidents('fw.log'))[0].verdict).toBe('known-scanner');
  expect((await incidents('access.log'))[0]).toMatchObject({ verdict: 'benign', severity: 'info' });
  expect((await offtrail('context', 'list')).out).toContain(
    'scanner Mapper of 2026-01-01 (mapper.txt), 1 entry',
  );
});

test('the report advises what would have changed it, and nothing when nothing would', async () => {
  write('fw.log', firewall('203.0.113.7', ports('198.51.100.4', 60)));
  const guessed = await offtrail('detect', 'fw.log');
  expect(guessed.out).toContain('What would sharpen this\n  · `home`: what is yours was guessed');
  const named = await offtrail('detect', '--home', '198.51.100.0/24', 'fw.log');
  expect(named.out).not.toContain('What would sharpen this');
  const summary = JSON.parse(
    (await offtrail('detect', '--json', 'fw.log')).out.trim().split('\n').at(-1)!,
  ) as {
    advice: string[];
  };
  expect(summary.advice).toHaveLength(1);
});

test('a URL is asked with --fetch only', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    response.end('192.0.2.0/24\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port } = server.address() as AddressInfo;
    write(
      'offtrail.yaml',
      `context: { sources: [{ name: Far, kind: intel, url: "http://127.0.0.1:${port}/" }] }\n`,
    );
    const without = await offtrail('context', 'update');
    expect(without).toMatchObject({
      code: 0,
      out: 'Far: left as it was, it has a URL, and --fetch was not given\n',
    });
    expect(asked).toBe(0);
    expect((await offtrail('context', 'update', '--fetch')).out).toContain('Far: 1 entry of');
    expect(asked).toBe(1);
    expect(readFileSync(join(folder, 'offtrail-context', 'intel-far.netset'), 'utf8')).toContain(
      '192.0.2.0/24',
    );
  } finally {
    server.close();
  }
});

test('names: nothing is asked unless switched on; a forged PTR is a reason', async () => {
  let asked = 0;
  const socket = createSocket('udp4');
  // Every address claims to be Google's, and Google's name leads to 192.0.2.1 only.
  socket.on('message', (query, from) => {
    asked++;
    const end = query.indexOf(0, 12) + 5;
    const type = query.readUInt16BE(end - 4);
    const data =
      type === 12
        ? Buffer.from('\u0005crawl\u0009googlebot\u0003com\u0000', 'latin1')
        : Buffer.from([192, 0, 2, 1]);
    const reply = Buffer.concat([
      query.subarray(0, end),
      Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]),
      data,
    ]);
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 6);
    reply.writeUInt16BE(0, 10);
    socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  try {
    write('access.log', crawl('203.0.113.20', 'Googlebot/2.1'));
    write('good.log', crawl('192.0.2.1', 'Googlebot/2.1'));
    write('googlebot.json', '{"prefixes":[{"ipv4Prefix":"198.51.100.0/27"}]}');
    const config = (verify: boolean): string =>
      `home: [198.51.100.0/24]
context:
  names: { verify: ${verify}, timeout: 10, servers: ["127.0.0.1:${socket.address().port}"] }
  sources: [{ name: Googlebot, kind: bot, file: googlebot.json, agents: [Googlebot], hosts: [googlebot.com] }]
`;
    write('offtrail.yaml', config(false));
    expect((await offtrail('context', 'update')).code).toBe(0);
    expect((await incidents('access.log'))[0].verdict).toBe('scan');
    expect(asked).toBe(0);
    write('offtrail.yaml', config(true));
    const [forged] = await incidents('access.log');
    expect(forged.verdict).toBe('scan');
    expect(forged.reasons).toContain(
      'The reverse name of 203.0.113.20, crawl.googlebot.com, does not lead back to it: forged.',
    );
    expect((await incidents('good.log'))[0].verdict).toBe('benign');
    const before = asked;
    await incidents('access.log');
    expect(asked).toBe(before);
  } finally {
    socket.close();
  }
});

test('a login and an exploit after the scan are named with the lines that show them', async () => {
  const sshd = (source: string): string =>
    `2026-01-02T03:20:05.000Z gw sshd[4711]: Accepted password for deploy from ${source} port 40000 ssh2\n`;
  write('fw.log', firewall('192.0.2.7', ports('198.51.100.4', 40)));
  write('auth.log', sshd('192.0.2.200'));
  write(
    'access.log',
    `192.0.2.7 - - [02/Jan/2026:03:10:05 +0000] "GET /.env HTTP/1.1" 200 77 "-" "-"\n` +
      `192.0.2.9 - - [02/Jan/2026:03:10:06 +0000] "GET / HTTP/1.1" 200 5000 "-" "-"\n`,
  );
  const home = ['--home', '198.51.100.0/24'];
  const [neighbour] = await incidents(...home, 'fw.log', 'auth.log');
  expect(neighbour).toMatchObject({ severity: 'high', techniques: ['T1595.001', 'T1078', 'T1133'] });
  expect(neighbour.evidence.at(-1)).toMatchObject({
    source: 'auth.log',
    line: 1,
    raw: sshd('192.0.2.200').trim(),
  });
  const [exploit] = await incidents(...home, 'fw.log', 'access.log');
  expect(exploit).toMatchObject({ severity: 'high', techniques: ['T1595.001', 'T1190'] });
  expect(exploit.evidence.at(-1)!.raw).toContain('GET /.env');
  const text = (await offtrail('detect', ...home, 'fw.log', 'auth.log')).out;
  expect(text).toContain('192.0.2.200, a neighbour, logged in as deploy by ssh');
  expect(text).toContain('auth.log:1');
});

test('config check: a list to be taken from a file that is not there', async () => {
  write('offtrail.yaml', 'context: {sources: [{name: mine, kind: intel, file: gone.txt}]}\n');
  expect(await offtrail('config', 'check')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^context\.sources: mine: there is no file .*gone\.txt\n$/),
  });
  write('gone.txt', '192.0.2.1\n');
  expect((await offtrail('config', 'check')).code).toBe(0);
});
