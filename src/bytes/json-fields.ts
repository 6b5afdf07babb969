import { space } from './codes.ts';
import { unescapeJson } from './json-escapes.ts';
import { JsonPicker } from './json-picker.ts';
import { place, placed } from './kernel.ts';
import { fraction } from './numbers.ts';

/** What stands in a field of a JSON object. */
export const Json = {
  absent: 0,
  string: 1,
  /** A string with backslashes: its bytes have to be decoded. */
  escaped: 2,
  number: 3,
  true: 4,
  false: 5,
  null: 6,
  object: 7,
  array: 8,
} as const;

/**
 * Picks chosen fields out of one JSON object per line without building it. Paths name nested keys with '/'
 * ('flow/start'); '[0]' as a step is an array's first element ('queries/[0]/rrname'). After {@link read}, field i has
 * `kind[i]` and the bytes `[start[i], end[i])`: strings without their quotes, everything else as written. A key that is
 * given twice counts with its last value, as in JSON.parse.
 */
export class JsonFields {
  readonly kind: Uint8Array;
  /** The kinds, four at a time: where a word is 0, four fields are absent. */
  readonly kinds: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly #picker: JsonPicker;
  #bytes: Uint8Array = new Uint8Array(0);

  /** Readers of the same paths share where their fields are: each has to be done with a record before the next one reads. */
  constructor(paths: readonly string[]) {
    this.#picker = JsonPicker.of(paths);
    this.kind = this.#picker.kind;
    this.kinds = this.#picker.kinds;
    this.start = this.#picker.start;
    this.end = this.#picker.end;
  }

  /** The kernel's address of where the fields are. */
  get pickerAddress(): number {
    return this.#picker.pointer;
  }

  /** Reads the object in `bytes[start, end)`; false when it is not one whole object (blanks around it are fine). */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const behind = this.readFrom(bytes, bytes[start] <= space ? blanks(bytes, start, end) : start, end);
    return behind === end || (behind > 0 && blanks(bytes, behind, end) === end);
  }

  /**
   * Reads the object that begins at `open`; the position behind it, -1 when it is none that ends in front of `end`. Of what is
   * in no announced chunk, objects longer than 2 MiB are none.
   */
  readFrom(bytes: Uint8Array, open: number, end: number): number {
    this.#bytes = bytes;
    const base = place(bytes, open, end);
    return this.#picker.read(base, open, placed);
  }

  /** Whether the field is a string, escaped or not. */
  isString(field: number): boolean {
    const kind = this.kind[field];
    return kind === Json.string || kind === Json.escaped;
  }

  /** The field as an integer ≥ 0, from a number or a string of digits; -1 otherwise. */
  integer(field: number): number {
    const kind = this.kind[field];
    if (kind !== Json.number && kind !== Json.string) return -1;
    return this.#picker.integer(this.#bytes, field);
  }

  /** The field as an address, into `words`; false when it is no string that is one. */
  address(field: number, words: Uint32Array): boolean {
    return this.kind[field] === Json.string && this.#picker.address(this.#bytes, field, words);
  }

  /** The field as a number; NaN otherwise. */
  number(field: number): number {
    const kind = this.kind[field];
    if (kind !== Json.number && kind !== Json.string) return Number.NaN;
    const plain = fraction(this.#bytes, this.start[field], this.end[field]);
    // Exponents are rare enough for a string.
    return Number.isNaN(plain) && kind === Json.number ? Number(this.text(field)) : plain;
  }

  /** Whether the field is a string equal to the ASCII `text`. */
  is(field: number, text: string): boolean {
    const start = this.start[field];
    if (this.kind[field] !== Json.string || this.end[field] - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The field as a string; '' when absent. For rare paths, not hot loops. */
  text(field: number): string {
    if (this.kind[field] === Json.absent) return '';
    const start = this.start[field];
    let bytes = this.#bytes.subarray(start, this.end[field]);
    if (this.kind[field] === Json.escaped) {
      const decoded = new Uint8Array(bytes.length);
      bytes = decoded.subarray(0, unescapeJson(bytes, 0, bytes.length, decoded, 0));
    }
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }
}

function blanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] <= space) at++;
  return at;
}
