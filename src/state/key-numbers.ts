import type { Measure } from '../model/detector.ts';
import { findPair, none, RecordPool } from './record-pool.ts';
import { type Room, Share } from './share.ts';

/*
 * Exact sliding sums, averages and percentiles of a number by key, where the key is a hash of 64 bits: what KeyCounts is
 * for distinct values. Every event counts, so they leave in the order in which they came.
 *
 *   ring    head ◀ oldest … newest ▶ tail    events: time · number · key · the key's next event
 *   key     hash · held? · events · first · last · inexact · sum
 *
 * The window is (t − W, t].
 */

export interface KeyNumbersSpec {
  /** µs. */
  readonly window: number;
  readonly measure: Measure;
  /** Bytes it may hold of its own; with no more to be had, the keys with the fewest events go first. */
  readonly budget: number;
  readonly room: Room;
}

// Key: 10 words, the last two are the sum.
const keyWords = 10;
const K_LOW = 0;
const K_HIGH = 1;
const K_HASH = 2;
const K_HELD = 3;
const K_COUNT = 4;
const K_FIRST = 5;
const K_LAST = 6;
const K_INEXACT = 7;
const K_SUM = 4;

const firstEvents = 256;
/** Time, number, key and link. */
const eventBytes = 24;
/** A number in the sorted list of a percentile. */
const sortedBytes = 8;

export class KeyNumbers {
  readonly #span: number;
  readonly #measure: Measure;
  readonly #share: Share;
  readonly #keys = new RecordPool(keyWords, K_HASH, firstEvents, (words, base) => words[base + K_LOW]);
  #words = this.#keys.words;
  #sums = new Float64Array(this.#words.buffer);
  #time = new Float64Array(firstEvents);
  #number = new Float64Array(firstEvents);
  #key = new Int32Array(firstEvents);
  #next = new Int32Array(firstEvents);
  /** Numbers of events, modulo 2³². */
  #head = 0;
  #tail = 0;
  #now = -Infinity;
  /** Of a percentile: the numbers in the window, ascending. */
  readonly #sorted = new Map<number, number[]>();
  /** Events dropped at the ceiling. */
  evicted = 0;
  /** Called when the window of a key that {@link hold} marked is empty: key, 0 (the only window), 0 (no maximum is kept). */
  onGone: (key: number, window: number, max: number) => void = () => undefined;

  constructor({ window, measure, budget, room }: KeyNumbersSpec) {
    this.#span = window;
    this.#measure = measure;
    this.#share = new Share(budget, room);
  }

