import { findPair, none, RecordPool } from './record-pool.ts';
import { type Room, Share } from './share.ts';

/*
 * Exact sliding counts of distinct values by key, where key and value are hashes of 64 bits: what a TupleTable is for
 * actors, without the actors. A key costs 24 to 40 bytes and a value 40, so that a day of them fits.
 *
 *   time list   oldest ◀───────────────────────────────▶ newest      values by last sighting
 *                 ▲ cursor of the longest window   ▲ … of the shortest
 *   value       last · key · hash · links: hash, time list · the key's hash, if it is alone
 *   key         hash · flags · per window: values, maximum
 *
 * Most keys of a firewall's log never get a second value (one probe each, from all over the world). As long as a key has one
 * value it has no record of its own: the value is found by the key's hash, and half of the memory is never touched.
 *
 * Windows are (t − W, t]. A key crosses a window when it reaches the threshold, and again only after the window was empty.
 */

export interface KeyCountsSpec {
  /** µs, ascending, at most three. */
  readonly windows: readonly number[];
  /** By window: the count from which on a key has crossed. */
  readonly least: readonly number[];
  /** Bytes it may hold of its own; with no more to be had, the keys with the fewest values go first. */
  readonly budget: number;
  /** What it may take beyond that. */
  readonly room: Room;
}

// Value: 10 words, the first two are its time.
const valueWords = 10;
/** Float64s to a value. */
const valueDoubles = valueWords / 2;
// What a search looks at stands side by side: mostly one line of the cache.
const KEY = 2;
const ALONE_LOW = 3;
const ALONE_HIGH = 4;
const HASH = 5;
const LOW = 6;
const HIGH = 7;
const PREV = 8;
const NEXT = 9;
/** In place of a key's record: it has but one value. */
const alone = -1;
/** The same as an answer. */
const aloneKey = -2;

// Key: 4 words, and two for each window: its count, then its maximum. The count of the longest is what is held.
// FLAGS: bit w crossed, 4+w undecided.
const K_LOW = 0;
const K_HIGH = 1;
const K_HASH = 2;
const K_FLAGS = 3;
const K_WINDOW = 4;

/** Records to begin with: rules for what a log does not hold cost next to nothing. */
const firstRecords = 256;

export class KeyCounts {
  readonly #share: Share;
  readonly #span: Float64Array;
  readonly #least: Float64Array;
  readonly #values = new RecordPool(valueWords, HASH, firstRecords, valueHash);
  #words = this.#values.words;
  #last = new Float64Array(this.#words.buffer);
  readonly #keys: RecordPool;
  readonly #keyWords: number;
  #oldest = none;
  #newest = none;
  readonly #cursor: Int32Array;
  #now = -Infinity;
  /** Whether a key with one value can have crossed nothing. */
  readonly #loners: boolean;
  /** Crossings since the last flush: key, window. */
  readonly #pending: number[] = [];
  /** Values dropped at the ceiling. */
  evicted = 0;
  /** Called when the window of a crossed key is empty: key, window, maximum. */
  onGone: (key: number, window: number, max: number) => void = () => undefined;

  constructor({ windows, least, budget, room }: KeyCountsSpec) {
    if (windows.length === 0 || windows.length > 3) throw new RangeError('a table has one to three windows');
    this.#share = new Share(budget, room);
    this.#keyWords = K_WINDOW + 2 * windows.length;
    this.#keys = new RecordPool(this.#keyWords, K_HASH, firstRecords, keyHash);
    this.#span = Float64Array.from(windows);
    this.#least = Float64Array.from(least);
    this.#cursor = new Int32Array(windows.length).fill(none);
    this.#loners = least.every((count) => count > 1);
  }

  /** Bytes of state held. */
  get bytes(): number {
    return this.#values.bytes + this.#keys.bytes;
  }

