import { columnTable } from './column-table.ts';
import { kernel, place, placed } from './kernel.ts';

/**
 * The columns of one line of bytes: column i is `bytes[at[i] + 1, at[i + 1])`. All of them share `at`: whoever cuts a line is
 * done with it before any other is cut.
 */
export class Cuts {
  /** The position in front of the line, those of its separators, and its end. */
  readonly at: Int32Array;
  /** Whether the odd byte stands somewhere in the columns found. */
  odd = false;
  readonly #capacity: number;
  readonly #kernel = kernel();

  /** `capacity`: columns of a line that are kept, 256 at most. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.at = columnTable(this.#kernel.columnCuts.value, capacity + 1);
  }

  /**
   * Cuts `bytes[start, end)` at `separator` into at most `most` columns, 1 or more; what is behind them is left out. Returns
   * the number of columns, at least 1, and says by {@link odd} whether they hold the byte `odd`. Of what is in no announced
   * chunk, no more than 2 MiB are looked at.
   */
  find(
    bytes: Uint8Array,
    start: number,
    end: number,
    separator: number,
    odd: number,
    most = this.#capacity,
  ): number {
    const base = place(bytes, start, end);
    const wanted = most < this.#capacity ? most : this.#capacity;
    const count = this.#kernel.columnsCut(base, start, placed, separator, odd, wanted);
    this.odd = count < 0;
    return count < 0 ? -count : count;
  }
}
