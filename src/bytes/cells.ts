import { kernel, place, placed } from './kernel.ts';

/** What a column is read as. */
export const As = {
  /** Nothing: only where it stands. */
  text: 0,
  address: 1,
  integer: 2,
  stamp: 3,
  letters: 4,
} as const;

export interface Cell {
  /** From 0 on, at most 255; -1 for none: the field is empty in every line. */
  readonly column: number;
  readonly as: number;
}

const fieldLimit = 32;
const noColumn = 0xffff;

/** What all of one thread share: the plan that is laid out in the kernel, and the results of the last line. */
let shared: ReturnType<typeof sharedCells> | undefined;
/** The plan that is laid out. */
let current: readonly Cell[] | undefined;

function sharedCells() {
  const functions = kernel();
  const { buffer } = functions.memory;
  return {
    columns: new Uint16Array(buffer, functions.cellsColumns.value, fieldLimit),
    kinds: new Uint8Array(buffer, functions.cellsKinds.value, fieldLimit),
    start: new Uint32Array(buffer, functions.cellsStarts.value, fieldLimit),
    end: new Uint32Array(buffer, functions.cellsEnds.value, fieldLimit),
    read: new Uint8Array(buffer, functions.cellsReads.value, fieldLimit),
    number: new Float64Array(buffer, functions.cellsNumbers.value, fieldLimit),
    addresses: Array.from(
      { length: fieldLimit },
      (_, field) => new Uint32Array(buffer, functions.cellsAddresses.value + field * 16, 4),
    ),
    letters: new Uint16Array(buffer, functions.cellsLetters.value, 256),
  };
}

/**
 * Chosen columns of lines that one byte parts, read in one go. After {@link read}, field i stands in `[start[i], end[i])`, and
 * what it was read as is there too. All readers of a thread share the results: be done with a line before the next is read.
 */
export class Cells {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /**
   * Integers ≥ 0 of up to fifteen digits, -1 when it is anything else; µs of stamps as '1795307531.250000', NaN when it is
   * anything else; of letters, what `letters` says of them or-ed.
   */
  readonly number: Float64Array;
  /** By field, four words; an IPv4 address in mapped form. Only where {@link isAddress}. */
  readonly addresses: readonly Uint32Array[];
  readonly #read: Uint8Array;
  readonly #cells: readonly Cell[];
  readonly #letters: Uint16Array;
  readonly #most: number;
  readonly #kernel = kernel();

  /** At most 32 cells. `letters`: by code, for columns that are read as letters. */
  constructor(cells: readonly Cell[], letters: Uint16Array = new Uint16Array(256)) {
    const { start, end, read, number, addresses } = (shared ??= sharedCells());
    this.start = start;
    this.end = end;
    this.number = number;
    this.addresses = addresses;
    this.#read = read;
    this.#cells = cells;
    this.#letters = letters;
    this.#most = Math.max(0, ...cells.map(({ column }) => column + 1));
  }

  /** Reads a line; how many columns it has, as far as they are wanted. A field in none of them is empty. */
  read(bytes: Uint8Array, start: number, end: number, separator: number): number {
    if (current !== this.#cells) this.#layOut();
    const base = place(bytes, start, end);
    return this.#kernel.cellsRead(base, start, placed, separator, this.#cells.length, this.#most);
  }

  /** Whether the field is an IPv4 address; whatever else it may be, {@link addresses} do not hold it. */
  isAddress(field: number): boolean {
    return this.#read[field] === 1;
  }

  #layOut(): void {
    const { columns, kinds, letters } = shared!;
    for (const [field, { column, as }] of this.#cells.entries()) {
      columns[field] = column < 0 ? noColumn : column;
      kinds[field] = as;
    }
    letters.set(this.#letters);
    current = this.#cells;
  }
}
