import { counted, listed, spanOf } from '../base/plain-words.ts';
import { compareWords } from '../model/address.ts';
import type { Asset } from '../model/context.ts';
import { Outcome, Proto } from '../model/event.ts';
import type { RunFacts } from '../model/dossier.ts';
import { serviceName } from '../model/service.ts';
import type { Case, ContactedTarget } from './case.ts';

/** Which machines of the inventory an incident concerns, and what the inventory did not know of them. */

const told = 5;
/** Younger machines are new. */
const newFor = 30 * 86_400_000_000;
const rank = ['', 'low', 'medium', 'high', 'critical'];

/** 'web-1 (198.51.100.4, owner web team, high)'. */
export function assetText({ name, owner, criticality }: Asset, address: string): string {
  const facts = [name === '' ? '' : address, owner === '' ? '' : `owner ${owner}`, criticality].filter(
    (fact) => fact !== '',
  );
  return `${name === '' ? address : name}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}

/** The most critical first, then by address. */
function assetsOf(of: Case): { address: string; target: ContactedTarget; asset: Asset }[] {
  return [...of.contacts]
    .flatMap(([address, target]) => (target.asset ? [{ address, target, asset: target.asset }] : []))
    .sort(
      (x, y) =>
        rank.indexOf(y.asset.criticality) - rank.indexOf(x.asset.criticality) ||
        compareWords(x.target.words, y.target.words),
    );
}

const isNew = ({ since }: Asset, { first }: Case): boolean => first >= since && first - since <= newFor;

/** Address → the first case that probed it, for machines that were new then. */
export function firstProbes(cases: readonly Case[]): Map<string, Case> {
  const found = new Map<string, Case>();
  for (const of of cases) {
    for (const [address, { asset }] of of.contacts) {
      if (!asset || !isNew(asset, of)) continue;
      const known = found.get(address);
      if (!known || of.first < known.first) found.set(address, of);
    }
  }
  return found;
}

const isService = (service: number): boolean =>
  [Proto.tcp, Proto.udp, Proto.sctp].includes((service >>> 16) as typeof Proto.tcp);

const answeredOf = ({ services }: ContactedTarget): number[] =>
  [...services]
    .filter(([service, { outcome }]) => outcome === Outcome.answered && isService(service))
    .map(([service]) => service)
    .sort((x, y) => x - y);

/** Sentences for the reasons; empty without an inventory. */
export function assetReasons(of: Case): string[] {
  const known = assetsOf(of);
  const reasons: string[] = [];
  const { asset: own, address: from } = of.actor;
  if (own)
    reasons.push(`It is ${assetText(own, from)}, of the inventory: its owner can say what it does there.`);
  if (known.length > 0) {
    const names = known.map(({ asset, address }) => assetText(asset, address));
    reasons.push(
      known.length === 1
        ? `Concerns ${names[0]}.`
        : `Concerns ${counted(known.length, 'asset')}: ${listed(names, told)}.`,
    );
  }
  const undeclared = known.flatMap(({ asset, address, target }) => {
    const { services } = asset;
    if (!services) return [];
    return answeredOf(target)
      .filter((service) => !services.has(service))
      .map(
        (service) =>
          `${serviceName(service)} at ${asset.name === '' ? address : `${asset.name} (${address})`}`,
      );
  });
  if (undeclared.length > 0) {
    reasons.push(
      `Answered, and the inventory does not declare it: ${listed(undeclared, told)}. Close it, or declare it.`,
    );
  }
  const strangers = [...of.contacts]
    .filter(([, target]) => target.home && target.asset === undefined && answeredOf(target).length > 0)
    .map(
      ([address, target]) =>
        `${address} (${answeredOf(target)
          .map((service) => serviceName(service))
          .join(', ')})`,
    );
  if (of.inventory && strangers.length > 0) {
    reasons.push(`Answered, and the inventory does not name it: ${listed(strangers.sort(), told)}.`);
  }
  for (const { asset, address } of known.filter(({ asset: one }) => isNew(one, of)).slice(0, told)) {
    const first = of.foundFirst?.has(address) === true ? ', by nobody before' : '';
    reasons.push(
      `${assetText(asset, address)} is new: in the inventory since ${new Date(asset.since / 1000).toISOString().slice(0, 10)}, probed ${spanOf(of.first - asset.since)} later${first}.`,
    );
  }
  return reasons;
}

/** With less data before it, who is new is not known. */
const historyAtLeast = 86_400_000_000;

/**
 * Machines at home that had answered nobody in the data before, for a day at least, and then this actor: new, or newly
 * opened, and found at once.
 */
export function newlyAnswering(of: Case, { first, firstAnswer }: RunFacts): string[] {
  if (!firstAnswer || of.actor.decoys) return [];
  const found = [...of.contacts]
    .filter(
      ([, target]) =>
        target.home && [...target.services.values()].some(({ outcome }) => outcome === Outcome.answered),
    )
    .flatMap(([address, { words }]) => {
      const answer = firstAnswer(words);
      if (!answer || answer.time - first < historyAtLeast || answer.time < of.first) return [];
      return of.actor.words.some((source) => answer.was(source))
        ? [{ address, words, time: answer.time }]
        : [];
    })
    .sort((x, y) => compareWords(x.words, y.words));
  if (found.length === 0) return [];
  const since = Math.min(...found.map(({ time }) => time)) - first;
  return [
    `Newly answering: ${listed(
      found.map(({ address }) => address),
      told,
    )} had answered nobody in the ${spanOf(since)} before, and this actor first: new, or newly opened.`,
  ];
}

const linesAtMost = 50;

/** For the notebook: what the scanner now knows of each asset that answered. */
export function assetLines(of: Case): string[] {
  const lines = assetsOf(of).flatMap(({ address, asset, target }) => {
    const open = answeredOf(target);
    if (open.length === 0) return [];
    const { services } = asset;
    const names = open.map(
      (service) => `${serviceName(service)}${services && !services.has(service) ? ' (not declared)' : ''}`,
    );
    return [`${assetText(asset, address)}: ${listed(names, 20)}`];
  });
  return lines.length <= linesAtMost
    ? lines
    : [...lines.slice(0, linesAtMost), `… ${lines.length - linesAtMost} more assets`];
}
