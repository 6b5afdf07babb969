import { expect, test } from 'vitest';
import { readSigma } from './document.ts';
import { faultOf, tryLink, fits, matches, ruleOf } from './sigma.fixture.ts';

test('scalars keep the text that the author wrote', () => {
  expect(fits('code: 00000429', { code: '00000429' })).toBe(true);
  expect(fits('code: 00000429', { code: 429 })).toBe(false);
  expect(fits('code: 00e10', { code: '00e10' })).toBe(true);
  expect(fits('code: 00e10', { code: 0 })).toBe(false);
  expect(fits('id: 18446744073709551615', { id: '18446744073709551615' })).toBe(true);
  expect(fits('id: 18446744073709551615', { id: '18446744073709551616' })).toBe(false);
  expect(fits('flag: true', { flag: 'TRUE' })).toBe(true);
  expect(fits('code: 0x17', { code: '0x17' })).toBe(true);
  expect(fits('code: 404', { code: 404 })).toBe(true);
  expect(fits("code: '404'", { code: 404 })).toBe(true);
});

test('empty, null and missing are three things', () => {
  expect(fits("a: ''", { a: '' })).toBe(true);
  expect(fits("a: ''", { a: null })).toBe(false);
  expect(fits("a: ''", {})).toBe(false);
  for (const none of ['null', '~', '']) {
    expect(fits(`a: ${none}`, { a: null })).toBe(true);
    expect(fits(`a: ${none}`, { a: '' })).toBe(false);
    expect(fits(`a: ${none}`, {})).toBe(false);
  }
  expect(fits("a: 'null'", { a: 'null' })).toBe(true);
  expect(matches(ruleOf('sel: {a: x}\ncondition: not sel'), {})).toBe(true);
  expect(faultOf(ruleOf('sel:\n    a: [x, null]\ncondition: sel'))).toContain(
    'null is not allowed in a list',
  );
});

test('lists of maps are OR, maps are AND, lists of texts are keywords', () => {
  const maps = ruleOf('sel:\n    - a: 1\n      b: 2\n    - c: 3\ncondition: sel');
  expect(matches(maps, { a: 1, b: 2 })).toBe(true);
  expect(matches(maps, { a: 1 })).toBe(false);
  expect(matches(maps, { c: 3 })).toBe(true);
  const words = ruleOf("sel: ['EVIL*svc', other]\ncondition: sel");
  expect(matches(words, {}, 'an evil little SVC ran')).toBe(true);
  expect(matches(words, {}, 'nothing')).toBe(false);
  const both = ruleOf("sel:\n    '|all': [one, two]\ncondition: sel");
  expect(matches(both, {}, 'two and ONE')).toBe(true);
  expect(matches(both, {}, 'two')).toBe(false);
});

test('faults name the file, the line, the column and the title, and leave other documents alone', () => {
  const text = `${ruleOf('sel: {a|foo: 1}\ncondition: sel')}---\n${ruleOf('sel: {a: 1}\ncondition: sel')}`;
  const { documents, faults } = readSigma(text, 'dir/x.yml');
  expect(documents).toHaveLength(1);
  expect(faults.map((fault) => fault.message)).toEqual(['dir/x.yml:4:11: unknown modifier "foo" (rule "T")']);
  expect(readSigma('title: [unclosed\n---\ntitle: x\n', 'y.yml').faults[0].message).toMatch(
    /^y\.yml:\d+:\d+: /,
  );
  expect(readSigma('title: A\ntitle: B\n', 'z.yml').faults[0].message).toContain('z.yml:2:1');
});

test('what is not a Sigma rule is refused', () => {
  expect(faultOf('title: T\n')).toContain('exactly one of "detection", "correlation" and "filter"');
  expect(faultOf('detection: {a: 1}\n')).toContain('no title');
  expect(faultOf('title: T\nlogsource: {definition: x}\ndetection: {s: {a: 1}, condition: s}\n')).toContain(
    '"logsource"',
  );
  expect(faultOf(ruleOf('sel: {a: 1}\ntimeframe: 5m\ncondition: sel'))).toContain('version 2');
  expect(faultOf(ruleOf('sel: {a: 1}\ncondition: sel | count() > 5'))).toContain('correlation document');
  expect(faultOf(ruleOf('sel: {a: {b: 1}}\ncondition: sel'))).toContain('must not be a map');
  expect(faultOf(ruleOf('sel: {a: []}\ncondition: sel'))).toContain('empty list');
  expect(faultOf(`level: urgent\n${ruleOf('sel: {a: 1}\ncondition: sel')}`)).toContain(
    '"urgent" is no level',
  );
});

test('what left Sigma, or waits for a value of the site, is understood and refused; a slip is a fault', () => {
  const refused = (text: string): boolean[] => tryLink(text).faults.map((fault) => fault.refused);
  expect(refused(ruleOf('sel: {a: 1}\ntimeframe: 24h\ncondition: sel | count(b) by c > 10'))).toEqual([true]);
  expect(refused(ruleOf("sel: {a: '*'}\ncondition: sel | count(b) by c > 1000"))).toEqual([true]);
  expect(refused(ruleOf('x: {a: 1}\ny: {a: 2}\ncondition: x | near y'))).toEqual([true]);
  expect(refused(ruleOf('sel: {a|expand: "%servers%"}\ncondition: sel'))).toEqual([true]);
  expect(refused('title: T\naction: global\n')).toEqual([true]);
  expect(refused(ruleOf('sel: {a|contain: 1}\ncondition: sel'))).toEqual([false]);
});

test('unknown attributes are kept, and the tree is frozen', () => {
  const { documents } = readSigma(
    `x_owner: {team: [a, 1]}\n${ruleOf('sel: {a: 1}\ncondition: sel')}`,
    'f.yml',
  );
  expect({ ...documents[0].custom }).toEqual({ x_owner: { team: ['a', '1'] } });
  expect(Object.isFrozen(documents[0])).toBe(true);
  expect(documents[0].kind === 'detection' && Object.isFrozen(documents[0].condition)).toBe(true);
});

test('aliases of YAML cannot blow up', () => {
  let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
  for (let i = 1; i < 9; i++) bomb += `a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]\n`;
  expect(readSigma(`title: T\n${bomb}`, 'b.yml').faults[0].message).toMatch(/YAML nodes|nested|alias/i);
});
