import * as z from 'zod';
import { counted, grouped } from '../base/plain-words.ts';
import { contactWorth } from '../model/contact-worth.ts';
import { Outcome, outcomeNames, Proto } from '../model/event.ts';
import { passedStatus } from '../model/detector.ts';
import type { ActorView, Count, Detector, FindingDraft, HeldValue, Window } from '../model/detector.ts';
import type { Crossing, Kind } from '../model/finding.ts';
import { OwnHabits, serviceHash } from '../state/own-habits.ts';
import { actorIdOf, actorNumber } from '../state/path-knowledge.ts';

/**
 * Fan-out: one actor reaches for many ports of a host (vertical), one port of many hosts (horizontal), many ports of many
 * hosts (block), or many hosts on no port in particular (sweep). TCP, UDP, ICMP, SCTP, ARP and bare IP protocols.
 *
 * Every distinct (target, service) is worth 2 when it failed or nobody knows who opened it, 1 when it was answered, and
 * one less when the service is popular; the score of a key is N₁ + N₂ (see `Count.worth`), so 15 closed ports in five
 * minutes are a vertical scan, as in Zeek's scan.zeek (15 ports, 25 hosts in five minutes).
 */

const threshold = (value: number, what: string): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .int()
    .min(2)
    .default(value)
    .describe(
      `${what}. Raise it: fewer findings on chatty hosts, slower or smaller scans pass. Lower it: the reverse.`,
    );

