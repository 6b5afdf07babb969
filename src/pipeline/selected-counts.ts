import { Role, EventKind, Flag } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Feed, RunningDetector, SelectedCount, SelectedRow, Standing } from '../model/detector.ts';
import type { AddressKey, Crossing } from '../model/finding.ts';
import { type ColumnCodes, RowHash, columnCodes } from '../state/row-columns.ts';
import { Slot, TupleTable } from '../state/tuple-table.ts';
import type { Hit } from '../state/tuple-table.ts';

const second = 1_000_000;

/** Counts of one span and one threshold share a table: key and count are hashed together into (a, b), the value is (c, d). */
interface Shared {
  readonly table: TupleTable;
  readonly span: number;
  /** Rows of this µs after which a key had reached the threshold. */
  readonly noted: Noted[];
  /** Keys of this µs of counts that are asked at every µs. */
  readonly touched: Noted[];
  /** Crossings whose windows are warm, by record: they learn their maximum when it cools. */
  readonly open: Map<number, Crossing>;
}

interface Noted {
  readonly a: number;
  readonly b: number;
  readonly place: Place;
  readonly row: SelectedRow;
}

interface Place {
  readonly detector: number;
  readonly count: SelectedCount;
  readonly feed: Feed;
  readonly shared: Shared;
  readonly seed: number;
  readonly by: ColumnCodes;
  readonly distinct: ColumnCodes | undefined;
}

export interface Reached {
  readonly detector: number;
  readonly crossing: Crossing;
  readonly standing: Standing;
}

/**
 * The engine's counts of rows that a detector selects ({@link SelectedCount}): any key, one window, plain distinct values.
 * The same tables as all counts have: exact, sliding, half-open, under the ceiling.
 */
export class SelectedCounts {
  readonly #detectors: readonly RunningDetector[];
  readonly #tables: Shared[] = [];
  readonly #places = new Map<Feed, Place>();
  readonly #hash = new RowHash();
  #rows = 0;

