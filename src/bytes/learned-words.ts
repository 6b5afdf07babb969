import { kernel, place, placed } from './kernel.ts';

const slots = 64;
/** A list that is fuller than this would be searched for long. */
const most = 40;

/**
 * What short values stand for, found out once for each that is met: the kernel knows it from then on. Of the first forty; what is
 * longer, or comes later, is looked at anew each time. One per meaning and thread: its memory is never given back.
 */
export class LearnedWords {
  /** What `bytes[start, end)` stands for, known or not. */
  readonly of: (bytes: Uint8Array, start: number, end: number) => number;
  #list = 0;
  #known = 0;

  /** `meaning`: a number ≥ 0 that depends on nothing but the bytes `[start, end)`. */
  constructor(meaning: (bytes: Uint8Array, start: number, end: number) => number) {
    this.of = meaning;
  }

  /** Where the kernel has them. */
  get list(): number {
    return (this.#list ||= kernel().newWords(slots, false));
  }

  /** As {@link of}, of what the kernel does not know yet. */
  learn(bytes: Uint8Array, start: number, end: number): number {
    const meaning = this.of(bytes, start, end);
    if (this.#known < most && end > start && end - start <= kernel().wordLimit.value) {
      this.#known++;
      const base = place(bytes, start, end);
      kernel().wordPut(this.list, base + start, base + placed, meaning);
    }
    return meaning;
  }
}
