import { columnTable } from './column-table.ts';
import { kernel, place, placed } from './kernel.ts';

/**
 * The words of one line, parted by one or more blanks: word i is `bytes[start[i], end[i])`. All of them share these tables, with
 * CsvFields too: whoever finds the words of a line is done with it before any other is looked at.
 */
export class Words {
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly #capacity: number;
  readonly #kernel = kernel();

  /** `capacity`: words of a line that are kept, 256 at most. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.start = columnTable(this.#kernel.columnStarts.value, capacity);
    this.end = columnTable(this.#kernel.columnEnds.value, capacity);
  }

  /**
   * Finds the first `most` words, 1 or more, of `bytes[from, to)`; returns how many there are. Of what is in no announced chunk,
   * no more than 2 MiB are looked at.
   */
  find(bytes: Uint8Array, from: number, to: number, most = this.#capacity): number {
    const base = place(bytes, from, to);
    return this.#kernel.columnsWords(base, from, placed, Math.min(most, this.#capacity));
  }
}
