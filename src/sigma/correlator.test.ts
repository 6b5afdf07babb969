import { expect, test } from 'vitest';
import type { LinkedDetection } from './collection.ts';
import { Correlator, type Fired, type Matched } from './correlator.ts';
import { type FieldSource, type FieldValue, objectSource } from './field-source.ts';
import { compileMatcher } from './matcher.ts';
import { faultOf, linked, ruleOf, seeded } from './sigma.fixture.ts';

interface Event {
  readonly t: number;
  readonly [field: string]: FieldValue;
}

const base = (name: string, value = name): string =>
  `name: ${name}\n${ruleOf(`sel: {kind: ${value}}\ncondition: sel`)}`;
const correlation = (name: string, lines: string): string =>
  `---\ntitle: ${name}\nname: ${name}\ncorrelation:\n    ${lines.replaceAll('\n', '\n    ')}\n`;

/** Runs the events (times in seconds) through the correlations of a text. */
function run(
  text: string,
  events: readonly Event[],
  limits?: ConstructorParameters<typeof Correlator>[1],
): Fired<Event>[] {
  const rules = linked(text);
  const detections = rules.filter((rule): rule is LinkedDetection => rule.kind === 'detection');
  const matchers = detections.map(({ rule }) => compileMatcher(rule.condition));
  const correlator = new Correlator<Event>(rules, limits);
  const fired: Fired<Event>[] = [];
  for (const t of [...new Set(events.map((event) => event.t))].toSorted((a, b) => a - b)) {
    const matched: Matched<Event>[] = events
      .filter((event) => event.t === t)
      .map((event): Matched<Event> => {
        const source: FieldSource = objectSource(event);
        return { event, source, rules: detections.filter((_, index) => matchers[index](source)) };
      });
    fired.push(...correlator.at(t * 1e6, matched));
  }
  return fired;
}
const brief = (fired: readonly Fired<Event>[]): string[] =>
  fired.map(
    (hit) =>
      `${hit.rule.rule.name} ${hit.time / 1e6} ${hit.group.join(',')} ${hit.measure}${hit.first ? ' first' : ''}`,
  );

const vertical =
  base('deny') +
  correlation(
    'scan',
    'type: value_count\nrules: [deny]\ngroup-by: [src, dst]\ntimespan: 10s\ncondition: {gte: 3, field: port}',
  );
const deny = (t: number, port: FieldValue, src: FieldValue = 'a', dst: FieldValue = 'x'): Event => ({
  t,
  kind: 'deny',
  src,
  dst,
  port,
});

test('windows slide, are exact and half-open', () => {
  expect(brief(run(vertical, [deny(0, 1), deny(5, 2), deny(9.999999, 3)]))).toEqual([
    'scan 9.999999 a,x 3 first',
  ]);
  expect(brief(run(vertical, [deny(0, 1), deny(5, 2), deny(10, 3)]))).toEqual([]);
  expect(brief(run(vertical, [deny(5, 1), deny(9, 2), deny(14, 3), deny(14.5, 1), deny(30, 1)]))).toEqual([
    'scan 14 a,x 3 first',
    'scan 14.5 a,x 3',
  ]);
  // Events of one instant apply together.
  expect(brief(run(vertical, [deny(1, 1), deny(1, 2), deny(1, 3)]))).toEqual(['scan 1 a,x 3 first']);
});

test('distinct values count once, groups are apart, missing and null fields count nowhere', () => {
  expect(run(vertical, [deny(0, 1), deny(1, 1), deny(2, 2), deny(3, '2')])).toEqual([]);
  expect(run(vertical, [deny(0, 1), deny(1, 2, 'b'), deny(2, 3, 'a', 'y')])).toEqual([]);
  expect(
    run(vertical, [
      deny(0, 1),
      deny(1, 2),
      deny(2, null),
      deny(3, undefined),
      deny(4, 3, null),
      { t: 5, kind: 'deny', dst: 'x', port: 4 },
    ]),
  ).toEqual([]);
});

