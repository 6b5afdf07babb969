import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connCrossings, plantsMissed } from './conn-crossings.ts';
import type { Generator, Plant } from './dataset.ts';
import { LineWriter } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import { floodGenerator, floodOfTwoGenerator } from './generate-flood.ts';
import { netfilterGenerator } from './generate-netfilter.ts';
import { webGenerator } from './generate-web.ts';

const folder = mkdtempSync(join(tmpdir(), 'offtrail-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function generate(
  generator: Generator,
  rows: number,
  seed = 1,
): { file: string; lines: string[]; plants: readonly Plant[] } {
  const file = join(folder, `${generator.name}-${rows}-${seed}.log`);
  const out = new LineWriter(file);
  const plants = generator.write(out, rows, seed);
  out.close();
  return { file, lines: readFileSync(file, 'latin1').trimEnd().split('\n'), plants };
}

test('exactly as many records as asked for, and the same for the same seed', () => {
  for (const generator of [
    connGenerator,
    floodGenerator,
    floodOfTwoGenerator,
    netfilterGenerator,
    webGenerator,
  ]) {
    const once = generate(generator, 3000);
    expect(once.lines.filter((line) => !line.startsWith('#'))).toHaveLength(3000);
    expect(generate(generator, 3000).lines).toEqual(once.lines);
    expect(generate(generator, 3000, 2).lines).not.toEqual(once.lines);
  }
});

test('conn.log: whole rows, in the order in which connections end', () => {
  const { lines } = generate(connGenerator, 20_000);
  const fields = lines.find((line) => line.startsWith('#fields'))?.split('\t').length ?? 0;
  const rows = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
  expect(rows.filter((cells) => cells.length !== fields - 1)).toEqual([]);
  let out = 0;
  let newest = 0;
  for (const cells of rows) {
    const end = Number(cells[0]) + (cells[8] === '-' ? 0 : Number(cells[8]));
    // Zeek waits after the last packet, five minutes at most here.
    if (end < newest - 300) out += 1;
    newest = Math.max(newest, end);
  }
  expect(out).toBe(0);
});

test('exact SQL finds every planted scan of a conn.log, and none that stays one step below', async () => {
  const { file, plants } = generate(connGenerator, 60_000);
  const crossings = await connCrossings(file);
  expect(plants.length).toBeGreaterThan(45);
  expect(plantsMissed(plants, crossings)).toEqual([]);
  // Not everything crosses: most actors are benign.
  expect(crossings.length).toBeLessThan(400);
});

test('three of ten access lines ask for a path of their own', () => {
  const { lines, plants } = generate(webGenerator, 40_000);
  const times = new Map<string, number>();
  for (const line of lines) {
    const path = line.split('"')[1].split(' ')[1];
    times.set(path, (times.get(path) ?? 0) + 1);
  }
  const once = [...times.values()].filter((n) => n === 1).length / lines.length;
  expect(once).toBeGreaterThan(0.25);
  expect(once).toBeLessThan(0.45);
  expect(plants.map((plant) => plant.name)).toContain('wordlist patient');
});

test('netfilter lines carry what the kernel prints', () => {
  const { lines } = generate(netfilterGenerator, 30_000);
  const shape =
    /^(?:Jan {2}5 \d\d:\d\d:\d\d gw1 kernel: \[\d+\.\d{6}\] |2026-01-05T\d\d:\d\d:\d\d\.\d{6}\+00:00 gw2 kernel: )\S.* ?IN=eth[01] OUT= MAC=\S+ SRC=[0-9a-f.:]+ DST=[0-9a-f.:]+ LEN=\d+ .*PROTO=(?:TCP SPT=|UDP SPT=|ICMP TYPE=8|ICMPv6 TYPE=128)/;
  expect(lines.filter((line) => !shape.test(line))).toEqual([]);
  expect(lines.some((line) => line.includes('SRC=2a0'))).toBe(true);
});

test('in a flood no spoofed source sends more than it should', () => {
  for (const [generator, most] of [
    [floodGenerator, 1],
    [floodOfTwoGenerator, 2],
  ] as const) {
    const { lines, plants } = generate(generator, 40_000);
    const rows = new Map<string, number>();
    for (const line of lines.filter((line) => !line.startsWith('#'))) {
      const [, , source] = line.split('\t');
      rows.set(source, (rows.get(source) ?? 0) + 1);
    }
    const [scanner] = plants[0].sources;
    expect(rows.get(scanner)).toBe(1000);
    rows.delete(scanner);
    expect(Math.max(...rows.values())).toBe(most);
    expect(rows.size).toBeGreaterThan(39_000 / most - 1);
  }
});
