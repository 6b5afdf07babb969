import { expect, test } from 'vitest';
import type { FindingDraft } from '../model/detector.ts';
import { TextBook } from '../judge/dossier.fixture.ts';
import { addFinding } from './add-finding.ts';
import { Suspects } from './suspects.ts';

test('what a later window says is kept beside the first, a flood of sentences is not', () => {
  const book = new TextBook();
  const actor = book.key('192.0.2.7');
  const suspects = new Suspects(book, ['fw.log']);
  const { dossier } = suspects.open(actor, 1, 4, 0);
  const say = (reason: string, more: Partial<FindingDraft> = {}): void => {
    addFinding(dossier, 'fan-out', { kind: 'vertical', reasons: [reason], ...more }, 1);
  };
  say('20 ports within 1 minute');
  say('40 ports within 1 hour', { caveats: ['sampled'] });
  say('40 ports within 1 hour', { caveats: ['sampled'] });
  expect(dossier.findings).toHaveLength(1);
  expect(dossier.findings[0].reasons).toEqual(['20 ports within 1 minute', '40 ports within 1 hour']);
  expect(dossier.findings[0].caveats).toEqual(['sampled']);
  say('10 scaled', { caveats: ['assumed: scaled'] });
  expect(dossier.findings[0].caveats).toEqual(['sampled']);
  for (let i = 0; i < 100; i++) say(`again ${i}`);
  expect(dossier.findings[0].reasons).toHaveLength(12);
});

test('past the limit the suspects that did least go, and are counted; who was told of stays', () => {
  const book = new TextBook();
  const suspects = new Suspects(book, ['fw.log'], 16);
  const target = book.key('203.0.113.1');
  const touched = (name: string, ports: number, time: number): void => {
    const { dossier } = suspects.open(book.key(name), time, 4, time);
    for (let port = 1; port <= ports; port++)
      suspects.seed(dossier, target, (6 << 16) | port, 1, false, time);
  };
  const told = { kind: 'campaign' as const, reasons: ['together'], members: [book.key('192.0.2.99')] };
  suspects.tell('campaign', told, 0, () => target);
  touched('192.0.2.1', 500, 1);
  for (let i = 0; i < 100; i++) touched(`198.51.100.${i}`, 10, 2 + i);
  const left = suspects.finish();
  expect(left.length).toBeLessThanOrEqual(16);
  expect(left.length + suspects.dropped).toBe(102);
  expect(left.some(({ findings }) => findings.some(({ kind }) => kind === 'campaign'))).toBe(true);
  expect(suspects.get(book.key('192.0.2.1'))?.touches.size).toBe(500);
  expect(suspects.get(book.key('198.51.100.99'))?.touches.size).toBe(10);
  expect(suspects.get(book.key('198.51.100.0'))).toBeUndefined();
});

test('what is told of many lasted as long as they were at it, not until it was told', () => {
  const book = new TextBook();
  const suspects = new Suspects(book, ['fw.log']);
  const members = [book.key('192.0.2.1'), book.key('192.0.2.2')];
  const statement = suspects.tell(
    'campaign',
    { kind: 'campaign', reasons: ['together'], members },
    900,
    () => 0,
  );
  for (const when of [20, 10, 40]) statement.at(when);
  expect(suspects.finish()).toMatchObject([{ first: 10, last: 40, findings: [{ time: 900 }] }]);
});
