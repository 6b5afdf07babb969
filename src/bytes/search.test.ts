import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget } from './kernel.ts';
import { findText } from './find-text.ts';
import { find } from './numbers.ts';
import { FarText, findFar, findWord } from './search.ts';

/** One byte after the other. */
function plainWord(bytes: Uint8Array, start: number, end: number, initials: string): number {
  for (let at = start; at < end; at++) {
    const isBehind = bytes[at - 1] === 32 || bytes[at - 1] === 45;
    if (isBehind && initials.includes(String.fromCharCode(bytes[at]))) return at;
  }
  return end;
}

test('bytes and words are found where a plain search finds them, wherever the range begins and ends', () => {
  const random = new Random(7);
  for (let round = 0; round < 2000; round++) {
    const length = 1 + random.below(80);
    const bytes = Buffer.from(
      Array.from({ length }, () => random.pick([32, 45, 65, 66, 67, 120, 120, 120, 200, 10])),
    );
    const start = 1 + random.below(length);
    const end = start + random.below(length - start + 1);
    if (round % 2 === 0) announce(bytes, 0, length);
    for (const code of [65, 200, 10, 99]) {
      expect(findFar(bytes, start, end, code)).toBe(find(bytes, start, end, code));
    }
    expect(findWord(bytes, start, end, 65, 66, 67)).toBe(plainWord(bytes, start, end, 'ABC'));
    forget();
  }
});

test('texts are found where a plain search finds them', () => {
  const random = new Random(8);
  const texts = ['ab', 'aab', ' in:', ' proto ', 'abababababababab', 'aaaaaaaaaaaaaaab'].map((text) => ({
    text,
    far: new FarText(text),
  }));
  for (let round = 0; round < 2000; round++) {
    const parts = Array.from({ length: 1 + random.below(8) }, () =>
      random.pick([
        'a',
        'b',
        'ab',
        'aaaa',
        ' in',
        ':',
        ' in:',
        ' proto',
        ' ',
        'x'.repeat(15),
        random.pick(texts).text,
      ]),
    );
    const bytes = Buffer.from(parts.join(''));
    const start = random.below(bytes.length);
    const end = start + random.below(bytes.length - start + 1);
    if (round % 2 === 0) announce(bytes, 0, bytes.length);
    for (const { text, far } of texts) {
      const at = bytes.subarray(start, end).indexOf(text);
      expect(far.find(bytes, start, end)).toBe(at < 0 ? -1 : start + at);
      expect(findText(bytes, start, end, text)).toBe(at < 0 ? -1 : start + at);
    }
    forget();
  }
  expect(() => new FarText('a')).toThrow(RangeError);
  expect(() => new FarText('a'.repeat(17))).toThrow(RangeError);
});
