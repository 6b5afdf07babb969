import { expect, test } from 'vitest';
import type { Language } from '../sigma/language.ts';
import { readMapping } from '../sigma/mapping.ts';
import { linked, ruleOf } from '../sigma/sigma.fixture.ts';
import { caseMapping } from './cases.fixture.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { sentinelKql } from './sentinel-kql.ts';
import { splunkSpl } from './splunk-spl.ts';

const all = [splunkSpl, elasticEsql, elasticQueryDsl, sentinelKql, duckdbSql];

function notesOf(language: Language, item: string, mapping = caseMapping('time')): string {
  const [rule] = linked(ruleOf(`sel: {${item}}\ncondition: sel`));
  return language.convert(rule, mapping).notes.join('\n');
}

test.each(all)('$name says which fields and log sources its mapping leaves to chance', (language) => {
  const mapping = (unknown: string) =>
    readMapping(`sources: [{from: SRC, time: time${unknown}, fields: {a: a}}]`, 'm.yml');
  expect(notesOf(language, 'a: x, EventID: 1', mapping(''))).toMatch(
    /has no source of its own for category=test: the query reads SRC\.\n.* does not list these fields.*: EventID\./,
  );
  expect(notesOf(language, 'a: x, EventID: 1', mapping(', unknown-fields: keep'))).not.toMatch(
    /EventID|no source/,
  );
  expect(() => notesOf(language, 'a: x, EventID: 1', mapping(', unknown-fields: refuse'))).toThrow(
    'rule.yml:4:26: the mapping has no column for the field "EventID" (rule "T")',
  );
});

test.each(all.filter((each) => each !== elasticQueryDsl))(
  '$name says where a word meets a column of numbers',
  (language) => {
    expect(notesOf(language, 'n: [22, ssh]')).toContain('n holds numbers: the text "ssh" is never found');
    expect(notesOf(language, "n: ['22', 7]")).not.toContain('never found');
    expect(notesOf(language, "ip: ['-', '::1', 10.0.0.1]")).toContain(
      'ip holds addresses: the text "-" is never found',
    );
  },
);

test('letters of two cases beyond ASCII are spoken of where they are not folded', () => {
  for (const language of [splunkSpl, elasticQueryDsl])
    for (const item of ['a: É', 'a: [É, x]', 'a|contains: É'])
      expect(notesOf(language, item)).toContain('Letters beyond ASCII');
  // A dash has no case.
  for (const language of [splunkSpl, elasticQueryDsl])
    expect(notesOf(language, 'a: –')).not.toContain('Letters');
});

test('what no address and no number can hold is said of patterns too', () => {
  for (const language of [splunkSpl, elasticEsql, sentinelKql, duckdbSql]) {
    expect(notesOf(language, "ip|contains: '-'")).toContain('the text "*-*" is never found there');
    expect(notesOf(language, "ip|startswith: '2001:DB8:'")).not.toContain('never found');
    expect(notesOf(language, 'n|endswith: x')).toContain('the text "*x" is never found there');
    expect(notesOf(language, "n|startswith: '4'")).not.toContain('never found');
  }
});

test('white space in a Lucene expression is one character wider, which is said', () => {
  for (const language of [elasticEsql, elasticQueryDsl]) {
    expect(notesOf(language, String.raw`a|re: 'a\sb'`)).toContain('vertical tab');
    expect(notesOf(language, 'a|re: ab')).not.toContain('vertical tab');
  }
});

test.each(all)('$name refuses names that could end their quotes', (language) => {
  for (const name of ['a"b', "a'b", 'a\\\\', 'a`b', 'a\\nb'])
    for (const item of [
      `"${name.replaceAll('"', String.raw`\"`)}": x`,
      `a|fieldref: "${name.replaceAll('"', String.raw`\"`)}"`,
    ])
      expect(() => notesOf(language, item)).toThrow(
        /^rule\.yml:4:\d+: (?:the name "a.* of a column has a quote|.* cannot say this: a comparison of two)/,
      );
  expect(notesOf(language, '"a b": x')).not.toContain('quote');
});
