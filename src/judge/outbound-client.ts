import { counted, grouped } from '../base/plain-words.ts';
import { Outcome } from '../model/event.ts';
import { sweepsBeside } from './aim.ts';
import type { Case } from './case.ts';

/** Kinds that a busy client's failures look like. */
const lookalikes = new Set(['horizontal', 'sweep', 'first-contact']);
const pairsAtLeast = 20;
/** What it reaches for is what everybody uses … */
const popularShare = 0.9;
/** … and most of it is there. */
const answeredShare = 0.6;

/**
 * A mail server, a proxy, a resolver of the site: it reaches for popular services all over the world, and some of that is
 * always down. Counts of failures alone make it a scanner; that most of what it reaches for answers tells otherwise. A
 * worm seeks what it does not know, and mostly in vain: a sweep of one's own network, or of what is not popular, is none of it.
 */
export function outboundClientOf(of: Case): string | undefined {
  if (!of.actor.inside || of.actor.campaign || of.contactsDropped > 0) return undefined;
  if (of.findings.some(({ kind }) => !lookalikes.has(kind))) return undefined;
  let pairs = 0;
  let popularPairs = 0;
  let answered = 0;
  let home = 0;
  for (const target of of.contacts.values()) {
    if (target.home) home++;
    for (const { outcome, popular } of target.services.values()) {
      pairs++;
      if (popular) popularPairs++;
      if (outcome === Outcome.answered) answered++;
    }
  }
  const fits =
    pairs >= pairsAtLeast &&
    home <= 0.1 * of.contacts.size &&
    popularPairs >= popularShare * pairs &&
    answered >= answeredShare * pairs &&
    !sweepsBeside(of, (target, { popular }) => target.home || !popular);
  if (!fits) return undefined;
  return (
    `Reaches for popular services of ${counted(of.contacts.size, 'address', 'addresses')} in the world, and ${grouped(answered)} of ` +
    `${counted(pairs, 'service')} answered: that is how a mail server, a proxy or a resolver looks, not a search.`
  );
}
