import { expect, test } from 'vitest';
import type { Context, RangeList } from '../model/context.ts';
import { adviceOn, adviceOnOrder } from './advice.ts';
import { allow, contextOf, dossierOf, factsOf, seconds, start, TextBook, upTo } from './dossier.fixture.ts';
import type { DossierSketch } from './dossier.fixture.ts';
import { judgeAll } from './judge.ts';

function advice(sketch: DossierSketch, context: Partial<Context> = {}): string[] {
  const book = new TextBook();
  const dossiers = [dossierOf(book, sketch)];
  const whole = contextOf(context);
  return adviceOn(judgeAll(dossiers, factsOf(book), whole), dossiers, whole, seconds(100));
}
const keys = (texts: readonly string[]): string[] => texts.map((text) => /^`([^`]+)`/.exec(text)![1]);

const home = '198.51.100.4';
const closed: DossierSketch = {
  actor: '192.0.2.7',
  touches: [{ target: home, ports: upTo(50) }],
  findings: [{ kind: 'vertical', target: home, strength: 2.5 }],
};
const open: DossierSketch = {
  ...closed,
  touches: [...closed.touches!, { target: home, ports: [8443], outcome: 'answered' }],
};
const list = (more: Partial<RangeList> = {}): RangeList => ({
  kind: 'bot', name: 'Googlebot', source: '', date: start, agents: ['Googlebot'], hosts: [], entries: 1, ...more,
}); // prettier-ignore

test('only what would have changed a sentence', () => {
  expect(advice(closed)).toEqual([]);
  expect(advice(open)).toEqual([
    '`assets`: an inventory would say whose the 1 machine that answered is, and which ports should not have.',
  ]);
  expect(keys(advice(closed, { homeSource: 'guessed: the private ranges.' }))).toEqual(['home']);
  expect(advice(closed, { homeSource: 'from the inventory: 198.51.100.0/24' })).toEqual([]);
});

test('a crawler by name, until its networks are known', () => {
  const crawler: DossierSketch = { ...closed, agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' };
  expect(advice(crawler)).toEqual([
    '`context.sources`: the networks that Googlebot publishes would tell the true one from whoever calls himself so.',
  ]);
  expect(advice(crawler, { lists: [list()] })).toEqual([]);
});

test('lists that are half a year older than the events', () => {
  const days = (count: number): number => start - count * 86_400_000_000;
  expect(advice(closed, { lists: [list({ date: days(100) })] })).toEqual([]);
  expect(keys(advice(closed, { lists: [list({ date: days(200) })] }))).toEqual(['context.sources']);
  expect(advice(closed, { lists: [list({ date: Number.NaN })] })).toEqual([]);
});

test('scans from inside ask for an allowlist; what is info asks for nothing', () => {
  const inside: DossierSketch = { ...closed, actor: '198.51.100.77' };
  expect(keys(advice(inside))).toEqual(['allowlist']);
  expect(advice(inside, { allowlist: [allow()] })).toEqual([]);
  expect(advice(open, { allowlist: [allow()], homeSource: 'guessed: x' })).toEqual([]);
});

test('events out of order: a tenth of them is worth a word, whatever was found', () => {
  expect(adviceOnOrder(0, 0)).toEqual([]);
  expect(adviceOnOrder(100, 1000)).toEqual([]);
  expect(adviceOnOrder(1100, 2000)[0]).toMatch(/^Order: 1,100 of 2,000 events stand in no order of time/);
});
