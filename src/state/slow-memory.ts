import { mix4 } from './hash.ts';
import { none, RecordPool } from './record-pool.ts';
import { SlidingSketch } from './sliding-sketch.ts';

/*
 * Long memory of values that failed, per actor: exact up to 32 distinct ones, each with the hours in which it was first and
 * last seen; from the thirty-third on a sketch counts (to 3.3 %), and the 32 with the lowest hashes stay as a sample. One
 * probe an hour is all it takes to be remembered, and one hour is not enough:
 *
 *   gate      bits of the actors seen in this hour, and in hours before: whoever fails in a second hour gets a record, so
 *             millions of sources that show up once cost bits
 *   record    key · hour of the record · active hours (32 bits) · active days (32 bits) · good · bad · 32 × (value, first, last)
 *   sizes     values of each record, 0: free; past the limit a hand goes round and takes the record with the fewest
 *   sketch    of those with more than 32 values, and of 1,024 at most: 15 KiB each
 *
 * Twenty-five hours, and 8 and 31 days of hours, are a superset of 24 hours, 7 days and 30 days, never less.
 */

const hourLength = 3_600_000_000;
const kept = 32;
const sketchLimit = 1024;
const dayOf = 24;
const weekOf = 8 * 24;
const monthOf = 31 * 24;
const gateBits = 1 << 23;
const dayHours = 24;

export interface SlowState {
  /** Distinct values within 25 hours, and the hours among them in which there was one. */
  readonly day: number;
  readonly hours: number;
  /** The same within 8 and 31 days. */
  readonly week: number;
  readonly weekDays: number;
  readonly month: number;
  readonly days: number;
  /** Share of the month's values that came back in a later hour: what retries does, what searches does not. */
  readonly recurring: number;
  /** Of the month's values (of a sample, when there are more than 32), distinct upper and lower halves (16 bits each); 0 where they were not asked for. */
  readonly upper: number;
  readonly lower: number;
  /** Events that were not failures and that were, since the record began. */
  readonly good: number;
  readonly bad: number;
}

// Record: words.
const LINK = 0;
const LOW = 1;
const UPPER = 2;
const HOUR = 3;
const HOUR_BITS = 4;
const DAY = 5;
const DAY_BITS = 6;
const GOOD = 7;
const BAD = 8;
/** Hour in which the sketch was last asked: once is enough. */
const ASKED = 9;
const VALUES = 10;
const FIRST = VALUES + kept;
const LAST = FIRST + kept;
const recordWords = LAST + kept;
/** Records that are compared when one has to go. */
const compared = 64;

