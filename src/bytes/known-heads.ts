import { kernel, placeInChunk, reserve } from './kernel.ts';

/**
 * Beginnings of texts that come again and again, known by all of their bytes: what such a beginning says need not be found out
 * twice. The first sixteen that are kept; later ones take the places of earlier ones in turn. One per purpose and thread: its
 * memory is never given back.
 */
export class KnownHeads {
  #heads = 0;
  #next = 0;

  /** Which one `bytes[start, end)` begins with, < 16; -1 when that is not known, or for bytes in no announced chunk. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (this.#heads === 0) return -1;
    const base = placeInChunk(bytes, start, end);
    return Number.isNaN(base) ? -1 : kernel().headFind(this.#heads, base + start, base + end);
  }

  /** Keeps `bytes[start, end)`; which one it is from now on. -1: it is too short or too long, or in no announced chunk. */
  keep(bytes: Uint8Array, start: number, end: number): number {
    const functions = kernel();
    const { headCount, headShortest, headLongest } = functions;
    const length = end - start;
    if (length < headShortest.value || length > headLongest.value) return -1;
    if (this.#heads === 0) {
      this.#heads = functions.newHeads();
      // Throws when there was no memory left for them.
      reserve(0);
    }
    const base = placeInChunk(bytes, start, end);
    if (Number.isNaN(base)) return -1;
    const index = this.#next % headCount.value;
    this.#next++;
    functions.headPut(this.#heads, index, base + start, length);
    return index;
  }
}
