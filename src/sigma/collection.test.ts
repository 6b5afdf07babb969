import { expect, test } from 'vitest';
import { compileMatcher } from './matcher.ts';
import { objectSource } from './field-source.ts';
import { linked, ruleOf, tryLink } from './sigma.fixture.ts';
import { tagFault, techniquesOf } from './tags.ts';

const rule = (name: string, source = '{category: web}'): string =>
  `name: ${name}\n${ruleOf('sel: {a: 1}\ncondition: sel', `logsource: ${source}`)}`;
const counted = (name: string, of: string, more = ''): string =>
  `---\ntitle: ${name}\nname: ${name}\ncorrelation: {type: event_count, rules: [${of}], timespan: 1m, condition: {gte: 2}${more}}\n`;

test('a rule that only a correlation needs reports nothing, unless the correlation generates', () => {
  const reported = (text: string): string[] =>
    linked(text).flatMap((each) => (each.reported ? [each.rule.name ?? ''] : []));
  expect(reported(`${rule('a')}---\n${rule('b')}${counted('c', 'a')}`)).toEqual(['b', 'c']);
  expect(reported(`${rule('a')}${counted('c', 'a', ', generate: true')}`)).toEqual(['a', 'c']);
});

test('names and ids are unique; a rule is found by either', () => {
  expect(tryLink(`${rule('a')}---\n${rule('a')}`).faults[0].message).toContain(
    '"a" is also the rule at rule.yml:1',
  );
  expect(
    linked(
      `id: 929a690e-bef0-4204-a928-ef5e620d6fcc\n${rule('a')}${counted('c', '929a690e-bef0-4204-a928-ef5e620d6fcc')}`,
    ),
  ).toHaveLength(2);
});

test('a fault inside a chain of rules names the rule that has it, and spares the rest', () => {
  const { rules, faults } = tryLink(`${rule('a')}${counted('c', 'missing')}${counted('d', 'c')}`);
  expect(rules.map((each) => each.rule.name)).toEqual(['a']);
  expect(faults.map((fault) => fault.title)).toEqual(['c', 'c']);
});

test('correlations that lead to rules in ever more ways are refused before they are counted', () => {
  // Each level names both of the level below: the ways double.
  const levels = Array.from({ length: 20 }, (_, level) => {
    const below = level === 0 ? 'r' : `a${level - 1}, b${level - 1}`;
    return counted(`a${level}`, below) + counted(`b${level}`, below);
  });
  const { rules, faults } = tryLink(rule('r') + levels.join(''));
  // 2^8 ways are few enough, 2^9 are not; what stands on those is refused with them.
  expect(rules.map((each) => each.rule.name)).toContain('b8');
  expect(rules).toHaveLength(1 + 2 * 9);
  expect(faults).toHaveLength(2 * 11);
  expect(faults.every(({ refused }) => refused)).toBe(true);
  expect(faults[0].message).toContain('in more than 500 ways');
  // Rules that a correlation names itself are as many as it likes.
  const many = Array.from({ length: 600 }, (_, index) => rule(`r${index}`)).join('---\n');
  const names = Array.from({ length: 600 }, (_, index) => `r${index}`).join(', ');
  expect(tryLink(many + counted('c', names)).faults).toEqual([]);
});

test('filters are added to the rules they name and cover', () => {
  const filter = (rules: string, source: string): string =>
    `---\ntitle: F\nlogsource: ${source}\nfilter: {rules: ${rules}, own: {b: 2}, condition: not own}\n`;
  const through = (text: string): boolean[] =>
    linked(text).map(
      (each) =>
        each.kind === 'detection' && compileMatcher(each.rule.condition)(objectSource({ a: 1, b: 2 })),
    );
  expect(through(rule('a') + filter('[a]', '{category: web}'))).toEqual([false]);
  expect(through(rule('a') + filter('any', '{category: web}'))).toEqual([false]);
  expect(through(rule('a') + filter('any', '{category: dns}'))).toEqual([true]);
  expect(through(rule('a', '{category: web, product: x}') + filter('any', '{category: web}'))).toEqual([
    false,
  ]);
  expect(tryLink(rule('a') + filter('[b]', '{category: web}')).faults[0].message).toContain(
    'there is no rule "b" (rule "F")',
  );
});

test.each(['inner ones first', 'outer ones first'])('correlations nest 16 deep, %s', (order) => {
  const documents = Array.from(
    { length: 40 },
    (_, level) =>
      `title: L${level}\nname: l${level}\ncorrelation: {type: event_count, rules: [${level === 0 ? 'a' : `l${level - 1}`}], timespan: 1m, condition: {gte: 2}}\n`,
  );
  const ordered = order === 'inner ones first' ? documents : documents.toReversed();
  const { rules, faults } = tryLink(`${rule('a')}---\n${ordered.join('---\n')}`);
  expect(rules.map(({ rule: { title } }) => title).toSorted()).toEqual(
    ['T', ...Array.from({ length: 16 }, (_, level) => `L${level}`)].toSorted(),
  );
  expect(faults.map(({ message }) => message).toSorted()[0]).toContain('nested more than 16 deep');
  expect(faults).toHaveLength(24);
});

test('tags are checked against ATT&CK', () => {
  expect(tagFault('attack.t1595.001')).toBeUndefined();
  expect(tagFault('attack.t1595')).toBeUndefined();
  expect(tagFault('attack.reconnaissance')).toBeUndefined();
  expect(tagFault('attack.t1595.004')).toBe('ATT&CK has no T1595.004; T1595 has only .001 to .003');
  expect(tagFault('attack.t1046.001')).toContain('no sub-techniques');
  expect(tagFault('attack.recon')).toContain('neither a tactic nor a technique');
  expect(tagFault('attack.initial_access')).toContain('attack.initial-access');
  expect(tagFault('attack.T1595')).toContain('lower case');
  expect(tagFault('foo.bar')).toContain('unknown namespace');
  expect(tagFault('plain')).toContain('no namespace');
  expect(tagFault('cve.2021-44228')).toBeUndefined();
  expect(tagFault('tlp.blue')).toContain('TLP');
  expect(
    techniquesOf([
      { text: 'attack.t1595.002' },
      { text: 'attack.t1595.004' },
      { text: 'attack.reconnaissance' },
    ]),
  ).toEqual(['T1595.002']);
});
