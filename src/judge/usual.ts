import { counted, grouped } from '../base/plain-words.ts';
import { unpackTouch } from '../model/dossier.ts';
import type { Dossier } from '../model/dossier.ts';
import { Outcome } from '../model/event.ts';
import type { AddressBook } from '../model/finding.ts';
import type { Case, Usual } from './case.ts';

/*
 * An actor's own baseline: whoever reached many services on at least seven earlier days, and was answered,
 * may reach as many again. It raises the actor's thresholds up to fourfold, for counts of contacts only. What is known of
 * earlier days is what was kept of them: the days on which the actor had crossed a threshold, or, of those that reach many
 * services and are answered by nearly all, what the detector learnt of them (own-habits.ts): there the services count too.
 */

const day = 86_400_000_000;
const daysAtLeast = 7;
const raisedAtMost = 4;
/** Kinds that count contacts; the rest are no matter of habit. */
const counted4 = new Set(['vertical', 'horizontal', 'block', 'sweep', 'icmp-sweep', 'first-contact']);

/** What each actor's earlier days held. One pass over the dossiers. */
export class Habits {
  /** Actor → day → distinct services that answered. */
  readonly #days = new Map<string, Map<number, number>>();

  constructor(dossiers: readonly Dossier[], book: AddressBook) {
    for (const { actor, first, touches, findings } of dossiers) {
      if (findings.length === 0) continue;
      let answered = 0;
      for (const packed of touches.values()) if (unpackTouch(packed).outcome === Outcome.answered) answered++;
      if (answered === 0) continue;
      const name = book.text(actor);
      let days = this.#days.get(name);
      if (!days) this.#days.set(name, (days = new Map()));
      const date = Math.floor(first / day);
      days.set(date, Math.max(days.get(date) ?? 0, answered));
    }
  }

  /** The actor's days before `first`; undefined: too few to call anything usual. */
  before(actor: string, first: number): Usual | undefined {
    const today = Math.floor(first / day);
    const earlier = [...(this.#days.get(actor) ?? [])].flatMap(([date, answered]) =>
      date < today ? [answered] : [],
    );
    if (earlier.length < daysAtLeast) return undefined;
    earlier.sort((x, y) => x - y);
    return { days: earlier.length, answered: earlier[earlier.length >> 1] };
  }
}

/** Why all of it is usual for this actor; undefined: it is not. */
export function usualFor(of: Case): string | undefined {
  const { usual, findings } = of;
  if (findings.length > 0 && findings.every(({ habit }) => habit)) return sameAsEver(of);
  if (!usual || of.actor.decoys || of.actor.campaign || of.pages.size > 0) return undefined;
  let highest = 0;
  let threshold = 0;
  for (const { kind, crossings } of findings) {
    if (!counted4.has(kind) || crossings.length === 0) return undefined;
    for (const crossing of crossings) {
      const raised =
        crossing.threshold * Math.min(raisedAtMost, Math.max(1, usual.answered / crossing.threshold));
      if (crossing.max >= raised) return undefined;
      if (crossing.max > highest) [highest, threshold] = [crossing.max, Math.round(raised)];
    }
  }
  return (
    `Usual for it: on ${counted(usual.days, 'earlier day')} about ${grouped(usual.answered)} services answered it each day, which raises its ` +
    `thresholds (fourfold at most); its highest score, ${grouped(highest)}, stays below ${grouped(threshold)}.`
  );
}

/** So much of what it reached it must have reached before: the rest are hosts that came since. */
const familiarAtLeast = 0.9;

/**
 * The services are those of every day, and no more of them: only that some do not answer now is new. What failed is worth
 * two, so the thresholds are raised to twice the usual number, fourfold at most.
 */
function sameAsEver(of: Case): string | undefined {
  if (of.actor.decoys || of.actor.campaign || of.pages.size > 0) return undefined;
  let least = of.findings[0].habit!;
  for (const { kind, crossings, habit } of of.findings) {
    if (!counted4.has(kind) || crossings.length === 0) return undefined;
    if (habit!.days < daysAtLeast || habit!.familiar < familiarAtLeast) return undefined;
    if (habit!.answered < least.answered) least = habit!;
    for (const { max, threshold } of crossings)
      if (max > Math.min(raisedAtMost * threshold, 2 * habit!.answered)) return undefined;
  }
  return (
    `Usual for it: on ${counted(least.days, 'earlier day')} it reached about ${grouped(least.answered)} services within one window, nearly all of which ` +
    `answered, and ${Math.round(100 * least.familiar)} % of those that it reached now are the same: new is only that some do not answer.`
  );
}
