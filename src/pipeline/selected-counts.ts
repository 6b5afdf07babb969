import { EventKind, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Feed, RunningDetector, SelectedCount, SelectedRow, Standing } from '../model/detector.ts';
import type { AddressKey, Crossing } from '../model/finding.ts';
import { mix4 } from '../state/hash.ts';
import { type ColumnCodes, RowHash, columnCodes } from '../state/row-columns.ts';
import { Slot, TupleTable } from '../state/tuple-table.ts';
import type { Hit } from '../state/tuple-table.ts';

const second = 1_000_000;
/** Seconds. */
const hour = 3600;
/** Windows of a table. */
const mostSpans = 3;

/** Counts of the same feeds: one entry of the table serves all of their windows. */
interface Bundle {
  readonly counts: { readonly detector: number; readonly count: SelectedCount }[];
  /** Seconds, ascending. */
  readonly spans: number[];
  every: boolean;
}

/**
 * Bundles whose windows and thresholds are alike share a table. The word a is a hash of the key's first column, so that
 * at the ceiling a source that has many keys counts as one with many values; b is a hash of bundle and whole key.
 */
interface Shared {
  readonly table: TupleTable;
  /** Rows of this µs after which a key had reached a threshold. */
  readonly noted: Noted[];
  /** Keys of this µs of counts that are asked at every µs. */
  readonly touched: Noted[];
  /** Crossings whose windows are warm, by record and window: they learn their maximum when it cools. */
  readonly open: Map<number, Crossing[]>;
}

interface Place {
  readonly bundle: Bundle;
  readonly feed: Feed;
  readonly shared: Shared;
  readonly seed: number;
  readonly first: ColumnCodes;
  readonly rest: ColumnCodes;
  readonly distinct: ColumnCodes | undefined;
}

interface Noted {
  readonly a: number;
  readonly b: number;
  readonly place: Place;
  readonly row: SelectedRow;
}

export interface Reached {
  readonly detector: number;
  readonly crossing: Crossing;
  readonly standing: Standing;
}

export interface Settled {
  readonly reached: readonly Reached[];
  readonly standing: readonly { readonly detector: number; readonly standing: Standing }[];
}

type Describe = (row: SelectedRow, feed: Feed) => string;

/**
 * The engine's counts of rows that a detector selects ({@link SelectedCount}): any key, plain distinct values. The same
 * tables as all counts have: exact, sliding, half-open, under the ceiling.
 */
export class SelectedCounts {
  readonly #detectors: readonly RunningDetector[];
  readonly #tables: Shared[] = [];
  readonly #places = new Map<Feed, Place[]>();
  readonly #hash = new RowHash();
  #rows = 0;

