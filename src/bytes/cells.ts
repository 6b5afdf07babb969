import { address, copyWords } from './addresses.ts';
import { decimal } from './numbers.ts';
import { kernel, place, placed } from './kernel.ts';

/** What a column is read as: {@link Cells.number} says what becomes of it. */
export const As = {
  /** Nothing: only where it stands. */
  text: 0,
  /** Of IPv4, or of IPv6 in hexadecimal groups. */
  address: 1,
  /** Up to fifteen digits. */
  integer: 2,
  /** '1795307531.250000' */
  stamp: 3,
  /** What {@link CellPlan.letters} say of its bytes, or-ed. */
  letters: 4,
  /** Up to five digits, 65535 at most. */
  port: 5,
  /** '1795307531', with a fraction or without. */
  epoch: 6,
  /** '0.040' seconds, as µs. */
  micros: 7,
  /** '2026-11-22 00:32:11.250Z' and its like, also with slashes: ISO 8601, or half of it. */
  date: 8,
  /** '2026-11-22' */
  day: 9,
  /** '00:32:11', as µs of the day. */
  clock: 10,
  /** One of the cell's {@link CellWords}. */
  word: 11,
  /** 'CEUAPRSF', TCP's flags, with a dot for each that is not there. */
  places: 12,
  /** What may be unset in Zeek's way, and may have backslashes: {@link Cells.kind}. Of columns that are parted by every separator. */
  zeek: 13,
  /** What is not there when it is '-', as logs write nothing. */
  part: 14,
} as const;

/** How columns are parted. */
export const Way = {
  /** By every separator. */
  apart: 0,
  /** As RFC 4180 has it: separators between quotes are none, and the quotes are left out. */
  csv: 1,
  /** By one or more blanks. */
  words: 2,
} as const;

/** Which blanks are no part of a value. */
export const Trim = {
  none: 0,
  /** Spaces in front of it. */
  leading: 1,
  /** Spaces around it, and tabs in front of it. */
  both: 2,
} as const;

export interface Cell {
  /** From 0 on, at most 255; -1 for none: the field is empty in every line. */
  readonly column: number;
  readonly as: number;
  readonly words?: CellWords;
}

interface CellPlan {
  readonly way?: number;
  readonly trim?: number;
  /** Columns that are counted, if more than the cells are in; 256 at most are kept. */
  readonly most?: number;
  /** By code, for columns that are read as letters. */
  readonly letters?: Uint16Array;
}

const fieldLimit = 32;
const noColumn = 0xffff;
const present = 1;
const understood = 2;
const inUtc = 3;

/** What all of one thread share: the plan that is laid out in the kernel, and the results of the last line. */
let shared: ReturnType<typeof sharedCells> | undefined;
/** The plan that is laid out. */
let current: Uint8Array | undefined;

function sharedCells() {
  const functions = kernel();
  const { buffer } = functions.memory;
  return {
    columns: new Uint16Array(buffer, functions.cellsColumns.value, fieldLimit),
    kinds: new Uint8Array(buffer, functions.cellsKinds.value, fieldLimit),
    words: new Uint32Array(buffer, functions.cellsWords.value, fieldLimit),
    start: new Uint32Array(buffer, functions.cellsStarts.value, fieldLimit),
    end: new Uint32Array(buffer, functions.cellsEnds.value, fieldLimit),
    read: new Uint8Array(buffer, functions.cellsReads.value, fieldLimit),
    number: new Float64Array(buffer, functions.cellsNumbers.value, fieldLimit),
    addresses: Array.from(
      { length: fieldLimit },
      (_, field) => new Uint32Array(buffer, functions.cellsAddresses.value + field * 16, 4),
    ),
    letters: new Uint16Array(buffer, functions.cellsLetters.value, 256),
    shown: new Uint32Array(buffer, functions.cellsShown.value, 1),
  };
}

/** A list of ASCII words and what each stands for. One per list and thread: its memory is never given back. */
export class CellWords {
  readonly #words: readonly (readonly [word: string, value: number])[];
  readonly #folded: boolean;
  #list = 0;

  /** Words of one to sixteen bytes; `folded`: their case is all the same. */
  constructor(words: readonly (readonly [word: string, value: number])[], folded = false) {
    this.#words = words;
    this.#folded = folded;
  }