test('crossings agree with a count over every window, on random events', () => {
  const random = seeded(11);
  const events = Array.from({ length: 600 }, () =>
    deny(Math.floor(random() * 2000) / 4, Math.floor(random() * 8), random() < 0.5 ? 'a' : 'b'),
  );
  const found = brief(run(vertical, events)).map((line) => line.replace(' first', ''));
  const expected: string[] = [];
  for (const t of [...new Set(events.map((event) => event.t))].toSorted((a, b) => a - b))
    for (const src of new Set(events.filter((event) => event.t === t).map((event) => String(event.src)))) {
      const ports = new Set(
        events
          .filter((event) => event.src === src && event.t > t - 10 && event.t <= t)
          .map((event) => event.port),
      );
      if (ports.size >= 3) expected.push(`scan ${t} ${src},x ${ports.size}`);
    }
  expect(found.toSorted()).toEqual(expected.toSorted());
  expect(found.length).toBeGreaterThan(50);
});

test('event_count, ranges, eq and neq', () => {
  const count = (condition: string): string =>
    base('deny') +
    correlation(
      'c',
      `type: event_count\nrules: [deny]\ngroup-by: [src]\ntimespan: 10s\ncondition: {${condition}}`,
    );
  const four = [deny(1, 1), deny(2, 1), deny(3, 1), deny(4, 1)];
  expect(brief(run(count('gt: 1, lte: 3'), four))).toEqual(['c 2 a 2 first', 'c 3 a 3']);
  expect(brief(run(count('eq: 4'), four))).toEqual(['c 4 a 4 first']);
  expect(brief(run(count('neq: 1'), four))).toHaveLength(3);
  expect(brief(run(count('lt: 2'), four))).toEqual(['c 1 a 1 first']);
});

test('value_count over several fields counts tuples', () => {
  const text =
    base('deny') +
    correlation(
      'c',
      'type: value_count\nrules: [deny]\ngroup-by: [src]\ntimespan: 10s\ncondition: {gte: 3, field: [dst, port]}',
    );
  expect(run(text, [deny(0, 1), deny(1, 2), deny(2, 1)])).toEqual([]);
  expect(brief(run(text, [deny(0, 1), deny(1, 2), deny(2, 1, 'a', 'y')]))).toEqual(['c 2 a 3 first']);
  expect(run(text, [deny(0, '1,2', 'a', 'x'), deny(1, '2', 'a', 'x,1'), deny(2, '2', 'a', 'x,1')])).toEqual(
    [],
  );
});

test('temporal: all parts, or as many as asked, in any order', () => {
  const of = (more: string): string =>
    `${base('a')}---\n${base('b')}---\n${base('c')}${correlation('t', `type: temporal\nrules: [a, b, c]\ngroup-by: [h]\ntimespan: 10s${more}`)}`;
  const at = (t: number, kind: string, h = '1'): Event => ({ t, kind, h });
  expect(brief(run(of(''), [at(1, 'c'), at(2, 'a'), at(9, 'b')]))).toEqual(['t 9 1 3 first']);
  expect(run(of(''), [at(1, 'c'), at(2, 'a'), at(11, 'b')])).toEqual([]);
  expect(run(of(''), [at(1, 'c'), at(2, 'a', '2'), at(3, 'b')])).toEqual([]);
  expect(brief(run(of('\ncondition: {gte: 2}'), [at(1, 'c'), at(2, 'a')]))).toEqual(['t 2 1 2 first']);
});

test('temporal_ordered: a chain within the window, found even when later starts interleave', () => {
  const text = `${base('a')}---\n${base('b')}---\n${base('c')}${correlation('t', 'type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [h]\ntimespan: 10s')}`;
  const at = (t: number, kind: string): Event => ({ t, kind, h: '1' });
  expect(brief(run(text, [at(1, 'a'), at(2, 'b'), at(3, 'c')]))).toEqual(['t 3 1 3 first']);
  expect(run(text, [at(1, 'c'), at(2, 'b'), at(3, 'a')])).toEqual([]);
  expect(run(text, [at(1, 'a'), at(2, 'c'), at(3, 'b')])).toEqual([]);
  expect(run(text, [at(0, 'a'), at(2, 'b'), at(10, 'c')])).toEqual([]);
  // The later chain a(5) b(6) is the one that reaches c(12).
  expect(brief(run(text, [at(0, 'a'), at(1, 'b'), at(5, 'a'), at(6, 'b'), at(12, 'c')]))).toEqual([
    't 12 1 3 first',
  ]);
  // An a after the b does not help the chain.
  expect(run(text, [at(0, 'a'), at(1, 'b'), at(5, 'a'), at(12, 'c')])).toEqual([]);
});

