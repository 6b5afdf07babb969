import { mix4 } from './hash.ts';

/*
 * Actors of whom one value is known: the cheapest state there is, because a flood of spoofed sources is millions of
 * them. A record waits in a queue in order of time and is promoted to real state when its actor shows a second value.
 *
 *   queue of segments           oldest                                 newest
 *   (65,536 records each)       [ a | b | c | t ][ a | b | c | t ] …   16 bytes
 *   index (open addressing)     [ slot + 1 | 0 | slot + 1 | … ]        about 7 bytes a record
 *
 *   a actor  b second word  c third word (24 bits) + tag (8 bits)  t time, µs modulo 2³² (windows ≤ 70 minutes)
 *
 * A record that was promoted or seen again stays as a hole (tag 255) until the end of the queue passes it.
 */

const segmentBits = 16;
const segmentRecords = 1 << segmentBits;
const segmentMask = segmentRecords - 1;
const hole = 255;
const clock = 0x1_0000_0000;

export class SingleRing {
  readonly #span: number;
  /** By segment number; a slot is number · 65,536 + position. */
  readonly #segments: Uint32Array[] = [];
  readonly #free: number[] = [];
  /** Segment numbers, oldest first. */
  readonly #queue: number[] = [];
  #head = 0; // position of the oldest record in the first segment
  #tail = segmentRecords; // position of the next record in the last segment
  #now = 0;
  #index = new Uint32Array(1 << 12);
  #used = 0;

  static readonly longest = 4_200_000_000;

  /** `span`: the longest window in µs, at most {@link SingleRing.longest}. */
  constructor(span: number) {
    if (span > SingleRing.longest)
      throw new RangeError(`a window of ${span} µs does not fit a single's clock`);
    this.#span = span;
  }

  /** Live records. */
  get size(): number {
    return this.#used;
  }

  get bytes(): number {
    return this.#segments.length * segmentRecords * 16 + this.#index.length * 4;
  }

  /** Bytes by which the next {@link add} would grow the ring; 0 mostly. */
  get growth(): number {
    let bytes = 0;
    if (this.#tail === segmentRecords && this.#free.length === 0) bytes += segmentRecords * 16;
    if ((this.#used + 1) * 10 > this.#index.length * 7) bytes += this.#index.length * 8;
    return bytes;
  }

  // What `find` found.
  b = 0;
  c = 0;
  tag = 0;
  time = 0;

  /** Index position of actor `a` of the family (0 IPv4, 1 IPv6), or -1. Fills b, c, tag and time. */
  find(a: number, family: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    let at = mix4(a, family, 0, 0) & mask;
    for (;;) {
      const stored = index[at];
      if (stored === 0) return -1;
      const slot = stored - 1;
      const segment = this.#segments[slot >>> segmentBits];
      const i = (slot & segmentMask) * 4;
      const tag = segment[i + 2] >>> 24;
      if (segment[i] === a && (tag & 1) === family) {
        this.b = segment[i + 1];
        this.c = segment[i + 2] & 0xff_ffff;
        this.tag = tag;
        // The full time from its low 32 bits and the clock.
        this.time = this.#now - (((this.#now % clock) - segment[i + 3]) >>> 0);
        return at;
      }
      at = (at + 1) & mask;
    }
  }

  /** Adds the first value of an actor. `tag` < 255: bit 0 is the family, the rest the caller's. */
  add(a: number, b: number, c: number, tag: number, time: number): void {
    this.#now = time;
    if ((this.#used + 1) * 10 > this.#index.length * 7) this.#reindex(this.#index.length * 2);
    if (this.#tail === segmentRecords) this.#append();
    const number = this.#queue[this.#queue.length - 1];
    const segment = this.#segments[number];
    const position = this.#tail++;
    const i = position * 4;
    segment[i] = a;
    segment[i + 1] = b;
    segment[i + 2] = (c | (tag << 24)) >>> 0;
    segment[i + 3] = time % clock;
    this.#enter(this.#index, a, tag & 1, (number << segmentBits) + position + 1);
    this.#used++;
  }

  #append(): void {
    let number = this.#free.pop();
    if (number === undefined) {
      number = this.#segments.length;
      this.#segments.push(new Uint32Array(segmentRecords * 4));
    }
    this.#queue.push(number);
    this.#tail = 0;
  }

  #enter(index: Uint32Array, a: number, family: number, stored: number): void {
    const mask = index.length - 1;
    let at = mix4(a, family, 0, 0) & mask;
    while (index[at] !== 0) at = (at + 1) & mask;
    index[at] = stored;
  }

  #reindex(length: number): void {
    const index = new Uint32Array(length);
    this.#each((segment, i, slot) => this.#enter(index, segment[i], (segment[i + 2] >>> 24) & 1, slot + 1));
    this.#index = index;
  }

  /** Every live record, oldest first. */
  #each(visit: (segment: Uint32Array, i: number, slot: number) => void): void {
    for (const [k, number] of this.#queue.entries()) {
      const segment = this.#segments[number];
      const from = k === 0 ? this.#head : 0;
      const to = k === this.#queue.length - 1 ? this.#tail : segmentRecords;
      for (let position = from; position < to; position++) {
        if (segment[position * 4 + 2] >>> 24 !== hole)
          visit(segment, position * 4, number * segmentRecords + position);
      }
    }
  }

  /** Takes out the record that `find` returned the position of. */
  remove(at: number): void {
    const slot = this.#index[at] - 1;
    this.#segments[slot >>> segmentBits][(slot & segmentMask) * 4 + 2] = (hole << 24) >>> 0;
    this.#unindex(at);
    this.#used--;
  }

  /** Linear probing without tombstones: the records behind the gap move up. */
  #unindex(at: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let gap = at;
    for (let next = (gap + 1) & mask; index[next] !== 0; next = (next + 1) & mask) {
      const slot = index[next] - 1;
      const segment = this.#segments[slot >>> segmentBits];
      const i = (slot & segmentMask) * 4;
      const home = mix4(segment[i], (segment[i + 2] >>> 24) & 1, 0, 0) & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        index[gap] = index[next];
        gap = next;
      }
    }
    index[gap] = 0;
  }