export class SlowMemory {
  readonly #limit: number;
  readonly #records = new RecordPool(recordWords, LINK, 256, (words, base) =>
    keyHash(words[base + LOW], words[base + UPPER]),
  );
  readonly #sizes: Uint8Array;
  readonly #sketches = new Map<number, SlidingSketch>();
  /** Where the next record to go is looked for. */
  #hand = 0;
  readonly #now = new Int32Array(gateBits / 32);
  readonly #before = new Int32Array(gateBits / 32);
  /** Words of this hour's gate that are not 0. */
  readonly #touched: number[] = [];
  #hour = NaN;
  #cleared = NaN;
  /** Records dropped at the limit. */
  evicted = 0;
  /** Actors with more than 32 values for whom there was no sketch left: counted low. */
  unsketched = 0;

  /** `limit`: actors with a record, 440 bytes each. */
  constructor(limit = 32_768) {
    this.#limit = limit;
    this.#sizes = new Uint8Array(limit);
  }

  get size(): number {
    return this.#records.size;
  }

  /** Tells the clock: µs of event time, not falling. */
  step(time: number): void {
    const hour = Math.floor(time / hourLength);
    if (hour === this.#hour) return;
    this.#hour = hour;
    if (Number.isNaN(this.#cleared)) this.#cleared = hour;
    // Past a month the gate opens anew: only those who have a record are still known.
    const stale = hour - this.#cleared > 31 * dayHours;
    if (stale) this.#cleared = hour;
    if (stale) this.#before.fill(0);
    for (const i of this.#touched) {
      if (!stale) this.#before[i] |= this.#now[i];
      this.#now[i] = 0;
    }
    this.#touched.length = 0;
    if (hour % dayHours === 0 || stale) this.#forget();
    if (!stale) return;
    for (const [at, size] of this.#sizes.entries()) {
      if (size === 0) continue;
      const bit = gateBit(this.#keyOf(at));
      this.#before[bit >>> 5] |= 1 << (bit & 31);
    }
  }

  /** Whether the actor failed in an earlier hour; a few strangers pass too. */
  knows(key: number): boolean {
    const bit = gateBit(key);
    return (this.#before[bit >>> 5] & (1 << (bit & 31))) !== 0;
  }

  /** Somebody failed: from the next hour on {@link knows} says so. */
  touch(key: number): void {
    const bit = gateBit(key);
    const word = this.#now[bit >>> 5];
    if (word === 0) this.#touched.push(bit >>> 5);
    this.#now[bit >>> 5] = word | (1 << (bit & 31));
  }

  /** A failed value (32-bit hash) of an actor; its state once it has `least` values. */
  fail(key: number, value: number, least: number): SlowState | undefined {
    this.touch(key);
    if (!this.knows(key)) return undefined;
    let at = this.#find(key);
    if (at === none) at = this.#add(key);
    const words = this.#records.words;
    const base = at * recordWords;
    this.#roll(words, base);
    words[base + HOUR_BITS] |= 1;
    words[base + DAY_BITS] |= 1;
    words[base + BAD]++;
    const fresh = this.#put(at, value | 0);
    if (!fresh || this.#sizes[at] < Math.min(least, kept)) return undefined;
    if (this.#sketches.has(at)) {
      if (words[base + ASKED] === this.#hour) return undefined;
      words[base + ASKED] = this.#hour;
    }
    return this.#state(at, false);
  }

  /** Something of a known actor that was no failure. */
  good(key: number): void {
    const at = this.#find(key);
    if (at !== none) this.#records.words[at * recordWords + GOOD]++;
  }

  state(key: number): SlowState | undefined {
    const at = this.#find(key);
    return at === none ? undefined : this.#state(at, true);
  }

  /** Whether the value was not among those that are remembered one by one. */
  #put(at: number, value: number): boolean {
    const words = this.#records.words;
    const base = at * recordWords;
    const size = this.#sizes[at];
    const hash = mixed(value);
    const sketch = size === kept ? this.#sketches.get(at) : undefined;
    sketch?.add(hash, this.#hour);
    const values = base + VALUES;
    for (let i = 0; i < size; i++) {
      if (words[values + i] === value) {
        words[base + LAST + i] = this.#hour;
        return false;
      }
    }
    let i = size;
    if (size === kept) {
      i = sketch ? none : this.#stale(words, base);
      if (i === none) {
        if (!sketch) this.#sketch(at, hash);
        i = highestOf(words, values);
        if (hash >>> 0 > mixed(words[values + i]) >>> 0) return true;
      }
    } else this.#sizes[at]++;
    words[values + i] = value;
    words[base + FIRST + i] = this.#hour;
    words[base + LAST + i] = this.#hour;
    return true;
  }

  /** A value that no window holds any more, of a record that is full. */
  #stale(words: Int32Array, base: number): number {
    for (let i = 0; i < kept; i++) if (this.#hour - words[base + LAST + i] > monthOf) return i;
    return none;
  }

  #sketch(at: number, hash: number): void {
    if (this.#sketches.size >= sketchLimit) {
      this.unsketched++;
      return;
    }
    const sketch = new SlidingSketch();
    this.#sketches.set(at, sketch);
    const words = this.#records.words;
    const values = at * recordWords + VALUES;
    const last = at * recordWords + LAST;
    // Times of the past must not fall: in the order in which they were seen.
    const seen = Array.from({ length: kept }, (_, i) => i).sort((x, y) => words[last + x] - words[last + y]);
    for (const i of seen) sketch.add(mixed(words[values + i]), words[last + i]);
    sketch.add(hash, this.#hour);
  }

  #roll(words: Int32Array, base: number): void {
    const hours = this.#hour - words[base + HOUR];
    if (hours === 0) return;
    words[base + HOUR_BITS] = hours > 31 ? 0 : words[base + HOUR_BITS] << hours;
    words[base + HOUR] = this.#hour;
    const day = Math.floor(this.#hour / dayHours);
    const days = day - words[base + DAY];
    words[base + DAY_BITS] = days > 31 ? 0 : words[base + DAY_BITS] << days;
    words[base + DAY] = day;
  }

  #state(at: number, halves: boolean): SlowState {
    const words = this.#records.words;
    const base = at * recordWords;
    const spans = [dayOf, weekOf, monthOf];
    const counts = [0, 0, 0];
    let held = 0;
    let recurring = 0;
    const upper = new Set<number>();
    const lower = new Set<number>();
    for (let i = 0; i < this.#sizes[at]; i++) {
      const age = this.#hour - words[base + LAST + i];
      for (const [s, span] of spans.entries()) if (age <= span) counts[s]++;
      if (age > monthOf) continue;
      held++;
      if (halves) {
        upper.add(words[base + VALUES + i] >>> 16);
        lower.add(words[base + VALUES + i] & 0xffff);
      }
      if (words[base + LAST + i] > words[base + FIRST + i]) recurring++;
    }
    const sketch = this.#sketches.get(at);
    const [day, week, month] = sketch ? spans.map((span) => sketch.count(this.#hour - span)) : counts;
    return {
      day,
      week,
      month,
      recurring: held === 0 ? 0 : recurring / held,
      upper: upper.size,
      lower: lower.size,
      hours: bitsOf(words[base + HOUR_BITS] & 0x1ff_ffff),
      weekDays: bitsOf(words[base + DAY_BITS] & 0xff),
      days: bitsOf(words[base + DAY_BITS] & 0x7fff_ffff),
      good: words[base + GOOD],
      bad: words[base + BAD],
    };
  }

  #find(key: number): number {
    const low = lowOf(key);
    const upper = upperOf(key);
    const { words } = this.#records;
    let at = this.#records.first(keyHash(low, upper));
    while (at !== none) {
      const base = at * recordWords;
      if (words[base + LOW] === low && words[base + UPPER] === upper) return at;
      at = words[base + LINK];
    }
    return none;
  }

  #keyOf(at: number): number {
    const { words } = this.#records;
    return words[at * recordWords + UPPER] * 0x1_0000_0000 + (words[at * recordWords + LOW] >>> 0);
  }

  #add(key: number): number {
    if (this.#records.size >= this.#limit) this.#evict();
    const at = this.#records.take(keyHash(lowOf(key), upperOf(key)));
    const { words } = this.#records;
    const base = at * recordWords;
    words[base + LOW] = lowOf(key);
    words[base + UPPER] = upperOf(key);
    words[base + HOUR] = this.#hour;
    words[base + HOUR_BITS] = 0;
    words[base + DAY] = Math.floor(this.#hour / dayHours);
    words[base + DAY_BITS] = 0;
    words[base + GOOD] = 0;
    words[base + BAD] = 0;
    words[base + ASKED] = none;
    return at;
  }

  /**
   * Of the records from the hand on the one with the fewest values goes, and the hand stops behind it: while all have as
   * few, the oldest.
   */
  #evict(): void {
    let fewest = this.#hand;
    for (let i = 0; i < compared && this.#sizes[fewest] > 1; i++) {
      const at = (this.#hand + i) % this.#limit;
      if (this.#sizes[at] < this.#sizes[fewest]) fewest = at;
    }
    this.#hand = (fewest + 1) % this.#limit;
    this.#remove(fewest);
    this.evicted++;
  }

  #remove(at: number): void {
    this.#sketches.delete(at);
    this.#sizes[at] = 0;
    this.#records.drop(at);
  }

  #forget(): void {
    for (const [at, size] of this.#sizes.entries()) {
      if (size > 0 && this.#hour - this.#records.words[at * recordWords + HOUR] > 31 * dayHours)
        this.#remove(at);
    }
  }
}

/** Halves of a key below 2⁵³. */
const lowOf = (key: number): number => key | 0;
const upperOf = (key: number): number => Math.floor(key / 0x1_0000_0000);
const keyHash = (low: number, upper: number): number => mix4(low, upper, 0, 5);

/** Of a full record's values the one with the highest hash. */
function highestOf(words: Int32Array, values: number): number {
  let highest = 0;
  let most = -1;
  for (let i = 0; i < kept; i++) {
    const hash = mixed(words[values + i]) >>> 0;
    if (hash > most) {
      most = hash;
      highest = i;
    }
  }
  return highest;
}

function gateBit(key: number): number {
  const h = Math.imul((key ^ Math.floor(key / 0x1_0000_0000)) | 0, 0x9e3779b1);
  return (h ^ (h >>> 15)) & (gateBits - 1);
}

/** Values are compact, not random: what chooses among them must be. */
function mixed(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function bitsOf(word: number): number {
  let n = 0;
  for (let bits = word; bits !== 0; bits &= bits - 1) n++;
  return n;
}