  /** @param budget bytes for all tables together */
  constructor(detectors: readonly RunningDetector[], budget: number) {
    this.#detectors = detectors;
    const bundles = bundlesOf(detectors);
    // What stays for a day needs more room than what stays for minutes.
    const shapes = new Map(
      bundles.map((bundle) => [shapeOf(bundle), Math.max(...bundle.spans) > hour ? 4 : 1]),
    );
    const weights = [...shapes.values()].reduce((sum, weight) => sum + weight, 0);
    const known = new Map<string, Shared>();
    for (const [seed, bundle] of bundles.entries()) {
      const shape = shapeOf(bundle);
      let shared = known.get(shape);
      if (!shared)
        known.set(shape, (shared = this.#open(bundle, Math.floor((budget * shapes.get(shape)!) / weights))));
      for (const feed of bundle.counts[0].count.feeds) {
        const [first = [], ...rest] = columnCodes(feed.by).map((code) => [code]);
        const distinct = feed.distinct && columnCodes(feed.distinct);
        const place = { bundle, feed, shared, seed, first, rest: rest.flat(), distinct };
        this.#places.set(feed, [...(this.#places.get(feed) ?? []), place]);
      }
    }
  }

  #open(bundle: Bundle, budget: number): Shared {
    const never = bundle.spans.map(() => Infinity);
    const table = new TupleTable({
      windows: bundle.spans.map((span) => span * second),
      least: [leastOf(bundle), never, never, never, never],
      high: [false, false, false, false, false],
      plain: true,
      withC: false,
      singles: false,
      budget,
    });
    const shared: Shared = { table, noted: [], touched: [], open: new Map() };
    table.onGone = (slot, record, window, max) => {
      const id = record * mostSpans + window;
      for (const crossing of (slot === Slot.ab && shared.open.get(id)) || [])
        crossing.max = Math.max(crossing.max, max);
      shared.open.delete(id);
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
    // Who did not begin is nobody's probe. What another sensor saw as well is counted: the rows differ, and it may be
    // this one alone that is selected.
    if (batch.kind[row] === EventKind.contact && batch.role[row] !== Role.originator) return false;
    const feeds = this.#detectors[detector].feeds?.(batch, row);
    if (feeds === undefined || feeds.length === 0) return false;
    this.#rows++;
    let left = false;
    for (const feed of feeds)
      for (const place of this.#places.get(feed) ?? [])
        if (this.#count(place, batch, row, actor, time)) left = true;
    return left;
  }

  #count(place: Place, batch: EventBatch, row: number, actor: AddressKey, time: number): boolean {
    const { bundle, feed, shared, seed, first, rest, distinct } = place;
    const hash = this.#hash;
    hash.begin(0);
    if (!hash.add(batch, row, first)) return false;
    const a = hash.low >>> 0;
    hash.number(seed, 0);
    if (!hash.add(batch, row, rest)) return false;
    const b = mix4(hash.low, hash.high, 0, 0) >>> 0;
    hash.begin(feed.tag);
    if (distinct === undefined) hash.number(this.#rows, Math.floor(this.#rows / 0x1_0000_0000));
    else if (!hash.add(batch, row, distinct)) return false;
    const { table } = shared;
    table.advance(time);
    const before = table.pending;
    table.see(a, 0, b, hash.low >>> 0, hash.high >>> 0, 1, 0, -1);
    const stands = bundle.every && this.#stands(bundle, table, a, b);
    if (stands) push(shared.touched, { a, b, place, row: { batch, row, actor, time } });
    else if (table.pending > before) push(shared.noted, { a, b, place, row: { batch, row, actor, time } });
    return stands || table.hasPending;
  }

  #stands({ counts, spans }: Bundle, table: TupleTable, a: number, b: number): boolean {
    for (const { count } of counts)
      if (count.every === true && table.valueOf(a, 0, b, spans.indexOf(count.span)) >= count.atLeast)
        return true;
    return false;
  }

  /**
   * The µs is over: what crossed in it, then what stands.
   *
   * @param describe the key in words
   */
  settle(now: number, describe: Describe): Settled {
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
          return of !== undefined && this.#cross(shared, of, hit, now, describe, reached);
        });
      noted.length = 0;
      if (touched.length === 0) continue;
      touched.length = 0;
      for (const { a, b, place, row } of rows.values()) {
        const { counts, spans } = place.bundle;
        for (const { detector, count } of counts) {
          if (count.every !== true) continue;
          const value = table.valueOf(a, 0, b, spans.indexOf(count.span));
          if (value >= count.atLeast)
            standing.push({ detector, standing: { count, value, row, feed: place.feed } });
        }
      }
    }
    return { reached, standing };
  }

  /** Adds what is reached anew; true when all counts of the window are. */
  #cross(
    shared: Shared,
    { place, row }: Noted,
    hit: Hit,
    now: number,
    describe: Describe,
    reached: Reached[],
  ): boolean {
    const { bundle, feed } = place;
    const id = hit.record * mostSpans + hit.window;
    const open = shared.open.get(id) ?? [];
    let all = true;
    for (const { detector, count } of bundle.counts) {
      if (count.span !== bundle.spans[hit.window]) continue;
      if (open.some((crossing) => crossing.count === count.id)) continue;
      if (hit.value < count.atLeast) {
        all = false;
        continue;
      }
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
      open.push(crossing);
      reached.push({ detector, crossing, standing: { count, value: hit.value, row, feed } });
    }
    shared.open.set(id, open);
    return all;
  }

  /** Actors whose keys must outlive a sweep of address slots. */
  *actors(): Iterable<AddressKey> {
    for (const { open } of this.#tables)
      for (const crossings of open.values()) for (const { actor } of crossings) yield actor;
  }

  finish(): void {
    for (const { table } of this.#tables) table.finish();
  }
}

/** Counts of one list of feeds, three windows at most, go together. */
function bundlesOf(detectors: readonly RunningDetector[]): Bundle[] {
  const bundles: Bundle[] = [];
  const of = new Map<readonly Feed[], Bundle[]>();
  for (const [detector, { selected = [] }] of detectors.entries())
    for (const count of selected) {
      const known = of.get(count.feeds) ?? [];
      let bundle = known.find(({ spans }) => spans.includes(count.span) || spans.length < mostSpans);
      if (!bundle) {
        bundle = { counts: [], spans: [], every: false };
        bundles.push(bundle);
        of.set(count.feeds, [...known, bundle]);
      }
      bundle.counts.push({ detector, count });
      if (!bundle.spans.includes(count.span)) bundle.spans.push(count.span);
      bundle.spans.sort((x, y) => x - y);
      bundle.every ||= count.every === true;
    }
  return bundles;
}

/** By window, the lowest threshold of its counts. */
function leastOf({ counts, spans }: Bundle): number[] {
  return spans.map((span) =>
    Math.min(...counts.filter(({ count }) => count.span === span).map(({ count }) => count.atLeast)),
  );
}

function shapeOf(bundle: Bundle): string {
  return `${bundle.spans.join()} ${leastOf(bundle).join()}`;
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
