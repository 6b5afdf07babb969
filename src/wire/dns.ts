/* DNS messages (RFC 1035), as far as a question and its answer's code go. */

const headerLength = 12;
/** A name is at most 255 bytes on the wire; escapes may make its text longer. */
const nameLimit = 255;
const textLimit = 1024;
const dot = 46;
const backslash = 92;

export const DnsOpcode = { query: 0 } as const;
export const DnsType = { a: 1, aaaa: 28, opt: 41, axfr: 252 } as const;

/** One message; an instance is filled again and again. */
export class DnsMessage {
  id = 0;
  response = false;
  opcode = 0;
  /** With the upper bits of EDNS, when its record was reached. */
  rcode = 0;
  truncated = false;
  answers = 0;
  /** The first question: its name as text without the last dot ('' is the root), its type and class. */
  readonly name = new Uint8Array(textLimit);
  nameLength = 0;
  type = 0;
  class = 0;

  /**
   * Reads header and first question of `bytes[start, end)`; false when they cannot be read. A message without a question
   * has type 0. Pointers may only lead backwards, so a loop cannot be built.
   */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < headerLength) return false;
    this.id = (bytes[start] << 8) | bytes[start + 1];
    const high = bytes[start + 2];
    const low = bytes[start + 3];
    this.response = (high & 0x80) !== 0;
    this.opcode = (high >>> 3) & 15;
    this.truncated = (high & 2) !== 0;
    this.rcode = low & 15;
    const questions = (bytes[start + 4] << 8) | bytes[start + 5];
    this.answers = (bytes[start + 6] << 8) | bytes[start + 7];
    this.nameLength = 0;
    this.type = 0;
    this.class = 0;
    if (questions === 0) return true;
    const at = this.#name(bytes, start, start + headerLength, end);
    if (at < 0 || end - at < 4) return false;
    this.type = (bytes[at] << 8) | bytes[at + 1];
    this.class = (bytes[at + 2] << 8) | bytes[at + 3];
    return true;
  }

  /** Writes the name at `from` as text; returns the position behind it, -1 when it is broken. */
  #name(bytes: Uint8Array, start: number, from: number, end: number): number {
    const text = this.name;
    let at = from;
    let length = 0;
    let wire = 0;
    let after = -1;
    let lowest = from;
    for (;;) {
      if (at >= end) return -1;
      const size = bytes[at];
      if (size === 0) break;
      if (size >= 0xc0) {
        if (at + 1 >= end) return -1;
        if (after < 0) after = at + 2;
        const target = start + (((size & 0x3f) << 8) | bytes[at + 1]);
        if (target >= lowest) return -1;
        lowest = target;
        at = target;
        continue;
      }
      if (size > 63 || at + size >= end) return -1;
      wire += size + 1;
      if (wire > nameLimit) return -1;
      if (length > 0) text[length++] = dot;
      for (let i = at + 1; i <= at + size; i++) {
        const code = bytes[i];
        // A dot inside a label must not look like one between labels (RFC 1035 §5.1).
        if (code === dot || code === backslash) text[length++] = backslash;
        text[length++] = code;
      }
      at += size + 1;
    }
    this.nameLength = length;
    return after < 0 ? at + 1 : after;
  }
}
