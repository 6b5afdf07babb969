import type * as z from 'zod';
import type { EventBatch, EventKindName } from './event.ts';
import type { AddressBook, AddressKey, Crossing, Habit, Kind, RuleMatch } from './finding.ts';
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

/**
 * What a {@link SelectedCount} reads of a row. Addresses are whole ones (an IPv6 actor's `source` is its /64), a port is
 * the number alone, texts compare byte for byte. A row that lacks a column is not counted.
 */
export type RowColumn = PlainColumn | DerivedColumn;
export type PlainColumn =
  | 'source-address'
  | 'target-address'
  | 'source-port'
  | 'target-port'
  | 'rcode'
  | 'severity'
  | 'query-type'
  | Exclude<TextColumn, 'zone'>;

/** What follows from a row in another way; numbers count as the texts that they are. One object for one meaning. */
export interface DerivedColumn {
  readonly name: string;
  /** Undefined: the row lacks it. */
  readonly value: (batch: EventBatch, row: number) => string | number | undefined;
}

/**
 * A count over rows that the detector's own predicate selects, by any key: what a Sigma correlation compiles to. As exact
 * and sliding as a {@link Count}, in the same tables and under the same ceiling.
 */
export interface SelectedCount {
  /** Unique among all detectors. */
  readonly id: string;
  /** Seconds; the window is (t − span, t]. */
  readonly span: number;
  /** No smaller count is anything. */
  readonly atLeast: number;
  /** What the strength of a finding is measured by, if it is not `atLeast`; above 0. */
  readonly threshold?: number;
  /** Also has to be true of the count, which may get past it and come back: asked at the end of every µs that counts. */
  readonly holds?: (value: number) => boolean;
  /** Of the numbers in the feeds' `distinct` column, instead of a count of rows; with `holds`. */
  readonly measure?: Measure;
  /**
   * Instead of a count: the feeds, by their tags 0 … steps − 1, one after the other or at the same µs, the first within the
   * window. It is `steps` where the last one completes such a chain, else 0; with `holds`.
   */
  readonly steps?: number;
  /** Rows of one feed or of another are counted together; each says where its key and its values are. */
  readonly feeds: readonly Feed[];
}

/** What is measured of the numbers in a window. */
export type Measure =
  | { readonly of: 'sum' | 'average' }
  /** Nearest rank: the smallest number that at least `percent` % of the numbers do not exceed. */
  | { readonly of: 'percentile'; readonly percent: number };

export interface Feed {
  readonly by: readonly RowColumn[];
  /** The counted tuple; absent: every row is a value of its own; empty: the rows of the feed are one value. */
  readonly distinct: readonly RowColumn[] | undefined;
  /** Feeds of different tags never yield the same value; a number that feeds of one tag read of a row is one number. */
  readonly tag: number;
  /**
   * Not rows that the detector selects, but a count: at every µs in which a key of it was counted and stands, once. `by` and
   * `distinct` are read of a row of that key, so they are among the columns that the count's feed has for its key.
   */
  readonly from?: { readonly count: SelectedCount; readonly feed: Feed };
}

/** Where a key of a {@link SelectedCount} got there, at the end of the µs. */
export interface Standing {
  /** A row of this µs that it rests on. */
  readonly row: SelectedRow;
  readonly feed: Feed;
}

/** 0, 1 or 2 for a row. `popular`: the service is popular (docs/detectors/fan-out.md), for contacts; false for the rest. */
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
/** What tables keep of a contact that was answered and at which nobody then said anything: {@link HeldValue.silent}. */
export const silentStatus = 6;

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
  /** A TCP contact that was answered, and at which neither side then sent anything: known only where sensors see payload. */
  readonly silent: boolean;
}

/** A row that `select` chose, for detectors that look at single events. */
export interface SelectedRow {
  readonly batch: EventBatch;
  readonly row: number;
  readonly actor: AddressKey;
  readonly time: number;
}

export interface DetectorState {
  readonly bytes: number;
  /** What was let go for want of room; findings are exact while it is 0. */
  readonly evicted: number;
  /** Called once, before any row: how many bytes it may hold. */
  limit(bytes: number): void;
}

export interface RunningDetector {
  readonly counts: readonly Count[];
  /** What it was asked for and does not do, a sentence each: said to whoever runs it. */
  readonly leftOut?: readonly string[];
  /** Writes the indexes of rows of interest among `rows[0, length)` to its front, returns how many. By columns only. */
  select?(batch: EventBatch, rows: Uint32Array, length: number): number;
  /** For each selected row; a finding, or undefined. May keep bounded state of its own. */
  matched?(row: SelectedRow): FindingDraft | undefined;
  /** Counts of selected rows, and which of their feeds a row belongs to. `feeds` allocates nothing. */
  readonly selected?: readonly SelectedCount[];
  feeds?(batch: EventBatch, row: number): readonly Feed[];
  /** A key of a selected count reached its threshold: once, until its window is empty. */
  reached?(crossing: Crossing, standing: Standing): FindingDraft | undefined;
  /** State of the detector's own that grows with traffic: part of the ceiling. */
  readonly state?: DetectorState;
  /**
   * When a key crosses, and again each time its value has grown by a quarter as long as undefined is returned.
   * The first draft opens a finding of its kind (or joins the open one of the same actor and kind).
   */
  crossed?(crossing: Crossing, view: ActorView): FindingDraft | undefined;
  /**
   * What spans actors is asked about on the clock of the events: at multiples of {@link tickLength}, after all that
   * came before it and nothing that came after, and once more at the end. So neither the order of rows nor who counts
   * which of them makes a difference.
   */
  tick?(time: number, teller: Teller): void;
}

/** µs between two ticks. */
export const tickLength = 300_000_000;

/** A statement about several sources; `also`: further kinds that it is. */
export type SharedDraft = FindingDraft & { readonly members: AddressKey[]; readonly also?: readonly Kind[] };

/** Makes findings that are not one actor's: each is a dossier of its own. */
export interface Teller {
  /** Opens a finding about several sources; the lowest of them stands for it. */
  tell(draft: SharedDraft, time: number): Statement;
  /** An IPv4 address, or the /64 of an IPv6 one; four big-endian words. */
  source(a: number, b: number, c: number, d: number): AddressKey;
  /** Whether the source has a finding of its own: it is nobody's member. */
  isSuspect(source: AddressKey): boolean;
}

/** A finding about several sources, while it grows. */
export interface Statement {
  readonly members: AddressKey[];
  /** What one of them did to a target: four big-endian words, a service, its outcome. */
  touch(target: readonly number[], service: number, outcome: number): void;
  page(host: string, path: string, status: number): void;
  /** The user agent of all of them. */
  agent(name: string): void;
  /** A record that shows it: number of the input, line; what it said is no longer known. */
  evidence(input: number, line: number, time: number): void;
  /** Something of it happened then. */
  at(time: number): void;
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
  /** What the same actor did on earlier days, where the detector knows. */
  readonly habit?: Habit | undefined;
  /** The rules that say so, when it is rules that do: each keeps its own count in the finding. */
  readonly rules?: readonly RuleMatch[];
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
  /** Loads what only some settings need, before `start`. */
  prepare?(config: C): Promise<void>;
  start(config: C, context: Context): RunningDetector;
}
