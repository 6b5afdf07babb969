import { AddressSet, formatIPv6, parseAddress } from '../model/address.ts';
import type { AllowEntry, Context } from '../model/context.ts';
import { packTouch, touchKey } from '../model/dossier.ts';
import type { Dossier, RunFacts } from '../model/dossier.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { AddressBook, AddressKey, Crossing, Finding, Kind } from '../model/finding.ts';
import type { Incident } from '../model/incident.ts';
import { judgeAll } from './judge.ts';

/** Builds dossiers by hand, for tests of the judge and of what stands behind it. Times are seconds after {@link start}. */
export const start = Date.UTC(2026, 0, 2, 3, 4, 5) * 1000;
export const seconds = (after: number): number => start + after * 1_000_000;

/** An address book over texts; IPv6 actors are written as '2001:db8:0:1::/64'. */
export class TextBook implements AddressBook {
  // Key 0 is what a count that is keyed by the actor alone has.
  readonly #texts: string[] = [''];

  readonly #keys = new Map<string, AddressKey>();

  key(text: string): AddressKey {
    let key = this.#keys.get(text);
    if (key === undefined) this.#keys.set(text, (key = this.#texts.push(text) - 1));
    return key;
  }

  text(key: AddressKey): string {
    return this.#texts[key];
  }

