import { Proto } from '../model/event.ts';
import { serviceName } from '../model/service.ts';
import { mix4 } from '../state/hash.ts';
import type { HourlyBaseline } from '../state/hourly-baseline.ts';
import { isFirst, serviceMask } from './campaign-sources.ts';
import type { Sources } from './campaign-sources.ts';
import { blockTest, hostTest, networkTest } from './campaign-tests.ts';
import type { Outcome as Tested, Part } from './campaign-tests.ts';

const hour = 3_600_000_000;
const day = 24 * hour;
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
/** Of a cell: the target's last byte and the protocol. */
const hostMask = 0xffff_0000;
/** Counters of keys, by hash: one that is shared counts too many, which costs a list. */
const sketchSize = 1 << 18;
const groupsRemembered = 65_536;
/** A group is asked about again when it has so many times the members; once an hour. */
const growth = 1.25;
const hourlyGrowth = 1.05;

/** A group of records that chance does not explain. */
export interface Group {
  readonly members: readonly number[];
  readonly services: readonly number[];
  readonly make: number;
  readonly network: number;
  readonly p: number;
  readonly what: string;
}

/** Of the detector's settings. */
interface Limits {
  readonly sources: number;
  readonly targets: number;
  readonly chance: number;
}

/** What brings records together, beside their network and make: a service, a host (both in `shared`), nothing more. */
const Bond = { service: 0, host: 1, make: 2 } as const;

/** Records with something in common. */
interface Company {
  readonly network: number;
  readonly make: number;
  readonly shared: number;
  readonly members: number[];
}

/** Asks those who have something in common whether they share the work. */
export class Groups {
  readonly #sources: Sources;
  readonly #baseline: HourlyBaseline;
  readonly #limits: Limits;
  readonly #sketch = new Uint32Array(sketchSize);
  /** Members of a group when it was last asked about. */
  readonly #askedAt = new Map<number, number>();
  /** Groups that were asked about: the number of tests, for Bonferroni. */
  #tested = 0;

  constructor(sources: Sources, baseline: HourlyBaseline, limits: Limits) {
    this.#sources = sources;
    this.#baseline = baseline;
    this.#limits = limits;
  }

  /** Groups that chance does not explain, the least likely first; of those that have changed, at the end of all. */
  find(time: number, atEnd: boolean): Group[] {
    const tests = [this.#testService, this.#testHost, this.#testBlock];
    const hourly = time % hour === 0;
    const found: Group[] = [];
    for (const [bond, companies] of this.#companies(time).entries()) {
      for (const company of companies.values()) {
        const { network, make, shared, members } = company;
        if (members.length < this.#limits.sources) continue;
        if (atEnd || this.#hasGrown(askedKey(network, make, shared, bond), members.length, hourly))
          found.push(...tests[bond](company, time));
      }
    }
    return found.sort(
      (a, b) => a.p - b.p || a.members.length - b.members.length || (a.what < b.what ? -1 : 1),
    );
  }

  /** Who may belong together, by bond. */
  #companies(time: number): readonly Map<number, Company>[] {
    // Nearly all keys are of a source or two: they are counted before lists are made of the rest.
    this.#sketch.fill(0);
    this.#eachKey(time, undefined);
    const companies = [new Map<number, Company>(), new Map<number, Company>(), new Map<number, Company>()];
    this.#eachKey(time, companies);
    return companies;
  }

  /** Visits each key of each record that may be a member's: counts it, or adds the record to its company if there are enough. */
  #eachKey(time: number, companies: readonly Map<number, Company>[] | undefined): void {
    const { few } = this.#sources;
    const { size } = few;
    for (let at = 0; at < size; at++) {
      const count = few.count(at);
      if (count === 0 || time - few.last(at) > day) continue;
      if (count >= ownCells && few.last(at) - few.first(at) <= ownSpan) continue;
      const network = few.x(at);
      const make = few.y(at);
      this.#key(companies, network, make, 0, Bond.make, at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        if (isFirst(few, at, i, serviceMask))
          this.#key(companies, network, make, cell & serviceMask, Bond.service, at);
        if (hasPorts(cell) && isFirst(few, at, i, hostMask))
          this.#key(companies, network, make, cell >>> 16, Bond.host, at);
      }
    }
  }

