import type { Config, ContextSettings } from '../config/config.ts';
import type { SourceTree } from '../config/context-schema.ts';
import type { AddressSet } from '../model/address.ts';
import type {
  Assets,
  Context,
  GeoLookup,
  HomeSample,
  RangeEntry,
  RangeList,
  VerifiedName,
} from '../model/context.ts';
import type { FileProblem, UpdatedList } from '../model/updated-list.ts';
import type { AddressTest } from '../model/format.ts';
import type { PrefixTable } from '../model/prefix-table.ts';
import type { RunOptions } from '../pipeline/run.ts';

/** What the context plugins do, as the commands get it from the catalogue. */
export interface ContextPlugin {
  load(settings: ContextSettings, shipped: string | undefined): Promise<ContextFiles>;
  problemText(problem: FileProblem): string;
  update(
    source: SourceTree,
    options: { readonly folder: string; readonly fetch: boolean; readonly now: number },
  ): Promise<UpdatedList>;
  verifyNames(
    addresses: readonly string[],
    settings: {
      readonly timeout: number;
      readonly limit: number;
      readonly servers: readonly string[];
      readonly cache: string | undefined;
    },
    now: number,
  ): Promise<ReadonlyMap<string, VerifiedName>>;
}

/** The files that the configuration names, read. */
export interface ContextFiles {
  readonly inventory: { readonly home: AddressSet; assets(home: AddressTest): Assets } | undefined;
  readonly ranges: { readonly table: PrefixTable<RangeEntry>; readonly lists: readonly RangeList[] };
  readonly geo: GeoLookup | undefined;
  readonly problems: readonly FileProblem[];
  /** What it holds in memory, about. */
  readonly bytes: number;
}

/** The context of a run: what is configured, what the files say, and what is guessed of the rest. */
export function contextOf(
  config: Config,
  guess: (sample: HomeSample) => Pick<Context, 'home'> & { source: string },
  { inventory, ranges, geo }: ContextFiles,
): RunOptions['context'] {
  const { allowlist, trustedProxies, assets } = config;
  const settled = (home: AddressSet, homeSource: string): Context => ({
    home,
    homeSource,
    allowlist,
    trustedProxies,
    assets: inventory?.assets(home),
    ranges: ranges.table,
    lists: ranges.lists,
    geo,
  });
  if (config.home) return settled(config.home, 'configured');
  if (assets.home && inventory && inventory.home.size > 0) {
    const count = inventory.home.size;
    const networks = inventory.home.blocks.slice(0, 4).map(({ text }) => text);
    const more = count > networks.length ? ` and ${count - networks.length} more` : '';
    return settled(inventory.home, `from the inventory: ${networks.join(', ')}${more}`);
  }
  return (sample) => {
    const { home, source } = guess(sample);
    return settled(home, source);
  };
}
