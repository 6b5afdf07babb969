import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsOf, fitCells, padCells, safeJson, safeText, wrapCells } from './safe-text.ts';

test('what a terminal or an eye would take for something else becomes an escape', () => {
  expect(safeText('\u001b[31mred\u001b[0m')).toBe('\\x1b[31mred\\x1b[0m');
  expect(safeText('a\nb\r\tc\0')).toBe('a\\nb\\r\\tc\\x00');
  expect(safeText('\u009b2J\u007f')).toBe('\\x9b2J\\x7f');
  expect(safeText('user\u202etxt.exe\u2066')).toBe('user\\u202etxt.exe\\u2066');
  expect(safeText('a\u200bb\ufeff\u2028')).toBe('a\\u200bb\\ufeff\\u2028');
  expect(safeText('\u{e0041}\ud800')).toBe('\\u{e0041}\\ud800');
  expect(safeText('plain /päth/漢字?q=1')).toBe('plain /päth/漢字?q=1');
});

test('whatever comes in, no control character comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('cells: wide characters take two, combining marks none', () => {
  expect(cellsOf('abc')).toBe(3);
  expect(cellsOf('漢字')).toBe(4);
  expect(cellsOf('e\u0301')).toBe(1);
  expect(cellsOf('🔥')).toBe(2);
  expect(fitCells('漢字漢字', 5)).toBe('漢字…');
  expect(fitCells('abc', 3)).toBe('abc');
  expect(padCells('漢', 4)).toBe('漢  ');
});

test('wrapping keeps every character and every line within its cells', () => {
  expect(wrapCells('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapCells('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrapCells('', 4)).toEqual(['']);
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 2, max: 30 }), (text, cells) => {
      const lines = wrapCells(text, cells);
      expect(lines.every((line) => cellsOf(line) <= cells)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('JSON reads back as the same value, and shows nothing that a terminal obeys', () => {
  const value = { agent: 'a\u001b[31m\u009b31m\u202egnp.exe\u2028\u200b"\\x9b' };
  expect(JSON.parse(safeJson(value))).toEqual(value);
  expect(safeJson(value)).toMatch(/^[\u0020-\u007e]+$/);
});