  #key(
    companies: readonly Map<number, Company>[] | undefined,
    network: number,
    make: number,
    shared: number,
    bond: number,
    at: number,
  ): void {
    const hash = mix4(network, make, shared, bond);
    if (!companies) this.#sketch[hash & (sketchSize - 1)]++;
    else if (this.#sketch[hash & (sketchSize - 1)] >= this.#limits.sources)
      companyOf(companies[bond], hash, network, make, shared).members.push(at);
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
  readonly #testService = (
    { network, make, shared: service, members: all }: Company,
    time: number,
  ): Group[] => {
    const { few } = this.#sources;
    const members: number[] = [];
    const parts: Part[] = [];
    let thisHour = 0;
    for (const at of all) {
      const cells: number[] = [];
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        if ((cell & serviceMask) === service) cells.push(cell >>> 24);
      }
      if (cells.length > this.#limits.targets) continue;
      members.push(at);
      parts.push({ first: few.first(at), cells });
      if (Math.floor(few.first(at) / hour) === Math.floor((time - 1) / hour)) thisHour++;
    }
    if (members.length < this.#limits.sources) return [];
    const name = serviceName(service);
    const group = (p: number, what: string): Group[] => [
      { members, services: [service], make, network, p, what: `${name} of one network: ${what}` },
    ];
    const tested = networkTest(parts, this.#sources.sizeOf(network));
    const p = this.#passes(tested.p, make);
    if (p !== undefined) return group(p, wordsOf(tested));
    if (make === 0 || tested.distinct < arrivalTargets) return [];
    const usual = this.#baseline.usual(service, time - 1);
    const arrivals = this.#baseline.chance(service, time - 1, thisHour);
    if (usual === undefined || arrivals === undefined || thisHour < this.#limits.sources) return [];
    const q = this.#passes(arrivals, make);
    if (q === undefined) return [];
    return group(q, `${thisHour} of them came within an hour, in which ${usual.mean.toFixed(1)} are usual`);
  };

  /** Several ports each of the one host that brought them together; who had better luck has fewer that failed. */
  readonly #testHost = ({ network, make, shared, members: all }: Company): Group[] => {
    const { few } = this.#sources;
    const host = shared << 16;
    const least = this.#limits.sources;
    let several = 0;
    for (const at of all) if (this.#portsAt(at, host) >= portsEach) several++;
    if (several < least * severalShare) return [];
    const portsOf = (at: number): number[] => {
      const ports: number[] = [];
      for (let i = 0; i < few.count(at); i++)
        if ((few.cell(at, i) & hostMask) === host) ports.push(few.cell(at, i) & 0xffff);
      return ports;
    };
    const listed = new Set(all.filter((at) => this.#portsAt(at, host) >= portsEach).flatMap(portsOf));
    const low = Math.min(...listed);
    const high = Math.max(...listed);
    const members = all.filter(
      (at) =>
        this.#portsAt(at, host) >= portsEach ||
        portsOf(at).every((port) => port >= low && port <= high && !listed.has(port)),
    );
    if (members.length < least) return [];
    const parts = members.map((at) => ({ first: few.first(at), cells: portsOf(at) }));
    const tested = hostTest(parts);
    const p = this.#passes(tested.p, make);
    if (p === undefined) return [];
    const proto = (host & serviceMask) >>> 0;
    const services = [...new Set(parts.flatMap(({ cells }) => cells.map((port) => proto | port)))];
    return [{ members, services, make, network, p, what: `ports of one host: ${wordsOf(tested)}` }];
  };

  /** How many ports of the host the record has. */
  #portsAt(at: number, host: number): number {
    const { few } = this.#sources;
    const count = few.count(at);
    let n = 0;
    for (let i = 0; i < count; i++) if ((few.cell(at, i) & hostMask) === host) n++;
    return n;
  }

  /** All of one make in one network: pairs of target and service. */
  readonly #testBlock = ({ network, make, members: all }: Company): Group[] => {
    const { few } = this.#sources;
    const services = this.#servicesOf(all);
    if (services.length < 2) return [];
    const rank = new Map(services.map((service, i) => [service, i]));
    const members: number[] = [];
    const parts: Part[] = [];
    for (const at of all) {
      const cells: number[] = [];
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        const port = rank.get(cell & serviceMask);
        if (port !== undefined) cells.push(port * 256 + (cell >>> 24));
      }
      if (cells.length === 0) continue;
      members.push(at);
      parts.push({ first: few.first(at), cells });
    }
    if (members.length < this.#limits.sources) return [];
    const tested = blockTest(parts, services.length);
    const p = this.#passes(tested.p, make);
    if (p === undefined) return [];
    const what = `${services.length} services of one network: ${wordsOf(tested)}`;
    return [{ members, services, make, network, p, what }];
  };

  /** A port takes part when several sources try it, over much of what is tried at all. */
  #servicesOf(all: readonly number[]): number[] {
    const { few } = this.#sources;
    const tried = new Map<number, Tried>();
    for (const at of all) {
      const count = few.count(at);
      for (let i = 0; i < count; i++) {
        const cell = few.cell(at, i);
        const service = cell & serviceMask;
        let known = tried.get(service);
        if (!known) tried.set(service, (known = { members: 0, targets: 0, seen: new Uint8Array(256) }));
        if (isFirst(few, at, i, serviceMask)) known.members++;
        if (known.seen[cell >>> 24] === 0) {
          known.seen[cell >>> 24] = 1;
          known.targets++;
        }
      }
    }
    let most = 0;
    for (const { members, targets } of tried.values()) if (members >= triedBy) most = Math.max(most, targets);
    return [...tried]
      .filter(([, { members, targets }]) => members >= triedBy && targets >= takesPart * most)
      .map(([service]) => service);
  }

  /** The probability, corrected for all tests so far, when it is small enough. */
  #passes(p: number, make: number): number | undefined {
    this.#tested++;
    const corrected = 3 * p * this.#tested;
    const { chance } = this.#limits;
    // Without a common make only the shared work speaks; by chance alone it would have to be far rarer.
    return corrected < (make === 0 ? chance ** 2 : chance) ? corrected : undefined;
  }
}

/** How many members tried a service, and at which last bytes. */
interface Tried {
  members: number;
  targets: number;
  readonly seen: Uint8Array;
}

const hasPorts = (cell: number): boolean => {
  const proto = (cell >>> 16) & 255;
  return proto === Proto.tcp || proto === Proto.udp || proto === Proto.sctp;
};

/** The company of the key; one whose hash is taken stands at the next that is free. */
function companyOf(
  companies: Map<number, Company>,
  hash: number,
  network: number,
  make: number,
  shared: number,
): Company {
  for (let spot = hash; ; spot = (spot + 1) | 0) {
    const known = companies.get(spot);
    if (!known) {
      const company = { network, make, shared, members: [] };
      companies.set(spot, company);
      return company;
    }
    if (known.network === network && known.make === make && known.shared === shared) return known;
  }
}

/** 53 bits of hash. */
const askedKey = (network: number, make: number, shared: number, bond: number): number =>
  (mix4(network, make, shared, bond) >>> 0) * 0x20_0000 + (mix4(shared, network, make, bond + 7) & 0x1f_ffff);

function wordsOf({ distinct, of, visits, how }: Tested): string {
  return `together ${distinct} of ${of} in ${visits} probes, ${how === 'coverage' ? 'covering more than chance would' : 'in order'}`;
}
