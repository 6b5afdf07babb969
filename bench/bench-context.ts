import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mmdbOf } from '../src/context/mmdb.fixture.ts';
import { clients, homeNetworks, outside, pool, publicHosts } from './address-pools.ts';
import type { Ask, Bench } from './bench.ts';
import { dataFolder, dataset } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import { interleave, median } from './measure.ts';
import type { Contender } from './measure.ts';
import { circumstances, describeFile, timingTable } from './performance-page.ts';
import { Random } from './random.ts';

const plain = 'plain';
const everything = 'with everything on';
const listed = 10_000;
const ceiling = 512 << 20;
const atLeast = 0.7;

/** What context costs: inventory, allowlist, lists of bots, scanners and bad addresses, two databases, the shipped rules. */
export const contextBench: Bench = {
  name: 'context',
  title: 'Everything on',
  rows: 10_000_000,
  async run(ask: Ask, rows: number): Promise<string> {
    if (ask.offtrail === undefined) return 'Offtrail was not built: not measured.';
    const data = dataset(connGenerator, rows);
    const settings = writeContext();
    const bare = ask.detect(data.file);
    const full = bare.with(bare.indexOf('--config') + 1, settings);
    const contenders: Contender[] = [
      { name: plain, command: bare, cores: 1 },
      { name: everything, command: [...full, '--rules', 'shipped'], cores: 1 },
    ];
    const timings = await interleave(contenders, ask.runs);
    const [without, all] = timings.map(({ seconds }) => median(seconds));
    const [, { peakBytes }] = timings;
    const share = without / all;
    const verdict = (reached: boolean): string => (reached ? 'reached' : '**not reached**');
    return [
      circumstances(ask.runs, ask.note),
      '',
      describeFile(data),
      `On: an inventory of ${clients.length + publicHosts.length} machines, two allowlist entries, a trusted proxy, lists of ${listed.toLocaleString('en')} bad addresses, ${listed / 2} crawlers' and ${listed / 2} shared ones beside the shipped lists, databases of autonomous systems and countries with ${listed / 10} networks each, the shipped Sigma rules. Start-up is part of it.`,
      '',
      timingTable(timings, rows, data.bytes, plain),
      '',
      `- At least ${atLeast * 100} % of the speed without: ${(share * 100).toFixed(0)} %, ${verdict(share >= atLeast)}.`,
      `- Peak memory below the ceiling of 512 MiB: ${(peakBytes / 2 ** 20).toFixed(0)} MiB, ${verdict(peakBytes < ceiling)}.`,
    ].join('\n');
  },
};

/** Writes the configuration and its files, the same every time; returns its path. */
function writeContext(): string {
  const folder = resolve(dataFolder, 'context');
  mkdirSync(join(folder, 'lists'), { recursive: true });
  const random = new Random(7);
  const write = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);
  const machines = [...publicHosts, ...clients].map(
    (address, i) =>
      `${address},host-${i},${i % 3 === 0 ? 'web team' : 'office'},${i % 50 === 0 ? 'high' : 'low'},22/tcp 443/tcp`,
  );
  write('hosts.csv', `address,name,owner,criticality,services\n${machines.join('\n')}\n`);
  const list = (kind: string, count: number): string =>
    [
      `# offtrail: ${kind}`,
      `# name: bench ${kind}`,
      '# source: generated',
      '# date: 2026-01-01',
      ...pool(count, () => outside(random)),
      '',
    ].join('\n');
  write('lists/intel.netset', list('intel', listed));
  write('lists/bot.netset', list('bot', listed / 2));
  write('lists/shared.netset', list('shared', listed / 2));
  const networks = pool(listed / 10, () => `${random.between(20, 200)}.${random.between(0, 255)}.0.0/16`);
  const databaseOf = (value: (i: number) => Parameters<typeof mmdbOf>[0][string]): Buffer =>
    mmdbOf(Object.fromEntries(networks.map((network, i) => [network, value(i)])));
  write(
    'asn.mmdb',
    databaseOf((i) => ({ autonomous_system_number: 64_512 + i, autonomous_system_organization: `AS ${i}` })),
  );
  write(
    'country.mmdb',
    databaseOf((i) => ({ country: { iso_code: ['DE', 'FR', 'US', 'BR'][i % 4] } })),
  );
  const settings = join(folder, 'offtrail.yaml');
  writeFileSync(
    settings,
    `home: [${homeNetworks.map((network) => `"${network}"`).join(', ')}]
proxies:
  trusted: ["203.0.113.250/32"]
assets:
  files: [hosts.csv]
context:
  folder: lists
  asn: asn.mmdb
  country: country.mmdb
allowlist:
  - name: quarterly
    addresses: [51.0.0.0/16]
    owner: red-team
    reason: bench
    until: never
  - name: inside
    addresses: [10.20.0.0/24]
    owner: operations
    reason: bench
    kinds: [horizontal, sweep]
    until: never
`,
  );
  return settings;
}
