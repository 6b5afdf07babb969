import { foldedHash } from '../bytes/word-table.ts';

/** Places; a text that falls on another's takes it over. */
const places = 64;
const longest = 64;
const wordsPerText = longest / 4;

/**
 * Remembers what came of looking through a short text, for texts that repeat from line to line (an event's name, a rule, a
 * verdict): one comparison instead of a search for each of many words. Exact: a text is known by all of its bytes.
 */
export class SeenTexts {
  /** Four bytes of a text each. */
  readonly #texts = new Int32Array(places * wordsPerText);
  /** 1 + the text's length, 0 where no text is. */
  readonly #length = new Uint8Array(places);
  readonly #result = new Int32Array(places);
  #place = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  /** What {@link keep} was given for `bytes[start, end)`; -1 when it is not known. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const place = foldedHash(bytes, start, end) & (places - 1);
    this.#place = place;
    if (this.#length[place] !== length + 1) return -1;
    const view = this.#viewOf(bytes);
    const whole = end - 3;
    let word = place * wordsPerText;
    let at = start;
    for (; at < whole; at += 4) if (view.getInt32(at, true) !== this.#texts[word++]) return -1;
    return at === end || rest(bytes, at, end) === this.#texts[word] ? this.#result[place] : -1;
  }

  /** Keeps the result (≥ 0) of the text that {@link find} was last asked for, if it is not too long; returns it. */
  keep(bytes: Uint8Array, start: number, end: number, result: number): number {
    const length = end - start;
    if (length > longest || length < 0) return result;
    const place = this.#place;
    this.#length[place] = length + 1;
    this.#result[place] = result;
    const view = this.#viewOf(bytes);
    let word = place * wordsPerText;
    let at = start;
    for (; at + 4 <= end; at += 4) this.#texts[word++] = view.getInt32(at, true);
    if (at < end) this.#texts[word] = rest(bytes, at, end);
    return result;
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }
}

/** One to three bytes as a number. */
function rest(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = (value << 8) | bytes[at];
  return value;
}
