import { expect, test } from 'vitest';
import { compileRegex, isEverydayRegex, regexFault } from './regex.ts';

const flags = [false, true].flatMap((on) => [
  { ignoreCase: on, multiline: false, dotAll: false },
  { ignoreCase: on, multiline: true, dotAll: true },
]);

function isTaken(source: string, options: (typeof flags)[number]): boolean {
  try {
    compileRegex({ source, ...options });
    return true;
  } catch {
    return false;
  }
}

test('expressions of rules are known to be taken without compiling them', () => {
  for (const source of [
    'word=[0-9a-f]{8,}',
    String.raw`\.php\?id=(?:\d+|x)`,
    '^/(a|b)*/.+?$',
    String.raw`[^a-zA-Z0-9_.]\s\\`,
    'a||b',
  ])
    expect(isEverydayRegex(source)).toBe(true);
});

test.each([
  ['a(?=b)', 'look-around in a regular expression'],
  ['(a', 'this regular expression (missing closing ): `(a`)'],
  ['a)', 'this regular expression (unexpected ): `a)`)'],
  ['a**', 'this regular expression (invalid nested repetition operator: `**`)'],
  ['*a', 'this regular expression (missing argument to repetition operator: `*`)'],
  ['[z-a]', 'this regular expression (invalid character class range: `z-a`)'],
  [String.raw`(a)\1`, String.raw`this regular expression (invalid escape sequence: ${'`'}\1${'`'})`],
  ['a'.repeat(4097), 'this regular expression (the expression is longer than 4096 characters)'],
])('the fault of %j is said', (source, fault) => {
  expect(isEverydayRegex(source)).toBe(false);
  expect(regexFault({ source, ...flags[0] })).toBe(fault);
});

test('what is taken without compiling does compile', () => {
  const pieces =
    String.raw`a|Z|0|_|-|.|*|+|?|{2}|{99,}|{3,2}|{100}|(|(|(?:|)|)|)*|)+?|[a-f]|[a-F]|[A-z]|[9-0]|[a-]|[-a]|[a-fz]|[^0-9x]|[z-a]|[]|[a|]|^|$|\d|\W|\b|\.|\\|\(|\1|[\d]|[\]]|/|"|é`.split(
      '|',
    );
  pieces.push('|', '|');
  let state = 11;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let everyday = 0;
  for (let round = 0; round < 20_000; round++) {
    const source = Array.from({ length: 1 + random(7) }, () => pieces[random(pieces.length)]).join('');
    if (!isEverydayRegex(source)) continue;
    everyday++;
    expect({ source, taken: isTaken(source, flags[random(4)]) }).toEqual({ source, taken: true });
  }
  expect(everyday).toBeGreaterThan(1_000);
  for (const source of ['[^0-9a-z]{99}'.repeat(315), '('.repeat(100) + ')+'.repeat(100)]) {
    expect(isEverydayRegex(source)).toBe(true);
    expect(isTaken(source, flags[1])).toBe(true);
  }
});
