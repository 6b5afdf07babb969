import { quote } from './codes.ts';

/**
 * Walks the fields of one delimited line into `start` and `end`, quotes stripped (RFC 4180; a doubled quote inside stays
 * doubled and `doubled` says so). At most `starts.length` fields; more are counted, not kept.
 */
export class CsvFields {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** 1 where the field holds doubled quotes, which {@link undouble} removes. */
  readonly doubled: Uint8Array;
  /** Fields of the last line. */
  count = 0;

  constructor(capacity = 128) {
    this.start = new Uint32Array(capacity);
    this.end = new Uint32Array(capacity);
    this.doubled = new Uint8Array(capacity);
  }

  /**
   * Splits `bytes[from, to)` at `delimiter`, no further than `most` fields. Returns the number of fields; 0 for a quote that
   * never closes.
   */
  split(bytes: Uint8Array, from: number, to: number, delimiter: number, most = 1 << 30): number {
    const capacity = this.start.length;
    let field = 0;
    let at = from;
    for (;;) {
      let begin = at;
      let finish: number;
      let twice = 0;
      if (at < to && bytes[at] === quote) {
        begin = ++at;
        for (;;) {
          while (at < to && bytes[at] !== quote) at++;
          if (at >= to) {
            this.count = 0;
            return 0;
          }
          if (at + 1 < to && bytes[at + 1] === quote) {
            twice = 1;
            at += 2;
            continue;
          }
          break;
        }
        finish = at++;
        while (at < to && bytes[at] !== delimiter) at++;
      } else {
        while (at < to && bytes[at] !== delimiter) at++;
        finish = at;
      }
      if (field < capacity) {
        this.start[field] = begin;
        this.end[field] = finish;
        this.doubled[field] = twice;
      }
      field++;
      if (at >= to || field >= most) break;
      at++;
    }
    this.count = Math.min(field, capacity);
    return this.count;
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
