import * as z from 'zod';
import { Flag, Outcome } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Detector, FindingDraft, Worth } from '../model/detector.ts';
import { SourceGroups } from '../state/source-groups.ts';
import type { SourceGroup } from '../state/source-groups.ts';

/**
 * Many sources, little each, together one scan. Sources that probe one port of a network with packets of one make are
 * a group; what tells a campaign from the noise that every address hears is that they share the
 * work: they cover more than chance would, or go in order.
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
      .max(16)
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
        'Probability of coverage or order by chance, after correction for the number of groups looked at. Raise it: more campaigns, and noise among them.',
      ),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const day = 86_400;

interface Told {
  readonly members: number[];
  readonly reason: string;
  readonly caveats: readonly string[];
}

export const campaign: Detector<Config> = {
  name: 'campaign',
  title: 'Many sources, little each, together one scan',
  config,
  start(settings, context) {
    const byPort = new SourceGroups(settings.targets, settings.sources);
    /** What is to be told of the actor that completed a group, until it is. */
    const pending = new Map<number, Told>();
    const sizes = new Map<number, number>();

    /** Home addresses in the /24. */
    const sizeOf = (network: number): number => {
      let size = sizes.get(network);
      if (size === undefined) {
        size = 0;
        for (let i = 0; i < 256; i++) if (context.home.has4(network + i)) size++;
        if (sizes.size > 65_536) sizes.clear();
        sizes.set(network, size);
      }
      return size;
    };

    const judge = (group: SourceGroup, cells: number, what: string, shared: boolean): Told | undefined => {
      group.next = Math.max(settings.sources, Math.ceil(group.size * 1.25));
      if (group.alive < settings.sources) return undefined;
      byPort.tested++;
      if (cells < settings.sources) return undefined;
      const tests = 2 * byPort.tested;
      const coverage = byPort.coverageP(group, cells) * tests;
      const order = byPort.orderP(group) * tests;
      if (Math.min(coverage, order) >= settings.chance) return undefined;
      // Without a common make only the shared work speaks; by chance alone it would have to be far rarer.
      if (!shared && Math.min(coverage, order) >= settings.chance ** 2) return undefined;
      group.members = byPort.membersOf(group);
      return {
        members: group.members,
        reason:
          `${group.alive} sources with little each probed ${what}: together ${group.distinct} of ${cells} in ` +
          `${group.visits} probes, ${coverage < order ? 'covering more than chance would' : 'in order'} ` +
          `(probability ${Math.min(coverage, order).toExponential(0)}, threshold ${settings.chance.toExponential(0)})`,
        caveats: shared
          ? []
          : ['The sensor logs no header fields: that the sources share a tool is not known.'],
      };
    };

    const worth: Worth = (batch, row, _popular, outbound) => {
      const flags = batch.flags[row];
      if (outbound || (flags & (Flag.v6 | Flag.noTarget)) !== 0 || batch.outcome[row] === Outcome.answered)
        return 0;
      if (batch.outcome[row] === Outcome.unknown && (flags & Flag.passed) !== 0) return 0;
      const target = batch.target[row];
      if (!context.home.has4(target)) return 0;
      const make = makeOf(batch, row);
      const service = (batch.proto[row] << 16) | batch.targetPort[row];
      const network = (target & 0xffff_ff00) >>> 0;
      const source = batch.source[row];
      const time = batch.time[row];
      const grown = byPort.see(network, service, make, source, target & 255, time);
      if (!grown) return 0;
      const told = judge(grown, sizeOf(network), `port ${batch.targetPort[row]} of one network`, make !== 0);
      if (!told) return 0;
      pending.set(source, told);
      return 2;
    };

    return {
      counts: [
        {
          id: 'campaign/contacts',
          event: 'contact',
          by: ['source'],
          distinct: ['target', 'port'],
          windows: [{ span: day, atLeast: 1 }],
          worth,
          value: 'high',
          rare: true,
        },
      ],
      crossed(_crossing, view): FindingDraft | undefined {
        const told = pending.get(view.actor);
        if (!told) return undefined;
        pending.delete(view.actor);
        return {
          kind: 'campaign',
          reasons: [told.reason],
          caveats: told.caveats,
          members: told.members,
          strength: Math.max(1, told.members.length / settings.sources),
        };
      },
    };
  },
};

/** What packets of one tool share: window, whether SYNs carry options, the TTL they began with. 0: not logged. */
function makeOf(batch: EventBatch, row: number): number {
  const flags = batch.flags[row];
  if ((flags & Flag.header) === 0) return 0;
  const ttl = batch.ttl[row];
  const began = ttl === 0 ? 0 : ttl <= 64 ? 1 : ttl <= 128 ? 2 : 3;
  return 1 + (batch.window[row] | (began << 16) | ((flags & Flag.noOptions) === 0 ? 0 : 1 << 18));
}
