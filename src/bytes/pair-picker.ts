import { place, placed, reserve } from './kernel.ts';
import { PickedFields, ReadAs, readerOf } from './picked-fields.ts';

/** What stands in a field, as far as it was asked for. */
export const Value = { absent: 0, plain: 1, ...ReadAs } as const;

/**
 * Which keys of 'key=value' lines are wanted, in the kernel's tables, and where the last line had their values. There is one per
 * list of names and thread, never given back. Its `kind` is one of {@link Value}.
 */
export class PairPicker extends PickedFields {
  static readonly #known = new Map<string, PairPicker>();

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
    this.kernel.pairsReady(this.address);
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
