import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventBatch } from '../model/event.ts';
import { ActorPages } from './actor-pages.ts';
import { actorIdOf, PathKnowledge } from './path-knowledge.ts';
import { SeenBefore } from './seen-before.ts';

const hour = 3_600_000_000;

test('what is added is seen once time has moved on, and not before', () => {
  const seen = new SeenBefore(1 << 10);
  seen.add(1, 2);
  expect(seen.has(1, 2)).toBe(false);
  seen.settle();
  expect(seen.has(1, 2)).toBe(true);
});

test('the last capacity hashes are never forgotten, and few others are taken for them', () => {
  const seen = new SeenBefore(1 << 12);
  const hash = (i: number): [number, number] => [
    Math.imul(i + 1, 0x9e3779b1) >>> 0,
    (Math.imul(i ^ 0x5bd1e995, 0x85ebca6b) ^ (Math.imul(i, 0xc2b2ae35) >>> 13)) >>> 0,
  ];
  const n = 3 << 12;
  for (let i = 0; i < n; i++) {
    seen.add(...hash(i));
    seen.settle();
  }
  for (let i = n - (1 << 12); i < n; i++) expect(seen.has(...hash(i))).toBe(true);
  let wrong = 0;
  for (let i = n; i < 2 * n; i++) if (seen.has(...hash(i))) wrong++;
  expect(wrong / n).toBeLessThan(0.03);
});

const learnFrom = (knowledge: PathKnowledge, actor: number, path: number, status: number): void => {
  const batch = new EventBatch();
  batch.source[0] = actor;
  knowledge.learn(batch, 0, path, 9, status);
};
const somebody = { key: 1, tag: 0 };

test('those who missed a path count once they are mostly successful elsewhere, whatever the order they came in', () => {
  const events = fc.array(fc.record({ actor: fc.integer({ min: 1, max: 5 }), good: fc.boolean() }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(events, fc.nat(), (rows, turn) => {
      const at = turn % rows.length;
      const expected = [2, 3, 4, 5].filter((actor) => {
        const mine = rows.filter((row) => row.actor === actor);
        const ok = mine.filter(({ good }) => good).length;
        return ok < mine.length && ok >= 4 && ok >= 2 * (mine.length - ok);
      }).length;
      for (const order of [rows, [...rows.slice(at), ...rows.slice(0, at)]]) {
        const knowledge = new PathKnowledge();
        knowledge.step(0);
        for (const { actor, good } of order) learnFrom(knowledge, actor, good ? actor : 77, good ? 200 : 404);
        expect(knowledge.missedByOthers(77, 9, somebody)).toBe(expected);
      }
    }),
    { numRuns: 30 },
  );
});

test('what was missed twelve hours ago is forgotten', () => {
  const knowledge = new PathKnowledge();
  knowledge.step(0);
  learnFrom(knowledge, 8, 77, 404);
  for (const [at, seen] of [
    [1, 1],
    [7, 1],
    [14, 0],
  ]) {
    knowledge.step(at * hour);
    for (let i = 0; i < 10; i++) learnFrom(knowledge, 8, 100 + i, 200);
    expect(knowledge.missedByOthers(77, 9, somebody)).toBe(seen);
  }
});

test('distinct pages of an actor are estimated within a tenth, in the window or a little more', () => {
  const knowledge = new PathKnowledge();
  const page = (i: number): number => (Math.imul(i + 7, 0x9e3779b1) >>> 13) ^ (i * 77);
  for (let i = 0; i < 40; i++) {
    knowledge.step(1e15 + i * 60_000_000);
    learnFrom(knowledge, 8, page(i), 200);
    learnFrom(knowledge, 8, page(i), 200);
  }
  const { pages } = knowledge;
  expect(pages.distinct(8, 0, hour)).toBeGreaterThanOrEqual(36);
  expect(pages.distinct(8, 0, hour)).toBeLessThanOrEqual(44);
  expect(pages.distinct(8, 0, 300_000_000)).toBeGreaterThanOrEqual(5);
  expect(pages.distinct(8, 0, 300_000_000)).toBeLessThanOrEqual(11);
  expect(pages.distinct(9, 0, hour)).toBe(0);
  expect(pages.maybeServed(8, 0, page(3))).toBe(true);
  expect(pages.requests(8, 0)).toEqual({ served: 80, failed: 0 });
});

test('thousands of visitors are kept apart', () => {
  const pages = new ActorPages(1 << 12);
  pages.step(0);
  for (let i = 0; i < 5000; i++) for (let n = 0; n <= i % 3; n++) pages.see(i * 7, 0, true, n);
  for (let i = 0; i < 4096; i++) expect(pages.requests(i * 7, 0).served).toBe(1 + (i % 3));
  expect(pages.overflow).toBeGreaterThan(0);
  expect(pages.requests(4999 * 7, 0).served).toBe(0);
});

test('an actor is its IPv4 address, or its /64', () => {
  expect(actorIdOf([0, 0, 0xffff, 0xc0000207])).toEqual({ key: 0xc0000207, tag: 0 });
  expect(actorIdOf([0x20010db8, 1, 0, 5])).toEqual(actorIdOf([0x20010db8, 1, 7, 8]));
});
