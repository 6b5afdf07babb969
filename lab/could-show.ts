// Could this sensor, from what it wrote down about one actor, show that kind of scan? The bars are those of the definitions
// (docs: what a contact is worth), applied to plain counts. Nothing here asks what Offtrail finds.
import type { Kind } from '../src/model/finding.ts';
import type { Sensor, Sighting } from './sightings.ts';

const MINUTE = 60_000;
const FIVE = 300_000;
const HOUR = 3_600_000;

/** Services that everybody uses: their contacts are worth one less. */
const PUBLIC = new Set(
  [25, 53, 80, 110, 143, 443, 465, 587, 853, 993, 995, 8080, 8443].map((port) => `tcp/${port}`),
);
for (const port of [53, 123, 443]) PUBLIC.add(`udp/${port}`);

/** What a contact is worth: two when it failed or nobody knows, one when it was answered; one less for a public service. */
const worth = (one: Sighting): number => (one.answered ? 1 : 2) - (PUBLIC.has(one.service) ? 1 : 0);

/** The highest sum, over any (t − span, t], of what each distinct value is worth. Sightings are in order of time. */
export function mostWorth(
  sightings: readonly Sighting[],
  span: number,
  value: (one: Sighting) => string,
  each: (one: Sighting) => number = () => 1,
): number {
  const worths = new Map<string, number>();
  for (const one of sightings) worths.set(value(one), Math.max(worths.get(value(one)) ?? 0, each(one)));
  const inside = new Map<string, number>();
  let first = 0;
  let sum = 0;
  let highest = 0;
  for (const sighting of sightings) {
    const now = value(sighting);
    const times = inside.get(now) ?? 0;
    if (times === 0) sum += worths.get(now)!;
    inside.set(now, times + 1);
    for (; sightings[first].time <= sighting.time - span; first++) {
      const old = value(sightings[first]);
      const left = inside.get(old)! - 1;
      inside.set(old, left);
      if (left === 0) sum -= worths.get(old)!;
    }
    highest = Math.max(highest, sum);
  }
  return highest;
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

type Value = (one: Sighting) => string;
type Bars = readonly [span: number, bar: number][];

/** Plain distinct values. */
const within = (group: readonly Sighting[], value: Value, bars: Bars): boolean =>
  bars.some(([span, bar]) => mostWorth(group, span, value) >= bar) || slowly(group, value);

/** Values by what they are worth. */
const weighs = (group: readonly Sighting[], value: Value, bars: Bars): boolean =>
  bars.some(([span, bar]) => mostWorth(group, span, value, worth) >= bar) || slowly(group, value);

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

const VERTICAL: Bars = [
  [MINUTE, 20],
  [FIVE, 30],
  [HOUR, 40],
];
/** Of an hour: 80, capped at the size of the home network, which is 32. */
const HORIZONTAL: Bars = [
  [MINUTE, 20],
  [FIVE, 50],
  [HOUR, 32],
];
const both: Value = (one) => `${one.target} ${one.service}`;
const protocol: Value = (one) => one.service.replace(/^(tcp|udp|sctp|icmp)\/.*/, '$1');

const sources = (seen: readonly Sighting[]): number => new Set(seen.map((one) => one.source)).size;
const ending = (seen: readonly Sighting[], type: string): Sighting[] =>
  seen.filter((one) => one.name.endsWith(` ${type}`));

/** Per kind: is it there? A kind that is absent cannot be seen by such a sensor. */
type Rules = Partial<Record<Kind, (seen: readonly Sighting[]) => boolean>>;

const contacts: Rules = {
  vertical: (seen) => most(ports(seen), target, (group) => weighs(group, service, VERTICAL)),
  horizontal: (seen) => most(ports(seen), service, (group) => weighs(group, target, HORIZONTAL)),
  block: (seen) => new Set(seen.map(target)).size >= 5 && weighs(ports(seen), both, [[FIVE, 60]]),
  sweep: (seen) => weighs(seen, target, HORIZONTAL),
  'icmp-sweep': (seen) =>
    weighs(
      seen.filter((one) => one.service.startsWith('icmp/')),
      target,
      HORIZONTAL,
    ),
  'ip-protocol': (seen) => most(seen, target, (group) => weighs(group, protocol, VERTICAL)),
  stealth: (seen) => seen.filter((one) => one.stealth).length >= 10,
  // Twenty sources, and together more than any one of them is noticed for.
  campaign: (seen) => sources(seen) >= 20 && within(ports(seen), both, [[HOUR, 30]]),
};

const packets: Rules = {
  ...contacts,
  'banner-grab': (seen) => new Set(seen.filter((one) => one.greeted).map(both)).size >= 5,
  'os-fingerprint': (seen) => seen.length > 0,
  'service-fingerprint': (seen) => seen.length > 0,
};

const requests: Rules = {
  wordlist: (seen) =>
    within(missing(seen), name, [
      [FIVE, 20],
      [HOUR, 30],
    ]),
  vulnerability: (seen) => seen.length >= 5,
  'web-fingerprint': (seen) => seen.length > 0,
  campaign: (seen) => sources(seen) >= 20 && within(missing(seen), name, [[HOUR, 100]]),
};

const queries: Rules = {
  'dns-enumeration': (seen) =>
    within(
      seen.filter((one) => !/ (PTR|AXFR)$/.test(one.name)),
      name,
      [
        [FIVE, 50],
        [HOUR, 150],
      ],
    ),
  'zone-transfer': (seen) => ending(seen, 'AXFR').length > 0,
  'reverse-sweep': (seen) => within(ending(seen, 'PTR'), name, [[FIVE, 10]]),
  'service-fingerprint': (seen) => ending(seen, 'CH TXT').length > 0,
};

const rules: Record<Sensor, Rules> = {
  netfilter: contacts,
  netflow: contacts,
  pcap: packets,
  access: requests,
  dns: queries,
  dnstap: queries,
};

/** Whether these sightings of one actor are enough to say that it was such a scan. */
export function couldShow(kind: Kind, sensor: Sensor, seen: readonly Sighting[]): boolean {
  return rules[sensor][kind]?.(seen) ?? false;
}