  /** Values held. */
  get size(): number {
    return this.#values.size;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Grows with every key that reaches a threshold, until the next flush. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Distinct values of a key that {@link see} returned since time last moved on. */
  countOf(key: number, window: number): number {
    if (key === aloneKey) return 1;
    return this.#keys.words[key * this.#keyWords + K_WINDOW + 2 * window];
  }

  /** Values held of the key. */
  #live(key: number): number {
    return this.countOf(key, this.#span.length - 1);
  }

  /** Whether the record is still this key's: at the ceiling it may have become another's. */
  isKey(key: number, low: number, high: number): boolean {
    if (key === aloneKey) return false;
    const keys = this.#keys.words;
    const base = key * this.#keyWords;
    return keys[base + K_LOW] === (low | 0) && keys[base + K_HIGH] === (high | 0) && this.#live(key) > 0;
  }

  /** Marks a key's window as crossed: {@link onGone} says when it is empty. */
  hold(key: number, window: number): void {
    this.#keys.words[key * this.#keyWords + K_FLAGS] |= 1 << window;
  }

  /** Moves time on: values leave windows. Flush before, when there is something pending. */
  advance(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    const longest = this.#span.length - 1;
    for (let w = 0; w <= longest; w++) {
      const edge = time - this.#span[w];
      let at = this.#cursor[w];
      if (at === none || this.#last[at * valueDoubles] > edge) continue;
      do {
        const next = this.#words[at * valueWords + NEXT];
        const key = this.#words[at * valueWords + KEY];
        if (key !== alone) this.#leave(key, w);
        if (w === longest) this.#remove(at);
        at = next;
      } while (at !== none && this.#last[at * valueDoubles] <= edge);
      this.#cursor[w] = at;
    }
  }

  /**
   * Asks memory for what {@link see} will look at first. A caller that is about to ask many tables asks all of them for this
   * before: then the waits for memory fall together instead of one after the other.
   */
  ahead(keyLow: number, keyHigh: number, low: number): number {
    const key = this.#keys.first(keyLow);
    if (key !== none) {
      const base = key * this.#keyWords;
      // Most keys are the first at their spot; of others their values are not asked for ahead.
      if (this.#keys.words[base + K_HIGH] === (keyHigh | 0)) return this.#values.first(spotOf(key, low));
    }
    const at = this.#values.first(aloneSpot(keyLow));
    return at === none ? 0 : this.#words[at * valueWords + ALONE_LOW];
  }

  /** Counts a value of a key at the current time ({@link advance}); returns the key, for {@link countOf} and its like. */
  see(keyLow: number, keyHigh: number, low: number, high: number): number {
    const key = findPair(this.#keys, this.#keyWords, keyLow, keyHigh);
    if (key === none)
      return this.#loners
        ? this.#seeAlone(keyLow, keyHigh, low, high)
        : this.#open(keyLow, keyHigh, low, high);
    const at = this.#findValue(key, low, high);
    if (at === none) return this.#insert(key, low, high);
    const last = this.#last[at * valueDoubles];
    const now = this.#now;
    if (last === now) return key;
    // It has left the shorter windows first, and is still held, so it lives in the longest.
    for (let w = 0; w < this.#span.length - 1; w++) {
      if (last > now - this.#span[w]) break;
      this.#enter(key, w);
    }
    this.#toEnd(at, now);
    return key;
  }

  /** A key without a record: new, seen with its one value again, or with a second one. */
  #seeAlone(keyLow: number, keyHigh: number, low: number, high: number): number {
    const at = this.#findAlone(keyLow, keyHigh);
    if (at === none) {
      this.#makeRoom(none, none);
      const base = this.#append(aloneSpot(keyLow), alone, low, high) * valueWords;
      this.#words[base + ALONE_LOW] = keyLow;
      this.#words[base + ALONE_HIGH] = keyHigh;
      return aloneKey;
    }
    const words = this.#words;
    const base = at * valueWords;
    if (words[base + LOW] === (low | 0) && words[base + HIGH] === (high | 0)) {
      if (this.#last[at * valueDoubles] !== this.#now) this.#toEnd(at, this.#now);
      return aloneKey;
    }
    this.#makeRoom(none, at);
    const key = this.#addKey(keyLow, keyHigh);
    // The place that was given back last is the next one that is taken.
    this.#values.drop(at);
    words[base + KEY] = key;
    this.#values.take(spotOf(key, words[base + LOW]));
    for (let w = 0; w < this.#span.length; w++)
      if (this.#last[at * valueDoubles] > this.#now - this.#span[w]) this.#enter(key, w);
    return this.#insert(key, low, high);
  }

  #open(keyLow: number, keyHigh: number, low: number, high: number): number {
    this.#makeRoom(none, none);
    return this.#insert(this.#addKey(keyLow, keyHigh), low, high);
  }

  #insert(key: number, low: number, high: number): number {
    this.#makeRoom(key, none);
    this.#append(spotOf(key, low), key, low, high);
    for (let w = 0; w < this.#span.length; w++) this.#enter(key, w);
    return key;
  }

  /** A new value at the end of the time list, in every window. */
  #append(spot: number, key: number, low: number, high: number): number {
    const at = this.#values.take(spot);
    if (this.#values.words !== this.#words) {
      this.#words = this.#values.words;
      this.#last = new Float64Array(this.#words.buffer);
    }
    const words = this.#words;
    const base = at * valueWords;
    this.#last[at * valueDoubles] = this.#now;
    words[base + KEY] = key;
    words[base + LOW] = low;
    words[base + HIGH] = high;
    words[base + PREV] = this.#newest;
    words[base + NEXT] = none;
    if (this.#newest === none) this.#oldest = at;
    else words[this.#newest * valueWords + NEXT] = at;
    this.#newest = at;
    for (let w = 0; w < this.#span.length; w++) if (this.#cursor[w] === none) this.#cursor[w] = at;
    return at;
  }

  #enter(key: number, w: number): void {
    const keys = this.#keys.words;
    const base = key * this.#keyWords;
    const count = ++keys[base + K_WINDOW + 2 * w];
    if (count < this.#least[w] || count <= keys[base + K_WINDOW + 2 * w + 1]) return;
    keys[base + K_WINDOW + 2 * w + 1] = count;
    const flags = keys[base + K_FLAGS];
    if ((flags & (1 << w)) === 0 || (flags & (16 << w)) !== 0) this.#pending.push(key, w);
  }

  #leave(key: number, w: number): void {
    const keys = this.#keys.words;
    const base = key * this.#keyWords;
    if (--keys[base + K_WINDOW + 2 * w] === 0) this.#cool(base, key, w);
  }

  /** The window is empty: what comes next crosses anew. */
  #cool(base: number, key: number, w: number): void {
    const keys = this.#keys.words;
    const flags = keys[base + K_FLAGS];
    if ((flags & (1 << w)) !== 0) this.onGone(key, w, keys[base + K_WINDOW + 2 * w + 1]);
    keys[base + K_FLAGS] = flags & ~((1 << w) | (16 << w));
    keys[base + K_WINDOW + 2 * w + 1] = 0;
  }

  /**
   * Shows every key that reached a threshold since the last flush. `decide` returns true when the key needs not be shown
   * again as its count grows, false to see it again.
   */
  flush(decide: (key: number, window: number, value: number) => boolean): void {
    const pending = this.#pending;
    for (let i = 0; i < pending.length; i += 2) {
      const key = pending[i];
      const w = pending[i + 1];
      const keys = this.#keys.words;
      const base = key * this.#keyWords;
      const flags = keys[base + K_FLAGS];
      // Noted more than once in one µs.
      if ((flags & (1 << w)) !== 0 && (flags & (16 << w)) === 0) continue;
      const decided = decide(key, w, keys[base + K_WINDOW + 2 * w + 1]);
      keys[base + K_FLAGS] = decided ? (flags | (1 << w)) & ~(16 << w) : flags | (1 << w) | (16 << w);
    }
    pending.length = 0;
  }

  /** Shows every crossed key whose window is warm to {@link onGone}; for the end of a run. */
  finish(): void {
    for (let at = this.#oldest; at !== none; at = this.#words[at * valueWords + NEXT]) {
      const key = this.#words[at * valueWords + KEY];
      if (key === alone) continue;
      for (let w = 0; w < this.#span.length; w++) this.#cool(key * this.#keyWords, key, w);
    }
  }

  // ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #addKey(low: number, high: number): number {
    const at = this.#keys.take(low);
    const keys = this.#keys.words;
    const base = at * this.#keyWords;
    keys[base + K_LOW] = low;
    keys[base + K_HIGH] = high;
    keys.fill(0, base + K_FLAGS, base + this.#keyWords);
    return at;
  }

  #findValue(key: number, low: number, high: number): number {
    const words = this.#words;
    let at = this.#values.first(spotOf(key, low));
    while (at !== none) {
      const base = at * valueWords;
      if (words[base + LOW] === (low | 0) && words[base + HIGH] === (high | 0) && words[base + KEY] === key)
        return at;
      at = words[base + HASH];
    }
    return none;
  }

  /** The value of a key that has but this one. */
  #findAlone(low: number, high: number): number {
    const words = this.#words;
    let at = this.#values.first(aloneSpot(low));
    while (at !== none) {
      const base = at * valueWords;
      if (
        words[base + KEY] === alone &&
        words[base + ALONE_LOW] === (low | 0) &&
        words[base + ALONE_HIGH] === (high | 0)
      )
        return at;
      at = words[base + HASH];
    }
    return none;
  }

  #toEnd(at: number, time: number): void {
    const words = this.#words;
    const base = at * valueWords;
    this.#last[at * valueDoubles] = time;
    const next = words[base + NEXT];
    if (next !== none) {
      const prev = words[base + PREV];
      for (let w = 0; w < this.#cursor.length; w++) if (this.#cursor[w] === at) this.#cursor[w] = next;
      words[next * valueWords + PREV] = prev;
      if (prev === none) this.#oldest = next;
      else words[prev * valueWords + NEXT] = next;
      words[base + PREV] = this.#newest;
      words[base + NEXT] = none;
      words[this.#newest * valueWords + NEXT] = at;
      this.#newest = at;
    }
    // A window that held nothing begins with this value.
    for (let w = 0; w < this.#cursor.length; w++) if (this.#cursor[w] === none) this.#cursor[w] = at;
  }

  /** Out of the time list and gone, its key too when it was the last; the windows have let go of it. */
  #remove(at: number): void {
    const words = this.#words;
    const base = at * valueWords;
    const prev = words[base + PREV];
    const next = words[base + NEXT];
    if (prev === none) this.#oldest = next;
    else words[prev * valueWords + NEXT] = next;
    if (next === none) this.#newest = prev;
    else words[next * valueWords + PREV] = prev;
    const key = words[base + KEY];
    this.#values.drop(at);
    if (key !== alone && this.#live(key) === 0) this.#keys.drop(key);
  }

  // ── ceiling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** At the ceiling a tenth of the values goes: those of the keys with the fewest, the oldest first. */
  #makeRoom(guardedKey: number, guardedValue: number): void {
    const growth = this.#values.growth + this.#keys.growth;
    if (growth === 0 || this.#share.grants(this.bytes + growth)) return;
    // A crossing waits to be shown: its key must stay. The table grows a little past its budget instead.
    if (this.#pending.length > 0) return;
    let left = Math.max(1, Math.floor(this.size / 10));
    for (let limit = 1; left > 0 && limit < 0x4000_0000; limit *= 2) {
      for (let at = this.#oldest; at !== none && left > 0;) {
        const next = this.#words[at * valueWords + NEXT];
        const key = this.#words[at * valueWords + KEY];
        const live = key === alone ? 1 : this.#live(key);
        if (live <= limit && (key === alone || key !== guardedKey) && at !== guardedValue) {
          this.#evict(at, key);
          this.evicted++;
          left--;
        }
        at = next;
      }
    }
  }

  #evict(at: number, key: number): void {
    const last = this.#last[at * valueDoubles];
    const next = this.#words[at * valueWords + NEXT];
    for (let w = 0; w < this.#span.length; w++) {
      if (this.#cursor[w] === at) this.#cursor[w] = next;
      if (key !== alone && last > this.#now - this.#span[w]) this.#leave(key, w);
    }
    this.#remove(at);
  }
}

/** Where a value is looked for: both words are mixed well by whoever made them. */
function spotOf(key: number, low: number): number {
  return low ^ Math.imul(key, 0x9e3779b1);
}

/** Where the value of a key is looked for that has but one. */
function aloneSpot(keyLow: number): number {
  return keyLow ^ 0x5bd1e995;
}

function valueHash(words: Int32Array, base: number): number {
  if (words[base + KEY] === alone) return aloneSpot(words[base + ALONE_LOW]);
  return spotOf(words[base + KEY], words[base + LOW]);
}

function keyHash(words: Int32Array, base: number): number {
  return words[base + K_LOW];
}
