import { timeOf } from '../config/values.ts';
import { parseCidr } from '../model/address.ts';
import type { Cidr } from '../model/address.ts';
import { criticalities } from '../model/context.ts';
import type { Asset, Criticality } from '../model/context.ts';
import { parseService } from '../model/service-text.ts';

/** An entry and the block it stands for. */
export interface AssetEntry {
  readonly block: Cidr;
  readonly asset: Asset;
}

/** The fields of an entry as text, whatever file they come from; a list is one text with spaces. */
export type AssetFields = Partial<Record<AssetField, string>>;
type AssetField = 'name' | 'address' | 'services' | 'owner' | 'criticality' | 'since' | 'use';

/** What the fields are called by people and by the tools that write inventories. */
export const fieldNames: Readonly<Record<string, AssetField>> = {
  name: 'name',
  host: 'name',
  hostname: 'name',
  asset: 'name',
  address: 'address',
  addresses: 'address',
  ip: 'address',
  ip_address: 'address',
  ipaddress: 'address',
  network: 'address',
  networks: 'address',
  service: 'services',
  services: 'services',
  port: 'services',
  ports: 'services',
  owner: 'owner',
  team: 'owner',
  criticality: 'criticality',
  since: 'since',
  added: 'since',
  use: 'use',
};

const textLimit = 200;
const uses = ['live', 'dark', 'decoy'] as const;

/** The entries of one record (an address each), or what is wrong with it. */
export function assetEntries(fields: AssetFields, source: string): AssetEntry[] | string {
  const wordsOf = (text = ''): string[] => text.split(/[\s,;|]+/).filter((word) => word !== '');
  const addresses = wordsOf(fields.address);
  if (addresses.length === 0) return 'an asset needs an address';
  const services = new Set<number>();
  const offered = wordsOf(fields.services);
  for (const text of offered) {
    const service = parseService(text);
    if (service === undefined) return `services: expected something like tcp/443, not ${quoted(text)}`;
    services.add(service);
  }
  const criticality = (fields.criticality ?? '').toLowerCase() as '' | Criticality;
  if (criticality !== '' && !criticalities.includes(criticality)) {
    return `criticality: expected one of ${criticalities.join(', ')}, not ${quoted(criticality)}`;
  }
  const use = uses.find((word) => word === ((fields.use ?? '').toLowerCase() || 'live'));
  if (!use) return `use: expected one of ${uses.join(', ')}, not ${quoted(fields.use ?? '')}`;
  const since = fields.since ? timeOf(fields.since) : Number.NaN;
  if (fields.since && Number.isNaN(since))
    return `since: expected a date such as 2026-06-30, not ${quoted(fields.since)}`;
  const entries: AssetEntry[] = [];
  for (const text of addresses) {
    const block = parseCidr(text);
    if (!block) return `address: expected an address or a network, not ${quoted(text)}`;
    entries.push({
      block,
      asset: {
        name: (fields.name ?? '').slice(0, textLimit),
        address: block.text,
        owner: (fields.owner ?? '').slice(0, textLimit),
        criticality,
        services:
          fields.services === undefined || (use === 'live' && offered.length === 0) ? undefined : services,
        since,
        use,
        source,
      },
    });
  }
  return entries;
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 60));

/** What two files say of the same address: the first word stands, and services add up. */
export function joinAssets(x: Asset, y: Asset): Asset {
  return {
    name: x.name || y.name,
    address: x.address,
    owner: x.owner || y.owner,
    criticality: x.criticality || y.criticality,
    services: x.services && y.services ? new Set([...x.services, ...y.services]) : (x.services ?? y.services),
    since: Number.isNaN(x.since) ? y.since : Number.isNaN(y.since) ? x.since : Math.min(x.since, y.since),
    use: x.use === 'live' ? y.use : x.use,
    source: x.source,
  };
}
