import { expect, test } from 'vitest';
import { SeenTexts } from './seen-texts.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a text is known by all of its bytes, and forgotten for another in its place', () => {
  const texts = new SeenTexts();
  const ask = (text: string): number => texts.find(bytesOf(text), 0, text.length);
  const keep = (text: string, result: number): void => {
    ask(text);
    expect(texts.keep(bytesOf(text), 0, text.length, result)).toBe(result);
  };
  expect(ask('')).toBe(-1);
  keep('', 3);
  expect(ask('')).toBe(3);
  const all = Array.from({ length: 500 }, (_, i) => `denied by rule ${i}`);
  for (const [i, text] of all.entries()) {
    keep(text, i);
    expect(ask(text)).toBe(i);
  }
  for (const [i, text] of all.entries()) expect([-1, i]).toContain(ask(text));
  keep('x'.repeat(65), 7);
  expect(ask('x'.repeat(65))).toBe(-1);
  keep('x'.repeat(64), 7);
  expect(ask('x'.repeat(64))).toBe(7);
  expect(ask(`${'x'.repeat(31)}y${'x'.repeat(32)}`)).toBe(-1);
});