  /** @param budget bytes for all tables together */
  constructor(detectors: readonly RunningDetector[], budget: number) {
    this.#detectors = detectors;
    const counts = detectors.flatMap(({ selected = [] }, detector) =>
      selected.map((count) => ({ detector, count })),
    );
    const shapes = new Set(counts.map(({ count }) => `${count.span} ${count.atLeast}`));
    const known = new Map<string, Shared>();
    for (const [seed, { detector, count }] of counts.entries()) {
      const shape = `${count.span} ${count.atLeast}`;
      let shared = known.get(shape);
      if (!shared) known.set(shape, (shared = this.#open(count, Math.floor(budget / shapes.size))));
      for (const feed of count.feeds) {
        const by = columnCodes(feed.by);
        const distinct = feed.distinct && columnCodes(feed.distinct);
        this.#places.set(feed, { detector, count, feed, shared, seed, by, distinct });
      }
    }
  }

  #open({ span, atLeast }: SelectedCount, budget: number): Shared {
    const never = [Infinity];
    const table = new TupleTable({
      windows: [span * second],
      least: [[atLeast], never, never, never, never],
      high: [false, false, false, false, false],
      plain: true,
      withC: false,
      singles: false,
      budget,
    });
    const shared: Shared = { table, span, noted: [], touched: [], open: new Map() };
    table.onGone = (slot, record, _window, max) => {
      const crossing = slot === Slot.ab ? shared.open.get(record) : undefined;
      if (!crossing) return;
      crossing.max = Math.max(crossing.max, max);
      shared.open.delete(record);
    };
    this.#tables.push(shared);
    return shared;
  }

  get evicted(): number {
    return this.#tables.reduce((sum, { table }) => sum + table.evicted, 0);
  }

  get bytes(): number {
    return this.#tables.reduce((sum, { table }) => sum + table.bytes, 0);
  }

  /** Counts a selected row; true when it left something for the end of the µs. */
  see(detector: number, batch: EventBatch, row: number, actor: AddressKey, time: number): boolean {
    // Who did not begin is nobody's probe, and what two sensors saw counts once.
    if (
      batch.kind[row] === EventKind.contact &&
      (batch.role[row] !== Role.originator || (batch.flags[row] & Flag.echo) !== 0)
    )
      return false;
    const feeds = this.#detectors[detector].feeds?.(batch, row);
    if (feeds === undefined || feeds.length === 0) return false;
    this.#rows++;
    let left = false;
    for (const feed of feeds) {
      const place = this.#places.get(feed);
      if (place !== undefined && this.#count(place, batch, row, actor, time)) left = true;
    }
    return left;
  }

  #count(place: Place, batch: EventBatch, row: number, actor: AddressKey, time: number): boolean {
    const { count, feed, shared, seed, by, distinct } = place;
    const hash = this.#hash;
    hash.begin(seed);
    if (!hash.add(batch, row, by)) return false;
    const a = hash.low >>> 0;
    const b = hash.high >>> 0;
    hash.begin(feed.tag);
    if (distinct === undefined) hash.number(this.#rows, Math.floor(this.#rows / 0x1_0000_0000));
    else if (!hash.add(batch, row, distinct)) return false;
    const { table } = shared;
    table.advance(time);
    const before = table.pending;
    table.see(a, 0, b, hash.low >>> 0, hash.high >>> 0, 1, 0, -1);
    if (count.every === true) push(shared.touched, { a, b, place, row: { batch, row, actor, time } });
    else if (table.pending > before) push(shared.noted, { a, b, place, row: { batch, row, actor, time } });
    return count.every === true || table.pending > 0;
  }

  /**
   * The µs is over: what crossed in it, then what stands.
   *
   * @param describe the key in words
   */
  settle(now: number, describe: (row: SelectedRow, feed: Feed) => string): Settled {
    const reached: Reached[] = [];
    const standing: Settled['standing'][number][] = [];
    for (const shared of this.#tables) {
      const { table, noted, touched } = shared;
      if (noted.length === 0 && touched.length === 0 && !table.hasPending) continue;
      // Of several rows of one key the first stays; a µs may hold very many of them.
      const rows = byKey([...touched, ...noted]);
      if (table.hasPending)
        table.flush((hit) => {
          const of = rows.get(keyOf(hit.a, hit.key));
          if (of !== undefined) reached.push(this.#cross(shared, of, hit, now, describe));
          return true;
        });
      noted.length = 0;
      for (const { a, b, place, row } of touched.length > 0 ? byKey(touched).values() : []) {
        const value = table.valueOf(a, 0, b);
        if (value >= place.count.atLeast)
          standing.push({
            detector: place.detector,
            standing: { count: place.count, value, row, feed: place.feed },
          });
      }
      touched.length = 0;
    }
    return { reached, standing };
  }

  #cross(
    shared: Shared,
    { place, row }: Noted,
    hit: Hit,
    now: number,
    describe: (row: SelectedRow, feed: Feed) => string,
  ): Reached {
    const { count, feed, detector } = place;
    const crossing: Crossing = {
      count: count.id,
      actor: row.actor,
      key: 0,
      keyText: describe(row, feed),
      window: count.span,
      threshold: count.atLeast,
      time: now,
      value: hit.value,
      max: hit.value,
    };
    shared.open.set(hit.record, crossing);
    return { detector, crossing, standing: { count, value: hit.value, row, feed } };
  }

  /** Actors whose keys must outlive a sweep of address slots. */
  *actors(): Iterable<AddressKey> {
    for (const { open } of this.#tables) for (const { actor } of open.values()) yield actor;
  }

  finish(): void {
    for (const { table } of this.#tables) table.finish();
  }
}

export interface Settled {
  readonly reached: readonly Reached[];
  readonly standing: readonly { readonly detector: number; readonly standing: Standing }[];
}

/** Notes of one key in a row are one; the first row stays. */
function push(list: Noted[], next: Noted): void {
  const last = list.at(-1);
  if (last === undefined || last.a !== next.a || last.b !== next.b) list.push(next);
}

function keyOf(a: number, b: number): string {
  return `${a} ${b}`;
}

function byKey(list: readonly Noted[]): Map<string, Noted> {
  const rows = new Map<string, Noted>();
  for (const noted of list) {
    const key = keyOf(noted.a, noted.b);
    if (!rows.has(key)) rows.set(key, noted);
  }
  return rows;
}
