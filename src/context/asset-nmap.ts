import { SaxesParser } from 'saxes';
import { parseCidr } from '../model/address.ts';
import { parseService } from '../model/service-text.ts';
import type { AssetEntry } from './asset-entry.ts';
import type { Problems } from './context-file.ts';

/**
 * `nmap -oX`: each host that was up becomes an entry with its open ports. What nmap found filtered or did not try is not
 * known; the ports are a baseline, not a promise.
 */
export function readNmapXml(file: string, text: string, problems: Problems): AssetEntry[] {
  const entries: AssetEntry[] = [];
  const parser = new SaxesParser({ position: true });
  let host:
    | { line: number; up: boolean; addresses: string[]; name: string; services: Set<number> }
    | undefined;
  let port = '';
  let isNmap = false;
  parser.on('opentag', ({ name, attributes }) => {
    const of = (key: string): string => {
      const value = attributes[key];
      return typeof value === 'string' ? value : '';
    };
    switch (name) {
      case 'nmaprun':
        isNmap = true;
        break;
      case 'host':
        host = { line: parser.line, up: true, addresses: [], name: '', services: new Set() };
        break;
      case 'status':
        if (host) host.up = of('state') === 'up';
        break;
      case 'address':
        if (of('addrtype').startsWith('ip')) host?.addresses.push(of('addr'));
        break;
      case 'hostname':
        if (host && (host.name === '' || of('type') === 'user')) host.name = of('name').slice(0, 200);
        break;
      case 'port':
        port = `${of('protocol')}/${of('portid')}`;
        break;
      case 'state': {
        const service = of('state') === 'open' && port !== '' ? parseService(port) : undefined;
        if (service !== undefined) host?.services.add(service);
        break;
      }
      default:
    }
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'port') port = '';
    if (name !== 'host' || !host) return;
    const { addresses, up, line, services } = host;
    for (const address of up ? addresses : []) {
      const block = parseCidr(address);
      if (!block) {
        problems.add(file, line, `not an address: ${JSON.stringify(address.slice(0, 60))}`);
        continue;
      }
      entries.push({
        block,
        asset: {
          name: host.name,
          address: block.text,
          owner: '',
          criticality: '',
          services,
          since: Number.NaN,
          use: 'live',
          source: `${file}:${line}`,
        },
      });
    }
    host = undefined;
  });
  // A scan that was broken off has no end; what it found until then counts.
  let broken = false;
  parser.on('error', ({ message }) => {
    if (!broken) problems.add(file, parser.line, message.replace(/^\d+:\d+: /, ''));
    broken = true;
  });
  parser.write(text).close();
  if (!isNmap && !broken) problems.add(file, 1, 'no report of nmap: there is no <nmaprun>');
  return entries;
}
