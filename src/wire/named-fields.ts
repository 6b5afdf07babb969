import { address } from '../bytes/addresses.ts';
import { decimal, isText, port } from '../bytes/numbers.ts';
import { foldedHash, isFolded } from '../bytes/word-table.ts';
import { KnownKeys } from './known-keys.ts';
import { beginsWith } from './verdict-words.ts';

/**
 * Keeps where the values of known keys stand in a line of 'key=value' or the like. Keys are compared without case and
 * without making strings; of a key that comes twice the first counts; unknown keys are passed over.
 */
export class NamedFields {
  /** Where the value of field i stands; both are what they were before when it is absent: ask {@link has}. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** Whose value the key is that {@link behindKey} or {@link key} saw last; -1 for nobody's. */
  current = -1;
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
  readonly #keys = new KnownKeys();

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

  /** As {@link begin}, for a line that ends at `end` and is read by {@link behindKey}, {@link key} and {@link value}. */
  beginLine(bytes: Uint8Array, end: number): void {
    this.begin();
    this.#keys.begin(bytes, end);
  }

  /** The position behind the key at `at` and its sign when it is the one that lines before had there; else 0. */
  behindKey(at: number): number {
    const behind = this.#keys.behind(at);
    if (behind > 0) this.current = this.#keys.field;
    return behind;
  }

  /** The key that {@link behindKey} did not know is `bytes[start, end)`, its sign one byte. */
  key(bytes: Uint8Array, start: number, end: number): void {
    const keys = this.#keys;
    if (keys.find(start, end)) this.current = keys.field;
    else {
      this.current = this.#fieldOf(bytes, start, end);
      keys.add(start, end, this.current);
    }
  }

  /** The value of `field`, as {@link current} was behind its key, is `bytes[start, end)`; of -1 nothing is kept. */
  value(field: number, start: number, end: number): void {
    if (field < 0 || this.#line[field] === this.#lineNumber) return;
    this.#line[field] = this.#lineNumber;
    this.start[field] = start;
    this.end[field] = end;
  }

  /** The key `bytes[keyStart, keyEnd)` has the value `bytes[start, end)`. */
  set(bytes: Uint8Array, keyStart: number, keyEnd: number, start: number, end: number): void {
    this.value(this.#fieldOf(bytes, keyStart, keyEnd), start, end);
  }

  #fieldOf(bytes: Uint8Array, keyStart: number, keyEnd: number): number {
    const mask = this.#mask;
    const length = keyEnd - keyStart;
    let slot = foldedHash(bytes, keyStart, keyEnd) & mask;
    for (;;) {
      const entry = this.#table[slot];
      if (entry === 0) return -1;
      if (
        this.#length[entry - 1] === length &&
        isFolded(bytes, keyStart, this.#text, this.#from[entry - 1], length)
      )
        return this.#field[entry - 1];
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
