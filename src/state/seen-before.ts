/**
 * Whether a 64-bit hash was added at an earlier time: two Bloom filters (Bloom 1970), the older one forgotten when the
 * younger is full. What is added waits until time moves on, so that rows of one µs do not see one another. Never forgets
 * among the last `capacity` hashes; says "seen" of something new with a probability of about 1 %.
 */
export class SeenBefore {
  readonly #bits: number;
  readonly #capacity: number;
  #young: Int32Array;
  #old: Int32Array;
  #added = 0;
  #pending = new Uint32Array(256);
  #pendingLength = 0;

  /** `capacity`: hashes, a power of two; two bytes each. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#bits = capacity * 16;
    this.#young = new Int32Array(this.#bits / 32);
    this.#old = new Int32Array(this.#bits / 32);
  }

  get bytes(): number {
    return this.#young.byteLength * 2 + this.#pending.byteLength;
  }

  add(low: number, high: number): void {
    const n = this.#pendingLength;
    if (n + 2 > this.#pending.length) {
      // A µs of a million rows is no reason to grow without end: applying early only costs order.
      if (n >= 1 << 21) this.settle();
      else {
        const grown = new Uint32Array(this.#pending.length * 2);
        grown.set(this.#pending);
        this.#pending = grown;
      }
    }
    this.#pending[this.#pendingLength] = low;
    this.#pending[this.#pendingLength + 1] = high;
    this.#pendingLength += 2;
  }

  /** Time has moved on: what was added counts as seen. */
  settle(): void {
    if (this.#pendingLength === 0) return;
    for (let i = 0; i < this.#pendingLength; i += 2) this.#put(this.#pending[i], this.#pending[i + 1]);
    this.#pendingLength = 0;
    if (this.#added < this.#capacity) return;
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.fill(0);
    this.#added = 0;
  }

  has(low: number, high: number): boolean {
    return this.#in(this.#young, low, high) || this.#in(this.#old, low, high);
  }

  #in(filter: Int32Array, low: number, high: number): boolean {
    const mask = this.#bits - 1;
    // All four bits of a hash lie in one cache line of 512 bits.
    const line = low & mask & ~511;
    for (let i = 0; i < 4; i++) {
      const bit = line | (((high >>> (8 * i)) ^ (i << 6) ^ (low >>> (23 + i))) & 511);
      if ((filter[bit >>> 5] & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  #put(low: number, high: number): void {
    const mask = this.#bits - 1;
    const line = low & mask & ~511;
    let fresh = false;
    for (let i = 0; i < 4; i++) {
      const bit = line | (((high >>> (8 * i)) ^ (i << 6) ^ (low >>> (23 + i))) & 511);
      if ((this.#young[bit >>> 5] & (1 << (bit & 31))) !== 0) continue;
      this.#young[bit >>> 5] |= 1 << (bit & 31);
      fresh = true;
    }
    if (fresh) this.#added++;
  }
}
