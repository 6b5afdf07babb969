import * as z from 'zod';
import { ByteMatcher } from '../bytes/byte-matcher.ts';
import { Flag, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type {
  ActorView,
  Count,
  Detector,
  FindingDraft,
  HeldValue,
  Window,
  Worth,
} from '../model/detector.ts';
import type { Crossing } from '../model/finding.ts';
import { hashOut } from '../state/hash.ts';
import { actorIdOf, PathKnowledge } from '../state/path-knowledge.ts';
import { SeenBefore } from '../state/seen-before.ts';
import { hashText } from '../state/text-hash.ts';
import {
  attackBit,
  attackMask,
  hiddenBit,
  agentWords,
  nmapBit,
  panelBit,
  requestWords,
  secretBit,
  usualMethods,
  versionBit,
  wellKnownBit,
  toolOf,
} from './web-words.ts';
import { attackClasses } from '../wire/request-words.ts';
import { distinctShapes, missingPaths, oneSize } from './web-paths.ts';

/**
 * Web scans: a list of names tried one after another (wordlist), also where the site answers 200 to everything (soft 404)
 * or where the names are those of virtual hosts; files and programs that only scanners ask for; attack strings; tools
 * that say who they are. Everything is counted exactly in sliding windows; what all visitors together know of the site
 * (which paths exist, which are broken for everybody) is applied when a count crosses.
 */

const threshold = (value: number, what: string): z.ZodDefault<z.ZodNumber> =>
  z.number().int().min(1).default(value).describe(`${what}. Raise it: smaller or slower scans pass. Lower it: more broken clients are accused.`); // prettier-ignore

const share = (value: number, what: string): z.ZodDefault<z.ZodNumber> =>
  z.number().min(0).max(1).default(value).describe(what);

const names = (what: string): z.ZodPrefault<z.ZodObject<{ '5m': z.ZodDefault<z.ZodNumber>; '1h': z.ZodDefault<z.ZodNumber> }>> =>
  z.strictObject({ '5m': threshold(20, `${what} within 5 minutes`), '1h': threshold(30, `${what} within 1 hour`) }).prefault({}); // prettier-ignore

const config = z
  .strictObject({
    wordlist: names('Distinct missing paths of one host'),
    missingShare: share(
      0.6,
      'Share of the paths an actor asked for that must be missing. Raise it: scanners that fetch good pages in between pass. Lower it: crawlers of sites with many dead links are accused.',
    ),
    linksPerPage: threshold(
      20,
      'Missing paths that one page may excuse by being their referer, and half of what all pages together may',
    ),
    brokenForOthers: threshold(
      3,
      'Other, mostly successful actors that must have missed a path for it to be the site that is broken',
    ),
    softMissing: names('Paths that nobody was served before, all answered 200 with a page of one size'),
    oneSizeShare: share(
      0.9,
      'Share of those pages whose size is within 2 % of their median. Lower it: sites whose error page varies are covered, galleries are accused.',
    ),
    virtualHosts: names('Host names that nobody asked for before'),
    sensitiveFiles: threshold(
      3,
      'Distinct files with secrets, or well-known weak programs that are not there, within 10 minutes',
    ),
    fingerprints: threshold(
      4,
      'Distinct files that tell a program or its version, and methods that nobody uses, within 10 minutes',
    ),
    attackRequests: threshold(5, 'Distinct requests with attack strings within 10 minutes'),
    attackClasses: threshold(
      3,
      'Classes of attack strings among fewer requests within 10 minutes: one of each will do',
    ),
    tools: z
      .boolean()
      .default(true)
      .describe(
        'Whether an agent that names a scanner is a finding. Agents are chosen by the client: support, no proof.',
      ),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const fiveMinutes = 300;
const tenMinutes = 600;
const hour = 3600;
/** Values looked at when a key crosses. */
const sampled = 4096;
const agentsRemembered = 4096;

const windows = (least: { readonly '5m': number; readonly '1h': number }): Window[] => [
  { span: fiveMinutes, atLeast: least['5m'] },
  { span: hour, atLeast: least['1h'] },
];

export const web: Detector<Config> = {
  name: 'web',
  title: 'Wordlists, vulnerability scanners and fingerprinting of web sites',
  config,
  start(settings) {
    const requests = new Requests();
    const counts: Count[] = [
      {
        id: 'web/wordlist',
        event: 'request',
        by: ['source', 'host'],
        distinct: ['path'],
        windows: windows(settings.wordlist),
        worth: requests.missing,
        value: 'high',
        keep: 'referer',
      },
      {
        id: 'web/soft-404',
        event: 'request',
        by: ['source', 'host'],
        distinct: ['path'],
        windows: windows(settings.softMissing),
        worth: requests.firstServed,
        value: 'high',
        keep: 'referer',
      },
      {
        id: 'web/virtual-hosts',
        event: 'request',
        by: ['source'],
        distinct: ['host'],
        windows: windows(settings.virtualHosts),
        worth: requests.newHost,
        value: 'high',
        rare: true,
      },
      {
        id: 'web/sensitive',
        event: 'request',
        by: ['source'],
        distinct: ['path'],
        windows: [{ span: tenMinutes, atLeast: settings.sensitiveFiles }],
        worth: requests.sensitive,
        value: 'high',
        rare: true,
      },
      // Requests of any classes, and of several: each has its own threshold, against which its strength is told.
      ...(['web/attack', 'web/attack-classes'] as const).map((id): Count => ({
        id,
        event: 'request',
        by: ['source'],
        distinct: ['path', 'query'],
        windows: [
          {
            span: tenMinutes,
            atLeast: id === 'web/attack' ? settings.attackRequests : settings.attackClasses,
          },
        ],
        worth: requests.attack,
        value: 'high',
        keep: 'query',
        rare: true,
      })),
    ];
    counts.push({
      id: 'web/fingerprint',
      event: 'request',
      by: ['source'],
      distinct: ['method', 'path'],
      windows: [{ span: tenMinutes, atLeast: settings.fingerprints }],
      worth: requests.fingerprint,
      value: 'high',
      rare: true,
    });
    if (settings.tools) {
      counts.push({
        id: 'web/tool',
        event: 'request',
        by: ['source', 'agent'],
        distinct: ['path'],
        windows: [{ span: hour, atLeast: 1 }],
        worth: requests.tool,
        value: 'high',
        rare: true,
      });
    }
    return {
      counts,
      crossed(crossing, view) {
        switch (crossing.count) {
          case 'web/wordlist':
            return wordlistFinding(crossing, view, requests.knowledge, settings);
          case 'web/soft-404':
            return softFinding(crossing, view, settings);
          case 'web/virtual-hosts':
            return hostsFinding(crossing, view, settings);
          case 'web/sensitive':
            return sensitiveFinding(crossing, view);
          case 'web/fingerprint':
            return fingerprintFinding(crossing, view);
          case 'web/attack':
          case 'web/attack-classes':
            return attackFinding(crossing, view, requests, settings);
          default:
            return toolFinding(crossing);
        }
      },
    };
  },
};

/**
 * What every request is looked at for. `missing` is the first count's and is called for every request first: it reads the
 * row's words and hands what is learned to the knowledge of the site.
 */
class Requests {
  readonly knowledge = new PathKnowledge();
  readonly #hosts = new SeenBefore(1 << 16);
  readonly #words = new ByteMatcher(requestWords);
  readonly #agentWords = new ByteMatcher(agentWords);
  /** Hash of an agent, and 1: no tool, 2: names one. Each hash has one place; who comes later takes it. */
  readonly #agents = new Uint32Array(3 * agentsRemembered);
  #now = NaN;
  #found = 0;
  #hostLow = 0;
  #hostHigh = 0;
  #low = 0;
  #high = 0;

  /** 2: not there, as far as the status tells. */
  readonly missing: Worth = (batch, row) => {
    const time = batch.time[row];
    if (time !== this.#now) {
      this.#now = time;
      this.knowledge.step(time);
      this.#hosts.settle();
    }
    this.#found = this.#read(batch, row);
    hashText(batch, row, Text.host);
    this.#hostLow = hashOut[0];
    this.#hostHigh = hashOut[1];
    hashText(batch, row, Text.path);
    const low = (hashOut[0] ^ this.#hostLow) >>> 0;
    const high = (hashOut[1] ^ this.#hostHigh) >>> 0;
    const status = batch.status[row];
    this.#low = low;
    this.#high = high;
    this.knowledge.learn(batch, row, low, high, status);
    return isMissing(status) ? 2 : 0;
  };

  /** 2: served, with a page of known size, though nobody was served this path before. */
  readonly firstServed: Worth = (batch, row) => {
    const status = batch.status[row];
    if (status < 200 || status >= 300 || (batch.flags[row] & Flag.hasSize) === 0) return 0;
    if (batch.size[row] === 0) return 0;
    return this.knowledge.served.has(this.#low, this.#high) ? 0 : 2;
  };

  /** 2: a host name that nobody asked for before. */
  readonly newHost: Worth = (batch, row) => {
    if (batch.textLengthOf(row, Text.host) === 0) return 0;
    if (this.#hosts.has(this.#hostLow, this.#hostHigh)) return 0;
    this.#hosts.add(this.#hostLow, this.#hostHigh);
    return 2;
  };

  readonly sensitive: Worth = (batch, row) => {
    if (this.#found === 0) return 0;
    if ((this.#found & secretBit) !== 0) return 2;
    // Hidden files that are not there: no page links to them.
    const hidden = (this.#found & (hiddenBit | wellKnownBit)) === hiddenBit;
    const status = batch.status[row];
    return (hidden || (this.#found & panelBit) !== 0) && status >= 400 && status < 500 ? 2 : 0;
  };

  readonly attack: Worth = () => ((this.#found & attackMask) !== 0 ? 2 : 0);

  /** 2: a file that tells a version, or a method that nobody uses. */
  readonly fingerprint: Worth = (batch, row) => {
    if ((this.#found & versionBit) !== 0) return 2;
    const length = batch.textLengthOf(row, Text.method);
    if (length === 0) return 0;
    // GET, HEAD and POST, without reading them.
    const first = batch.textBytesOf(row, Text.method)[batch.textStartOf(row, Text.method)];
    if (length <= 4 && (first === 0x47 || first === 0x48 || first === 0x50)) return 0;
    return usualMethods.has(batch.text(row, Text.method)) ? 0 : 2;
  };

  readonly tool: Worth = (batch, row) => {
    if ((this.#found & nmapBit) !== 0) return 2;
    const length = batch.textLengthOf(row, Text.agent);
    if (length === 0) return 0;
    hashText(batch, row, Text.agent);
    const low = hashOut[0];
    const high = hashOut[1];
    const agents = this.#agents;
    const at = 3 * ((low ^ (high >>> 9)) & (agentsRemembered - 1));
    if (agents[at] !== low || agents[at + 1] !== high || agents[at + 2] === 0) {
      agents[at] = low;
      agents[at + 1] = high;
      agents[at + 2] =
        toolOf(batch.text(row, Text.agent)) !== undefined || this.#attacksByAgent(batch, row) ? 2 : 1;
    }
    return agents[at + 2] === 2 ? 2 : 0;
  };

  /** Bits of the attack classes in a path and its query. */
  classesOf(path: string, query: string): number {
    const bytes = Buffer.from(`${path}?${query}`);
    this.#words.begin();
    this.#words.feed(bytes, 0, bytes.length);
    return this.#words.finish() & attackMask;
  }

  #read(batch: EventBatch, row: number): number {
    const words = this.#words;
    words.begin();
    words.feed(
      batch.textBytesOf(row, Text.path),
      batch.textStartOf(row, Text.path),
      batch.textLengthOf(row, Text.path),
    );
    const query = batch.textLengthOf(row, Text.query);
    if (query > 0) {
      words.finish();
      words.feed(batch.textBytesOf(row, Text.query), batch.textStartOf(row, Text.query), query);
    }
    return words.finish();
  }

  #attacksByAgent(batch: EventBatch, row: number): boolean {
    this.#agentWords.begin();
    this.#agentWords.feed(
      batch.textBytesOf(row, Text.agent),
      batch.textStartOf(row, Text.agent),
      batch.textLengthOf(row, Text.agent),
    );
    return this.#agentWords.finish() !== 0;
  }
}

const carriesAttack = (agent: string): boolean =>
  agentWords.some(({ text }) => agent.toLowerCase().includes(text));

/** Not there (404, 410), or not to be had (400, 403, 405). */
function isMissing(status: number): boolean {
  return status === 404 || status === 403 || status === 410 || status === 400 || status === 405;
}

const spanText = (seconds: number): string => (seconds === hour ? '1 hour' : `${seconds / 60} minutes`);

const hostText = (host: string): string => (host === '' ? 'the site' : host);

/** A few of the texts, the same ones whatever the order they came in. */
const examples = (texts: readonly string[]): string => {
  const some = [...new Set(texts.filter((text) => text !== ''))].sort().slice(0, 3);
  return some.length > 0 ? `, for example ${some.map((text) => text.slice(0, 80)).join(', ')}` : '';
};

function wordlistFinding(
  crossing: Crossing,
  view: ActorView,
  knowledge: PathKnowledge,
  settings: Config,
): FindingDraft | undefined {
  knowledge.served.settle();
  const actor = actorIdOf(view.book.words(view.actor));
  const found = missingPaths([...view.values(sampled)], {
    host: crossing.keyText,
    actor,
    knowledge,
    linksPerPage: settings.linksPerPage,
    brokenForOthers: settings.brokenForOthers,
  });
  const of = found.counted + knowledge.pages.distinct(actor.key, actor.tag, crossing.window * 1_000_000);
  if (found.counted < crossing.threshold || found.counted < settings.missingShare * of) return undefined;
  const left: string[] = [];
  if (found.linked > 0) left.push(`${found.linked} linked from pages it was served`);
  if (found.known > 0) left.push(`${found.known} served before`);
  if (found.broken > 0) left.push(`${found.broken} missing for others too`);
  if (found.alike > 0) left.push(`${found.alike} that differ in a number only`);
  return {
    kind: 'wordlist',
    reasons: [
      `asked ${hostText(crossing.keyText)} for ${found.counted} paths that are not there within ${spanText(crossing.window)} ` +
        `(threshold ${crossing.threshold}), ${Math.round((100 * found.counted) / of)} % of the ${of} it asked for` +
        examples(found.texts),
      ...(left.length > 0 ? [`not counted: ${left.join(', ')}`] : []),
    ],
  };
}

function softFinding(crossing: Crossing, view: ActorView, settings: Config): FindingDraft | undefined {
  const values = [...view.values(sampled)];
  const size = oneSize(
    values.map((value) => value.size),
    settings.oneSizeShare,
  );
  if (size === undefined) return undefined;
  const shapes = unlinkedShapes(values, settings.linksPerPage);
  if (shapes < crossing.threshold) return undefined;
  return {
    kind: 'wordlist',
    reasons: [
      `asked ${hostText(crossing.keyText)} for ${shapes} paths that nobody had been served within ` +
        `${spanText(crossing.window)} (threshold ${crossing.threshold}) and got a page of about ${Math.round(size)} bytes ` +
        `each time: the site answers 200 to what is not there${examples(values.map(({ text }) => text))}`,
    ],
    caveats: ['The site answers 200 to everything: which paths exist cannot be told from its log.'],
  };
}

/**
 * Paths that count, series once. A page may have led to so many and all pages to twice as many: galleries do; a referer
 * that is forged excuses no more.
 */
function unlinkedShapes(values: readonly HeldValue[], linksPerPage: number): number {
  const byPage = new Map<string, string[]>();
  for (const { text, beside } of values) {
    const page = beside.length > 1 ? beside : '';
    const known = byPage.get(page);
    if (known) known.push(text);
    else byPage.set(page, [text]);
  }
  let counted = 0;
  let excused = 0;
  for (const [page, texts] of byPage) {
    const shapes = distinctShapes(texts);
    counted += shapes;
    if (page !== '') excused += Math.min(shapes, linksPerPage);
  }
  return counted - Math.min(excused, 2 * linksPerPage);
}

function fingerprintFinding(crossing: Crossing, view: ActorView): FindingDraft {
  const texts = [...view.values(sampled)].map(({ text }) => text);
  return {
    kind: 'web-fingerprint',
    reasons: [
      `asked for ${view.n2} files that tell a program or its version, or by methods that nobody uses, within ` +
        `${spanText(crossing.window)} (threshold ${crossing.threshold})${examples(texts)}`,
    ],
  };
}

function hostsFinding(crossing: Crossing, view: ActorView, settings: Config): FindingDraft | undefined {
  const values = [...view.values(sampled)];
  const failed = values.filter(({ status }) => status >= 400).length;
  const alike =
    oneSize(
      values.map(({ size }) => size),
      settings.oneSizeShare,
    ) !== undefined;
  if (!alike && failed < settings.missingShare * values.length) return undefined;
  if (distinctShapes(values.map(({ text }) => text)) < crossing.threshold) return undefined;
  return {
    kind: 'wordlist',
    reasons: [
      `asked for ${view.n2} host names that nobody had asked for within ${spanText(crossing.window)} (threshold ` +
        `${crossing.threshold}), ${alike ? 'and got the same page each time' : `${failed} of ${values.length} refused`}` +
        examples(values.map(({ text }) => text)),
    ],
  };
}

function sensitiveFinding(crossing: Crossing, view: ActorView): FindingDraft {
  const values = [...view.values(sampled)];
  const served = values.filter(({ status }) => status >= 200 && status < 300).length;
  return {
    kind: 'vulnerability',
    reasons: [
      `asked for ${view.n2} hidden files, files with secrets or programs with known holes within ${spanText(crossing.window)} ` +
        `(threshold ${crossing.threshold}), ${served} of them served${examples(values.map(({ text }) => text))}`,
    ],
  };
}

function attackFinding(
  crossing: Crossing,
  view: ActorView,
  requests: Requests,
  settings: Config,
): FindingDraft | undefined {
  const values = [...view.values(sampled)];
  let classes = 0;
  for (const { text, beside } of values) classes |= requests.classesOf(text, beside);
  const named = attackClasses.filter((_, i) => (classes & (attackBit << i)) !== 0);
  if (crossing.count === 'web/attack-classes' && named.length < settings.attackClasses) return undefined;
  const paths = new Set(values.map(({ text }) => text)).size;
  // One request of each class on one page: how the firewall in front of a site is told from its answers.
  const fingerprint = paths === 1 && named.length >= 3 && values.length < 2 * named.length;
  return {
    kind: fingerprint ? 'web-fingerprint' : 'vulnerability',
    reasons: [
      `sent ${view.n2} requests with attack strings within ${spanText(crossing.window)} (threshold ` +
        `${settings.attackRequests}, or ${settings.attackClasses} classes of them): ${named.join(', ')}${examples(values.map(({ text }) => text))}`,
    ],
  };
}

function toolFinding(crossing: Crossing): FindingDraft {
  const tool = toolOf(crossing.keyText);
  if (!tool && !carriesAttack(crossing.keyText)) {
    return {
      kind: 'service-fingerprint',
      reasons: ['sent a request that only Nmap’s service detection makes'],
      traits: ['requests: Nmap'],
    };
  }
  return {
    kind: tool?.kind ?? 'vulnerability',
    reasons: [
      tool
        ? `calls itself ${tool.tool} (agent ${crossing.keyText.slice(0, 120)}); a client may call itself anything`
        : `sends an attack string as its agent (${crossing.keyText.slice(0, 120)})`,
    ],
    traits: [tool ? `agent: ${tool.tool}` : 'agent: attack string'],
  };
}
