import { AddressSet } from '../model/address.ts';
import type { AllowEntry } from '../model/context.ts';
import type { AssetsTree, ContextTree } from './context-schema.ts';
import { availableCores, bytesOf, days, hoursOf, timeOf } from './values.ts';
import type { AllowEntryText } from './values.ts';

/** The files with context, paths ready for use. */
export interface ContextSettings {
  readonly assets: AssetsTree;
  readonly context: ContextTree;
}

/** What is in force, ready for use. */
export interface Config extends ContextSettings {
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
  readonly assets: AssetsTree;
  readonly context: ContextTree;
}

/** `at` turns a path that stands at a key of the tree into one for this process. */
export function configOf(tree: ConfigTree, at: (path: string, key: string) => string): Config {
  const { assets, context } = tree;
  const maybe = (path: string | undefined, key: string): string | undefined =>
    path === undefined ? undefined : at(path, key);
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
    assets: { ...assets, files: assets.files.map((file) => at(file, 'assets.files')) },
    context: {
      ...context,
      folder: at(context.folder, 'context.folder'),
      asn: maybe(context.asn, 'context.asn'),
      country: maybe(context.country, 'context.country'),
      sources: context.sources.map((source) => ({ ...source, file: maybe(source.file, 'context.sources') })),
    },
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
