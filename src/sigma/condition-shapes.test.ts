import { expect, test } from 'vitest';
import { matches as matchesRule } from './sigma.fixture.ts';

// Shapes of conditions and values as published rules have them, each on events that must and must not match.
const matches = (detection: string, event: Readonly<Record<string, string | number>>): boolean =>
  matchesRule(`title: R\nlogsource: {category: webserver}\ndetection: ${detection}\n`, event);

test.each([
  ['POST', '/q', 200, true],
  ['get', '/X1', 404, true],
  ['GET', '/qYé', 404, true],
  ['GET', '/q', 404, false],
  ['GET', '/x', 200, false],
])('not, or, and, a pattern with a dash: %s %s %i', (method, path, status, wanted) => {
  const detection =
    '{a: {m: GET}, b: {s: 404}, _c: {m: PUT}, sel-1: {p|startswith: /x}, sel-2: {p|endswith: "y?"}, condition: not a or b and 1 of sel-*}';
  expect(matches(detection, { m: method, p: path, s: status })).toBe(wanted);
});

test('them leaves out names with an underscore, filters of a pattern are negated together', () => {
  const them = '{a: {m: GET}, _c: {m: PUT}, condition: 1 of them}';
  expect(matches(them, { m: 'PUT' })).toBe(false);
  expect(matches(them, { m: 'get' })).toBe(true);
  const filters =
    '{selection: {q|contains|all: [../, "%2e"]}, filter_main_a: {p|endswith: .png}, filter_main_b: {u: null}, condition: selection and not 1 of filter_main_*}';
  expect(matches(filters, { q: 'x=../%2E', p: '/a' })).toBe(true);
  expect(matches(filters, { q: 'x=../%2E', p: '/a.PNG' })).toBe(false);
  expect(matches(filters, { q: '%2e', p: '/a' })).toBe(false);
});

test('escaped wildcards, lone and doubled backslashes', () => {
  const detection = String.raw`{a: {p: '/a\*b\\*c\d?'}, condition: a}`;
  expect(matches(detection, { p: String.raw`/A*b\xxc\dZ` })).toBe(true);
  expect(matches(detection, { p: String.raw`/Axb\xxc\dZ` })).toBe(false);
  expect(matches(detection, { p: String.raw`/A*b\xxc\d` })).toBe(false);
});

test('empty, missing and exists are three things', () => {
  const detection = "{a: {q: ''}, b: {h|exists: true}, condition: a or not b}";
  expect(matches(detection, {})).toBe(true);
  expect(matches(detection, { h: 'a' })).toBe(false);
  expect(matches(detection, { h: 'a', q: '' })).toBe(true);
});
