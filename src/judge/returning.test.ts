import { expect, test } from 'vitest';
import type { Incident } from '../model/incident.ts';
import { contextOf, dossierOf, factsOf, TextBook, upTo } from './dossier.fixture.ts';
import type { DossierSketch } from './dossier.fixture.ts';
import { judgeAll } from './judge.ts';

const home = '198.51.100.4';
const day = 86_400;
const visit = (after: number, actor = '192.0.2.7'): DossierSketch => ({
  actor,
  from: after * day,
  until: after * day + 12,
  touches: [{ target: home, ports: upTo(50) }],
  findings: [{ kind: 'vertical', target: home, strength: 2.5, at: after * day + 1 }],
});

function judged(...sketches: readonly DossierSketch[]): Incident[] {
  const book = new TextBook();
  const dossiers = sketches.map((sketch) => dossierOf(book, sketch));
  const incidents = judgeAll(dossiers, factsOf(book), contextOf());
  return incidents.sort((x, y) => (x.first < y.first ? -1 : 1));
}
const returns = ({ reasons }: Incident): string[] =>
  reasons.filter((reason) => reason.startsWith('It came back'));

test('after a week or more an actor returns, and the earlier visits are named', () => {
  const [first, second, third] = judged(visit(0), visit(21), visit(40));
  expect(returns(first)).toEqual([]);
  expect(returns(second)).toEqual(['It came back, 20 days after it was last seen (2026-01-02).']);
  expect(returns(third)).toEqual([
    'It came back again (2 visits before), 18 days after it was last seen (2026-01-23).',
  ]);
  expect(third.context.at(-1)).toBe(`Earlier: ${first.id}, ${second.id}.`);
});

test('the next day is going on, and somebody else is somebody else', () => {
  expect(judged(visit(0), visit(6)).flatMap(returns)).toEqual([]);
  expect(judged(visit(0), visit(30, '192.0.2.9')).flatMap(returns)).toEqual([]);
});

test('forged sources return to nothing', () => {
  const decoys = (after: number): DossierSketch[] => [visit(after), visit(after, '203.0.113.5')];
  const incidents = judged(...decoys(0), ...decoys(30));
  expect(incidents.map(({ spoofable }) => spoofable)).toEqual([true, true]);
  expect(incidents.flatMap(returns)).toEqual([]);
});
