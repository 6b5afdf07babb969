import { lackAt } from '../model/allowed-time.ts';
import type { Words } from '../model/address.ts';
import type { AllowEntry } from '../model/context.ts';
import { splitTouchKey, unpackTouch } from '../model/dossier.ts';
import type { Dossier, DossierParts } from '../model/dossier.ts';
import type { AddressBook, Finding } from '../model/finding.ts';
import { crossingKey } from './crossing-key.ts';

/**
 * What of a dossier lies within an entry's hours and targets, and what does not. The rows of whom the allowlist names were
 * told apart when they came; what was told of many at once is divided by what is known of it.
 */
export function partsOf(
  dossier: Dossier,
  entries: readonly AllowEntry[],
  book: AddressBook,
): Omit<DossierParts, 'entries'> {
  // An entry for one address of a /64 was taken to hold it all, as long as nobody knew that there would be others.
  const { parts } = dossier;
  const isSame = parts?.entries.every((entry) => entries.includes(entry) || entry.until < dossier.first);
  if (parts && isSame === true) return parts;
  const inTime = (time: number): boolean => entries.some((entry) => lackAt(entry, time) === undefined);
  const isTimely = ({ time, last }: { time: number; last: number }): boolean => inTime(time) && inTime(last);
  if (!isTimely({ time: dossier.first, last: dossier.last }) || !dossier.findings.some(isTimely)) {
    return { covered: { ...dossier, findings: [], events: 0 }, beyond: dossier };
  }
  const inScope = dossier.targets.map((key) => {
    const words = [...book.words(key)] as unknown as Words;
    return entries.some(({ targets }) => targets === undefined || targets.has(words));
  });
  const scopeOf = new Map(dossier.targets.map((key, i) => [book.text(key), inScope[i]]));
  const part = (covered: boolean): Dossier => {
    const touches = new Map(
      [...dossier.touches].filter(([key]) => inScope[splitTouchKey(key).targetIndex] === covered),
    );
    const findings = dossier.findings.flatMap((finding) =>
      isTimely(finding) ? inPart(finding, covered) : covered ? [] : [finding],
    );
    const isWhole = touches.size === dossier.touches.size;
    const others = dossier.touches.size === 0 ? findings.length > 0 : isWhole;
    let events = 0;
    for (const packed of touches.values()) events += unpackTouch(packed).count;
    return {
      ...dossier,
      findings,
      touches,
      events: others ? dossier.events : events,
      ...(others ? {} : { pages: new Map(), names: new Map(), logins: [] }),
    };
  };
  /** A finding about targets is about those of its part; any other may rest on both. */
  const inPart = (finding: Finding, covered: boolean): Finding[] => {
    const keys = finding.crossings.map((crossing) => scopeOf.get(crossingKey(finding.kind, crossing, book)));
    if (keys.every((scope) => scope === undefined)) return [finding];
    const crossings = finding.crossings.filter((_, i) => keys[i] === undefined || keys[i] === covered);
    return crossings.length === 0 ? [] : [{ ...finding, crossings }];
  };
  return { covered: part(true), beyond: part(false) };
}
