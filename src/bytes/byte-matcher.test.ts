import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteMatcher } from './byte-matcher.ts';

function find(matcher: ByteMatcher, ...pieces: string[]): number {
  matcher.begin();
  for (const piece of pieces) {
    const bytes = Buffer.from(`xx${piece}yy`);
    matcher.feed(bytes, 2, bytes.length - 4);
  }
  return matcher.finish();
}

test('words inside words, overlapping ones and those at the end are found', () => {
  const matcher = new ByteMatcher([
    { text: 'she', mask: 1 },
    { text: 'he', mask: 2 },
    { text: 'hers', mask: 4 },
    { text: '.sql\n', mask: 8 },
  ]);
  expect(find(matcher, 'ushers')).toBe(7);
  expect(find(matcher, 'HE')).toBe(2);
  expect(find(matcher, 'h', 'e')).toBe(2);
  expect(find(matcher, '/dump.sql')).toBe(8);
  expect(find(matcher, '/dump.sql.html')).toBe(0);
});

test('%xx is decoded once and a plus is a space', () => {
  const matcher = new ByteMatcher([
    { text: '../', mask: 1 },
    { text: '%2e', mask: 2 },
    { text: 'a b', mask: 4 },
  ]);
  expect(find(matcher, '/%2e%2E%2f')).toBe(1);
  expect(find(matcher, '/%252e')).toBe(2);
  expect(find(matcher, 'a+b')).toBe(4);
  expect(find(matcher, '/..%2')).toBe(0);
});

test('finds what a search for each word finds', () => {
  const letters = fc.stringMatching(/^[abc/.]{1,5}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }),
      fc.stringMatching(/^[abcdB/.]{0,40}$/),
      (words, text) => {
        const matcher = new ByteMatcher(words.map((word, i) => ({ text: word, mask: 1 << i })));
        const expected = words.reduce(
          (mask, word, i) => mask | (text.toLowerCase().includes(word) ? 1 << i : 0),
          0,
        );
        expect(find(matcher, text)).toBe(expected);
      },
    ),
  );
});
