import { expect, test } from 'vitest';
import type { Linked, LinkedDetection } from '../sigma/collection.ts';
import { anyCorrelations } from '../sigma/correlations.fixture.ts';
import { Correlator } from '../sigma/correlator.ts';
import { type FieldScalar, objectSource } from '../sigma/field-source.ts';
import { fold } from '../sigma/fold.ts';
import { builtInMapping } from '../sigma/mapping.ts';
import { compileMatcher } from '../sigma/matcher.ts';
import { AnyRules, addresses, numbers, texts, times } from '../sigma/rules.fixture.ts';
import { linked, ruleOf, seeded } from '../sigma/sigma.fixture.ts';
import { SigmaError } from '../sigma/sigma-error.ts';
import { caseMapping, caseRules } from './cases.fixture.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { type TestEvent, openDuckdb } from './duckdb.fixture.ts';

// The proof: DuckDB runs what the converter writes, over the same events, and finds what the matcher finds.

const table = {
  name: 'events',
  columns: {
    a: 'VARCHAR',
    b: 'VARCHAR',
    n1: 'BIGINT',
    d: 'DOUBLE',
    ip: 'VARCHAR',
    at: 'VARCHAR',
    msg: 'VARCHAR',
  },
};
const mapping = builtInMapping('test', [
  {
    logsource: {},
    from: 'events',
    time: 'time',
    message: 'msg',
    nulls: 'nulls',
    fields: 'n1=n1:number d=d:number',
  },
]);

const random = seeded(20_260);
const any = new AnyRules(20_261, ['n1', 'd'], 'at');
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
/** A value, an explicit null or nothing at all. */
const some = (list: readonly FieldScalar[]): FieldScalar | undefined =>
  random() < 0.12 ? null : random() < 0.12 ? undefined : pick(list);

const events: TestEvent[] = Array.from({ length: 800 }, (_, index) => ({
  t: index,
  a: some(texts),
  b: some(texts),
  n1: some(numbers),
  d: some([...numbers, 0.5, 1.25, -3.75]),
  ip: some(addresses),
  at: some(times),
  msg: pick(texts) + pick(texts),
}));
const source = ({ t: _, msg, ...fields }: TestEvent) => objectSource(fields, String(msg));

const detectionsOf = (rules: readonly Linked[]): LinkedDetection[] =>
  rules.filter((rule) => rule.kind === 'detection');
