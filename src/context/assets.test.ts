import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AddressSet, parseAddress } from '../model/address.ts';
import type { Asset } from '../model/context.ts';
import { parseService } from '../model/service-text.ts';
import { serviceName } from '../model/service.ts';
import { readInventory } from './assets.ts';
import type { Inventory } from './assets.ts';
import { fileProblemText, Problems } from './context-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-assets-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(
  files: Readonly<Record<string, string | Buffer>>,
  dark = false,
): Promise<{ inventory: Inventory; wrong: string[] }> {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  const problems = new Problems();
  const inventory = await readInventory({ files: paths, dark }, problems);
  return {
    inventory: inventory!,
    wrong: problems.list.map((problem) => fileProblemText(problem).replace(`${folder}/`, '')),
  };
}

const home = AddressSet.parse(['198.51.100.0/24', '2001:db8:feed::/48']);
const at = (inventory: Inventory, address: string): Asset | undefined =>
  inventory.assets(home).at(parseAddress(address)!);
const services = (asset: Asset | undefined): string[] =>
  [...(asset?.services ?? [])].map((service) => serviceName(service)).sort();

describe('YAML', () => {
  test('entries with addresses, services, owner, criticality, since and use', async () => {
    const { inventory, wrong } = await read({
      'assets.yaml': `
assets:
  - name: web-1
    address: 198.51.100.4
    services: [tcp/80, tcp/443, 161/udp, 8080]
    owner: web team
    criticality: high
    since: 2026-01-01
  - name: offices
    networks: [198.51.100.64/26, "2001:db8:feed:1::/64"]
  - { address: 198.51.100.250, use: dark }
`,
    });
    expect(wrong).toEqual([]);
    expect(inventory.assets(home).count).toBe(4);
    const web = at(inventory, '198.51.100.4')!;
    expect(web).toMatchObject({ name: 'web-1', owner: 'web team', criticality: 'high', use: 'live' });
    expect(web.source).toMatch(/assets\.yaml:3$/);
    expect(web.since).toBe(Date.UTC(2026, 0, 1) * 1000);
    expect(services(web)).toEqual(['tcp/443', 'tcp/80', 'tcp/8080', 'udp/161']);
    expect(at(inventory, '198.51.100.70')).toMatchObject({ name: 'offices', services: undefined });
    expect(at(inventory, '2001:db8:feed:1::9')?.name).toBe('offices');
    expect(at(inventory, '198.51.100.5')).toBeUndefined();
  });

  test('what is wrong is said with its line, and the rest is read', async () => {
    const { inventory, wrong } = await read({
      'assets.yaml': `- { name: a, address: 198.51.100.1 }
- { name: b, adress: 198.51.100.2 }
- { name: c, address: 198.51.100.256 }
- { name: d, address: 198.51.100.4, criticality: huge }
- { name: e, address: 198.51.100.5, services: [tcp/99999] }
- { name: f, address: 198.51.100.6, since: soon }
- text
- { name: g, address: 198.51.100.7, use: shade }
`,
    });
    expect(wrong).toEqual([
      'assets.yaml:2: unknown key "adress"; did you mean address?',
      'assets.yaml:2: an asset needs an address',
      'assets.yaml:3: address: expected an address or a network, not "198.51.100.256"',
      'assets.yaml:4: criticality: expected one of low, medium, high, critical, not "huge"',
      'assets.yaml:5: services: expected something like tcp/443, not "tcp/99999"',
      'assets.yaml:6: since: expected a date such as 2026-06-30, not "soon"',
      'assets.yaml:7: expected an asset: address, name, services, owner, criticality, since, use',
      'assets.yaml:8: use: expected one of live, dark, decoy, not "shade"',
    ]);
    expect(inventory.assets(home).count).toBe(1);
  });

  test('broken YAML, no list, no file', async () => {
    expect((await read({ 'a.yaml': 'assets: [\n' })).wrong[0]).toMatch(/^a\.yaml:\d: /);
    expect((await read({ 'a.yaml': 'assets: none\n' })).wrong).toEqual([
      'a.yaml:1: expected a list of assets, at the top or below `assets:`',
    ]);
    const problems = new Problems();
    await readInventory({ files: [join(folder, 'none.yaml')], dark: false }, problems);
    expect(problems.list[0].message).toMatch(/^cannot be read: /);
  });
});

describe('CSV', () => {
  test('columns by their names, in any order, with commas, semicolons or tabs; gzip too', async () => {
    const rows = [
      ['Hostname', 'IP Address', 'ports', 'Owner', 'rack', 'criticality'],
      ['db-1', '198.51.100.9', '"5432 22"', 'data', 'r7', 'Critical'],
      ['"mail, old"', '198.51.100.10', '', '', '', ''],
    ];
    for (const [name, delimiter] of [
      ['a.csv', ','],
      ['b.csv', ';'],
      ['c.csv', '\t'],
    ] as const) {
      const text = rows.map((row) => row.join(delimiter)).join('\r\n');
      const { inventory, wrong } = await read({ [name]: gzipSync(`\ufeff# made by hand\n${text}\n`) });
      expect(wrong).toEqual([]);
      expect(at(inventory, '198.51.100.9')).toMatchObject({
        name: 'db-1',
        owner: 'data',
        criticality: 'critical',
      });
      expect(services(at(inventory, '198.51.100.9'))).toEqual(['tcp/22', 'tcp/5432']);
      expect(at(inventory, '198.51.100.10')).toMatchObject({ name: 'mail, old', services: undefined });
    }
  });

  test('a header without an address, a bad row, a quote that never closes', async () => {
    expect((await read({ 'a.csv': 'name,owner\nx,y\n' })).wrong).toEqual([
      'a.csv:1: the header has no column for the address (address, ip, network)',
    ]);
    const { inventory, wrong } = await read({
      'a.csv': 'name,ip\nx,198.51.100.1\n"y,198.51.100.2\nz,nowhere\n',
    });
    expect(wrong).toEqual([
      'a.csv:3: a quote that never closes',
      'a.csv:4: address: expected an address or a network, not "nowhere"',
    ]);
    expect(inventory.assets(home).count).toBe(1);
  });
});

