import * as z from 'zod';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Detector, Statement, Teller, Worth } from '../model/detector.ts';
import type { Context } from '../model/context.ts';
import { serviceName } from '../model/service.ts';
import { FewCells } from '../state/few-cells.ts';
import { mix4 } from '../state/hash.ts';
import { HourlyBaseline } from '../state/hourly-baseline.ts';
import { blockTest, hostTest, networkTest } from './campaign-tests.ts';
import type { Outcome as Tested, Part } from './campaign-tests.ts';
import { WebCampaigns } from './campaign-web.ts';

/**
 * Many sources, little each, together one scan. What failed is remembered per source, network and make of its packets, a
 * few targets and services each; once an hour, and when there is much that is new, it is asked of those who share network
 * and make whether they share the work: cover more than chance would, or go in order, or came all at once where few come.
 * The rest is the noise that every address hears, told once a day and port.
 */

const config = z
  .strictObject({
    sources: z
      .number()
      .int()
      .min(5)
      .default(20)
      .describe(
        'Members at least. Raise it: smaller campaigns pass. Lower it: chance gets easier to mistake.',
      ),
    targets: z
      .number()
      .int()
      .min(1)
      .max(12)
      .default(3)
      .describe(
        'Targets of one port that a member probes in a day at most; who probes more stands for itself.',
      ),
    chance: z
      .number()
      .min(0)
      .max(0.01)
      .default(1e-6)
      .describe(
        'Probability of coverage, order or arrivals by chance, after correction for the number of groups looked at. Raise it: more campaigns, and noise among them.',
      ),
    paths: z
      .number()
      .int()
      .min(10)
      .default(100)
      .describe('Missing paths of one site that sources with one agent share out, together, at least.'),
    background: z
      .number()
      .int()
      .min(5)
      .default(20)
      .describe(
        'Unrelated sources of one port and day from which on the background is told. Raise it: fewer informational incidents.',
      ),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const hour = 3_600_000_000;
const day = 24 * hour;
/** Targets and services that a source may have and still be a member. */
const cellsEach = 12;
const records = 1 << 16;
const networksNamed = 4096;
/** Services of one host from which on a source shares in a list of ports. */
const portsEach = 3;
/** Of those who share in a list of ports so many have several that failed. */
const severalShare = 0.75;
/** A service that takes part in a block is tried by so many members, over this share of the targets of the widest one. */
const triedBy = 5;
const takesPart = 0.5;
/** Arrivals are a wave of scanning only over so many targets: many clients of a host that is down are none. */
const arrivalTargets = 16;
/** Who does so much within a minute is found for itself. */
const ownCells = 10;
const ownSpan = 60_000_000;
/** In place of an outcome's bit: a firewall let it through. */
const passedBit = 1 << 7;
/** Of a cell: the target's last byte and the protocol. */
const hostMask = 0xffff_0000;
const namedLimit = 1024;
/** Counters of keys, by hash: one that is shared counts too many, which costs a list. */
const sketchSize = 1 << 18;
const groupsRemembered = 65_536;
/** A group is asked about again when it has so many times the members; once an hour. */
const growth = 1.25;
const hourlyGrowth = 1.05;
const touchLimit = 8192;
const evidenceEach = 8;

/** A group of records that chance does not explain. */
interface Group {
  readonly members: readonly number[];
  readonly services: readonly number[];
  readonly make: number;
  readonly network: number;
  readonly p: number;
  readonly what: string;
}

/** A campaign that was told. */
interface Told {
  readonly statement: Statement;
  readonly sources: Set<string>;
  readonly services: Set<number>;
  readonly networks: Set<number>;
  readonly make: number;
  readonly touched: Set<string>;
}

export const campaign: Detector<Config> = {
  name: 'campaign',
  title: 'Many sources, little each, together one scan',
  config,
  start(settings, context) {
    const contacts = new Campaigns(settings, context);
    const requests = new WebCampaigns(settings);
    return {
      counts: [
        {
          id: 'campaign/contacts',
          event: 'contact',
          by: ['source'],
          distinct: ['target', 'port'],
          windows: [{ span: 3600, atLeast: 1 }],
          worth: contacts.see,
          value: 'high',
          rare: true,
        },
        {
          id: 'campaign/requests',
          event: 'request',
          by: ['source'],
          distinct: ['path'],
          windows: [{ span: 3600, atLeast: 1 }],
          worth: requests.see,
          value: 'high',
          rare: true,
        },
      ],
      tick(time, teller) {
        contacts.tick(time, teller);
        requests.tick(time, teller);
      },
    };
  },
};

class Campaigns {
  readonly #settings: Config;
  readonly #home: Context['home'];
  readonly #few = new FewCells(cellsEach, records);
  readonly #baseline = new HourlyBaseline();
  /** First 120 bits of IPv6 targets, by their hash. */
  readonly #networks = new Map<number, readonly number[]>();
  readonly #sizes = new Map<number, number>();
  readonly #told: Told[] = [];
  /** Members of a group when it was last asked about. */
  readonly #askedAt = new Map<number, number>();
  /** Groups that were asked about: the number of tests, for Bonferroni. */
  #tested = 0;
  #asked = 0;
  /** UTC day up to which the background was told. */
  #day = NaN;

  constructor(settings: Config, home: Context) {
    this.#settings = settings;
    this.#home = home.home;
  }

  /** What failed, or nobody knows how it ended, towards home. Nothing is counted: the value of a row is 0. */
  readonly see: Worth = (batch, row, popular, outbound) => {
    const outcome = batch.outcome[row];
    const flags = batch.flags[row];
    if (outbound || outcome === Outcome.answered || (flags & Flag.noTarget) !== 0) return 0;
    const passed = outcome === Outcome.unknown && (flags & Flag.passed) !== 0;
    if (passed && popular) return 0;
    const time = batch.time[row];
    const service = (batch.proto[row] << 16) | batch.targetPort[row];
    let high = 0;
    let low = batch.source[row];
    let network = batch.target[row];
    let last = network & 255;
    if ((flags & Flag.v6) === 0) {
      if (!this.#home.has4(network)) return 0;
      network = (network & 0xffff_ff00) >>> 0;
    } else {
      const { wide } = batch;
      const to = network * 4;
      if (!this.#home.has6(wide[to], wide[to + 1], wide[to + 2], wide[to + 3])) return 0;
      high = wide[low * 4];
      low = wide[low * 4 + 1];
      last = wide[to + 3] & 255;
      network = this.#network6(wide, to);
    }
    const few = this.#few;
    const at = few.see(
      high,
      low,
      network,
      makeOf(batch, row),
      (last << 24) | service,
      passed ? passedBit : 1 << outcome,
      time,
    );
    if (few.fresh) {
      few.mark(at, batch.input, batch.record[row]);
      if (this.#isNewService(at, service)) this.#baseline.add(service, time);
    }
    return 0;
  };

  tick(time: number, teller: Teller): void {
    const few = this.#few;
    const atEnd = time % hour !== 0 && time % 300_000_000 !== 0;
    const fresh = few.noted - this.#asked;
    const due = atEnd || time % hour === 0 || fresh >= Math.max(2 * this.#settings.sources, few.size / 8);
    if (fresh > 0 && due) {
      this.#asked = few.noted;
      this.#tell(this.#groups(time, atEnd), time, teller);
    }
    this.#background(time, atEnd, teller);
  }

  /** The cell just noted is the record's only one of its service. */
  #isNewService(at: number, service: number): boolean {
    const few = this.#few;
    for (let i = few.count(at) - 2; i >= 0; i--) if ((few.cell(at, i) & 0xff_ffff) === service) return false;
    return true;
  }

  #network6(wide: Uint32Array, to: number): number {
    // Networks of IPv4 end in eight zero bits: this one never does.
    const hash = (mix4(wide[to], wide[to + 1], wide[to + 2], wide[to + 3] >>> 8) | 1) >>> 0;
    if (!this.#networks.has(hash) && this.#networks.size < networksNamed) {
      this.#networks.set(hash, [wide[to], wide[to + 1], wide[to + 2], wide[to + 3] & 0xffff_ff00]);
    }
    return hash;
  }

  /** Home addresses in the network; 0: too many to be a space that anyone covers. */
  #sizeOf(network: number): number {
    if ((network & 255) !== 0) return 0;
    let size = this.#sizes.get(network);
    if (size === undefined) {
      size = 0;
      for (let i = 0; i < 256; i++) if (this.#home.has4(network + i)) size++;
      if (this.#sizes.size > 65_536) this.#sizes.clear();
      this.#sizes.set(network, size);
    }
    return size;
  }

  // ── groups and their tests ────────────────────────────────────────────────────────────────────────────────────────

  #groups(time: number, atEnd: boolean): Group[] {
    const least = this.#settings.sources;
    // Nearly all keys are of a source or two: they are counted before lists are made of the rest.
    const sizes = new Uint32Array(sketchSize);
    this.#eachKey(time, (key) => sizes[key & (sketchSize - 1)]++);
    const lists = [0, 1, 2].map(() => new Map<number, number[]>());
    this.#eachKey(time, (key, kind, at) => {
      if (sizes[key & (sketchSize - 1)] >= least) add(lists[kind], key, at);
    });
    const found: Group[] = [];
    for (const [kind, test] of [this.#testPort, this.#testHost, this.#testBlock].entries()) {
      for (const [key, members] of lists[kind]) {
        if (members.length >= least && (atEnd || this.#hasGrown(key, members.length, time % hour === 0)))
          found.push(...test(members, time));
      }
    }
    return found.sort(
      (a, b) => a.p - b.p || a.members.length - b.members.length || (a.what < b.what ? -1 : 1),
    );
  }

  /** Calls `visit` with each key of each record that may be a member's: 0 its services, 1 its hosts, 2 its make. */
  #eachKey(time: number, visit: (key: number, kind: 0 | 1 | 2, at: number) => void): void {
    const few = this.#few;
    for (let at = 0; at < few.size; at++) {
      const count = few.count(at);
      if (count === 0 || time - few.last(at) > day) continue;
      if (count >= ownCells && few.last(at) - few.first(at) <= ownSpan) continue;
      const x = few.x(at);
      const y = few.y(at);
      visit(keyOf(x, y, 0), 2, at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        if (isFirst(few, at, i, 0xff_ffff)) visit(keyOf(x, y, cell & 0xff_ffff), 0, at);
        if (hasPorts(cell) && isFirst(few, at, i, hostMask)) visit(keyOf(x, y, cell >>> 16, 1), 1, at);
      }
    }
  }

  /** Whether a group has changed much since it was last asked about; at the end of an hour, in which many may have come, a little. */
  #hasGrown(key: number, members: number, hourly: boolean): boolean {
    const before = this.#askedAt.get(key);
    const much = hourly ? hourlyGrowth : growth;
    if (before !== undefined && members <= before * much && members * growth >= before) return false;
    if (this.#askedAt.size >= groupsRemembered) this.#askedAt.clear();
    this.#askedAt.set(key, members);
    return true;
  }

  /** Members that probe the one service which brought them together. */
  readonly #testPort = (all: readonly number[], time: number): Group[] => {
    const few = this.#few;
    const service = sharedBy(few, all, 0xff_ffff);
    const members: number[] = [];
    const parts: Part[] = [];
    let thisHour = 0;
    for (const at of all) {
      const cells: number[] = [];
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        if ((cell & 0xff_ffff) === service) cells.push(cell >>> 24);
      }
      if (cells.length > this.#settings.targets) continue;
      members.push(at);
      parts.push({ first: few.first(at), cells });
      if (Math.floor(few.first(at) / hour) === Math.floor((time - 1) / hour)) thisHour++;
    }
    if (members.length < this.#settings.sources) return [];
    const name = serviceName(service);
    const tested = networkTest(parts, this.#sizeOf(few.x(all[0])));
    const p = this.#passes(tested.p, few.y(all[0]));
    if (p !== undefined) {
      return [this.#group(members, [service], p, `${name} of one network: ${wordsOf(tested)}`)];
    }
    if (few.y(all[0]) === 0 || tested.distinct < arrivalTargets) return [];
    const usual = this.#baseline.usual(service, time - 1);
    const arrivals = this.#baseline.chance(service, time - 1, thisHour);
    if (usual === undefined || arrivals === undefined || thisHour < this.#settings.sources) return [];
    const q = this.#passes(arrivals, few.y(all[0]));
    if (q === undefined) return [];
    return [
      this.#group(
        members,
        [service],
        q,
        `${name} of one network: ${thisHour} of them came within an hour, in which ${usual.mean.toFixed(1)} are usual`,
      ),
    ];
  };

  /** Several ports each of the one host that brought them together; who had better luck has fewer that failed. */
  readonly #testHost = (all: readonly number[]): Group[] => {
    const few = this.#few;
    const host = sharedBy(few, all, hostMask);
    const least = this.#settings.sources;
    const portsOf = (at: number): number[] => cellsOf(few, at).filter((cell) => (cell & hostMask) === host);
    const several = all.filter((at) => portsOf(at).length >= portsEach);
    if (several.length < least * severalShare) return [];
    const ports = new Set(several.flatMap((at) => portsOf(at).map((cell) => cell & 0xffff)));
    const low = Math.min(...ports);
    const high = Math.max(...ports);
    const members = all.filter(
      (at) =>
        several.includes(at) ||
        portsOf(at).every((cell) => {
          const port = cell & 0xffff;
          return port >= low && port <= high && !ports.has(port);
        }),
    );
    if (members.length < least) return [];
    const parts = members.map((at) => ({
      first: few.first(at),
      cells: portsOf(at).map((cell) => cell & 0xffff),
    }));
    const services = new Set(members.flatMap((at) => portsOf(at).map((cell) => cell & 0xff_ffff)));
    const tested = hostTest(parts);
    const p = this.#passes(tested.p, few.y(all[0]));
    return p === undefined
      ? []
      : [this.#group(members, [...services], p, `ports of one host: ${wordsOf(tested)}`)];
  };

  /** All of one make in one network: pairs of target and service. */
  readonly #testBlock = (all: readonly number[]): Group[] => {
    const few = this.#few;
    // A port takes part when several sources try it, over much of what is tried at all.
    const tried = new Map<number, { members: number; readonly targets: Set<number> }>();
    for (const at of all) {
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        const service = cell & 0xff_ffff;
        let known = tried.get(service);
        if (!known) tried.set(service, (known = { members: 0, targets: new Set() }));
        if (isFirst(few, at, i, 0xff_ffff)) known.members++;
        known.targets.add(cell >>> 24);
      }
    }
    const most = Math.max(
      ...[...tried.values()].map(({ members, targets }) => (members >= triedBy ? targets.size : 0)),
    );
    const services = [...tried]
      .filter(([, { members, targets }]) => members >= triedBy && targets.size >= takesPart * most)
      .map(([service]) => service);
    if (services.length < 2) return [];
    const rank = new Map(services.map((service, i) => [service, i]));
    const members: number[] = [];
    const parts: Part[] = [];
    for (const at of all) {
      const cells: number[] = [];
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        const port = rank.get(cell & 0xff_ffff);
        if (port !== undefined) cells.push(port * 256 + (cell >>> 24));
      }
      if (cells.length === 0) continue;
      members.push(at);
      parts.push({ first: few.first(at), cells });
    }
    if (members.length < this.#settings.sources) return [];
    const tested = blockTest(parts, services.length);
    const p = this.#passes(tested.p, few.y(all[0]));
    return p === undefined
      ? []
      : [this.#group(members, services, p, `${services.length} services of one network: ${wordsOf(tested)}`)];
  };

  /** The probability, corrected for all tests so far, when it is small enough. */
  #passes(p: number, make: number): number | undefined {
    this.#tested++;
    const corrected = 3 * p * this.#tested;
    const { chance } = this.#settings;
    // Without a common make only the shared work speaks; by chance alone it would have to be far rarer.
    return corrected < (make === 0 ? chance ** 2 : chance) ? corrected : undefined;
  }

  #group(members: readonly number[], services: readonly number[], p: number, what: string): Group {
    const few = this.#few;
    return { members, services, make: few.y(members[0]), network: few.x(members[0]), p, what };
  }

  // ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #tell(all: readonly Group[], time: number, teller: Teller): void {
    // Who has a finding of its own is no member, and whoever is left must be enough.
    const groups = all.flatMap((group): Group[] => {
      const members = group.members.filter((at) => !teller.isSuspect(this.#keyOf(at, teller)));
      return members.length >= this.#settings.sources ? [{ ...group, members }] : [];
    });
    const fresh: { readonly groups: Group[]; readonly sources: Set<string> }[] = [];
    for (const group of groups) {
      const sources = group.members.map((at) => sourceOf(this.#few, at));
      const known = this.#told.find((told) => belongs(group, sources, told));
      if (known) {
        this.#extend(known, group, teller);
        continue;
      }
      const partner = fresh.find((other) =>
        other.groups.some((one) => related(one, group) || shares(sources, other.sources)),
      );
      if (partner) {
        partner.groups.push(group);
        for (const source of sources) partner.sources.add(source);
      } else fresh.push({ groups: [group], sources: new Set(sources) });
    }
    for (const { groups: own, sources } of fresh) {
      const { make } = own[0];
      const statement = teller.tell(
        {
          kind: 'campaign',
          members: this.#keysOf(
            own.flatMap(({ members }) => members),
            teller,
          ),
          reasons: own
            .slice(0, 6)
            .map(
              ({ members, what, p }) =>
                `${members.length} sources with little each probed ${what} (probability ${p.toExponential(0)}, threshold ` +
                `${this.#settings.chance.toExponential(0)})`,
            ),
          caveats: [
            ...(make === 0
              ? ['The sensor logs no header fields: that the sources share a tool is not known.']
              : []),
            ...(this.#baseline.usual(own[0].services[0], time - 1) === undefined
              ? [
                  'There is no day of history: what is usual on this port is not known, only the shared work speaks.',
                ]
              : []),
          ],
          strength: Math.max(1, sources.size / this.#settings.sources),
        },
        time,
      );
      const told: Told = {
        statement,
        sources: new Set(),
        services: new Set(),
        networks: new Set(),
        make,
        touched: new Set(),
      };
      this.#told.push(told);
      for (const group of own) this.#extend(told, group, teller);
    }
  }

  /** Adds what is new of a group to a campaign that was told. */
  #extend(told: Told, group: Group, teller: Teller): void {
    const few = this.#few;
    told.networks.add(group.network);
    const wanted = new Set(group.services);
    for (const service of wanted) told.services.add(service);
    for (const at of group.members) {
      const source = sourceOf(few, at);
      if (!told.sources.has(source)) {
        told.sources.add(source);
        const key = this.#keyOf(at, teller);
        if (told.statement.members.length < namedLimit && !told.statement.members.includes(key))
          told.statement.members.push(key);
        if (told.sources.size <= evidenceEach)
          told.statement.evidence(few.input(at), few.line(at), few.first(at));
      }
      told.statement.at(few.first(at));
      told.statement.at(few.last(at));
      this.#touch(told, at, wanted);
    }
  }

  #touch(told: Told, at: number, wanted: ReadonlySet<number>): void {
    const few = this.#few;
    for (const cell of cellsOf(few, at)) {
      const name = `${sourceOf(few, at)} ${few.x(at)} ${cell}`;
      if (!wanted.has(cell & 0xff_ffff) || told.touched.has(name) || told.touched.size >= touchLimit)
        continue;
      told.touched.add(name);
      const target = this.#target(few.x(at), cell >>> 24);
      if (target) told.statement.touch(target, cell & 0xff_ffff, highest(few.bits(at)));
    }
  }

  #target(network: number, last: number): readonly number[] | undefined {
    if ((network & 255) === 0) return [0, 0, 0xffff, (network | last) >>> 0];
    const words = this.#networks.get(network);
    return words && [words[0], words[1], words[2], (words[3] | last) >>> 0];
  }

  #keyOf(at: number, teller: Teller): number {
    const high = this.#few.high(at);
    const low = this.#few.low(at);
    // 0:0::/64 holds nobody's address: a source without a first word is IPv4.
    return high === 0 ? teller.source(0, 0, 0xffff, low) : teller.source(high, low, 0, 0);
  }

  #keysOf(members: readonly number[], teller: Teller): number[] {
    return [...new Set(members.map((at) => this.#keyOf(at, teller)))].slice(0, namedLimit);
  }

  // ── background ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Days that are over, and at the end the last one. */
  #background(time: number, atEnd: boolean, teller: Teller): void {
    const today = Math.floor((time - 1) / day);
    if (Number.isNaN(this.#day)) this.#day = today - 1;
    const over = atEnd ? today : Math.floor(time / day) - 1;
    if (over <= this.#day) return;
    const days = new Map<number, { service: number; day: number; members: number[] }>();
    const few = this.#few;
    for (let at = 0; at < few.size; at++) {
      const began = Math.floor(few.first(at) / day);
      if (began <= this.#day || began > over) continue;
      if (teller.isSuspect(this.#keyOf(at, teller))) continue;
      if (this.#told.length > 0 && this.#told.some(({ sources }) => sources.has(sourceOf(few, at)))) continue;
      if ((few.bits(at) & passedBit) !== 0) continue;
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        if (!isFirst(few, at, i, 0xff_ffff)) continue;
        const service = few.cell(at, i) & 0xff_ffff;
        const name = (began - this.#day) * 0x100_0000 + service;
        const known = days.get(name);
        if (known) known.members.push(at);
        else days.set(name, { service, day: began, members: [at] });
      }
    }
    this.#day = over;
    const sorted = [...days.values()].sort((x, y) => x.day - y.day || x.service - y.service);
    for (const { service, members } of sorted) {
      if (members.length >= this.#settings.background) this.#tellBackground(service, members, time, teller);
    }
  }

  #tellBackground(service: number, members: readonly number[], time: number, teller: Teller): void {
    const few = this.#few;
    const keys = this.#keysOf(members, teller);
    const targets = new Map<string, number>();
    for (const at of members) {
      for (const cell of cellsOf(few, at)) {
        if ((cell & 0xff_ffff) !== service) continue;
        const target = `${few.x(at)} ${cell >>> 24}`;
        targets.set(target, (targets.get(target) ?? 0) + 1);
      }
    }
    // Clients of a host that is down all go there; noise goes everywhere.
    if (targets.size < 5 || Math.max(...targets.values()) > members.length / 2) return;
    if (keys.length < this.#settings.background) return;
    const usual = this.#baseline.usual(service, time - 1);
    const statement = teller.tell(
      {
        kind: 'background',
        members: keys,
        reasons: [
          `${members.length} sources with a probe or two each tried ${serviceName(service)} at ${targets.size} addresses in a ` +
            `day; they share neither the work nor an order` +
            (usual ? `; ${(usual.mean * 24).toFixed(0)} a day are usual` : ''),
        ],
        caveats: usual ? [] : ['There is no day of history: what is usual on this port is not known.'],
      },
      time,
    );
    let touched = 0;
    for (const [i, at] of members.entries()) {
      statement.at(few.first(at));
      statement.at(few.last(at));
      if (i < evidenceEach) statement.evidence(few.input(at), few.line(at), few.first(at));
      for (const cell of cellsOf(few, at)) {
        const target = this.#target(few.x(at), cell >>> 24);
        if (target && (cell & 0xff_ffff) === service && touched++ < touchLimit)
          statement.touch(target, service, highest(few.bits(at)));
      }
    }
  }
}

/** What packets of one tool share: window, whether SYNs carry options, the TTL they began with. 0: not logged. */
function makeOf(batch: EventBatch, row: number): number {
  const flags = batch.flags[row];
  if ((flags & Flag.header) === 0) return 0;
  const ttl = batch.ttl[row];
  const began = ttl === 0 ? 0 : ttl <= 64 ? 1 : ttl <= 128 ? 2 : 3;
  return 1 + (batch.window[row] | (began << 16) | ((flags & Flag.noOptions) === 0 ? 0 : 1 << 18));
}

const hasPorts = (cell: number): boolean => {
  const proto = (cell >>> 16) & 255;
  return proto === Proto.tcp || proto === Proto.udp || proto === Proto.sctp;
};

const keyOf = (x: number, y: number, z: number, kind = 0): number =>
  (mix4(x, y, z, kind) >>> 0) * 0x20_0000 + (mix4(z, x, y, kind + 7) & 0x1f_ffff);

function add(groups: Map<number, number[]>, key: number, at: number): void {
  const known = groups.get(key);
  if (known) known.push(at);
  else groups.set(key, [at]);
}

/** Whether no earlier cell of the record is the same under the mask. */
function isFirst(few: FewCells, at: number, i: number, mask: number): boolean {
  const cell = few.cell(at, i) & mask;
  for (let j = 0; j < i; j++) if ((few.cell(at, j) & mask) === cell) return false;
  return true;
}

const cellsOf = (few: FewCells, at: number): number[] =>
  Array.from({ length: few.count(at) }, (_, i) => few.cell(at, i));

/** What all the records have in common under the mask: there is one such thing, for they were grouped by it. */
function sharedBy(few: FewCells, all: readonly number[], mask: number): number {
  let common = new Set(cellsOf(few, all[0]).map((cell) => cell & mask));
  for (const at of all) {
    if (common.size === 1) break;
    const own = new Set(cellsOf(few, at).map((cell) => cell & mask));
    common = new Set([...common].filter((value) => own.has(value)));
  }
  return [...common][0];
}

const sourceOf = (few: FewCells, at: number): string => `${few.high(at)} ${few.low(at)}`;

/** The strongest outcome of the bits. */
const highest = (bits: number): number => 31 - Math.clz32((bits & (passedBit - 1)) | 1);

function wordsOf({ distinct, of, visits, how }: Tested): string {
  return `together ${distinct} of ${of} in ${visits} probes, ${how === 'coverage' ? 'covering more than chance would' : 'in order'}`;
}

const shares = (sources: readonly string[], known: ReadonlySet<string>): boolean =>
  sources.filter((source) => known.has(source)).length * 5 >= sources.length;

/** One tool at one network, or at one service of several. */
const related = (x: Group, y: Group): boolean =>
  x.make !== 0 &&
  x.make === y.make &&
  (x.network === y.network || x.services.some((service) => y.services.includes(service)));

function belongs(group: Group, sources: readonly string[], told: Told): boolean {
  if (shares(sources, told.sources)) return true;
  if (group.make === 0 || group.make !== told.make) return false;
  return told.networks.has(group.network) && group.services.some((service) => told.services.has(service));
}
