import * as z from 'zod';
import { contactWorth } from '../model/contact-worth.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import { passedStatus } from '../model/detector.ts';
import type { ActorView, Detector, FindingDraft, HeldValue, Worth } from '../model/detector.ts';
import type { Context } from '../model/context.ts';

/**
 * Few contacts, but nearly all of them first contacts that fail: the sequential hypothesis test of Jung et al. 2004. Who
 * knows a network reaches what is there; who does not, mostly does not. Said only where the sensor logs successes, and of
 * what is at home; alone it supports low severity.
 *
 * Where flows are sampled, three openings that nothing followed stand for thousands: said, but as an assumption.
 */

const config = z
  .strictObject({
    failures: z
      .number()
      .int()
      .min(4)
      .default(8)
      .describe(
        'Net failures of first contacts within 1 hour: each failure adds one, each success takes one away. Raise it: scans that know half of the network pass. Lower it: clients of a few dead hosts are accused (the paper’s error rates need four).',
      ),
    halfLife: z
      .number()
      .min(1)
      .default(1800)
      .describe(
        'Seconds after which what was seen weighs half. Raise it: slower scans are found, and stale lists.',
      ),
    sampled: z
      .number()
      .int()
      .min(2)
      .default(3)
      .describe(
        'Openings without anything after them, to different services, within 5 minutes of sampled flows. Raise it: fewer doubtful findings.',
      ),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const fiveMinutes = 300;
const hour = 3600;
const day = 86_400_000_000;
/** Values looked at when a key crosses. */
const looked = 4096;
/** θ₀ = 0.8 of a benign source's first contacts succeed, θ₁ = 0.2 of a scanner's: both steps are ln 4. */
const stepOf = Math.log(0.8 / 0.2);
/** A long good record must not buy a scan: the sum never falls below what ends the paper's test as benign. */
const floor = -Math.log(99);

export const firstContact: Detector<Config> = {
  name: 'first-contact',
  title: 'Few contacts, nearly all of them first ones that fail',
  config,
  start(settings, context) {
    /** µs of the last answered contact: without any the sensor logs no successes, and failures prove nothing. */
    let answered = -Infinity;
    const opening: Worth = (batch, row) => {
      const flags = batch.flags[row];
      if (batch.outcome[row] === Outcome.answered) answered = batch.time[row];
      if ((flags & Flag.sampled) === 0 || batch.proto[row] !== Proto.tcp) return 0;
      return (flags & (Flag.tcpFlags | Flag.syn | Flag.ack)) === (Flag.tcpFlags | Flag.syn) ? 2 : 1;
    };
    return {
      counts: [
        {
          id: 'first-contact/failures',
          event: 'contact',
          by: ['source'],
          distinct: ['target'],
          windows: [{ span: hour, atLeast: 2 * settings.failures }],
          worth: contactWorth,
        },
        {
          id: 'first-contact/sampled',
          event: 'contact',
          by: ['source'],
          distinct: ['target', 'port'],
          windows: [{ span: fiveMinutes, atLeast: settings.sampled }],
          worth: opening,
          value: 'high',
          rare: true,
        },
      ],
      crossed(crossing, view) {
        if (crossing.count === 'first-contact/sampled') return sampledFinding(view);
        if (view.n2 < settings.failures || crossing.time - answered > day) return undefined;
        return failedFinding(view, settings, context);
      },
    };
  },
};

const isFailure = ({ status }: HeldValue): boolean =>
  status === Outcome.unanswered || status === Outcome.denied || status === Outcome.refused;
const isSuccess = ({ status }: HeldValue): boolean => status === Outcome.answered || status === passedStatus;

function failedFinding(view: ActorView, settings: Config, context: Context): FindingDraft | undefined {
  // One contact for each target, the first one that is still held.
  const first = new Map<number, HeldValue>();
  for (const value of view.values(looked)) {
    const known = first.get(value.target);
    if (!known || value.time < known.time || (value.time === known.time && isSuccess(value)))
      first.set(value.target, value);
  }
  const walk = [...first.values()]
    .filter(
      (value) => (isFailure(value) || isSuccess(value)) && context.home.has(view.book.words(value.target)),
    )
    .sort((x, y) => x.time - y.time || Number(isFailure(x)) - Number(isFailure(y)));
  let sum = 0;
  let failed = 0;
  let last = walk[0]?.time ?? 0;
  for (const value of walk) {
    sum *= 0.5 ** ((value.time - last) / 1_000_000 / settings.halfLife);
    last = value.time;
    const bad = isFailure(value);
    if (bad) failed++;
    sum = Math.max(floor, sum + (bad ? stepOf : -stepOf));
  }
  const bound = settings.failures * stepOf * 0.8;
  if (failed < settings.failures || sum < bound) return undefined;
  return {
    kind: 'first-contact',
    reasons: [
      `of ${walk.length} hosts at home that it contacted for the first time within 1 hour, ${failed} did not answer: the ` +
        `likelihood ratio of a scanner is e^${sum.toFixed(1)} (threshold e^${bound.toFixed(1)})`,
    ],
    strength: sum / bound,
  };
}

function sampledFinding(view: ActorView): FindingDraft | undefined {
  // Whoever also sends what follows an opening is a client whose connections are seen in part.
  if (view.n1 > 2 * view.n2) return undefined;
  const many = view.ports >= view.targets;
  return {
    kind: many ? 'vertical' : 'horizontal',
    reasons: [
      `${view.n2} openings to ${view.targets === 1 ? 'one host' : `${view.targets} hosts`} and ` +
        `${view.ports} services were sampled within 5 minutes, and nothing that followed any of them`,
    ],
    caveats: [
      'assumed: one in many packets was looked at, so these few may stand for thousands, or be all there were',
    ],
  };
}
