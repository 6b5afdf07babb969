import { Outcome } from '../model/event.ts';
import { passedStatus } from '../model/detector.ts';
import type { Dossier } from '../model/dossier.ts';
import { slotBase } from '../state/address-slots.ts';
import type { TextRing } from '../state/text-ring.ts';
import { notedTexts, statusMask } from './counted-table.ts';
import type { CountedTable } from './counted-table.ts';
import type { Suspects } from './suspects.ts';

/** A new dossier begins with what a table's longest window still holds of the actor (word `a` of its family). */
export function seedDossier(
  suspects: Suspects,
  dossier: Dossier,
  table: CountedTable,
  ring: TextRing,
  a: number,
  family: number,
): void {
  const { contacts, keeps, spans } = table;
  const { event, texts } = table.plan;
  table.table.each(a, family, spans.length - 1, ({ b, c, time, status, note }) => {
    if (contacts) {
      const target = family === 1 ? slotBase + b : b;
      suspects.seed(dossier, target, c, status === passedStatus ? Outcome.unknown : status, time);
    } else if (note !== -1) {
      const { text } = notedTexts(ring.text(note), keeps);
      if (event === 'request' && texts!.value[0] === 'path') {
        const host = texts!.key.includes('host') ? table.keyName(b) : '';
        suspects.seedPage(dossier, host, text, status & statusMask, time);
      } else if (event === 'query' && texts!.value[0] === 'name')
        suspects.seedName(dossier, text, status & statusMask, time);
    }
    return true;
  });
}
