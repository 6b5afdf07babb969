import type { Mapping } from '../sigma/mapping.ts';
import { builtInMapping } from '../sigma/mapping.ts';
import { ruleOf } from '../sigma/sigma.fixture.ts';

/** Every language by name: a case without an expectation for one of them does not compile. */
export type Expectations = {
  readonly [K in 'splunk-spl' | 'elastic-esql' | 'elastic-query-dsl' | 'sentinel-kql' | 'duckdb-sql']: string | { readonly unsupported: string };
};

/** One shape of events for all: a and b are texts, n a number, ip an address, t a time. */
export const caseMapping = (time: string): Mapping =>
  builtInMapping('cases', [
    {
      logsource: {},
      from: 'SRC',
      time,
      message: 'msg',
      fields: 'a=a b=b n=n:number ip=ip:address t=t:time x-y=x-y',
    },
  ]);

const one = (item: string, condition = 'sel'): string => ruleOf(`sel: {${item}}\nother: {b: y}\ncondition: ${condition}`);
const base = (name: string): string => `name: ${name}\n${ruleOf(`sel: {a: ${name}}\ncondition: sel`)}`;
const counted = (lines: string, names = 'p'): string =>
  `${names.split(' ').map(base).join('---\n')}---\ntitle: C\nname: c\ncorrelation:\n    ${lines.replaceAll('\n', '\n    ')}\n`;
const window = 'group-by: [ip]\ntimespan: 5m';

export const caseRules = {
  'a text is equal without case': one("a: 'Foo'"),
  'a list is one of': one("a: ['Foo', 'bar']"),
  'numbers stay numbers': one('n: [22, 443]'),
  'contains, with what other languages take for wildcards': one("a|contains: 'b%_c'"),
  startswith: one("a|startswith: '/adm'"),
  'endswith with case': one("a|endswith|cased: '.PHP'"),
  'wildcards within': one("a: 'x*y?z'"),
  'a literal star': one(String.raw`a: '5\*5'`),
  'a backslash': one(String.raw`a|contains: 'C:\Win'`),
  'quotes and braces': one(`a: 'say "hi" {x}'`),
  'letters beyond ASCII': one("a: 'É'"),
  'the empty text': one("a: ''"),
  null: one('a: null'),
  'exists, and not': one('a|exists: true, b|exists: false'),
  'not is true of a missing field': one('a: x', 'sel and not other'),
  'or within and': one('a: x', '(sel or other) and other'),
  neq: one('a|neq: x'),
  'a block of IPv4': one('ip|cidr: 10.0.0.0/8'),
  'a block of IPv6': one("ip|cidr: '2001:db8::/32'"),
  'an expression': one(String.raw`a|re: '^/ad[a-z]+\d'`),
  'an expression without case': one("a|re|i: 'or.+1=1'"),
  'look-ahead': one("a|re: 'a(?!b)'"),
  'comparisons of a number': one('n|gte: 1024'),
  'comparisons of a text': one('a|lt: 5'),
  'parts of a time': one('t|hour|gte: 22'),
  'two fields': one('a|fieldref: b'),
  'one field within another': one('a|fieldref|contains: b'),
  'a name with a hyphen': one('x-y: v'),
  keywords: ruleOf("sel: ['evil*svc', other]\ncondition: sel"),
  'events counted': counted(`type: event_count\nrules: [p]\n${window}\ncondition: {gte: 10}`),
  'values counted': counted(`type: value_count\nrules: [p]\n${window}\ncondition: {gt: 20, field: n}`),
  'tuples counted': counted(`type: value_count\nrules: [p]\n${window}\ncondition: {gte: 5, field: [n, b]}`),
  'two rules counted as one': counted(`type: event_count\nrules: [p, q]\n${window}\ncondition: {gte: 10}`, 'p q'),
  'rules together': counted(`type: temporal\nrules: [p, q]\n${window}`, 'p q'),
  'rules in order': counted(`type: temporal_ordered\nrules: [p, q]\n${window}`, 'p q'),
  'an upper bound': counted(`type: event_count\nrules: [p]\n${window}\ncondition: {lt: 10}`),
  'a sum': counted(`type: value_sum\nrules: [p]\n${window}\ncondition: {gt: 1000, field: n}`),
  'a correlation of correlations': `${counted(`type: value_count\nrules: [p]\n${window}\ncondition: {gte: 15, field: n}`)}---\ntitle: D\nname: d\ncorrelation: {type: event_count, rules: [c], group-by: [ip], timespan: 1h, condition: {gte: 2}}\n`,
} as const;
