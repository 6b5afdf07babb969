import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Language } from '../sigma/language.ts';
import { SigmaError } from '../sigma/sigma-error.ts';
import { linked } from '../sigma/sigma.fixture.ts';
import { caseMapping, caseRules } from './cases.fixture.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { sentinelKql } from './sentinel-kql.ts';
import { splunkSpl } from './splunk-spl.ts';

// The table "Item by item" of docs/sigma.md says of each item what the languages make of it: here it is asked again.

const languages = [splunkSpl, elasticEsql, elasticQueryDsl, sentinelKql, duckdbSql];

/** Notes that every query of a kind has, whatever the rule asks: where it reads, how much it returns. */
const usual =
  /^Index: |no source of its own|answers with 10 documents|holds several values|10,000 (?:rows|groups)|Groups times values/i;

function markOf(language: Language, text: string): string {
  const rule = linked(text).at(-1);
  if (rule === undefined) throw new Error('no rule');
  try {
    const { notes } = language.convert(rule, caseMapping('time'));
    return notes.some((note) => !usual.test(note)) ? 'n' : '✓';
  } catch (thrown) {
    if (thrown instanceof SigmaError) return '–';
    throw thrown;
  }
}

test('the table of the docs says what the languages do', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/sigma.md'), 'utf8');
  const rows = page
    .slice(page.indexOf('## Item by item'), page.indexOf('## The catalogue'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows.length).toBeGreaterThan(45);
  for (const [item, matched, ...rest] of rows) {
    const name = rest.at(-1) as keyof typeof caseRules;
    expect([item, rest.slice(0, -1)]).toEqual([
      item,
      languages.map((language) => markOf(language, caseRules[name])),
    ]);
    const tests = ['../sigma', '.'].map((folder) => join(import.meta.dirname, folder, `${matched}.test.ts`));
    expect([item, tests.some((path) => existsSync(path))]).toEqual([item, true]);
  }
});