  words(key: AddressKey): readonly [number, number, number, number] {
    const words = parseAddress(this.#texts[key].replace(/\/64$/, ''));
    if (!words) throw new Error(`not an address: ${formatIPv6(0, 0, 0, key)}`);
    return words;
  }
}

interface TouchSketch {
  target: string;
  ports: readonly number[];
  proto?: keyof typeof Proto;
  outcome?: keyof typeof Outcome;
  popular?: boolean;
  count?: number;
}

interface FindingSketch {
  kind: Kind;
  detector?: string;
  /** Of the first crossing, seconds. */
  at?: number;
  until?: number;
  /** value / threshold. */
  strength?: number;
  /** Seconds. */
  window?: number;
  threshold?: number;
  /** A target, as text. */
  target?: string;
  /** A service, as proto · 65,536 + port. */
  service?: number;
  keyText?: string;
  caveats?: string[];
  members?: string[];
  reasons?: string[];
}

export interface DossierSketch {
  actor: string;
  from?: number;
  until?: number;
  findings?: FindingSketch[];
  touches?: TouchSketch[];
  /** [host, path, status, size]. */
  pages?: readonly (readonly [string, string, number, number])[];
  /** [name, rcode]. */
  names?: readonly (readonly [string, number])[];
  fingerprint?: string;
  agent?: string;
  /** Several, asking as often as said. */
  agents?: Readonly<Record<string, number>>;
  logins?: readonly { at: number; success: boolean; user: string; service: string; target?: string }[];
  callbacks?: readonly { target: string; service: number; at: number }[];
  banners?: readonly { target: string; port: number; text: string }[];
  evidence?: readonly { source: string; line: number; raw: string; at: number }[];
  flags?: number;
  inputs?: readonly number[];
  events?: number;
  addresses?: readonly string[];
  /** Lowest and highest. */
  ttl?: readonly [number, number];
}

export function dossierOf(book: TextBook, sketch: DossierSketch): Dossier {
  const { actor, from = 0, until = 12 } = sketch;
  const targets: AddressKey[] = [];
  const indexOf = (text: string): number => {
    const key = book.key(text);
    const known = targets.indexOf(key);
    return known >= 0 ? known : targets.push(key) - 1;
  };
  const touches = new Map<number, number>();
  let events = 0;
  for (const {
    target,
    ports,
    proto = 'tcp',
    outcome = 'refused',
    popular = false,
    count = 1,
  } of sketch.touches ?? []) {
    for (const port of ports) {
      events += count;
      touches.set(
        touchKey(indexOf(target), Proto[proto] * 65_536 + port),
        packTouch({ outcome: Outcome[outcome], popular, count }),
      );
    }
  }
  const flags = sketch.flags ?? Flag.tcpFlags | Flag.syn;
  return {
    actor: book.key(actor),
    first: seconds(from),
    last: seconds(until),
    findings: (sketch.findings ?? []).map((finding) => findingOf(book, actor, from, until, finding)),
    touches,
    targets,
    touchesDropped: 0,
    pages: new Map(
      (sketch.pages ?? []).map(([host, path, status, size], i) => [
        `${host}\n${path}`,
        { status, size, count: 1, first: seconds(from + i / 1000) },
      ]),
    ),
    pagesDropped: 0,
    names: new Map(
      (sketch.names ?? []).map(([name, rcode]) => [name, { type: 1, rcode, count: 1, first: seconds(from) }]),
    ),
    namesDropped: 0,
    agents: new Map(sketch.agents ? Object.entries(sketch.agents) : sketch.agent === undefined ? [] : [[sketch.agent, 1]]),
    fingerprints: new Map(sketch.fingerprint === undefined ? [] : [[sketch.fingerprint, 10]]),
    banners: new Map(
      (sketch.banners ?? []).map(({ target, port, text }) => [
        touchKey(indexOf(target), Proto.tcp * 65_536 + port),
        text,
      ]),
    ),
    logins: (sketch.logins ?? []).map(({ at, success, user, service, target }) => ({
      time: seconds(at),
      success,
      user,
      service,
      target: target === undefined ? undefined : book.key(target),
    })),
    alerts: new Map(),
    callbacks: new Map(
      (sketch.callbacks ?? []).map(({ target, service, at }) => [
        touchKey(indexOf(target), service),
        { time: seconds(at) },
      ]),
    ),
    evidence: (sketch.evidence ?? []).map(({ source, line, raw, at }) => ({
      source,
      line,
      raw,
      time: seconds(at),
    })),
    inputs: new Map((sketch.inputs ?? [0]).map((input) => [input, sketch.events ?? events])),
    events: sketch.events ?? Math.max(events, sketch.pages?.length ?? 0, sketch.names?.length ?? 0),
    outcomes: [0, 0, 0, 0, 0],
    flags,
    flagsAll: flags,
    ttlLow: sketch.ttl?.[0] ?? 0,
    ttlHigh: sketch.ttl?.[1] ?? 0,
    addresses: new Set(sketch.addresses ?? []),
  };
}

function findingOf(
  book: TextBook,
  actor: string,
  from: number,
  until: number,
  sketch: FindingSketch,
): Finding {
  const { kind, threshold = 20, strength = 4, window = 60, at = from + 1 } = sketch;
  const crossing: Crossing = {
    count: `fan-out/${kind}`,
    actor: book.key(actor),
    key: sketch.target === undefined ? (sketch.service ?? 0) : book.key(sketch.target),
    keyText: sketch.keyText ?? '',
    window,
    threshold,
    time: seconds(at),
    value: threshold,
    max: Math.round(threshold * strength),
  };
  return {
    detector: sketch.detector ?? 'fan-out',
    kind,
    actor: book.key(actor),
    time: seconds(at),
    last: seconds(sketch.until ?? until),
    crossings: [crossing],
    crossed: 1,
    strength,
    reasons: sketch.reasons ?? [],
    traits: [],
    caveats: sketch.caveats ?? [],
    members: (sketch.members ?? []).map((member) => book.key(member)),
  };
}

export function factsOf(book: TextBook, more: Partial<RunFacts> = {}): RunFacts {
  return {
    book,
    inputs: [{ name: 'fw.log', format: 'netfilter', blindness: [], notes: new Map() }],
    first: start,
    last: seconds(86_400),
    evicted: 0,
    evictedSince: Number.NaN,
    ...more,
  };
}

export function contextOf(more: Partial<Context> = {}): Context {
  return {
    home: AddressSet.parse(['198.51.100.0/24', '2001:db8:feed::/48']),
    homeSource: 'configured',
    allowlist: [],
    trustedProxies: AddressSet.parse([]),
    ...more,
  };
}

export function allow(more: Partial<AllowEntry> = {}): AllowEntry {
  return {
    name: 'quarterly-scan',
    addresses: AddressSet.parse(['192.0.2.7']),
    owner: 'red-team@example.org',
    reason: 'quarterly vulnerability scan',
    kinds: [],
    targets: undefined,
    from: Number.NaN,
    until: seconds(86_400 * 30),
    schedule: undefined,
    ...more,
  };
}

/** 1, 2, … n. */
export const upTo = (n: number, from = 1): number[] => Array.from({ length: n }, (_, i) => from + i);

/** A machine at home. */
export const homeHost = '198.51.100.4';

/** Fifty ports of it. */
export const vertical: DossierSketch = {
  actor: '192.0.2.7',
  touches: [{ target: homeHost, ports: upTo(50) }],
  findings: [{ kind: 'vertical', target: homeHost, strength: 2.5 }],
};

/** Forty paths that are not there. */
export const wordlist: DossierSketch = {
  actor: '192.0.2.7',
  until: 300,
  findings: [{ kind: 'wordlist', detector: 'web', keyText: 'www.example.org' }],
  pages: upTo(40).map((n) => ['www.example.org', `/word${n}`, 404, 153] as const),
  touches: [],
};

/** The incidents of dossiers as sketched. */
export function judged(
  sketches: readonly DossierSketch[],
  context: Partial<Context> = {},
  facts: Partial<RunFacts> = {},
): Incident[] {
  const book = new TextBook();
  const dossiers = sketches.map((sketch) => dossierOf(book, sketch));
  return judgeAll(dossiers, factsOf(book, facts), contextOf(context));
}
