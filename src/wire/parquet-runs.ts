import { DamagedError } from './thrift.ts';

const noBytes = new Uint8Array(0);

/**
 * Runs of equal values and bit-packed values, mixed (Parquet's "RLE/bit-packing hybrid"), one value at a time.
 */
export class HybridRuns {
  #bytes: Uint8Array = noBytes;
  #at = 0;
  #end = 0;
  #width = 0;
  /** Values left in the run; of a bit-packed one the value is at bit `#bit` behind `#at`. */
  #left = 0;
  #packed = false;
  #bit = 0;
  #value = 0;

  begin(bytes: Uint8Array, start: number, end: number, width: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#width = width;
    this.#left = 0;
    this.#packed = false;
    this.#bit = 0;
  }

  next(): number {
    while (this.#left === 0) this.#nextRun();
    this.#left--;
    if (!this.#packed) return this.#value;
    let at = this.#at + Math.floor(this.#bit / 8);
    const shift = this.#bit % 8;
    this.#bit += this.#width;
    if (at + Math.ceil((shift + this.#width) / 8) > this.#end) throw new DamagedError('a page ends early');
    let value = this.#bytes[at] >>> shift;
    for (let have = 8 - shift; have < this.#width; have += 8) value += this.#bytes[++at] * 2 ** have;
    return value % 2 ** this.#width;
  }

  #nextRun(): void {
    if (this.#packed) this.#at += Math.ceil(this.#bit / 8);
    this.#packed = false;
    this.#bit = 0;
    if (this.#width === 0 && this.#at >= this.#end) {
      // One value in all: nothing needs to be said of it.
      this.#value = 0;
      this.#left = 0x7fff_ffff;
      return;
    }
    let head = 0;
    let unit = 1;
    for (let i = 0; ; i++) {
      if (this.#at >= this.#end || i > 4) throw new DamagedError('a page ends early');
      const byte = this.#bytes[this.#at++];
      head += (byte & 127) * unit;
      if (byte < 128) break;
      unit *= 128;
    }
    if (head % 2 === 1) {
      this.#packed = true;
      this.#left = ((head - 1) / 2) * 8;
      return;
    }
    this.#left = head / 2;
    this.#value = 0;
    for (let i = 0; i < Math.ceil(this.#width / 8); i++) {
      if (this.#at >= this.#end) throw new DamagedError('a page ends early');
      this.#value += this.#bytes[this.#at++] * 256 ** i;
    }
  }
}
