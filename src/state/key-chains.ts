import { findPair, none, RecordPool } from './record-pool.ts';
import { type Room, Share } from './share.ts';

/*
 * Exact sliding chains by key, where the key is a hash of 64 bits: step 0, then step 1, … one after the other or at the same
 * µs, the first of them within the window (t − W, t]. Of all chains that reach a step only the one counts that began last.
 *
 *   time list   oldest ◀──────▶ newest      keys by the last time of their first step; past the window they go
 *   key         hash · held? · links · by step: start of the chain that reached it · last seen
 *
 * Steps of one µs apply in their order, whichever is seen first: each step that is seen takes those of its µs with it. Most
 * rows are later steps that nobody began; they cost a look, and are remembered until the µs is over, in case it still begins.
 */

export interface KeyChainsSpec {
  /** µs. */
  readonly window: number;
  readonly steps: number;
  /** Bytes it may hold of its own; with no more to be had, the chains go that began first. */
  readonly budget: number;
  readonly room: Room;
}

// Key: 6 words, and two times for each step.
const K_LOW = 0;
const K_HIGH = 1;
const K_HELD = 3;
const K_PREV = 4;
const K_NEXT = 5;
/** In Float64s. */
const K_STARTS = 3;

const firstRecords = 256;
/** Later steps of one µs that are remembered: hash, step. */
const doubtWords = 3;
const mostDoubts = 65_536;

export class KeyChains {
  readonly #span: number;
  readonly #steps: number;
  readonly #width: number;
  readonly #share: Share;
  readonly #keys: RecordPool;
  #words: Int32Array<ArrayBuffer>;
  #times: Float64Array<ArrayBuffer>;
  #oldest = none;
  #newest = none;
  #now = -Infinity;
  #doubts = new Int32Array(doubtWords * firstRecords);
  #doubted = 0;
  #doubtTime = -Infinity;
  #lost = 0;
  /** Keys that begin: grows; an end of the µs has to be asked about them. */
  opened = 0;
  /** Chains, and steps of one µs, let go for want of room. */
  evicted = 0;
  /** Called when the window of a key that {@link hold} marked is empty: key, 0 (the only window), 0 (no maximum is kept). */
  onGone: (key: number, window: number, max: number) => void = () => undefined;

  constructor({ window, steps, budget, room }: KeyChainsSpec) {
    this.#span = window;
    this.#steps = steps;
    this.#width = 2 * K_STARTS + 4 * steps;
    this.#share = new Share(budget, room);
    this.#keys = new RecordPool(this.#width, 2, firstRecords, (words, base) => words[base + K_LOW]);
    this.#words = this.#keys.words;
    this.#times = new Float64Array(this.#words.buffer);
  }

  /** Keys held. */
  get size(): number {
    return this.#keys.size;
  }

  /** Bytes of state held. */
  get bytes(): number {
    return this.#keys.bytes + this.#doubts.byteLength;
  }

