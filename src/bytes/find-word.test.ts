import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget } from './kernel.ts';
import { find } from './numbers.ts';
import { findText } from './find-text.ts';
import { findWord } from './find-word.ts';

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
      const at = findText(bytes, start, end, String.fromCharCode(code));
      expect(at < 0 ? end : at).toBe(find(bytes, start, end, code));
    }
    expect(findWord(bytes, start, end, 65, 66, 67)).toBe(plainWord(bytes, start, end, 'ABC'));
    forget();
  }
});
