import { expect, test } from 'vitest';
import { Correlator } from '../sigma/correlator.ts';
import { objectSource } from '../sigma/field-source.ts';
import type { LinkedCorrelation, LinkedDetection } from '../sigma/collection.ts';
import { compileMatcher } from '../sigma/matcher.ts';
import { linked, ruleOf, seeded } from '../sigma/sigma.fixture.ts';
import { caseMapping } from './cases.fixture.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { sentinelKql } from './sentinel-kql.ts';

// Windows that do not slide, taken out of the queries as they are written and played over random events: whatever the
// rule finds at some instant, one of the windows that hold the instant finds as well.

const units: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };
const micros = (text: string): number => {
  const [, count, unit] = /^([0-9]+) ?(ms|[smhd])/.exec(text) ?? [];
  return Number(count) * units[unit];
};

/** Of an instant the windows [from, to) that the query puts it into. */
type Windows = (t: number) => [from: number, to: number][];

const engines: readonly { name: string; windowsOf: (rule: LinkedCorrelation) => Windows }[] = [
  {
    name: 'ES|QL',
    windowsOf: (rule) => {
      const { text } = elasticEsql.convert(rule, caseMapping('@timestamp'));
      const [, trunc] = /DATE_TRUNC\(([^,]+), @timestamp\)/.exec(text) ?? [];
      const [, back] = /MV_APPEND\(sigma_bin, sigma_bin - ([^)]+)\)/.exec(text) ?? [];
      const [bin, reach] = [micros(trunc), micros(back)];
      // A window is named after its beginning and holds what was put into it: its own bin and the next.
      return (t) => {
        const start = Math.floor(t / bin) * bin;
        return [
          [start, start + reach + bin],
          [start - reach, start + bin],
        ];
      };
    },
  },
  {
    name: 'KQL',
    windowsOf: (rule) => {
      const { text } = sentinelKql.convert(rule, caseMapping('TimeGenerated'));
      const [, bin = ''] = /bin\(TimeGenerated, ([^)]+)\)/.exec(text) ?? [];
      const [, back = '', hop = ''] = /range\(sigma_bin - ([^,]+), sigma_bin, ([^)]+)\)/.exec(text) ?? [];
      expect(hop).toBe(bin);
      const [width, step] = [micros(back), micros(hop)];
      return (t) => {
        const start = Math.floor(t / step) * step;
        return Array.from({ length: Math.floor(width / step) + 1 }, (_, index) => {
          const from = start - width + index * step;
          return [from, from + width + step];
        });
      };
    },
  },
  {
    name: 'Query DSL',
    windowsOf: (rule) => {
      const { text, notes } = elasticQueryDsl.convert(rule, caseMapping('@timestamp'));
      const [, back = ''] = /"gt": "now-([0-9]+s)"/.exec(text) ?? [];
      const [, every = ''] = /Run it every ([0-9]+ [a-z]+);/.exec(notes.join('\n')) ?? [];
      const [reach, period] = [micros(back), micros(every)];
      // Runs end at multiples of the period, a little off them; (end − reach, end] in whole microseconds.
      return (t) => {
        const phase = Math.floor(period / 3);
        const first = Math.ceil((t - phase) / period) * period + phase;
        const runs = Array.from({ length: Math.ceil(reach / period) }, (_, index) => first + index * period);
        return runs.map((end) => [end - reach + 1, end + 1]);
      };
    },
  },
];

interface Row {
  readonly t: number;
  readonly group: string;
  readonly part: number;
  readonly value: number;
}

/** Whether the events of one group in one window meet the condition, as the queries ask it. */
function holds({ rule }: LinkedCorrelation, rows: readonly Row[]): boolean {
  const least = rule.bounds[0].value;
  const times = rule.rules.map((_, part) => rows.filter((row) => row.part === part).map((row) => row.t));
  if (rule.type === 'event_count') return rows.length >= least;
  if (rule.type === 'value_count') return new Set(rows.map((row) => row.value)).size >= least;
  if (times.filter((each) => each.length > 0).length < least) return false;
  return (
    rule.type === 'temporal' ||
    times.slice(1).every((each, index) => Math.min(...times[index]) <= Math.max(...each))
  );
}

const random = seeded(7);
const correlations = [
  'type: event_count\nrules: [p]\ncondition: {gte: 6}',
  'type: value_count\nrules: [p]\ncondition: {gte: 4, field: n}',
  'type: temporal\nrules: [p, q, r]',
  'type: temporal_ordered\nrules: [p, q, r]',
];
const detection = (name: string): string => `name: ${name}\n${ruleOf(`sel: {a: ${name}}\ncondition: sel`)}`;

test.each(engines)('$name: every crossing of the rule lies in a window that holds', ({ windowsOf }) => {
  let crossings = 0;
  for (const span of ['1s', '7s', '90s', '5m', '1h', '100000s', '30d'])
    for (const lines of correlations) {
      const rules = linked(
        `${['p', 'q', 'r'].map(detection).join('---\n')}---\ntitle: C\ncorrelation:\n    ${lines.replaceAll('\n', '\n    ')}\n    group-by: [ip]\n    timespan: ${span}\n`,
      );
      const rule = rules.find((each): each is LinkedCorrelation => each.kind === 'correlation');
      if (rule === undefined) throw new Error('no correlation');
      const matchers = rules
        .filter((each): each is LinkedDetection => each.kind === 'detection')
        .map((each) => ({ each, match: compileMatcher(each.rule.condition) }));
      const width = rule.rule.timespan * 1e6;
      const windows = windowsOf(rule);
      const correlator = new Correlator<Row>(rules);
      const rows: Row[] = [];
      let clock = 40 * width;
      for (let index = 0; index < 220; index++) {
        // Often an eighth of the timespan, so that edges are met; sometimes anything.
        clock += random() < 0.5 ? width / 8 : Math.floor((random() * width) / 4);
        const row = {
          t: Math.floor(clock),
          group: random() < 0.5 ? 'g' : 'h',
          part: lines.includes('[p]') ? 0 : Math.floor(random() * 3),
          value: Math.floor(random() * 6),
        };
        rows.push(row);
        const source = objectSource({ a: ['p', 'q', 'r'][row.part], ip: row.group, n: row.value });
        const matched = matchers.filter(({ match }) => match(source)).map(({ each }) => each);
        for (const hit of correlator.at(row.t, [{ event: row, source, rules: matched }])) {
          crossings++;
          const found = windows(row.t).some(([from, to]) =>
            holds(
              rule,
              // What comes later may be in the window too; it is not needed.
              rows.filter((each) => each.group === hit.group[0] && each.t >= from && each.t < to),
            ),
          );
          expect([span, rule.rule.type, row.t, found]).toEqual([span, rule.rule.type, row.t, true]);
        }
      }
    }
  expect(crossings).toBeGreaterThan(500);
});