  /** Where the kernel has the list. */
  get list(): number {
    return (this.#list ||= this.#put());
  }

  #put(): number {
    const functions = kernel();
    let slots = 16;
    while (slots < this.#words.length * 4) slots *= 2;
    const list = functions.newWords(slots, this.#folded);
    for (const [word, value] of this.#words) {
      const text = Buffer.from(this.#folded ? word.toLowerCase() : word, 'latin1');
      if (text.length === 0 || text.length > functions.wordLimit.value)
        throw new RangeError(`no word for a list: '${word}'`);
      const base = place(text, 0, text.length);
      functions.wordPut(list, base, base + text.length, value);
    }
    return list;
  }
}

/**
 * Chosen columns of lines, read in one go. After {@link read}, field i stands in `[start[i], end[i])`, and what it was read as
 * is there too. All readers of a thread share the results: be done with a line before the next is read.
 *
 * What is not read, though a slower reader might (a date of another shape, an address in brackets, twenty digits), says so: it is
 * the caller's to have it read otherwise.
 */
export class Cells {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /**
   * What the field was read as; -1 (of integers, ports, letters, places) or NaN (of all else) where it is nothing of the kind.
   * µs of stamps and dates: of a date's wall clock, unless {@link isUtc}.
   */
  readonly number: Float64Array;
  /** By field, four words; an IPv4 address in mapped form. Only where {@link isAddress}. */
  readonly addresses: readonly Uint32Array[];
  /** Of fields that are read as Zeek's: 0 unset, 1 a text, 2 one with backslashes (as Json of json-fields.ts). */
  readonly kind: Uint8Array;
  readonly #shown: Uint32Array;
  readonly #columns: Uint16Array;
  readonly #kinds: Uint8Array;
  readonly #words: Uint32Array;
  readonly #letters: Uint16Array | undefined;
  readonly #way: number;
  readonly #trim: number;
  readonly #most: number;
  readonly #kernel = kernel();

  /** At most 32 cells. */
  constructor(cells: readonly Cell[], plan: CellPlan = {}) {
    const { start, end, read, number, addresses, shown } = (shared ??= sharedCells());
    this.start = start;
    this.end = end;
    this.number = number;
    this.addresses = addresses;
    this.kind = read;
    this.#shown = shown;
    this.#columns = Uint16Array.from(cells, ({ column }) => (column < 0 ? noColumn : column));
    this.#kinds = Uint8Array.from(cells, ({ as }) => as);
    this.#words = Uint32Array.from(cells, ({ words }) => words?.list ?? 0);
    this.#letters = plan.letters;
    this.#way = plan.way ?? Way.apart;
    this.#trim = plan.trim ?? Trim.none;
    this.#most = Math.min(Math.max(1, plan.most ?? 0, ...cells.map(({ column }) => column + 1)), 256);
  }

  /** Reads a line; how many columns it has, as far as they are wanted. A field in none of them is empty. */
  read(bytes: Uint8Array, start: number, end: number, separator: number): number {
    if (current !== this.#kinds) this.#layOut();
    const base = place(bytes, start, end);
    return this.#kernel.cellsRead(
      base,
      start,
      placed,
      separator,
      this.#way,
      this.#trim,
      this.#kinds.length,
      this.#most,
    );
  }

  /** A bit for each field that {@link has} would name. */
  get shown(): number {
    return this.#shown[0];
  }

  /** Whether the line has the field's column, and it is not unset where it is read as what may be. */
  has(field: number): boolean {
    return this.kind[field] >= present;
  }

  /** Whether the field is an address that was read; whatever else it may be, {@link addresses} do not hold it. */
  isAddress(field: number): boolean {
    return this.kind[field] === understood;
  }

  /** Whether a date says its offset to UTC: its number is in UTC then. */
  isUtc(field: number): boolean {
    return this.kind[field] === inUtc;
  }

  /** The whole field as an address of any form, into `words`; false when it is none. `bytes` hold the line that was read. */
  address(field: number, bytes: Uint8Array, words: Uint32Array): boolean {
    if (this.kind[field] !== understood) return address(bytes, this.start[field], this.end[field], words);
    copyWords(this.addresses[field], words);
    return true;
  }

  /** An integer of any length up to 2^53 in `bytes`, the line that was read; -1 for anything else. */
  integer(field: number, bytes: Uint8Array): number {
    const number = this.number[field];
    return number >= 0 ? number : this.#longInteger(field, bytes);
  }

  #longInteger(field: number, bytes: Uint8Array): number {
    const from = this.start[field];
    const to = this.end[field];
    return to - from > 15 ? decimal(bytes, from, to) : -1;
  }

  #layOut(): void {
    const { columns, kinds, words, letters } = shared!;
    columns.set(this.#columns);
    kinds.set(this.#kinds);
    words.set(this.#words);
    if (this.#letters) letters.set(this.#letters);
    current = this.#kinds;
  }
}
