import { none, RecordPool } from './record-pool.ts';

/*
 * Hashed records of which the one that came first goes when there are too many, whatever its hash: what is still known
 * does not depend on the seed of hashes. Records are found by three words, which are theirs from word 1 on.
 *
 *   record   next in chain · key (3 words) · the caller's words …
 *   order    a ring of records, the oldest at `oldest` once all places are taken
 */

const LINK = 0;
const KEY = 1;

/** The caller's first word of a record. */
export const firstWord = 4;

export class RecentRecords {
  readonly #pool: RecordPool;
  readonly #width: number;
  readonly #limit: number;
  readonly #hash: (x: number, y: number, z: number) => number;
  readonly #order: number[] = [];
  #oldest = 0;

  /** `width`: words of a record, the four of {@link firstWord} included; `limit`: records at most. */
  constructor(width: number, limit: number, hash: (x: number, y: number, z: number) => number) {
    this.#width = width;
    this.#limit = limit;
    this.#hash = hash;
    this.#pool = new RecordPool(width, LINK, 1024, (words, base) =>
      hash(words[base + KEY], words[base + KEY + 1], words[base + KEY + 2]),
    );
  }

  /** All records; one begins at its number times the width. Read it anew after {@link take}. */
  get words(): Int32Array {
    return this.#pool.words;
  }

  get bytes(): number {
    return this.#pool.bytes + 8 * this.#order.length;
  }

  /** The record with the key, or `none`. Key words: any 32-bit integers. */
  find(x: number, y: number, z: number): number {
    const { words } = this.#pool;
    let at = this.#pool.first(this.#hash(x | 0, y | 0, z | 0));
    while (at !== none) {
      const key = at * this.#width + KEY;
      if (words[key] === (x | 0) && words[key + 1] === (y | 0) && words[key + 2] === (z | 0)) return at;
      at = words[key - KEY + LINK];
    }
    return none;
  }

  /** A new record with the key, which has none yet; the caller's words are as the last owner left them. */
  take(x: number, y: number, z: number): number {
    let place = this.#order.length;
    if (place === this.#limit) {
      place = this.#oldest;
      this.#oldest = (place + 1) % this.#limit;
      this.#pool.drop(this.#order[place]);
    }
    const at = this.#pool.take(this.#hash(x | 0, y | 0, z | 0));
    const { words } = this.#pool;
    const key = at * this.#width + KEY;
    words[key] = x;
    words[key + 1] = y;
    words[key + 2] = z;
    this.#order[place] = at;
    return at;
  }
}
