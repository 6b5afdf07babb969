import * as z from 'zod';
import { counted } from '../base/plain-words.ts';
import { EventKind, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { ActorView, Detector, FindingDraft, SelectedRow, Worth } from '../model/detector.ts';
import type { Context } from '../model/context.ts';
import type { Crossing } from '../model/finding.ts';
import { hashOut } from '../state/hash.ts';
import { hashText } from '../state/text-hash.ts';
import { ActorPages } from '../state/actor-pages.ts';
import { actorIdOf, actorOf } from '../state/path-knowledge.ts';
import { SeenBefore } from '../state/seen-before.ts';
import { commonWord } from './dns-common.ts';
import { isGuess, zoneLabels } from './dns-names.ts';

/**
 * Name servers being searched: guessed names under one's own zones, whole zones asked for, addresses turned into names
 * one after another, and the version of the server. Resolvers that ask for many people, browsers' random names, search
 * suffixes, block lists and tunnels are not that.
 */

const names = (
  what: string,
  five: number,
  hour: number,
): z.ZodPrefault<z.ZodObject<{ '5m': z.ZodDefault<z.ZodNumber>; '1h': z.ZodDefault<z.ZodNumber> }>> => {
  const least = (value: number, span: string): z.ZodDefault<z.ZodNumber> =>
    z.number().int().min(2).default(value).describe(`${what} within ${span}. Raise it: slower searches pass. Lower it: busy resolvers are accused.`); // prettier-ignore
  return z.strictObject({ '5m': least(five, '5 minutes'), '1h': least(hour, '1 hour') }).prefault({});
};

const config = z
  .strictObject({
    zones: z
      .array(z.string().min(1).max(253))
      .default([])
      .describe(
        'Your zones. Absent: whatever outsiders ask your servers for. Named: searches by insiders are found too, and other zones are left alone.',
      ),
    enumeration: names('Distinct guessed names of one zone that do not exist', 50, 150),
    unanswered: names(
      'Distinct guessed names of one zone that nobody asked for before, where the log has no answers,',
      100,
      300,
    ),
    common: names(
      'Distinct names of one zone that nobody asked for before and that every word list holds, where the log has no answers,',
      50,
      150,
    ),
    reverse: names('Distinct addresses asked for their names', 20, 30),
    secondaries: z
      .array(z.string())
      .default([])
      .describe('Addresses of your secondary servers: their zone transfers are no findings.'),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const fiveMinutes = 300;
const hour = 3600;
const sampled = 4096;
const guessedShare = 0.5;
/** Of common names, so many different words in proportion to the threshold. */
const wordShare = 0.5;
/** Visitors of an hour whose answers are counted. */
const actorsCounted = 1 << 15;
/**
 * So many questions of an hour teach which names are asked for anyway. A searcher asks for more, and what it asks for beyond
 * them stays unknown when the next one comes with the same list.
 */
const teaches = 10;

const Type = { ptr: 12, txt: 16, axfr: 252 } as const;
const exists = 0;
const noName = 3;
const refused = 5;
/** `status` of a query whose answer was not seen. */
const noAnswer = 255;

/** Names that name servers keep about themselves (BIND, RFC 4892; NSD, PowerDNS and Unbound know them too). */
const versionNames = new Set(
  ['version.bind', 'hostname.bind', 'id.server', 'version.server', 'authors.bind', 'version.pdns'].flatMap(
    (name) => [name, `${name}.`],
  ),
);

export const dns: Detector<Config> = {
  name: 'dns',
  title: 'Guessed names, zone transfers, reverse sweeps, version queries',
  config,
  start(settings, context) {
    const queries = new Queries();
    return {
      counts: [
        {
          id: 'dns/enumeration',
          event: 'query',
          by: ['source'],
          distinct: ['name'],
          windows: windows(settings.enumeration),
          worth: queries.missing,
          value: 'high',
        },
        {
          id: 'dns/unanswered',
          event: 'query',
          by: ['source'],
          distinct: ['name'],
          windows: windows(settings.unanswered),
          worth: queries.unheard,
          value: 'high',
        },
        {
          // Behind `unanswered`: it asks what that one found out of the same row.
          id: 'dns/common',
          event: 'query',
          by: ['source'],
          distinct: ['name'],
          windows: windows(settings.common),
          worth: queries.common,
          value: 'high',
          rare: true,
        },
        {
          id: 'dns/reverse',
          event: 'query',
          by: ['source'],
          distinct: ['name'],
          windows: windows(settings.reverse),
          worth: queries.reverse,
          value: 'high',
          rare: true,
        },
      ],
      select(batch, rows, length) {
        let n = 0;
        for (let i = 0; i < length; i++) {
          const row = rows[i];
          if (batch.kind[row] !== EventKind.query) continue;
          const type = batch.queryType[row];
          if (type === Type.axfr || (type === Type.txt && isVersionName(batch, row))) rows[n++] = row;
        }
        return n;
      },
      matched: (row) => matched(row, settings, context),
      crossed(crossing, view) {
        const atHome = context.home.has(view.book.words(view.actor));
        if (crossing.count === 'dns/reverse') return reverseFinding(crossing, view, atHome);
        // A resolver asks for what exists, or for what others ask for, more often than for what does not.
        const { key, tag } = actorIdOf(view.book.words(view.actor));
        const unanswered = crossing.count !== 'dns/enumeration';
        const { served, failed } = (unanswered ? queries.asked : queries.answers).requests(key, tag);
        if (failed < served) return undefined;
        return enumerationFinding(crossing, view, settings, atHome);
      },
    };
  },
};

function windows(least: {
  readonly '5m': number;
  readonly '1h': number;
}): { span: number; atLeast: number }[] {
  return [
    { span: fiveMinutes, atLeast: least['5m'] },
    { span: hour, atLeast: least['1h'] },
  ];
}

class Queries {
  /** Names that exist, and such as ordinary visitors ask for. */
  readonly #known = new SeenBefore(1 << 16);
  /** Per actor: answers that its name exists (served), and that it does not. */
  readonly answers = new ActorPages(actorsCounted);
  /** Per actor: questions without an answer in the log, for known names (served), and for unheard-of ones. */
  readonly asked = new ActorPages(actorsCounted);
  #now = NaN;
  /** What {@link unheard} said of the row in hand. */
  #unheard: 0 | 2 = 0;

  /** 2: the answer says that the name does not exist. */
  readonly missing: Worth = (batch, row) => {
    const status = batch.status[row];
    if (status === noAnswer) return 0;
    this.#step(batch.time[row]);
    const { key, tag } = actorOf(batch, row);
    this.answers.see(key, tag, status !== noName, 0);
    if (status === exists) this.#learn(batch, row);
    return status === noName && batch.queryType[row] !== Type.ptr ? 2 : 0;
  };

  /** 2: nobody asked for the name before, and the answer is not logged, nor are others to the same actor. */
  readonly unheard: Worth = (batch, row) => (this.#unheard = this.#worth(batch, row));

  /** 2: unheard, and what a host is called that every searcher's list holds: no site has hosts of fifty such names. */
  readonly common: Worth = (batch, row) => {
    if (this.#unheard === 0) return 0;
    const name = batch.text(row, Text.name).slice(0, 64).toLowerCase();
    const end = name.indexOf('.');
    return end > 0 && commonWord(name.slice(0, end)) !== undefined ? 2 : 0;
  };

  #worth(batch: EventBatch, row: number): 0 | 2 {
    if (batch.status[row] !== noAnswer || batch.queryType[row] === Type.ptr) return 0;
    this.#step(batch.time[row]);
    const { key, tag } = actorOf(batch, row);
    // Another sensor, or another line of this log, tells what came back: that counts, not the guess.
    if (this.answers.has(key, tag)) return 0;
    hashName(batch, row);
    const low = hashOut[0];
    const high = hashOut[1];
    const known = this.#known.has(low, high);
    if (!known && this.asked.failedNow(key, tag) < teaches) this.#known.add(low, high);
    this.asked.see(key, tag, known, 0);
    return known ? 0 : 2;
  }

  readonly reverse: Worth = (batch, row) => (batch.queryType[row] === Type.ptr ? 2 : 0);

  #step(now: number): void {
    if (now === this.#now) return;
    this.#now = now;
    this.#known.settle();
    this.answers.step(now);
    this.asked.step(now);
  }

  #learn(batch: EventBatch, row: number): void {
    hashName(batch, row);
    const low = hashOut[0];
    const high = hashOut[1];
    if (!this.#known.has(low, high)) this.#known.add(low, high);
  }
}

function hashName(batch: EventBatch, row: number): void {
  hashText(batch, row, Text.name);
}

function isVersionName(batch: EventBatch, row: number): boolean {
  const length = batch.textLengthOf(row, Text.name);
  return length >= 9 && length <= 15 && versionNames.has(batch.text(row, Text.name).toLowerCase());
}

function matched(
  { batch, row, actor }: SelectedRow,
  settings: Config,
  context: Context,
): FindingDraft | undefined {
  const source = batch.source[row];
  const atHome = actor < 0x1_0000_0000 && context.home.has4(source);
  const name = batch.text(row, Text.name).slice(0, 253);
  if (batch.queryType[row] === Type.txt) {
    if (atHome) return undefined;
    return {
      kind: 'service-fingerprint',
      reasons: [`asked the name server for ${name}, which tells its product or version`],
    };
  }
  const status = batch.status[row];
  // Secondaries transfer zones all day; at home only a refused one is told.
  if (atHome && status !== refused) return undefined;
  if (actor < 0x1_0000_0000 && settings.secondaries.includes(dotted(source))) return undefined;
  return {
    kind: 'zone-transfer',
    reasons: [
      `asked for the whole zone ${name} (AXFR)` +
        (status === 0
          ? ', and got it'
          : status === noAnswer
            ? '; the log does not say whether it got it'
            : ', in vain'),
    ],
  };
}

const dotted = (address: number): string =>
  [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');

const spanText = (seconds: number): string => (seconds === hour ? '1 hour' : `${seconds / 60} minutes`);

function enumerationFinding(
  crossing: Crossing,
  view: ActorView,
  settings: Config,
  atHome: boolean,
): FindingDraft | undefined {
  // An insider may ask for anything in the world; only one's own zones are one's own to watch.
  if (atHome && settings.zones.length === 0) return undefined;
  const guesses = new Map<string, string[]>();
  const asked = new Map<string, number>();
  const unanswered = crossing.count !== 'dns/enumeration';
  const common = crossing.count === 'dns/common';
  // Resolvers vary the case of what they ask for (draft-vixie-dnsext-dns0x20): it is one name.
  const names = new Set<string>();
  for (const { text } of view.values(sampled)) names.add(text.toLowerCase().replace(/\.$/, ''));
  for (const text of names) {
    const labels = text.split('.');
    const zone = zoneOf(labels, settings.zones);
    if (zone === undefined) continue;
    asked.set(zone, (asked.get(zone) ?? 0) + 1);
    const inside = labels.slice(0, labels.length - zone.split('.').length);
    // Every department has its `www`: common are hosts of the zone itself.
    if (common ? inside.length > 1 : !isGuess(inside)) continue;
    const list = guesses.get(zone);
    if (list) list.push(text);
    else guesses.set(zone, [text]);
  }
  const [zone, list] =
    [...guesses].sort((x, y) => y[1].length - x[1].length || (x[0] < y[0] ? -1 : 1))[0] ?? [];
  if (zone === undefined || list.length < crossing.threshold) return undefined;
  if (list.length < guessedShare * asked.get(zone)!) return undefined;
  // `web01` to `web60` is a cluster, not a list.
  const words = common
    ? new Set(list.map((name) => commonWord(name.slice(0, name.indexOf('.')))))
    : undefined;
  if (words && words.size < wordShare * crossing.threshold) return undefined;
  return {
    kind: 'dns-enumeration',
    reasons: [
      `asked for ${list.length} names ${unanswered ? 'of' : 'that do not exist in'} ${zone}` +
        `${unanswered ? ' that nobody had asked for' : ''}${common ? ', each of a kind that word lists hold,' : ''} within ${spanText(crossing.window)} (threshold ` +
        `${crossing.threshold}), for example ${[...list].sort().slice(0, 3).join(', ')}`,
    ],
    caveats: unanswered ? ['The log does not say which names exist.'] : [],
  };
}

/** The zone of a name: the longest configured one, or its last two or three labels. */
function zoneOf(labels: readonly string[], zones: readonly string[]): string | undefined {
  const name = labels.join('.');
  if (zones.length > 0) {
    return zones
      .map((zone) => zone.toLowerCase().replace(/\.$/, ''))
      .filter((zone) => name.endsWith(`.${zone}`))
      .sort((x, y) => y.length - x.length)[0];
  }
  const n = zoneLabels(labels);
  return labels.length > n ? labels.slice(-n).join('.') : undefined;
}

function reverseFinding(crossing: Crossing, view: ActorView, atHome: boolean): FindingDraft | undefined {
  // Insiders' mail servers and log readers turn their visitors' addresses into names.
  if (atHome) return undefined;
  const networks = new Map<string, number>();
  let n = 0;
  for (const { text } of view.values(sampled)) {
    const name = text.toLowerCase().replace(/\.$/, '');
    if (!name.endsWith('.arpa')) continue;
    n++;
    // The last address byte, or the last 64 bits, come first.
    const network = name
      .split('.')
      .slice(name.endsWith('ip6.arpa') ? 16 : 1)
      .join('.');
    networks.set(network, (networks.get(network) ?? 0) + 1);
  }
  const most = Math.max(0, ...networks.values());
  // Who asks for what visits it asks across the world; a sweep stays in a network or a few.
  if (n < crossing.threshold || most < 10) return undefined;
  return {
    kind: 'reverse-sweep',
    reasons: [
      `asked for the names of ${n} addresses in ${counted(networks.size, 'network')} within ${spanText(crossing.window)} ` +
        `(threshold ${crossing.threshold}), ${most} of them in one`,
    ],
  };
}
