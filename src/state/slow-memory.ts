import { SlidingSketch } from './sliding-sketch.ts';

/*
 * Long memory of values that failed, per actor: exact up to 32 distinct ones, each with the hours in which it was first and
 * last seen; from the thirty-third on a sketch counts (to 3.3 %), and the 32 with the lowest hashes stay as a sample. One
 * probe an hour is all it takes to be remembered, and one hour is not enough:
 *
 *   gate      bits of the actors seen in this hour, and in hours before: whoever fails in a second hour gets a record, so
 *             millions of sources that show up once cost bits
 *   record    hour of the record · active hours (32 bits) · active days (32 bits) · good · bad · 32 × (value, first, last)
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

interface Record {
  hour: number;
  hourBits: number;
  day: number;
  dayBits: number;
  good: number;
  bad: number;
  size: number;
  readonly values: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  sketch: SlidingSketch | undefined;
  /** Hour in which the sketch was last asked: once is enough. */
  asked: number;
}

export class SlowMemory {
  readonly #limit: number;
  readonly #records = new Map<number, Record>();
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
  #sketches = 0;

  /** `limit`: actors with a record, about 600 bytes each. */
  constructor(limit = 32_768) {
    this.#limit = limit;
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
    for (const key of this.#records.keys()) {
      const bit = gateBit(key);
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
    const record = this.#records.get(key) ?? this.#add(key);
    this.#roll(record);
    record.hourBits |= 1;
    record.dayBits |= 1;
    record.bad++;
    const fresh = this.#put(record, value | 0);
    if (!fresh || record.size < Math.min(least, kept)) return undefined;
    if (record.sketch) {
      if (record.asked === this.#hour) return undefined;
      record.asked = this.#hour;
    }
    return this.#state(record, false);
  }

  /** Something of a known actor that was no failure. */
  good(key: number): void {
    const record = this.#records.get(key);
    if (record) record.good++;
  }

  state(key: number): SlowState | undefined {
    const record = this.#records.get(key);
    return record && this.#state(record, true);
  }

  /** Whether the value was not among those that are remembered one by one. */
  #put(record: Record, value: number): boolean {
    const { values, first, last } = record;
    const hash = mixed(value);
    record.sketch?.add(hash, this.#hour);
    let highest = 0;
    for (let i = 0; i < record.size; i++) {
      if (values[i] === value) {
        last[i] = this.#hour;
        return false;
      }
      if (mixed(values[i]) >>> 0 > mixed(values[highest]) >>> 0) highest = i;
    }
    let at = record.size;
    if (at === kept) {
      at = this.#stale(record);
      if (at < 0) {
        if (!record.sketch) this.#sketch(record, hash);
        if (hash >>> 0 > mixed(values[highest]) >>> 0) return true;
        at = highest;
      }
    } else record.size++;
    values[at] = value;
    first[at] = this.#hour;
    last[at] = this.#hour;
    return true;
  }

  /** A value that no window holds any more. */
  #stale({ last, size, sketch }: Record): number {
    if (sketch) return -1;
    for (let i = 0; i < size; i++) if (this.#hour - last[i] > monthOf) return i;
    return -1;
  }

  #sketch(record: Record, hash: number): void {
    if (this.#sketches >= sketchLimit) {
      this.unsketched++;
      return;
    }
    this.#sketches++;
    record.sketch = new SlidingSketch();
    // Times of the past must not fall: in the order in which they were seen.
    const seen = Array.from({ length: record.size }, (_, i) => i).sort(
      (x, y) => record.last[x] - record.last[y],
    );
    for (const i of seen) record.sketch.add(mixed(record.values[i]), record.last[i]);
    record.sketch.add(hash, this.#hour);
  }

  #roll(record: Record): void {
    const hours = this.#hour - record.hour;
    record.hourBits = hours > 31 ? 0 : record.hourBits << hours;
    record.hour = this.#hour;
    const day = Math.floor(this.#hour / dayHours);
    record.dayBits = day - record.day > 31 ? 0 : record.dayBits << (day - record.day);
    record.day = day;
  }

  #state(record: Record, halves: boolean): SlowState {
    const spans = [dayOf, weekOf, monthOf];
    const counts = [0, 0, 0];
    let held = 0;
    let recurring = 0;
    const upper = new Set<number>();
    const lower = new Set<number>();
    for (let i = 0; i < record.size; i++) {
      const age = this.#hour - record.last[i];
      for (const [s, span] of spans.entries()) if (age <= span) counts[s]++;
      if (age > monthOf) continue;
      held++;
      if (halves) {
        upper.add(record.values[i] >>> 16);
        lower.add(record.values[i] & 0xffff);
      }
      if (record.last[i] > record.first[i]) recurring++;
    }
    const [day, week, month] = record.sketch
      ? spans.map((span) => record.sketch!.count(this.#hour - span))
      : counts;
    return {
      day,
      week,
      month,
      recurring: held === 0 ? 0 : recurring / held,
      upper: upper.size,
      lower: lower.size,
      hours: bitsOf(record.hourBits & 0x1ff_ffff),
      weekDays: bitsOf(record.dayBits & 0xff),
      days: bitsOf(record.dayBits & 0x7fff_ffff),
      good: record.good,
      bad: record.bad,
    };
  }

  #add(key: number): Record {
    if (this.#records.size >= this.#limit) this.#evict();
    const record: Record = {
      hour: this.#hour,
      hourBits: 0,
      day: Math.floor(this.#hour / dayHours),
      dayBits: 0,
      good: 0,
      bad: 0,
      size: 0,
      values: new Int32Array(kept),
      first: new Int32Array(kept),
      last: new Int32Array(kept),
      sketch: undefined,
      asked: -1,
    };
    this.#records.set(key, record);
    return record;
  }

  /** Of the oldest records the one with the fewest values goes. */
  #evict(): void {
    let fewest: number | undefined;
    let least = Infinity;
    let looked = 0;
    for (const [key, { size }] of this.#records) {
      if (size < least) {
        least = size;
        fewest = key;
      }
      if (++looked >= 64) break;
    }
    if (fewest !== undefined) this.#remove(fewest);
    this.evicted++;
  }

  #remove(key: number): void {
    if (this.#records.get(key)?.sketch) this.#sketches--;
    this.#records.delete(key);
  }

  #forget(): void {
    for (const [key, { hour }] of this.#records) {
      if (this.#hour - hour > 31 * dayHours) this.#remove(key);
    }
  }
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
