import { expect, test } from 'vitest';
import { SigmaError } from '../sigma/sigma-error.ts';
import type { Mapping } from '../sigma/mapping.ts';
import type { Linked } from '../sigma/collection.ts';
import { linked, ruleOf } from '../sigma/sigma.fixture.ts';
import { caseMapping, caseRules } from './cases.fixture.ts';
import { caseTable, kustoFaults } from './kusto.fixture.ts';
import { sentinelKql } from './sentinel-kql.ts';

/** The query, or undefined where the language refuses. */
function query(rule: Linked, mapping: Mapping): string | undefined {
  try {
    return sentinelKql.convert(rule, mapping).text;
  } catch (thrown) {
    if (thrown instanceof SigmaError) return undefined;
    throw thrown;
  }
}

test('the binder rejects what is wrong, so that its silence means something', () => {
  expect(kustoFaults(caseTable, 'SRC | where nothing == 1')).toHaveLength(1);
  expect(kustoFaults(caseTable, 'SRC | wheree a == "x"')).not.toEqual([]);
  expect(kustoFaults(caseTable, 'SRC | where n contains_cs ("x"')).not.toEqual([]);
});

test('every case parses and binds', () => {
  const faults: string[] = [];
  let queries = 0;
  for (const [name, text] of Object.entries(caseRules)) {
    const rule = linked(text).at(-1);
    const found = rule && query(rule, caseMapping('TimeGenerated'));
    if (found === undefined) continue;
    queries++;
    faults.push(...kustoFaults(caseTable, found).map((fault) => `${name}: ${fault}\n${found}`));
  }
  expect(faults).toEqual([]);
  expect(queries).toBeGreaterThan(30);
});

test('adversarial texts stay texts', () => {
  const texts = [
    '"',
    "'",
    '\\',
    '\\"',
    '")) | take 1 //',
    '\n',
    '\t',
    '{x}',
    '`',
    '$',
    'é😀',
    '*',
    '?',
    '%',
    '@"x"',
    'h"',
    '\u2028',
  ];
  const faults: string[] = [];
  for (const text of texts)
    for (const modifier of ['', '|contains', '|startswith|cased', '|re', '|endswith']) {
      const value = modifier === '|re' ? text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) : text;
      const [rule] = linked(
        ruleOf(`sel:\n    a${modifier}: ${JSON.stringify(`x${value}y`)}\ncondition: not sel`),
      );
      const found = query(rule, caseMapping('TimeGenerated')) ?? 'refused';
      faults.push(...kustoFaults(caseTable, found).map((fault) => `${found}: ${fault}`));
      // One pipe, one line break: nothing broke out of its quotes.
      if (found.split('\n').length !== 2) faults.push(found);
    }
  expect(faults).toEqual([]);
});

test('a column may be called like a word of the language', () => {
  const words =
    'and or not in by has contains between startswith endswith matches kind type name where project extend summarize union let datatable true false null bool int long string datetime dynamic guid real timespan count distinct on with asc desc first last of to typeof print range table join as is like take top limit sort order parse evaluate invoke render search find sample set materialize toscalar step default time title user action status path hash'.split(
      ' ',
    );
  const faults = words.flatMap((word) => {
    const [rule] = linked(ruleOf(`sel: {'${word}': x, '${word}|exists': true}\ncondition: not sel`));
    const text = query(rule, caseMapping('TimeGenerated')) ?? 'refused';
    return kustoFaults(`let SRC = datatable(['${word}']:string)[];`, text).map(
      (fault) => `${text}: ${fault}`,
    );
  });
  expect(faults).toEqual([]);
});
