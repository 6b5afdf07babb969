import { Outcome } from '../model/event.ts';
import { serviceName } from '../model/service.ts';
import type { Case, Contacted, ContactedTarget } from './case.ts';

/*
 * What a source was after, whatever else it did meanwhile: a machine that browses a thousand sites may sweep its own
 * network between two pages, and neither may hide the other.
 */

/** As many hosts that one service did not answer at make a sweep by themselves: two points each, and its threshold is 20. */
const sweepAtLeast = 10;

/** Whether it failed at one service of ten hosts or more, among the contacts that `counts` says an explanation leaves open. */
export function sweepsBeside(
  of: Case,
  counts: (target: ContactedTarget, contacted: Contacted) => boolean,
): boolean {
  const failed = new Map<number, number>();
  for (const target of of.contacts.values()) {
    for (const [service, contacted] of target.services) {
      if (contacted.outcome === Outcome.answered || !counts(target, contacted)) continue;
      const hosts = (failed.get(service) ?? 0) + 1;
      if (hosts >= sweepAtLeast) return true;
      failed.set(service, hosts);
    }
  }
  return false;
}

/**
 * The case without what its machine at home did like any other meanwhile: popular services elsewhere that answered and that no
 * finding names; and how many such contacts it had.
 */
export function withoutOrdinaryUse(of: Case): { readonly own: Case; readonly ordinary: number } {
  if (!of.actor.inside) return { own: of, ordinary: 0 };
  const named = new Set(of.findings.flatMap(({ keys }) => keys));
  const contacts = new Map<string, ContactedTarget>();
  let ordinary = 0;
  for (const [address, target] of of.contacts) {
    const services = new Map<number, Contacted>();
    for (const [service, contacted] of target.services) {
      const { outcome, popular } = contacted;
      const isOrdinary =
        !target.home &&
        popular &&
        outcome === Outcome.answered &&
        !named.has(address) &&
        !named.has(serviceName(service));
      if (isOrdinary) ordinary++;
      else services.set(service, contacted);
    }
    if (services.size > 0) contacts.set(address, { ...target, services });
  }
  return ordinary === 0 || contacts.size === 0
    ? { own: of, ordinary: 0 }
    : { own: { ...of, contacts }, ordinary };
}

/** Whether its findings are about the home networks: those that name a host or a service decide, else most of what failed. */
export function aimsAtHome(of: Case): boolean {
  const named = new Set(of.findings.flatMap(({ keys }) => keys));
  const about: boolean[] = [];
  const all: boolean[] = [];
  for (const [address, { home, services }] of of.contacts) {
    let failed = false;
    let isNamed = named.has(address);
    for (const [service, { outcome }] of services) {
      if (outcome !== Outcome.answered) failed = true;
      isNamed ||= named.has(serviceName(service));
    }
    if (isNamed) about.push(home);
    if (failed) all.push(home);
  }
  const mostly = (places: readonly boolean[]): boolean =>
    places.filter((home) => home).length * 2 >= places.length;
  if (about.length > 0) return mostly(about);
  // A web log's targets are at home, and so is what answered everywhere.
  return mostly(all.length > 0 ? all : [...of.contacts.values()].map(({ home }) => home));
}
