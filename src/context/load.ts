import type { ContextSettings } from '../config/config.ts';
import type { GeoLookup } from '../model/context.ts';
import { readInventory } from './assets.ts';
import type { Inventory } from './assets.ts';
import { Problems } from './context-file.ts';
import type { FileProblem } from './context-file.ts';
import { readLists } from './range-lists.ts';
import type { RangeLists } from './range-lists.ts';

/** Everything that the configuration names beyond the events, read once, before the first of them. */
export interface LoadedContext {
  readonly inventory: Inventory | undefined;
  readonly ranges: RangeLists;
  readonly geo: GeoLookup | undefined;
  readonly problems: readonly FileProblem[];
}

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
  return { inventory, geo, ranges, problems: problems.list };
}
