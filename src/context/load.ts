import { existsSync, statSync } from 'node:fs';
import type { ContextSettings } from '../config/config.ts';
import type { GeoLookup } from '../model/context.ts';
import { readInventory } from './assets.ts';
import type { Inventory } from './assets.ts';
import { Problems } from './context-file.ts';
import type { FileProblem } from '../model/updated-list.ts';
import { readLists } from './range-lists.ts';
import type { RangeLists } from './range-lists.ts';

/** Everything that the configuration names beyond the events, read once, before the first of them. */
interface LoadedContext {
  readonly inventory: Inventory | undefined;
  readonly ranges: RangeLists;
  readonly geo: GeoLookup | undefined;
  readonly problems: readonly FileProblem[];
  /** What all of it holds in memory, about: part of the ceiling. */
  readonly bytes: number;
}

/** Measured on lists of 200,000 addresses and an inventory of 50,000 machines with two services each. */
const bytesPerRange = 160;
const bytesPerAsset = 750;

/** `shipped`: the folder of the lists that come with Offtrail; undefined: without them. */
export async function loadContextFiles(
  { assets, context }: ContextSettings,
  shipped: string | undefined,
): Promise<LoadedContext> {
  const problems = new Problems();
  const inventory = await readInventory(assets, problems);
  const wantsGeo = context.asn !== undefined || context.country !== undefined;
  const geo = wantsGeo ? (await import('./geo.ts')).openGeo(context, problems) : undefined;
  const folders = [...(shipped !== undefined && context.shipped ? [shipped] : []), context.folder];
  const ranges = readLists(folders, problems);
  const databases = [...new Set([context.asn, context.country])].map((file) =>
    file !== undefined && existsSync(file) ? statSync(file).size : 0,
  );
  const bytes =
    bytesPerRange * ranges.table.size +
    bytesPerAsset * (inventory?.count ?? 0) +
    databases.reduce((sum, size) => sum + size, 0);
  return { inventory, geo, ranges, problems: problems.list, bytes };
}
