import type { Kind } from './finding.ts';

/** The JSON contract: `offtrail detect --json` prints one such object a line. Fields are only ever added. */
export interface Incident {
  type: 'incident';
  /** SHA-256 (hex) of actor, first finding's kind, its crossing time and its target: stable for the same input. */
  id: string;
  verdict: Verdict;
  severity: Severity;
  /** 0 … 1. */
  confidence: number;
  actor: {
    address: string;
    addresses: string[];
    prefix: string | null;
    asn: number | null;
    /** Name of the autonomous system, and country (ISO 3166-1), from the user's databases. */
    organisation?: string | null;
    country?: string | null;
    /** What the inventory says of a machine at home; absent: nothing. */
    asset?: { name: string; owner: string; criticality: string };
    fingerprint: string | null;
  };
  kinds: Kind[];
  techniques: string[];
  /** ISO 8601 with microseconds, UTC. */
  first: string;
  last: string;
  /** When the first finding crossed: time to detection is `detected` − `first`. */
  detected: string;
  /** Capped (see `counts` for the true numbers). Ports as 'tcp/22:answered'; 'ip/47:…' for bare protocols. */
  targets: {
    address: string;
    ports: string[];
    portCount: number;
    /** What the inventory says of it; absent: nothing. */
    asset?: { name: string; owner: string; criticality: string };
  }[];
  paths: { host: string; path: string; status: number }[];
  names: { name: string; rcode: string }[];
  counts: { events: number; targets: number; ports: number; paths: number; names: number; answered: number };
  /** Plain language, numbers against thresholds. What matters first. */
  reasons: string[];
  /** Every contribution to severity and confidence. */
  score: { what: string; value: number }[];
  /** What the sensors could not see. */
  blindness: string[];
  /** What would change the verdict. */
  flips: string[];
  learned: Learned;
  /** What came after: T1190, T1133, T1078 with evidence. */
  followed: { what: string; technique: string | null; time: string; evidence: string }[];
  spoofable: boolean;
  revision: number;
  findings: FindingView[];
  evidence: { source: string; line: number; raw: string; time: string }[];
  sensors: string[];
  /** The allowlist entry or context that explains the verdict, if any. */
  context: string[];
}

/** The attacker's notebook: what the scanner now knows. */
export interface Learned {
  open: string[];
  closed: string[];
  filtered: string[];
  banners: string[];
  paths: string[];
  names: string[];
  /** Which machines of the inventory that concerns. */
  assets: string[];
}

export interface FindingView {
  detector: string;
  kind: Kind;
  first: string;
  last: string;
  /** Windows crossed, strongest first, capped; `crossed` is the true number. */
  crossings: { key: string; window: string; threshold: number; value: number; time: string }[];
  crossed: number;
  reasons: string[];
  traits: string[];
  /** What each of the site's rules said, when rules are behind the finding; `sources` are inputs, capped. */
  rules: {
    id: string;
    title: string;
    level: string | null;
    techniques: string[];
    tags: string[];
    /** Events that match, or times that the correlation came to hold. */
    count: number;
    first: string;
    last: string;
    /** What was counted against which bound; null for a rule of single events. */
    measured: string | null;
    peak: number | null;
    sources: string[];
  }[];
}

const verdicts = [
  'scan',
  'authorised',
  'known-scanner',
  'background',
  'misconfiguration',
  'insufficient',
  'benign',
] as const;
export type Verdict = (typeof verdicts)[number];

/** Ascending. */
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** The last line of `--json`. */
export interface Summary {
  type: 'summary';
  inputs: {
    name: string;
    format: string | null;
    bytes: number;
    records: number;
    events: number;
    skipped: { reason: string; count: number; examples: { line: number; raw: string }[] }[];
    notes: { note: string; count: number }[];
  }[];
  events: number;
  late: number;
  evicted: number;
  /** Suspects that are not listed, because there were too many: those that had done least. */
  suspectsDropped: number;
  incidents: number;
  first: string | null;
  last: string | null;
  /** Wall clock, milliseconds. */
  took: number;
  home: { networks: string[]; source: string };
  /** Which context would sharpen the incidents above info; plain sentences that begin with a key. */
  advice?: string[];
}
