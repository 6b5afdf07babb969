import type { EventBatch } from '../model/event.ts';
import type { RowColumn } from '../model/detector.ts';
import { type ColumnCodes, RowHash, columnCodes, startOf } from '../state/row-columns.ts';
import type { Linked, LinkedCorrelation, LinkedDetection } from './collection.ts';
import type { CompiledCorrelation } from './compiled-counts.ts';
import { columnsOf, taxonomies, taxonomiesOf } from './event-fields.ts';

/** Keys of one generation; with more of them every row passes. */
const most = 200_000;
const start = startOf(0);
/** Words of bits, less one: 131,072 bits. */
const maybeMask = 0xfff;

/**
 * Ordered correlations are mostly asked about rows that follow nothing: connections that were allowed, by sources that never
 * scanned. A hash of the group's columns says so without a look at any field. Which chains are alive is remembered for one
 * to two timespans; what passes is judged exactly by the correlator.
 */
export class ChainGate {
  readonly #hash = new RowHash();
  readonly #chains: Chain[] = [];
  /** Later steps: by rule and kind of events, the chains and their columns; undefined: always ask. */
  readonly #later = new Map<LinkedDetection, ReadonlyMap<number, readonly ChainStep[]> | undefined>();
  readonly #first = new Map<Linked, ChainStep[]>();

  /**
   * @param correlations those that are not counted by the engine
   * @param compiled those that are: they may be the first step
   */
  constructor(correlations: readonly LinkedCorrelation[], compiled: readonly CompiledCorrelation[]) {
    for (const correlation of correlations) {
      const { rule, parts } = correlation;
      const [start] = parts;
      const steps =
        rule.type === 'temporal_ordered' ? firstColumns(start.rule, start.group, compiled) : undefined;
      const chain = {
        span: rule.timespan * 1e6,
        now: new Set<number>(),
        before: new Set<number>(),
        maybe: new Int32Array(maybeMask + 1),
        latest: NaN,
        turn: -Infinity,
        open: false,
      };
      if (steps !== undefined) {
        this.#chains.push(chain);
        const known = this.#first.get(start.rule) ?? [];
        this.#first.set(start.rule, [...known, ...steps.map((step) => ({ ...step, chain }))]);
      }
      for (const [index, part] of parts.entries()) {
        if (part.rule.kind === 'correlation') continue;
        const own = steps === undefined || index === 0 ? undefined : laterColumns(part.rule, part.group);
        const known = this.#later.get(part.rule);
        if (own === undefined || (known === undefined && this.#later.has(part.rule))) {
          this.#later.set(part.rule, undefined);
          continue;
        }
        const merged = new Map<number, readonly ChainStep[]>(known);
        for (const { kind, codes } of own)
          merged.set(kind, [...(merged.get(kind) ?? []), { kind, codes, chain }]);
        this.#later.set(part.rule, merged);
      }
    }
  }

  /** A first step was taken by this row: rows of its group have something to follow. */
  begin(rule: Linked, batch: EventBatch, row: number, time: number): void {
    for (const { kind, codes, chain } of this.#first.get(rule) ?? []) {
      if (kind !== batch.kind[row]) continue;
      if (time >= chain.turn + chain.span) {
        chain.before = time >= chain.turn + 2 * chain.span ? new Set() : chain.now;
        chain.now = new Set();
        chain.turn = time;
        chain.maybe.fill(0);
        for (const key of chain.before) chain.maybe[(key >>> 5) & maybeMask] |= 1 << (key & 31);
      }
      const key = this.#key(batch, row, codes);
      if (key === undefined) continue;
      // The same group begins again and again while it holds.
      if (key === chain.latest && chain.now.size > 0) continue;
      chain.latest = key;
      chain.now.add(key);
      chain.maybe[(key >>> 5) & maybeMask] |= 1 << (key & 31);
      if (chain.now.size > most) chain.open = true;
    }
  }

  /** What rows of this kind that match these rules can follow; undefined: they have to be asked about in any case. */
  stepsOf(rules: readonly LinkedDetection[], kind: number): readonly ChainStep[] | undefined {
    const all: ChainStep[] = [];
    for (const rule of rules) {
      const steps = this.#later.get(rule);
      if (steps === undefined) return undefined;
      all.push(...(steps.get(kind) ?? []));
    }
    return all;
  }

  /** Whether a row with these steps can change anything. */
  passes(steps: readonly ChainStep[] | undefined, batch: EventBatch, row: number): boolean {
    if (steps === undefined) return true;
    for (let i = 0; i < steps.length; i++) {
      const { codes, chain } = steps[i];
      if (chain.open) return true;
      if (chain.now.size === 0 && chain.before.size === 0) continue;
      const key = this.#key(batch, row, codes);
      if (key === undefined || (chain.maybe[(key >>> 5) & maybeMask] & (1 << (key & 31))) === 0) continue;
      if (chain.now.has(key) || chain.before.has(key)) return true;
    }
    return false;
  }

  #key(batch: EventBatch, row: number, codes: ColumnCodes): number | undefined {
    this.#hash.begin(start);
    if (!this.#hash.add(batch, row, codes)) return undefined;
    return (this.#hash.high & 0x1f_ffff) * 0x1_0000_0000 + (this.#hash.low >>> 0);
  }
}

interface Chain {
  readonly span: number;
  now: Set<number>;
  before: Set<number>;
  /** A bit for the low bits of each key: most rows need no look at the sets. */
  readonly maybe: Int32Array;
  /** The key that was added last. */
  latest: number;
  /** When `now` was begun, µs. */
  turn: number;
  /** Too many keys: all rows pass. */
  open: boolean;
}

interface Columns {
  readonly kind: number;
  readonly codes: ColumnCodes;
}
export interface ChainStep extends Columns {
  readonly chain: Chain;
}

/** Where the group of a first step stands in its rows; undefined when that is not known. */
function firstColumns(
  rule: Linked,
  group: readonly string[],
  compiled: readonly CompiledCorrelation[],
): Columns[] | undefined {
  if (rule.kind === 'detection') return laterColumns(rule, group);
  const inner = compiled.find((each) => each.rule === rule);
  if (inner === undefined) return undefined;
  const places = group.map((field) => rule.rule.groupBy.indexOf(field));
  return inner.feeds.map(({ feed, kind }) => {
    const columns: RowColumn[] = places.map((place) => feed.by[place]);
    return { kind, codes: columnCodes(columns) };
  });
}

function laterColumns({ rule }: LinkedDetection, group: readonly string[]): Columns[] | undefined {
  const found: Columns[] = [];
  for (const taxonomy of taxonomies) {
    if (!taxonomiesOf(rule.logsource).includes(taxonomy)) continue;
    const columns = columnsOf(taxonomy, group);
    if (columns === 'none') return undefined;
    if (columns !== 'missing') found.push({ kind: taxonomy.kind, codes: columnCodes(columns) });
  }
  return found;
}