describe('nmap XML', () => {
  const host = (address: string, ports: string, more = ''): string =>
    `<host><status state="up"/><address addr="${address}" addrtype="ipv4"/>${more}<ports>${ports}</ports></host>`;
  const port = (id: number, state: string, proto = 'tcp'): string =>
    `<port protocol="${proto}" portid="${id}"><state state="${state}" reason="syn-ack"/><service name="x"/></port>`;

  test('hosts that are up, their names and open ports', async () => {
    const { inventory, wrong } = await read({
      'scan.xml': `<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" start="1">
${host('198.51.100.4', port(22, 'open') + port(23, 'closed') + port(53, 'open', 'udp') + port(161, 'open|filtered', 'udp'), '<address addr="00:11:22:33:44:55" addrtype="mac"/><hostnames><hostname name="ptr.example.org" type="PTR"/><hostname name="web.example.org" type="user"/></hostnames>')}
<host><status state="down"/><address addr="198.51.100.5" addrtype="ipv4"/></host>
</nmaprun>`,
    });
    expect(wrong).toEqual([]);
    expect(at(inventory, '198.51.100.4')).toMatchObject({ name: 'web.example.org' });
    expect(services(at(inventory, '198.51.100.4'))).toEqual(['tcp/22', 'udp/53']);
    expect(at(inventory, '198.51.100.5')).toBeUndefined();
  });

  test('a scan that was broken off counts as far as it went; another XML is refused', async () => {
    const cut = await read({
      'scan.xml': `<nmaprun>${host('198.51.100.4', port(22, 'open'))}<host><status state="up"/>`,
    });
    expect(cut.inventory.assets(home).count).toBe(1);
    expect(cut.wrong).toHaveLength(1);
    expect((await read({ 'a.xml': '<rss/>' })).wrong).toEqual([
      'a.xml:1: no report of nmap: there is no <nmaprun>',
    ]);
  });

  test('its ports are added to what other files say of the address', async () => {
    const { inventory } = await read({
      'assets.csv': 'name,ip,owner,services\nweb-1,198.51.100.4,web team,tcp/443\n',
      'scan.xml': `<nmaprun>${host('198.51.100.4', port(22, 'open'))}</nmaprun>`,
    });
    expect(at(inventory, '198.51.100.4')).toMatchObject({ name: 'web-1', owner: 'web team' });
    expect(services(at(inventory, '198.51.100.4'))).toEqual(['tcp/22', 'tcp/443']);
  });
});

test('home is the networks, and the /24 or /64 around single addresses', async () => {
  const { inventory } = await read({
    'a.csv': 'ip\n198.51.100.4\n198.51.100.9\n192.0.2.64/26\n10.0.0.0/8\n2001:db8:feed:1::5\n',
  });
  expect(inventory.home.blocks.map(({ text }) => text).sort()).toEqual([
    '10.0.0.0/8',
    '192.0.2.0/24',
    '198.51.100.0/24',
    '2001:db8:feed:1::/64',
  ]);
});

describe('traps', () => {
  const files = {
    'a.yaml': `
- { address: 198.51.100.4, services: [tcp/80] }
- { address: 198.51.100.128/25, use: dark }
- { address: 198.51.100.200 }
- { address: 198.51.100.20, use: decoy, services: [tcp/3389] }
- { address: "2001:db8:feed::66", use: decoy }
- { address: "2001:db8:feed:dead::/64", use: dark }
`,
  };
  const v4 = (text: string): number => parseAddress(text)![3];

  test('dark networks, but not the machine that lives in one; decoys by their service', async () => {
    const { traps } = (await read(files)).inventory.assets(home);
    expect(traps.dark4(v4('198.51.100.129'))).toBe(true);
    expect(traps.dark4(v4('198.51.100.200'))).toBe(false);
    expect(traps.dark4(v4('198.51.100.4'))).toBe(false);
    expect(traps.dark4(v4('198.51.100.5'))).toBe(false);
    expect(traps.decoy4(v4('198.51.100.20'), parseService('tcp/3389')!)).toBe(true);
    expect(traps.decoy4(v4('198.51.100.20'), parseService('tcp/80')!)).toBe(false);
    expect(traps.decoy6(...parseAddress('2001:db8:feed::66')!, parseService('tcp/1')!)).toBe(true);
    expect(traps.dark6(...parseAddress('2001:db8:feed:dead::1')!)).toBe(true);
    expect(traps.dark6(...parseAddress('2001:db8:feed:beef::1')!)).toBe(false);
  });

  test('a complete inventory makes the rest of home dark, broadcast addresses excepted', async () => {
    const { traps } = (await read(files, true)).inventory.assets(home);
    expect(traps.dark4(v4('198.51.100.5'))).toBe(true);
    expect(traps.dark4(v4('198.51.100.4'))).toBe(false);
    expect(traps.dark4(v4('198.51.100.0'))).toBe(false);
    expect(traps.dark4(v4('203.0.113.5'))).toBe(false);
    expect(traps.dark6(...parseAddress('2001:db8:feed:beef::1')!)).toBe(true);
    expect(traps.dark6(...parseAddress('2001:db8:1::1')!)).toBe(false);
  });
});
