import { expect, test } from 'vitest';
import { messageOf } from '../base/errors.ts';
import type { Linked } from '../sigma/collection.ts';
import { anyCorrelations } from '../sigma/correlations.fixture.ts';
import type { Language } from '../sigma/language.ts';
import { AnyRules } from '../sigma/rules.fixture.ts';
import { SigmaError } from '../sigma/sigma-error.ts';
import { linked, seeded } from '../sigma/sigma.fixture.ts';
import { caseMapping } from './cases.fixture.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { checkDsl, checkEsql, checkSpl } from './grammar.fixture.ts';
import { caseTable, kustoFaults } from './kusto.fixture.ts';
import { sentinelKql } from './sentinel-kql.ts';
import { splunkSpl } from './splunk-spl.ts';

// Rules that nobody thought of: each converts to a query that keeps to its grammar, or is refused with a reason.

const checkKql = (text: string): void => {
  const faults = kustoFaults(caseTable, text);
  if (faults.length > 0) throw new Error(faults.join('\n'));
};
/** The least numbers of single rules and correlations, of 150 and 150, that each has to take. */
const engines = [
  { language: splunkSpl, time: '_time', check: checkSpl, least: [130, 25] },
  { language: elasticEsql, time: '@timestamp', check: checkEsql, least: [120, 15] },
  { language: elasticQueryDsl, time: '@timestamp', check: checkDsl, least: [20, 0] },
  { language: sentinelKql, time: 'TimeGenerated', check: checkKql, least: [150, 15] },
] as const;

const any = new AnyRules(5, ['n'], 't');
const singles = Array.from({ length: 150 }, () => any.rule()).flatMap((text) => linked(text));
const random = seeded(9);
const correlations = Array.from({ length: 25 }, () => {
  const detections = ['p', 'q', 'r'].map((name) => `name: ${name}\n${any.rule()}`).join('---\n');
  const fields = { p: ['a', 'ip', 'n'], q: ['a', 'ip', 'n'], r: ['b', 'ip', 'n'] };
  return linked(detections + anyCorrelations(random, 6, fields));
}).flatMap((rules) => rules.filter(({ kind }) => kind === 'correlation'));

test.each(engines)(
  '$language.name takes any rule or says why not',
  ({ language, time, check, least }) => {
    const taken = [singles, correlations].map((rules) => queriesOf(language, time, rules));
    const faults = taken.flat().flatMap((text) => {
      try {
        check(text);
        return [];
      } catch (thrown) {
        return [`${messageOf(thrown)} in ${text}`];
      }
    });
    expect(faults).toEqual([]);
    for (const [i, { length }] of taken.entries()) expect(length).toBeGreaterThanOrEqual(least[i]);
  },
  60_000,
);

function queriesOf(language: Language, time: string, rules: readonly Linked[]): string[] {
  return rules.flatMap((rule) => {
    try {
      return language.convert(rule, caseMapping(time)).text;
    } catch (thrown) {
      if (!(thrown instanceof SigmaError)) throw thrown;
      // A reason, with the place of it.
      expect(thrown.message).toMatch(/^[^:]+:\d+:\d+: .{10}/);
      return [];
    }
  });
}