  /** Forgets the records that are no longer in (time − span, time]. */
  advance(time: number): void {
    // A jump past the 32-bit clock: all are gone, and their low words would lie.
    const all = time - this.#now >= this.#span;
    this.#now = time;
    const low = time % clock;
    for (;;) {
      const number = this.#queue[0];
      if (number === undefined) return;
      const segment = this.#segments[number];
      const end = this.#queue.length === 1 ? this.#tail : segmentRecords;
      while (this.#head < end) {
        const i = this.#head * 4;
        if (segment[i + 2] >>> 24 !== hole) {
          if (!all && (low - segment[i + 3]) >>> 0 < this.#span) return;
          this.#drop(segment, i, number * segmentRecords + this.#head);
        }
        this.#head++;
      }
      if (!this.#pass()) return;
    }
  }

  /** Drops up to `count` of the oldest records to make room; returns how many actors went. */
  evict(count: number): number {
    let gone = 0;
    while (gone < count && this.#used > 0) {
      const number = this.#queue[0];
      const segment = this.#segments[number];
      const end = this.#queue.length === 1 ? this.#tail : segmentRecords;
      for (; this.#head < end && gone < count; this.#head++) {
        const i = this.#head * 4;
        if (segment[i + 2] >>> 24 === hole) continue;
        this.#drop(segment, i, number * segmentRecords + this.#head);
        gone++;
      }
      if (this.#head === end && !this.#pass()) break;
    }
    return gone;
  }

  /** The first segment has been emptied; false when it is the one being written. */
  #pass(): boolean {
    if (this.#queue.length === 1 && this.#tail < segmentRecords) return false;
    this.#free.push(this.#queue.shift()!);
    this.#head = 0;
    return this.#queue.length > 0;
  }

  #drop(segment: Uint32Array, i: number, slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let at = mix4(segment[i], (segment[i + 2] >>> 24) & 1, 0, 0) & mask;
    while (index[at] !== slot + 1) at = (at + 1) & mask;
    this.#unindex(at);
    segment[i + 2] = (hole << 24) >>> 0;
    this.#used--;
  }

  /** Calls `mark` with the IPv6 slots (actor, second word) of every live record of that family. */
  markSlots(mark: (actor: number, second: number) => void): void {
    this.#each((segment, i) => {
      if (((segment[i + 2] >>> 24) & 1) === 1) mark(segment[i], segment[i + 1]);
    });
  }
}
