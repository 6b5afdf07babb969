import { createHash } from 'node:crypto';
import type { Case } from './case.ts';

/**
 * SHA-256 of the actor, the first finding's kind, its crossing time and its target (docs/incidents.md, "Who"): the same
 * for the same input, however often it is read. `part` tells the uncovered part of an authorised scan from the covered.
 */
export function incidentId(of: Case, part: '' | 'deviation'): string {
  const finding = of.findings[0];
  const crossing = finding.crossings[0];
  const what = [
    of.actor.prefix ?? of.actor.address,
    finding.kind,
    String(crossing?.time ?? finding.time),
    finding.keys[0] ?? '',
    ...(part === '' ? [] : [part]),
  ];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
