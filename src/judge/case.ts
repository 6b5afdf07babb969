import type { AddressSet, Words } from '../model/address.ts';
import type { Asset, Place, RangeEntry, RangeList } from '../model/context.ts';
import type { Evidence, Finding } from '../model/finding.ts';
import type { Login, NameAsked, Page } from '../model/dossier.ts';

/**
 * What the judge judges: one actor in one episode, everything that its dossiers know, in words instead of the engine's
 * keys. Built by correlate.ts, cut by authorised.ts, read by verdict.ts and story.ts.
 */
export interface Case {
  readonly actor: ActorIdentity;
  /** µs. */
  readonly first: number;
  readonly last: number;
  /** Oldest first. */
  readonly findings: readonly JudgedFinding[];
  /** Target address → service → what became of it. */
  readonly contacts: ReadonlyMap<string, ContactedTarget>;
  /** True number of distinct (target, service) pairs that were dropped at a cap. */
  readonly contactsDropped: number;
  readonly pages: ReadonlyMap<string, Page>;
  readonly pagesDropped: number;
  readonly names: ReadonlyMap<string, NameAsked>;
  readonly namesDropped: number;
  readonly agents: ReadonlyMap<string, number>;
  readonly logins: readonly (Login & { readonly targetText: string })[];
  readonly alerts: ReadonlyMap<string, number>;
  /** Connections from a contacted target back to the actor. */
  readonly callbacks: readonly {
    readonly target: string;
    readonly home: boolean;
    readonly service: number;
    readonly time: number;
    readonly proof?: Evidence | undefined;
  }[];
  readonly evidence: readonly Evidence[];
  /** Input index → events. */
  readonly inputs: ReadonlyMap<number, number>;
  readonly events: number;
  /** Flag bits that every row of every dossier carried, and that any of them did. */
  readonly flagsAll: number;
  readonly flagsAny: number;
  /** What others say of the actor. */
  readonly standing: Standing;
  /** Lowest and highest TTL of its packets; 0: none logged. */
  readonly ttlLow: number;
  readonly ttlHigh: number;
  /** What the actor did on earlier days; undefined: too few are known. */
  readonly usual?: Usual | undefined;
  /** New machines of the inventory that nobody had probed before, by address. */
  readonly foundFirst?: ReadonlySet<string> | undefined;
  /** There is an inventory: a target without an entry is one that it does not name. */
  readonly inventory: boolean;
}

export interface ActorIdentity {
  /** The address that stands for the actor: the one seen first. */
  readonly address: string;
  readonly words: readonly Words[];
  /**
   * The single addresses behind `words`: the same for IPv4; for an IPv6 /64 those that were seen, or the /64 itself
   * (`whole64`) when they are not all known.
   */
  readonly exact: readonly ExactAddress[];
  /** All, in address order; for an IPv6 /64 the exact addresses seen. */
  readonly addresses: readonly string[];
  /** The /24 or /48 when neighbours were joined, or the actor's own /64. */
  readonly prefix: string | null;
  readonly fingerprint: string | null;
  /** Several sources that send the same probes at the same time: at most one of them is real. */
  readonly decoys: boolean;
  /** Two addresses of one machine at home: its own, and the one that a translation gives it. */
  readonly translated: boolean;
  /** A campaign finding's members were joined. */
  readonly campaign: boolean;
  /** Every address of it lies inside the home networks. */
  readonly inside: boolean;
  /** What the inventory says of it, when it is one machine at home. */
  readonly asset: Asset | undefined;
}

/** See usual.ts. */
export interface Usual {
  /** Earlier days that are known. */
  readonly days: number;
  /** Services that answered on the median one. */
  readonly answered: number;
}

/** See standing.ts. */
export interface Standing {
  /** Whose it is, verified; undefined: nobody's that is known. */
  readonly identity: Identity | undefined;
  /** It says that it is somebody, and is not. Sentences. */
  readonly forged: readonly string[];
  readonly intel: readonly Listing[];
  /** A network that asks for others, with all of the actor's addresses in it. */
  readonly shared: RangeEntry | undefined;
  readonly place: Place | undefined;
  /** What could not be verified, and why. */
  readonly unverified: readonly string[];
}

export interface Identity {
  readonly list: RangeList;
  /** How it was verified, a sentence. */
  readonly how: string;
}

export interface Listing {
  readonly entry: RangeEntry;
  /** Days between what the entry says and the actor's first event; 0: it is younger. NaN: neither has a date. */
  readonly age: number;
  /** Addresses of the actor that the list names. */
  readonly addresses: number;
}

export interface ExactAddress {
  readonly words: Words;
  readonly whole64: boolean;
}

/** Whether the set speaks of every address that the actor used: an entry for one address is none for its /64. */
export function holdsActor(set: AddressSet, { exact }: ActorIdentity): boolean {
  return exact.every(({ words, whole64 }) => (whole64 ? set.hasWhole64(words) : set.has(words)));
}

export interface ContactedTarget {
  readonly words: Words;
  readonly home: boolean;
  /** What the inventory says of it. */
  readonly asset: Asset | undefined;
  readonly services: Map<number, Contacted>;
}

export interface Contacted {
  outcome: number;
  popular: boolean;
  count: number;
  banner: string;
  /** µs: when it was first and last made, where that was noted (of whom the allowlist names). */
  times?: readonly [first: number, last: number] | undefined;
}

/** The times of two sets of contacts with one service; undefined: not known. */
export function joinTimes(x: Contacted['times'], y: Contacted['times']): Contacted['times'] {
  return x && y ? [Math.min(x[0], y[0]), Math.max(x[1], y[1])] : undefined;
}

/** A finding with its crossings' keys in words. */
export interface JudgedFinding extends Finding {
  /** The key of each of `crossings`, in words: '198.51.100.4', 'tcp/445', 'www.example.org'; '' when it has none. */
  readonly keys: readonly string[];
}
