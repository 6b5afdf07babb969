import type { Words } from '../model/address.ts';
import { lackAt } from '../model/allowed-time.ts';
import type { AllowEntry } from '../model/context.ts';
import type { Dossier } from '../model/dossier.ts';
import type { AddressBook, AddressKey } from '../model/finding.ts';

/**
 * Of whom the allowlist names, everything is kept once more, apart by whether its hour and target are allowed: afterwards
 * nobody could tell which of a dossier's rows were.
 */
export class DossierDivision {
  readonly #book: AddressBook;
  readonly #allowlist: readonly AllowEntry[];

  constructor(book: AddressBook, allowlist: readonly AllowEntry[]) {
    this.#book = book;
    this.#allowlist = allowlist;
  }

  /** With parts, if the allowlist names the actor. */
  divided(dossier: Dossier): Dossier {
    if (this.#allowlist.length === 0) return dossier;
    const words = [...this.#book.words(dossier.actor)] as unknown as Words;
    const isV4 = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
    const entries = this.#allowlist.filter(({ addresses }) =>
      isV4 ? addresses.has(words) : addresses.meets64(words),
    );
    if (entries.length === 0) return dossier;
    const part = (): Dossier => ({
      ...blankDossier(dossier.actor, Infinity),
      last: -Infinity,
      times: new Map(),
    });
    return { ...dossier, parts: { entries, covered: part(), beyond: part() } };
  }

  /** The part of the dossier that what happened at `time` belongs to; undefined: it has none. */
  of(dossier: Dossier, time: number, target: AddressKey | undefined): Dossier | undefined {
    const { parts } = dossier;
    if (!parts) return undefined;
    const words = target === undefined ? undefined : ([...this.#book.words(target)] as unknown as Words);
    const isAllowed = parts.entries.some(
      (entry) => lackAt(entry, time) === undefined && (!words || !entry.targets || entry.targets.has(words)),
    );
    return isAllowed ? parts.covered : parts.beyond;
  }
}

/** The dossier and its parts. */
export const withParts = (dossier: Dossier): Dossier[] =>
  dossier.parts ? [dossier, dossier.parts.covered, dossier.parts.beyond] : [dossier];

export function blankDossier(actor: AddressKey, time: number): Dossier {
  return {
    actor,
    first: time,
    last: time,
    findings: [],
    touches: new Map(),
    targets: [],
    touchesDropped: 0,
    pages: new Map(),
    pagesDropped: 0,
    names: new Map(),
    namesDropped: 0,
    agents: new Map(),
    fingerprints: new Map(),
    banners: new Map(),
    logins: [],
    alerts: new Map(),
    callbacks: new Map(),
    evidence: [],
    inputs: new Map(),
    events: 0,
    outcomes: [0, 0, 0, 0, 0],
    flags: 0,
    flagsAll: -1,
    ttlLow: 0,
    ttlHigh: 0,
    addresses: new Set(),
  };
}
