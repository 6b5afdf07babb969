import { contactWorth } from '../model/contact-worth.ts';
import { Outcome } from '../model/event.ts';
import { passedStatus, silentStatus } from '../model/detector.ts';
import type { Dossier } from '../model/dossier.ts';
import { slotBase } from '../state/address-slots.ts';
import type { TextRing } from '../state/text-ring.ts';
import { notedTexts, sizeFromCode, statusBits, statusMask } from './counted-table.ts';
import type { CountedTable } from './counted-table.ts';
import type { Suspects } from './suspects.ts';

/** A new dossier begins with what the tables' longest windows still hold of the actor (word `a` of its family). */
export function seedDossier(
  suspects: Suspects,
  dossier: Dossier,
  tables: readonly CountedTable[],
  ring: TextRing,
  a: number,
  family: number,
): void {
  // Several hold the same pages, not all of them with the host: those that do come first.
  const paths = new Set<string>();
  for (const hosted of [true, false]) {
    for (const table of tables) {
      if (namesHost(table) === hosted) seedFrom(suspects, dossier, table, ring, a, family, paths);
    }
  }
}

const namesHost = ({ plan: { texts } }: CountedTable): boolean => texts?.key.includes('host') === true;

function outcomeOf(status: number): number {
  if (status === passedStatus) return Outcome.unknown;
  return status === silentStatus ? Outcome.answered : status;
}

function seedFrom(
  suspects: Suspects,
  dossier: Dossier,
  table: CountedTable,
  ring: TextRing,
  a: number,
  family: number,
  paths: Set<string>,
): void {
  const { contacts, keeps, spans } = table;
  const { event, texts } = table.plan;
  const weighs = table.plan.worth === contactWorth;
  table.table.each(a, family, spans.length - 1, ({ b, c, time, worth, status, note }) => {
    if (contacts) {
      const target = family === 1 ? slotBase + b : b;
      // What failed is worth two points, one where the service is popular.
      const popular = weighs && worth === 1 && status < Outcome.answered;
      suspects.seed(dossier, target, c, outcomeOf(status), popular, time);
    } else if (note !== -1) {
      const { text } = notedTexts(ring.text(note), keeps);
      if (event === 'request' && texts!.value[0] === 'path') {
        const hosted = namesHost(table);
        if (!hosted && paths.has(text)) return true;
        paths.add(text);
        const host = hosted ? table.keyName(b) : '';
        suspects.seedPage(
          dossier,
          host,
          text,
          status & statusMask,
          sizeFromCode(status >>> statusBits),
          time,
        );
      } else if (event === 'query' && texts!.value[0] === 'name')
        suspects.seedName(dossier, text, status & statusMask, time);
    }
    return true;
  });
}
