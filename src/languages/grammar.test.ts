import { expect, test } from 'vitest';
import { messageOf } from '../base/errors.ts';
import type { Linked } from '../sigma/collection.ts';
import type { Language } from '../sigma/language.ts';
import { SigmaError } from '../sigma/sigma-error.ts';
import { linked, ruleOf } from '../sigma/sigma.fixture.ts';
import { caseMapping, caseRules } from './cases.fixture.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { luceneRegex } from './elastic-regex.ts';
import { checkDsl, checkEsql, checkSpl } from './grammar.fixture.ts';
import { splunkSpl } from './splunk-spl.ts';

const engines = [
  { language: splunkSpl, time: '_time', check: checkSpl },
  { language: elasticEsql, time: '@timestamp', check: checkEsql },
  { language: elasticQueryDsl, time: '@timestamp', check: checkDsl },
] as const;

/** What is wrong with a conversion; undefined when nothing is, `refused` when there is none. */
function faultIn(
  language: Language,
  time: string,
  check: (text: string) => void,
  rule: Linked,
): string | undefined {
  let text: string;
  try {
    ({ text } = language.convert(rule, caseMapping(time)));
  } catch (thrown) {
    if (thrown instanceof SigmaError) return 'refused';
    throw thrown;
  }
  try {
    check(text);
    return undefined;
  } catch (thrown) {
    return `${messageOf(thrown)} in ${text}`;
  }
}

test.each(engines)('$language.name keeps to its grammar in every case', ({ language, time, check }) => {
  const found = Object.values(caseRules).flatMap((text) =>
    linked(text).map((rule) => faultIn(language, time, check, rule)),
  );
  expect(found.filter((fault) => fault !== undefined && fault !== 'refused')).toEqual([]);
  expect(found.filter((fault) => fault === undefined).length).toBeGreaterThan(25);
});

test.each(engines)('$language.name lets no text out of its quotes', ({ language, time, check }) => {
  const texts = [
    '"',
    "'",
    '\\',
    '\\"',
    '" OR 1=1 | delete',
    '"] | outputlookup x',
    '`',
    '[',
    ']]',
    '|',
    '*',
    '?',
    '%',
    '_',
    '$x$',
    '{',
    '#',
    '@',
    '&',
    '<',
    '~',
    'é',
    '😀',
    '\n',
    '\t',
  ];
  const wrong: string[] = [];
  for (const text of texts)
    for (const modifier of ['', '|contains', '|startswith', '|endswith|cased', '|re', '|re|i']) {
      const value = modifier.startsWith('|re')
        ? text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
        : text;
      const [rule] = linked(
        ruleOf(`sel:\n    a${modifier}: ${JSON.stringify(`x${value}y`)}\ncondition: not sel`),
      );
      const fault = faultIn(language, time, check, rule);
      if (fault !== undefined) wrong.push(`${JSON.stringify(text)}${modifier}: ${fault}`);
    }
  expect(wrong).toEqual([]);
});

test.each(engines)(
  '$language.name takes columns that are called like words of it',
  ({ language, time, check }) => {
    for (const word of [
      'and',
      'OR',
      'not',
      'in',
      'by',
      'null',
      'like',
      'is',
      'where',
      'true',
      'first',
      'metadata',
    ]) {
      const [rule] = linked(ruleOf(`sel: {'${word}': x, '${word}|contains|cased': y}\ncondition: not sel`));
      expect(faultIn(language, time, check, rule)).toBe(undefined);
      const { text } = language.convert(rule, caseMapping(time));
      if (language !== elasticQueryDsl && ['and', 'in', 'null'].includes(word))
        expect(text).toMatch(new RegExp(`["'\`]${word}["'\`]`));
    }
  },
);

test('the grammars reject what they should', () => {
  for (const text of [
    'SRC | delete',
    'SRC a="x',
    'SRC | where a==',
    'SRC | where foo(a)',
    'SRC evil',
    'SRC | where if(a, 1)==1',
  ])
    expect(() => checkSpl(text)).toThrow(/./);
  for (const text of ['FROM x | DROP y', 'FROM x | WHERE a == "b', 'FROM x | WHERE FOO(a)', 'WHERE a'])
    expect(() => checkEsql(text)).toThrow(/./);
  for (const text of [
    '{"query":{"script":{}}}',
    '{"query":{"bool":{"should":[{"exists":{"field":"a"}}]}}}',
    '{}',
  ])
    expect(() => checkDsl(text)).toThrow(/./);
});

test('expressions for Lucene match whole values, and are refused where it has no equal', () => {
  const plain = { ignoreCase: false, multiline: false, dotAll: false };
  const said = (source: string, options = plain): string => {
    const found = luceneRegex(source, options);
    return 'text' in found ? found.text : `refused: ${found.reason}`;
  };
  expect(said('^abc$')).toBe('abc');
  expect(said('abc')).toBe('(.|\n)*abc(.|\n)*');
  expect(said('^a|b$')).toBe('a(.|\n)*|(.|\n)*b');
  expect(said(String.raw`^\d{2,3}[^a-c\]]+?x$`)).toBe(String.raw`[0-9]{2,3}[^a-c\]]+x`);
  expect(said('^a"#@&<~$')).toBe(String.raw`a\"\#\@\&\<\~`);
  expect(said('^[a-f]x$', { ...plain, ignoreCase: true })).toBe('[a-fA-F][xX]');
  expect(said('^kéß[sé_]$', { ...plain, ignoreCase: true })).toBe('[kK\u212a][éÉ]ß[sSſéÉ_]');
  expect(said('^[é-ö]$', { ...plain, ignoreCase: true })).toMatch(/^refused: /);
  expect(said('^[é-ö]$')).toBe('[é-ö]');
  expect(said('^a.b$', { ...plain, dotAll: true })).toBe('a(.|\n)b');
  expect(said('^(?:ab|c)*$')).toBe('(ab|c)*');
  expect(said('^(?:a|)b$')).toBe('(a|())b');
  expect(said('^$|^a$')).toBe('()|a');
  expect(said('^$')).toBe('');
  expect(said('(?is)^a.$')).toBe('[aA](.|\n)');
  for (const source of [
    'a^b',
    'a(?=b)',
    'a(?i)b',
    '(?U)a',
    String.raw`\bword`,
    String.raw`(a)\1`,
    '(a',
    'a**',
    '[[:alpha:]]',
  ])
    expect(said(source)).toMatch(/^refused: /);
});
