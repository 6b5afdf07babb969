import { address, setIPv4 } from './addresses.ts';
import { kernel, reserve } from './kernel.ts';
import type { LearnedWords } from './learned-words.ts';
import { decimal } from './numbers.ts';

/** What a value can be read as with its record. */
const ReadAs = {
  /** An IPv4 address: its number. */
  address: 2,
  /** An integer ≥ 0 of up to fifteen digits. */
  integer: 3,
  /** A word of the field's list: what it stands for. See LearnedWords. */
  word: 4,
} as const;

/** Where the record that was read last has the fields that are wanted of it: the kernel's tables, seen as typed arrays. */
export class PickedFields {
  /** What stands in field i; 0 when it is absent. */
  readonly kind: Uint8Array;
  /** The kinds, four at a time. */
  readonly kinds: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** By field, one of {@link ReadAs}; 0 for nothing. */
  readonly #reads: Uint8Array;
  /** What field i of the last record could be read as, `number`; what it was before where it is absent. */
  readonly #done: Uint8Array;
  readonly #number: Float64Array;
  /** By field, the kernel's list of words. */
  readonly #words: Uint32Array;
  protected readonly kernel = kernel();
  /** The kernel's address of it. */
  readonly pointer: number;

  /** Of `fields` fields, which have up to `wanted` keys. */
  constructor(fields: number, wanted: number) {
    const pointer = this.kernel.newPicker(fields, wanted);
    this.pointer = pointer;
    const { kernel } = this;
    const { buffer } = kernel.memory;
    const record = new DataView(buffer, pointer);
    const at = (offset: { readonly value: number }): number => record.getUint32(offset.value, true);
    this.kind = new Uint8Array(buffer, at(kernel.pickKinds), fields);
    this.kinds = new Uint32Array(buffer, at(kernel.pickKinds), (fields + 3) >> 2);
    this.start = new Uint32Array(buffer, at(kernel.pickStarts), fields);
    this.end = new Uint32Array(buffer, at(kernel.pickEnds), fields);
    this.#done = new Uint8Array(buffer, at(kernel.pickDone), fields);
    this.#reads = new Uint8Array(buffer, at(kernel.pickReads), fields);
    this.#number = new Float64Array(buffer, at(kernel.pickNumbers), fields);
    this.#words = new Uint32Array(buffer, at(kernel.pickWords), fields);
  }

  // Of what stands in a field that is there. What is asked of a field once is read with the record from then on.

  /** A whole number ≥ 0; -1 when it is something else. */
  integer(bytes: Uint8Array, field: number): number {
    if (this.#done[field] === ReadAs.integer) return this.#number[field];
    this.#reads[field] = ReadAs.integer;
    return decimal(bytes, this.start[field], this.end[field]);
  }

  /** An address, into `words`; false when it is something else. */
  address(bytes: Uint8Array, field: number, words: Uint32Array): boolean {
    if (this.#done[field] === ReadAs.address) {
      setIPv4(words, this.#number[field]);
      return true;
    }
    this.#reads[field] = ReadAs.address;
    return address(bytes, this.start[field], this.end[field], words);
  }

  /** What it stands for. */
  meaning(bytes: Uint8Array, field: number, words: LearnedWords): number {
    const isSame = this.#words[field] === words.list;
    if (isSame && this.#done[field] === ReadAs.word) return this.#number[field];
    const from = this.start[field];
    const to = this.end[field];
    if (!isSame || this.#reads[field] !== ReadAs.word) {
      // From the next record on the kernel looks for it.
      this.#reads[field] = ReadAs.word;
      this.#words[field] = words.list;
      this.#done[field] = 0;
      return words.of(bytes, from, to);
    }
    const meaning = words.learn(bytes, from, to);
    this.#done[field] = ReadAs.word;
    this.#number[field] = meaning;
    return meaning;
  }

  /** Where the kernel may read `name` from now on. */
  protected nameAt(name: Uint8Array): number {
    const at = reserve(name.length);
    new Uint8Array(this.kernel.memory.buffer).set(name, at);
    return at;
  }
}

/** The one reader of a list of names in this thread: lists are those of the formats and of the mapping files, so they are few. */
export function readerOf<T>(known: Map<string, T>, names: readonly string[], make: () => T): T {
  const text = JSON.stringify(names);
  let reader = known.get(text);
  if (reader === undefined) {
    reader = make();
    known.set(text, reader);
  }
  return reader;
}
