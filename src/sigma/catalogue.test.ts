import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { link } from './collection.ts';
import { readSigma } from './document.ts';
import { lint } from './lint.ts';
import { loadRules, ruleFiles } from './rule-files.ts';
import { readRuleTests, runRuleCase } from './rule-tests.ts';

const folder = join(import.meta.dirname, '../../rules');
const set = loadRules([folder]);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.test.yml'))
  .flatMap((name) => readRuleTests(readFileSync(join(folder, name), 'utf8'), name));

test('the catalogue is free of faults, down to its tags', () => {
  expect(set.faults).toEqual([]);
  expect(lint(set).map(({ fault }) => fault.message)).toEqual([]);
  expect(ruleFiles([folder]).every((file) => !file.endsWith('.test.yml'))).toBe(true);
});

test('every rule says its source, and every rule that reports has events that match and events that do not', () => {
  const untested: string[] = [];
  for (const { rule, reported } of set.rules) {
    if (!reported) continue;
    if (rule.references.length === 0) untested.push(`${rule.name}: no reference`);
    for (const match of [true, false])
      if (!cases.some((one) => one.match === match && one.rules.includes(rule.name ?? '')))
        untested.push(`${rule.name}: no case with match: ${match}`);
  }
  expect(untested).toEqual([]);
  expect(set.rules.filter(({ reported }) => reported).length).toBeGreaterThanOrEqual(20);
});

test.each(cases)('$rules: $name', (one) => {
  expect(runRuleCase(one, set.rules)).toBeUndefined();
});

test('lint refuses T1595.004', () => {
  const text =
    'title: T\nid: x\ntags: [attack.t1595.004]\nlogsource: {category: a}\ndetection: {s: {a: null}, t: {b: 1}, condition: s}\n';
  const found = lint({ ...loadRulesOf(text) });
  expect(found.map(({ severity, fault }) => `${severity} ${fault.message}`)).toEqual([
    expect.stringMatching(/^warning .*no UUID/),
    expect.stringMatching(/^warning .*no description/),
    expect.stringMatching(/^warning .*no level/),
    expect.stringMatching(/^warning .*false positives/),
    expect.stringMatching(/^warning .*no condition mentions "t"/),
    expect.stringMatching(/^warning .*no event that Offtrail reads is of the log source a:/),
    'error t.yml:3:8: ATT&CK has no T1595.004; T1595 has only .001 to .003 (rule "T")',
    expect.stringMatching(/^warning t\.yml:5:20: null is an explicit null/),
  ]);
});

function loadRulesOf(text: string): Parameters<typeof lint>[0] {
  const { documents, faults } = readSigma(text, 't.yml');
  const linked = link(documents);
  return { documents, files: ['t.yml'], rules: linked.rules, faults: [...faults, ...linked.faults] };
}
