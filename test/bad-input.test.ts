import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../bench/random.ts';
import { openInput } from '../src/sources/file.ts';
import type { ByteInput } from '../src/model/source.ts';
import { runOver } from './run-in-memory.ts';

/* Input that is broken, hostile or simply not what it seems: every good record counts, every bad one is said. */

const home = ['198.51.100.0/24'];
const folder = mkdtempSync(join(tmpdir(), 'offtrail-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stamp = (i: number): string =>
  `2026-01-05T08:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.000000Z`;
const drop = (i: number, port = 1000 + i): string =>
  `${stamp(i)} gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.10 DST=198.51.100.4 LEN=44 TTL=50 ID=1 PROTO=TCP SPT=40000 DPT=${port} WINDOW=1024 RES=0x00 SYN URGP=0 `;
const request = (path: string, agent = 'Mozilla/5.0', status = 200): string =>
  `192.0.2.20 - - [05/Jan/2026:08:00:01 +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "${agent}"`;
const drops = Array.from({ length: 40 }, (_, i) => drop(i));

describe('every good record is counted, every bad one by its reason', () => {
  test('a file that ends in the middle of a line', async () => {
    const text = drops.join('\n');
    const { inputs } = await runOver({ log: text.slice(0, text.length - 120) }, home);
    expect(inputs[0].events).toBe(39);
    expect(inputs[0].skipped.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(inputs[0].skipped[0].examples[0].line).toBe(40);
  });

  test('lines of nonsense between good ones, with the line of the first examples', async () => {
    const lines = drops.flatMap((line, i) => (i % 10 === 5 ? [line, '\u0000\u0001 not a log line'] : [line]));
    const { inputs } = await runOver({ log: lines.join('\n') }, home);
    expect(inputs[0].events).toBe(40);
    expect(inputs[0].skipped).toEqual([
      {
        reason: expect.any(String),
        count: 4,
        examples: expect.arrayContaining([expect.objectContaining({ line: 7 })]),
      },
    ]);
  });

  test('formats mixed in one file', async () => {
    const lines = drops.flatMap((line, i) => [line, request(`/page-${i}`)]);
    const { inputs, events } = await runOver({ log: lines.join('\n') }, home);
    expect(events).toBe(80);
    expect(inputs[0].skipped).toEqual([]);
  });

  test.each(['latin1', 'utf16le'] as const)('text in %s', async (encoding) => {
    const path = join(folder, encoding);
    const mark = encoding === 'utf16le' ? '\uFEFF' : '';
    writeFileSync(
      path,
      Buffer.from(`${mark}${request('/caf\u00e9')}\n${request('/na\u00efve')}\n`, encoding),
    );
    const { events } = await runOver({ [path]: '' }, home, { open: openInput });
    expect(events).toBe(2);
  });

  test('a compressed file that was cut short', async () => {
    const path = join(folder, 'cut.gz');
    const random = new Random(3);
    const lines = Array.from({ length: 5000 }, (_, i) => drop(i % 3000, random.below(65_535)));
    const whole = gzipSync(lines.join('\n'));
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length / 2)));
    const { inputs } = await runOver({ [path]: '' }, home, { open: openInput });
    expect(inputs[0].events).toBeGreaterThan(1000);
    expect(inputs[0].notes.map(({ note }) => note).join()).toMatch(/damaged or cut short/);
  });
});

describe('nothing crashes, memory stays', () => {
  test.each([
    ['empty', ''],
    ['one newline', '\n'],
    ['only NULs', new Uint8Array(100_000)],
    [
      'random bytes',
      Uint8Array.from({ length: 300_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255),
    ],
    ['a PNG signature', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0])],
  ])('%s', async (_name, content) => {
    const { events, inputs } = await runOver({ file: content }, home);
    expect(events).toBe(0);
    expect(inputs[0].notes.length + inputs[0].skipped.length).toBeGreaterThan(0);
  });

  test('100 MB without a newline, then good lines', { timeout: 120_000 }, async () => {
    const head = Buffer.from(`${drops.join('\n')}\n`);
    const tail = Buffer.from(`\n${drops.map((_, i) => drop(100 + i, 5000 + i)).join('\n')}\n`);
    const filler = 100_000_000;
    let position = 0;
    const total = head.length + filler + tail.length;
    const input: ByteInput = {
      name: 'endless',
      modified: 0,
      size: total,
      get position() {
        return position;
      },
      warning: '',
      next(buffer, at) {
        const n = Math.min(1 << 20, buffer.length - at, total - position);
        for (let i = 0; i < n;) {
          const p = position + i;
          const [source, from, until] =
            p < head.length
              ? [head, p, head.length]
              : p < head.length + filler
                ? [undefined, 0, head.length + filler]
                : [tail, p - head.length - filler, total];
          const length = Math.min(n - i, until - p);
          if (source) buffer.set(source.subarray(from, from + length), at + i);
          else buffer.fill(120, at + i, at + i + length);
          i += length;
        }
        position += n;
        return n;
      },
      close: () => undefined,
    };
    const before = process.memoryUsage().arrayBuffers;
    const { inputs } = await runOver({ endless: '' }, home, { open: () => Promise.resolve(input) });
    expect(inputs[0].events).toBe(80);
    expect(inputs[0].skipped).toEqual([
      { reason: 'line longer than 1 MiB', count: 1, examples: [expect.anything()] },
    ]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150_000_000);
  });

  test.each([
    ['terminal escapes', request('/\u001b[2J\u001b]0;owned\u0007', '\u009b31m\u202Egpj.exe')],
    ['64 KB of path', request(`/${'a'.repeat(65_000)}`)],
    ['bait for backtracking', request(`/${'('.repeat(2_000)}${'a+'.repeat(20_000)}!`)],
    ['property names', request('/__proto__/constructor?toString=__proto__', '__proto__')],
    ['quotes and backslashes', request('/\\"\\\\x22" 200 "', '\\"\\')],
    ['numbers past any range', request('/', 'x', 99_999_999_999_999)],
    ['a formula', request('/=cmd|calc!A1', '=HYPERLINK("x")')],
  ])('%s', async (_name, line) => {
    const lines = Array.from({ length: 50 }, (_, i) => line.replace('GET /', `GET /${'bcdfg'[i % 5]}${i}`));
    const good = Array.from({ length: 60 }, (_, n) => request(`/ok-${n}`));
    const { inputs, events } = await runOver({ log: [...good, ...lines].join('\n') }, home);
    const skipped = inputs[0].skipped.reduce((sum, { count }) => sum + count, 0);
    expect(events + skipped).toBe(110);
    expect(events).toBeGreaterThanOrEqual(60);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test('one stamp of the year 2099 makes nothing late but itself', async () => {
    const lines = drops.toSpliced(10, 0, drop(0, 9).replace('2026-01-05', '2099-01-05'));
    const { events, late, dossiers } = await runOver({ log: lines.join('\n') }, home);
    expect([events, late]).toEqual([41, 1]);
    expect(dossiers.flatMap(({ findings }) => findings.map(({ kind }) => kind))).toEqual(['vertical']);
  });
});
