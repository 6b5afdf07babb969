import { columnTable } from './column-table.ts';
import { kernel, place, placed } from './kernel.ts';

/**
 * Walks the fields of one delimited line into `start` and `end`, quotes stripped (RFC 4180; a doubled quote inside stays
 * doubled and `doubled` says so). At most `start.length` fields; more are not kept. All of them share these tables: whoever
 * splits a line is done with it before any other is split.
 */
export class CsvFields {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** 1 where the field holds doubled quotes. */
  readonly doubled: Uint8Array;
  /** Fields of the last line. */
  count = 0;
  readonly #capacity: number;
  readonly #kernel = kernel();

  /** `capacity`: fields of a line that are kept, 256 at most. */
  constructor(capacity = 128) {
    this.#capacity = capacity;
    this.start = columnTable(this.#kernel.columnStarts.value, capacity);
    this.end = columnTable(this.#kernel.columnEnds.value, capacity);
    this.doubled = new Uint8Array(this.#kernel.memory.buffer, this.#kernel.columnDoubled.value, capacity);
  }

  /**
   * Splits `bytes[from, to)` at `delimiter`, no further than `most` fields. Returns the number of fields; 0 for a quote that
   * never closes. Of what is in no announced chunk, no more than 2 MiB are looked at.
   */
  split(bytes: Uint8Array, from: number, to: number, delimiter: number, most = 1 << 30): number {
    const base = place(bytes, from, to);
    const count = this.#kernel.columnsSplit(base, from, placed, delimiter, most, this.#capacity);
    this.count = count;
    return count;
  }

  /** The field as a string, doubled quotes made one; '' past the last. For headers, not hot loops. */
  text(bytes: Uint8Array, field: number): string {
    if (field >= this.count) return '';
    const text = Buffer.from(
      bytes.buffer,
      bytes.byteOffset + this.start[field],
      this.end[field] - this.start[field],
    );
    const decoded = text.toString('utf8');
    return this.doubled[field] === 1 ? decoded.replaceAll('""', '"') : decoded;
  }
}
