/*
 * Records of a fixed number of 32-bit words in one array, found by their hash.
 *
 *   heads  [ spot → record ]        spot = hash modulo the number of heads
 *   words  [ record 0 | record 1 | … ]
 *            └ one word of each, `link`, names the next record of its spot; in a free record, the next free one
 *
 * As many heads as records at least, so a chain is about one record long.
 */

export const none = -1;

/** The record of a key of two words, which stand first in it with the link behind them; `none` when it has no record. */
export function findPair(pool: RecordPool, width: number, low: number, high: number): number {
  const { words } = pool;
  let at = pool.first(low);
  while (at !== none) {
    const base = at * width;
    if (words[base] === (low | 0) && words[base + 1] === (high | 0)) return at;
    at = words[base + 2];
  }
  return none;
}

export class RecordPool {
  words: Int32Array<ArrayBuffer>;
  /** Records in use. */
  size = 0;
  readonly #width: number;
  readonly #link: number;
  readonly #hashOf: (words: Int32Array, base: number) => number;
  #heads: Int32Array<ArrayBuffer>;
  #top = 0;
  #free = none;

  /** `hashOf`: the hash of the record whose words begin at `base`; `records`: room to begin with, a power of two. */
  constructor(
    width: number,
    link: number,
    records: number,
    hashOf: (words: Int32Array, base: number) => number,
  ) {
    this.#width = width;
    this.#link = link;
    this.#hashOf = hashOf;
    this.words = new Int32Array(width * records);
    this.#heads = new Int32Array(2 * records).fill(none);
  }

  get bytes(): number {
    return this.words.byteLength + this.#heads.byteLength;
  }

  /** Bytes by which the next {@link take} would grow the array of records; 0 mostly. */
  get growth(): number {
    return this.#free === none && (this.#top + 1) * this.#width > this.words.length
      ? this.words.byteLength
      : 0;
  }

  /** The first record that may have this hash; each names the next one in its link. */
  first(hash: number): number {
    return this.#heads[hash & (this.#heads.length - 1)];
  }

  /** A record under this hash; the caller writes every word but the link, before anything else is taken. */
  take(hash: number): number {
    let at = this.#free;
    if (at !== none) this.#free = this.words[at * this.#width + this.#link];
    else {
      at = this.#top++;
      if (this.#top * this.#width > this.words.length) {
        const grown = new Int32Array(this.words.length * 2);
        grown.set(this.words);
        this.words = grown;
      }
    }
    if (this.size++ === this.#heads.length) this.#rehash();
    const spot = hash & (this.#heads.length - 1);
    this.words[at * this.#width + this.#link] = this.#heads[spot];
    this.#heads[spot] = at;
    return at;
  }

  /** Gives a record back; its words are as they were when it was taken, as far as its hash goes. */
  drop(at: number): void {
    const words = this.words;
    const width = this.#width;
    const link = this.#link;
    const heads = this.#heads;
    const base = at * width;
    const spot = this.#hashOf(words, base) & (heads.length - 1);
    let before = heads[spot];
    if (before === at) heads[spot] = words[base + link];
    else {
      while (words[before * width + link] !== at) before = words[before * width + link];
      words[before * width + link] = words[base + link];
    }
    words[base + link] = this.#free;
    this.#free = at;
    this.size--;
  }

  #rehash(): void {
    const words = this.words;
    const old = this.#heads;
    const heads = new Int32Array(old.length * 2).fill(none);
    for (const head of old) {
      for (let at = head; at !== none;) {
        const base = at * this.#width;
        const next = words[base + this.#link];
        const spot = this.#hashOf(words, base) & (heads.length - 1);
        words[base + this.#link] = heads[spot];
        heads[spot] = at;
        at = next;
      }
    }
    this.#heads = heads;
  }
}
