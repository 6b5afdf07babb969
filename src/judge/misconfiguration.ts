import { counted, spanOf } from '../base/plain-words.ts';
import { Flag, Outcome } from '../model/event.ts';
import { serviceName } from '../model/service.ts';
import type { Case } from './case.ts';
import { assetText } from './concerned.ts';

/** A machine that keeps looking for something that is gone, and what would end it. */
interface Misconfiguration {
  readonly reason: string;
  readonly fix: string;
}

/** One service at so many addresses at most: machines are configured with lists, not with networks. */
const pairsAtMost = 64;
/** Each address is tried again and again … */
const visitsAtLeast = 4;
/** … about as often as the others … */
const evenness = 3;
/** … and for long: a scanner's retries are over in minutes. */
const lastingAtLeast = 3 * 3_600_000_000;
/** Kinds that a retrying client can look like. */
export const retriedKinds: ReadonlySet<string> = new Set([
  'horizontal',
  'sweep',
  'icmp-sweep',
  'first-contact',
]);
/** Kinds that are told of what was asked, not of what did not answer: retrying explains none of it. */
const questions = new Set(['wordlist', 'dns-enumeration']);

/**
 * The same dead addresses, one service, evenly and for hours, nothing learned: a misconfiguration (docs/incidents.md, "Verdict"). An
 * attacker who imitates it learns nothing new after the first round, and is listed all the same.
 */
export function misconfigurationOf(of: Case): Misconfiguration | undefined {
  if (of.contactsDropped > 0 || of.pages.size > 0 || of.last - of.first < lastingAtLeast) return undefined;
  if (of.actor.decoys || of.actor.campaign) return undefined;
  const retries = ({ kind, detector }: Case['findings'][number]): boolean =>
    retriedKinds.has(kind) || (detector === 'slow' && !questions.has(kind));
  if (!of.findings.every(retries)) return undefined;
  const letThrough = (of.flagsAll & Flag.passed) !== 0;
  const counts: number[] = [];
  const services = new Set<number>();
  for (const target of of.contacts.values()) {
    for (const [service, { outcome, count }] of target.services) {
      // Of what a firewall let through nobody knows that it failed.
      if (outcome === Outcome.answered || (outcome === Outcome.unknown && letThrough)) return undefined;
      services.add(service);
      counts.push(count);
    }
  }
  if (services.size !== 1 || counts.length > pairsAtMost) return undefined;
  const least = Math.min(...counts);
  if (least < visitsAtLeast || Math.max(...counts) > evenness * least) return undefined;
  const [service] = services;
  const lasted = of.last - of.first;
  return {
    reason:
      `Tries ${serviceName(service)} at the same ${counted(counts.length, 'address', 'addresses')} again and again ` +
      `(${least} times or more each, about every ${spanOf(lasted / (least - 1))}, for ${spanOf(lasted)}); none ever answered.`,
    fix: `Something on ${of.actor.asset ? assetText(of.actor.asset, of.actor.address) : of.actor.address} is still configured for ${serviceName(service)} at ${counted(counts.length, 'address', 'addresses')} that ${counts.length === 1 ? 'does' : 'do'} not answer: bring the service back, or take the addresses out of its configuration.`,
  };
}
