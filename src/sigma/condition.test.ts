import { expect, test } from 'vitest';
import { faultOf, matches, ruleOf } from './sigma.fixture.ts';

/** Which of the selections a, b, c (field x with the value of that name) a condition lets through. */
function through(condition: string): string {
  const rule = ruleOf(
    `sel-a: {x: a}\nsel-b: {x: b}\nnotsel: {x: c}\n_hidden: {x: d}\n1st: {y: 1}\ncondition: ${condition}`,
  );
  return ['a', 'b', 'c', 'd', 'e'].filter((x) => matches(rule, { x })).join('');
}

test('or binds least, then and, then not', () => {
  expect(through('sel-a or sel-b and notsel')).toBe('a');
  expect(through('(sel-a or sel-b) and not sel-b')).toBe('a');
  expect(through('not sel-a and not sel-b')).toBe('cde');
  expect(through('not (sel-a or sel-b)')).toBe('cde');
  expect(through('not not sel-a')).toBe('a');
  expect(through('sel-a or not sel-b and not notsel')).toBe('ade');
});

test('names that look like keywords, and patterns', () => {
  expect(through('notsel')).toBe('c');
  expect(through('not notsel')).toBe('abde');
  expect(through('1 of sel-*')).toBe('ab');
  expect(through('any of *sel*')).toBe('abc');
  expect(through('not 1 of sel*')).toBe('cde');
  expect(through('1 of sel-* or notsel')).toBe('abc');
  expect(through('all of sel-*')).toBe('');
  expect(through('1 of _hid*')).toBe('d');
  expect(through('[sel-a, notsel]')).toBe('ac');
  expect(through('SEL-A AND sel-a'.replace('SEL-A', 'sel-b'))).toBe('');
});

test('them skips names that start with an underscore', () => {
  expect(through('1 of them')).toBe('abc');
});

test('what is wrong with a condition is said where it stands', () => {
  const fault = (condition: string): string => faultOf(ruleOf(`sel: {a: 1}\ncondition: ${condition}`));
  expect(fault('sel and other')).toBe(
    'rule.yml:5:24: the condition names "other", which is not defined (rule "T")',
  );
  expect(fault('(sel')).toContain('not closed');
  expect(fault('sel)')).toContain('not expected');
  expect(fault('sel and')).toContain('ends too early');
  expect(fault('2 of sel*')).toContain('not in the specification');
  expect(fault('1 of x*')).toContain('fits no search identifier');
  expect(fault("''")).toContain('empty');
  expect(fault(`${'('.repeat(5000)}sel`)).toMatch(/nested|words/);
});