test('sums, averages and percentiles', () => {
  const of = (type: string, condition: string): string =>
    base('deny') +
    correlation(
      'c',
      `type: ${type}\nrules: [deny]\ngroup-by: [src]\ntimespan: 10s\ncondition: {${condition}, field: port}`,
    );
  const events = [deny(0, 10), deny(1, '20'), deny(2, 'x'), deny(3, 30), deny(11, 1)];
  expect(brief(run(of('value_sum', 'gte: 30'), events))).toEqual(['c 1 a 30 first', 'c 3 a 60', 'c 11 a 31']);
  expect(brief(run(of('value_avg', 'gt: 14'), events))).toEqual([
    'c 1 a 15 first',
    'c 3 a 20',
    'c 11 a 15.5',
  ]);
  expect(brief(run(of('value_percentile', 'gte: 20, percentile: 50'), events))).toEqual(['c 3 a 20 first']);
});

test('aliases join different fields, several rules count together and an event once', () => {
  const text = `${base('out')}---\n${base('in')}${correlation('t', 'type: temporal\nrules: [out, in]\ngroup-by: [peer]\naliases: {peer: {out: dst, in: src}}\ntimespan: 10s')}`;
  expect(
    brief(
      run(text, [
        { t: 1, kind: 'out', src: 'me', dst: 'you' },
        { t: 2, kind: 'in', src: 'you', dst: 'me' },
      ]),
    ),
  ).toEqual(['t 2 you 2 first']);
  expect(faultOf(text.replace(', in: src', ''))).toContain('the alias "peer" says nothing of "in"');
  const twice = `${base('deny')}---\n${base('also', 'deny')}${correlation('c', 'type: event_count\nrules: [deny, also]\ngroup-by: [src]\ntimespan: 10s\ncondition: {gte: 2}')}`;
  expect(run(twice, [deny(1, 1)])).toEqual([]);
  expect(run(twice, [deny(1, 1), deny(2, 1)])).toHaveLength(1);
});

test('correlations nest: an inner one counts at every instant at which it holds', () => {
  const text =
    vertical +
    correlation(
      'block',
      'type: value_count\nrules: [scan]\ngroup-by: [src]\ntimespan: 1h\ncondition: {gte: 2, field: dst}',
    ) +
    `---\n${base('allow')}` +
    correlation('then', 'type: temporal_ordered\nrules: [scan, allow]\ngroup-by: [src, dst]\ntimespan: 20s');
  const events = [
    ...[1, 2, 3].map((p) => deny(p, p)),
    ...[1, 2, 3].map((p) => deny(p + 100, p, 'a', 'y')),
    { t: 115, kind: 'allow', src: 'a', dst: 'y' },
    { t: 140, kind: 'allow', src: 'a', dst: 'y' },
  ];
  expect(brief(run(text, events))).toEqual([
    'scan 3 a,x 3 first',
    'scan 103 a,y 3 first',
    'block 103 a 2 first',
    'then 115 a,y 2 first',
  ]);
});

test('memory is bounded, what was let go is counted, and small groups go first', () => {
  const rules = linked(vertical);
  const [detection] = rules;
  const correlator = new Correlator<number>(rules, 80_000);
  const see = (t: number, src: string, port: number): number | undefined =>
    correlator.at(t, [{ event: t, source: objectSource({ src, dst: 'x', port }), rules: [detection] }]).at(-1)
      ?.measure;
  for (let t = 0; t < 20; t++) see(t, 'scanner', t);
  for (let t = 20; t < 1000; t++) {
    see(t, `s${t}`, 1);
    expect(correlator.bytes).toBeLessThan(81_000);
  }
  expect(correlator.evicted).toBeGreaterThan(800);
  // A flood of sources that knock once does not push the scanner out.
  expect(see(1000, 'scanner', 99)).toBe(21);
  // One group alone is more than there is room for: its older half goes, counts are lower bounds.
  for (let t = 1001; t < 6000; t++) see(t, 'scanner', t);
  expect(correlator.bytes).toBeLessThan(81_000);
  expect(see(6000, 'scanner', 1)).toBeGreaterThan(100);
  expect(see(6000, 'scanner', 1)).toBeLessThan(700);
});

