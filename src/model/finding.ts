/** What a scan is called; the `kinds` of the JSON contract. */
export const kinds = [
  'vertical',
  'horizontal',
  'block',
  'sweep',
  'icmp-sweep',
  'ip-protocol',
  'arp-sweep',
  'stealth',
  'banner-grab',
  'os-fingerprint',
  'service-fingerprint',
  'wordlist',
  'vulnerability',
  'web-fingerprint',
  'dns-enumeration',
  'zone-transfer',
  'reverse-sweep',
  'campaign',
  'background',
  'trap',
  'sigma',
  'first-contact',
] as const;
export type Kind = (typeof kinds)[number];

/**
 * An actor or a target as the engine knows it: an IPv4 address is its 32-bit value; an IPv6 /64 (actors) or address
 * (targets) is 2³² + its slot in {@link AddressBook}. Only the book can turn it back into text.
 */
export type AddressKey = number;

/** Turns the engine's address keys back into addresses; alive for the run. */
export interface AddressBook {
  /** '192.0.2.7', '2001:db8::1', or for an IPv6 actor '2001:db8:0:1::/64'. */
  text(key: AddressKey): string;
  /** Four big-endian words; IPv4 in mapped form. */
  words(key: AddressKey): readonly [number, number, number, number];
}

/**
 * The first time that a count of one key reached the threshold of one window, and the largest value it reached later.
 * Runs are equal when these are.
 */
export interface Crossing {
  /** `id` of the declared count. */
  readonly count: string;
  readonly actor: AddressKey;
  /** The rest of the key: a target, a port as proto · 65,536 + port, or a hash; meaning by the count's `by`. */
  readonly key: number;
  /** The key in words, when `key` is a hash of text (a host, a zone, a Sigma group): capped, untrusted. */
  readonly keyText: string;
  /** Seconds. */
  readonly window: number;
  readonly threshold: number;
  /** µs of event time. */
  readonly time: number;
  /** Value at the crossing; see `max` for the highest. */
  readonly value: number;
  /** Highest value so far; grows while the window stays warm. */
  max: number;
}

/** A rule of the site, as findings name it. Written by the rule's author, who is trusted more than a log, not fully. */
export interface RuleFacts {
  /** The rule's id, else its name, else its title. */
  readonly id: string;
  readonly title: string;
  readonly level: string | null;
  /** ATT&CK techniques of its tags: 'T1595.001'. */
  readonly techniques: readonly string[];
  readonly tags: readonly string[];
}

/** One match of a rule: an event that fits, or a correlation that holds anew. */
export interface RuleMatch {
  readonly rule: RuleFacts;
  /** What was measured against which bound, for correlations: '21 distinct dst_port (gt 20) within 5 m for …'. */
  readonly measured?: string;
  readonly value?: number;
}

/** What one rule said of one actor in one episode. */
export interface RuleStatement {
  readonly rule: RuleFacts;
  /** Events that match, or times that the correlation came to hold. */
  count: number;
  /** µs of event time. */
  first: number;
  last: number;
  /** The words of the match with the highest value; '' for a rule of single events. */
  measured: string;
  value: number;
  /** Its crossings, when the engine counts for it, capped: their maxima grow while the windows stay warm. */
  readonly crossings: Crossing[];
  /** Inputs that the matching rows stood in, by index. */
  readonly inputs: Set<number>;
}

/** What an actor did on earlier days, by the detector that counts it. */
export interface Habit {
  /** Earlier days, of the 30 before, on which it reached many services and nearly all answered. */
  readonly days: number;
  /** Services that answered on the median one. */
  readonly answered: number;
  /** Share of what it reached now that had answered it before, 0 to 1. */
  readonly familiar: number;
}

/** Of two statements joined: what is usual for one only is not usual. */
export function joinHabits(x: Habit | undefined, y: Habit | undefined): Habit | undefined {
  return x && y ? (x.familiar <= y.familiar ? x : y) : undefined;
}

/** One detector's statement about one actor in one episode. Findings grow; they do not repeat. */
export interface Finding {
  readonly detector: string;
  readonly kind: Kind;
  readonly actor: AddressKey;
  /** Event time of the first crossing (or match), µs. */
  readonly time: number;
  /** Event time of the latest support, µs. */
  last: number;
  /** Its crossings, oldest first, capped; `crossed` is the true number. */
  readonly crossings: Crossing[];
  crossed: number;
  /** How far past the threshold the strongest crossing went: value / threshold, ≥ 1. Feeds confidence. */
  strength: number;
  /** Plain sentences with numbers against thresholds. */
  readonly reasons: string[];
  /** Facts that are support but no proof: tool traits, agents, referers. */
  readonly traits: string[];
  /** What was usual for the actor; undefined: not known. */
  habit?: Habit | undefined;
  /** What weakens this finding in particular. */
  readonly caveats: string[];
  /** What each rule said, in the order of their first matches, capped; absent when no rules are behind it. */
  rules?: RuleStatement[];
  /** Address keys of other members when the statement is about several sources. */
  readonly members: AddressKey[];
}

/** Caveats that begin so mean that the count itself was scaled or assumed, not seen. */
export const assumedPrefix = 'assumed:';

/** The caveats of one statement made twice: what was seen once without assuming anything is not assumed. */
export function joinCaveats(x: readonly string[], y: readonly string[]): string[] {
  const assumed = (text: string): boolean => text.startsWith(assumedPrefix);
  const all = [...new Set([...x, ...y])];
  return x.some(assumed) && y.some(assumed) ? all : all.filter((text) => !assumed(text));
}

/** A raw record that supports a finding. */
export interface Evidence {
  readonly source: string;
  /** Line or packet number, from 1. */
  readonly line: number;
  /** At most 1,024 bytes of the record; untrusted. Empty for binary records. */
  readonly raw: string;
  /** µs. */
  readonly time: number;
}
