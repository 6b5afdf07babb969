import { Flag } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';

/*
 * Puts rows in order of event time before the detectors see them. While batches come sorted and do not overlap they
 * wait in a queue and pass untouched. Otherwise rows go to a calendar of 1.05 s days and each day is sorted when the
 * watermark passes its end:
 *
 *   calendar   day 0        day 1      day 2  …  day 8191         far: rows past the last day
 *              [ids…]       [ids…]     [ids…]                     id = batch · 16,384 + row
 *
 * A row below the watermark is late: it is handed out at once, flagged, and no window counts it.
 */

const dayBits = 20;
const dayLength = 2 ** dayBits;
const days = 8192;
const dayMask = days - 1;
const rowBits = 14;
const rowMask = (1 << rowBits) - 1;

export interface RowConsumer {
  row(batch: EventBatch, row: number): void;
  /** All rows below the watermark have been given: batches may be recycled after this returns. */
  settle(): void;
}

export class Reorder {
  readonly #consumer: RowConsumer;
  readonly #recycle: (batch: EventBatch) => void;
  readonly #batches: (EventBatch | undefined)[] = [];
  readonly #left: number[] = [];
  readonly #freeSlots: number[] = [];
  readonly #done: EventBatch[] = [];

  readonly #queue: { batch: EventBatch; next: number; last: number }[] = [];
  readonly #calendar: (Int32Array | undefined)[] = Array.from({ length: days }, () => undefined);
  readonly #fill = new Int32Array(days);
  #calendarRows = 0;
  #day = 0; // the oldest day that may hold rows
  #far: number[] = [];
  #farDay = Infinity;
  #sortIds = new Int32Array(1024);
  #sortKeys = new Uint32Array(1024);
  #otherIds = new Int32Array(1024);
  #otherKeys = new Uint32Array(1024);
  readonly #spare: Int32Array[] = [];

  #watermark = -Infinity;
  /** Rows waiting. */
  waiting = 0;
  /** Rows that came below the watermark. */
  late = 0;
  /** Rows handed out early because the buffer was full. */
  forced = 0;

  constructor(consumer: RowConsumer, recycle: (batch: EventBatch) => void) {
    this.#consumer = consumer;
    this.#recycle = recycle;
  }

  get watermark(): number {
    return this.#watermark;
  }

  get batches(): number {
    return this.#batches.length - this.#freeSlots.length + this.#queue.length;
  }

  /** Takes over the batch; hands it to `recycle` when its last row has gone out. */
  add(batch: EventBatch): void {
    const { time, length } = batch;
    let sorted = true;
    let last = time[0];
    for (let i = 1; i < length; i++) {
      const t = time[i];
      if (t < last) {
        sorted = false;
        break;
      }
      last = t;
    }
    if (length === 0) {
      this.#recycle(batch);
      return;
    }
    const tail = this.#queue.at(-1);
    if (sorted && this.#calendarRows === 0 && this.#far.length === 0 && time[0] >= this.#watermark) {
      if (!tail || time[0] >= tail.last) {
        this.#queue.push({ batch, next: 0, last });
        this.waiting += length;
        return;
      }
    }
    this.#enterCalendar();
    this.#spread(batch, 0);
  }

