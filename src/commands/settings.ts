import { safeText } from '../base/safe-text.ts';
import { besideFile, configFile, loadConfig, requireConfig } from '../config/load.ts';
import type { Loaded } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import type { Detector } from '../model/detector.ts';
import type { Catalogue } from './catalogue.ts';
import type { ContextFiles } from './context-files.ts';
import type { Streams } from './streams.ts';

/** Options that every command with a configuration takes. */
export interface ConfigOptions {
  readonly config?: string;
  readonly home?: readonly string[];
  readonly zone?: string;
  readonly cores?: string;
  readonly memory?: string;
  /** Mapping files, of `detect` and `explain`. */
  readonly mapping?: readonly string[];
  /** Sigma rules to run, of `detect`. */
  readonly rules?: readonly string[];
}

/** Problems of context files told before a run. */
const problemsShown = 10;

interface Settings {
  readonly loaded: Loaded;
  readonly detectors: readonly Detector[];
}

/** Loads every detector and format (for their parts of the tree) and the configuration. */
export async function loadSettings(
  catalogue: Catalogue,
  options: ConfigOptions,
  { env }: Streams,
): Promise<Settings> {
  const detectors = await Promise.all(catalogue.detectors.map((entry) => entry.load()));
  const formats = (await Promise.all(catalogue.formats.map((entry) => entry.load()))).flatMap(
    ({ name, config: section }) => (section ? [{ name, config: section }] : []),
  );
  const flags = new Map<string, { flag: string; value: unknown }>();
  const { home, zone, cores, memory, rules, mapping } = options;
  if (home) {
    const value = home.flatMap((text) => text.split(',')).map((text) => text.trim());
    flags.set('home', { flag: '--home', value });
  }
  if (zone !== undefined) flags.set('time.zone', { flag: '--zone', value: zone });
  if (memory !== undefined) flags.set('memory', { flag: '--memory', value: memory });
  if (mapping !== undefined) flags.set('formats.mapping.files', { flag: '--mapping', value: mapping });
  if (rules !== undefined) {
    const value = rules.map((path) => (path === 'shipped' ? catalogue.shippedRules : path));
    flags.set('detectors.sigma.rules', { flag: '--rules', value });
  }
  if (cores !== undefined) {
    flags.set('cores', { flag: '--cores', value: /^\d{1,4}$/.test(cores) ? Number(cores) : cores });
  }
  const file = configFile(options.config, env, process.cwd());
  const loaded = loadConfig({
    detectors,
    formats,
    file,
    // Loaded when needed: most runs read no YAML.
    documents: file === undefined ? undefined : (await import('../config/document.ts')).ConfigDocument,
    flags,
    env,
    now: Date.now() * 1000,
  });
  for (const detector of loaded.config === undefined ? [] : detectors) {
    const section = loaded.config?.detectors[detector.name];
    if (section !== false) await detector.prepare?.(section);
  }
  return { loaded, detectors };
}

/** The files with context that the configuration names; what is wrong in them goes to standard error. */
export async function contextFilesOf(
  catalogue: Catalogue,
  config: Config,
  streams: Streams,
  quiet: boolean,
): Promise<ContextFiles> {
  const plugin = await catalogue.context();
  const files = await plugin.load(config, catalogue.shippedContext);
  if (!quiet) {
    for (const problem of files.problems.slice(0, problemsShown)) {
      streams.err.write(`offtrail: ${safeText(plugin.problemText(problem))}\n`);
    }
    const more = files.problems.length - problemsShown;
    if (more > 0) streams.err.write(`offtrail: and ${more} more: see 'offtrail config check'\n`);
  }
  return files;
}

/** The configuration in force, mapping files read; warnings go to standard error. Throws UsageError with every problem. */
export async function settle({ loaded }: Settings, streams: Streams, quiet: boolean): Promise<Config> {
  const config = requireConfig(loaded);
  if (!quiet) {
    for (const warning of loaded.warnings) streams.err.write(`offtrail: ${safeText(warning)}\n`);
  }
  const files = mappingFilesOf(loaded, config);
  if (files.length === 0) return config;
  const { loadMappings } = await import('../config/mapping-file.ts');
  return { ...config, formats: { ...config.formats, mapping: { mappings: loadMappings(files) } } };
}

/** Mapping files in force: those of the configuration file stand beside it. */
export function mappingFilesOf(loaded: Loaded, { formats }: Config): string[] {
  const { files = [] } = (formats.mapping ?? {}) as { readonly files?: readonly string[] };
  const origin = loaded.originOf(['formats', 'mapping', 'files']);
  return files.map((file) => besideFile(loaded.file, file, origin));
}
