import type { EventKindName, Flag, OutcomeName, RoleName, TextName } from '../src/model/event.ts';

/** One expected row. What is not given is not compared, except `flags` and `texts`, which are compared whole. */
export interface ExpectedEvent {
  /** Line or packet number; compared when given. */
  readonly record?: number;
  readonly kind?: EventKindName;
  /** ISO 8601 with six decimals and Z. */
  readonly time: string;
  readonly source: string;
  /** '-' when the target is unknown (Flag.noTarget). */
  readonly target: string;
  readonly sourcePort?: number;
  readonly targetPort?: number;
  readonly proto: number;
  readonly outcome: OutcomeName;
  readonly role: RoleName;
  /** Names of all flags set, in the order of `Flag`; v6 is left out, the addresses say it. */
  readonly flags?: readonly (keyof typeof Flag)[];
  readonly status?: number;
  readonly size?: number;
  readonly queryType?: number;
  readonly ttl?: number;
  readonly window?: number;
  readonly ipId?: number;
  readonly sequence?: number;
  readonly texts?: Partial<Record<TextName, string>>;
}

/** One input of a format, what it must become, and what must be refused. */
export interface FixtureCase {
  /** What this case is about. */
  readonly name: string;
  /** Text, or bytes for binary formats. */
  readonly input: string | Uint8Array;
  readonly events: readonly ExpectedEvent[];
  /** How many records are skipped, by reason; none when absent. */
  readonly skipped?: Readonly<Record<string, number>>;
  readonly notes?: Readonly<Record<string, number>>;
  /** ISO; resolves stamps without a year. 2026-12-01 unless given. */
  readonly modified?: string;
  readonly zone?: string;
  readonly options?: unknown;
  readonly trustedProxies?: readonly string[];
  /** File name that recognition sees, where it matters. */
  readonly fileName?: string;
  /** False: not for the benchmarks' files, whose lines are of one make. */
  readonly grown?: boolean;
  /** False: this input is too little to be recognised by (give the reason in `name`). */
  readonly recognised?: boolean;
}

export interface FormatFixture {
  readonly format: string;
  readonly cases: readonly FixtureCase[];
  /** A record that the format must refuse, and the reason it gives. */
  readonly malformed: { readonly input: string | Uint8Array; readonly reason: string };
}

/** A program's line as Docker's driver json-file keeps it. */
export const inDocker = (line: string, stream = 'stdout'): string =>
  JSON.stringify({ log: `${line}\n`, stream, time: '2026-11-22T00:32:12.000000789Z' });

/** A program's line, or with tag 'P' a piece of one, as Kubernetes keeps it. */
export const inPod = (tag: string, line: string, stream = 'stdout'): string =>
  `2026-11-22T00:32:12.000000789Z ${stream} ${tag} ${line}`;

/** The request that fixtures of web logs tell in their ways: what is the same in all of them. */
export const webRequest = {
  kind: 'request',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 0,
  targetPort: 0,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
} as const;

/** The probe that fixtures of firewalls tell in their ways. */
export const firewallContact = {
  kind: 'contact',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'denied',
  role: 'originator',
} as const;

/** The note on an input in which `count` requests came from a peer that is no trusted proxy and names another client. */
export const claims = (count: number): Record<string, number> => ({
  'requests whose peer names another client: only proxies.trusted are believed': count,
});
