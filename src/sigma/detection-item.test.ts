import { expect, test } from 'vitest';
import { faultOf, fits, matches, ruleOf } from './sigma.fixture.ts';
import { linked } from './sigma.fixture.ts';
import { compileMatcher } from './matcher.ts';
import { objectSource } from './field-source.ts';

test('texts compare without case, wildcards count code points, escapes are literal', () => {
  expect(fits('a: FoO', { a: 'fOo' })).toBe(true);
  expect(fits("a: 'ÄÖ'", { a: 'äö' })).toBe(true);
  expect(fits("a: 'f?o*'", { a: 'fXobar' })).toBe(true);
  expect(fits("a: 'f?o'", { a: 'fo' })).toBe(false);
  expect(fits("a: 'a?b'", { a: 'a😀b' })).toBe(true);
  expect(fits("a: 'a??b'", { a: 'a😀b' })).toBe(false);
  expect(fits(String.raw`a: '5\*5'`, { a: '5*5' })).toBe(true);
  expect(fits(String.raw`a: '5\*5'`, { a: '5x5' })).toBe(false);
  expect(fits(String.raw`a: 'C:\\*'`, { a: 'C:\\temp' })).toBe(true);
  expect(fits(String.raw`a: 'C:\temp'`, { a: 'C:\\temp' })).toBe(true);
  expect(fits(String.raw`a: 'a\\\*b'`, { a: 'a\\*b' })).toBe(true);
  expect(fits(String.raw`a: 'a\\\*b'`, { a: 'a\\xb' })).toBe(false);
  expect(fits("a: '*ab*ab'", { a: 'abxab' })).toBe(true);
  expect(fits("a: '*ab*ab'", { a: 'ab' })).toBe(false);
  expect(fits("a: 'ab*b?'", { a: 'abb' })).toBe(false);
  expect(fits("a: 'ab*b?'", { a: 'abbx' })).toBe(true);
  expect(fits("a: '*x?*y'", { a: 'xxzy' })).toBe(true);
  expect(fits("a: '*'", { a: '' })).toBe(true);
  expect(fits("a: '*'", {})).toBe(false);
});

test('contains, startswith, endswith, all, cased, neq', () => {
  expect(fits('a|contains: BC', { a: 'abcd' })).toBe(true);
  expect(fits('a|startswith: AB', { a: 'abcd' })).toBe(true);
  expect(fits('a|endswith: CD', { a: 'abcd' })).toBe(true);
  expect(fits('a|endswith: bc', { a: 'abcd' })).toBe(false);
  expect(fits('a|contains|all: [ab, cd]', { a: 'abcd' })).toBe(true);
  expect(fits('a|contains|all: [ab, xx]', { a: 'abcd' })).toBe(false);
  expect(fits('a|contains|cased: BC', { a: 'abcd' })).toBe(false);
  expect(fits('a|cased: aB', { a: 'aB' })).toBe(true);
  expect(fits('a|neq: x', { a: 'y' })).toBe(true);
  expect(fits('a|neq: [x, y]', { a: 'Y' })).toBe(false);
  expect(fits('a|neq: x', {})).toBe(false);
  expect(fits('a|neq: 4', { a: 5 })).toBe(true);
  expect(fits('a: x', { a: ['y', 'X'] })).toBe(true);
});

test('exists, null and comparisons', () => {
  expect(fits('a|exists: true', { a: null })).toBe(true);
  expect(fits('a|exists: true', { a: '' })).toBe(true);
  expect(fits('a|exists: true', {})).toBe(false);
  expect(fits('a|exists: false', {})).toBe(true);
  expect(fits('a|gt: 5', { a: 6 })).toBe(true);
  expect(fits('a|gt: 5', { a: '6.5' })).toBe(true);
  expect(fits('a|lte: 5', { a: 5 })).toBe(true);
  expect(fits('a|lt: 5', { a: 'x' })).toBe(false);
  expect(fits('a|lt: 5', {})).toBe(false);
  expect(fits('a|gte: 5\na|lt: 8', { a: 8 })).toBe(false);
});

test('cidr for both families', () => {
  expect(fits('a|cidr: 192.168.0.0/16', { a: '192.168.255.1' })).toBe(true);
  expect(fits('a|cidr: 192.168.0.0/16', { a: '192.169.0.1' })).toBe(false);
  expect(fits("a|cidr: '2001:db8::/32'", { a: '2001:DB8:0:0:0:0:0:1' })).toBe(true);
  expect(fits("a|cidr: '2001:db8::/33'", { a: '2001:db8:8000::1' })).toBe(false);
  expect(fits("a|cidr: '::ffff:0:0/96'", { a: '::ffff:10.0.0.1' })).toBe(true);
  expect(fits('a|cidr: 10.0.0.0/8', { a: '::ffff:10.0.0.1' })).toBe(false);
  expect(fits('a|cidr: 10.0.0.0/8', { a: '10.1.2' })).toBe(false);
  expect(faultOf(ruleOf('sel: {a|cidr: 10.0.0.0/33}\ncondition: sel'))).toContain('no address block');
});

test('regular expressions: case-sensitive, with i, m, s, and never exponential', () => {
  expect(fits("a|re: 'f[o0]+'", { a: 'xf00' })).toBe(true);
  expect(fits("a|re: 'F'", { a: 'f' })).toBe(false);
  expect(fits("a|re|i: 'F'", { a: 'f' })).toBe(true);
  expect(fits("a|re: '^b'", { a: 'a\nb' })).toBe(false);
  expect(fits("a|re|m: '^b'", { a: 'a\nb' })).toBe(true);
  expect(fits("a|re: 'a.b'", { a: 'a\nb' })).toBe(false);
  expect(fits("a|re|s: 'a.b'", { a: 'a\nb' })).toBe(true);
  expect(fits(String.raw`a|re: '\.php\?'`, { a: '/x.php?y' })).toBe(true);
  const started = performance.now();
  expect(fits("a|re: '^(a+)+$'", { a: `${'a'.repeat(50_000)}b` })).toBe(false);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(() => fits("a|re: 'a(?!b)'", { a: 'a' })).toThrow(
    /rule\.yml:5:\d+: this regular expression cannot be used/,
  );
});

