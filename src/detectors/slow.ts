import * as z from 'zod';
import { Flag, Outcome, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Detector, FindingDraft, Worth } from '../model/detector.ts';
import { hashBytes, hashOut } from '../state/hash.ts';
import { actorIdOf, actorOf } from '../state/path-knowledge.ts';
import type { ActorId } from '../state/path-knowledge.ts';
import { SlowMemory } from '../state/slow-memory.ts';
import type { SlowState } from '../state/slow-memory.ts';
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
    paths: threshold(60, 'Distinct missing paths within 24 hours, at most 64'),
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
  start(settings) {
    const contacts = new Slow(Math.min(settings.day, settings.month), (state) =>
      contactsCrossed(state, settings),
    );
    const paths = new Slow(settings.paths, (state) => pathsCrossed(state, settings));
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
            if (outcome === Outcome.unknown && (batch.flags[row] & Flag.passed) !== 0) return 0;
            return contacts.fail(batch, row, contactHash);
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
      ],
      crossed(crossing, view) {
        const id = actorIdOf(view.book.words(view.actor));
        return crossing.count === 'slow/contacts'
          ? contactFinding(contacts.stateOf(id), settings)
          : pathFinding(paths.stateOf(id), settings);
      },
    };
  },
};

/** Long memory and who was told of lately. */
class Slow {
  readonly memory = new SlowMemory();
  readonly #told = new Map<number, number>();
  readonly #least: number;
  readonly #crossed: (state: SlowState) => boolean;

  constructor(least: number, crossed: (state: SlowState) => boolean) {
    this.#least = least;
    this.#crossed = crossed;
  }

  fail(batch: EventBatch, row: number, hash: (batch: EventBatch, row: number) => number): 0 | 2 {
    const time = batch.time[row];
    this.memory.step(time);
    const key = keyOf(actorOf(batch, row));
    if (!this.memory.knows(key)) {
      this.memory.touch(key);
      return 0;
    }
    const state = this.memory.fail(key, hash(batch, row), this.#least);
    if (!state || !this.#crossed(state)) return 0;
    const told = this.#told.get(key);
    // Rows of one µs have no order: all of them are told.
    if (told !== undefined && told !== time && time - told < toldFor) return 0;
    if (told === undefined && this.#told.size >= toldLimit)
      this.#told.delete(this.#told.keys().next().value!);
    this.#told.set(key, time);
    return 2;
  }

  stateOf(id: ActorId): SlowState | undefined {
    return this.memory.state(keyOf(id));
  }
}

/** An actor as one number below 2⁵³. */
const keyOf = ({ key, tag }: ActorId): number => (tag & 0x1f_ffff) * 0x1_0000_0000 + key;

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
      const key = keyOf(actorOf(batch, row));
      if (paths.memory.knows(key)) paths.memory.good(key);
      return 0;
    }
    if (status !== 404 && status !== 410 && status !== 403 && status !== 400 && status !== 405) return 0;
    return paths.fail(batch, row, pathHash);
  };
}

/** Series count once: an API's items, the pages of an old sitemap. */
function pathHash(batch: EventBatch, row: number): number {
  const path = shapeOf(batch.text(row, Text.path).slice(0, 512));
  const bytes = Buffer.from(`${batch.text(row, Text.host)}\n${path}`);
  hashBytes(bytes, 0, bytes.length);
  return hashOut[0] | 0;
}

const retries = (state: SlowState, settings: Config): boolean =>
  state.recurring >= settings.recurringShare * state.month;

function contactsCrossed(state: SlowState, settings: Config): boolean {
  if (retries(state, settings)) return false;
  return (
    (state.day >= settings.day && state.hours >= settings.hours) ||
    (state.month >= settings.month && state.days >= settings.days)
  );
}

function pathsCrossed(state: SlowState, settings: Config): boolean {
  if (retries(state, settings) || state.bad < settings.missingShare * (state.bad + state.good)) return false;
  return (
    (state.day >= settings.paths && state.hours >= settings.hours) ||
    (state.month >= settings.paths && state.days >= settings.days)
  );
}

function contactFinding(state: SlowState | undefined, settings: Config): FindingDraft | undefined {
  if (!state) return undefined;
  const daily = state.day >= settings.day && state.hours >= settings.hours;
  return {
    kind: state.upper > 2 * state.lower ? 'horizontal' : state.lower > 2 * state.upper ? 'vertical' : 'block',
    reasons: [
      daily
        ? `tried ${state.day} combinations of hosts and services within 24 hours that did not answer (threshold ` +
          `${settings.day}), in ${state.hours} different hours (threshold ${settings.hours}): slowly`
        : `tried ${state.month} combinations of hosts and services within 30 days that did not answer (threshold ` +
          `${settings.month}), on ${state.days} different days (threshold ${settings.days}): slowly`,
    ],
    traits: ['pace: slow'],
    strength: daily ? state.day / settings.day : state.month / settings.month,
  };
}

function pathFinding(state: SlowState | undefined, settings: Config): FindingDraft | undefined {
  if (!state) return undefined;
  return {
    kind: 'wordlist',
    reasons: [
      `asked for ${state.month} different paths that are not there (threshold ${settings.paths}), in ${state.hours} of ` +
        `the last 24 hours and on ${state.days} days: slowly`,
    ],
    traits: ['pace: slow'],
    strength: state.month / settings.paths,
  };
}
