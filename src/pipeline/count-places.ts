import type { Feed, RunningDetector, SelectedCount, SelectedRow, Standing } from '../model/detector.ts';
import type { Crossing } from '../model/finding.ts';
import { KeyChains } from '../state/key-chains.ts';
import { KeyCounts } from '../state/key-counts.ts';
import { KeyNumbers } from '../state/key-numbers.ts';
import type { Room } from '../state/share.ts';
import { type ColumnCodes, type RowHashStart, columnCodes, startOf } from '../state/row-columns.ts';
import type { Bundle } from './count-bundles.ts';
import { bundlesOf, leastOf, mostSpans, shapeOf } from './count-bundles.ts';

const second = 1_000_000;
/** Seconds. */
const hour = 3600;

/** Bundles whose windows and thresholds are alike share a table; the bundle's number is part of the key. */
export interface Shared {
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
export interface Opened {
  readonly count: SelectedCount;
  readonly crossing: Crossing;
  /** The µs at which it last went on to the counts that are fed by it. */
  told: number;
}

export interface Place {
  readonly bundle: Bundle;
  readonly feed: Feed;
  readonly shared: Shared;
  /** Steps of chains by their source. */
  readonly bySource: boolean;
  /** The counts of the bundle that have to be asked about when one of its keys was counted. */
  asked: readonly Asked[];
  readonly by: ColumnCodes;
  readonly distinct: ColumnCodes | undefined;
  /** Of the keys' hashes and of the values'. */
  readonly keys: RowHashStart;
  readonly values: RowHashStart;
  /** Of the current row: the hashes of its key and of what is counted, and whether it has all of the columns. */
  low: number;
  high: number;
  valueLow: number;
  valueHigh: number;
  whole: boolean;
}

/** A count with a further condition, or one that feeds others. */
export interface Asked {
  readonly bound: Bundle['counts'][number];
  readonly window: number;
  /** What it feeds where it stands with a row of this feed. */
  readonly after: readonly Place[];
}

export interface Noted {
  /** The key's record, and its hash. */
  readonly key: number;
  readonly low: number;
  readonly high: number;
  readonly place: Place;
  readonly row: SelectedRow;
}

/** Where rows of one set of rules are counted. */
export interface Places {
  readonly all: readonly Place[];
  /** They are later steps of chains by their source, and nothing else. */
  readonly isIdle: boolean;
}

export interface Reached {
  readonly detector: number;
  readonly crossing: Crossing;
  readonly standing: Standing;
}

/** The tables of all selected counts, and where in them the rows of each feed are counted. */
export class CountPlaces {
  readonly tables: Shared[] = [];
  /** µs: the longest window of an ordered chain, 0 without any. */
  readonly longestChain: number;
  readonly #places = new Map<Feed, Place[]>();
  /** By what a detector answers for a row: it gives the same list for the same set of rules, and mostly the same again. */
  readonly #of = new WeakMap<readonly Feed[], Places>();
  #lastFeeds: readonly Feed[] = [];
  #lastPlaces: Places = { all: [], isIdle: false };

  /** @param budget bytes for all tables together */
  constructor(detectors: readonly RunningDetector[], budget: number) {
    const bundles = bundlesOf(detectors);
    // What stays for a day needs more room than what stays for minutes.
    const shapes = new Map(
      bundles.map((bundle) => [shapeOf(bundle), Math.max(...bundle.spans) > hour ? 4 : 1]),
    );
    const weights = [...shapes.values()].reduce((sum, weight) => sum + weight, 0);
    // Half is everybody's own, for no log to starve the rules of another; who needs more takes it from the other half.
    const room = { left: Math.floor(budget / 2) };
    const known = new Map<string, Shared>();
    const places: Place[] = [];
    for (const [seed, bundle] of bundles.entries()) {
      const shape = shapeOf(bundle);
      let shared = known.get(shape);
      if (!shared) {
        const own = Math.floor(((budget / 2) * shapes.get(shape)!) / weights);
        known.set(shape, (shared = this.#open(bundle, own, room)));
      }
      for (const feed of bundle.counts[0].count.feeds)
        places.push({
          bundle,
          feed,
          shared,
          bySource: isBySource(bundle),
          asked: [],
          by: columnCodes(feed.by),
          distinct: feed.distinct && columnCodes(feed.distinct),
          keys: startOf(seed),
          values: startOf(feed.tag),
          low: 0,
          high: 0,
          valueLow: 0,
          valueHigh: 0,
          whole: false,
        });
    }
    const chains = bundles.flatMap(({ steps, spans }) => (steps === undefined ? [] : spans));
    this.longestChain = Math.max(0, ...chains) * second;
    const fed = new Map<Feed, Place[]>();
    for (const place of places) {
      const { from } = place.feed;
      if (from === undefined) continue;
      const known = fed.get(from.feed);
      if (known === undefined) fed.set(from.feed, [place]);
      else known.push(place);
    }
    for (const place of places) {
      const { feed, bundle } = place;
      place.asked = bundle.counts.flatMap((bound) => {
        const { count } = bound;
        const after = (fed.get(feed) ?? []).filter(({ feed: { from } }) => from?.count === count);
        const window = bundle.spans.indexOf(count.span);
        return count.holds === undefined && after.length === 0 ? [] : [{ bound, window, after }];
      });
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
    this.tables.push(shared);
    return shared;
  }

  /** Where a row of these feeds is counted; of the same list it is the same. */
  of(feeds: readonly Feed[]): Places {
    if (feeds === this.#lastFeeds) return this.#lastPlaces;
    let places = this.#of.get(feeds);
    if (places === undefined) {
      const found = feeds.flatMap((feed) => this.#places.get(feed) ?? []);
      // A row that two rules select is one event where events or their numbers are counted.
      const isOnce = ({ bundle, distinct }: Place): boolean =>
        bundle.measure !== undefined || distinct === undefined;
      const all = found.filter(
        (place, index) =>
          !isOnce(place) ||
          found.findIndex(({ bundle, feed }) => bundle === place.bundle && feed.tag === place.feed.tag) ===
            index,
      );
      places = { all, isIdle: all.every(({ bySource, feed: { tag } }) => bySource && tag > 0) };
      this.#of.set(feeds, places);
    }
    this.#lastFeeds = feeds;
    this.#lastPlaces = places;
    return places;
  }
}

/** Whether a chain is one of a source, at every step. */
function isBySource({ steps, counts: [{ count }] }: Bundle): boolean {
  const places = count.feeds.map(({ by }) => by.indexOf('source-address'));
  return steps !== undefined && places.every((place) => place >= 0 && place === places[0]);
}
