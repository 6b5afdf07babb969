import { UsageError } from '../base/errors.ts';
import { counted, grouped } from '../base/plain-words.ts';
import { safeText } from '../base/safe-text.ts';
import { parseAddress, formatWords } from '../model/address.ts';
import type { RangeList } from '../model/context.ts';
import { serviceName } from '../model/service.ts';
import type { Catalogue } from './catalogue.ts';
import { contextFilesOf, loadSettings, settle } from './settings.ts';
import type { ConfigOptions } from './settings.ts';
import { writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

/** Reads the configured sources into the context folder. 1 when one of them could not be taken. */
export async function contextUpdate(
  catalogue: Catalogue,
  { fetch, ...options }: ConfigOptions & { readonly fetch?: boolean },
  streams: Streams,
): Promise<number> {
  const config = await settle(await loadSettings(catalogue, options, streams), streams, false);
  const { folder, sources } = config.context;
  if (sources.length === 0) {
    throw new UsageError('the configuration names no context.sources: see docs/context.md');
  }
  const plugin = await catalogue.context();
  let failed = false;
  for (const source of sources) {
    const done = await plugin.update(source, { folder, fetch: fetch === true, now: Date.now() * 1000 });
    for (const problem of done.problems.slice(0, 20)) {
      streams.err.write(`offtrail: ${safeText(plugin.problemText(problem))}\n`);
    }
    const { name, path, left, entries, added, removed, date } = done;
    // That a URL was left alone is what was asked for.
    if (left !== '' && (source.url === undefined || fetch === true)) failed = true;
    const line =
      left === ''
        ? `${name}: ${counted(entries, 'entry', 'entries')} of ${dayText(date)} in ${path} (${grouped(added)} new, ${grouped(removed)} gone)`
        : `${name}: left as it was, ${left}`;
    await writeAll(streams.out, [`${safeText(line)}\n`]);
  }
  return failed ? 1 : 0;
}

/** The lists in force. */
export async function contextList(
  catalogue: Catalogue,
  options: ConfigOptions,
  streams: Streams,
): Promise<number> {
  const config = await settle(await loadSettings(catalogue, options, streams), streams, false);
  const { ranges } = await contextFilesOf(catalogue, config, streams, false);
  const lines = ranges.lists.map((list) => `${listText(list)}, ${counted(list.entries, 'entry', 'entries')}`);
  await writeAll(streams.out, lines.length > 0 ? lines.map((line) => `${safeText(line)}\n`) : ['no lists\n']);
  return 0;
}

/** What is known of an address. */
export async function contextShow(
  catalogue: Catalogue,
  text: string,
  options: ConfigOptions,
  streams: Streams,
): Promise<number> {
  const words = parseAddress(text);
  if (!words) throw new UsageError(`not an address: ${safeText(text)}`);
  const config = await settle(await loadSettings(catalogue, options, streams), streams, false);
  const { inventory, ranges, geo } = await contextFilesOf(catalogue, config, streams, false);
  const lines: string[] = [];
  if (config.home?.has(words)) lines.push('in the home networks');
  const asset = config.home
    ? inventory?.assets(config.home).at(words)
    : inventory?.assets(inventory.home).at(words);
  if (asset) {
    const services = [...(asset.services ?? [])].map((service) => serviceName(service)).join(' ');
    const facts = [asset.name, asset.owner && `owner ${asset.owner}`, asset.criticality, services, asset.use];
    lines.push(`asset: ${facts.filter((fact) => fact !== '').join(', ')} (${asset.source})`);
  }
  for (const { list, block, date, label } of ranges.table.at(words)) {
    const when = Number.isNaN(date) ? '' : `, seen ${dayText(date)}`;
    lines.push(`${block} in ${listText(list)}${when}${label === '' ? '' : `: ${label}`}`);
  }
  for (const { name, owner, addresses } of config.allowlist) {
    if (addresses.has(words)) lines.push(`allowlist entry ${name}, owner ${owner}`);
  }
  const place = geo?.(formatWords(...words));
  if (place?.asn) lines.push(`AS${place.asn} ${place.organisation}`);
  if (place && place.country !== '') lines.push(`country ${place.country}`);
  if (lines.length === 0) lines.push('nothing is known of it');
  await writeAll(
    streams.out,
    lines.map((line) => `${safeText(line)}\n`),
  );
  return 0;
}

const dayText = (micros: number): string =>
  Number.isNaN(micros) ? 'an unknown day' : new Date(micros / 1000).toISOString().slice(0, 10);

const listText = ({ kind, name, source, date }: RangeList): string =>
  `${kind} ${name} of ${dayText(date)} (${source})`;
