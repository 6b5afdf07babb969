import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Mapping files as a user gives them: by option, by configuration, with mistakes, in a mixed file.
const cli = resolve(import.meta.dirname, '../dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'offtrail-mapping-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mapping = `
name: vpn
lines: json
event: login
time: at
fields: { source: ip, user: user }
constants: { service: vpn }
outcome: { field: ok, success: true, failure: false }
`;
const login = '{"at":"2026-01-05T08:00:00Z","ip":"203.0.113.9","user":"root","ok":true}\n';

beforeAll(() => {
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc', 'vpn.yaml'), mapping);
  writeFileSync(join(folder, 'etc', 'wrong.yaml'), mapping.replace('event: login', 'event: logon'));
  writeFileSync(join(folder, 'etc', 'offtrail.yaml'), 'formats: { mapping: { files: [vpn.yaml] } }\n');
  writeFileSync(join(folder, 'etc', 'bad.yaml'), 'formats: { mapping: { files: [wrong.yaml] } }\n');
  writeFileSync(join(folder, 'vpn.json'), login);
  writeFileSync(
    join(folder, 'mixed.log'),
    [
      'Jan  5 08:00:00 gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.9 DST=198.51.100.4 LEN=44 TTL=50 ID=1 PROTO=TCP SPT=40000 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
      login.trim(),
      'Jan  5 08:00:01 gw sshd[7]: Accepted password for root from 203.0.113.9 port 40000 ssh2',
      'Jan  5 08:00:01 gw named[7]: client @0x1 203.0.113.9#1 (a.example.com): query: a.example.com IN A + (198.51.100.2)',
    ].join('\n'),
  );
});

function offtrail(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
  return { code: status, out: stdout, err: stderr };
}

test('named by the configuration, beside whose file it stands', () => {
  expect(offtrail('config', 'check', 'etc/offtrail.yaml')).toMatchObject({ code: 0 });
  const { out } = offtrail('explain', '--config', 'etc/offtrail.yaml', 'vpn.json:1');
  expect(out).toContain('format    mapping');
  expect(out).toContain('user      root');
});

test('a mistake in it stops every command, check too, with file, line and key', () => {
  const said =
    'etc/wrong.yaml:4:8: event: Invalid option: expected one of "contact"|"request"|"query"|"login"|"alert"';
  for (const args of [
    ['detect', '--mapping', 'etc/wrong.yaml', 'vpn.json'],
    ['detect', '--config', 'etc/bad.yaml', 'vpn.json'],
    ['config', 'check', 'etc/bad.yaml'],
  ]) {
    const { code, out, err } = offtrail(...args);
    expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
    expect(err).toContain(said);
  }
  expect(offtrail('detect', '--mapping', 'nowhere.yaml', 'vpn.json')).toMatchObject({ code: 2 });
});

test('lines of a mixed file go to whom they belong', () => {
  const { out } = offtrail('detect', '--json', '--mapping', 'etc/vpn.yaml', 'mixed.log');
  const summary = JSON.parse(out.trim().split('\n').at(-1)!) as { events: number; inputs: unknown[] };
  expect(summary.events).toBe(4);
  expect(summary.inputs).toMatchObject([{ skipped: [] }]);
});
