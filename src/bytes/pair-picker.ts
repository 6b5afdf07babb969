import { place, placed, reserve } from './kernel.ts';
import { PickedFields, readerOf } from './picked-fields.ts';

/**
 * Which keys of 'key=value' lines are wanted, in the kernel's tables, and where the last line had their values. There is one per
 * list of names and thread, never given back. Its `kind` is 1 where there is one.
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
      this.kernel.pairsName(this.pointer, this.nameAt(text), text.length, field);
    }
    this.kernel.pairsReady(this.pointer);
    reserve(0);
  }

  // Each reads `bytes[start, end)`. `separator`: a byte.

  quoted(bytes: Uint8Array, start: number, end: number, separator: number, nameless: boolean): boolean {
    const base = place(bytes, start, end);
    return this.kernel.pairsQuoted(this.pointer, base, start, placed, separator, nameless) === 1;
  }

  delimited(bytes: Uint8Array, start: number, end: number, separator: number): void {
    const base = place(bytes, start, end);
    this.kernel.pairsDelimited(this.pointer, base, start, placed, separator);
  }

  extension(bytes: Uint8Array, start: number, end: number): void {
    const base = place(bytes, start, end);
    this.kernel.pairsExtension(this.pointer, base, start, placed);
  }

  colon(bytes: Uint8Array, start: number, end: number, separator: number, words: boolean): void {
    const base = place(bytes, start, end);
    this.kernel.pairsColon(this.pointer, base, start, placed, separator, words);
  }
}
