import type { EventBatch } from '../model/event.ts';
import type { Linked, LinkedDetection } from './collection.ts';
import { type RowSource, taxonomies, taxonomiesOf } from './event-fields.ts';
import { MatchSets } from './match-sets.ts';
import { RowIndex } from './row-index.ts';
import type { SigmaError } from './sigma-error.ts';

interface Kind<T> {
  readonly index: RowIndex;
  readonly sets: MatchSets<T>;
}

/** Which rules each row of a batch matches: the number of the set + 1, 0 for none. */
interface Matches {
  readonly ids: Uint16Array;
  serial: number;
}

/**
 * Rules bound to Offtrail's events: which rules match each row, asked once for a batch and remembered while it waits to be
 * put in order. What a set of rules means to the caller is worked out once for each set that occurs.
 */
export class EventRules<T> {
  readonly #kinds: (Kind<T> | undefined)[] = [];
  readonly #known = new WeakMap<EventBatch, Matches>();
  #batch: EventBatch | undefined;
  #matches: Matches | undefined;
  /** Rules that cannot run here: a bad regular expression, or a log source that Offtrail has no events of. */
  readonly faults: readonly SigmaError[];
  readonly unbound: readonly Linked[];

  /** @param make what to know of a set of rules that rows of a kind match */
  constructor(rules: readonly Linked[], make: (rules: readonly LinkedDetection[], kind: number) => T) {
    const detections = rules.filter((rule): rule is LinkedDetection => rule.kind === 'detection');
    const faults: SigmaError[] = [];
    for (const taxonomy of taxonomies) {
      const own = detections.filter(({ rule }) => taxonomiesOf(rule.logsource).includes(taxonomy));
      if (own.length === 0) continue;
      const index = new RowIndex(own, taxonomy);
      faults.push(...index.faults);
      const sets = new MatchSets((some) =>
        make(
          some.map((rule) => index.rules[rule]),
          taxonomy.kind,
        ),
      );
      this.#kinds[taxonomy.kind] = { index, sets };
    }
    this.faults = [...new Set(faults)];
    this.unbound = detections.filter(({ rule }) => taxonomiesOf(rule.logsource).length === 0);
  }

  /** Whether any rule matches the row. */
  matches(batch: EventBatch, row: number): boolean {
    const kind = this.#kinds[batch.kind[row]];
    return kind !== undefined && kind.index.match(batch, row).length > 0;
  }

  /** The rows of a batch that any rule matches, written to the front of `rows`; returns how many. */
  select(batch: EventBatch, rows: Uint32Array, length: number): number {
    const { ids } = this.#of(batch);
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const row = rows[i];
      const kind = this.#kinds[batch.kind[row]];
      if (kind === undefined) {
        ids[row] = 0;
        continue;
      }
      const matched = kind.index.match(batch, row);
      if (matched.length === 0) {
        ids[row] = 0;
        continue;
      }
      ids[row] = kind.sets.idOf(matched) + 1;
      rows[kept++] = row;
    }
    return kept;
  }

  /** What is known of the set of rules that a selected row matches; undefined for a row that none matches. */
  get(batch: EventBatch, row: number): T | undefined {
    const { ids } = this.#of(batch);
    const id = ids[row];
    const kind = this.#kinds[batch.kind[row]];
    if (kind === undefined || id === 0) return undefined;
    return kind.sets.get(id - 1) ?? kind.sets.make(kind.index.match(batch, row));
  }

  /** The row's fields. */
  source(batch: EventBatch, row: number): RowSource | undefined {
    const source = this.#kinds[batch.kind[row]]?.index.source;
    source?.show(batch, row);
    return source;
  }

  #of(batch: EventBatch): Matches {
    if (batch === this.#batch && this.#matches !== undefined && this.#matches.serial === batch.serial)
      return this.#matches;
    let matches = this.#known.get(batch);
    if (matches === undefined)
      this.#known.set(batch, (matches = { ids: new Uint16Array(batch.capacity), serial: batch.serial }));
    else if (matches.serial !== batch.serial) {
      matches.ids.fill(0);
      matches.serial = batch.serial;
    }
    this.#batch = batch;
    return (this.#matches = matches);
  }
}
