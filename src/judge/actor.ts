import { createHash } from 'node:crypto';
import { formatWords } from '../model/address.ts';
import type { AddressSet, Words } from '../model/address.ts';
import type { Dossier } from '../model/dossier.ts';
import { quietOf, splitTouchKey, unpackTouch } from '../model/dossier.ts';
import { Flag, Outcome } from '../model/event.ts';
import type { AddressBook } from '../model/finding.ts';
import { privateRanges } from './behind.ts';
import { retriedKinds } from './misconfiguration.ts';

/**
 * Who is behind it: joins dossiers into actors (docs/incidents.md, "Who"). The order of rules matters: a campaign names
 * its members itself, decoys look like neighbours too, and neighbours are what remains.
 */
export interface Group {
  /** Oldest first. */
  readonly dossiers: readonly Dossier[];
  /** The joined /24 or /48, when that is why they were joined. */
  readonly prefix: string | null;
  readonly decoys: boolean;
  /** One machine at home, seen before and behind an address translation. */
  readonly translated: boolean;
  readonly campaign: boolean;
}

const minute = 60_000_000;
/** Members of a campaign were active while it lasted, or within so many µs of it. */
const nearCampaign = 60 * minute;
/**
 * What goes round by a timetable shorter than this is one story: a dead client's retries, a monitor's polls; a daily round too
 * when nothing of it is known to have answered (what answers day by day is the actor's habit: see usual.ts).
 */
const roundAtMost = 12 * 60 * minute;
const dailyRound = 25 * 60 * minute;
const roundOverlap = 0.8;
/** Neighbours: so many addresses of a /24 or /48 make one actor. */
const neighboursAtLeast = 3;
/** Without a fingerprint so many services (or paths) must be shared: that two seek the same one port makes them no pair. */
const servicesAtLeast = 3;
const pathsAtLeast = 10;
/**
 * Decoys are interleaved: each forged probe leaves with the real one, so begin and end differ by next to nothing. The two
 * differences together are at most this share of the whole …
 */
const decoyShare = 0.1;
/** … and at most 5 s. Stamps of whole seconds cannot show less than one, and exporters stamp flows in bursts. */
const decoySkew = 5_000_000;
const coarse = 1_000_000;
const burst = 100_000;
/** Decoys are compared on so many (target, service) pairs at least: two look-ups that coincide are no scan. */
const decoyPairsAtLeast = 5;
/** Logs lose lines under a flood, so equal means 90 % equal for decoys. */
const decoyOverlap = 0.9;

/** Suspects that began just after one are compared with it, so many at most: a flood of sources is no decoy scan. */
const decoysCompared = 500;

interface Suspect {
  readonly dossier: Dossier;
  readonly text: string;
  readonly words: Words;
}

export function groupActors(dossiers: readonly Dossier[], book: AddressBook, home: AddressSet): Group[] {
  let rest: Suspect[] = dossiers
    .map((dossier) => ({
      dossier,
      text: book.text(dossier.actor),
      words: [...book.words(dossier.actor)] as unknown as Words,
    }))
    .sort((x, y) => x.dossier.first - y.dossier.first || (x.text < y.text ? -1 : x.text > y.text ? 1 : 0));
  const groups: Group[] = [];
  const take = (
    found: readonly (readonly Suspect[])[],
    how: (members: readonly Suspect[]) => Omit<Group, 'dossiers'>,
  ): void => {
    for (const members of found) {
      groups.push({ dossiers: members.map(({ dossier }) => dossier), ...how(members) });
    }
    const gone = new Set(found.flat());
    if (gone.size > 0) rest = rest.filter((suspect) => !gone.has(suspect));
  };

  // Background is nobody's: its sources keep whatever else they did.
  take(
    rest.filter(({ dossier }) => isBackground(dossier)).map((suspect) => [suspect]),
    () => ({ ...alone, campaign: true }),
  );
  take(campaigns(rest, book), () => ({ ...alone, campaign: true }));
  take(decoys(rest, book), (members) => {
    const translated = isTranslation(members, home);
    return { ...alone, translated, decoys: !translated };
  });
  take(neighbours(rest), ([{ words }]) => ({ ...alone, prefix: prefixOf(words) }));
  take(
    episodesOf(rest, ({ text }) => text),
    () => alone,
  );
  return groups;
}

const alone = { prefix: null, decoys: false, translated: false, campaign: false } as const;

const isBackground = ({ findings }: Dossier): boolean =>
  findings.length > 0 && findings.every(({ kind }) => kind === 'background');