  /** The queue's batches move to the calendar: something overlaps. */
  #enterCalendar(): void {
    for (const { batch, next } of this.#queue) {
      this.waiting -= batch.length - next;
      this.#spread(batch, next);
    }
    this.#queue.length = 0;
  }

  #spread(batch: EventBatch, from: number): void {
    let slot = this.#freeSlots.pop();
    if (slot === undefined) {
      slot = this.#batches.length;
      this.#batches.push(undefined);
      this.#left.push(0);
    }
    this.#batches[slot] = batch;
    this.#left[slot] = batch.length - from;
    const { time } = batch;
    if (this.#calendarRows === 0) this.#day = this.#firstDay(batch, from);
    for (let row = from; row < batch.length; row++) {
      const t = time[row];
      if (t < this.#watermark) {
        this.late++;
        batch.flags[row] |= Flag.late;
        this.#consumer.row(batch, row);
        this.#left[slot]--;
        continue;
      }
      this.#place((slot << rowBits) | row, Math.floor(t / dayLength));
    }
    if (this.#left[slot] === 0) this.#finish(slot);
  }

  #firstDay(batch: EventBatch, from: number): number {
    let first = Infinity;
    for (let row = from; row < batch.length; row++) first = Math.min(first, batch.time[row]);
    return Math.floor(Math.max(first, this.#watermark) / dayLength);
  }

  #place(id: number, day: number): void {
    this.waiting++;
    if (day < this.#day) {
      // Older than the oldest day that holds rows, yet not late: the calendar starts earlier, if all still fits.
      if (this.#calendarRows > 0 && this.#lastDay() - day >= days) this.#moveFar(day);
      this.#day = day;
    } else if (day - this.#day >= days) {
      this.#far.push(id);
      this.#farDay = Math.min(this.#farDay, day);
      return;
    }
    const at = day & dayMask;
    let ids = this.#calendar[at];
    const n = this.#fill[at]++;
    if (ids === undefined) ids = this.#calendar[at] = this.#spare.pop() ?? new Int32Array(64);
    else if (n === ids.length) {
      const grown = new Int32Array(ids.length * 2);
      grown.set(ids);
      ids = this.#calendar[at] = grown;
    }
    ids[n] = id;
    this.#calendarRows++;
  }

  #lastDay(): number {
    for (let day = this.#day + days - 1; day > this.#day; day--)
      if (this.#fill[day & dayMask] > 0) return day;
    return this.#day;
  }

  /** Days that no longer fit when the calendar starts at `first` wait with the far ones. */
  #moveFar(first: number): void {
    for (let day = first + days; day < this.#day + days; day++) {
      const at = day & dayMask;
      for (const id of this.#calendar[at]?.subarray(0, this.#fill[at]) ?? []) this.#far.push(id);
      if (this.#fill[at] > 0) this.#farDay = Math.min(this.#farDay, day);
      this.#calendarRows -= this.#fill[at];
      this.#fill[at] = 0;
    }
  }

  #timeOf(id: number): number {
    return this.#batches[id >>> rowBits]!.time[id & rowMask];
  }

  /** Hands out every row older than `watermark` (µs; Infinity at the end), in order, and settles the consumer. */
  release(watermark: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.#releaseQueue(watermark);
    if (this.#calendarRows > 0 || this.#far.length > 0) this.#releaseCalendar(watermark);
    this.#consumer.settle();
    for (const batch of this.#done) this.#recycle(batch);
    this.#done.length = 0;
  }

  /** Hands out the oldest rows, before their time, until at most `limit` wait; they are counted in `forced`. */
  shrink(limit: number): void {
    while (this.waiting > limit) {
      const before = this.waiting;
      const first = this.#queue.at(0);
      if (first) this.release(first.last + 1);
      else {
        if (this.#calendarRows === 0) this.#day = this.#farDay;
        while (this.#calendarRows > 0 && this.#fill[this.#day & dayMask] === 0) this.#day++;
        this.release((this.#day + 1) * dayLength);
      }
      this.forced += before - this.waiting;
      if (this.waiting === before) return;
    }
  }

  #releaseQueue(watermark: number): void {
    const consumer = this.#consumer;
    let whole = 0;
    for (const entry of this.#queue) {
      const { batch } = entry;
      const { time, length } = batch;
      let row = entry.next;
      while (row < length && time[row] < watermark) consumer.row(batch, row++);
      this.waiting -= row - entry.next;
      entry.next = row;
      if (row < length) break;
      this.#done.push(batch);
      whole++;
    }
    if (whole > 0) this.#queue.splice(0, whole);
  }

  #releaseCalendar(watermark: number): void {
    // Only whole days: the watermark is brought down to the end of the last day handed out, so nothing becomes late
    // that could still be put in order.
    const end = Math.floor(watermark / dayLength);
    if (watermark !== Infinity) this.#watermark = Math.min(watermark, end * dayLength);
    for (;;) {
      if (this.#calendarRows === 0) {
        if (this.#far.length === 0 || this.#farDay >= end) return;
        this.#day = this.#farDay;
        this.#recall();
      }
      if (this.#day >= end) return;
      // Not before it must be: each recall goes through all that is far.
      if (this.#day >= this.#farDay) this.#recall();
      if (this.#fill[this.#day & dayMask] > 0) this.#releaseDay(this.#day);
      this.#day++;
    }
  }

  /** Far rows that the calendar has room for by now. */
  #recall(): void {
    const far = this.#far;
    this.#far = [];
    this.#farDay = Infinity;
    this.waiting -= far.length;
    for (const id of far) this.#place(id, Math.floor(this.#timeOf(id) / dayLength));
  }

  #releaseDay(day: number): void {
    const at = day & dayMask;
    const n = this.#fill[at];
    const ids = this.#calendar[at]!;
    this.#sort(ids, n, day * dayLength);
    const sorted = this.#sortIds;
    for (let i = 0; i < n; i++) {
      const id = sorted[i];
      const slot = id >>> rowBits;
      this.#consumer.row(this.#batches[slot]!, id & rowMask);
      if (--this.#left[slot] === 0) this.#finish(slot);
    }
    this.#calendarRows -= n;
    this.waiting -= n;
    this.#fill[at] = 0;
    if (ids.length <= 65_536 && this.#spare.length < 64) this.#spare.push(ids);
    this.#calendar[at] = undefined;
  }

  /** Least-significant-digit radix sort by the 20 bits of µs within the day; stable. Result in #sortIds. */
  #sort(ids: Int32Array, n: number, start: number): void {
    if (this.#sortIds.length < n) {
      const size = 2 ** Math.ceil(Math.log2(n));
      this.#sortIds = new Int32Array(size);
      this.#sortKeys = new Uint32Array(size);
      this.#otherIds = new Int32Array(size);
      this.#otherKeys = new Uint32Array(size);
    }
    const out = this.#sortIds;
    const keys = this.#sortKeys;
    const otherIds = this.#otherIds;
    const otherKeys = this.#otherKeys;
    if (n <= 48) {
      for (let i = 0; i < n; i++) {
        const id = ids[i];
        const key = this.#timeOf(id) - start;
        let j = i;
        for (; j > 0 && keys[j - 1] > key; j--) {
          keys[j] = keys[j - 1];
          out[j] = out[j - 1];
        }
        keys[j] = key;
        out[j] = id;
      }
      return;
    }
    const low = new Uint32Array(1024);
    const high = new Uint32Array(1024);
    for (let i = 0; i < n; i++) {
      const key = this.#timeOf(ids[i]) - start;
      otherKeys[i] = key;
      low[key & 1023]++;
      high[key >>> 10]++;
    }
    for (let i = 0, a = 0, b = 0; i < 1024; i++) {
      const nextA = a + low[i];
      const nextB = b + high[i];
      low[i] = a;
      high[i] = b;
      a = nextA;
      b = nextB;
    }
    for (let i = 0; i < n; i++) {
      const key = otherKeys[i];
      const to = low[key & 1023]++;
      keys[to] = key;
      otherIds[to] = ids[i];
    }
    for (let i = 0; i < n; i++) out[high[keys[i] >>> 10]++] = otherIds[i];
  }

  #finish(slot: number): void {
    this.#done.push(this.#batches[slot]!);
    this.#batches[slot] = undefined;
    this.#freeSlots.push(slot);
  }
}
