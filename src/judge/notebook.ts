import { ranges } from '../base/plain-words.ts';
import { compareWords } from '../model/address.ts';
import type { Asset } from '../model/context.ts';
import { Outcome, Proto } from '../model/event.ts';
import type { Incident, Learned } from '../model/incident.ts';
import { serviceName } from '../model/service.ts';
import type { Case, Contacted, ContactedTarget } from './case.ts';
import { assetLines } from './concerned.ts';
import { compareTexts } from './correlate.ts';
import { splitPage } from './exploit.ts';

const lineLimit = 50;
const targetLimit = 50;
const portLimit = 100;
const outcomeWord = ['unknown', 'unanswered', 'denied', 'refused', 'answered'] as const;

/** What the scanner knows now, in the scanner's own order of interest. */
export function learnedFrom(of: Case): Learned {
  const targets = byAddress(of);
  // Lists of ports are long: only those that are shown are written.
  const lines = (wanted: (contacted: Contacted) => boolean): string[] => {
    const shown: string[] = [];
    let more = 0;
    for (const [address, { services }] of targets) {
      const ports = [...services].filter(([, contacted]) => wanted(contacted)).map(([service]) => service);
      if (ports.length === 0) continue;
      if (shown.length < lineLimit) shown.push(`${address} ${portList(ports)}`);
      else more++;
    }
    return more === 0 ? shown : [...shown, `… ${more} more addresses`];
  };
  const found = [...of.pages]
    .filter(([, { status }]) => (status >= 200 && status < 300) || status === 401 || status === 403)
    .sort((x, y) => x[1].status - y[1].status || compareTexts(x[0], y[0]));
  return {
    open: lines(({ outcome }) => outcome === Outcome.answered),
    closed: lines(({ outcome }) => outcome === Outcome.refused),
    filtered: lines(({ outcome }) => outcome === Outcome.unanswered || outcome === Outcome.denied),
    banners: capLines(
      targets.flatMap(([address, { services }]) =>
        [...services]
          .filter(([, { banner }]) => banner !== '')
          .sort(([x], [y]) => x - y)
          .map(([service, { banner }]) => `${address} ${serviceName(service)}: ${banner}`),
      ),
      'more banners',
    ),
    paths: capLines(
      found.map(([key, { status, size }]) => {
        const [host, path] = splitPage(key);
        return `${host}${path} (${status}${size > 0 ? `, ${size} bytes` : ''})`;
      }),
      'more paths',
    ),
    names: capLines(
      [...of.names]
        .filter(([, { rcode }]) => rcode === 0)
        .map(([name]) => name)
        .sort(compareTexts),
      'more names',
    ),
    assets: assetLines(of),
  };
}

function capLines(lines: string[], more: string): string[] {
  if (lines.length <= lineLimit) return lines;
  return [...lines.slice(0, lineLimit), `… ${lines.length - lineLimit} ${more}`];
}

/** 'tcp/1-21,80 udp/53 icmp/8'. */
function portList(services: readonly number[]): string {
  const byProto = new Map<number, number[]>();
  for (const service of services.toSorted((x, y) => x - y)) {
    const proto = service >>> 16;
    const ports = byProto.get(proto);
    if (ports) ports.push(service & 0xffff);
    else byProto.set(proto, [service & 0xffff]);
  }
  const numbered: readonly number[] = [Proto.tcp, Proto.udp, Proto.sctp];
  return [...byProto]
    .map(([proto, ports]) =>
      numbered.includes(proto)
        ? `${serviceName(proto << 16).slice(0, -1)}${ranges(ports)}`
        : ports.map((port) => serviceName((proto << 16) | port)).join(' '),
    )
    .join(' ');
}

/** Targets as the contract shows them: those that answered first, then by the number of ports, then by address. */
export function targetViews(of: Case): Incident['targets'] {
  const answers = ({ services }: ContactedTarget): number =>
    [...services.values()].filter(({ outcome }) => outcome === Outcome.answered).length;
  return byAddress(of)
    .map(([address, target]) => ({ address, target, answered: answers(target) }))
    .sort((x, y) => y.answered - x.answered || y.target.services.size - x.target.services.size)
    .slice(0, targetLimit)
    .map(({ address, target }) => ({
      address,
      ports: [...target.services]
        .sort(([x, a], [y, b]) => b.outcome - a.outcome || x - y)
        .slice(0, portLimit)
        .map(([service, { outcome }]) => `${serviceName(service)}:${outcomeWord[outcome] ?? 'unknown'}`),
      portCount: target.services.size,
      ...(target.asset ? { asset: assetView(target.asset) } : {}),
    }));
}

export const assetView = ({
  name,
  owner,
  criticality,
}: Asset): { name: string; owner: string; criticality: string } => ({
  name,
  owner,
  criticality,
});

function byAddress(of: Case): [string, ContactedTarget][] {
  return [...of.contacts].sort(([, x], [, y]) => compareWords(x.words, y.words));
}
