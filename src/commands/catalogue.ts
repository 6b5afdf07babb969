import type { Context, HomeSample } from '../model/context.ts';
import type { Detector } from '../model/detector.ts';
import type { Format } from '../model/format.ts';
import type { Output } from '../model/output.ts';
import type { Plugin } from '../model/plugin.ts';
import type { ByteInput } from '../model/source.ts';
import type { Language } from '../sigma/language.ts';
import type { ContextPlugin } from './context-files.ts';

/** What commands get handed: every plugin, none of them loaded yet. catalog.ts is the one that fills it. */
export interface Catalogue {
  readonly formats: readonly Plugin<Format>[];
  readonly detectors: readonly Plugin<Detector>[];
  readonly outputs: readonly Plugin<Output>[];
  /** Query languages that Sigma rules are written in. */
  readonly languages: readonly Plugin<Language>[];
  /** The folder of the rules that come with Offtrail. */
  readonly shippedRules: string;
  /** The folder of the lists of addresses that come with Offtrail. */
  readonly shippedContext?: string | undefined;
  readonly context: () => Promise<ContextPlugin>;
  readonly files: () => Promise<Files>;
  /** The parsing thread's program, where there is one. */
  readonly worker?: URL | undefined;
  readonly homeGuess: () => Promise<(sample: HomeSample) => Pick<Context, 'home'> & { source: string }>;
}

export interface Files {
  /** Folders become their files; what cannot be read in them goes to `leftOut`, a sentence each. */
  readonly list: (paths: readonly string[], leftOut: (message: string) => void) => string[];
  readonly open: (path: string) => Promise<ByteInput>;
  /** How a file that nothing could read is packed, and what unpacks it. */
  readonly packing: (path: string) => string | undefined;
}

/** The plugin of that name, loaded. */
export async function loadNamed<T>(entries: readonly Plugin<T>[], name: string): Promise<T> {
  const entry = entries.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`the catalogue has no ${name}`);
  return entry.load();
}
