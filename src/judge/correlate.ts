import { compareWords, formatWords, parseAddress } from '../model/address.ts';
import type { Words } from '../model/address.ts';
import type { Context } from '../model/context.ts';
import { Flag } from '../model/event.ts';
import { splitTouchKey, unpackTouch } from '../model/dossier.ts';
import type { Dossier, NameAsked, Page, RunFacts } from '../model/dossier.ts';
import { joinCaveats, joinHabits } from '../model/finding.ts';
import type { AddressBook, AddressKey } from '../model/finding.ts';
import { fingerprintOf } from './actor.ts';
import type { Group } from './actor.ts';
import { joinTimes } from './case.ts';
import type { ActorIdentity, Case, Contacted, ContactedTarget, ExactAddress, JudgedFinding } from './case.ts';
import { crossingKey } from './crossing-key.ts';
import { joinStatements } from './rule-words.ts';
import { standingOf } from './standing.ts';

/** Evidence kept per incident; the earliest records, and every source has its first. */
const evidenceLimit = 24;

/** Dossiers keep so many addresses of a /64 at most: with as many, there may be others. */
const addressesKept = 64;

/** Joins what a group's dossiers know, across sensors, into one case. */
export function correlate(group: Group, facts: RunFacts, context: Context): Case {
  const { book } = facts;
  const contacts = new Map<string, ContactedTarget>();
  const pages = new Map<string, Page>();
  const names = new Map<string, NameAsked>();
  const agents = new Map<string, number>();
  const alerts = new Map<string, number>();
  const inputs = new Map<number, number>();
  const callbacks = new Map<string, Case['callbacks'][number]>();
  for (const dossier of group.dossiers) {
    addContacts(contacts, dossier, book, context);
    for (const [key, page] of dossier.pages) {
      const known = pages.get(key);
      if (!known) pages.set(key, { ...page });
      else {
        known.count += page.count;
        // A success says more than a miss: what the attacker learned is that it exists.
        if (rankOfStatus(page.status) > rankOfStatus(known.status)) {
          known.status = page.status;
          known.size = page.size;
        }
        known.first = Math.min(known.first, page.first);
        if (page.proof) known.proof ??= page.proof;
      }
    }
    for (const [name, asked] of dossier.names) {
      const known = names.get(name);
      if (!known) names.set(name, { ...asked });
      else {
        known.count += asked.count;
        known.rcode = Math.min(known.rcode, asked.rcode);
        known.first = Math.min(known.first, asked.first);
      }
    }
    for (const [text, count] of dossier.agents) agents.set(text, (agents.get(text) ?? 0) + count);
    for (const [text, count] of dossier.alerts) alerts.set(text, (alerts.get(text) ?? 0) + count);
    for (const [input, count] of dossier.inputs) inputs.set(input, (inputs.get(input) ?? 0) + count);
    // What the windows held when the dossier was opened is known by its evidence alone.
    for (const { source } of dossier.evidence) {
      const input = facts.inputs.findIndex(({ name }) => name === source);
      if (input >= 0 && !inputs.has(input)) inputs.set(input, 0);
    }
    for (const [key, { time, proof }] of dossier.callbacks) {
      const address = dossier.targets[splitTouchKey(key).targetIndex];
      const target = book.text(address);
      const home = context.home.has([...book.words(address)] as unknown as Words);
      const service = key % 0x100_0000;
      const known = callbacks.get(`${target} ${service}`);
      if (!known || time < known.time)
        callbacks.set(`${target} ${service}`, { target, home, service, time, proof });
    }
  }
  foldHosts(pages);
  const sum = (of: (dossier: Dossier) => number): number =>
    group.dossiers.reduce((total, dossier) => total + of(dossier), 0);
  const actor = identify(group, book, context);
  const ttls = group.dossiers.filter(({ ttlLow }) => ttlLow > 0);
  const first = Math.min(...group.dossiers.map((dossier) => dossier.first));
  return {
    actor,
    first,
    standing: standingOf(actor, agents, first, context),
    inventory: context.assets !== undefined,
    ttlLow: ttls.length === 0 ? 0 : Math.min(...ttls.map(({ ttlLow }) => ttlLow)),
    ttlHigh: Math.max(0, ...ttls.map(({ ttlHigh }) => ttlHigh)),
    last: Math.max(...group.dossiers.map(({ last }) => last)),
    findings: findingsOf(group, book),
    contacts,
    contactsDropped: sum(({ touchesDropped }) => touchesDropped),
    pages,
    pagesDropped: sum(({ pagesDropped }) => pagesDropped),
    names,
    namesDropped: sum(({ namesDropped }) => namesDropped),
    agents,
    alerts,
    inputs,
    callbacks: [...callbacks.values()].sort((x, y) => x.time - y.time || x.service - y.service),
    logins: group.dossiers
      .flatMap(({ logins }) => logins)
      .map((login) => ({
        ...login,
        targetText: login.target === undefined ? '' : book.text(login.target),
      }))
      .sort((x, y) => x.time - y.time || compareTexts(x.user, y.user)),
    evidence: evidenceOf(group),
    events: sum(({ events }) => events),
    flagsAll: flagsOfAll(group) | (refusedOnly(inputs, facts) ? Flag.dropsOnly : 0),
    flagsAny: group.dossiers.reduce((bits, { flags }) => bits | flags, 0),
  };
}

