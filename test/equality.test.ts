import { gunzipSync, gzipSync } from 'node:zlib';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { crossingsOf } from '../bench/crossings-sql.ts';
import { fanOutThresholds } from '../bench/fan-out-thresholds.ts';
import { popularPorts } from '../bench/popular-ports.ts';
import { connLogOf, randomContacts, randomHome } from '../bench/random-contacts.ts';
import { Random } from '../bench/random.ts';
import { openInput } from '../src/sources/file.ts';
import { runOver, sayings } from './run-in-memory.ts';

const others = 2;
const popularity = { ports: popularPorts, learned: { sources: others, hours: 24 } };

/** The engine's crossings of two keys as `kind actor of window first max`. */
function twoKeys(rows: readonly string[]): string[] {
  return rows.filter((row) => /^fan-out\/(vertical|horizontal),/.test(row)).sort();
}

describe('the engine and exact SQL find the same crossings', () => {
  const seeds = Array.from({ length: 50 }, (_, i) => i + 1);
  test.each(seeds)('seed %i', async (seed) => {
    const contacts = randomContacts(seed, 700);
    const expected = await crossingsOf(contacts, fanOutThresholds, popularity);
    const { crossings } = await runOver({ 'conn.log': connLogOf(contacts, seed) }, randomHome, {
      popularFrom: others,
      only: ['fan-out'],
    });
    expect(twoKeys(crossings)).toEqual(
      expected.map((c) => `fan-out/${c.kind},${c.actor},${c.of},${c.window},${c.first},${c.max}`).sort(),
    );
  });

  test('and the random traffic does cross every window of both keys', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const found = await crossingsOf(randomContacts(seed, 700), fanOutThresholds, popularity);
      for (const { kind, window, actor } of found)
        seen.add(`${kind} ${window} ${actor.includes(':') ? 6 : 4}`);
    }
    expect(seen.size).toBe(12);
  });
});

