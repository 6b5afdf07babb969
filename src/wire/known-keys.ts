import { foldedHash } from '../bytes/word-table.ts';

/** Keys remembered at most; one more, and all are forgotten. */
const capacity = 512;
/** Bytes of a key and its sign at most, in words of four. */
const wordsPerKey = 8;
const longest = wordsPerKey * 4;
/** Bytes that part no pairs in any syntax: only keys of these are remembered. */
const plain = new Uint8Array(256);
for (const code of Buffer.from('-.0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'))
  plain[code] = 1;
/** Whether a remembered key may hold the byte: then it must not part pairs. */
export function isOfKey(code: number): boolean {
  return plain[code] === 1;
}
/** Which bytes of a word count when a key has fewer than four. */
const countingBytes = Int32Array.of(0, 0xff, 0xffff, 0xff_ffff);

/**
 * Remembers which key followed which in the lines before: a device writes the same keys in the same order, so that the next
 * one is mostly known before it is read. It is compared in place, four bytes at a time, instead of being searched for its end
 * and looked up. Keys are known by their exact bytes and the sign behind them ('src=').
 */
export class KnownKeys {
  /** By key: whose value it names; -1 for keys that nobody asks for. */
  readonly #field = new Int16Array(capacity);
  /** Bytes with the sign; 0 for key 0, which is the beginning of a line. */
  readonly #length = new Uint8Array(capacity);
  readonly #words = new Int32Array(capacity * wordsPerKey);
  readonly #mask = new Int32Array(capacity);
  readonly #tail = new Int32Array(capacity);
  readonly #next = new Uint16Array(capacity);
  /** Open addressing by {@link foldedHash}. */
  readonly #slots = new Uint16Array(capacity * 2);
  #count = 1;
  #last = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #end = 0;
  /** The last position that a key may be compared at. */
  #lastStart = -1;

  /** A line begins, which ends at `end` of `bytes`. */
  begin(bytes: Uint8Array, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#end = end;
    this.#lastStart = Math.min(end, bytes.length - longest);
    this.#last = 0;
  }

  /** The field of the key that stands before the position in question; -1 for none. */
  get field(): number {
    return this.#field[this.#last];
  }

  /** Whether the key that followed the last one stands at `at`: then the position behind its sign, and it is the last one; else 0. */
  behind(at: number): number {
    const key = this.#next[this.#last];
    const length = this.#length[key];
    if (length === 0 || at > this.#lastStart) return 0;
    const view = this.#view;
    let word = key * wordsPerKey;
    if (((view.getInt32(at, true) ^ this.#words[word]) & this.#mask[key]) !== 0) return 0;
    const behind = at + length;
    if (length > 4) {
      if (view.getInt32(behind - 4, true) !== this.#tail[key]) return 0;
      for (let middle = at + 4; middle < behind - 4; middle += 4)
        if (view.getInt32(middle, true) !== this.#words[++word]) return 0;
    }
    if (behind > this.#end) return 0;
    this.#last = key;
    return behind;
  }

  /** Makes `bytes[start, end)`, with its sign at `end`, the last key; false when it is not known. */
  find(start: number, end: number): boolean {
    const length = end + 1 - start;
    if (length > longest || start > this.#lastStart) return false;
    const mask = this.#slots.length - 1;
    let slot = foldedHash(this.#bytes, start, end) & mask;
    for (;;) {
      const key = this.#slots[slot];
      if (key === 0) return false;
      if (this.#length[key] === length && this.#isKey(key, start)) {
        this.#next[this.#last] = key;
        this.#last = key;
        return true;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Remembers a key that {@link find} did not know as that of `field`; not one that is long or has odd bytes. */
  add(start: number, end: number, field: number): void {
    const length = end + 1 - start;
    if (length > longest || start > this.#lastStart) return;
    for (let at = start; at < end; at++) if (plain[this.#bytes[at]] === 0) return;
    if (this.#count === capacity) this.#forget();
    const key = this.#count++;
    this.#field[key] = field;
    this.#length[key] = length;
    this.#mask[key] = length < 4 ? countingBytes[length] : -1;
    for (let i = 0; i < wordsPerKey; i++)
      this.#words[key * wordsPerKey + i] = this.#view.getInt32(start + 4 * i, true);
    this.#tail[key] = length < 4 ? 0 : this.#view.getInt32(start + length - 4, true);
    this.#next[key] = 0;
    const mask = this.#slots.length - 1;
    let slot = foldedHash(this.#bytes, start, end) & mask;
    while (this.#slots[slot] > 0) slot = (slot + 1) & mask;
    this.#slots[slot] = key;
    this.#next[this.#last] = key;
    this.#last = key;
  }

  #isKey(key: number, start: number): boolean {
    const length = this.#length[key];
    const whole = length >> 2;
    let word = key * wordsPerKey;
    for (let i = 0; i < whole; i++, word++)
      if (this.#view.getInt32(start + 4 * i, true) !== this.#words[word]) return false;
    const differs = this.#view.getInt32(start + 4 * whole, true) ^ this.#words[word];
    return (differs & countingBytes[length & 3]) === 0;
  }

  #forget(): void {
    this.#count = 1;
    this.#last = 0;
    this.#next.fill(0);
    this.#slots.fill(0);
  }
}
