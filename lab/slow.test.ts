import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { makeSlow } from './slow.ts';
import type { Truth, TruthActor } from './truth.ts';

const actor = (id: string, source: string, more: Partial<TruthActor>): TruthActor => ({
  id,
  benign: true,
  sources: [source],
  tool: '',
  kinds: [],
  targets: [],
  command: '',
  start: '2026-01-31T10:00:00.000000Z',
  end: '2026-01-31T10:08:00.000000Z',
  records: {},
  expected: [],
  shownBy: [],
  ...more,
});

test('a recording becomes ten days: scans stretched, the harmless daily, the rest left out, all in order', () => {
  const from = mkdtempSync(join(tmpdir(), 'lab-from-'));
  const to = mkdtempSync(join(tmpdir(), 'lab-to-'));
  onTestFinished(() => {
    for (const folder of [from, to]) rmSync(folder, { recursive: true });
  });
  const truth: Truth = {
    version: 1,
    recorded: '2026-01-31T10:00:00.000Z',
    home: [],
    sensors: {},
    actors: [
      actor('reader', '192.0.2.9', {}),
      actor('gobuster', '203.0.113.5', { benign: false, kinds: ['wordlist'] }),
      actor('hping3-increment', '203.0.113.6', { benign: false, kinds: ['vertical'] }),
      actor('syn-fast', '203.0.113.7', { benign: false, kinds: ['vertical'] }),
    ],
  };
  writeFileSync(join(from, 'truth.json'), JSON.stringify(truth));
  const request = (source: string, path: string): string =>
    `${source} - - [31/Jan/2026:10:00:01 +0000] "GET ${path} HTTP/1.1" 404 9 "-" "x"\n`;
  const paths = Array.from({ length: 40 }, (_, i) => request('203.0.113.5', `/p${i}`));
  writeFileSync(join(from, 'access.log'), request('192.0.2.9', '/') + paths.join(''));
  writeFileSync(join(from, 'access-vhost.log'), '');
  writeFileSync(
    join(from, 'dns-query.log'),
    '31-Jan-2026 10:00:02.500 client @0x1 192.0.2.9#5 (a.b): query: a.b IN A + (x)\n',
  );
  const drop = (source: string, port: number): string =>
    `2026-01-31T10:00:03.000001+00:00 gw kernel: [1] [UFW BLOCK] IN=wan0 SRC=${source} DST=198.51.100.3 PROTO=TCP SPT=1 DPT=${port} SYN \n`;
  const ports = Array.from({ length: 60 }, (_, i) => drop('203.0.113.6', i + 1));
  // Recordings keep large files compressed.
  writeFileSync(join(from, 'firewall.log.gz'), gzipSync(ports.join('') + drop('203.0.113.7', 99)));

  makeSlow(from, to);

  const access = readFileSync(join(to, 'access.log'), 'utf8').trimEnd().split('\n');
  const daily = access.filter((line) => line.startsWith('192.0.2.9 '));
  expect(daily.map((line) => /\[(.*?)\]/.exec(line)?.[1])).toEqual([
    '31/Jan/2026:10:00:01 +0000',
    ...Array.from({ length: 9 }, (_, i) => `0${i + 1}/Feb/2026:10:00:01 +0000`),
  ]);
  const words = access.filter((line) => line.startsWith('203.0.113.5 '));
  expect(words).toHaveLength(40);
  // One a minute from an hour after the start, give or take six seconds.
  const minutes = words.map(
    (line) => Date.parse(`2026-01-31T${/:(\d\d:\d\d:\d\d) /.exec(line)?.[1]}Z`) / 60_000,
  );
  const start = Date.parse('2026-01-31T11:00:00Z') / 60_000;
  expect(minutes.every((minute, i) => Math.abs(minute - start - i) <= 0.12)).toBe(true);

  const firewall = readFileSync(join(to, 'firewall.log'), 'utf8').trimEnd().split('\n');
  expect(firewall).toHaveLength(46);
  expect(firewall[1]).toMatch(
    /^2026-01-31T11:\d\d:\d\d\.\d{6}\+00:00 gw kernel: \[1\] \[UFW BLOCK\] .* DPT=2 SYN $/,
  );
  expect([...firewall].sort()).toEqual(firewall);
  expect(readFileSync(join(to, 'dns-query.log'), 'utf8').split('\n')[1]).toMatch(
    /^01-Feb-2026 10:00:02\.500 client/,
  );

  const made = JSON.parse(readFileSync(join(to, 'truth.json'), 'utf8')) as Truth;
  expect(made.actors.map((one) => [one.id, one.records, one.shownBy])).toEqual([
    ['reader', { access: 10, dns: 10 }, []],
    ['gobuster', { access: 40 }, ['access']],
    ['hping3-increment', { netfilter: 46 }, ['netfilter']],
  ]);
});
