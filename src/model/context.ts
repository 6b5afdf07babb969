import type { AddressSet } from './address.ts';
import type { AddressTest } from './format.ts';

/** What is known beyond the events: who is at home, who may scan. Context never hides: it labels. */
export interface Context {
  /** The networks that are defended. */
  readonly home: AddressSet;
  /** Where `home` comes from: 'configured', or a sentence that says how it was guessed. */
  readonly homeSource: string;
  readonly allowlist: readonly AllowEntry[];
  readonly trustedProxies: AddressTest;
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
