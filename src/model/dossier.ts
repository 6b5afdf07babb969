import type { Words } from './address.ts';
import type { AllowEntry } from './context.ts';
import type { AddressBook, AddressKey, Evidence, Finding } from './finding.ts';

/**
 * What is known of one suspect in one episode: kept from its first crossing on, seeded with what the windows still held.
 * Plain and readable: only suspects have one, so it costs nothing for the rest. Every map is capped; the counters are not.
 */
export interface Dossier {
  readonly actor: AddressKey;
  /** µs: first and last event of the episode that we hold. */
  first: number;
  last: number;
  readonly findings: Finding[];
  /** (target, service) pairs contacted; see {@link touchKey}. Value: a {@link Touch} packed by {@link packTouch}. */
  readonly touches: Map<number, number>;
  /** Targets by their index in touch keys. */
  readonly targets: AddressKey[];
  /** Distinct (target, service) pairs beyond the cap were dropped: true number of distinct pairs at least. */
  touchesDropped: number;
  /** Requested pages, by host + '\n' + path. */
  readonly pages: Map<string, Page>;
  pagesDropped: number;
  /** Asked DNS names → facts. */
  readonly names: Map<string, NameAsked>;
  namesDropped: number;
  /** User agents, fingerprints with their number of events, capped. */
  readonly agents: Map<string, number>;
  readonly fingerprints: Map<string, number>;
  /** Banners and products that targets showed: touch key → text. */
  readonly banners: Map<number, string>;
  readonly logins: Login[];
  /** Alerts of other sensors: signature → count. */
  readonly alerts: Map<string, number>;
  /** Connections from a contacted target back to the actor: touch key of (target, service on the actor's side) → the first. */
  readonly callbacks: Map<number, Callback>;
  readonly evidence: Evidence[];
  /** Inputs (indexes) that saw it, with the number of events each. */
  readonly inputs: Map<number, number>;
  events: number;
  /** Events per outcome (index: Outcome). */
  readonly outcomes: number[];
  /** Flag bits or-ed over all its rows. */
  flags: number;
  /** Any row had the bit clear: `flagsAll` is and-ed. Tells "all rows sampled", "all rows drops-only". */
  flagsAll: number;
  /** Lowest and highest IP TTL seen (0: none logged). */
  ttlLow: number;
  ttlHigh: number;
  /** Exact addresses inside an IPv6 /64, capped at 64. */
  readonly addresses: Set<string>;
  /** Of an actor whom the allowlist names: all of it once more, apart by whether its hour and target are allowed. */
  readonly parts?: DossierParts;
  /** Of such parts: when each of `touches` was first and last made, µs. */
  readonly times?: Map<number, readonly [first: number, last: number]>;
}

export interface DossierParts {
  /** The entries of the allowlist that may hold the actor: by these it was told apart. */
  readonly entries: readonly AllowEntry[];
  readonly covered: Dossier;
  readonly beyond: Dossier;
}

export interface Page {
  status: number;
  count: number;
  first: number;
  size: number;
  /** The record, where an exploit request or a secret file was answered 2xx. */
  proof?: Evidence;
}

interface Callback {
  /** µs. */
  readonly time: number;
  readonly proof?: Evidence;
}

const hour = 3_600_000_000;
const quietNormal = hour;
const quietSlow = 48 * hour;
/** Windows of so many seconds and more look for slow scans. */
const slowWindow = 86_400;

/** The quiet after which an episode of this dossier ends, µs (docs/incidents.md). */
export function quietOf({ findings }: Dossier): number {
  const slow = findings.some(
    ({ detector, crossings }) => detector === 'slow' || crossings.some(({ window }) => window >= slowWindow),
  );
  return slow ? quietSlow : quietNormal;
}

/** Whether the dossier's episode has ended at `time`, µs. None ends sooner than the normal quiet: mostly that says it. */
export const isOver = (dossier: Dossier, time: number): boolean =>
  time - dossier.last > quietNormal && time - dossier.last > quietOf(dossier);

export interface NameAsked {
  type: number;
  rcode: number;
  count: number;
  first: number;
}

export interface Login {
  readonly time: number;
  readonly success: boolean;
  readonly user: string;
  readonly service: string;
  readonly target: AddressKey | undefined;
  /** The record, of a login that succeeded. */
  readonly proof?: Evidence | undefined;
}

/** What is kept of one (target, service): its strongest outcome, whether it was failed at least once, events (≤ 65,535). */
interface Touch {
  readonly outcome: number;
  readonly popular: boolean;
  readonly count: number;
}

/** Targets per dossier at most (20 bits); services are proto · 65,536 + port (24 bits). */
export const targetLimit = 1 << 20;

export function touchKey(targetIndex: number, service: number): number {
  return targetIndex * 0x100_0000 + service;
}

export function splitTouchKey(key: number): { targetIndex: number; proto: number; port: number } {
  const service = key % 0x100_0000;
  return { targetIndex: Math.floor(key / 0x100_0000), proto: service >>> 16, port: service & 0xffff };
}

export function packTouch(touch: Touch): number {
  return touch.outcome | (touch.popular ? 8 : 0) | (Math.min(touch.count, 0xffff) << 4);
}

export function unpackTouch(packed: number): Touch {
  return { outcome: packed & 7, popular: (packed & 8) !== 0, count: packed >>> 4 };
}

/** A login that succeeded, whoever's it was. Texts are untrusted. */
export interface RecentLogin {
  /** µs. */
  readonly time: number;
  readonly source: Words;
  readonly address: string;
  readonly user: string;
  readonly service: string;
  /** '' if it is not known. */
  readonly target: string;
  /** Where it stands: index of the input, line, and the first 256 bytes of it. */
  readonly input: number;
  readonly line: number;
  readonly raw: string;
}

/** When a machine answered for the first time in the data. */
export interface FirstAnswer {
  /** µs. */
  readonly time: number;
  /** Whether it was this source that it answered: an IPv4 address, or one of an IPv6 /64. */
  was(source: Words): boolean;
}

/** Facts about the run as a whole that the judge needs. */
export interface RunFacts {
  readonly book: AddressBook;
  /** One per input: name, format, the format's blindness, and what was noted while reading. */
  readonly inputs: readonly {
    readonly name: string;
    readonly format: string;
    readonly blindness: readonly string[];
    readonly notes: ReadonlyMap<string, number>;
    /** Every contact in it was refused by the sensor itself: what it let through is not logged. Absent: false. */
    readonly dropsOnly?: boolean;
  }[];
  /** The latest logins that succeeded, oldest first, capped. */
  readonly logins?: readonly RecentLogin[];
  /** Whom a target answered first of all, if that is known. */
  readonly firstAnswer?: (target: Words) => FirstAnswer | undefined;
  /** µs: earliest and latest event of the run. */
  readonly first: number;
  readonly last: number;
  /** State that had to be evicted; 0: findings are exact. */
  readonly evicted: number;
  /** µs since when evictions happened; NaN: never. */
  readonly evictedSince: number;
}
