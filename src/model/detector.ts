import type * as z from 'zod';
import type { EventBatch, EventKindName } from './event.ts';
import type { AddressBook, AddressKey, Crossing, Finding, Kind } from './finding.ts';
import type { Context } from './context.ts';

/**
 * Columns that a count can group by or count. `source` is always the actor (an IPv4 address, an IPv6 /64); `port` is the
 * service: protocol and target port together. The rest are texts of the event, compared byte for byte (hashed, 64 bits).
 */
export type Column = 'source' | 'target' | 'port' | TextColumn;
export type TextColumn =
  | 'method'
  | 'host'
  | 'path'
  | 'query'
  | 'agent'
  | 'referer'
  | 'user'
  | 'name'
  | 'detail'
  | 'fingerprint'
  | 'status'
  | 'zone';

export interface Window {
  /** Seconds; the window is (t − span, t]. */
  readonly span: number;
  readonly atLeast: number;
}

/**
 * What to count. The engine counts all declarations in one pass over shared tables, exactly and sliding; the detector's
 * code runs only when a key crosses a threshold.
 */
export interface Count {
  /** Unique among all detectors: 'fan-out/vertical'. */
  readonly id: string;
  readonly event: EventKindName;
  /** The key; its first column is 'source'. */
  readonly by: readonly Column[];
  /** What is counted: distinct values of this tuple. */
  readonly distinct: readonly Column[];
  /** Ascending spans; at most four. */
  readonly windows: readonly Window[];
  /**
   * What a row is worth: 0 (not counted), 1 or 2. A value's worth is its maximum within the window, and a key's value is
   * N₁ + N₂, where Nₖ is the number of distinct values worth at least k. Absent: every row is worth 1, and the value
   * is the plain distinct count. Called per row: no allocation.
   */
  readonly worth?: Worth;
  /** 'sum' (N₁ + N₂, default) or 'high' (N₂ alone must cross; N₁ is kept for ratios). */
  readonly value?: 'sum' | 'high';
  /** Further distinct counts of the same key that must also be reached for a crossing (block: ≥ 5 targets, ≥ 5 ports). */
  /** A further text to keep beside each value of full worth (a referer beside a path): `HeldValue.beside`. */
  readonly keep?: TextColumn;
  /** Few rows are worth anything: a small share of the memory will do. */
  readonly rare?: boolean;
  readonly also?: readonly { readonly distinct: readonly Column[]; readonly atLeast: number }[];
}

/** 0, 1 or 2 for a row. `popular`: the service is popular (semantics.md), for contacts; false for the rest. */
export type Worth = (batch: EventBatch, row: number, popular: boolean, outbound: boolean) => 0 | 1 | 2;

/** What a detector may look at when a count of an actor crosses: the windows as they stand at that microsecond. */
export interface ActorView {
  readonly actor: AddressKey;
  readonly book: AddressBook;
  /** Distinct values worth at least 1 and at least 2 of the crossing's key in the crossing's window. */
  readonly n1: number;
  readonly n2: number;
  /** Distinct services and targets the actor contacted (worth ≥ 1) in the crossing's window. */
  readonly targets: number;
  readonly ports: number;
  /** Distinct targets (worth ≥ 1) of the actor's busiest service in the crossing's window. O(values held). */
  topPortTargets(): number;
  /** Values held for the crossing's key, newest first: second word (target, host…) and third (service, path…). */
  values(limit: number): Iterable<HeldValue>;
}

/** `HeldValue.status` of a contact that a firewall let through and whose answer is not known (else the outcome). */
export const passedStatus = 5;

export interface HeldValue {
  readonly target: AddressKey;
  /** proto · 65,536 + port for contacts. */
  readonly service: number;
  /** For texts: `service` and `hash` are the low and high words of the value's 64-bit hash. */
  readonly hash: number;
  readonly time: number;
  /** Text kept for this value (a path, a name), '' if none or no longer held; untrusted. */
  readonly text: string;
  readonly worth: number;
  /** What `Count.keep` kept beside the text, '' if nothing; untrusted. */
  readonly beside: string;
  /** Bytes of the response it was last seen with, to within 1 %; 0: none or not logged. */
  readonly size: number;
  /** The `status` (requests, queries) or outcome (contacts; {@link passedStatus}) it was last seen with. */
  readonly status: number;
}

/** A row that `select` chose, for detectors that look at single events. */
export interface SelectedRow {
  readonly batch: EventBatch;
  readonly row: number;
  readonly actor: AddressKey;
  readonly time: number;
}

export interface RunningDetector {
  readonly counts: readonly Count[];
  /** Writes the indexes of rows of interest among `rows[0, length)` to its front, returns how many. By columns only. */
  select?(batch: EventBatch, rows: Uint32Array, length: number): number;
  /** For each selected row; a finding, or undefined. May keep bounded state of its own. */
  matched?(row: SelectedRow): FindingDraft | undefined;
  /**
   * When a key crosses, and again each time its value has grown by a quarter as long as undefined is returned.
   * The first draft opens a finding of its kind (or joins the open one of the same actor and kind).
   */
  crossed?(crossing: Crossing, view: ActorView): FindingDraft | undefined;
}

/** What a detector says; the engine adds actor, times, crossings and evidence. */
export interface FindingDraft {
  readonly kind: Kind;
  /** Plain sentence(s) with numbers against thresholds; untrusted text is escaped by the outputs. */
  readonly reasons: readonly string[];
  readonly traits?: readonly string[];
  readonly caveats?: readonly string[];
  /** All sources that the statement is about; kept as it is, so that the detector may add those who come later. */
  readonly members?: AddressKey[];
  /** For matched rows: how strong, ≥ 1 (value / threshold). */
  readonly strength?: number;
}

/**
 * A detector: one file in detectors/, one fixture beside it (events in, findings out, and a benign lookalike that stays
 * silent), one line in catalog.ts, one page in docs/detectors/.
 */
export interface Detector<C = unknown> {
  readonly name: string;
  readonly title: string;
  /** Every threshold with its unit, default, and the effect of raising and lowering it (zod `.describe`). */
  readonly config: z.ZodType<C>;
  start(config: C, context: Context): RunningDetector;
}

export type { Finding };
