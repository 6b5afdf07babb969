import { foldedHash } from '../bytes/word-table.ts';

/** Places; a text that falls on another's takes it over. */
const places = 64;
const longest = 64;

/**
 * Remembers what came of looking through a short text, for texts that repeat from line to line (an event's name, a rule, a
 * verdict): one comparison instead of a search for each of many words. Exact: a text is known by all of its bytes.
 */
export class SeenTexts {
  readonly #texts = new Uint8Array(places * longest);
  /** 1 + the text's length, 0 where no text is. */
  readonly #length = new Uint8Array(places);
  readonly #result = new Int32Array(places);
  #place = 0;

  /** What {@link keep} was given for `bytes[start, end)`; -1 when it is not known. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const place = foldedHash(bytes, start, end) & (places - 1);
    this.#place = place;
    if (this.#length[place] !== length + 1) return -1;
    const base = place * longest;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== this.#texts[base + i]) return -1;
    return this.#result[place];
  }

  /** Keeps the result (≥ 0) of the text that {@link find} was last asked for, if it is not too long; returns it. */
  keep(bytes: Uint8Array, start: number, end: number, result: number): number {
    const length = end - start;
    if (length > longest || length < 0) return result;
    const place = this.#place;
    this.#length[place] = length + 1;
    this.#result[place] = result;
    for (let i = 0; i < length; i++) this.#texts[place * longest + i] = bytes[start + i];
    return result;
  }
}
