import { kernel, place, placed, reserve } from './kernel.ts';

// Searches through much of a line; of what is in no announced chunk, no more than 2 MiB are looked at.

/** As `find` of numbers.ts: the first position of the byte in `bytes[start, end)`; `end` when it is not there. */
export function findFar(bytes: Uint8Array, start: number, end: number, code: number): number {
  if (start >= end) return end;
  const base = place(bytes, start, end);
  const at = kernel().searchByte(base, start, placed, code);
  return at < placed ? at : end;
}

/** The first position in `bytes[start, end)` behind a blank or '-' whose byte is one of three; `end` when there is none. */
export function findWord(
  bytes: Uint8Array,
  start: number,
  end: number,
  a: number,
  b: number,
  c: number,
): number {
  if (start >= end) return end;
  // The byte in front of the first one is looked at too.
  const base = place(bytes, Math.max(0, start - 1), end);
  const at = kernel().searchWord(base, start, placed, a, b, c);
  return at < placed ? at : end;
}

/** A text that lines are searched for: of a format's own, for what it takes in the kernel's tables is never given back. */
export class FarText {
  readonly #text: Uint8Array;
  /** Where the kernel has it, from the first search on. */
  #address = 0;

  /** `text`: ASCII, 2 to 16 characters. */
  constructor(text: string) {
    this.#text = Buffer.from(text, 'latin1');
    if (text.length < 2 || text.length > 16) throw new RangeError(`not 2 to 16 characters: '${text}'`);
  }

  /** As `findText` of numbers.ts: its first position in `bytes[start, end)`; -1 when it is not there. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const { length } = this.#text;
    if (end - start < length) return -1;
    if (this.#address === 0) {
      this.#address = reserve(16);
      new Uint8Array(kernel().memory.buffer).set(this.#text, this.#address);
    }
    const base = place(bytes, start, end);
    const at = kernel().searchText(base, start, placed, this.#address, length);
    return at < placed ? at : -1;
  }
}
