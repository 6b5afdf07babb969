import { EventKind, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Feed, RunningDetector, SelectedCount, SelectedRow } from '../model/detector.ts';
import type { AddressKey, Crossing } from '../model/finding.ts';
import { KeyChains } from '../state/key-chains.ts';
import { KeyCounts } from '../state/key-counts.ts';
import { none } from '../state/record-pool.ts';
import { RowHash, numberAt } from '../state/row-columns.ts';
import { type Bundle, mostSpans } from './count-bundles.ts';
import {
  CountPlaces,
  type Noted,
  type Opened,
  type Place,
  type Reached,
  type Shared,
} from './count-places.ts';
import { IdleSteps } from './idle-steps.ts';

type Describe = (row: SelectedRow, feed: Feed) => string;

/**
 * The engine's counts of rows that a detector selects ({@link SelectedCount}): any key, plain distinct values. The same
 * tables as all counts have: exact, sliding, half-open, under the ceiling.
 */
export class SelectedCounts {
  readonly #detectors: readonly RunningDetector[];
  readonly #places: CountPlaces;
  readonly #idle: IdleSteps<readonly Place[]>;
  readonly #hash = new RowHash();
  /** By level, tables that the current µs left something in. */
  readonly #left: Shared[][] = [];
  #hasLeft = false;
  /** Values of their own: rows, and counts that stand. */
  #serial = 0;
  /** What was read ahead: kept, or the reading would be left out. */
  ahead = 0;

  /** @param budget bytes for all tables together */
  constructor(detectors: readonly RunningDetector[], budget: number) {
    this.#detectors = detectors;
    this.#places = new CountPlaces(detectors, budget);
    this.#idle = new IdleSteps(this.#places.longestChain);
    for (const { level } of this.#places.tables) this.#left[level] ??= [];
  }

  get evicted(): number {
    return this.#places.tables.reduce((sum, { table }) => sum + table.evicted, this.#idle.evicted);
  }

  get bytes(): number {
    return this.#places.tables.reduce((sum, { table }) => sum + table.bytes, 0);
  }

  /** Counts a selected row; true when it left something for the end of the µs. */
  see(detector: number, batch: EventBatch, row: number, actor: AddressKey, time: number): boolean {
    // Who did not begin is nobody's probe. What another sensor saw as well is counted: the rows differ, and it may be
    // this one alone that is selected.
    if (batch.kind[row] === EventKind.contact && batch.role[row] !== Role.originator) return false;
    const feeds = this.#detectors[detector].feeds?.(batch, row);
    if (feeds === undefined || feeds.length === 0) return false;
    const { all, isIdle } = this.#places.of(feeds);
    if (!isIdle || this.#idle.follows(all, batch, row, actor, time)) this.#feed(all, batch, row, actor, time);
    return this.#hasLeft;
  }

  #feed(places: readonly Place[], batch: EventBatch, row: number, actor: AddressKey, time: number): void {
    const serial = ++this.#serial;
    for (let i = 0; i < places.length; i++) this.#hashRow(places[i], batch, row, serial);
    for (let i = 0; i < places.length; i++)
      if (places[i].whole) this.#count(places[i], batch, row, actor, time);
  }

  /** The hashes of the place's key and value in this row, and a look at where they will be sought. */
  #hashRow(place: Place, batch: EventBatch, row: number, serial: number): void {
    const hash = this.#hash;
    const { table } = place.shared;
    hash.begin(place.keys);
    place.whole = hash.add(batch, row, place.by);
    place.low = hash.low;
    place.high = hash.high;
    if (!place.whole || !(table instanceof KeyCounts)) return;
    hash.begin(place.values);
    if (place.distinct === undefined) hash.number(serial, Math.floor(serial / 0x1_0000_0000));
    else place.whole = hash.add(batch, row, place.distinct);
    place.valueLow = hash.low;
    place.valueHigh = hash.high;
    this.ahead ^= table.ahead(place.low, place.high, hash.low);
  }

  #count(place: Place, batch: EventBatch, row: number, actor: AddressKey, time: number): void {
    const { shared, low, high } = place;
    const { table } = shared;
    table.advance(time);
    let key;
    let isPending = false;
    if (table instanceof KeyCounts) {
      const before = table.pending;
      key = table.see(low, high, place.valueLow, place.valueHigh);
      isPending = table.pending > before;
    } else if (table instanceof KeyChains) {
      const before = table.opened;
      key = table.see(low, high, place.feed.tag);
      if (place.bySource && place.feed.tag === 0) this.#idle.begin(batch, row, time);
      if (key === none || (table.opened === before && table.countOf(key) === 0)) return;
    } else {
      const number = numberAt(batch, row, place.distinct![0]);
      if (Number.isNaN(number)) return;
      key = table.see(low, high, number);
    }
    if (table instanceof KeyChains || this.#asks(place, key, batch, row, actor, time))
      push(shared.touched, { key, low, high, place, row: { batch, row, actor, time } });
    else if (isPending) push(shared.noted, { key, low, high, place, row: { batch, row, actor, time } });
    else return;
    this.#hasLeft = true;
    if (shared.left) return;
    shared.left = true;
    this.#left[shared.level].push(shared);
  }

