import { EventKind, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Feed, RunningDetector, SelectedCount, SelectedRow, Standing } from '../model/detector.ts';
import type { AddressKey, Crossing } from '../model/finding.ts';
import { KeyChains } from '../state/key-chains.ts';
import { KeyCounts, type Room } from '../state/key-counts.ts';
import { KeyNumbers } from '../state/key-numbers.ts';
import { none } from '../state/record-pool.ts';
import {
  type ColumnCodes,
  RowHash,
  type RowHashStart,
  columnCodes,
  numberAt,
  startOf,
} from '../state/row-columns.ts';
import type { Bundle } from './count-bundles.ts';
import { bundlesOf, leastOf, mostSpans, shapeOf } from './count-bundles.ts';

const second = 1_000_000;
/** Seconds. */
const hour = 3600;

/** Bundles whose windows and thresholds are alike share a table; the bundle's number is part of the key. */
interface Shared {
  readonly table: KeyCounts | KeyNumbers | KeyChains;
  readonly level: number;
  /** Rows of this µs after which a key had reached a threshold. */
  readonly noted: Noted[];
  /** Keys of this µs that its end has to ask about. */
  readonly touched: Noted[];
  /** Crossings whose windows are warm, by record and window: they learn their maximum when it cools. */
  readonly open: Map<number, Opened[]>;
  /** It is in the list of those that the end of the µs is asked about. */
  left: boolean;
}

/** A count that stood since its window was last empty. */
interface Opened {
  readonly count: SelectedCount;
  readonly crossing: Crossing;
  /** The µs at which it last went on to the counts that are fed by it. */
  told: number;
}

interface Place {
  readonly bundle: Bundle;
  readonly feed: Feed;
  readonly shared: Shared;
  /** By count of the bundle: what it feeds where it stands with a row of this feed. */
  after: readonly (readonly Place[])[];
  /** One of the counts has to be asked about at the end of every µs, or feeds others. */
  readonly asked: boolean;
  readonly by: ColumnCodes;
  readonly distinct: ColumnCodes | undefined;
  /** Of the keys' hashes and of the values'. */
  readonly keys: RowHashStart;
  readonly values: RowHashStart;
  /** Of the current row: the hash of its key, and whether it has all of the columns. */
  low: number;
  high: number;
  whole: boolean;
}

interface Noted {
  /** The key's record, and its hash. */
  readonly key: number;
  readonly low: number;
  readonly high: number;
  readonly place: Place;
  readonly row: SelectedRow;
}

interface Reached {
  readonly detector: number;
  readonly crossing: Crossing;
  readonly standing: Standing;
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
  /** By what a detector answers for a row: it gives the same list for the same set of rules. */
  readonly #of = new WeakMap<readonly Feed[], readonly Place[]>();
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
    const bundles = bundlesOf(detectors);
    // What stays for a day needs more room than what stays for minutes.
    const shapes = new Map(
      bundles.map((bundle) => [shapeOf(bundle), Math.max(...bundle.spans) > hour ? 4 : 1]),
    );
    const weights = [...shapes.values()].reduce((sum, weight) => sum + weight, 0);
    // Half is everybody's own, for no log to starve the rules of another; who needs more takes it from the other half.
    const room = { left: Math.floor(budget / 2) };
    const known = new Map<string, Shared>();
    const feeding = new Set(
      bundles.flatMap(({ counts }) => counts[0].count.feeds.flatMap(({ from }) => from?.count ?? [])),
    );
    const places: Place[] = [];
    for (const [seed, bundle] of bundles.entries()) {
      const shape = shapeOf(bundle);
      let shared = known.get(shape);
      if (!shared) {
        const own = Math.floor(((budget / 2) * shapes.get(shape)!) / weights);
        known.set(shape, (shared = this.#open(bundle, own, room)));
      }
      const asked = bundle.counts.some(({ count }) => count.holds !== undefined || feeding.has(count));
      for (const feed of bundle.counts[0].count.feeds)
        places.push({
          bundle,
          feed,
          shared,
          after: [],
          asked,
          by: columnCodes(feed.by),
          distinct: feed.distinct && columnCodes(feed.distinct),
          keys: startOf(seed),
          values: startOf(feed.tag),
          low: 0,
          high: 0,
          whole: false,
        });
    }
    for (const place of places) {
      const { feed, bundle } = place;
      place.after = bundle.counts.map(({ count }) =>
        places.filter((each) => each.feed.from?.count === count && each.feed.from.feed === feed),
      );
      if (feed.from === undefined) this.#places.set(feed, [...(this.#places.get(feed) ?? []), place]);
    }
  }

  #open(bundle: Bundle, budget: number, room: Room): Shared {
    const { measure, steps, spans, level } = bundle;
    const windows = spans.map((span) => span * second);
    const [window] = windows;
    let table;
    if (measure !== undefined) table = new KeyNumbers({ window, measure, budget, room });
    else if (steps !== undefined) table = new KeyChains({ window, steps, budget, room });
    else table = new KeyCounts({ windows, least: leastOf(bundle), budget, room });
    const shared: Shared = { table, level, noted: [], touched: [], open: new Map(), left: false };
    table.onGone = (key: number, window: number, max: number) => {
      const id = key * mostSpans + window;
      for (const { count, crossing } of shared.open.get(id) ?? [])
        if (count.holds === undefined) crossing.max = Math.max(crossing.max, max);
      shared.open.delete(id);
    };
    this.#tables.push(shared);
    while (this.#left.length <= level) this.#left.push([]);
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
    this.#feed(this.#placesOf(feeds), batch, row, actor, time);
    return this.#hasLeft;
  }

  #feed(places: readonly Place[], batch: EventBatch, row: number, actor: AddressKey, time: number): void {
    const serial = ++this.#serial;
    for (let i = 0; i < places.length; i++) this.#hashKey(places[i], batch, row);
    for (let i = 0; i < places.length; i++)
      if (places[i].whole) this.#count(places[i], batch, row, actor, time, serial);
  }

