/**
 * Texts that may be needed once their actor becomes a suspect: a ring of bytes that forgets the oldest. A text is named
 * by a 32-bit note; a note whose text was overwritten reads ''.
 *
 *   [ length (2 bytes) | text … ][ length | text … ] …   every text starts at a multiple of 4
 */
export class TextRing {
  readonly #bytes: Uint8Array;
  /** Position of the next text, ever growing. */
  #head = 0;
  readonly #joined = new Uint8Array(1024);

  /** `size`: bytes, a power of two. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  get bytes(): number {
    return this.#bytes.length;
  }

  /** Keeps up to `limit` bytes of `from[start, start + length)`. */
  put(from: Uint8Array, start: number, length: number, limit = 512): number {
    const kept = length > limit ? limit : length;
    const ring = this.#bytes;
    const mask = ring.length - 1;
    // A text does not wrap: what is left at the end is skipped.
    if ((this.#head & mask) + kept + 2 > ring.length) this.#head += ring.length - (this.#head & mask);
    const at = this.#head & mask;
    ring[at] = kept & 255;
    ring[at + 1] = kept >>> 8;
    for (let i = 0; i < kept; i++) ring[at + 2 + i] = from[start + i];
    const note = (this.#head / 4) | 0;
    this.#head += (kept + 5) & ~3;
    return note;
  }

  /** Keeps two texts as one: the first (at most `limit` bytes), a line feed, the second (at most half as many). */
  putTwo(
    first: Uint8Array,
    firstStart: number,
    firstLength: number,
    second: Uint8Array,
    secondStart: number,
    secondLength: number,
    limit = 512,
  ): number {
    const a = firstLength > limit ? limit : firstLength;
    const b = secondLength > limit / 2 ? limit / 2 : secondLength;
    const joined = this.#joined;
    for (let i = 0; i < a; i++) joined[i] = first[firstStart + i];
    joined[a] = 10;
    for (let i = 0; i < b; i++) joined[a + 1 + i] = second[secondStart + i];
    return this.put(joined, 0, a + 1 + b, joined.length);
  }

  /** The text as bytes, or undefined when it has been overwritten. Notes wrap after 16 GiB of texts. */
  get(note: number): Uint8Array | undefined {
    if (note === -1) return undefined;
    const ring = this.#bytes;
    const behind = (((this.#head / 4) | 0) - note) >>> 0;
    if (behind === 0 || behind * 4 > ring.length || behind * 4 > this.#head) return undefined;
    const at = (note * 4) & (ring.length - 1);
    return ring.subarray(at + 2, at + 2 + (ring[at] | (ring[at + 1] << 8)));
  }

  text(note: number): string {
    const bytes = this.get(note);
    return bytes ? Buffer.from(bytes).toString('utf8') : '';
  }
}
