import { mix4 } from './hash.ts';

/*
 * What each source did, as long as it is little: up to so many different cells (32-bit words whose meaning is the
 * caller's) per source and two words of context. Who does more is remembered as one with too many. Everything is a set or
 * an extreme, so the order of events within the lateness changes nothing; when the table is full the oldest record goes,
 * and is counted.
 *
 *   record   source (2 words) · context (2 words) · next in chain · cells, good events · input · line · first · last · cells …
 */

const HIGH = 0;
const LOW = 1;
const X = 2;
const Y = 3;
const NEXT = 4;
const COUNT = 5;
const GOOD = 6;
const BITS = 7;
const INPUT = 8;
const LINE = 9;
const FIRST = 10; // two words, a Float64
const LAST = 12; // two words, a Float64
const CELLS = 14;
const none = -1;
/** In place of the number of cells: more than a record holds. */
const tooMany = 255;
const lifetime = 86_400_000_000;

export class FewCells {
  readonly #each: number;
  readonly #stride: number;
  readonly #limit: number;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #heads: Int32Array;
  #top = 0;
  #oldest = 0;
  /** Records that had to go while they were younger than a day. */
  evicted = 0;
  /** Records begun, ever: who asks again can tell whether there is anything new. */
  begun = 0;
  /** Cells noted, ever. */
  noted = 0;
  /** Whether the last {@link see} noted a cell that was new to its record. */
  fresh = false;

  /** `each`: cells of a record, an even number; `limit`: records, a power of two. */
  constructor(each: number, limit: number) {
    this.#each = each;
    this.#stride = CELLS + each;
    this.#limit = limit;
    const buffer = new ArrayBuffer(4 * this.#stride * limit);
    this.#words = new Int32Array(buffer);
    this.#times = new Float64Array(buffer);
    this.#heads = new Int32Array(2 * limit).fill(none);
  }

  get bytes(): number {
    return this.#words.byteLength + this.#heads.byteLength;
  }

  /** Records in use: they are numbered from 0. */
  get size(): number {
    return this.#top;
  }

  /** Notes a cell of the source; returns its record. `bits` are or-ed into the record's. */
  see(high: number, low: number, x: number, y: number, cell: number, bits: number, time: number): number {
    const spot = mix4(high, low, x, y) & (2 * this.#limit - 1);
    let at = this.#find(spot, high, low, x, y);
    if (at === none) at = this.#add(spot, high, low, x, y, time);
    const words = this.#words;
    const base = at * this.#stride;
    if (time - this.#times[(base + FIRST) >> 1] > lifetime) this.#renew(base, time);
    this.#times[(base + LAST) >> 1] = time;
    words[base + BITS] |= bits;
    this.fresh = false;
    const count = words[base + COUNT];
    if (count === tooMany) return at;
    const end = base + CELLS + count;
    for (let i = base + CELLS; i < end; i++) if (words[i] === cell) return at;
    if (count === this.#each) words[base + COUNT] = tooMany;
    else {
      words[end] = cell;
      words[base + COUNT] = count + 1;
      this.fresh = true;
      this.noted++;
    }
    return at;
  }

  /** Where the record was seen first: whoever noted it says so once. */
  mark(at: number, input: number, line: number): void {
    const base = at * this.#stride;
    if (this.#words[base + LINE] !== 0) return;
    this.#words[base + INPUT] = input;
    this.#words[base + LINE] = line;
  }

  /** Something of a source that is no cell, if the source is known. */
  good(high: number, low: number, x: number, y: number): void {
    const at = this.#find(mix4(high, low, x, y) & (2 * this.#limit - 1), high, low, x, y);
    if (at !== none) this.#words[at * this.#stride + GOOD]++;
  }

  /** Cells of a record, 0 when it has too many. */
  count(at: number): number {
    const count = this.#words[at * this.#stride + COUNT];
    return count === tooMany ? 0 : count;
  }

  cell(at: number, i: number): number {
    return this.#words[at * this.#stride + CELLS + i];
  }

  high(at: number): number {
    return this.#words[at * this.#stride + HIGH] >>> 0;
  }

  low(at: number): number {
    return this.#words[at * this.#stride + LOW] >>> 0;
  }

  x(at: number): number {
    return this.#words[at * this.#stride + X] >>> 0;
  }

  y(at: number): number {
    return this.#words[at * this.#stride + Y] >>> 0;
  }

  goods(at: number): number {
    return this.#words[at * this.#stride + GOOD];
  }

  bits(at: number): number {
    return this.#words[at * this.#stride + BITS];
  }

  input(at: number): number {
    return this.#words[at * this.#stride + INPUT];
  }

  line(at: number): number {
    return this.#words[at * this.#stride + LINE] >>> 0;
  }

  /** µs of the record's first and latest cell. */
  first(at: number): number {
    return this.#times[(at * this.#stride + FIRST) >> 1];
  }

  last(at: number): number {
    return this.#times[(at * this.#stride + LAST) >> 1];
  }

  #find(spot: number, high: number, low: number, x: number, y: number): number {
    const words = this.#words;
    let at = this.#heads[spot];
    while (at !== none) {
      const base = at * this.#stride;
      if (
        words[base + LOW] === (low | 0) &&
        words[base + HIGH] === (high | 0) &&
        words[base + X] === (x | 0) &&
        words[base + Y] === (y | 0)
      )
        return at;
      at = words[base + NEXT];
    }
    return none;
  }

  #add(spot: number, high: number, low: number, x: number, y: number, time: number): number {
    let at = this.#top;
    if (at < this.#limit) this.#top++;
    else {
      at = this.#oldest;
      this.#oldest = (at + 1) & (this.#limit - 1);
      this.#unlink(at);
      if (time - this.first(at) <= lifetime) this.evicted++;
    }
    const words = this.#words;
    const base = at * this.#stride;
    words[base + HIGH] = high;
    words[base + LOW] = low;
    words[base + X] = x;
    words[base + Y] = y;
    words[base + NEXT] = this.#heads[spot];
    this.#heads[spot] = at;
    this.#renew(base, time);
    return at;
  }

  #renew(base: number, time: number): void {
    const words = this.#words;
    words[base + COUNT] = 0;
    words[base + GOOD] = 0;
    words[base + BITS] = 0;
    words[base + LINE] = 0;
    this.#times[(base + FIRST) >> 1] = time;
    this.begun++;
  }

  #unlink(at: number): void {
    const words = this.#words;
    const base = at * this.#stride;
    const spot =
      mix4(words[base + HIGH], words[base + LOW], words[base + X], words[base + Y]) & (2 * this.#limit - 1);
    let known = this.#heads[spot];
    if (known === at) {
      this.#heads[spot] = words[base + NEXT];
      return;
    }
    while (known !== none) {
      const next = words[known * this.#stride + NEXT];
      if (next === at) {
        words[known * this.#stride + NEXT] = words[base + NEXT];
        return;
      }
      known = next;
    }
  }
}
