import { kernel, reserve } from './kernel.ts';

/** What a value can be read as with its record: what {@link PickedFields.reads} says, from the next record on. */
export const ReadAs = {
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
  readonly reads: Uint8Array;
  /** What was read. */
  readonly number: Float64Array;
  /** By field, the kernel's list of words. */
  readonly words: Uint32Array;
  protected readonly kernel = kernel();
  readonly address: number;

  /** Of `fields` fields, which have up to `wanted` keys. */
  constructor(fields: number, wanted: number) {
    const address = this.kernel.newPicker(fields, wanted);
    this.address = address;
    const { buffer } = this.kernel.memory;
    this.kind = new Uint8Array(buffer, this.kernel.pickedKinds(address), fields);
    this.kinds = new Uint32Array(buffer, this.kernel.pickedKinds(address), (fields + 3) >> 2);
    this.start = new Uint32Array(buffer, this.kernel.pickedStarts(address), fields);
    this.end = new Uint32Array(buffer, this.kernel.pickedEnds(address), fields);
    this.reads = new Uint8Array(buffer, this.kernel.pickedReads(address), fields);
    this.number = new Float64Array(buffer, this.kernel.pickedNumbers(address), fields);
    this.words = new Uint32Array(buffer, this.kernel.pickedWords(address), fields);
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
