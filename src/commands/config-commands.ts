import { existsSync } from 'node:fs';
import { safeText } from '../base/safe-text.ts';
import { dumpConfig } from '../config/dump.ts';
import { problemText } from '../config/load.ts';
import { UsageError } from '../base/errors.ts';
import { loadMappings } from '../config/mapping-file.ts';
import type { Catalogue } from './catalogue.ts';
import { loadSettings, mappingFilesOf, settle } from './settings.ts';
import type { ConfigOptions } from './settings.ts';
import { writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

/** Says what is wrong with the configuration, all of it; 2 when something is. */
export async function configCheck(
  catalogue: Catalogue,
  file: string | undefined,
  options: ConfigOptions,
  streams: Streams,
): Promise<number> {
  const { loaded } = await loadSettings(
    catalogue,
    file === undefined ? options : { ...options, config: file },
    streams,
  );
  for (const problem of loaded.problems) streams.err.write(`${safeText(problemText(problem))}\n`);
  for (const warning of loaded.warnings) streams.err.write(`warning: ${safeText(warning)}\n`);
  if (!loaded.config) return 2;
  // The files that it names are part of it.
  loadMappings(mappingFilesOf(loaded, loaded.config));
  const plugin = await catalogue.context();
  const { problems } = await plugin.load(loaded.config, catalogue.shippedContext);
  for (const problem of problems) streams.err.write(`${safeText(plugin.problemText(problem))}\n`);
  const missing = loaded.config.context.sources.flatMap(({ name: list, file: copy }) =>
    copy !== undefined && !existsSync(copy) ? [`context.sources: ${list}: there is no file ${copy}`] : [],
  );
  for (const line of missing) streams.err.write(`${safeText(line)}\n`);
  if (problems.length + missing.length > 0) return 2;
  const name =
    loaded.file === undefined ? 'no configuration file; the defaults are in force' : `${loaded.file}: fine`;
  await writeAll(streams.out, [`${safeText(name)}\n`]);
  return 0;
}

/** Prints what is in force and where each value comes from. */
export async function configDump(
  catalogue: Catalogue,
  options: ConfigOptions,
  streams: Streams,
): Promise<number> {
  const settings = await loadSettings(catalogue, options, streams);
  await settle(settings, streams, false);
  if (!settings.loaded.tree) throw new UsageError('the configuration is not valid');
  await writeAll(streams.out, [dumpConfig(settings.loaded)]);
  return 0;
}
