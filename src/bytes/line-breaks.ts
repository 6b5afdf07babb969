import { newline } from './codes.ts';
import { kernel, placeInChunk } from './kernel.ts';

/**
 * The line breaks of the announced chunk, found a thousand at a time: asking for one costs a look into a table. Of other bytes
 * each is searched for.
 */
export class LineBreaks {
  readonly #kernel = kernel();
  readonly #limit = this.#kernel.breakLimit.value;
  /** What the kernel found last, for whomever. */
  readonly #shared = new Uint32Array(this.#kernel.memory.buffer, this.#kernel.breaks.value, this.#limit + 16);
  readonly #found = new Uint32Array(this.#limit + 16);
  #bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes: Buffer's search is memchr; Uint8Array's is four times slower. */
  #buffer: Buffer = Buffer.alloc(0);
  #end = 0;
  #next = 0;
  #count = 0;
  /** Whether there are none behind those in the table. */
  #all = false;

  /** To be asked for the breaks of `bytes[start, end)` from here on. */
  begin(bytes: Uint8Array, end: number): void {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = end;
    this.#next = 0;
    this.#count = 0;
    this.#all = false;
  }

  /** The first break from `at` on, just behind the one that was found before, or where to begin; `end` when there is none. */
  after(at: number): number {
    return this.#next < this.#count ? this.#found[this.#next++] : this.#more(at);
  }

  #more(at: number): number {
    const end = this.#end;
    if (this.#all || at >= end) return end;
    const base = placeInChunk(this.#bytes, at, end);
    if (Number.isNaN(base)) {
      const stop = this.#buffer.indexOf(newline, at);
      return stop < 0 || stop > end ? end : stop;
    }
    this.#count = this.#kernel.breaksFound(base, at, end);
    this.#found.set(this.#shared.subarray(0, this.#count));
    this.#all = this.#count < this.#limit;
    this.#next = 0;
    return this.#count > 0 ? this.#found[this.#next++] : end;
  }
}
