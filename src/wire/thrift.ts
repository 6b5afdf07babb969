/*
 * Thrift's compact protocol, as Parquet uses it for its page headers and footer: https://github.com/apache/thrift/blob/
 * master/doc/specs/thrift-compact-protocol.md. Every length is held against the bytes that are there, lists grow by what
 * was read, and depth and number of values are capped: the bytes may be damaged.
 */

export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
/** Fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const depthLimit = 16;
const valueLimit = 1_000_000;

/** What is wrong with a file; caught where its parts are read, never shown as a crash. */
export class DamagedError extends Error {}

/** Reads one struct from `at` on; afterwards `at` is behind it. Throws {@link DamagedError}. */
export class ThriftReader {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #values = 0;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = Math.min(end, bytes.length);
  }

  struct(depth = 0): ThriftStruct {
    if (depth > depthLimit) throw new DamagedError('nested too deeply');
    const fields = new Map<number, ThriftValue>();
    let field = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 15;
      if (type === 0) return fields;
      field = head >>> 4 > 0 ? field + (head >>> 4) : this.#zigzag();
      fields.set(field, this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    if (++this.#values > valueLimit) throw new DamagedError('too many values');
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return this.#byte();
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7:
        this.#binary(8);
        return 0;
      case 8:
        return this.#binary(this.#varint());
      case 9:
      case 10:
        return this.#list(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new DamagedError('unknown type of a value');
    }
  }

  #list(depth: number): ThriftValue[] {
    const head = this.#byte();
    const size = head >>> 4 === 15 ? this.#varint() : head >>> 4;
    const type = head & 15;
    const values: ThriftValue[] = [];
    // In lists a boolean is a byte of its own.
    for (let i = 0; i < size; i++) values.push(this.#value(type <= 2 ? 3 : type, depth + 1));
    return values;
  }

  #binary(length: number): Uint8Array {
    if (length > this.#end - this.at) throw new DamagedError('longer than the file');
    const value = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return value;
  }

  #byte(): number {
    if (this.at >= this.#end) throw new DamagedError('cut off');
    return this.#bytes[this.at++];
  }

  #varint(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
    throw new DamagedError('number without an end');
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** The field as a number; `otherwise` when it is absent or something else. */
export function numberIn(struct: ThriftStruct, field: number, otherwise = -1): number {
  const value = struct.get(field);
  return typeof value === 'number' ? value : otherwise;
}

export function structIn(struct: ThriftStruct, field: number): ThriftStruct | undefined {
  const value = struct.get(field);
  return value instanceof Map ? (value as ThriftStruct) : undefined;
}

export function listIn(struct: ThriftStruct, field: number): readonly ThriftValue[] {
  const value = struct.get(field);
  return Array.isArray(value) ? (value as readonly ThriftValue[]) : [];
}

/** A binary value as text; '' for anything else. */
export function textOf(value: ThriftValue | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}