/** Two sensors that saw the same within so long saw one thing (semantics.md). */
const sameSighting = 5_000_000;

/**
 * A log without virtual hosts and a sensor that knows them wrote down one request each: it counts once, and keeps its
 * host. A sensor that saw no answer agrees with every status.
 */
function foldHosts(pages: Map<string, Page>): void {
  if (![...pages.keys()].some((key) => key.startsWith('\n'))) return;
  const hosted = new Map<string, Page[]>();
  for (const [key, page] of pages) {
    const path = key.slice(key.indexOf('\n'));
    if (path.length === key.length) continue;
    const list = hosted.get(path);
    if (list) list.push(page);
    else hosted.set(path, [page]);
  }
  for (const [key, page] of pages) {
    if (!key.startsWith('\n')) continue;
    const same = hosted
      .get(key)
      ?.find(
        ({ first, status }) =>
          Math.abs(first - page.first) <= sameSighting &&
          (status === page.status || status === 0 || page.status === 0),
      );
    if (!same) continue;
    same.count = Math.max(same.count, page.count);
    same.first = Math.min(same.first, page.first);
    if (same.status === 0) same.status = page.status;
    if (same.size === 0) same.size = page.size;
    if (page.proof) same.proof ??= page.proof;
    pages.delete(key);
  }
}

/** Whether every sensor that saw it logs only what it refused. */
function refusedOnly(inputs: ReadonlyMap<number, number>, facts: RunFacts): boolean {
  return inputs.size > 0 && [...inputs.keys()].every((index) => facts.inputs[index]?.dropsOnly === true);
}

/** Bits that every row carried. A dossier that has seen no row yet (all bits set) says nothing. */
function flagsOfAll({ dossiers }: Group): number {
  const seen = dossiers.filter(({ flagsAll }) => flagsAll >>> 0 !== 0xffff_ffff);
  return seen.length === 0 ? 0 : seen.reduce((bits, { flagsAll }) => bits & flagsAll, 0xffff_ffff);
}

function addContacts(
  contacts: Map<string, ContactedTarget>,
  dossier: Dossier,
  book: AddressBook,
  context: Context,
): void {
  const byIndex = new Map<number, ContactedTarget>();
  for (const [key, packed] of dossier.touches) {
    const { targetIndex } = splitTouchKey(key);
    let target = byIndex.get(targetIndex);
    if (!target) {
      const address = dossier.targets[targetIndex];
      const text = book.text(address);
      target = contacts.get(text);
      if (!target) {
        const words = [...book.words(address)] as unknown as Words;
        const home = context.home.has(words);
        target = { words, home, asset: context.assets?.at(words), services: new Map() };
        contacts.set(text, target);
      }
      byIndex.set(targetIndex, target);
    }
    const touch = unpackTouch(packed);
    const banner = dossier.banners.get(key) ?? '';
    const times = dossier.times?.get(key);
    const known: Contacted | undefined = target.services.get(key % 0x100_0000);
    if (!known) target.services.set(key % 0x100_0000, { ...touch, banner, times });
    else {
      known.outcome = Math.max(known.outcome, touch.outcome);
      known.popular &&= touch.popular;
      known.count += touch.count;
      known.banner ||= banner;
      known.times = joinTimes(known.times, times);
    }
  }
}

