import type { Teller } from '../model/detector.ts';
import { serviceName } from '../model/service.ts';
import type { HourlyBaseline } from '../state/hourly-baseline.ts';
import {
  highest,
  isFirst,
  nameMember,
  passedBit,
  serviceMask,
  sourceKey,
  sourceKeys,
} from './campaign-sources.ts';
import type { Sources } from './campaign-sources.ts';

const day = 86_400_000_000;
const touchLimit = 8192;
/** Noise goes everywhere: to so many addresses at least. */
const targetsAtLeast = 5;

interface Day {
  readonly service: number;
  readonly day: number;
  readonly members: number[];
}

/** The noise that every address hears: once a day and port, how many came who have nothing in common. */
export class Background {
  readonly #sources: Sources;
  readonly #baseline: HourlyBaseline;
  readonly #atLeast: number;
  /** UTC day up to which it was told. */
  #day = NaN;

  /** `atLeast`: sources of one port and day from which on they are told. */
  constructor(sources: Sources, baseline: HourlyBaseline, atLeast: number) {
    this.#sources = sources;
    this.#baseline = baseline;
    this.#atLeast = atLeast;
  }

  /** Days that are over, and at the end the last one; `isMember` tells who belongs to a campaign. */
  tick(time: number, atEnd: boolean, isMember: (at: number) => boolean, teller: Teller): void {
    const today = Math.floor((time - 1) / day);
    if (Number.isNaN(this.#day)) this.#day = today - 1;
    const over = atEnd ? today : Math.floor(time / day) - 1;
    if (over <= this.#day) return;
    const days = this.#days(over, isMember, teller);
    this.#day = over;
    for (const { service, members } of days)
      if (members.length >= this.#atLeast) this.#tell(service, members, time, teller);
  }

  #days(over: number, isMember: (at: number) => boolean, teller: Teller): Day[] {
    const days = new Map<number, Day>();
    const { few } = this.#sources;
    for (let at = 0; at < few.size; at++) {
      const began = Math.floor(few.first(at) / day);
      if (began <= this.#day || began > over) continue;
      if ((few.bits(at) & passedBit) !== 0 || few.count(at) === 0) continue;
      if (teller.isSuspect(sourceKey(this.#sources.few, at, teller)) || isMember(at)) continue;
      for (let i = 0; i < few.count(at); i++) {
        if (!isFirst(few, at, i, serviceMask)) continue;
        const service = few.cell(at, i) & serviceMask;
        const name = (began - this.#day) * (serviceMask + 1) + service;
        const known = days.get(name);
        if (known) known.members.push(at);
        else days.set(name, { service, day: began, members: [at] });
      }
    }
    return [...days.values()].sort((x, y) => x.day - y.day || x.service - y.service);
  }

  #tell(service: number, members: readonly number[], time: number, teller: Teller): void {
    const { few } = this.#sources;
    const targets = new Map<number, number>();
    for (const at of members) {
      for (let i = 0; i < few.count(at); i++) {
        const cell = few.cell(at, i);
        if ((cell & serviceMask) !== service) continue;
        const target = few.x(at) * 256 + (cell >>> 24);
        targets.set(target, (targets.get(target) ?? 0) + 1);
      }
    }
    // Clients of a host that is down all go there.
    const most = [...targets.values()].reduce((x, y) => Math.max(x, y), 0);
    if (targets.size < targetsAtLeast || most > members.length / 2) return;
    const keys = sourceKeys(few, members, teller);
    if (keys.length < this.#atLeast) return;
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
      nameMember(statement, few, at, teller, i + 1);
      for (let j = 0; j < few.count(at); j++) {
        const cell = few.cell(at, j);
        if ((cell & serviceMask) !== service) continue;
        const target = this.#sources.target(at, cell);
        if (target && touched++ < touchLimit) statement.touch(target, service, highest(few.bits(at)));
      }
    }
  }
}