/** Suspects with an equal key, cut where the group was quiet. Expects and keeps time order. */
function episodesOf(suspects: readonly Suspect[], keyOf: (suspect: Suspect) => string): Suspect[][] {
  const open = new Map<string, { members: Suspect[]; last: number; quiet: number }>();
  const all: Suspect[][] = [];
  for (const suspect of suspects) {
    const key = keyOf(suspect);
    const { first, last } = suspect.dossier;
    const quiet = quietOf(suspect.dossier);
    const episode = open.get(key);
    if (
      episode &&
      (first - episode.last < Math.max(quiet, episode.quiet) ||
        (first - episode.last < dailyRound &&
          isSameRound(episode.members.at(-1)!, suspect, first - episode.last < roundAtMost)))
    ) {
      episode.members.push(suspect);
      episode.last = Math.max(episode.last, last);
      episode.quiet = Math.max(episode.quiet, quiet);
    } else {
      const members = [suspect];
      open.set(key, { members, last, quiet });
      all.push(members);
    }
  }
  return all;
}

/** Whether the same source sought the same services at the same targets again, and nothing else; `soon`: answered or not. */
function isSameRound(x: Suspect, y: Suspect, soon: boolean): boolean {
  if (x.text !== y.text) return false;
  if (!soon && [x, y].some(({ dossier }) => hasAnswer(dossier))) return false;
  if (![x, y].every(({ dossier }) => dossier.findings.every(({ kind }) => retriedKinds.has(kind))))
    return false;
  const sought = soughtBy(x.dossier);
  const again = soughtBy(y.dossier);
  const most = Math.max(sought.size, again.size);
  if (Math.min(sought.size, again.size) < roundOverlap * most) return false;
  let same = 0;
  for (const pair of again) if (sought.has(pair)) same++;
  return most > 0 && same >= roundOverlap * most;
}

const hasAnswer = ({ touches }: Dossier): boolean =>
  [...touches.values()].some((packed) => unpackTouch(packed).outcome === Outcome.answered);

function soughtBy({ touches, targets }: Dossier): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const key of touches.keys()) {
    const { targetIndex, proto, port } = splitTouchKey(key);
    pairs.add(`${targets[targetIndex]} ${proto} ${port}`);
  }
  return pairs;
}

/** A campaign finding absorbs the dossiers of its members that were active while it lasted. */
function campaigns(suspects: readonly Suspect[], book: AddressBook): Suspect[][] {
  const found: Suspect[][] = [];
  const taken = new Set<Suspect>();
  for (const suspect of suspects) {
    if (taken.has(suspect)) continue;
    const statements = suspect.dossier.findings.filter(({ members }) => members.length > 0);
    if (statements.length === 0) continue;
    const names = new Set(statements.flatMap(({ members }) => members.map((member) => book.text(member))));
    const from = Math.min(suspect.dossier.first, ...statements.map(({ time }) => time));
    const until = Math.max(suspect.dossier.last, ...statements.map(({ last }) => last));
    const members = suspects.filter(
      (other) =>
        !taken.has(other) &&
        (other === suspect ||
          ((names.has(other.text) || sameCrowd(other.dossier, names, book)) &&
            other.dossier.first <= until + nearCampaign &&
            other.dossier.last >= from - nearCampaign)),
    );
    for (const member of members) taken.add(member);
    found.push(members);
  }
  return found;
}

/** Another statement about several sources, half of whom (of the smaller crowd) are the same. */
function sameCrowd({ findings }: Dossier, names: ReadonlySet<string>, book: AddressBook): boolean {
  const own = new Set(findings.flatMap(({ members }) => members.map((member) => book.text(member))));
  if (own.size === 0) return false;
  let both = 0;
  for (const name of own) if (names.has(name)) both++;
  return 2 * both >= Math.min(own.size, names.size);
}

function decoys(suspects: readonly Suspect[], book: AddressBook): Suspect[][] {
  const pairs = new Map<Suspect, Set<string>>();
  const pairsOf = (suspect: Suspect): Set<string> => {
    let set = pairs.get(suspect);
    if (!set) pairs.set(suspect, (set = touchedPairs(suspect.dossier, book)));
    return set;
  };
  const found: Suspect[][] = [];
  const taken = new Set<Suspect>();
  for (const [index, leader] of suspects.entries()) {
    if (taken.has(leader) || leader.dossier.touches.size < decoyPairsAtLeast) continue;
    const members = [leader];
    const end = Math.min(suspects.length, index + 1 + decoysCompared);
    for (let i = index + 1; i < end; i++) {
      const other = suspects[i];
      if (other.dossier.first - leader.dossier.first > decoySkew) break;
      if (taken.has(other) || other.text === leader.text) continue;
      if (!interleaved(leader.dossier, other.dossier)) continue;
      const size = leader.dossier.touches.size;
      const otherSize = other.dossier.touches.size;
      if (Math.min(size, otherSize) < decoyOverlap * Math.max(size, otherSize)) continue;
      if (looksOf(other.dossier) !== looksOf(leader.dossier)) continue;
      if (jaccard(pairsOf(leader), pairsOf(other)) >= decoyOverlap) members.push(other);
    }
    if (members.length < 2) continue;
    for (const member of members) taken.add(member);
    found.push(members);
  }
  return found;
}