test('encodings', () => {
  expect(fits('a|base64: foobar', { a: 'Zm9vYmFy' })).toBe(true);
  const payload = 'http://evil.example/x';
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = Buffer.from(`${before}${payload}zz`).toString('base64');
    expect(fits(`a|base64offset|contains: '${payload}'`, { a: `-enc ${text}` })).toBe(true);
    expect(fits(`a|base64offset|contains: 'http://good.example/x'`, { a: `-enc ${text}` })).toBe(false);
    const wide = Buffer.from(`${before}${payload}`, 'utf16le').toString('base64');
    for (const name of ['wide', 'utf16le'])
      expect(fits(`a|${name}|base64offset|contains: '${payload}'`, { a: wide })).toBe(true);
  }
  expect(fits('a|utf16be|base64: hi', { a: Buffer.from('\0h\0i').toString('base64') })).toBe(true);
  expect(fits('a|utf16|base64: hi', { a: Buffer.from('\uFEFFhi', 'utf16le').toString('base64') })).toBe(true);
  expect(faultOf(ruleOf("sel: {a|base64: 'x*'}\ncondition: sel"))).toContain('wildcards');
});

test('windash writes option dashes in five ways, and only those', () => {
  for (const dash of ['-', '/', '–', '—', '―']) {
    expect(fits("a|windash|contains: ' -f '", { a: `cmd ${dash}f x` })).toBe(true);
    expect(fits("a|contains|windash: '/out'", { a: `cmd ${dash}out` })).toBe(true);
  }
  expect(fits("a|windash: 'a-b -c'", { a: 'a/b -c' })).toBe(false);
  expect(fits("a|windash: '-a -b'", { a: '/a —b' })).toBe(true);
});

test('times: parts of a date as it is written', () => {
  const at = { t: '2026-01-01T22:05:00Z' };
  expect(fits('t|hour|gte: 22', at)).toBe(true);
  expect(fits('t|hour: 21', at)).toBe(false);
  expect(fits('t|minute: 5\nt|day: 1\nt|month: 1\nt|year: 2026\nt|week: 1', at)).toBe(true);
  expect(fits('t|week: 53', { t: '2021-01-03 10:00' })).toBe(true);
  expect(fits('t|hour: 3', { t: 1_767_322_800_000_000 })).toBe(true);
  expect(fits('t|hour: 3', { t: '2026-02-30T03:00' })).toBe(false);
  expect(faultOf(ruleOf('sel: {t|hour: 24}\ncondition: sel'))).toContain('0 to 23');
});

test('fieldref compares two fields of one event', () => {
  expect(fits('a|fieldref: b', { a: 'X', b: 'x' })).toBe(true);
  expect(fits('a|fieldref: b', { a: 'X' })).toBe(false);
  expect(fits('a|fieldref|neq: b', { a: 'X', b: 'y' })).toBe(true);
  expect(fits('a|fieldref|neq: b', { a: 'X' })).toBe(false);
  expect(fits('a|fieldref|startswith: b', { a: 'prefix', b: 'PRE' })).toBe(true);
});

test('placeholders: filled in, or the rule is refused', () => {
  const rule = ruleOf("sel: {a|expand: 'x%servers%'}\ncondition: sel");
  expect(faultOf(rule)).toBe(
    'rule.yml:4:21: the placeholder "%servers%" has no value; give it in a mapping, or to detect in detectors.sigma.placeholders (rule "T")',
  );
  const [filled] = linked(rule, new Map([['servers', ['1', '2*']]]));
  const match = compileMatcher(filled.kind === 'detection' ? filled.rule.condition : { kind: 'or', of: [] });
  expect(['x1', 'x2y', 'x12', 'y'].map((a) => match(objectSource({ a })))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(fits('a: "%servers%"', { a: '%servers%' })).toBe(true);
  const block = ruleOf("sel: {a|cidr|expand: '%nets%'}\ncondition: sel");
  const [cidr] = linked(block, new Map([['nets', ['10.0.0.0/8']]]));
  expect(
    compileMatcher(cidr.kind === 'detection' ? cidr.rule.condition : { kind: 'or', of: [] })(
      objectSource({ a: '10.9.9.9' }),
    ),
  ).toBe(true);
});

test('modifiers that make no sense together are refused', () => {
  const fault = (item: string): string => faultOf(ruleOf(`sel: {${item}}\ncondition: sel`));
  expect(fault('a|all: x')).toContain('more than one value');
  expect(fault('a|re|cidr: x')).toContain('exclude each other');
  expect(fault('a|i: x')).toContain('must follow "re"');
  expect(fault('a|contains|startswith: x')).toContain('exclude each other');
  expect(fault('a|gt: x')).toContain('needs a number');
  expect(fault('a|exists: maybe')).toContain('true or false');
  expect(fault('a|contains|contains: x')).toContain('twice');
  expect(fault('a|contains: null')).toContain('null takes no modifier');
  expect(fault('a|re|contains: x')).toContain('exclude');
  expect(matches(ruleOf("sel: {'|re': 'fo+'}\ncondition: sel"), {}, 'a foo')).toBe(true);
});
