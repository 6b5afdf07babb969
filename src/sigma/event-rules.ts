import type { EventBatch } from '../model/event.ts';
import { type Linked, type LinkedDetection, covers } from './collection.ts';
import { Correlator, type Fired } from './correlator.ts';
import { RowSource, type Taxonomy, taxonomies } from './event-fields.ts';
import { RuleIndex } from './rule-index.ts';
import type { SigmaError } from './sigma-error.ts';

interface Kind {
  readonly index: RuleIndex;
  readonly source: RowSource;
}

/** What one row did: rules that match it by themselves, and correlations that it completed. */
export interface RowResult {
  readonly matched: readonly LinkedDetection[];
  readonly fired: readonly Fired<undefined>[];
}
const nothing: RowResult = { matched: [], fired: [] };

/**
 * Rules bound to Offtrail's events: a question per row (does any rule match?), and the state of correlations, which takes
 * rows in order of time. Exact: windows are (t − W, t].
 */
export class EventRules {
  readonly #kinds: (Kind | undefined)[] = [];
  readonly #correlator: Correlator<undefined>;
  readonly #known = new WeakMap<EventBatch, ReadonlyMap<number, readonly LinkedDetection[]>>();
  /** Rules that cannot run here: a bad regular expression, or a log source that Offtrail has no events of. */
  readonly faults: readonly SigmaError[];
  readonly unbound: readonly Linked[];

  constructor(rules: readonly Linked[]) {
    const detections = rules.filter((rule): rule is LinkedDetection => rule.kind === 'detection');
    const bound = new Set<LinkedDetection>();
    const faults: SigmaError[] = [];
    for (const taxonomy of taxonomies) {
      const own = detections.filter((rule) => isOf(rule, taxonomy));
      for (const rule of own) bound.add(rule);
      if (own.length === 0) continue;
      const index = new RuleIndex(own);
      faults.push(...index.faults);
      this.#kinds[taxonomy.kind] = { index, source: new RowSource(taxonomy) };
    }
    this.faults = faults;
    this.unbound = detections.filter((rule) => !bound.has(rule));
    this.#correlator = new Correlator(rules);
  }

  get evicted(): number {
    return this.#correlator.evicted;
  }

  /** Whether any rule matches the row. */
  matches(batch: EventBatch, row: number): boolean {
    const kind = this.#kinds[batch.kind[row]];
    if (kind === undefined) return false;
    kind.source.show(batch, row);
    return kind.index.match(kind.source).length > 0;
  }

  /**
   * The rows of a batch that any rule matches, written to the front of `rows`; returns how many. Which rules they were is
   * remembered until the batch is asked again, so that {@link see} need not match anew.
   */
  select(batch: EventBatch, rows: Uint32Array, length: number): number {
    const known = new Map<number, readonly LinkedDetection[]>();
    this.#known.set(batch, known);
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const row = rows[i];
      const kind = this.#kinds[batch.kind[row]];
      if (kind === undefined) continue;
      kind.source.show(batch, row);
      const matched = kind.index.match(kind.source);
      if (matched.length === 0) continue;
      known.set(row, [...matched]);
      rows[kept++] = row;
    }
    return kept;
  }

  /** The rules of a row, and what it completes; rows come in order of time. */
  see(batch: EventBatch, row: number): RowResult {
    const kind = this.#kinds[batch.kind[row]];
    if (kind === undefined) return nothing;
    const { source, index } = kind;
    source.show(batch, row);
    const matched = this.#known.get(batch)?.get(row) ?? [...index.match(source)];
    if (matched.length === 0) return nothing;
    return {
      matched,
      fired: this.#correlator.at(batch.time[row], [{ event: undefined, source, rules: matched }]),
    };
  }
}

function isOf({ rule }: LinkedDetection, { logsources }: Taxonomy): boolean {
  return logsources.some((logsource) => covers(rule.logsource, logsource));
}
