import type { LearnedWords } from '../bytes/learned-words.ts';
import { isText } from '../bytes/numbers.ts';
import { PairPicker } from '../bytes/pair-picker.ts';
import { beginsWith } from './verdict-words.ts';

/**
 * Where the values of known keys stand in a line of 'key=value' or the like: what the readers of paired-fields.ts found. Keys
 * are compared without case; of a key that comes twice the first counts; unknown keys are passed over.
 */
export class NamedFields {
  /** Where the value of field i stands; both are what they were before when it is absent: ask {@link has}. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** What the readers fill. */
  readonly picker: PairPicker;
  readonly #kind: Uint8Array;

  /**
   * Field i is `names[i]`; several names for one field are parted by '|'. Those of the same names share where their fields are:
   * each has to be done with a line before the next one is read.
   */
  constructor(names: readonly string[]) {
    this.picker = PairPicker.of(names);
    this.start = this.picker.start;
    this.end = this.picker.end;
    this.#kind = this.picker.kind;
  }

  has(field: number): boolean {
    return this.#kind[field] !== 0;
  }

  /** The value begins with the lower-case `text`, any case. */
  begins(bytes: Uint8Array, field: number, text: string): boolean {
    return this.has(field) && beginsWith(bytes, this.start[field], this.end[field], text);
  }

  is(bytes: Uint8Array, field: number, text: string): boolean {
    return this.has(field) && isText(bytes, this.start[field], this.end[field], text);
  }

  /** A whole number ≥ 0; -1 when absent or something else. */
  integer(bytes: Uint8Array, field: number): number {
    return this.has(field) ? this.picker.integer(bytes, field) : -1;
  }

  /** A port; -1 when absent or something else. */
  port(bytes: Uint8Array, field: number): number {
    if (!this.has(field) || this.end[field] - this.start[field] > 5) return -1;
    const value = this.integer(bytes, field);
    return value > 65_535 ? -1 : value;
  }

  /** What the value stands for; -1 when it is absent. */
  meaning(bytes: Uint8Array, field: number, words: LearnedWords): number {
    return this.has(field) ? this.picker.meaning(bytes, field, words) : -1;
  }

  /** An address that is not the unspecified one, which firewalls print for none; false when there is none. */
  address(bytes: Uint8Array, field: number, words: Uint32Array): boolean {
    if (!this.has(field) || !this.picker.address(bytes, field, words)) return false;
    return words[3] !== 0 || words[1] !== 0 || words[0] !== 0 || (words[2] !== 0 && words[2] !== 0xffff);
  }
}
