import { AddressSet, isMapped, parseCidr } from '../model/address.ts';
import type { Cidr, Words } from '../model/address.ts';
import type { Asset, Assets, InventoryTraps } from '../model/context.ts';
import type { AddressTest } from '../model/format.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import { readAssetCsv } from './asset-csv.ts';
import { joinAssets } from './asset-entry.ts';
import type { AssetEntry } from './asset-entry.ts';
import { readContextFile } from './context-file.ts';
import type { Problems } from './context-file.ts';

/** The inventory: who is at home, and what for. YAML, CSV and nmap's XML, told apart by content. */

interface InventorySettings {
  readonly files: readonly string[];
  /** Home addresses that the inventory does not name are dark: only for one that names all. */
  readonly dark: boolean;
}

export interface Inventory {
  /** Entries. */
  readonly count: number;
  /** The networks of the entries; single addresses stand for their /24 or /64. */
  readonly home: AddressSet;
  /** With `home`, which decides what is dark. */
  assets(home: AddressTest): Assets;
}

const entriesAtMost = 500_000;

export async function readInventory(
  settings: InventorySettings,
  problems: Problems,
): Promise<Inventory | undefined> {
  if (settings.files.length === 0) return undefined;
  const byBlock = new Map<string, AssetEntry>();
  for (const file of settings.files) {
    for (const entry of await readAssetFile(file, problems)) {
      const known = byBlock.get(entry.block.text);
      if (known)
        byBlock.set(entry.block.text, { block: entry.block, asset: joinAssets(known.asset, entry.asset) });
      else if (byBlock.size < entriesAtMost) byBlock.set(entry.block.text, entry);
      else {
        problems.add(file, 0, `more than ${entriesAtMost} assets: the rest is left out`);
        break;
      }
    }
  }
  const entries = [...byBlock.values()];
  const table = new PrefixTable<Asset>(entries.map(({ block, asset }) => ({ block, value: asset })));
  return {
    count: entries.length,
    home: homeOf(entries),
    assets: (home) => ({
      count: entries.length,
      files: settings.files,
      at: (words) => table.at(words)[0],
      traps: trapsOf(entries, table, settings.dark ? home : undefined),
    }),
  };
}

async function readAssetFile(file: string, problems: Problems): Promise<readonly AssetEntry[]> {
  const bytes = readContextFile(file, problems);
  if (!bytes) return [];
  const head = bytes.toString('latin1', 0, 1024).replace(/^\u00ef\u00bb\u00bf/, '');
  if (head.trimStart().startsWith('<')) {
    const { readNmapXml } = await import('./asset-nmap.ts');
    return readNmapXml(file, bytes.toString('utf8'), problems);
  }
  const first = head.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  if (/\.csv(?:\.gz)?$/i.test(file) || /^[\w" -]+[,;\t]/.test(first))
    return readAssetCsv(file, bytes, problems);
  const { readAssetYaml } = await import('./asset-yaml.ts');
  return readAssetYaml(file, bytes.toString('utf8'), problems);
}

function homeOf(entries: readonly AssetEntry[]): AddressSet {
  const texts = new Set<string>();
  for (const { block } of entries) {
    const v4 = isMapped(block.first[0], block.first[1], block.first[2]);
    const least = v4 ? 24 : 64;
    const bits = v4 ? block.bits - 96 : block.bits;
    texts.add(bits <= least ? block.text : parseCidr(`${block.text.split('/')[0]}/${least}`)!.text);
  }
  return AddressSet.parse([...texts]);
}

/** The last octets of an IPv4 network that belong to all of its machines. */
const isBroadcast = (address: number): boolean => (address & 255) === 0 || (address & 255) === 255;

function trapsOf(
  entries: readonly AssetEntry[],
  table: PrefixTable<Asset>,
  home: AddressTest | undefined,
): InventoryTraps {
  const blocksOf = (use: Asset['use']): Cidr[] =>
    entries.filter(({ asset }) => asset.use === use).map(({ block }) => block);
  const dark = new AddressSet(blocksOf('dark'));
  const decoys = new AddressSet(blocksOf('decoy'));
  const known = new AddressSet(entries.map(({ block }) => block));
  const offers = (asset: Asset | undefined, service: number): boolean =>
    asset?.use === 'decoy' &&
    (asset.services === undefined || asset.services.size === 0 || asset.services.has(service));
  // A machine that lives in a network which is otherwise dark is no trap.
  const isDark = (words: Words): boolean => table.at(words)[0]?.use === 'dark';
  return {
    size: dark.size + decoys.size + (home?.size ?? 0),
    dark4: (address) =>
      (dark.has4(address) && isDark([0, 0, 0xffff, address])) ||
      (home !== undefined && home.has4(address) && !isBroadcast(address) && !known.has4(address)),
    dark6: (a, b, c, d) =>
      (dark.has6(a, b, c, d) && isDark([a, b, c, d])) ||
      (home !== undefined && home.has6(a, b, c, d) && !known.has6(a, b, c, d)),
    decoy4: (address, service) =>
      decoys.size > 0 && decoys.has4(address) && offers(table.at([0, 0, 0xffff, address])[0], service),
    decoy6: (a, b, c, d, service) =>
      decoys.size > 0 && decoys.has6(a, b, c, d) && offers(table.at([a, b, c, d])[0], service),
  };
}
