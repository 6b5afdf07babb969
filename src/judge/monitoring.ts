import { counted, grouped, spanOf } from '../base/plain-words.ts';
import { Flag, Outcome } from '../model/event.ts';
import type { Case } from './case.ts';

/** Kinds that a monitoring system can look like. Many ports of one host it does not, unless it asks them all day. */
const lookalikes = new Set(['icmp-sweep', 'horizontal', 'sweep', 'block', 'first-contact']);
const pairsAtLeast = 5;
const pairsAtMost = 2000;
/** A monitor watches what is there … */
const answeredShare = 0.8;
/** … again and again … */
const visitsAtLeast = 4;
/** … each about as often as the others (this share of them within a factor of three of the median) … */
const evenShare = 0.9;
const evenness = 3;
/** … and longer than a scanner's retries last. */
const lastingAtLeast = 5 * 60_000_000;
/**
 * Much of what a machine at home watches may be down, if it goes on for hours: whoever asks the same for the eighth time learns
 * nothing new from it. Many ports of one host are a health check's only when it asked for the twentieth time.
 */
const lasting = {
  answeredShare: 0.4,
  visitsAtLeast: 8,
  visitsOfPorts: 20,
  atLeast: 2 * 3_600_000_000,
};

/**
 * Monitoring, health checks, service discovery that knows its targets: a fixed set of services, most of which answer, visited
 * evenly and often. A scanner visits what he does not know, mostly in vain, and once.
 */
export function monitoringOf(of: Case): string | undefined {
  if (of.contactsDropped > 0 || of.last - of.first < lastingAtLeast) return undefined;
  if (of.actor.decoys || of.actor.campaign) return undefined;
  const others = of.findings.filter(({ kind }) => !lookalikes.has(kind));
  if (others.some(({ kind }) => kind !== 'vertical')) return undefined;
  // What a firewall let through is all that is known of it; a scanner from outside sends each of his probes again as well.
  const letThrough = of.actor.inside && (of.flagsAll & Flag.passed) !== 0;
  const visits: number[] = [];
  let answered = 0;
  for (const { services } of of.contacts.values()) {
    for (const { outcome, count } of services.values()) {
      visits.push(count);
      if (outcome === Outcome.answered || (letThrough && outcome === Outcome.unknown)) answered++;
    }
  }
  if (visits.length < pairsAtLeast || visits.length > pairsAtMost) return undefined;
  visits.sort((x, y) => x - y);
  const usual = visits[visits.length >> 1];
  const even = visits.filter((count) => count * evenness >= usual && count <= usual * evenness).length;
  if (even < evenShare * visits.length) return undefined;
  const soon = others.length === 0 && answered >= answeredShare * visits.length && visits[0] >= visitsAtLeast;
  const late =
    of.actor.inside &&
    of.last - of.first >= lasting.atLeast &&
    answered >= lasting.answeredShare * visits.length &&
    visits[0] >= (others.length === 0 ? lasting.visitsAtLeast : lasting.visitsOfPorts);
  if (!soon && !late) return undefined;
  const how = letThrough ? 'were let through' : 'answered';
  return (
    `The same ${counted(visits.length, 'service')} at ${counted(of.contacts.size, 'address', 'addresses')} were visited again and again, about ` +
    `${grouped(usual)} times each within ${spanOf(of.last - of.first)}, and ${grouped(answered)} of them ${how}: that is how monitoring looks.`
  );
}
