import { findText, lastText } from './find-text.ts';
import { kernel, place, reserve, scratchSize } from './kernel.ts';

/** Texts with the same beginning share a group, of which the kernel has so many. */
const groups = 8;

/**
 * Where texts stand in a line, all of them found in one go. There is one list of the same texts for all readers; lists are
 * those of formats, and are never given back.
 */
export class TextMarks {
  static readonly #known = new Map<string, TextMarks>();
  /** Text i's first place is `found[2 * i]`, its last one `found[2 * i + 1]`; -1 when it is not there: see {@link in}. */
  readonly found: Int32Array;
  readonly #texts: readonly string[];
  readonly #kernel = kernel();
  readonly #list: number;

  /** `texts`: ASCII, of one character or more. */
  static of(texts: readonly string[]): TextMarks {
    const name = JSON.stringify(texts);
    let marks = TextMarks.#known.get(name);
    if (marks === undefined) {
      marks = new TextMarks(texts);
      TextMarks.#known.set(name, marks);
    }
    return marks;
  }

  private constructor(texts: readonly string[]) {
    const kernel = this.#kernel;
    const { buffer } = kernel.memory;
    this.#texts = texts;
    this.#list = kernel.marksList(texts.length);
    this.found = new Int32Array(buffer, kernel.marksFound(this.#list), 2 * texts.length);
    const beginnings = [...new Set(texts.map((text) => text.slice(0, 3)))].sort();
    for (const [i, text] of texts.entries()) {
      const bytes = Buffer.from(text, 'latin1');
      const at = reserve(bytes.length + 16);
      new Uint8Array(buffer).set(bytes, at);
      // Beginnings that are alike are neighbours, and one group takes neighbours.
      const beginning = beginnings.indexOf(text.slice(0, 3));
      const group =
        beginnings.length <= groups ? beginning : Math.floor((beginning * groups) / beginnings.length);
      kernel.marksText(this.#list, i, at, bytes.length, group);
    }
  }

  /** Finds all texts in `bytes[start, end)`: see {@link found}. */
  find(bytes: Uint8Array, start: number, end: number): void {
    const base = place(bytes, start, end);
    if (end - start > scratchSize) this.#findEach(bytes, start, end);
    else this.#kernel.marksFind(this.#list, base, start, end);
  }

  /**
   * The first place of text `i` in `bytes[from, to)`, which is part of what {@link find} was asked for; -1 when it is not there.
   */
  in(i: number, bytes: Uint8Array, from: number, to: number): number {
    const first = this.found[2 * i];
    if (first >= from) return first + this.#texts[i].length <= to ? first : -1;
    return this.found[2 * i + 1] < from ? -1 : findText(bytes, from, to, this.#texts[i]);
  }

  /** What is longer than the kernel may see at once. */
  #findEach(bytes: Uint8Array, start: number, end: number): void {
    for (const [i, text] of this.#texts.entries()) {
      this.found[2 * i] = findText(bytes, start, end, text);
      this.found[2 * i + 1] = lastText(bytes, start, end, text);
    }
  }
}
