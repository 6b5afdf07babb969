import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announce, forget } from './kernel.ts';
import { Words } from './words.ts';

test('finds the words between runs of blanks, as many as are wanted', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^(?:[x\t\n\u00a0]{1,20}| {1,20}| ){0,20}$/),
      fc.constantFrom(1, 5, 256),
      fc.option(fc.integer({ min: 1, max: 9 })),
      fc.boolean(),
      (text, capacity, most, held) => {
        const words = new Words(capacity);
        // Bytes in front of the line and behind it are not of the line.
        const bytes = Buffer.from(`x${text}x x x`, 'latin1');
        if (held) announce(bytes, 0, bytes.length);
        const count = words.find(bytes, 1, bytes.length - 5, most ?? undefined);
        forget();
        const found = Array.from({ length: count }, (_, i) => [words.start[i] - 1, words.end[i] - 1]);
        const expected = [...text.matchAll(/[^ ]+/g)].map(({ 0: word, index }) => [
          index,
          index + word.length,
        ]);
        expect(found).toEqual(expected.slice(0, Math.min(capacity, most ?? capacity)));
      },
    ),
    { numRuns: 3000 },
  );
  expect(() => new Words(258)).toThrow(RangeError);
});
