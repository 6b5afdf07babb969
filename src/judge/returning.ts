import { counted } from '../base/plain-words.ts';
import type { Incident } from '../model/incident.ts';

/** Away for so many days is coming back, not going on. */
const awayAtLeast = 7;
const dayMillis = 86_400_000;
/** Earlier visits that are named. */
const named = 3;

/**
 * Actors that come back after a week or more: each visit is an incident of its own, and names the ones before. Members of a
 * campaign and forged sources are nobody in particular. Mutates reasons and context of the incidents.
 */
export function markReturns(incidents: readonly Incident[]): void {
  const visits = new Map<string, Incident[]>();
  const inOrder = incidents
    .filter(
      ({ kinds, spoofable, verdict }) =>
        !kinds.includes('campaign') && !spoofable && verdict !== 'background',
    )
    .sort((x, y) => (x.first < y.first ? -1 : x.first > y.first ? 1 : x.id < y.id ? -1 : 1));
  for (const incident of inOrder) {
    const who = incident.actor.prefix ?? incident.actor.address;
    const before = visits.get(who) ?? [];
    const last = before.reduce((latest, { last: end }) => (end > latest ? end : latest), '');
    const away = last === '' ? 0 : Math.floor((Date.parse(incident.first) - Date.parse(last)) / dayMillis);
    if (away >= awayAtLeast) {
      const since = before.length > 1 ? ` again (${counted(before.length, 'visit')} before)` : '';
      incident.reasons.push(
        `It came back${since}, ${counted(away, 'day')} after it was last seen (${last.slice(0, 10)}).`,
      );
      incident.context.push(
        `Earlier: ${before
          .slice(-named)
          .map(({ id }) => id)
          .join(', ')}.`,
      );
    }
    visits.set(who, [...before, incident]);
  }
}