test('windows that are over make room without an eviction', () => {
  const rules = linked(vertical);
  const [detection] = rules as LinkedDetection[];
  const correlator = new Correlator<number>(rules, 80_000);
  for (let t = 0; t < 1000; t++)
    correlator.at(t * 1_000_000_000, [
      { event: t, source: objectSource({ src: `s${t}`, dst: 'x', port: 1 }), rules: [detection] },
    ]);
  expect(correlator.evicted).toBe(0);
  expect(correlator.bytes).toBeLessThan(80_000);
});

test('sums, averages and percentiles of a sliding window are those of its numbers, whatever came before', () => {
  const kinds = {
    value_sum: 'gte: -1000000000000',
    value_avg: 'gte: -1000000000000',
    value_percentile: 'gte: -1000000000000, percentile: 90',
  };
  const random = seeded(11);
  const events: Event[] = Array.from({ length: 400 }, (_, index) => ({
    t: index * 3 + Math.floor(random() * 3),
    kind: 'deny',
    src: 'a',
    // Integers, fractions and a number so large that sums round.
    n: random() < 0.02 ? 9_007_199_254_740_996 : random() < 0.5 ? Math.floor(random() * 100) : random(),
  }));
  for (const [type, condition] of Object.entries(kinds)) {
    const text =
      base('deny') +
      correlation(
        'c',
        `type: ${type}\nrules: [deny]\ngroup-by: [src]\ntimespan: 1m\ncondition: {${condition}, field: n}`,
      );
    const fired = run(text, events).filter(({ rule }) => rule.rule.name === 'c');
    expect(fired).toHaveLength(new Set(events.map(({ t }) => t)).size);
    for (const { time, measure } of fired) {
      const numbers = events
        .filter(({ t }) => t * 1e6 <= time && t * 1e6 > time - 60e6)
        .map(({ n }) => Number(n));
      const sum = numbers.reduce((total, number) => total + number, 0);
      const sorted = numbers.toSorted((a, b) => a - b);
      const expected =
        type === 'value_sum'
          ? sum
          : type === 'value_avg'
            ? sum / numbers.length
            : sorted[Math.ceil(0.9 * numbers.length) - 1];
      expect(measure).toBeCloseTo(expected, 6);
    }
  }
});

test('what a correlation cannot be is refused', () => {
  const fault = (lines: string): string => faultOf(base('deny') + correlation('c', lines));
  const rest = 'rules: [deny]\ngroup-by: [a]\ntimespan: 5m';
  expect(fault(`type: value_median\n${rest}\ncondition: {gt: 1}`)).toContain(
    'value_median is no part of Sigma 2.1',
  );
  expect(fault(`type: value_count\n${rest}\ncondition: {gt: 1}`)).toContain('needs a "field"');
  expect(fault(`type: event_count\n${rest}`)).toContain('no "condition"');
  expect(fault(`type: event_count\n${rest}\ncondition: {gt: 1, foo: 2}`)).toContain(
    'a condition has no "foo"',
  );
  expect(fault('type: event_count\nrules: [deny]\ntimespan: 5 m\ncondition: {gt: 1}')).toContain(
    '"timespan"',
  );
  expect(fault('type: event_count\nrules: [nobody]\ntimespan: 5m\ncondition: {gt: 1}')).toBe(
    'rule.yml:12:13: there is no rule "nobody" (rule "c")',
  );
  expect(fault('type: event_count\nrules: [c]\ntimespan: 5m\ncondition: {gt: 1}')).toContain('leads back');
  expect(fault(`type: value_percentile\n${rest}\ncondition: {gt: 1, field: b}`)).toContain(
    'needs "percentile"',
  );
  expect(
    faultOf(
      vertical +
        correlation(
          'b',
          'type: event_count\nrules: [scan]\ngroup-by: [port]\ntimespan: 5m\ncondition: {gt: 1}',
        ),
    ),
  ).toContain('does not group by "port"');
});
