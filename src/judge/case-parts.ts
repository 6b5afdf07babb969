import type { Kind } from '../model/finding.ts';
import { serviceName } from '../model/service.ts';
import { exploitOf } from '../wire/exploit-words.ts';
import { joinTimes } from './case.ts';
import type { Case, Contacted, ContactedTarget, JudgedFinding } from './case.ts';
import { splitPage } from './exploit.ts';

/** Cuts a case in two by what its findings are about, and puts two together. */

type Contacts = Case['contacts'];

/** `kept`: what the wanted findings are about; `cut`: the rest, if there is any. */
export function cutByKind(
  of: Case,
  wanted: (finding: JudgedFinding) => boolean,
): { readonly kept: Case; readonly cut: Case | undefined } {
  const own = of.findings.filter(wanted);
  const other = of.findings.filter((finding) => !wanted(finding));
  if (other.length === 0) return { kept: of, cut: undefined };
  const kept = withContents(of, own, other, isTheirs);
  const cut = withContents(of, other, own, isOurs);
  return {
    // What followed goes with what nobody allowed.
    kept: { ...kept, logins: [], callbacks: [] },
    cut: cut.contacts.size + cut.pages.size + cut.names.size === 0 ? { ...of, findings: other } : cut,
  };
}

/** Whether a page is its findings' alone: nobody has to answer for what nobody allowed. */
const isTheirs = (own: boolean, other: boolean, isAttack: boolean): boolean => own || (!other && !isAttack);
const isOurs = (own: boolean, other: boolean): boolean => own || !other;

function withContents(
  of: Case,
  own: readonly JudgedFinding[],
  other: readonly JudgedFinding[],
  hasPage: (own: boolean, other: boolean, isAttack: boolean) => boolean,
): Case {
  const contacts = select(of.contacts, (address, service) => {
    const mine = claimOf(own, address, service);
    const theirs = claimOf(other, address, service);
    return mine === 'named' || (theirs !== 'named' && (mine === 'any' || theirs === undefined));
  });
  const pages = new Map(
    [...of.pages].filter(([key]) => {
      const isAttack = exploitOf(splitPage(key)[1]) !== undefined;
      return hasPage(asksFor(own, isAttack), asksFor(other, isAttack), isAttack);
    }),
  );
  const hasNames =
    own.some(({ kind }) => nameKinds.has(kind)) || !other.some(({ kind }) => nameKinds.has(kind));
  const names = hasNames ? of.names : new Map<string, never>();
  const whole =
    countsOf(contacts) === countsOf(of.contacts) &&
    pages.size === of.pages.size &&
    names.size === of.names.size;
  const times = [
    ...[...contacts.values()].flatMap(({ services }) => [...services.values()].map((one) => one.times)),
    // The last time that a page or a name was asked for is not known, but it was not before the finding's.
    ...[...pages.values(), ...names.values()].map(({ first }) => [first, first] as const),
    ...own.map(({ time, last }) => [time, last] as const),
  ].filter((one) => one !== undefined);
  const placed = times.length > own.length && (contacts.size === 0 || hasTimes(contacts));
  let events = countsOf(contacts);
  for (const { count } of pages.values()) events += count;
  for (const { count } of names.values()) events += count;
  return {
    ...of,
    findings: own,
    contacts,
    pages,
    names,
    // Two sensors' pages count twice; rows that nothing is kept of, not at all.
    events: whole ? of.events : Math.min(events, of.events),
    first: placed ? times.reduce((least, [first]) => Math.min(least, first), Infinity) : of.first,
    last: placed ? times.reduce((most, [, last]) => Math.max(most, last), -Infinity) : of.last,
  };
}

const nameKinds: ReadonlySet<Kind> = new Set(['dns-enumeration', 'zone-transfer', 'reverse-sweep']);
const attackKinds: ReadonlySet<Kind> = new Set(['vulnerability']);
const pageKinds: ReadonlySet<Kind> = new Set([
  'wordlist',
  'web-fingerprint',
  'service-fingerprint',
  'campaign',
]);

const asksFor = (findings: readonly JudgedFinding[], isAttack: boolean): boolean =>
  findings.some(({ kind }) => (isAttack ? attackKinds : pageKinds).has(kind));

/** Whether one of the findings names the address or the service, or may be about any. */
function claimOf(
  findings: readonly JudgedFinding[],
  address: string,
  service: number,
): 'named' | 'any' | undefined {
  let claim: 'any' | undefined;
  for (const { keys, kind } of findings) {
    if (keys.includes(address) || keys.includes(serviceName(service))) return 'named';
    if (
      !attackKinds.has(kind) &&
      !pageKinds.has(kind) &&
      !nameKinds.has(kind) &&
      keys.every((key) => key === '')
    )
      claim = 'any';
  }
  return claim;
}

function select(contacts: Contacts, wanted: (address: string, service: number) => boolean): Contacts {
  const selected = new Map<string, ContactedTarget>();
  for (const [address, target] of contacts) {
    const services = new Map([...target.services].filter(([service]) => wanted(address, service)));
    if (services.size > 0) selected.set(address, { ...target, services });
  }
  return selected;
}

function countsOf(contacts: Contacts): number {
  let events = 0;
  for (const { services } of contacts.values()) for (const { count } of services.values()) events += count;
  return events;
}

const hasTimes = (contacts: Contacts): boolean =>
  [...contacts.values()].every(({ services }) => [...services.values()].every(({ times }) => times));

export function joinCases(x: Case, y: Case): Case {
  const contacts = new Map<string, ContactedTarget>();
  for (const [address, target] of [...x.contacts, ...y.contacts]) {
    const services = new Map<number, Contacted>(contacts.get(address)?.services);
    for (const [service, contacted] of target.services)
      services.set(service, joined(services.get(service), contacted));
    contacts.set(address, { ...target, services });
  }
  const inputs = new Map(x.inputs);
  for (const [input, count] of y.inputs) inputs.set(input, (inputs.get(input) ?? 0) + count);
  return {
    ...x,
    first: Math.min(x.first, y.first),
    last: Math.max(x.last, y.last),
    findings: [...x.findings, ...y.findings].sort((a, b) => a.time - b.time),
    contacts,
    contactsDropped: x.contactsDropped + y.contactsDropped,
    pages: new Map([...y.pages, ...x.pages]),
    pagesDropped: x.pagesDropped + y.pagesDropped,
    names: new Map([...y.names, ...x.names]),
    namesDropped: x.namesDropped + y.namesDropped,
    agents: new Map([...y.agents, ...x.agents]),
    alerts: new Map([...y.alerts, ...x.alerts]),
    logins: [...x.logins, ...y.logins].sort((a, b) => a.time - b.time),
    callbacks: [...x.callbacks, ...y.callbacks].sort((a, b) => a.time - b.time),
    evidence: [...x.evidence, ...y.evidence].sort((a, b) => a.time - b.time),
    inputs,
    events: x.events + y.events,
    flagsAll: x.flagsAll & y.flagsAll,
    flagsAny: x.flagsAny | y.flagsAny,
  };
}

function joined(known: Contacted | undefined, more: Contacted): Contacted {
  if (!known) return more;
  return {
    outcome: Math.max(known.outcome, more.outcome),
    popular: known.popular && more.popular,
    count: known.count + more.count,
    banner: known.banner || more.banner,
    times: joinTimes(known.times, more.times),
  };
}
