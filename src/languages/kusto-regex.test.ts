import { expect, test } from 'vitest';
import { compileRegex } from '../sigma/regex.ts';
import { kustoRegex } from './kusto-regex.ts';

const said = (source: string): string => {
  const found = kustoRegex(source);
  return 'text' in found ? found.text : `refused: ${found.reason}`;
};

test('what Rust reads otherwise than RE2 is written so that both read it alike', () => {
  // \d, \w and \s know all of Unicode there.
  expect(said(String.raw`^\d+\D\w\W\s\S$`)).toBe(
    String.raw`^[0-9]+[^0-9][0-9A-Za-z_][^0-9A-Za-z_][\t\n\f\r ][^\t\n\f\r ]$`,
  );
  expect(said(String.raw`[\d\-x]`)).toBe(String.raw`[0-9\-x]`);
  // A bracket, & and ~ begin something inside a class there.
  expect(said('[[&~a-z]')).toBe(String.raw`[\[\&\~a-z]`);
  expect(said('[]a]')).toBe(String.raw`[\]a]`);
  expect(said('[^]a]')).toBe(String.raw`[^\]a]`);
  expect(said('[a-]')).toBe(String.raw`[a\-]`);
  expect(said('[[:alpha:]_]')).toBe('[[:alpha:]_]');
  // A brace that repeats nothing is an error there.
  expect(said('${jndi')).toBe(String.raw`$\{jndi`);
  expect(said('a{2,}b{3}}')).toBe(String.raw`a{2,}b{3}\}`);
  expect(said(String.raw`\x{1F600}\pL\p{Greek}\x41`)).toBe(String.raw`\x{1F600}\pL\p{Greek}\x41`);
  expect(said(String.raw`\/\"\'\.`)).toBe(String.raw`/"'\.`);
  expect(said(String.raw`\Qa.b\E`)).toBe(String.raw`refused: the escape \Q`);
  expect(kustoRegex(String.raw`\bcmd\b`)).toEqual({ text: String.raw`\bcmd\b`, boundary: true });
});

test('what is written matches what was read', () => {
  const sources = [
    String.raw`^/ad[a-z]+\d`,
    '[[&x-z-]{2}',
    String.raw`[^\s\d]+\W`,
    String.raw`\$\{(?:jndi|[a-z]+):`,
    '[]^-]+$',
    '(?i)or.+1=1',
    String.raw`a\/b|c{2}|{`,
  ];
  const texts = [
    '/admin7',
    '/ad٣',
    'xy',
    '[&',
    '&-',
    'é ',
    'a\u00a0b',
    '${jndi:x',
    '${{',
    ']^-',
    'OR 1=1',
    'a/b',
    'cc',
    'c{2}',
    '',
  ];
  const plain = { ignoreCase: false, multiline: false, dotAll: false };
  for (const source of sources) {
    const before = compileRegex({ source, ...plain });
    const after = compileRegex({ source: said(source), ...plain });
    for (const text of texts) expect([source, text, after(text)]).toEqual([source, text, before(text)]);
  }
});