const config = z
  .strictObject({
    vertical: z
      .strictObject({
        '1m': threshold(20, 'Score of one target within 1 minute: 10 closed ports'),
        '5m': threshold(30, 'Score of one target within 5 minutes: 15 closed ports'),
        '1h': threshold(40, 'Score of one target within 1 hour: 20 closed ports'),
      })
      .prefault({}),
    horizontal: z
      .strictObject({
        '1m': threshold(20, 'Score of one service over targets within 1 minute: 10 silent hosts'),
        '5m': threshold(50, 'Score of one service over targets within 5 minutes: 25 silent hosts'),
        '1h': threshold(80, 'Score of one service over targets within 1 hour: 40 silent hosts'),
      })
      .prefault({})
      .describe('Capped at the number of addresses at home, but never below 10.'),
    block: z
      .strictObject({
        '5m': threshold(60, 'Score over all (target, service) pairs within 5 minutes'),
        targets: threshold(5, 'Distinct targets that a block has at least'),
        ports: threshold(5, 'Distinct services that a block has at least'),
      })
      .prefault({}),
    sweep: z
      .strictObject({
        '1m': threshold(20, 'Score over targets within 1 minute, whatever the service'),
        '5m': threshold(50, 'Score over targets within 5 minutes'),
        '1h': threshold(80, 'Score over targets within 1 hour'),
        topPort: z
          .number()
          .min(0.1)
          .max(1)
          .default(0.8)
          .describe(
            'A service that takes more than this share of the targets makes it a horizontal scan instead.',
          ),
      })
      .prefault({})
      .describe('Capped as horizontal.'),
    failedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.25)
      .describe(
        'Share of the contacted values that was not answered, or answered and then left without a word, at least. Pollers and load balancers reach what answers; a scanner does not know what will. Raise it: fewer findings on half-broken monitoring.',
      ),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const minute = 60;
const fiveMinutes = 300;
const hour = 3600;
/** Values looked at when a key crosses. */
const sampled = 4096;

/** Van Jacobson's traceroute counts UDP ports up from 33,434; 64 hops of three probes end at 33,625. */
const tracerouteFirst = 33_434;
const tracerouteLast = 33_625;

const windows = (spans: readonly (readonly [number, number])[]): Window[] =>
  spans.map(([span, atLeast]) => ({ span, atLeast }));

export const fanOut: Detector<Config> = {
  name: 'fan-out',
  title: 'Vertical, horizontal and block scans, sweeps of hosts',
  config,
  start(settings, context) {
    // A home of 16 addresses can never show 40 targets.
    const homeSize = context.home.blocks.some(({ bits }) => bits < 96) ? Infinity : context.home.count4;
    const cap = (value: number): number => Math.min(value, Math.max(10, homeSize));
    const { vertical, horizontal, block, sweep } = settings;
    const counts: Count[] = [
      {
        id: 'fan-out/vertical',
        event: 'contact',
        by: ['source', 'target'],
        distinct: ['port'],
        windows: windows([
          [minute, vertical['1m']],
          [fiveMinutes, vertical['5m']],
          [hour, vertical['1h']],
        ]),
        worth: contactWorth,
      },
      {
        id: 'fan-out/horizontal',
        event: 'contact',
        by: ['source', 'port'],
        distinct: ['target'],
        windows: windows([
          [minute, cap(horizontal['1m'])],
          [fiveMinutes, cap(horizontal['5m'])],
          [hour, cap(horizontal['1h'])],
        ]),
        worth: contactWorth,
      },
      {
        id: 'fan-out/block',
        event: 'contact',
        by: ['source'],
        distinct: ['target', 'port'],
        windows: windows([[fiveMinutes, block['5m']]]),
        worth: contactWorth,
        also: [
          { distinct: ['target'], atLeast: block.targets },
          { distinct: ['port'], atLeast: block.ports },
        ],
      },
      {
        id: 'fan-out/sweep',
        event: 'contact',
        by: ['source'],
        distinct: ['target'],
        windows: windows([
          [minute, cap(sweep['1m'])],
          [fiveMinutes, cap(sweep['5m'])],
          [hour, cap(sweep['1h'])],
        ]),
        worth: contactWorth,
      },
    ];
    const atHome = (view: ActorView, key: number): boolean => context.home.has(view.book.words(key));
    const habits = new OwnHabits();
    const decide = (
      crossing: Crossing,
      view: ActorView,
      values: readonly HeldValue[],
    ): FindingDraft | undefined => {
      switch (crossing.count) {
        case 'fan-out/vertical':
          return verticalFinding(crossing, view, values);
        case 'fan-out/horizontal':
          return horizontalFinding(crossing, view, values);
        case 'fan-out/block':
          if (isScatter(view, values, atHome)) return undefined;
          return blockFinding(crossing, view, values);
        default:
          if (view.topPortTargets() > settings.sweep.topPort * view.targets) return undefined;
          if (isScatter(view, values, atHome)) return undefined;
          return sweepFinding(crossing, view, values);
      }
    };
    return {
      counts,
      crossed(crossing, view) {
        const values = [...view.values(sampled)];
        const failed = values.filter(({ status, silent }) => status !== Outcome.answered || silent).length;
        // Pollers and balancers reach what answers, and talk to it. (What a firewall let through may have been answered or not.)
        const listed = crossing.count === 'fan-out/vertical' && wellKnown(values) >= wellKnownAtLeast;
        if (!listed && failed < Math.max(3, settings.failedShare * values.length)) {
          habits.learn(actorOf(view), timeOf(values), answeredOf(view, values));
          return undefined;
        }
        const draft = decide(crossing, view, values);
        return draft && withHabit(draft, crossing, view, values, habits);
      },
    };
  },
};

const actorOf = ({ actor, book }: ActorView): number => actorNumber(actorIdOf(book.words(actor)));

/** The latest of what a window holds: when its crossing is asked about. */
const timeOf = (values: readonly HeldValue[]): number =>
  values.reduce((latest, { time }) => Math.max(latest, time), 0);

/** What the window holds of a crossing, as hashes of (target, service). */
function hashesOf(view: ActorView, values: readonly HeldValue[]): number[] {
  return values.map(({ target, service }) => serviceHash(view.book.words(target), service));
}

const answeredOf = (view: ActorView, values: readonly HeldValue[]): number[] =>
  hashesOf(
    view,
    values.filter(({ status }) => status === Outcome.answered),
  );

const habitDays = 7;
const familiarShare = 0.9;

/** What was usual for the actor; a sudden change is said. */
function withHabit(
  draft: FindingDraft,
  crossing: Crossing,
  view: ActorView,
  values: readonly HeldValue[],
  habits: OwnHabits,
): FindingDraft {
  const now = timeOf(values);
  const habit = habits.before(actorOf(view), now, crossing.time, hashesOf(view, values));
  if (!habit || habit.days < habitDays) return draft;
  if (habit.familiar >= familiarShare) return { ...draft, habit };
  const fresh = Math.round((1 - habit.familiar) * values.length);
  return {
    ...draft,
    habit,
    reasons: [
      ...draft.reasons,
      `new for it: on ${habit.days} earlier days about ${habit.answered} services answered it within one window; of the ${values.length} that it reached now, about ${fresh} are none of those`,
    ],
  };
}

/** Nobody uses so many well-known services of one host, however many of them answer. */
const wellKnownAtLeast = 15;
const wellKnown = (values: readonly HeldValue[]): number =>
  values.filter(({ service }) => isTransport(service >>> 16) && (service & 0xffff) < 1024).length;
const isTransport = (proto: number): boolean =>
  proto === Proto.tcp || proto === Proto.udp || proto === Proto.sctp;

const spanText = (seconds: number): string =>
  seconds === minute
    ? '1 minute'
    : seconds === fiveMinutes
      ? '5 minutes'
      : seconds === hour
        ? '1 hour'
        : `${seconds} s`;

/** '12 refused, 3 unanswered' for the values looked at. */
function outcomesText(values: readonly HeldValue[]): string {
  const counts = new Map<number, number>();
  for (const { status } of values) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([x, n], [y, m]) => m - n || x - y)
    .map(([status, n]) => `${n} ${status === passedStatus ? 'let through' : outcomeNames[status]}`)
    .join(', ');
}

