// Could this sensor, from what it wrote down about one actor, show that kind of scan? The bar is that of the definitions
// in docs (a failing probe is worth two, so 20 in a minute are ten failing probes), applied to plain counts. Nothing here
// asks what Offtrail finds.
import type { Kind } from '../src/model/finding.ts';
import type { Sensor, Sighting } from './sightings.ts';

const MINUTE = 60_000;
const FIVE = 300_000;
const HOUR = 3_600_000;

/** The most distinct values in any (t − span, t]. Sightings are in order of time. */
export function mostDistinct(
  sightings: readonly Sighting[],
  span: number,
  value: (one: Sighting) => string,
): number {
  const inside = new Map<string, number>();
  let first = 0;
  let most = 0;
  for (const sighting of sightings) {
    inside.set(value(sighting), (inside.get(value(sighting)) ?? 0) + 1);
    for (; sightings[first].time <= sighting.time - span; first++) {
      const old = value(sightings[first]);
      const left = inside.get(old)! - 1;
      if (left === 0) inside.delete(old);
      else inside.set(old, left);
    }
    most = Math.max(most, inside.size);
  }
  return most;
}

/** The sightings, grouped; the largest count over the groups. */
function most(
  sightings: readonly Sighting[],
  by: (one: Sighting) => string,
  count: (group: Sighting[]) => boolean,
): boolean {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) groups.set(by(sighting), [...(groups.get(by(sighting)) ?? []), sighting]);
  return [...groups.values()].some(count);
}

const HOURS = 6;
const DAYS = 5;

/** Over a day or a month: enough distinct values, in enough different hours or days. */
function slowly(group: readonly Sighting[], value: (one: Sighting) => string): boolean {
  const enough = (part: readonly Sighting[], unit: number, least: number, bar: number): boolean =>
    new Set(part.map(value)).size >= bar &&
    new Set(part.map((one) => Math.floor(one.time / unit))).size >= least;
  if (enough(group, 24 * HOUR, DAYS, 30)) return true;
  if (group.length === 0 || group.at(-1)!.time - group[0].time < (HOURS - 1) * HOUR) return false;
  return group.some((first, i) => {
    const last = group.findIndex((one) => one.time > first.time + 24 * HOUR);
    return enough(group.slice(i, last < 0 ? undefined : last), HOUR, HOURS, 15);
  });
}

const within = (
  group: readonly Sighting[],
  value: (one: Sighting) => string,
  bars: readonly [number, number][],
): boolean => bars.some(([span, bar]) => mostDistinct(group, span, value) >= bar) || slowly(group, value);

const target = (one: Sighting): string => one.target;
const service = (one: Sighting): string => one.service;
const name = (one: Sighting): string => one.name;
const ports = (all: readonly Sighting[]): Sighting[] =>
  all.filter((one) => /^(tcp|udp|sctp)\//.test(one.service));
const missing = (all: readonly Sighting[]): Sighting[] => {
  const failed = all.filter((one) => one.status >= 400);
  // Where nearly everything is found, every path is: a site that answers 200 to all.
  return failed.length * 4 >= all.length ? failed : [...all];
};

const CONTACTS: readonly Sensor[] = ['netfilter', 'netflow', 'pcap'];

export function couldShow(kind: Kind, sensor: Sensor, seen: readonly Sighting[]): boolean {
  const contact = CONTACTS.includes(sensor);
  switch (kind) {
    case 'vertical':
      return (
        contact &&
        most(ports(seen), target, (group) =>
          within(group, service, [
            [MINUTE, 10],
            [FIVE, 15],
            [HOUR, 20],
          ]),
        )
      );
    case 'horizontal':
      return (
        contact &&
        most(ports(seen), service, (group) =>
          within(group, target, [
            [MINUTE, 10],
            [FIVE, 25],
            [HOUR, 16],
          ]),
        )
      );
    case 'block':
      return (
        contact &&
        new Set(seen.map(target)).size >= 5 &&
        within(ports(seen), (one) => `${one.target} ${one.service}`, [[FIVE, 30]])
      );
    case 'sweep':
      return (
        contact &&
        within(seen, target, [
          [MINUTE, 10],
          [FIVE, 25],
          [HOUR, 16],
        ])
      );
    case 'icmp-sweep':
      return (
        contact &&
        within(
          seen.filter((one) => one.service.startsWith('icmp/')),
          target,
          [
            [MINUTE, 10],
            [FIVE, 25],
            [HOUR, 16],
          ],
        )
      );
    case 'ip-protocol':
      return (
        contact &&
        most(seen, target, (group) =>
          within(group, (one) => one.service.replace(/^(tcp|udp|sctp|icmp)\/.*/, '$1'), [[MINUTE, 10]]),
        )
      );
    case 'stealth':
      return contact && seen.filter((one) => one.stealth).length >= 10;
    case 'banner-grab':
      return (
        sensor === 'pcap' &&
        new Set(seen.filter((one) => one.greeted).map((one) => `${one.target} ${one.service}`)).size >= 5
      );
    case 'os-fingerprint':
      return sensor === 'pcap' && seen.length > 0;
    case 'service-fingerprint':
      return (
        seen.length > 0 &&
        (sensor === 'pcap' || (sensor === 'dns' && seen.some((one) => one.name.endsWith(' CH TXT'))))
      );
    case 'wordlist':
      return (
        sensor === 'access' &&
        within(missing(seen), name, [
          [FIVE, 20],
          [HOUR, 30],
        ])
      );
    case 'vulnerability':
      return sensor === 'access' && seen.length >= 5;
    case 'web-fingerprint':
      return sensor === 'access' && seen.length > 0;
    case 'dns-enumeration':
      return (
        sensor === 'dns' &&
        within(
          seen.filter((one) => !/ (PTR|AXFR)$/.test(one.name)),
          name,
          [
            [FIVE, 50],
            [HOUR, 150],
          ],
        )
      );
    case 'zone-transfer':
      return sensor === 'dns' && seen.some((one) => one.name.endsWith(' AXFR'));
    case 'reverse-sweep':
      return (
        sensor === 'dns' &&
        within(
          seen.filter((one) => one.name.endsWith(' PTR')),
          name,
          [[FIVE, 10]],
        )
      );
    case 'campaign': {
      // Twenty sources, and together more than any one of them is noticed for.
      if (new Set(seen.map((one) => one.source)).size < 20) return false;
      return sensor === 'access'
        ? within(missing(seen), name, [[HOUR, 100]])
        : contact && within(ports(seen), (one) => `${one.target} ${one.service}`, [[HOUR, 30]]);
    }
    case 'arp-sweep':
    case 'trap':
    case 'sigma':
    case 'first-contact':
      return false;
  }
}
