import { Flag } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { AddressKey } from '../model/finding.ts';

/** 65,536 bits, in words. */
const words = 2048;
/** Rows of one µs that are remembered. */
const most = 65_536;

/**
 * Rows that are later steps of ordered chains and nothing else, by sources that began none: nearly every allowed connection of
 * a firewall's log. One bit of the source says so. They are remembered until their µs is over, in case their source still
 * begins one in it. A bit lives for one to two spans of the longest chain.
 */
export class IdleSteps<T> {
  readonly #span: number;
  #begun = new Int32Array(words);
  #before = new Int32Array(words);
  /** When `#begun` was begun, µs. */
  #turn = -Infinity;
  readonly #batches: EventBatch[] = [];
  readonly #rows: number[] = [];
  readonly #actors: AddressKey[] = [];
  readonly #steps: T[] = [];
  #length = 0;
  #time = NaN;
  #lost = 0;
  /** A source began a chain after rows of this µs were passed over. */
  hasNews = false;
  /** Rows let go for want of room that may have followed something. */
  evicted = 0;

  /** @param span µs, of the longest chain */
  constructor(span: number) {
    this.#span = span;
  }

  /** The source of this row begins a chain. */
  begin(batch: EventBatch, row: number, time: number): void {
    if (time >= this.#turn + this.#span) {
      const old = this.#before;
      this.#before = time >= this.#turn + 2 * this.#span ? new Int32Array(words) : this.#begun;
      this.#begun = old.fill(0);
      this.#turn = time;
    }
    const bit = bitOf(batch, row);
    if (this.#length > 0 && this.#time === time && !this.#has(bit)) this.hasNews = true;
    this.#begun[bit >>> 5] |= 1 << (bit & 31);
  }

  /** Whether the source of this row may have begun a chain; if not, the row is remembered while its µs lasts. */
  follows(steps: T, batch: EventBatch, row: number, actor: AddressKey, time: number): boolean {
    if (this.#has(bitOf(batch, row))) return true;
    if (this.#time !== time) {
      this.#time = time;
      this.#length = 0;
      this.#lost = 0;
    }
    if (this.#length === most) {
      this.#lost++;
      return false;
    }
    this.#steps[this.#length] = steps;
    this.#batches[this.#length] = batch;
    this.#rows[this.#length] = row;
    this.#actors[this.#length++] = actor;
    return false;
  }

  /** Rows of this µs whose sources began a chain after all, each of them once: tables that saw it have been asked by then. */
  replay(time: number, see: (steps: T, batch: EventBatch, row: number, actor: AddressKey) => void): void {
    this.hasNews = false;
    if (this.#time !== time) return;
    this.evicted += this.#lost;
    this.#lost = 0;
    let left = 0;
    for (let i = 0; i < this.#length; i++) {
      const [steps, batch, row, actor] = [this.#steps[i], this.#batches[i], this.#rows[i], this.#actors[i]];
      if (this.#has(bitOf(batch, row))) see(steps, batch, row, actor);
      else {
        this.#steps[left] = steps;
        this.#batches[left] = batch;
        this.#rows[left] = row;
        this.#actors[left++] = actor;
      }
    }
    this.#length = left;
  }

  #has(bit: number): boolean {
    return ((this.#begun[bit >>> 5] | this.#before[bit >>> 5]) & (1 << (bit & 31))) !== 0;
  }
}

function bitOf(batch: EventBatch, row: number): number {
  let word = batch.source[row];
  if ((batch.flags[row] & Flag.v6) !== 0) {
    const { wide } = batch;
    word = wide[word * 4] ^ Math.imul(wide[word * 4 + 1], 0x85ebca6b) ^ wide[word * 4 + 3];
  }
  return Math.imul(word, 0x9e3779b1) >>> 16;
}
