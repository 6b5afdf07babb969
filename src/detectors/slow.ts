import * as z from 'zod';
import { Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Context } from '../model/context.ts';
import type { Detector, FindingDraft, Worth } from '../model/detector.ts';
import type { AddressKey } from '../model/finding.ts';
import { hashBytes, hashOut, mix4 } from '../state/hash.ts';
import { actorIdOf, actorNumber, actorOf } from '../state/path-knowledge.ts';
import { SeenBefore } from '../state/seen-before.ts';
import { LimitedMap } from '../state/limited-map.ts';
import { SlowMemory } from '../state/slow-memory.ts';
import type { SlowState } from '../state/slow-memory.ts';
import { hashText } from '../state/text-hash.ts';
import { isGuess, zoneLabels } from './dns-names.ts';
import { shapeOf } from './web-paths.ts';

/**
 * Scans that take their time: a port an hour for days, a word list at one word in twenty minutes. What failed is
 * remembered for a month, per actor; how many distinct values, over how many hours and days, decides.
 */

const threshold = (value: number, what: string): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .int()
    .min(2)
    .default(value)
    .describe(
      `${what}. Raise it: slower scans pass. Lower it: clients with many small troubles are accused.`,
    );

const config = z
  .strictObject({
    day: threshold(15, 'Distinct (target, service) pairs that failed within 24 hours'),
    hours: threshold(6, 'Hours of the day in which one of them was tried'),
    month: threshold(30, 'Distinct pairs that failed within 30 days'),
    days: threshold(5, 'Days of the month on which one of them was tried'),
    week: threshold(24, 'Distinct pairs that failed within 7 days'),
    weekDays: threshold(4, 'Days of the week on which one of them was tried'),
    paths: threshold(60, 'Distinct missing paths within 24 hours, 7 or 30 days'),
    names: threshold(60, 'Distinct guessed names that do not exist, within 24 hours, 7 or 30 days'),
    network: threshold(
      3,
      'Addresses of a /24 or /48 whose failures are added up; together they need twice the values',
    ),
    missingShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe('Share of the requests of that actor that must have been for what is missing.'),
    recurringShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Share of the values that come back in later hours, from which on it is somebody who retries. Lower it: scans that try everything twice pass.',
      ),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const span = 86_400;
/** An episode of a slow scan ends after 48 quiet hours; so long the same actor is not told again. */
const toldFor = 48 * 3_600_000_000;
const toldLimit = 16_384;

export const slow: Detector<Config> = {
  name: 'slow',
  title: 'Scans over hours and days',
  config,
  start(settings, context) {
    const contacts = new Slow(Math.min(settings.day, settings.week, settings.month), (state) =>
      contactPace(state, settings, 1),
    );
    const networks = new Slow(2 * Math.min(settings.day, settings.week, settings.month), (state) =>
      contactPace(state, settings, together),
    );
    const neighbours = new Neighbours();
    const paths = new Slow(settings.paths, (state) => pathPace(state, settings, settings.paths));
    const names = new Slow(settings.names, (state) => pathPace(state, settings, settings.names));
    const asked = new SeenBefore(1 << 16);
    return {
      counts: [
        {
          id: 'slow/contacts',
          event: 'contact',
          by: ['source'],
          distinct: ['target', 'port'],
          windows: [{ span, atLeast: 1 }],
          worth: (batch, row, popular, outbound) => {
            const outcome = batch.outcome[row];
            // What leaves for the world fails all day: peers that are gone, sites that are down.
            if (outcome === Outcome.answered || popular || outbound) return 0;
            // What a firewall let through may have been answered; of pings it says nothing, and monitoring comes back.
            if (
              outcome === Outcome.unknown &&
              (batch.flags[row] & Flag.passed) !== 0 &&
              !isPing(batch.proto[row])
            )
              return 0;
            const alone = contacts.fail(actorNumber(actorOf(batch, row)), batch, row, contactHash);
            if (isAtHome(batch, row, context)) return alone;
            // A network at a time: a hundred addresses that take turns are as slow as each of them.
            const network = networkOf(batch, row);
            if (networks.memory.knows(network))
              neighbours.add(network, batch.source[row], (batch.flags[row] & Flag.v6) !== 0, batch);
            const shared = networks.fail(network, batch, row, contactHash);
            return alone > 0 || (shared > 0 && neighbours.count(network) >= settings.network) ? 2 : 0;
          },
          value: 'high',
          rare: true,
        },
        {
          id: 'slow/paths',
          event: 'request',
          by: ['source'],
          distinct: ['path'],
          windows: [{ span, atLeast: 1 }],
          worth: requestWorth(paths),
          value: 'high',
          rare: true,
        },
        {
          id: 'slow/names',
          event: 'query',
          by: ['source'],
          distinct: ['name'],
          windows: [{ span, atLeast: 1 }],
          worth: queryWorth(names, asked, context),
          value: 'high',
          rare: true,
        },
      ],
      crossed(crossing, view) {
        const words = view.book.words(view.actor);
        const key = actorNumber(actorIdOf(words));
        if (crossing.count === 'slow/paths') return pathFinding(paths.stateOf(key), settings);
        if (crossing.count === 'slow/names') return nameFinding(names.stateOf(key), settings);
        const alone = contactFinding(contacts.stateOf(key), settings, 1);
        if (alone) return alone;
        const network = networkOfWords(words);
        const finding = contactFinding(networks.stateOf(network), settings, together);
        return finding && shared(finding, neighbours, network, view.actor);
      },
    };
  },
};

const isPing = (proto: number): boolean => proto === Proto.icmp || proto === Proto.icmp6;

/** Failures of a network's addresses together: so many times the values of one. */
const together = 2;

/** Long memory and who was told of lately. */
class Slow {
  readonly memory = new SlowMemory();
  readonly #told = new LimitedMap<number, number>(toldLimit);
  readonly #least: number;
  readonly #pace: (state: SlowState) => Pace | undefined;

  constructor(least: number, pace: (state: SlowState) => Pace | undefined) {
    this.#least = least;
    this.#pace = pace;
  }

  fail(key: number, batch: EventBatch, row: number, hash: (batch: EventBatch, row: number) => number): 0 | 2 {
    const time = batch.time[row];
    this.memory.step(time);
    if (!this.memory.knows(key)) {
      this.memory.touch(key);
      return 0;
    }
    const state = this.memory.fail(key, hash(batch, row), this.#least);
    if (!state || !this.#pace(state)) return 0;
    const told = this.#told.get(key);
    // Rows of one µs have no order: all of them are told.
    if (told !== undefined && told !== time && time - told < toldFor) return 0;
    this.#told.set(key, time);
    return 2;
  }

  stateOf(key: number): SlowState | undefined {
    return this.memory.state(key);
  }
}

/** Which addresses of a network failed: those of IPv4 by their last byte, so many /64 of a /48. */
class Neighbours {
  readonly #networks = new LimitedMap<number, Set<number>>(networksKept);

  add(network: number, source: number, v6: boolean, { wide }: EventBatch): void {
    let known = this.#networks.get(network);
    if (!known) this.#networks.set(network, (known = new Set()));
    if (known.size < 256) known.add(v6 ? -1 - (wide[source * 4 + 1] & 0xffff) : source);
  }

  count(network: number): number {
    return this.#networks.get(network)?.size ?? 0;
  }

  /** IPv4 addresses only: a /64 has no key until the engine sees it. */
  members(network: number): number[] {
    return [...(this.#networks.get(network) ?? [])].filter((source) => source >= 0).sort((x, y) => x - y);
  }
}

const networksKept = 8192;

function isAtHome(batch: EventBatch, row: number, { home }: Context): boolean {
  const source = batch.source[row];
  if ((batch.flags[row] & Flag.v6) === 0) return home.has4(source);
  const { wide } = batch;
  const at = source * 4;
  return home.has6(wide[at], wide[at + 1], wide[at + 2], wide[at + 3]);
}

/** The /24 or /48 of a row's source, as a number that no actor has. */
function networkOf(batch: EventBatch, row: number): number {
  const source = batch.source[row];
  if ((batch.flags[row] & Flag.v6) === 0) return network4 + (source & 0xffff_ff00) + 0x1_0000_0000;
  return network6(batch.wide[source * 4], batch.wide[source * 4 + 1]);
}

function networkOfWords([a, b, c, d]: readonly number[]): number {
  if (a === 0 && b === 0 && c === 0xffff) return network4 + (d & 0xffff_ff00) + 0x1_0000_0000;
  return network6(a, b);
}

const network4 = 0x1f_fffe * 0x1_0000_0000;
const network6 = (a: number, b: number): number =>
  (mix4(a, b >>> 16, 48, 1) & 0x0f_ffff) * 0x1_0000_0000 + (mix4(a, b >>> 16, 48, 2) >>> 0);

function shared(
  finding: FindingDraft,
  neighbours: Neighbours,
  network: number,
  actor: AddressKey,
): FindingDraft {
  const n = neighbours.count(network);
  const members = neighbours.members(network);
  return {
    ...finding,
    reasons: finding.reasons.map(
      (reason) => `${n} addresses of one ${members.length > 0 ? '/24' : '/48'} together ${reason}`,
    ),
    members: members.length > 0 ? members : [actor],
  };
}

/** Target in the upper half, service in the lower. */
function contactHash(batch: EventBatch, row: number): number {
  let target = batch.target[row];
  if ((batch.flags[row] & Flag.v6) !== 0) {
    const { wide } = batch;
    const at = target * 4;
    target = 0;
    for (let i = 0; i < 4; i++) target = Math.imul(target ^ wide[at + i], 0xcc9e2d51) ^ (target >>> 15);
  }
  const service = (batch.proto[row] << 16) | batch.targetPort[row];
  const upper = Math.imul(target, 0x9e3779b1);
  const lower = Math.imul(service, 0x85ebca6b);
  return ((upper ^ (upper << 11)) & 0xffff_0000) | (lower >>> 16);
}

function requestWorth(paths: Slow): Worth {
  return (batch, row) => {
    const status = batch.status[row];
    if (status < 400 || status >= 500) {
      const key = actorNumber(actorOf(batch, row));
      if (paths.memory.knows(key)) paths.memory.good(key);
      return 0;
    }
    if (status !== 404 && status !== 410 && status !== 403 && status !== 400 && status !== 405) return 0;
    return paths.fail(actorNumber(actorOf(batch, row)), batch, row, pathHash);
  };
}

/** Series count once: an API's items, the pages of an old sitemap. */
function pathHash(batch: EventBatch, row: number): number {
  const path = shapeOf(batch.text(row, Text.path).slice(0, 512));
  const bytes = Buffer.from(`${batch.text(row, Text.host)}\n${path}`);
  hashBytes(bytes, 0, bytes.length);
  return hashOut[0] | 0;
}

const noName = 3;
/** `status` of a query whose answer was not seen. */
const noAnswer = 255;
const pointer = 12;
const quadA = 28;

/** Names that do not exist, or where the log does not say, that nobody had asked for; guesses only (dns-names.ts). */
function queryWorth(names: Slow, asked: SeenBefore, context: Context): Worth {
  let now = NaN;
  return (batch, row) => {
    const time = batch.time[row];
    if (time !== now) {
      now = time;
      asked.settle();
    }
    const status = batch.status[row];
    let missing = status === noName;
    if (status === noAnswer) {
      // Whoever asks for one address asks for the other too: the second is no sign that the name is known.
      if (batch.queryType[row] === quadA) return 0;
      hashText(batch, row, Text.name);
      missing = !asked.has(hashOut[0], hashOut[1]);
      if (missing) asked.add(hashOut[0], hashOut[1]);
    }
    const key = actorNumber(actorOf(batch, row));
    if (!missing) {
      if (names.memory.knows(key)) names.memory.good(key);
      return 0;
    }
    if (batch.queryType[row] === pointer || isAtHome(batch, row, context)) return 0;
    if (!names.memory.knows(key)) return names.fail(key, batch, row, nameHash);
    const labels = batch.text(row, Text.name).slice(0, 253).toLowerCase().replace(/\.$/, '').split('.');
    if (!isGuess(labels.slice(0, labels.length - zoneLabels(labels)))) return 0;
    return names.fail(key, batch, row, nameHash);
  };
}

function nameHash(batch: EventBatch, row: number): number {
  const bytes = Buffer.from(batch.text(row, Text.name).slice(0, 253).toLowerCase());
  hashBytes(bytes, 0, bytes.length);
  return hashOut[0] | 0;
}

function nameFinding(state: SlowState | undefined, settings: Config): FindingDraft | undefined {
  const pace = state && pathPace(state, settings, settings.names);
  if (!pace) return undefined;
  return {
    kind: 'dns-enumeration',
    reasons: [
      `asked for ${pace.values} guessed names that do not exist within ${pace.within} (threshold ${pace.least}), ` +
        `${pace.active}: slowly`,
    ],
    traits: ['pace: slow'],
    strength: pace.values / pace.least,
  };
}

const retries = (state: SlowState, settings: Config): boolean => state.recurring >= settings.recurringShare;

/** The first window whose values and active hours or days are reached. */
interface Pace {
  readonly values: number;
  readonly least: number;
  readonly within: string;
  readonly active: string;
}

function paceOf(
  state: SlowState,
  { hours, weekDays, days }: Config,
  least: { readonly day: number; readonly week: number; readonly month: number },
): Pace | undefined {
  if (state.day >= least.day && state.hours >= hours) {
    const active = `in ${state.hours} different hours (threshold ${hours})`;
    return { values: state.day, least: least.day, within: '24 hours', active };
  }
  if (state.week >= least.week && state.weekDays >= weekDays) {
    const active = `on ${state.weekDays} different days (threshold ${weekDays})`;
    return { values: state.week, least: least.week, within: '7 days', active };
  }
  if (state.month >= least.month && state.days >= days) {
    const active = `on ${state.days} different days (threshold ${days})`;
    return { values: state.month, least: least.month, within: '30 days', active };
  }
  return undefined;
}

function contactPace(state: SlowState, settings: Config, factor: number): Pace | undefined {
  if (retries(state, settings)) return undefined;
  const { day, week, month } = settings;
  return paceOf(state, settings, { day: factor * day, week: factor * week, month: factor * month });
}

function pathPace(state: SlowState, settings: Config, least: number): Pace | undefined {
  if (retries(state, settings) || state.bad < settings.missingShare * (state.bad + state.good))
    return undefined;
  return paceOf(state, settings, { day: least, week: least, month: least });
}

function contactFinding(
  state: SlowState | undefined,
  settings: Config,
  factor: number,
): FindingDraft | undefined {
  const pace = state && contactPace(state, settings, factor);
  if (!pace) return undefined;
  return {
    kind: state.upper > 2 * state.lower ? 'horizontal' : state.lower > 2 * state.upper ? 'vertical' : 'block',
    reasons: [
      `tried ${pace.values} combinations of hosts and services within ${pace.within} that did not answer (threshold ` +
        `${pace.least}), ${pace.active}: slowly`,
    ],
    traits: ['pace: slow'],
    strength: pace.values / pace.least,
  };
}

function pathFinding(state: SlowState | undefined, settings: Config): FindingDraft | undefined {
  const pace = state && pathPace(state, settings, settings.paths);
  if (!pace) return undefined;
  return {
    kind: 'wordlist',
    reasons: [
      `asked for ${pace.values} different paths that are not there within ${pace.within} (threshold ${pace.least}), ` +
        `${pace.active}: slowly`,
    ],
    traits: ['pace: slow'],
    strength: pace.values / pace.least,
  };
}