  /**
   * Whether the end of the µs has to say whether a count stands for the key. What stood before stands with more, if nothing
   * but a lower bound is asked: then it goes on at once to what it feeds.
   */
  #asks(
    { asked, shared }: Place,
    key: number,
    batch: EventBatch,
    row: number,
    actor: AddressKey,
    time: number,
  ): boolean {
    let asks = false;
    for (let i = 0; i < asked.length; i++) {
      const { bound, window, after } = asked[i];
      const { count } = bound;
      if (shared.table.countOf(key, window) < count.atLeast) continue;
      const opened = openedOf(shared, key * mostSpans + window, count);
      if (opened === undefined || (count.holds !== undefined && after.length > 0)) asks = true;
      else if (after.length > 0 && opened.told !== time) {
        opened.told = time;
        this.#feed(after, batch, row, actor, time);
      }
    }
    return asks;
  }

  /**
   * The µs is over: what crossed in it.
   *
   * @param describe the key in words
   */
  settle(now: number, describe: Describe): readonly Reached[] {
    const reached: Reached[] = [];
    // What stands feeds tables of higher levels only.
    for (const left of this.#left) {
      if (this.#idle.hasNews)
        this.#idle.replay(now, (steps, batch, row, actor) => this.#feed(steps, batch, row, actor, now));
      for (const shared of left) this.#settleTable(shared, now, describe, reached);
      left.length = 0;
    }
    this.#hasLeft = false;
    return reached;
  }

  #settleTable(shared: Shared, now: number, describe: Describe, reached: Reached[]): void {
    const { table, noted, touched } = shared;
    shared.left = false;
    // Of several rows of one key the first stays; a µs may hold very many of them.
    const rows = new Map<number, Noted>();
    for (const each of touched) if (!rows.has(each.key)) rows.set(each.key, each);
    for (const each of noted) if (!rows.has(each.key)) rows.set(each.key, each);
    if (table instanceof KeyChains) table.settle();
    if (table instanceof KeyCounts && table.hasPending)
      table.flush((key, window, value) => {
        const of = rows.get(key);
        return of !== undefined && this.#cross(shared, of, { key, window, value }, now, describe, reached);
      });
    noted.length = 0;
    if (touched.length === 0) return;
    touched.length = 0;
    for (const of of rows.values()) {
      const { key, low, high, place, row } = of;
      for (const { bound, window, after } of place.asked) {
        const { count } = bound;
        if (!table.isKey(key, low, high)) continue;
        const value = table.countOf(key, window);
        if (value < count.atLeast || count.holds?.(value) === false) continue;
        const id = key * mostSpans + window;
        let opened = openedOf(shared, id, count);
        if (opened === undefined) {
          // Those without more conditions cross in the flush.
          if (count.holds === undefined) continue;
          table.hold(key, window);
          opened = begin(shared, id, bound, value, of, now, describe, reached);
        }
        if (opened.told === now) continue;
        opened.told = now;
        this.#feed(after, row.batch, row.row, row.actor, now);
      }
    }
  }

  /** Adds what is reached anew; true when all counts of the window are. */
  #cross(
    shared: Shared,
    of: Noted,
    hit: { readonly key: number; readonly window: number; readonly value: number },
    now: number,
    describe: Describe,
    reached: Reached[],
  ): boolean {
    const { bundle } = of.place;
    const id = hit.key * mostSpans + hit.window;
    let all = true;
    for (const { detector, count } of bundle.counts) {
      if (count.span !== bundle.spans[hit.window] || count.holds !== undefined) continue;
      if (openedOf(shared, id, count) !== undefined) continue;
      if (hit.value < count.atLeast) {
        all = false;
        continue;
      }
      begin(shared, id, { detector, count }, hit.value, of, now, describe, reached);
    }
    return all;
  }

  /** Actors whose keys must outlive a sweep of address slots. */
  *actors(): Iterable<AddressKey> {
    for (const { open } of this.#places.tables)
      for (const opened of open.values()) for (const { crossing } of opened) yield crossing.actor;
  }

  finish(): void {
    for (const { table } of this.#places.tables) table.finish();
  }
}

/** What a count began with in the window, if it stood since that was last empty. */
function openedOf({ open }: Shared, id: number, count: SelectedCount): Opened | undefined {
  const all = open.get(id);
  if (all !== undefined) for (const each of all) if (each.count === count) return each;
  return undefined;
}

/** A count begins to stand: it is remembered until the window is empty. */
function begin(
  { open }: Shared,
  id: number,
  { detector, count }: Bundle['counts'][number],
  value: number,
  { place: { feed }, row }: Pick<Noted, 'place' | 'row'>,
  time: number,
  describe: Describe,
  reached: Reached[],
): Opened {
  const crossing: Crossing = {
    count: count.id,
    actor: row.actor,
    key: 0,
    keyText: describe(row, feed),
    window: count.span,
    threshold: count.threshold ?? count.atLeast,
    time,
    value,
    max: value,
  };
  const begun = { count, crossing, told: NaN };
  const opened = open.get(id);
  if (opened === undefined) open.set(id, [begun]);
  else opened.push(begun);
  reached.push({ detector, crossing, standing: { row, feed } });
  return begun;
}

/** Notes of one key in a row are one; the first row stays. */
function push(list: Noted[], next: Noted): void {
  const last = list.at(-1);
  if (last === undefined || last.key !== next.key || last.low !== next.low) list.push(next);
}
