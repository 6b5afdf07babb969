import { AddressSet } from '../model/address.ts';
import type { AllowEntry } from '../model/context.ts';
import { availableCores, bytesOf, days, hoursOf, timeOf } from './values.ts';
import type { AllowEntryText } from './values.ts';

/** What is in force, ready for use. */
export interface Config {
  /** undefined: to be guessed. */
  readonly home: AddressSet | undefined;
  readonly zone: string;
  readonly year: number | undefined;
  readonly trustedProxies: AddressSet;
  /** Bytes. */
  readonly memory: number;
  readonly cores: number;
  readonly allowlist: readonly AllowEntry[];
  /** Validated section of each format that has settings, by name. */
  readonly formats: Readonly<Record<string, unknown>>;
  /** Validated section of each detector, by name; `false`: switched off. */
  readonly detectors: Readonly<Record<string, unknown>>;
}

/** The tree as schema.ts validated it. */
export interface ConfigTree {
  readonly home?: readonly string[];
  readonly time: { readonly zone: string; readonly year?: number };
  readonly proxies: { readonly trusted: readonly string[] };
  readonly memory: string | number;
  readonly cores: number | 'all';
  readonly formats?: Readonly<Record<string, unknown>>;
  readonly detectors: Readonly<Record<string, unknown>>;
  readonly allowlist: readonly AllowEntryText[];
}

export function configOf(tree: ConfigTree): Config {
  return {
    home: tree.home && AddressSet.parse(tree.home),
    zone: tree.time.zone,
    year: tree.time.year,
    trustedProxies: AddressSet.parse(tree.proxies.trusted),
    memory: bytesOf(tree.memory),
    cores: tree.cores === 'all' ? availableCores() : tree.cores,
    allowlist: tree.allowlist.map(allowEntryOf),
    formats: tree.formats ?? {},
    detectors: tree.detectors,
  };
}

function allowEntryOf(entry: AllowEntryText): AllowEntry {
  const hours = entry.schedule && hoursOf(entry.schedule.hours);
  return {
    name: entry.name,
    addresses: AddressSet.parse(entry.addresses),
    owner: entry.owner,
    reason: entry.reason,
    kinds: entry.kinds,
    targets: entry.targets && AddressSet.parse(entry.targets),
    from: entry.from === undefined ? Number.NaN : timeOf(entry.from),
    until: entry.until === 'never' ? Number.NaN : timeOf(entry.until, true),
    schedule: entry.schedule &&
      hours && { days: entry.schedule.days.map((day) => days.indexOf(day)), ...hours },
  };
}
