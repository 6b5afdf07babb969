import { rankOf } from '../state/key-numbers.ts';
import type { Bound, CorrelationRule } from './tree.ts';

/** What one event adds to a group: which of the correlation's parts it matched, and the counted value. */
export interface Entry {
  readonly time: number;
  readonly part: number;
  /** The value as text, for value_count; tuples as JSON. */
  readonly key: string;
  /** The value as a number, for sums, averages and percentiles. */
  readonly number: number;
}

/** About what an entry, a distinct value beside its text, and a group take in memory, bytes. */
const entryBytes = 72;
const valueBytes = 64;
const groupBytes = 640;

/**
 * One group of one correlation: its events of the last `span` µs. Exact, the window is (t − W, t]. Memory grows with
 * the events in the window; `bytes` says how much it is.
 */
export class SlidingGroup {
  readonly #rule: CorrelationRule;
  readonly #span: number;
  readonly #entries: Entry[] = [];
  #head = 0;
  /** value_count: when each value was last seen, the longest ago first. */
  readonly #values = new Map<string, number>();
  /** Ordered: the latest start of a chain through parts 0…i, seen so far. Temporal: the latest match of each part. */
  readonly #starts: number[];
  /** value_percentile: the numbers of the window, ascending. */
  readonly #sorted: number[] = [];
  /** value_sum, value_avg: their sum, and how many of them are no integers: those are added up anew, for no rounding to stay. */
  #sum = 0;
  #broken = 0;
  /** Time of the last event. */
  touched = -Infinity;
  /** Whether the condition held since the window was last empty. */
  held = false;
  /** What it takes, about. */
  bytes = groupBytes;

  constructor(rule: CorrelationRule) {
    this.#rule = rule;
    this.#span = rule.timespan * 1e6;
    this.#starts = rule.rules.map(() => -Infinity);
  }

  /** What it holds: distinct values, or events. */
  get size(): number {
    return this.#rule.type === 'value_count' ? this.#values.size : this.#entries.length - this.#head;
  }

  /** Whether a later part of an ordered correlation has nothing to follow in the window: then it need not be kept. */
  lacksStart(part: number, now: number): boolean {
    return part > 0 && this.#starts[part - 1] <= now - this.#span;
  }

  add(entry: Entry): void {
    // A chain is its starts, and of rules together only the latest match of each is looked at.
    if (this.#rule.type === 'temporal_ordered') return;
    if (this.#rule.type === 'temporal') {
      this.#starts[entry.part] = entry.time;
      return;
    }
    const { type } = this.#rule;
    if (type === 'value_count') {
      if (!this.#values.delete(entry.key)) this.bytes += valueBytes + 2 * entry.key.length;
      this.#values.set(entry.key, entry.time);
      return;
    }
    this.#entries.push(entry);
    this.bytes += entryBytes;
    if (type === 'value_percentile') this.#sorted.splice(rankOf(this.#sorted, entry.number), 0, entry.number);
    else {
      this.#sum += entry.number;
      if (!isExact(entry.number) || !isExact(this.#sum)) this.#broken++;
    }
  }

  /** An instant begins: what is too old goes; when nothing is left, a new episode begins. */
  begin(now: number): void {
    this.expire(now);
    if (this.isOver(now)) this.held = false;
  }

  /** Nothing of it is in the window that ends at `now`; of a chain, no event of its first rule. */
  isOver(now: number): boolean {
    const edge = now - this.#span;
    if (this.#rule.type === 'temporal_ordered') return this.#starts[0] <= edge;
    return this.#rule.type === 'temporal' ? this.#starts.every((time) => time <= edge) : this.size === 0;
  }

  /** Lets go of what is older than the window that ends at `now`. */
  expire(now: number): void {
    const edge = now - this.#span;
    for (const [value, time] of this.#values) {
      if (time > edge) return;
      this.#forget(value);
    }
    while (this.#head < this.#entries.length && this.#entries[this.#head].time <= edge) this.#drop();
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Keeps the newest `limit` values or events; returns how many went. */
  trim(limit: number): number {
    const surplus = Math.max(this.size - limit, 0);
    for (const value of [...this.#values.keys()].slice(0, surplus)) this.#forget(value);
    if (this.#rule.type !== 'value_count') for (let left = surplus; left > 0; left--) this.#drop();
    return surplus;
  }

  #forget(value: string): void {
    this.#values.delete(value);
    this.bytes -= valueBytes + 2 * value.length;
  }

  #drop(): void {
    const { number } = this.#entries[this.#head++];
    this.bytes -= entryBytes;
    if (this.#rule.type === 'value_percentile') this.#sorted.splice(rankOf(this.#sorted, number), 1);
    else this.#sum -= number;
    // An empty window begins exact again.
    if (this.size === 0) this.#sum = this.#broken = 0;
  }

  /**
   * What the correlation measures in the window that ends at `now`; undefined when it measures nothing there (an
   * ordered chain that is not complete, no numeric value).
   *
   * @param present the parts that matched at `now` itself
   */
  measure(now: number, present: ReadonlySet<number>): number | undefined {
    switch (this.#rule.type) {
      case 'event_count':
        return this.size;
      case 'value_count':
        return this.#values.size;
      case 'temporal':
        return this.#starts.filter((time) => time > now - this.#span).length;
      case 'temporal_ordered':
        return this.#chain(now, present) ? this.#starts.length : undefined;
      case 'value_sum':
        return this.size === 0 ? undefined : this.#total();
      case 'value_avg':
        return this.size === 0 ? undefined : this.#total() / this.size;
      case 'value_percentile': {
        // Nearest rank: the smallest value that at least p % of the values do not exceed.
        const rank = Math.ceil(((this.#rule.percentile ?? 0) / 100) * this.size);
        return this.#sorted[Math.max(rank, 1) - 1];
      }
    }
  }

  /** The sum of the window: as it was kept while it is exact, else added up in the order of the events. */
  #total(): number {
    if (this.#broken === 0) return this.#sum;
    let total = 0;
    for (let at = this.#head; at < this.#entries.length; at++) total += this.#entries[at].number;
    return total;
  }

  /** Extends the chains by the parts of this instant; true when one ends now and began within the window. */
  #chain(now: number, present: ReadonlySet<number>): boolean {
    const starts = this.#starts;
    const last = starts.length - 1;
    for (let part = 0; part <= last; part++) {
      if (!present.has(part)) continue;
      if (part === 0) starts[0] = now;
      else if (starts[part - 1] > starts[part]) starts[part] = starts[part - 1];
    }
    return present.has(last) && starts[last] > now - this.#span;
  }
}

function isExact(number: number): boolean {
  return Number.isSafeInteger(number);
}

/** Whether all bounds hold. */
export function holds(bounds: readonly Bound[], value: number): boolean {
  return bounds.every(({ op, value: limit }) => {
    switch (op) {
      case 'gt':
        return value > limit;
      case 'gte':
        return value >= limit;
      case 'lt':
        return value < limit;
      case 'lte':
        return value <= limit;
      case 'eq':
        return value === limit;
      case 'neq':
        return value !== limit;
    }
  });
}
