import * as z from 'zod';
import { Flag, Outcome } from '../model/event.ts';
import { tickLength } from '../model/detector.ts';
import type { Detector, Statement, Teller, Worth } from '../model/detector.ts';
import type { Context } from '../model/context.ts';
import { HourlyBaseline } from '../state/hourly-baseline.ts';
import { Background } from './campaign-background.ts';
import { Groups } from './campaign-groups.ts';
import type { Group } from './campaign-groups.ts';
import { Sources, highest, nameMember, serviceMask, sourceKey, sourceKeys } from './campaign-sources.ts';
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
const touchLimit = 8192;

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
  readonly #sources: Sources;
  readonly #baseline = new HourlyBaseline();
  readonly #groups: Groups;
  readonly #background: Background;
  readonly #told: Told[] = [];
  /** Cells noted when it was last asked. */
  #asked = 0;

  constructor(settings: Config, { home }: Context) {
    this.#settings = settings;
    this.#sources = new Sources(home);
    this.#groups = new Groups(this.#sources, this.#baseline, settings);
    this.#background = new Background(this.#sources, this.#baseline, settings.background);
  }

  /** What failed, or nobody knows how it ended, towards home. Nothing is counted: the value of a row is 0. */
  readonly see: Worth = (batch, row, popular, outbound) => {
    const outcome = batch.outcome[row];
    const flags = batch.flags[row];
    if (outbound || outcome === Outcome.answered || (flags & Flag.noTarget) !== 0) return 0;
    const passed = outcome === Outcome.unknown && (flags & Flag.passed) !== 0;
    if (passed && popular) return 0;
    const at = this.#sources.note(batch, row, passed);
    if (at < 0) return 0;
    const service = (batch.proto[row] << 16) | batch.targetPort[row];
    if (this.#sources.isNewService(at, service)) this.#baseline.add(service, batch.time[row]);
    return 0;
  };

  tick(time: number, teller: Teller): void {
    const { few } = this.#sources;
    const atEnd = time % tickLength !== 0;
    const fresh = few.noted - this.#asked;
    const due = atEnd || time % hour === 0 || fresh >= Math.max(2 * this.#settings.sources, few.size / 8);
    if (fresh > 0 && due) {
      this.#asked = few.noted;
      this.#tell(this.#groups.find(time, atEnd), time, teller);
    }
    const isMember = (at: number): boolean =>
      this.#told.length > 0 && this.#isMember(this.#sources.nameOf(at));
    this.#background.tick(time, atEnd, isMember, teller);
  }

  #isMember(source: string): boolean {
    return this.#told.some(({ sources }) => sources.has(source));
  }

  #tell(all: readonly Group[], time: number, teller: Teller): void {
    // Who has a finding of its own is no member, and whoever is left must be enough.
    const groups = all.flatMap((group): Group[] => {
      const members = group.members.filter(
        (at) => !teller.isSuspect(sourceKey(this.#sources.few, at, teller)),
      );
      return members.length >= this.#settings.sources ? [{ ...group, members }] : [];
    });
    const fresh: { readonly groups: Group[]; readonly sources: Set<string> }[] = [];
    for (const group of groups) {
      const sources = group.members.map((at) => this.#sources.nameOf(at));
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
          members: sourceKeys(
            this.#sources.few,
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
    const { few } = this.#sources;
    told.networks.add(group.network);
    const wanted = new Set(group.services);
    for (const service of wanted) told.services.add(service);
    for (const at of group.members) {
      const source = this.#sources.nameOf(at);
      if (!told.sources.has(source)) {
        told.sources.add(source);
        nameMember(told.statement, few, at, teller, told.sources.size);
      }
      told.statement.at(few.first(at));
      told.statement.at(few.last(at));
      this.#touch(told, at, wanted);
    }
  }

  #touch(told: Told, at: number, wanted: ReadonlySet<number>): void {
    const { few } = this.#sources;
    const source = this.#sources.nameOf(at);
    for (let i = 0; i < few.count(at); i++) {
      const cell = few.cell(at, i);
      const service = cell & serviceMask;
      const name = `${source} ${few.x(at)} ${cell}`;
      if (!wanted.has(service) || told.touched.has(name) || told.touched.size >= touchLimit) continue;
      told.touched.add(name);
      const target = this.#sources.target(at, cell);
      if (target) told.statement.touch(target, service, highest(few.bits(at)));
    }
  }
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