test('single rules: DuckDB finds what the matcher finds, on random rules and adversarial values', async () => {
  const rules = detectionsOf(linked(Array.from({ length: 300 }, () => any.rule()).join('---\n')));
  expect(rules).toHaveLength(300);
  const database = await openDuckdb(table, events);
  const wrong: string[] = [];
  let hits = 0;
  try {
    for (const rule of rules) {
      const { text } = duckdbSql.convert(rule, mapping);
      const found = new Set((await database.rows(text)).map((row) => Number(row.n)));
      const matcher = compileMatcher(rule.rule.condition);
      for (const [index, event] of events.entries()) {
        const expected = matcher(source(event));
        if (expected) hits++;
        if (expected !== found.has(index))
          wrong.push(`${text}\n${expected ? 'missed' : 'extra'} ${JSON.stringify(event)}`);
      }
    }
  } finally {
    database.close();
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(hits).toBeGreaterThan(10_000);
});

/** The query of a case; undefined where DuckDB refuses. */
function queryOf(rule: Linked): string | undefined {
  try {
    return duckdbSql.convert(rule, caseMapping('time')).text;
  } catch (thrown) {
    if (thrown instanceof SigmaError) return undefined;
    throw thrown;
  }
}

test('every case of the shared table runs, and finds what the matcher finds', async () => {
  const cases = Object.entries(caseRules).flatMap(([name, text]) => {
    const rule = linked(text).at(-1);
    const query = rule && queryOf(rule);
    return rule === undefined || query === undefined ? [] : [{ name, rule, query }];
  });
  const maybe = (list: readonly FieldScalar[]): FieldScalar | undefined =>
    random() < 0.1 ? undefined : pick(list);
  const own = {
    name: 'SRC',
    row: 'row_number',
    columns: {
      a: 'VARCHAR',
      b: 'VARCHAR',
      n: 'BIGINT',
      ip: 'VARCHAR',
      t: 'BIGINT',
      msg: 'VARCHAR',
      'x-y': 'VARCHAR',
    },
  };
  const words = [
    'p',
    'q',
    'x',
    'Foo',
    'BAR',
    'é',
    '5*5',
    'C:\\Win',
    '/ADMIN7',
    'ab',
    'b',
    '2026-01-02T03:04:05Z',
    'Zm9v',
    '10.1.2.3',
    '443',
    '',
    'xAby',
  ];
  const all: TestEvent[] = Array.from({ length: 600 }, (_, index) => ({
    t: index * 1_000_000,
    a: maybe(words),
    b: maybe(words),
    n: maybe([1, 2, 22, 443, 1024, 9_007_199_254_740_991]),
    ip: maybe(['10.0.0.1', '192.0.2.7', '192.168.3.4', '2001:db8::1', '::ffff:10.0.0.1']),
    msg: `${pick(['an evil', 'no', 'evil'])} ${pick(['SVC', 'other', ''])}`,
    'x-y': maybe(['v', 'w']),
  }));
  const database = await openDuckdb(own, all);
  const wrong: string[] = [];
  let hits = 0;
  try {
    for (const { name, rule, query } of cases) {
      const rows = await database.rows(query);
      // Correlations are compared below; here they have to run.
      if (rule.kind === 'correlation') continue;
      const match = compileMatcher(rule.rule.condition);
      const expected = all.flatMap((event, index) =>
        match(objectSource(event, String(event.msg))) ? [String(index)] : [],
      );
      hits += expected.length;
      const found = rows.map((row) => row.row_number);
      if (found.join() !== expected.join())
        wrong.push(`${name}: ${found.length} rows, ${expected.length} expected`);
    }
  } finally {
    database.close();
  }
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThan(85);
  expect(hits).toBeGreaterThan(3_000);
});

test('folding agrees with lower() on every code point', async () => {
  const database = await openDuckdb(table, []);
  try {
    const rows = await database.rows(
      'SELECT i, lower(chr(i::INT)) AS low FROM range(1, 1114112) r(i) WHERE i NOT BETWEEN 55296 AND 57343 AND lower(chr(i::INT)) <> chr(i::INT)',
    );
    const lower = new Map(rows.map(({ i, low }) => [Number(i), low]));
    const wrong: number[] = [];
    for (let code = 1; code < 0x110000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const char = String.fromCodePoint(code);
      if (fold(char) !== (lower.get(code) ?? char)) wrong.push(code);
    }
    expect(wrong).toEqual([]);
    expect(lower.size).toBeGreaterThan(1400);
  } finally {
    database.close();
  }
});

const correlation = (name: string, lines: string): string =>
  `---\ntitle: ${name}\nname: ${name}\ncorrelation:\n    ${lines.replaceAll('\n', '\n    ')}\n`;

test('correlations: DuckDB finds the instants and counts that the correlator finds', async () => {
  const base = (name: string, value: string): string =>
    `name: ${name}\n${ruleOf(`sel: {a: ${value}}\ncondition: sel`)}`;
  const detections = `${base('x', 'x')}---\n${base('y', 'y')}---\n${base('z', 'z')}---\n${base('xy', '[x, y]')}`;
  const of = (type: string, rules: string, condition: string, more = ''): string =>
    `type: ${type}\nrules: [${rules}]\ngroup-by: [b]\ntimespan: 10s${condition === '' ? '' : `\ncondition: {${condition}}`}${more}`;
  const text =
    detections +
    correlation('count', of('event_count', 'x', 'gte: 4')) +
    correlation('range', of('event_count', 'x, xy', 'gt: 2, lte: 5')) +
    correlation('few', of('event_count', 'z', 'neq: 2')) +
    correlation('values', of('value_count', 'x, y', 'gt: 3, field: n1')) +
    correlation('tuples', of('value_count', 'x, y, z', 'gte: 5, field: [n1, ip]')) +
    correlation('sum', of('value_sum', 'x', 'gt: 100, field: n1')) +
    correlation('mean', of('value_avg', 'x', 'gt: 40, field: n1')) +
    correlation('high', of('value_percentile', 'x', 'gte: 30, percentile: 75, field: n1')) +
    correlation('together', of('temporal', 'x, y, z', '')) +
    correlation('two', of('temporal', 'x, y, z', 'gte: 2')) +
    correlation('chain', of('temporal_ordered', 'x, y, z', '')) +
    correlation(
      'nested',
      'type: value_count\nrules: [values]\ngroup-by: []\ntimespan: 1m\ncondition: {gte: 2, field: b}',
    ) +
    correlation('after', of('temporal_ordered', 'values, z', '')) +
    correlation(
      'crossed',
      'type: temporal\nrules: [x, y]\ngroup-by: [peer]\naliases: {peer: {x: b, y: ip}}\ntimespan: 10s',
    );
  for (const [name, found] of await compareHits(linked(text), randomEvents(3000)))
    expect([name, found > 5]).toEqual([name, true]);
});

test('whatever correlations are built on each other, DuckDB finds what the correlator finds', async () => {
  const detections = ['x', 'y', 'z', '[x, y]']
    .map((value, index) => `name: r${index}\n${ruleOf(`sel: {a: ${value}}\ncondition: sel`)}`)
    .join('---\n');
  const fields = ['b', 'ip', 'n1'];
  let hits = 0;
  for (let round = 0; round < 10; round++) {
    const text = detections + anyCorrelations(random, 6, { r0: fields, r1: fields, r2: fields, r3: fields });
    for (const found of (await compareHits(linked(text), randomEvents(600))).values()) hits += found;
  }
  expect(hits).toBeGreaterThan(1000);
});

/** Events on quarters of a second: many fall on the same instant, and on the windows' edges. */
function randomEvents(count: number): TestEvent[] {
  return Array.from({ length: count }, () => ({
    t: Math.floor((random() * 4 * count) / 3) * 250_000,
    a: pick(['x', 'y', 'z', 'X', undefined]),
    b: some(['h1', 'h2', 'H2', 'h3', '1,2']),
    n1: some([1, 2, 3, 22, 80, 443]),
    d: 0,
    ip: some(['h1', 'h3', '1']),
    at: '',
    msg: '',
  }));
}

/** Compares what DuckDB and the correlator find, correlation by correlation; returns how much that was. */
async function compareHits(
  rules: readonly Linked[],
  all: readonly TestEvent[],
): Promise<Map<string, number>> {
  const matchers = detectionsOf(rules).map((rule) => ({ rule, match: compileMatcher(rule.rule.condition) }));
  const correlator = new Correlator<TestEvent>(rules);
  const expected = new Map<string, string[]>();
  for (const t of [...new Set(all.map((event) => event.t))].toSorted((p, q) => p - q)) {
    const matched = all
      .filter((event) => event.t === t)
      .map((event) => {
        const fields = source(event);
        return {
          event,
          source: fields,
          rules: matchers.filter(({ match }) => match(fields)).map(({ rule }) => rule),
        };
      });
    for (const { rule, group, measure } of correlator.at(t, matched)) {
      const { name = '', type } = rule.rule;
      const measured = type === 'temporal_ordered' ? '' : ` ${measure}`;
      expected.set(name, [...(expected.get(name) ?? []), `${t} ${group.join(',')}${measured}`]);
    }
  }
  const hits = new Map<string, number>();
  const database = await openDuckdb(table, all);
  try {
    for (const rule of rules) {
      if (rule.kind === 'detection') continue;
      const { name = '', groupBy, type } = rule.rule;
      const rows = await database.rows(duckdbSql.convert(rule, mapping).text);
      const found = rows.map((row) => {
        const measured = type === 'temporal_ordered' ? '' : ` ${row[type]}`;
        return `${row.ts} ${groupBy.map((field) => row[field]).join(',')}${measured}`;
      });
      expect([name, ...found.toSorted()]).toEqual([name, ...(expected.get(name) ?? []).toSorted()]);
      hits.set(name, found.length);
    }
  } finally {
    database.close();
  }
  return hits;
}
