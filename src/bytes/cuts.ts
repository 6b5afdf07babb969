/*
 * Where a line is to be cut. Four bytes are looked at together and no branch depends on one of them: the lengths of
 * columns cannot be foretold, so that a loop to the next separator costs the processor a wrong guess a column.
 */

const ones = 0x0101_0101;
const low = 0x7f7f_7f7f;
const high = 0x8080_8080;
/** Cuts of one word that may be written behind the last that is wanted. */
const slack = 5;

/** The columns of one line of bytes: column i is `bytes[at[i] + 1, at[i + 1])`. */
export class Cuts {
  /** The position in front of the line, those of its separators, and its end. */
  readonly at: Int32Array;
  /** Whether the odd byte stands somewhere in the columns found. */
  odd = false;
  readonly #capacity: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  /** `capacity`: columns of a line that are kept. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.at = new Int32Array(capacity + slack);
  }

  /**
   * Cuts `bytes[start, end)` at `separator` into at most `most` columns; what is behind them is left out. Returns the number
   * of columns, at least 1, and says by {@link odd} whether they hold the byte `odd`, which is below 128.
   */
  find(
    bytes: Uint8Array,
    start: number,
    end: number,
    separator: number,
    odd: number,
    most = this.#capacity,
  ): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const view = this.#view;
    const cuts = this.at;
    const separators = separator * ones;
    const odds = odd * ones;
    const wanted = Math.min(most, this.#capacity);
    const words = end - 3;
    let odder = 0;
    let count = 1;
    let position = start;
    cuts[0] = start - 1;
    for (; position < words && count <= wanted; position += 4) {
      const four = view.getInt32(position, true);
      const other = four ^ odds;
      // Right as long as nothing is found (S. E. Anderson, "Bit Twiddling Hacks"), which is all that is asked.
      odder |= (other - ones) & ~other;
      const apart = four ^ separators;
      // The high bit of every byte that is zero, of no other.
      const found = ~(((apart & low) + low) | apart | low);
      if (found === 0) continue;
      cuts[count] = position;
      count += (found >>> 7) & 1;
      cuts[count] = position + 1;
      count += (found >>> 15) & 1;
      cuts[count] = position + 2;
      count += (found >>> 23) & 1;
      cuts[count] = position + 3;
      count += found >>> 31;
    }
    for (; position < end && count <= wanted; position++) {
      const code = bytes[position];
      if (code === odd) odder = high;
      cuts[count] = position;
      if (code === separator) count++;
    }
    this.odd = (odder & high) !== 0;
    if (count > wanted) return wanted;
    cuts[count] = end;
    return count;
  }
}
