/**
 * Walks the fields of one Protocol Buffers message (https://protobuf.dev/programming-guides/encoding/), one a call. Nothing
 * is copied; a length past the end, a varint past ten bytes or a group ends the walk as broken.
 */
export class ProtobufFields {
  field = 0;
  /** A varint or fixed number, exact below 2^53; NaN above. Of bytes: their number. */
  value = 0;
  /** Bytes of a length-delimited field. */
  start = 0;
  end = 0;
  /** The message ended where it should not. */
  broken = false;
  #at = 0;
  #end = 0;

  begin(start: number, end: number): void {
    this.#at = start;
    this.#end = end;
    this.broken = false;
  }

  /** Moves to the next field; false at the end. */
  next(bytes: Uint8Array): boolean {
    if (this.#at >= this.#end) return false;
    const key = this.#varint(bytes);
    this.field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        this.value = this.#varint(bytes);
        break;
      case 1:
        this.value = this.#fixed(bytes, 8);
        break;
      case 2: {
        const length = this.#varint(bytes);
        this.value = length;
        this.start = this.#at;
        // Not a number: longer than any file.
        if (!(length <= this.#end - this.#at)) this.broken = true;
        else this.#at += length;
        this.end = this.#at;
        break;
      }
      case 5:
        this.value = this.#fixed(bytes, 4);
        break;
      default:
        this.broken = true;
    }
    if (this.field === 0) this.broken = true;
    return !this.broken;
  }

  #varint(bytes: Uint8Array): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10 && this.#at < this.#end; i++) {
      const code = bytes[this.#at++];
      value += (code & 127) * scale;
      if (code < 128) return value > Number.MAX_SAFE_INTEGER ? Number.NaN : value;
      scale *= 128;
    }
    this.broken = true;
    return 0;
  }

  // Little-endian, as the encoding has it.
  #fixed(bytes: Uint8Array, size: number): number {
    if (size > this.#end - this.#at) {
      this.broken = true;
      return 0;
    }
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[this.#at + i];
    this.#at += size;
    return value > Number.MAX_SAFE_INTEGER ? Number.NaN : value;
  }
}
