import { array, assert, property, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { Automaton } from './automaton.ts';
import type { LinkedDetection } from './collection.ts';
import { type FieldValue, objectSource } from './field-source.ts';
import { compileMatcher } from './matcher.ts';
import { requiredLiteral } from './regex.ts';
import { RuleIndex } from './rule-index.ts';
import { linked, ruleOf, seeded } from './sigma.fixture.ts';

const detections = (text: string): LinkedDetection[] =>
  linked(text).filter((rule) => rule.kind === 'detection');

test('an index finds what trying every rule finds', () => {
  const random = seeded(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const words = [
    'ab',
    'aB',
    'ba',
    'abc',
    'K',
    'İ',
    'ſs',
    'é',
    'b*a',
    'a?c',
    '*',
    '',
    '40',
    '4',
    '1.50',
    'null',
    'ss',
  ];
  const items = [
    "f|contains: '%'",
    "f: '%'",
    "g|startswith: '%'",
    "g|endswith|cased: '%'",
    'g: %',
    "f|re|i: '%s.*b?'",
    "h|neq: '%'",
  ];
  const item = (): string => {
    const word = pick(words);
    const form = pick(items);
    if (!form.includes("'") && !/^[0-9a-z.]+$/.test(word)) return "f: 'ab'";
    return form.replace('%', form.includes('re|') ? word.replaceAll(/[*?]/g, '') : word);
  };
  const rules = Array.from({ length: 300 }, () => {
    const condition = pick(['s and t', 's or t', 's and not t', 'not s', '1 of them', 's']);
    return ruleOf(`s:\n    ${item()}\nt:\n    - ${item()}\n    - ${item()}\ncondition: ${condition}`);
  });
  const all = detections(rules.join('---\n'));
  expect(all).toHaveLength(300);
  const index = new RuleIndex(all);
  expect(index.faults).toEqual([]);
  expect(index.unindexed).toBeGreaterThan(0);
  expect(index.unindexed).toBeLessThan(250);
  const singles = all.map(({ rule }) => compileMatcher(rule.condition));
  const values: FieldValue[] = [
    'ab',
    'ABC',
    'xbax',
    'K',
    'i',
    'ſs',
    'ſSb',
    'É',
    40,
    4,
    1.5,
    '',
    null,
    undefined,
    ['ab', 'zz'],
    'abba',
  ];
  let hits = 0;
  for (let round = 0; round < 400; round++) {
    const source = objectSource({ f: pick(values), g: pick(values), h: pick(values) });
    const expected = all.filter((_, rule) => singles[rule](source)).map(({ rule }) => rule.place.line);
    const found = index.match(source).map(({ rule }) => rule.place.line);
    expect(found.toSorted((a, b) => a - b)).toEqual(expected);
    hits += found.length;
  }
  expect(hits).toBeGreaterThan(1000);
});

test('an index keeps to its log source', () => {
  const of = (head: string): string => ruleOf('sel: {a: 1}\ncondition: sel', `logsource: ${head}`);
  const all = detections(
    [of('{category: web}'), of('{category: web, product: x}'), of('{category: dns}')].join('---\n'),
  );
  expect(new RuleIndex(all, { category: 'web' }).rules).toHaveLength(1);
  expect(new RuleIndex(all, { category: 'web', product: 'x' }).rules).toHaveLength(2);
});

test('a rule that cannot run is a fault and leaves the others', () => {
  const all = detections(
    [ruleOf("sel: {a|re: '(?=x)'}\ncondition: sel"), ruleOf('sel: {a: x}\ncondition: sel')].join('---\n'),
  );
  const index = new RuleIndex(all);
  expect(index.faults.map((fault) => fault.message)).toEqual([
    expect.stringMatching(/^rule\.yml:4:17: this regular.*\(rule "T"\)$/),
  ]);
  expect(index.match(objectSource({ a: 'x' }))).toHaveLength(1);
});

test('the automaton finds every literal', () => {
  const letters = stringMatching(/^[ab/é]{1,4}$/);
  const wrong: string[] = [];
  assert(
    property(array(letters, { minLength: 1, maxLength: 8 }), letters, letters, (literals, head, tail) => {
      const text = head + tail + head;
      const automaton = new Automaton(literals.map((literal, output) => ({ text: literal, output })));
      const found = new Set<number>();
      automaton.scan(text, (outputs) => outputs.forEach((output) => found.add(output)));
      for (const [output, literal] of literals.entries())
        if (text.includes(literal) !== found.has(output)) wrong.push(`${literal} in ${text}`);
    }),
  );
  // Characters beyond ASCII are one class, here a single letter: nothing is confused.
  expect(wrong).toEqual([]);
});

test('required literals of regular expressions are in every match', () => {
  expect(requiredLiteral('foo')).toBe('foo');
  expect(requiredLiteral('^abc[0-9]+longer.x')).toBe('longer');
  expect(requiredLiteral(String.raw`\.php\?id=(a|b)`)).toBe('.php?id=');
  expect(requiredLiteral('abc?')).toBe('ab');
  expect(requiredLiteral('abc*')).toBe('ab');
  expect(requiredLiteral('abc{0,2}d')).toBe('ab');
  expect(requiredLiteral('a|b')).toBeUndefined();
  expect(requiredLiteral('(?i)abc')).toBeUndefined();
  expect(requiredLiteral('(abc)?')).toBeUndefined();
  expect(requiredLiteral('[[:alpha:]]abc')).toBeUndefined();
  expect(requiredLiteral(String.raw`\x41bc`)).toBeUndefined();
});
