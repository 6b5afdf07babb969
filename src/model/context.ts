import type { AddressSet, Words } from './address.ts';
import type { AddressTest } from './format.ts';
import type { PrefixTable } from './prefix-table.ts';

/** What is known beyond the events: who is at home, who may scan. Context never hides: it labels. */
export interface Context {
  /** The networks that are defended. */
  readonly home: AddressSet;
  /** Where `home` comes from: 'configured', or a sentence that says how it was guessed. */
  readonly homeSource: string;
  readonly allowlist: readonly AllowEntry[];
  readonly trustedProxies: AddressTest;
  /** The inventory, if there is one. */
  readonly assets?: Assets | undefined;
  /** Known scanners, bots and threat intelligence by address. Looked up for incidents only. */
  readonly ranges?: PrefixTable<RangeEntry> | undefined;
  /** The lists that `ranges` was made of. */
  readonly lists?: readonly RangeList[];
  /** Autonomous system and country of an address, from the user's databases. */
  readonly geo?: GeoLookup | undefined;
  /** Names of addresses that were verified before judging (reverse DNS confirmed forward). */
  readonly names?: ReadonlyMap<string, VerifiedName> | undefined;
}

/** By an address as text. */
export type GeoLookup = (address: string) => Place;

export interface Place {
  readonly asn: number | null;
  readonly organisation: string;
  /** ISO 3166-1 alpha-2, '' if not known. */
  readonly country: string;
}

/** What reverse DNS says of an address, and whether it is true. */
export interface VerifiedName {
  /** The names that its PTR records give; whoever owns the network can write anything there. Untrusted. */
  readonly claimed: readonly string[];
  /** Those of them that lead back to the address. */
  readonly confirmed: readonly string[];
  /** Why nothing is known: 'timed out'. '' when it is. */
  readonly failed: string;
}

export const rangeKinds = ['scanner', 'bot', 'intel', 'shared'] as const;
/**
 * `scanner`: maps the Internet and says so. `bot`: a crawler. `intel`: somebody's list of bad addresses. `shared`: asks for
 * others, such as a CDN, a resolver, a VPN or Tor exit, an office's NAT.
 */
export type RangeKind = (typeof rangeKinds)[number];

/** A list of addresses that somebody publishes. */
export interface RangeList {
  readonly kind: RangeKind;
  readonly name: string;
  /** Where it comes from: a page, a feed, a person. */
  readonly source: string;
  /** µs: what it was true of; NaN: not said. */
  readonly date: number;
  /** What its owner's agents are called, for bots: 'Googlebot'. */
  readonly agents: readonly string[];
  /** Names that its owner's addresses carry in reverse DNS end so: 'googlebot.com'. */
  readonly hosts: readonly string[];
  readonly entries: number;
}

export interface RangeEntry {
  readonly list: RangeList;
  /** The block, normalised. */
  readonly block: string;
  /** µs: when the entry was last seen true; NaN: the list's date is all there is. */
  readonly date: number;
  /** What the list says of it, '' if nothing; untrusted. */
  readonly label: string;
}

/** What is told of the machines at home. Looked up for incidents only; the traps are looked up per event. */
export interface Assets {
  /** Entries. */
  readonly count: number;
  /** The files it was read from. */
  readonly files: readonly string[];
  /** The entry with the smallest block that holds the address. */
  at(words: Words): Asset | undefined;
  readonly traps: InventoryTraps;
}

/** An entry of the inventory: one machine, or a network of the same kind of them. */
export interface Asset {
  /** '' when it has none. */
  readonly name: string;
  /** Address or network, normalised. */
  readonly address: string;
  readonly owner: string;
  readonly criticality: '' | Criticality;
  /** What it offers, as proto · 65,536 + port; undefined: not said. */
  readonly services: ReadonlySet<number> | undefined;
  /** µs: there since; NaN: not said. */
  readonly since: number;
  /** `dark`: nothing lives there. `decoy`: it is there to be touched. */
  readonly use: 'live' | 'dark' | 'decoy';
  /** 'hosts.csv:12'. */
  readonly source: string;
}

export const criticalities = ['low', 'medium', 'high', 'critical'] as const;
export type Criticality = (typeof criticalities)[number];

/** What the inventory says that nobody has a reason to touch. Asked per event: numbers in, no allocation for IPv4. */
export interface InventoryTraps {
  readonly size: number;
  /** Nothing lives at the address. */
  dark4(address: number): boolean;
  dark6(a: number, b: number, c: number, d: number): boolean;
  /** The address is a decoy, and the service is one that it was put there for (any, if it names none). */
  decoy4(address: number, service: number): boolean;
  decoy6(a: number, b: number, c: number, d: number, service: number): boolean;
}

/** An authorised scanner (or a known-good actor): visible, labelled, with an owner and an end. */
export interface AllowEntry {
  readonly name: string;
  readonly addresses: AddressSet;
  readonly owner: string;
  readonly reason: string;
  /** Kinds it may show; empty: any. */
  readonly kinds: readonly string[];
  /** Targets it may touch; undefined: any. */
  readonly targets: AddressSet | undefined;
  /** µs; from when and until when the entry holds (NaN: open). */
  readonly from: number;
  readonly until: number;
  /** Daily window in minutes of UTC day and weekdays (0 Sunday … 6), or undefined: any time. */
  readonly schedule:
    | { readonly days: readonly number[]; readonly start: number; readonly end: number }
    | undefined;
}

/**
 * Source and target of the first contacts, for guessing what is home: four big-endian words per row each (IPv4 mapped).
 * Rows without target are left out.
 */
export interface HomeSample {
  readonly rows: number;
  readonly sources: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}
