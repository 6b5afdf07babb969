import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget, scratchSize } from './kernel.ts';
import { TextMarks } from './text-marks.ts';

/** First and last places, as strings have them. */
function placesIn(texts: readonly string[], line: string, start: number, end: number): number[] {
  const seen = line.slice(0, end);
  return texts.flatMap((text) => {
    const first = seen.indexOf(text, start);
    return [first, first < 0 ? -1 : seen.lastIndexOf(text)];
  });
}

test('all texts are found where a string would find them', () => {
  const random = new Random(13);
  const word = (length: number): string =>
    Array.from({ length }, () => random.pick(['a', 'b', 'c', 'd', ' ', ',', '\u00e9'])).join('');
  const ascii = (length: number): string => word(length).replaceAll('\u00e9', 'e');
  const lists = Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: i < 5 ? 1 : random.between(2, 20) }, () =>
      ascii(random.below(6) === 0 ? random.between(14, 40) : random.between(1, 7)),
    ),
  );
  let found = 0;
  for (let round = 0; round < 6000; round++) {
    const texts = random.pick(lists);
    const piece = (): string => (random.below(3) === 0 ? random.pick(texts) : '');
    const line = `${word(random.below(60))}${piece()}${word(random.below(60))}${piece()}`;
    const start = random.below(Math.min(40, line.length + 1));
    const end = random.below(4) > 0 ? line.length : random.between(start, line.length);
    const expected = placesIn(texts, line, start, end);
    found += expected.filter((at) => at >= 0).length;
    // What stands behind the end is no part of it.
    const bytes = Buffer.from(`${line}${random.pick(texts)}`, 'latin1');
    const marks = TextMarks.of(texts);
    marks.find(bytes, start, end);
    expect([...marks.found]).toEqual(expected);
    announce(bytes, 0, bytes.length);
    marks.find(bytes, start, end);
    expect([...marks.found]).toEqual(expected);
    const from = random.between(start, end);
    const to = random.between(from, end);
    for (const [i, text] of texts.entries())
      expect(marks.in(i, bytes, from, to)).toBe(line.slice(0, to).indexOf(text, from));
    forget();
  }
  expect(found).toBeGreaterThan(10_000);
});

test('texts of a line that is longer than the kernel sees at once are found too', () => {
  const bytes = Buffer.from(`${' '.repeat(scratchSize)}ab abc`);
  const marks = TextMarks.of(['ab', 'abc', 'x']);
  marks.find(bytes, 0, bytes.length);
  expect([...marks.found]).toEqual([scratchSize, scratchSize + 3, scratchSize + 3, scratchSize + 3, -1, -1]);
});