describe('the same events say the same, however they come', () => {
  const folder = mkdtempSync(join(tmpdir(), 'offtrail-equality-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const home = ['198.51.100.0/24', '2001:db8:10::/48'];
  const firewall = firewallLog(7);

  const conn = connLogOf(randomContacts(3, 4000), 3);
  const cases = { 'firewall.log': firewall, 'access.log': accessLog(7), 'conn.log': conn };

  for (const [name, text] of Object.entries(cases)) {
    const headers = text.split('\n').filter((line) => line.startsWith('#'));
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const joined = (rows: readonly string[]): string => `${[...headers, ...rows].join('\n')}\n`;
    const plain = runOver({ [name]: text }, home);
    const same = async (other: Promise<Awaited<typeof plain>>): Promise<void> => {
      const [expected, got] = await Promise.all([plain, other]);
      expect(sayings(got)).toEqual(sayings(expected));
      expect(got.crossings).toEqual(expected.crossings);
    };

    test(`${name} holds scans`, async () => {
      expect(sayings(await plain).length).toBeGreaterThan(1);
    });
    test(`${name} shuffled within the lateness`, () =>
      same(runOver({ [name]: joined(shuffled(lines)) }, home)));
    test(`${name} with every line twice`, () =>
      same(runOver({ [name]: joined(lines.flatMap((line) => [line, line])) }, home)));
    test(`${name} split over two files`, () =>
      same(
        runOver(
          {
            a: joined(lines.filter((_, i) => i % 3 !== 0)),
            b: joined(lines.filter((_, i) => i % 3 === 0)),
          },
          home,
        ),
      ));
    test(`${name} cut in two, the later half named first`, () => {
      const half = lines.length >>> 1;
      return same(runOver({ b: joined(lines.slice(half)), a: joined(lines.slice(0, half)) }, home));
    });
    // So many that each is opened when its time has come.
    const parts = Array.from({ length: 40 }, (_, part) => part);
    test(`${name} dealt out to forty files`, () => {
      const files = parts.map((part) => [`part ${part}`, joined(lines.filter((_, i) => i % 40 === part))]);
      return same(runOver(Object.fromEntries(files) as Record<string, string>, home));
    });
    test(`${name} cut into forty files, named in no order`, () => {
      const length = Math.ceil(lines.length / 40);
      const files = parts
        .map((part) => (part * 7) % 40)
        .map((part) => [`part ${part}`, joined(lines.slice(part * length, (part + 1) * length))]);
      return same(runOver(Object.fromEntries(files) as Record<string, string>, home));
    });
    test(`${name} with CRLF`, () => same(runOver({ [name]: text.replaceAll('\n', '\r\n') }, home)));
    test(`${name} in pieces of 1,000 bytes`, () => same(runOver({ [name]: text }, home, { piece: 1000 })));
    test(`${name} compressed`, () => {
      const path = join(folder, `${name}.gz`);
      writeFileSync(path, gzipSync(text));
      return same(runOver({ [path]: '' }, home, { open: openInput }));
    });
    test(`${name} on two cores`, () => {
      const path = join(folder, name);
      writeFileSync(path, text);
      const workerScript = new URL('../dist/parse-worker.js', import.meta.url);
      return same(runOver({ [path]: '' }, home, { open: openInput, cores: 2, workerFrom: 0, workerScript }));
    });
  }

  test('the samples on one core and on two', async () => {
    const files = Object.fromEntries(
      ['firewall.log', 'access.log'].map((name) => {
        // Plain: what is compressed is not shared out.
        const path = join(folder, `sample-${name}`);
        const bytes = gunzipSync(readFileSync(join(import.meta.dirname, `../samples/${name}.gz`)));
        writeFileSync(path, bytes);
        return [path, bytes];
      }),
    );
    const options = {
      open: openInput,
      workerFrom: 0,
      workerScript: new URL('../dist/parse-worker.js', import.meta.url),
    };
    const [one, two] = await Promise.all([
      runOver(files, ['198.51.100.0/27'], options),
      runOver(files, ['198.51.100.0/27'], { ...options, cores: 2 }),
    ]);
    expect(sayings(one).length).toBeGreaterThan(20);
    expect(sayings(two)).toEqual(sayings(one));
  });
});

/** Moves each line by up to eight seconds' worth of its stamp: within every text log's lateness of ten. */
function shuffled(lines: readonly string[]): string[] {
  const random = new Random(11);
  return lines
    .map((line) => ({ line, at: secondsOf(line) + random.unit() * 8 }))
    .sort((x, y) => x.at - y.at)
    .map(({ line }) => line);
}

function secondsOf(line: string): number {
  const epoch = /^(\d{10}\.\d+)\t/.exec(line);
  if (epoch) return Number(epoch[1]);
  const iso = /^(\d{4}-\d\d-\d\dT[\d:.]+)Z/.exec(line);
  if (iso) return Date.parse(`${iso[1]}Z`) / 1000;
  const clf = /\[(\d\d)\/(\w{3})\/(\d{4}):([\d:]+) /.exec(line)!;
  return Date.parse(`${clf[1]} ${clf[2]} ${clf[3]} ${clf[4]} UTC`) / 1000;
}

/** Scanners and bystanders in a firewall's words, whole and fractional seconds. */
function firewallLog(seed: number): string {
  const random = new Random(seed);
  const start = Date.UTC(2026, 0, 5, 8) / 1000;
  const rows: { at: number; line: string }[] = [];
  const add = (at: number, source: string, target: string, port: number, verdict: string): void => {
    const time = new Date(at * 1000).toISOString();
    const line = `${time} gw kernel: [UFW ${verdict}] IN=eth0 OUT= SRC=${source} DST=${target} LEN=44 TTL=50 ID=${random.below(65_535)} PROTO=TCP SPT=${random.between(40_000, 60_000)} DPT=${port} WINDOW=1024 RES=0x00 SYN URGP=0 `;
    rows.push({ at, line });
  };
  for (let i = 0; i < 40; i++) add(start + 60 + i * 0.4, '192.0.2.10', '198.51.100.4', 20 + i, 'BLOCK');
  for (let i = 0; i < 60; i++) add(start + 200 + i * 3, '192.0.2.11', `198.51.100.${1 + i}`, 445, 'BLOCK');
  for (let i = 0; i < 50; i++) add(start + 100 + i * 60, '192.0.2.12', '198.51.100.9', 1000 + i, 'BLOCK');
  for (let i = 0; i < 80; i++) {
    add(start + 900 + i * 2, '192.0.2.13', `198.51.100.${20 + (i % 8)}`, 7000 + Math.floor(i / 8), 'BLOCK');
  }
  for (let i = 0; i < 2000; i++) {
    const whole = random.chance(0.5);
    const at = start + random.unit() * 3500;
    add(whole ? Math.floor(at) : at, `192.0.2.${random.between(50, 90)}`, '198.51.100.5', 443, 'ALLOW');
  }
  return `${rows
    .sort((x, y) => x.at - y.at)
    .map(({ line }) => line)
    .join('\n')}\n`;
}

/** A wordlist scan among visitors, stamps of whole seconds. */
function accessLog(seed: number): string {
  const random = new Random(seed);
  const start = Date.UTC(2026, 0, 5, 8);
  const rows: { at: number; line: string }[] = [];
  const add = (at: number, source: string, path: string, status: number): void => {
    const stamp = new Date(start + Math.floor(at) * 1000).toUTCString();
    const [, day, month, year, time] = /(\d\d) (\w{3}) (\d{4}) ([\d:]+)/.exec(stamp)!;
    rows.push({
      at,
      line: `${source} - - [${day}/${month}/${year}:${time} +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0"`,
    });
  };
  for (let i = 0; i < 120; i++) add(30 + i * 0.5, '192.0.2.20', `/${word(i)}`, 404);
  for (let i = 0; i < 40; i++) add(300 + i * 40, '192.0.2.21', `/old/${word(i)}`, i % 9 === 0 ? 200 : 404);
  for (let i = 0; i < 45; i++) add(60 + i * 5, '192.0.2.22', `/admin/${word(i)}`, i % 2 === 0 ? 403 : 404);
  for (let i = 0; i < 3000; i++) {
    add(random.unit() * 3000, `192.0.2.${random.between(50, 90)}`, `/page-${random.zipf(200, 1)}`, 200);
  }
  return `${rows
    .sort((x, y) => x.at - y.at)
    .map(({ line }) => line)
    .join('\n')}\n`;
}

/** A name of letters for a number: wordlists hold words, and paths that differ in a number only are one to the detector. */
function word(i: number): string {
  return [i * 7 + 3, i * 11 + 5, i * 3, i].map((n) => 'bcdfghjklmnpqrstvwxz'[n % 20]).join('e');
}
