import { place, placed, reserve } from './kernel.ts';
import { PickedFields, readerOf } from './picked-fields.ts';

/** What stands in a field. */
export const Value = {
  absent: 0,
  plain: 1,
  /** An IPv4 address, `number`. */
  address: 2,
  /** An integer ≥ 0 of up to fifteen digits, `number`. */
  integer: 3,
  /** A word of the field's list, `number` is what it stands for. */
  word: 4,
} as const;

/**
 * Which keys of 'key=value' lines are wanted, in the kernel's tables, and where the last line had their values. There is one per
 * list of names and thread, never given back. Its `kind` is one of {@link Value}.
 */
export class PairPicker extends PickedFields {
  static readonly #known = new Map<string, PairPicker>();
  /** What field i is read as from the next line on, of {@link Value}. Where it is something else its kind is plain. */
  readonly reads: Uint8Array;
  readonly number: Float64Array;
  /** By field, the kernel's list of words: see {@link LearnedWords}. */
  readonly words: Uint32Array;

  /** Field i is `names[i]`, in any case; several names for one field are parted by '|'. */
  static of(names: readonly string[]): PairPicker {
    return readerOf(PairPicker.#known, names, () => new PairPicker(names));
  }

  private constructor(names: readonly string[]) {
    const all = names.flatMap((text, field) => text.split('|').map((name) => ({ name, field })));
    super(names.length, all.length + 2);
    for (const { name, field } of all) {
      const text = Buffer.from(name.toLowerCase(), 'utf8');
      this.kernel.pairsName(this.address, this.nameAt(text), text.length, field);
    }
    this.kernel.pairsReady(this.address, names.length);
    const { buffer } = this.kernel.memory;
    this.reads = new Uint8Array(buffer, this.kernel.pairsReads(this.address), names.length);
    this.number = new Float64Array(buffer, this.kernel.pairsNumbers(this.address), names.length);
    this.words = new Uint32Array(buffer, this.kernel.pairsWords(this.address), names.length);
    reserve(0);
  }

  // Each reads `bytes[start, end)`. `separator`: a byte.

  quoted(bytes: Uint8Array, start: number, end: number, separator: number, nameless: boolean): boolean {
    const base = place(bytes, start, end);
    return this.kernel.pairsQuoted(this.address, base, start, placed, separator, nameless) === 1;
  }

  delimited(bytes: Uint8Array, start: number, end: number, separator: number): void {
    const base = place(bytes, start, end);
    this.kernel.pairsDelimited(this.address, base, start, placed, separator);
  }

  extension(bytes: Uint8Array, start: number, end: number): void {
    const base = place(bytes, start, end);
    this.kernel.pairsExtension(this.address, base, start, placed);
  }

  colon(bytes: Uint8Array, start: number, end: number, separator: number, words: boolean): void {
    const base = place(bytes, start, end);
    this.kernel.pairsColon(this.address, base, start, placed, separator, words);
  }
}