const scoreText = (crossing: Crossing): string =>
  `(score ${crossing.value}, threshold ${crossing.threshold})`;

const isTraceroute = ({ service }: HeldValue): boolean =>
  service >>> 16 === Proto.udp &&
  (service & 0xffff) >= tracerouteFirst &&
  (service & 0xffff) <= tracerouteLast;

/**
 * Passive FTP, RPC and media connect to high ports that both sides agreed on over a control port or two: every one of them
 * is open. Who scans does not know, and hits closed ones, or a list of services.
 */
function areAgreedPorts(values: readonly HeldValue[]): boolean {
  if (values.some(({ status }) => status !== Outcome.answered && status !== passedStatus)) return false;
  return values.filter(({ service }) => (service & 0xffff) < 1024).length <= 3;
}

function verticalFinding(
  crossing: Crossing,
  view: ActorView,
  values: readonly HeldValue[],
): FindingDraft | undefined {
  if (values.filter(isTraceroute).length >= 0.9 * values.length) return undefined;
  if (areAgreedPorts(values)) return undefined;
  const bare = values.filter(({ service }) => isBareProtocol(service >>> 16)).length;
  const kind: Kind = bare > values.length / 2 ? 'ip-protocol' : 'vertical';
  const what = kind === 'vertical' ? 'ports' : 'IP protocols';
  return {
    kind,
    reasons: [
      `tried ${grouped(view.n1)} ${what} of ${view.book.text(crossing.key)} within ${spanText(crossing.window)}, ` +
        `${outcomesText(values)} ${scoreText(crossing)}`,
    ],
  };
}

function isBareProtocol(proto: number): boolean {
  return (
    proto !== Proto.tcp &&
    proto !== Proto.udp &&
    proto !== Proto.sctp &&
    proto !== Proto.icmp &&
    proto !== Proto.icmp6 &&
    proto !== Proto.arp
  );
}

function horizontalFinding(crossing: Crossing, view: ActorView, values: readonly HeldValue[]): FindingDraft {
  const proto = crossing.key >>> 16;
  const port = crossing.key & 0xffff;
  const kind: Kind =
    proto === Proto.icmp || proto === Proto.icmp6
      ? 'icmp-sweep'
      : proto === Proto.arp
        ? 'arp-sweep'
        : 'horizontal';
  const what =
    kind === 'icmp-sweep'
      ? `ICMP type ${port >>> 8}`
      : kind === 'arp-sweep'
        ? 'ARP'
        : isBareProtocol(proto)
          ? `IP protocol ${proto}`
          : `port ${port}/${proto === Proto.udp ? 'udp' : proto === Proto.sctp ? 'sctp' : 'tcp'}`;
  return {
    kind,
    reasons: [
      `tried ${what} on ${view.n1} hosts within ${spanText(crossing.window)}, ` +
        `${outcomesText(values)} ${scoreText(crossing)}`,
    ],
  };
}

function blockFinding(crossing: Crossing, view: ActorView, values: readonly HeldValue[]): FindingDraft {
  return {
    kind: 'block',
    reasons: [
      `tried ${view.n1} combinations of ${counted(view.targets, 'host')} and ${counted(view.ports, 'service')} within ` +
        `${spanText(crossing.window)}, ${outcomesText(values)} ${scoreText(crossing)}`,
    ],
  };
}

function sweepFinding(crossing: Crossing, view: ActorView, values: readonly HeldValue[]): FindingDraft {
  return {
    kind: 'sweep',
    reasons: [
      `tried ${view.targets} hosts within ${spanText(crossing.window)} on ${counted(view.ports, 'service')}, ` +
        `${outcomesText(values)} ${scoreText(crossing)}`,
    ],
  };
}

/**
 * Peer-to-peer programs reach many hosts too, but each on a port of its own: as many services as targets, one for each.
 * That is no map of anything, as long as the targets are strangers; whoever does so to hosts at home is mapping home.
 */
function isScatter(
  view: ActorView,
  values: readonly HeldValue[],
  atHome: (view: ActorView, key: number) => boolean,
): boolean {
  const targets = new Set(values.map(({ target }) => target));
  const services = new Set(values.map(({ service }) => service));
  if (services.size < 0.8 * targets.size || values.length > 1.2 * targets.size) return false;
  let home = 0;
  for (const target of targets) if (atHome(view, target)) home++;
  return home <= 0.2 * targets.size;
}
