/**
 * Numbers by ASCII words of any case, found in a line's bytes without making a string: a logged protocol, a query
 * type, a response code.
 */
export class WordTable {
  /** All words behind each other in lower case; of word i: where it begins, and what it stands for. */
  readonly #text: Uint8Array;
  readonly #from: Uint16Array;
  readonly #value: Float64Array;
  /** Open addressing by {@link foldedHash}: 1 + the word, 0 for nobody. */
  readonly #slots: Uint16Array;

  /** `words`: none of them empty. */
  constructor(words: readonly (readonly [word: string, value: number])[]) {
    const texts = words.map(([word]) => Buffer.from(word.toLowerCase(), 'latin1'));
    this.#text = Uint8Array.from(Buffer.concat(texts));
    this.#from = new Uint16Array(words.length + 1);
    for (const [i, { length }] of texts.entries()) this.#from[i + 1] = this.#from[i] + length;
    this.#value = Float64Array.from(words, ([, value]) => value);
    let size = 16;
    while (size < words.length * 4) size *= 2;
    this.#slots = new Uint16Array(size);
    for (const [i, text] of texts.entries()) {
      let slot = foldedHash(text, 0, text.length) & (size - 1);
      while (this.#slots[slot] > 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = i + 1;
    }
  }

  /** The number of the word that `bytes[start, end)` is, any case; NaN when it is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = foldedHash(bytes, start, end) & mask;
    for (;;) {
      const word = this.#slots[slot] - 1;
      if (word < 0) return Number.NaN;
      if (this.#isWord(bytes, start, end, word)) return this.#value[word];
      slot = (slot + 1) & mask;
    }
  }

  #isWord(bytes: Uint8Array, start: number, end: number, word: number): boolean {
    const from = this.#from[word];
    const length = this.#from[word + 1] - from;
    if (end - start !== length) return false;
    return isFolded(bytes, start, this.#text, from, length);
  }
}

/** Of length, first, middle and last byte, case folded: words of one kind differ in those. */
export function foldedHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length <= 0) return 0;
  return (
    length * 7 +
    (bytes[start] | 32) * 3 +
    (bytes[start + (length >> 1)] | 32) * 17 +
    (bytes[end - 1] | 32) * 31 +
    (bytes[start + (length >> 2)] | 32) * 11
  );
}

/** Whether `length` bytes at `start` are, but for the case of letters, the lower-case ones of `text` at `from`. */
export function isFolded(
  bytes: Uint8Array,
  start: number,
  text: Uint8Array,
  from: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) {
    const code = bytes[start + i];
    if (code !== text[from + i] && (code < 65 || code > 90 || code + 32 !== text[from + i])) return false;
  }
  return true;
}
