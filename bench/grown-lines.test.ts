import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fixture as sshdLines } from '../src/formats/sshd.fixture.ts';
import { sshd } from '../src/formats/sshd.ts';
import { fixture as httpLines } from '../src/formats/zeek-http.fixture.ts';
import { zeekHttp } from '../src/formats/zeek-http.ts';
import { LineWriter } from './dataset.ts';
import type { Grown } from './grown-lines.ts';
import { grownLines } from './grown-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'offtrail-grown-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(grown: Grown | undefined, rows: number, seed = 1): string[] {
  const out = new LineWriter(join(folder, 'grown.log'));
  grown?.generator.write(out, rows, seed);
  out.close();
  return readFileSync(join(folder, 'grown.log'), 'latin1').trimEnd().split('\n');
}

test('lines vary, the same for the same seed; a header stands in front once', () => {
  const grown = grownLines(zeekHttp, httpLines, 'text');
  const lines = write(grown, 2000);
  expect(write(grown, 2000)).toEqual(lines);
  expect(write(grown, 2000, 2)).not.toEqual(lines);
  const rows = lines.filter((line) => !line.startsWith('#'));
  expect(lines.slice(0, lines.length - 2000).every((line) => line.startsWith('#'))).toBe(true);
  expect(rows).toHaveLength(2000);
  expect(new Set(rows.map((line) => line.split('\t')[2])).size).toBeGreaterThan(500);
  expect(new Set(rows.map((line) => line.split('\t')[3])).size).toBeGreaterThan(500);
  expect(new Set(rows.map((line) => line.split('\t')[0]))).toEqual(
    new Set(['1795307531.250000', '1795307532.250000']),
  );
});

test('text and JSON of one format are two files, and what is not the format stays out', () => {
  expect(write(grownLines(sshd, sshdLines, 'JSON'), 100).every((line) => line.includes('{"'))).toBe(true);
  const text = write(grownLines(sshd, sshdLines, 'text'), 100);
  expect(text.some((line) => line.includes('{"'))).toBe(false);
  expect(text).not.toContain(sshdLines.malformed.input);
  expect(grownLines(zeekHttp, { ...httpLines, cases: [] }, 'text')).toBeUndefined();
});

test('other lines of the fixture are another file', () => {
  const name = (cases: typeof sshdLines.cases): string =>
    grownLines(sshd, { ...sshdLines, cases }, 'text')!.generator.name;
  expect(name(sshdLines.cases)).toMatch(/^grown-sshd-text-[\da-f]{8}$/);
  expect(name(sshdLines.cases)).toBe(name(sshdLines.cases));
  expect(name(sshdLines.cases.slice(0, 1))).not.toBe(name(sshdLines.cases));
});
