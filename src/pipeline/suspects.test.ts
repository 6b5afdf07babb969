import { expect, test } from 'vitest';
import type { FindingDraft } from '../model/detector.ts';
import { TextBook } from '../judge/dossier.fixture.ts';
import { Suspects } from './suspects.ts';

test('what a later window says is kept beside the first, a flood of sentences is not', () => {
  const book = new TextBook();
  const actor = book.key('192.0.2.7');
  const suspects = new Suspects(book, ['fw.log']);
  const { dossier } = suspects.open(actor, 1, 4, 0);
  const say = (reason: string, more: Partial<FindingDraft> = {}): void => {
    suspects.find(dossier, 'fan-out', { kind: 'vertical', reasons: [reason], ...more }, 1);
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
