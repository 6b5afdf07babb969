import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plainYaml } from './plain-yaml.ts';
import { SigmaError } from './sigma-error.ts';
import { composedYaml } from './yaml-source.ts';

// Both ways to read YAML have to say the same: the tree, the text of every scalar, every place.

/** Whether a text was read from its tokens; if so, it was read as the library's documents say. */
function isPlain(text: string): boolean {
  const plain = plainYaml(text, 'x.yml', (tree) => tree);
  if (plain === undefined) return false;
  const composed = composedYaml(text, 'x.yml');
  // A message with the text, and no comparison of large trees where they are equal.
  if (JSON.stringify(plain) !== JSON.stringify(composed))
    expect({
      text,
      tree: composed.map((each) => (each instanceof SigmaError ? each.message : each)),
    }).toEqual({
      text,
      tree: plain,
    });
  return true;
}

const root = join(import.meta.dirname, '../../rules');
const shipped = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yml'))
  .map((name) => readFileSync(join(root, name), 'utf8'));

/** What rules are written with, ordinary and odd. */
const written = [
  `title: A\nlist:\n- one\n- 'two'\n- "three"\nnext: [a, 'b', "c"]\n`,
  `title: A   # a remark\n# another\n\nsel:\n    a|b|c: 'it''s'\n    d: "tab\\tand \\u00e9"\n    # last\n`,
  `---\ntitle: A\ndescription: |\n    First.\n\n      Second.\n    Third.\nname: x\n---\n# next\ntitle: B\n`,
  `text: >-\n  folded\n  text\nother: plain words\n  on two lines\nquoted: 'over\n  two'\n`,
  `- a: 1\n  b:\n    - - x\n      - y\n    - z: [ [p, q], [ ], [r,] ]\n-   - deep\n`,
  `a: [ one,\n     two, three # remark\n  ]\nb: "x" # y\nc: '' \n`,
  `a: b\r\nc:\r\n  - 'd'\r\n  - e # f\r\ng: |\r\n  h\r\n  i\r\n`,
  `sel:\n  - a: -1\n    b: 1.5\n  - c: 2026-01-01\ncondition: 1 of sel* and not (x or y)\n`,
  `a: {b: c, d: [e]}\nf: &g h\ni: *g\n<<: {j: k}\n? l\n: m\nn:\no: !!str p\n`,
  `%YAML 1.2\n---\na: b\n...\n--- |\n text\n--- [a, b]\n--- word\n`,
];

test('the rules that are shipped, and what is usual in rules, are read from their tokens', () => {
  const plain = shipped.filter(isPlain);
  // Tests of rules are full of maps in braces.
  expect(plain).toHaveLength(shipped.length / 2);
  expect(written.map(isPlain)).toEqual([true, true, true, true, true, true, true, true, false, false]);
});

test.each([
  ['a tab', 'a:\tb\n'],
  ['an anchor', 'a: &b c\n'],
  ['an alias', 'a: &b c\nd: *b\n'],
  ['a tag', 'a: !!str c\n'],
  ['a map in braces', 'a: {b: c}\n'],
  ['a pair in brackets', 'a: [b: c]\n'],
  ['a merged map', '<<: b\n'],
  ['a key twice', 'a: b\n"a": c\n'],
  ['a key twice among many', `${Array.from({ length: 50 }, (_, at) => `a${at}: b\n`).join('')}a7: b\n`],
  ['a key of several lines', 'a\n b: c\n'],
  ['a long key', `${'a'.repeat(1025)}: b\n`],
  ['a value that is missing', 'a:\nb: c\n'],
  ['a directive', '%YAML 1.2\n---\na: b\n'],
  ['an end of a document', 'a: b\n...\n'],
  ['no collection', 'word\n'],
  ['uneven indentation', 'a:\n  b: c\n d: e\n'],
  ['two maps on a line', 'a: b: c\n'],
  ['a reserved character', 'a: @b\n'],
  ['an unknown escape', String.raw`a: "\q"` + '\n'],
  ['a quote that is not closed', "a: 'b\n"],
  ['a bracket that is not closed', 'a: [b\n'],
  ['a remark without a space', "a: 'b'# c\n"],
  ['deep nesting', '- '.repeat(70) + 'a\n'],
])('%s is left to the library', (_, text) => {
  expect(plainYaml(text, 'x.yml', (tree) => tree)).toBeUndefined();
});

test('whatever is done to a text, its tokens say what the library says', () => {
  let plain = 0;
  const rounds = 4_000;
  const sources = [...shipped.map((text) => text.slice(0, 1_500)), ...written, ...written, ...written];
  const random = numbers(7);
  for (let round = 0; round < rounds; round++) {
    let text = sources[random(sources.length)];
    for (let times = 1 + random(3); times > 0; times--) text = changed(text, random);
    if (isPlain(text)) plain++;
  }
  // Both answers are tried, often.
  expect(plain).toBeGreaterThan(rounds / 5);
  expect(plain).toBeLessThan(rounds);
});

const pieces = [
  ' |\n|:|-|#|\'|"|[|]|{|}|,|&|*|!|>|%|@|?|~|\t|\r|.|<|\\|`|x|0|é|𝒳|\ufeff|\r\n|\n\n|  |: |- | #|# |? ',
  '\'\'|""|---\n|\n---\n|...\n|<<: |&a |*a|!!str |>-\n|[a, b]|{a: b}|a: b\n|\\u0041',
]
  .join('|')
  .split('|')
  .concat('|', '|\n', '|2+\n');

/** One small change: a piece put in, put over or taken out; a line doubled, moved or indented. */
function changed(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const piece = pieces[random(pieces.length)];
  const lines = text.split('\n');
  const line = random(lines.length);
  switch (random(7)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random(3));
    case 1:
      return text.slice(0, at) + piece + text.slice(at + 1);
    case 2:
      return lines.toSpliced(line, random(2), lines[random(lines.length)]).join('\n');
    case 3:
      return lines.with(line, ' '.repeat(random(5)) + lines[line].slice(random(3))).join('\n');
    case 4:
      return lines.with(line, lines[line] + piece).join('\n');
    case 5:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + piece + text.slice(at);
  }
}

/** Seeded numbers (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
