import { address } from '../bytes/addresses.ts';
import { decimal, isText, port } from '../bytes/numbers.ts';
import { foldedHash, isFolded } from '../bytes/word-table.ts';
import { beginsWith } from './verdict-words.ts';

/**
 * Keeps where the values of known keys stand in a line of 'key=value' or the like. Keys are compared without case and
 * without making strings; of a key that comes twice the first counts; unknown keys are passed over.
 */
export class NamedFields {
  /** Where the value of field i stands; both are what they were before when it is absent: ask {@link has}. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** All names behind each other; of name i: where it begins, how long it is, whose it is. */
  readonly #text: Uint8Array;
  readonly #from: Uint16Array;
  readonly #length: Uint8Array;
  readonly #field: Uint8Array;
  /** Open addressing by {@link foldedHash}: 1 + the name, 0 for nobody. */
  readonly #table: Uint8Array;
  readonly #mask: number;
  readonly #line: Uint32Array;
  #lineNumber = 0;

  /** Field i is `names[i]`; several names for one field are parted by '|'. At most 255 fields. */
  constructor(names: readonly string[]) {
    const all = names.flatMap((text, field) => text.split('|').map((name) => ({ name, field })));
    this.start = new Uint32Array(names.length);
    this.end = new Uint32Array(names.length);
    this.#line = new Uint32Array(names.length);
    const texts = all.map(({ name }) => Buffer.from(name.toLowerCase()));
    this.#text = Buffer.concat(texts);
    this.#length = Uint8Array.from(texts, ({ length }) => length);
    this.#from = new Uint16Array(all.length);
    for (let i = 1; i < all.length; i++) this.#from[i] = this.#from[i - 1] + texts[i - 1].length;
    this.#field = Uint8Array.from(all, ({ field }) => field);
    let size = 64;
    while (size < all.length * 8) size *= 2;
    this.#mask = size - 1;
    this.#table = new Uint8Array(size);
    for (const [i, name] of texts.entries()) {
      let slot = foldedHash(name, 0, name.length) & this.#mask;
      while (this.#table[slot] > 0) slot = (slot + 1) & this.#mask;
      this.#table[slot] = i + 1;
    }
  }

  /** Forgets the line before. */
  begin(): void {
    this.#lineNumber = (this.#lineNumber + 1) >>> 0;
  }

  /** The key `bytes[keyStart, keyEnd)` has the value `bytes[start, end)`. */
  set(bytes: Uint8Array, keyStart: number, keyEnd: number, start: number, end: number): void {
    const mask = this.#mask;
    const table = this.#table;
    const length = keyEnd - keyStart;
    let slot = foldedHash(bytes, keyStart, keyEnd) & mask;
    for (;;) {
      const entry = table[slot];
      if (entry === 0) return;
      if (
        this.#length[entry - 1] === length &&
        isFolded(bytes, keyStart, this.#text, this.#from[entry - 1], length)
      ) {
        const field = this.#field[entry - 1];
        if (this.#line[field] === this.#lineNumber) return;
        this.#line[field] = this.#lineNumber;
        this.start[field] = start;
        this.end[field] = end;
        return;
      }
      slot = (slot + 1) & mask;
    }
  }

  has(field: number): boolean {
    return this.#line[field] === this.#lineNumber;
  }

  /** The value begins with the lower-case `text`, any case. */
  begins(bytes: Uint8Array, field: number, text: string): boolean {
    return this.has(field) && beginsWith(bytes, this.start[field], this.end[field], text);
  }

  is(bytes: Uint8Array, field: number, text: string): boolean {
    return this.has(field) && isText(bytes, this.start[field], this.end[field], text);
  }

  /** A whole number ≥ 0; -1 when absent or something else. */
  integer(bytes: Uint8Array, field: number): number {
    return this.has(field) ? decimal(bytes, this.start[field], this.end[field]) : -1;
  }

  /** A port; -1 when absent or something else. */
  port(bytes: Uint8Array, field: number): number {
    return this.has(field) ? port(bytes, this.start[field], this.end[field]) : -1;
  }

  /** An address that is not the unspecified one, which firewalls print for none; false when there is none. */
  address(bytes: Uint8Array, field: number, words: Uint32Array): boolean {
    if (!this.has(field) || !address(bytes, this.start[field], this.end[field], words)) return false;
    return words[3] !== 0 || words[1] !== 0 || words[0] !== 0 || (words[2] !== 0 && words[2] !== 0xffff);
  }
}
