import { compareWords, isMapped } from './address.ts';
import type { Cidr, Words } from './address.ts';

/**
 * Values by address block, of both families: which blocks hold an address, the smallest first. Blocks nest or are apart, so
 * each knows the next larger one around it, and a question is one binary search and a short walk:
 *
 *   first ascending, larger block first     10.0.0.0/8   10.1.0.0/16   10.1.2.0/24   10.9.0.0/16
 *   the next one around it                       –     ◀──────┘   ◀──────┘     ◀───────────┘ (to /8)
 */
export class PrefixTable<T> {
  readonly #first: Uint32Array;
  readonly #bits: Uint8Array;
  /** Index of the smallest block around; −1: none. */
  readonly #around: Int32Array;
  readonly #values: readonly T[];

  constructor(entries: readonly { readonly block: Cidr; readonly value: T }[]) {
    const sorted = entries.toSorted(
      (x, y) => compareWords(x.block.first, y.block.first) || x.block.bits - y.block.bits,
    );
    this.#first = new Uint32Array(4 * sorted.length);
    this.#bits = new Uint8Array(sorted.length);
    this.#around = new Int32Array(sorted.length);
    this.#values = sorted.map(({ value }) => value);
    for (const [i, { block }] of sorted.entries()) {
      this.#first.set(block.first, 4 * i);
      this.#bits[i] = block.bits;
      let around = i - 1;
      while (around >= 0 && !this.#holds(around, block.first)) around = this.#around[around];
      this.#around[i] = around;
    }
  }

  get size(): number {
    return this.#values.length;
  }

  /** Values of every block that holds the address, the smallest block first. */
  at(words: Words): T[] {
    return this.holding(words, 128);
  }

  /** Values of every block that holds all of the block of `bits` (in the 128-bit space) at `words`. */
  holding(words: Words, bits: number): T[] {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#beginsBy(middle, words)) low = middle + 1;
      else high = middle;
    }
    const found: T[] = [];
    // ::/0 means every IPv6 address, not IPv4 in its mapped form.
    const least = isMapped(words[0], words[1], words[2]) ? 96 : 0;
    for (let i = low - 1; i >= 0; i = this.#around[i]) {
      if (this.#bits[i] >= least && this.#bits[i] <= bits && this.#holds(i, words))
        found.push(this.#values[i]);
    }
    return found;
  }

  /** Whether the block begins at or before the address. */
  #beginsBy(index: number, words: Words): boolean {
    for (let i = 0; i < 4; i++) {
      const word = this.#first[4 * index + i];
      if (word !== words[i]) return word < words[i];
    }
    return true;
  }

  #holds(index: number, words: Words): boolean {
    let left = this.#bits[index];
    for (let i = 0; left > 0; i++, left -= 32) {
      const shift = left >= 32 ? 0 : 32 - left;
      if ((this.#first[4 * index + i] ^ words[i]) >>> shift !== 0) return false;
    }
    return true;
  }
}
