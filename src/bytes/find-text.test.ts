import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { findText, lastText } from './find-text.ts';
import { announce, forget } from './kernel.ts';

test('a text is found where a string would find it', () => {
  const random = new Random(7);
  const word = (length: number): string =>
    Array.from({ length }, () => random.pick(['a', 'b', 'c', ' '])).join('');
  // Few, because the kernel keeps each of them.
  const texts = Array.from({ length: 60 }, (_, i) =>
    word(i < 40 ? random.between(1, 7) : random.between(8, 40)),
  );
  let found = 0;
  for (let round = 0; round < 6000; round++) {
    const text = random.pick(texts);
    const line = word(random.below(60)) + (random.below(3) === 0 ? text : '') + word(random.below(60));
    const start = random.below(line.length + 1);
    const end = random.between(start, line.length);
    const expected = line.slice(0, end).indexOf(text, start);
    if (expected >= 0) found++;
    const bytes = Buffer.from(`${line}${text}`);
    const last = expected < 0 ? -1 : line.slice(0, end).lastIndexOf(text);
    expect(findText(bytes, start, end, text)).toBe(expected);
    expect(lastText(bytes, start, end, text)).toBe(last);
    announce(bytes, 0, bytes.length);
    expect(findText(bytes, start, end, text)).toBe(expected);
    expect(lastText(bytes, start, end, text)).toBe(last);
    forget();
  }
  expect(found).toBeGreaterThan(1000);
});