/**
 * Two addresses at home that send the same packets are one machine before and behind a translation: a private one and the
 * public one it goes out with, or two that no sensor saw both of.
 */
function isTranslation(members: readonly Suspect[], home: AddressSet): boolean {
  const byText = new Map(members.map((suspect) => [suspect.text, suspect.words]));
  if (byText.size !== 2 || ![...byText.values()].every((words) => home.has(words))) return false;
  const [x, y] = [...byText].map(([text, words]) => ({
    isPrivate: privateRanges.has(words),
    seenBy: members.filter((one) => one.text === text).flatMap(({ dossier }) => [...dossier.inputs.keys()]),
  }));
  const apart =
    x.seenBy.length > 0 && y.seenBy.length > 0 && !x.seenBy.some((input) => y.seenBy.includes(input));
  return apart || x.isPrivate !== y.isPrivate;
}

/** Both began and ended together, measured against how long it took. */
function interleaved(x: Dossier, y: Dossier): boolean {
  const apart = Math.abs(x.first - y.first) + Math.abs(x.last - y.last);
  const whole = Math.max(x.last, y.last) - Math.min(x.first, y.first);
  const rough = [x.first, x.last, y.first, y.last].every((time) => time % coarse === 0);
  return apart <= Math.min(decoySkew, Math.max(decoyShare * whole, rough ? coarse : burst));
}

/** What the probes look like: the client's fingerprint, the TCP flags that all of them carried, missing TCP options. */
function looksOf(dossier: Dossier): string {
  const { flagsAll } = dossier;
  const known = flagsAll >>> 0 !== 0xffff_ffff && (flagsAll & Flag.tcpFlags) !== 0;
  const flags = known ? String(flagsAll & (0xff | Flag.noOptions)) : '';
  return `${fingerprintOf(dossier) ?? ''} ${flags}`;
}

function neighbours(suspects: readonly Suspect[]): Suspect[][] {
  const signatures = new Map<Suspect, string>();
  for (const suspect of suspects) {
    const set = setOf(suspect.dossier);
    if (set) {
      signatures.set(suspect, `${prefixOf(suspect.words)} ${looksOf(suspect.dossier)} ${set}`);
    }
  }
  const candidates = suspects.filter((suspect) => signatures.has(suspect));
  return episodesOf(candidates, (suspect) => signatures.get(suspect)!).filter(
    (members) => new Set(members.map(({ text }) => text)).size >= neighboursAtLeast,
  );
}

/** The /24 of an IPv4 address, the /48 of an IPv6 one. */
export function prefixOf([a, b, c, d]: Words): string {
  const v4 = a === 0 && b === 0 && c === 0xffff;
  return v4 ? `${formatWords(a, b, c, d & 0xffffff00)}/24` : `${formatWords(a, b & 0xffff0000, 0, 0)}/48`;
}

/** The client fingerprint that most events carried; of equals the first in byte order. */
export function fingerprintOf(dossier: Dossier): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [text, count] of dossier.fingerprints) {
    if (count > most || (count === most && best !== null && text < best)) [best, most] = [text, count];
  }
  return best;
}

/**
 * Hash of the services contacted, or of the paths asked for; undefined when neither is known in full, or when it is too
 * common to mean anything without a fingerprint.
 */
function setOf(dossier: Dossier): string | undefined {
  const telling = (size: number, least: number): boolean => size >= least || dossier.fingerprints.size > 0;
  if (dossier.pages.size > 0 && dossier.pagesDropped === 0) {
    const paths = new Set([...dossier.pages.keys()].map((key) => key.slice(key.indexOf('\n') + 1)));
    return telling(paths.size, pathsAtLeast) ? `paths ${hashOf([...paths].sort())}` : undefined;
  }
  if (dossier.touches.size > 0 && dossier.touchesDropped === 0) {
    const services = new Set([...dossier.touches.keys()].map((key) => key % 0x100_0000));
    return telling(services.size, servicesAtLeast)
      ? `ports ${hashOf([...services].sort((x, y) => x - y))}`
      : undefined;
  }
  return undefined;
}

function hashOf(values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('base64');
}

function touchedPairs(dossier: Dossier, book: AddressBook): Set<string> {
  const pairs = new Set<string>();
  for (const key of dossier.touches.keys()) {
    const { targetIndex, proto, port } = splitTouchKey(key);
    pairs.add(`${book.text(dossier.targets[targetIndex])} ${proto} ${port}`);
  }
  return pairs;
}

function jaccard(x: ReadonlySet<string>, y: ReadonlySet<string>): number {
  let both = 0;
  for (const value of x) if (y.has(value)) both++;
  return both / (x.size + y.size - both);
}