  /** Events held. */
  get size(): number {
    return (this.#tail - this.#head) >>> 0;
  }

  /** Bytes of state held. */
  get bytes(): number {
    return this.#keys.bytes + this.#time.length * this.#each;
  }

  get #each(): number {
    return eventBytes + (this.#measure.of === 'percentile' ? sortedBytes : 0);
  }

  /** Moves time on: events leave the window. */
  advance(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    const edge = time - this.#span;
    const mask = this.#time.length - 1;
    while (this.#head !== this.#tail && this.#time[this.#head & mask] <= edge) {
      this.#leave(this.#head & mask);
      this.#head = (this.#head + 1) | 0;
    }
  }

  /** Takes an event of a key in at the current time ({@link advance}); returns the key's record while it lives. */
  see(low: number, high: number, number: number): number {
    this.#makeRoom();
    let key = findPair(this.#keys, keyWords, low, high);
    if (key === none) key = this.#add(low, high);
    const words = this.#words;
    const base = key * keyWords;
    const mask = this.#time.length - 1;
    const at = this.#tail;
    this.#tail = (at + 1) | 0;
    this.#time[at & mask] = this.#now;
    this.#number[at & mask] = number;
    this.#key[at & mask] = key;
    if (words[base + K_COUNT] === 0) words[base + K_FIRST] = at;
    else this.#next[words[base + K_LAST] & mask] = at;
    words[base + K_LAST] = at;
    words[base + K_COUNT]++;
    const sum = (this.#sums[key * (keyWords / 2) + K_SUM] += number);
    // From here on the sum may hold a rounding: until the window is empty it is added up anew.
    if (!Number.isSafeInteger(number) || !Number.isSafeInteger(sum)) words[base + K_INEXACT] = 1;
    if (this.#measure.of === 'percentile') this.#sort(key, number);
    return key;
  }

  /** What is measured of the key's window; of a key that {@link see} returned since time last moved on. */
  countOf(key: number): number {
    const count = this.#words[key * keyWords + K_COUNT];
    const measure = this.#measure;
    if (measure.of !== 'percentile') return measure.of === 'sum' ? this.#sum(key) : this.#sum(key) / count;
    const rank = Math.ceil((measure.percent / 100) * count);
    return this.#sorted.get(key)![Math.max(rank, 1) - 1];
  }

  /** Whether the record is still this key's: at the ceiling it may have become another's. */
  isKey(key: number, low: number, high: number): boolean {
    const base = key * keyWords;
    const words = this.#words;
    return (
      words[base + K_LOW] === (low | 0) && words[base + K_HIGH] === (high | 0) && words[base + K_COUNT] > 0
    );
  }

  /** Marks the key: {@link onGone} says when its window is empty. */
  hold(key: number): void {
    this.#words[key * keyWords + K_HELD] = 1;
  }

  /** Shows every marked key to {@link onGone}; for the end of a run. */
  finish(): void {
    for (let at = this.#head; at !== this.#tail; at = (at + 1) | 0)
      this.#cool(this.#key[at & (this.#time.length - 1)]);
  }

  #sum(key: number): number {
    const base = key * keyWords;
    if (this.#words[base + K_INEXACT] === 0) return this.#sums[key * (keyWords / 2) + K_SUM];
    const mask = this.#time.length - 1;
    let total = 0;
    let at = this.#words[base + K_FIRST];
    for (let left = this.#words[base + K_COUNT]; left > 0; left--) {
      total += this.#number[at & mask];
      at = this.#next[at & mask];
    }
    return total;
  }

  /** The oldest event of its key goes, and the key with its last one. */
  #leave(at: number): void {
    const key = this.#key[at];
    const base = key * keyWords;
    const words = this.#words;
    words[base + K_FIRST] = this.#next[at];
    this.#sums[key * (keyWords / 2) + K_SUM] -= this.#number[at];
    const sorted = this.#sorted.get(key);
    sorted?.splice(rankOf(sorted, this.#number[at]), 1);
    if (--words[base + K_COUNT] > 0) return;
    this.#cool(key);
    this.#sorted.delete(key);
    this.#keys.drop(key);
  }

  #cool(key: number): void {
    const base = key * keyWords;
    if (this.#words[base + K_HELD] === 0) return;
    this.#words[base + K_HELD] = 0;
    this.onGone(key, 0, 0);
  }

  #add(low: number, high: number): number {
    const at = this.#keys.take(low);
    if (this.#keys.words !== this.#words) {
      this.#words = this.#keys.words;
      this.#sums = new Float64Array(this.#words.buffer);
    }
    const base = at * keyWords;
    this.#words[base + K_LOW] = low;
    this.#words[base + K_HIGH] = high;
    this.#words.fill(0, base + K_HELD, base + keyWords);
    return at;
  }

  #sort(key: number, number: number): void {
    const sorted = this.#sorted.get(key);
    if (sorted === undefined) this.#sorted.set(key, [number]);
    else sorted.splice(rankOf(sorted, number), 0, number);
  }

  // ── ceiling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Twice as much, while there is room; then a tenth of the events goes: those of the keys with the fewest. */
  #makeRoom(): void {
    const length = this.#time.length;
    const full = this.size === length;
    const growth = (full ? length * this.#each : 0) + this.#keys.growth;
    if (growth === 0) return;
    if (!this.#share.grants(this.bytes + growth)) {
      this.#evict(Math.max(1, Math.floor(this.size / 10)));
      return;
    }
    if (full) this.#resize(length * 2);
  }

  #evict(wanted: number): void {
    const mask = this.#time.length - 1;
    let left = wanted;
    for (let limit = 1; left > 0; limit *= 2) {
      // All of a key or nothing of it: what is left of a sum would be no sum of anything.
      const going = new Set<number>();
      for (let at = this.#head; at !== this.#tail && (left > 0 || going.size > 0); at = (at + 1) | 0) {
        const key = this.#key[at & mask];
        if (key === none) continue;
        const count = this.#words[key * keyWords + K_COUNT];
        if (!going.has(key) && (left <= 0 || count > limit)) continue;
        going.add(key);
        this.#leave(at & mask);
        this.#key[at & mask] = none;
        this.evicted++;
        left--;
        if (count === 1) going.delete(key);
      }
    }
    this.#resize(this.#time.length);
  }

  /** Moves the events that are left into arrays of this length, numbered from 0. */
  #resize(length: number): void {
    const [time, number, key, next] = [this.#time, this.#number, this.#key, this.#next];
    const mask = time.length - 1;
    this.#time = new Float64Array(length);
    this.#number = new Float64Array(length);
    this.#key = new Int32Array(length);
    this.#next = new Int32Array(length);
    const words = this.#words;
    let to = 0;
    const begun = new Set<number>();
    for (let at = this.#head; at !== this.#tail; at = (at + 1) | 0) {
      const of = key[at & mask];
      if (of === none) continue;
      this.#time[to] = time[at & mask];
      this.#number[to] = number[at & mask];
      this.#key[to] = of;
      this.#next[to] = next[at & mask];
      const base = of * keyWords;
      if (begun.has(of)) this.#next[words[base + K_LAST]] = to;
      else {
        begun.add(of);
        words[base + K_FIRST] = to;
      }
      words[base + K_LAST] = to;
      to++;
    }
    this.#head = 0;
    this.#tail = to;
  }
}

/** The place of the first of ascending numbers that is not below `number`. */
export function rankOf(sorted: readonly number[], number: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
