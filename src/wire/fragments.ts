/*
 * Fragments, reassembled just far enough to see a transport header. Only the first 64 bytes of a datagram matter, so an
 * entry is a fixed 64-byte buffer with one bit for each 8-byte unit; fragments that begin past them are not kept.
 * The table is set-associative and fixed in size: a flood of fragments overwrites the oldest of four, and is counted.
 */

const slots = 4096;
const ways = 4;
const unit = 8;
const kept = 64;
/** Linux and the RFC 791 advice keep fragments 15–30 s; later ones belong to another datagram with the same id. */
const lifetime = 30_000_000;

export class Fragments {
  readonly #key = new Int32Array(slots * 10);
  readonly #time = new Float64Array(slots);
  readonly #have = new Uint8Array(slots);
  readonly #state = new Uint8Array(slots); // 0 free, 1 collecting, 2 handed over
  readonly #bytes = new Uint8Array(slots * kept);
  readonly #view = new DataView(this.#bytes.buffer);
  /** Datagrams that were overwritten, or timed out, before their header was complete. */
  dropped = 0;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /**
   * Adds the fragment `bytes[start, end)` that stands at `offset` (a multiple of 8) of the datagram. Returns where in
   * {@link bytes} the datagram begins once its first `needed` bytes are there (once only), else -1.
   */
  add(
    address: Int32Array,
    proto: number,
    id: number,
    time: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    offset: number,
    needed: number,
  ): number {
    const slot = this.#slotOf(address, proto, id, time);
    if (this.#state[slot] === 2) return -1;
    const base = slot * kept;
    for (let at = offset; at < kept; at += unit) {
      const from = start + at - offset;
      if (from >= end) break;
      const bit = 1 << (at / unit);
      // The first copy of a unit stays: an overlapping fragment must not rewrite what was already seen.
      if ((this.#have[slot] & bit) !== 0) continue;
      this.#have[slot] |= bit;
      for (let i = 0; i < unit; i++) this.#bytes[base + at + i] = from + i < end ? bytes[from + i] : 0;
    }
    const wanted = (1 << Math.ceil(needed / unit)) - 1;
    if ((this.#have[slot] & wanted) !== wanted) return -1;
    this.#state[slot] = 2;
    return base;
  }

  #slotOf(address: Int32Array, proto: number, id: number, time: number): number {
    let hash = Math.imul(id, 0x9e3779b1) ^ proto;
    for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ address[i], 0x85ebca6b) ^ (hash >>> 15);
    hash ^= hash >>> 13;
    const first = (hash & (slots / ways - 1)) * ways;
    let oldest = first;
    for (let slot = first; slot < first + ways; slot++) {
      if (this.#state[slot] === 0) {
        oldest = slot;
        break;
      }
      if (this.#same(slot, address, proto, id)) {
        if (Math.abs(time - this.#time[slot]) < lifetime) return slot;
        oldest = slot;
        break;
      }
      if (this.#time[slot] < this.#time[oldest]) oldest = slot;
    }
    if (this.#state[oldest] === 1) this.dropped++;
    const key = oldest * 10;
    for (let i = 0; i < 8; i++) this.#key[key + i] = address[i];
    this.#key[key + 8] = proto;
    this.#key[key + 9] = id;
    this.#time[oldest] = time;
    this.#have[oldest] = 0;
    this.#bytes.fill(0, oldest * kept, (oldest + 1) * kept);
    this.#state[oldest] = 1;
    return oldest;
  }

  #same(slot: number, address: Int32Array, proto: number, id: number): boolean {
    const key = slot * 10;
    for (let i = 0; i < 8; i++) if (this.#key[key + i] !== address[i]) return false;
    return this.#key[key + 8] === proto && this.#key[key + 9] === id;
  }
}
