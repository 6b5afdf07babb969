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

/**
 * One group of one correlation: its events of the last `span` µs. Exact, the window is (t − W, t]. Memory grows with
 * the events in the window.
 */
export class SlidingGroup {
  readonly #rule: CorrelationRule;
  readonly #span: number;
  readonly #entries: Entry[] = [];
  #head = 0;
  readonly #keys = new Map<string, number>();
  readonly #parts: number[];
  /** For ordered correlations: the latest start of a chain through parts 0…i, seen so far. */
  readonly #starts: number[];
  /** Time of the last event. */
  touched = -Infinity;
  /** Whether the condition held since the window was last empty. */
  held = false;

  constructor(rule: CorrelationRule) {
    this.#rule = rule;
    this.#span = rule.timespan * 1e6;
    this.#parts = rule.rules.map(() => 0);
    this.#starts = rule.rules.map(() => -Infinity);
  }

  get size(): number {
    return this.#entries.length - this.#head;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#parts[entry.part]++;
    this.#keys.set(entry.key, (this.#keys.get(entry.key) ?? 0) + 1);
  }

  /** An instant begins: what is too old goes; when nothing is left, a new episode begins. */
  begin(now: number): void {
    this.expire(now);
    if (this.size === 0) this.held = false;
  }

  /** Lets go of what is older than the window that ends at `now`. */
  expire(now: number): void {
    const edge = now - this.#span;
    while (this.#head < this.#entries.length && this.#entries[this.#head].time <= edge) this.#drop();
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Keeps the newest `limit` entries; returns how many went. */
  trim(limit: number): number {
    const surplus = Math.max(this.size - limit, 0);
    for (let left = surplus; left > 0; left--) this.#drop();
    return surplus;
  }

  #drop(): void {
    const { part, key } = this.#entries[this.#head++];
    this.#parts[part]--;
    const left = (this.#keys.get(key) ?? 1) - 1;
    if (left === 0) this.#keys.delete(key);
    else this.#keys.set(key, left);
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
        return this.#keys.size;
      case 'temporal':
        return this.#parts.filter((count) => count > 0).length;
      case 'temporal_ordered':
        return this.#chain(now, present) ? this.#parts.length : undefined;
      case 'value_sum':
      case 'value_avg':
      case 'value_percentile': {
        const numbers = this.#entries.slice(this.#head).map((entry) => entry.number);
        return numbers.length === 0 ? undefined : measureNumbers(this.#rule, numbers);
      }
    }
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

function measureNumbers(rule: CorrelationRule, numbers: number[]): number {
  const sum = numbers.reduce((total, number) => total + number, 0);
  if (rule.type === 'value_sum') return sum;
  if (rule.type === 'value_avg') return sum / numbers.length;
  // Nearest rank: the smallest value that at least p % of the values do not exceed.
  numbers.sort((a, b) => a - b);
  const rank = Math.ceil(((rule.percentile ?? 0) / 100) * numbers.length);
  return numbers[Math.max(rank, 1) - 1];
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
