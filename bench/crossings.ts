/*
 * Crossings as docs say them, apart from the engine: what the naive oracle (crossings-naive.ts) and exact SQL
 * (crossings-sql.ts) compute on their own, so that the engine can be held against both.
 */

/** One contact that may be a probe: the originator is known. */
export interface Contact {
  /** Integer microseconds UTC of the start. */
  readonly time: number;
  /** An IPv4 address, or an IPv6 /64 as text. */
  readonly actor: string;
  readonly target: string;
  /** Protocol and port, 'tcp/22'. */
  readonly port: string;
  /** False when it was answered; true when it failed or its outcome is unknown. */
  readonly failed: boolean;
  /** Towards the home networks: popularity is then that of target and port, otherwise that of the port. */
  readonly inbound: boolean;
}

export type CrossingKind = 'vertical' | 'horizontal';

export interface Crossing {
  readonly kind: CrossingKind;
  readonly actor: string;
  /** The rest of the key: the target (vertical) or the port (horizontal). */
  readonly of: string;
  /** Seconds. */
  readonly window: number;
  /** First time that the score reached the threshold, integer microseconds UTC. */
  readonly first: number;
  readonly max: number;
}

/** Score thresholds by window in seconds. */
export type Thresholds = Readonly<Record<CrossingKind, Readonly<Record<number, number>>>>;

/**
 * Which services are popular: a failure there scores 1 instead of 2, an answer 0 instead of 1. By whole event-time hours:
 * what is asked in hour h rests on the hours before h.
 */
export interface Popularity {
  /** 'tcp/443' …: what stands in while there is no history, and where no sensor logs successes. */
  readonly ports: readonly string[];
  /**
   * Absent: the short list alone. Present: services that were answered to at least `sources` other actors in the
   * `hours` hours before; the list holds as well until `hours` hours have passed since the first contact, and whenever
   * nothing at all was answered in the `hours` hours before.
   */
  readonly learned?: { readonly sources: number; readonly hours: number };
}

export const hour = 3_600_000_000;

/** In one order, whatever computed them. */
export function sortCrossings(list: Crossing[]): Crossing[] {
  const key = (c: Crossing): string => `${c.kind} ${c.actor} ${c.of} ${String(c.window).padStart(6)}`;
  return list
    .map((crossing) => ({ crossing, key: key(crossing) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ crossing }) => crossing);
}