  /** Moves time on: chains whose first step has left the window go. */
  advance(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    const edge = time - this.#span;
    while (this.#oldest !== none && this.#times[this.#timeOf(this.#oldest) + K_STARTS] <= edge)
      this.#drop(this.#oldest);
  }

  /** A step of a key at the current time ({@link advance}); returns the key, `none` when it follows nothing as far as is known. */
  see(low: number, high: number, step: number): number {
    let key = findPair(this.#keys, this.#width, low, high);
    if (key === none) {
      if (step > 0) {
        this.#doubt(low, high, step);
        return none;
      }
      key = this.#open(low, high);
    }
    this.#step(key, step);
    return key;
  }

  /** The number of steps when a chain is complete with this µs, 0 when not; of a key that {@link see} returned in it. */
  countOf(key: number): number {
    const starts = this.#timeOf(key) + K_STARTS;
    const last = this.#steps - 1;
    const isSeen = this.#times[starts + this.#steps + last] === this.#now;
    return isSeen && this.#times[starts + last] > this.#now - this.#span ? this.#steps : 0;
  }

  /** The µs is over: later steps that came in it before the first one did. */
  settle(): void {
    if (this.#doubtTime === this.#now) {
      for (let i = 0; i < this.#doubted; i += doubtWords) {
        const doubts = this.#doubts;
        const key = findPair(this.#keys, this.#width, doubts[i], doubts[i + 1]);
        if (key !== none) this.#step(key, doubts[i + 2]);
      }
      this.evicted += this.#lost;
    }
    this.#doubted = 0;
    this.#lost = 0;
  }

  /** Whether the record is still this key's: at the ceiling it may have become another's. */
  isKey(key: number, low: number, high: number): boolean {
    return findPair(this.#keys, this.#width, low, high) === key;
  }

  /** Marks the key: {@link onGone} says when its window is empty. */
  hold(key: number): void {
    this.#words[key * this.#width + K_HELD] = 1;
  }

  /** Shows every marked key to {@link onGone}; for the end of a run. */
  finish(): void {
    for (let at = this.#oldest; at !== none; at = this.#words[at * this.#width + K_NEXT]) this.#cool(at);
  }

  #timeOf(key: number): number {
    return key * (this.#width / 2);
  }

  #step(key: number, step: number): void {
    const starts = this.#timeOf(key) + K_STARTS;
    const seen = starts + this.#steps;
    const times = this.#times;
    const now = this.#now;
    times[seen + step] = now;
    if (step === 0) {
      times[starts] = now;
      this.#unlink(key);
      this.#append(key);
    }
    for (let next = 1; next < this.#steps; next++)
      if (times[seen + next] === now && times[starts + next - 1] > times[starts + next])
        times[starts + next] = times[starts + next - 1];
  }

  #open(low: number, high: number): number {
    this.#makeRoom();
    const at = this.#keys.take(low);
    if (this.#keys.words !== this.#words) {
      this.#words = this.#keys.words;
      this.#times = new Float64Array(this.#words.buffer);
    }
    const base = at * this.#width;
    this.#words[base + K_LOW] = low;
    this.#words[base + K_HIGH] = high;
    this.#words[base + K_HELD] = 0;
    this.#times.fill(-Infinity, this.#timeOf(at) + K_STARTS, this.#timeOf(at) + this.#width / 2);
    this.#append(at);
    this.opened++;
    return at;
  }

  #doubt(low: number, high: number, step: number): void {
    if (this.#doubtTime !== this.#now) {
      this.#doubtTime = this.#now;
      this.#doubted = 0;
      this.#lost = 0;
    }
    if (this.#doubted === this.#doubts.length) {
      if (this.#doubted >= doubtWords * mostDoubts) {
        this.#lost++;
        return;
      }
      const grown = new Int32Array(this.#doubts.length * 2);
      grown.set(this.#doubts);
      this.#doubts = grown;
    }
    this.#doubts[this.#doubted++] = low;
    this.#doubts[this.#doubted++] = high;
    this.#doubts[this.#doubted++] = step;
  }

  // ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #append(at: number): void {
    const words = this.#words;
    const base = at * this.#width;
    words[base + K_PREV] = this.#newest;
    words[base + K_NEXT] = none;
    if (this.#newest === none) this.#oldest = at;
    else words[this.#newest * this.#width + K_NEXT] = at;
    this.#newest = at;
  }

  #unlink(at: number): void {
    const words = this.#words;
    const base = at * this.#width;
    const prev = words[base + K_PREV];
    const next = words[base + K_NEXT];
    if (prev === none) this.#oldest = next;
    else words[prev * this.#width + K_NEXT] = next;
    if (next === none) this.#newest = prev;
    else words[next * this.#width + K_PREV] = prev;
  }

  #drop(at: number): void {
    this.#cool(at);
    this.#unlink(at);
    this.#keys.drop(at);
  }

  #cool(at: number): void {
    const base = at * this.#width;
    if (this.#words[base + K_HELD] === 0) return;
    this.#words[base + K_HELD] = 0;
    this.onGone(at, 0, 0);
  }

  /** At the ceiling a tenth of the chains goes: those that began first. */
  #makeRoom(): void {
    const { growth } = this.#keys;
    if (growth === 0 || this.#share.grants(this.bytes + growth)) return;
    for (let left = Math.max(1, Math.floor(this.size / 10)); left > 0; left--) {
      this.#drop(this.#oldest);
      this.evicted++;
    }
  }
}