function identify(group: Group, book: AddressBook, context: Context): ActorIdentity {
  const keys = new Set<AddressKey>(group.dossiers.map(({ actor }) => actor));
  if (group.campaign) {
    for (const { findings } of group.dossiers) {
      for (const { members } of findings) for (const member of members) keys.add(member);
    }
  }
  const known = [...keys]
    .map((key) => ({ text: book.text(key), words: [...book.words(key)] as unknown as Words }))
    .sort((x, y) => compareWords(x.words, y.words));
  const exact = new Set(group.dossiers.flatMap(({ addresses }) => [...addresses]));
  const capped = new Set(
    group.dossiers
      .filter(({ addresses }) => addresses.size >= addressesKept)
      .map(({ actor }) => book.text(actor)),
  );
  const texts = known.flatMap(({ text }) => {
    if (!text.endsWith('/64')) return [text];
    const inside = [...exact].filter((address) => inSame64(text, address)).sort(compareTexts);
    return inside.length > 0 ? inside : [text];
  });
  const first = book.text(group.dossiers[0].actor);
  const inside = known.every(({ words }) => context.home.has(words));
  return {
    address: first,
    words: known.map(({ words }) => words),
    exact: known.flatMap(({ text, words }): ExactAddress[] => {
      if (!text.endsWith('/64')) return [{ words, whole64: false }];
      const inside = capped.has(text) ? [] : [...exact].filter((address) => inSame64(text, address));
      if (inside.length === 0) return [{ words, whole64: true }];
      return inside.map((address) => ({ words: parseAddress(address)!, whole64: false }));
    }),
    addresses: [...new Set(texts)],
    prefix: group.prefix ?? (known.length === 1 && first.endsWith('/64') ? first : null),
    fingerprint: fingerprintOf(group.dossiers[0]),
    decoys: group.decoys,
    translated: group.translated,
    campaign: group.campaign,
    inside,
    asset: inside && known.length === 1 ? context.assets?.at(known[0].words) : undefined,
  };
}

function inSame64(prefix: string, address: string): boolean {
  const cidr = parse64(address);
  return cidr !== undefined && `${cidr}/64` === prefix;
}

/** '2001:db8:0:1::' of any address in 2001:db8:0:1::/64. */
function parse64(address: string): string | undefined {
  const words = parseAddress(address);
  return words && formatWords(words[0], words[1], 0, 0);
}

/** One entry per detector and kind: the same statement of several dossiers is one statement. */
function findingsOf(group: Group, book: AddressBook): JudgedFinding[] {
  const joined = new Map<string, JudgedFinding>();
  const all = group.dossiers
    .flatMap(({ findings }) => findings)
    .sort(
      (x, y) =>
        x.time - y.time ||
        compareTexts(x.kind, y.kind) ||
        compareTexts(x.detector, y.detector) ||
        compareTexts(book.text(x.actor), book.text(y.actor)),
    );
  for (const finding of all) {
    const id = `${finding.detector} ${finding.kind}`;
    const keys = finding.crossings.map((crossing) => crossingKey(finding.kind, crossing, book));
    const known = joined.get(id);
    if (!known) {
      joined.set(id, { ...finding, keys });
      continue;
    }
    const crossings = [...known.crossings, ...finding.crossings]
      .map((crossing, i) => ({ crossing, key: [...known.keys, ...keys][i] }))
      .sort((x, y) => x.crossing.time - y.crossing.time || x.crossing.window - y.crossing.window)
      .slice(0, 64);
    joined.set(id, {
      ...known,
      last: Math.max(known.last, finding.last),
      crossings: crossings.map(({ crossing }) => crossing),
      keys: crossings.map(({ key }) => key),
      crossed: known.crossed + finding.crossed,
      strength: Math.max(known.strength, finding.strength),
      reasons: union(known.reasons, finding.reasons),
      traits: union(known.traits, finding.traits),
      caveats: joinCaveats(known.caveats, finding.caveats),
      members: [...new Set([...known.members, ...finding.members])],
      habit: joinHabits(known.habit, finding.habit),
      ...(known.rules || finding.rules ? { rules: joinStatements(known.rules, finding.rules) } : {}),
    });
  }
  return [...joined.values()];
}

function evidenceOf(group: Group): Case['evidence'] {
  const all = group.dossiers
    .flatMap(({ evidence }) => evidence)
    .sort((x, y) => x.time - y.time || compareTexts(x.source, y.source) || x.line - y.line);
  // Every sensor speaks: the first record of each source is kept, then the earliest of the rest.
  const firsts = new Set<string>();
  const first = all.filter(({ source }) => !firsts.has(source) && firsts.add(source));
  const rest = all.filter((evidence) => !first.includes(evidence));
  return [...first, ...rest]
    .slice(0, evidenceLimit)
    .sort((x, y) => x.time - y.time || compareTexts(x.source, y.source) || x.line - y.line);
}

function union(x: readonly string[], y: readonly string[]): string[] {
  return [...new Set([...x, ...y])];
}

function rankOfStatus(status: number): number {
  if (status >= 200 && status < 300) return 3;
  if (status === 401 || status === 403) return 2;
  return status >= 300 && status < 400 ? 1 : 0;
}

/** Byte-wise order, the same on every machine. */
export function compareTexts(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
