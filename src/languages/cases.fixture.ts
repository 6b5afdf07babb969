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
const alias = 'group-by: [who]\naliases: {who: {p: a, q: b}}\ntimespan: 5m';

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
  'a number in quotes': one("n: '443'"),
  'a word where there are numbers': one('n: ssh'),
  'an integer beyond doubles': one('n: 9007199254740993'),
  'an address': one("ip: '2001:DB8::1'"),
  'the beginning of an address': one("ip|startswith: '10.'"),
  'all of several': one('a|contains|all: [x, Y]'),
  'with case': one('a|contains|cased: Ab'),
  'a list with case': one('a|cased: [A, b]'),
  'a list with an empty text': one("a: ['', x]"),
  'a list with letters beyond ASCII': one("a: ['É', x]"),
  'letters beyond ASCII within': one("a|contains: 'É'"),
  'wildcards and letters beyond ASCII': one("a: 'É?*x'"),
  'a backtick': one("a|contains: '`id`'"),
  windash: one("a|windash|contains: ' -f'"),
  base64: one("a|base64|contains: 'foo'"),
  base64offset: one("a|base64offset|contains: 'foo'"),
  'UTF-16 in Base64': one("a|wide|base64offset|contains: 'foo'"),
  'UTF-16 alone': one("a|utf16be|contains: 'fo'"),
  'not null': one('a|neq: null'),
  'none of these numbers': one('n|neq: [1, 2]'),
  'none of these blocks': one('ip|cidr: [10.0.0.0/8, 192.168.0.0/16]', 'not sel'),
  'blocks without their host bits': one('ip|cidr: 192.0.2.7'),
  'a block of addresses in IPv6 that stand for IPv4': one("ip|cidr: '::ffff:0:0/96'"),
  'a block in a field of texts': one('a|cidr: 10.0.0.0/8'),
  'an expression over lines': one("a|re|m: '^x$'"),
  'an expression whose dot is anything': one("a|re|i|s: 'a.b'"),
  'an expression with classes': one(String.raw`a|re: '[[&\w-]{2}\s\D{'`),
  'an expression with words': one(String.raw`a|re: '\bcmd\b'`),
  'an expression with quotes': one('a|re: \'a"b\\\\c`d\''),
  'an expression with letters beyond ASCII, without case': one("a|re|i: 'ké[é-ö]?'"),
  'a back-reference': one(String.raw`a|re: '(a)\1'`),
  'an expression that is none': one("a|re: 'a('"),
  'comparisons beyond doubles': one('n|gt: 9007199254740993'),
  'comparisons of a negative number': one('n|lt: -1.5'),
  'an hour of a text': one('a|hour: 3'),
  'a week': one('t|week|gt: 50'),
  'a minute': one('t|minute|lt: 30'),
  'a year': one('t|year: 2026'),
  'two fields that differ': one('a|fieldref|neq: b'),
  'one field at the start of another, with case': one('a|fieldref|startswith|cased: b'),
  'one field at the end of another': one('a|fieldref|endswith: b'),
  'one of them and not all of them': one('a: x', '1 of sel* and not all of them'),
  'not not': one('a: x', 'not not sel'),
  'not missing': one('a|exists: false', 'not sel'),
  'all of several keywords': ruleOf("sel:\n    '|all': [evil, svc]\ncondition: sel"),
  'a keyword with one unknown letter': ruleOf("sel: ['ev?l']\ncondition: sel"),
  'a keyword expression': ruleOf("sel:\n    '|re': 'ev[ie]l'\ncondition: sel"),
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
  'a range': counted(`type: event_count\nrules: [p]\n${window}\ncondition: {gt: 10, lte: 20}`),
  exactly: counted(`type: event_count\nrules: [p]\n${window}\ncondition: {eq: 3}`),
  'any number but one': counted(`type: value_count\nrules: [p]\n${window}\ncondition: {neq: 3, field: n}`),
  'an average': counted(`type: value_avg\nrules: [p]\n${window}\ncondition: {gte: 7, field: n}`),
  'a percentile': counted(
    `type: value_percentile\nrules: [p]\n${window}\ncondition: {gte: 7, field: n, percentile: 95}`,
  ),
  'without groups': counted('type: event_count\nrules: [p]\ntimespan: 90s\ncondition: {gte: 10}'),
  'by two fields': counted('type: event_count\nrules: [p]\ngroup-by: [ip, x-y]\ntimespan: 1d\ncondition: {gte: 10}'),
  'two of three rules': counted(
    `type: temporal\nrules: [p, q, r]\n${window}\ncondition: {gte: 2}`,
    'p q r',
  ),
  'three rules in order': counted(`type: temporal_ordered\nrules: [p, q, r]\n${window}`, 'p q r'),
  'one rule together with itself': counted(`type: temporal\nrules: [p]\n${window}`),
  'one rule in order': counted(`type: temporal_ordered\nrules: [p]\n${window}`),
  'an alias of two fields, together': counted(`type: temporal\nrules: [p, q]\n${alias}`, 'p q'),
  'an alias of two fields, counted': counted(
    `type: event_count\nrules: [p, q]\n${alias}\ncondition: {gte: 10}`,
    'p q',
  ),
  'values called differently': counted(
    `type: value_count\nrules: [p, q]\n${window}\naliases: {v: {p: a, q: b}}\ncondition: {gte: 5, field: v}`,
    'p q',
  ),
  'a correlation before a rule': `${counted(`type: event_count\nrules: [p]\n${window}\ncondition: {gte: 10}`, 'p q')}---\ntitle: D\nname: d\ncorrelation: {type: temporal_ordered, rules: [c, q], group-by: [ip], timespan: 1h}\n`,
  'a correlation of one with an alias': `${counted(
    `type: temporal\nrules: [p, q]\n${alias}`,
    'p q',
  )}---\ntitle: D\nname: d\ncorrelation: {type: event_count, rules: [c], group-by: [who], timespan: 1h, condition: {gte: 2}}\n`,
} as const;