  /** The hash of the place's key in this row, and a look at where it will be sought. */
  #hashKey(place: Place, batch: EventBatch, row: number): void {
    const hash = this.#hash;
    hash.begin(place.keys);
    place.whole = hash.add(batch, row, place.by);
    place.low = hash.low;
    place.high = hash.high;
    const { table } = place.shared;
    if (table instanceof KeyCounts) this.ahead ^= table.ahead(hash.low);
  }

  #placesOf(feeds: readonly Feed[]): readonly Place[] {
    let places = this.#of.get(feeds);
    if (places === undefined) {
      const all = feeds.flatMap((feed) => this.#places.get(feed) ?? []);
      // A row that two rules select is one event where events or their numbers are counted.
      const isOnce = ({ bundle, distinct }: Place): boolean =>
        bundle.measure !== undefined || distinct === undefined;
      places = all.filter(
        (place, index) =>
          !isOnce(place) ||
          all.findIndex(({ bundle, feed }) => bundle === place.bundle && feed.tag === place.feed.tag) ===
            index,
      );
      this.#of.set(feeds, places);
    }
    return places;
  }

  #count(
    place: Place,
    batch: EventBatch,
    row: number,
    actor: AddressKey,
    time: number,
    serial: number,
  ): void {
    const { shared, low, high } = place;
    const { table } = shared;
    table.advance(time);
    let key;
    let isPending = false;
    if (table instanceof KeyCounts) {
      const hash = this.#hash;
      hash.begin(place.values);
      if (place.distinct === undefined) hash.number(serial, Math.floor(serial / 0x1_0000_0000));
      else if (!hash.add(batch, row, place.distinct)) return;
      const before = table.pending;
      key = table.see(low, high, hash.low, hash.high);
      isPending = table.pending > before;
    } else if (table instanceof KeyChains) {
      const before = table.opened;
      key = table.see(low, high, place.feed.tag);
      if (key === none || (table.opened === before && table.countOf(key) === 0)) return;
    } else {
      const number = numberAt(batch, row, place.distinct![0]);
      if (Number.isNaN(number)) return;
      key = table.see(low, high, number);
    }
    if (table instanceof KeyChains || (place.asked && this.#asks(place, key, batch, row, actor, time)))
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
    { bundle: { counts, spans }, shared, after }: Place,
    key: number,
    batch: EventBatch,
    row: number,
    actor: AddressKey,
    time: number,
  ): boolean {
    let asks = false;
    for (let i = 0; i < counts.length; i++) {
      const { count } = counts[i];
      if (after[i].length === 0 && count.holds === undefined) continue;
      const window = spans.indexOf(count.span);
      if (shared.table.countOf(key, window) < count.atLeast) continue;
      const opened = openedOf(shared, key * mostSpans + window, count);
      if (opened === undefined || (count.holds !== undefined && after[i].length > 0)) asks = true;
      else if (after[i].length > 0 && opened.told !== time) {
        opened.told = time;
        this.#feed(after[i], batch, row, actor, time);
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
      const { counts, spans } = place.bundle;
      for (const [i, bound] of counts.entries()) {
        const { count } = bound;
        if (place.after[i].length === 0 && count.holds === undefined) continue;
        if (!table.isKey(key, low, high)) continue;
        const window = spans.indexOf(count.span);
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
        this.#feed(place.after[i], row.batch, row.row, row.actor, now);
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
    for (const { open } of this.#tables)
      for (const opened of open.values()) for (const { crossing } of opened) yield crossing.actor;
  }

  finish(): void {
    for (const { table } of this.#tables) table.finish();
  }
}

/** What a count began with in the window, if it stood since that was last empty. */
function openedOf({ open }: Shared, id: number, count: SelectedCount): Opened | undefined {
  return open.get(id)?.find((each) => each.count === count);
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
  reached.push({ detector, crossing, standing: { count, value, row, feed } });
  return begun;
}

/** Notes of one key in a row are one; the first row stays. */
function push(list: Noted[], next: Noted): void {
  const last = list.at(-1);
  if (last === undefined || last.key !== next.key || last.low !== next.low) list.push(next);
}
