import type { Needle } from './automaton.ts';

// Few literals over ASCII bytes, most of which are never looked at (Wu and Manber, 1994). A window as long as the shortest
// literal slides over the text; the two bytes at its end say how far it may jump:
//
//   text      M o z i l l a / 5 . 0 …           literals  nikto/  sqlmap/  (6: window of 6)
//             └─────────┘▲                       "la" ends no prefix of 6, so nothing that contains it can match
//                        └ jump 5

/** Bytes of a block, as a number of two 7-bit letters. */
const blocks = 1 << 14;
/** With more literals than this nearly every block is one of theirs: there is nothing to jump over. */
const maxNeedles = 256;
const shortest = 3;

interface Literal {
  readonly bytes: Uint8Array;
  readonly outputs: readonly number[];
}

export class SkipScan {
  readonly #window: number;
  readonly #jump = new Uint8Array(blocks);
  readonly #ends: (readonly Literal[] | undefined)[] = [];
  readonly #fold = Uint8Array.from({ length: 128 }, (_, code) =>
    code >= 0x41 && code <= 0x5a ? code + 0x20 : code,
  );

  /** A scanner for the literals; undefined when they are too many or too short for it. */
  static of(needles: readonly Needle[]): SkipScan | undefined {
    // Text of ASCII alone holds no other literal.
    const ascii = needles.filter(({ text }) => /^[\x00-\x7f]*$/.test(text));
    if (ascii.length > maxNeedles || ascii.some(({ text }) => text.length < shortest)) return undefined;
    return new SkipScan(ascii);
  }

  private constructor(needles: readonly Needle[]) {
    const window = Math.min(254, ...needles.map(({ text }) => text.length));
    this.#window = window;
    this.#jump.fill(window - 1);
    for (const { text, output } of needles) {
      const bytes = new TextEncoder().encode(text);
      for (let at = 1; at < window; at++) {
        const block = (bytes[at - 1] << 7) | bytes[at];
        this.#jump[block] = Math.min(this.#jump[block], window - 1 - at);
      }
      const last = (bytes[window - 2] << 7) | bytes[window - 1];
      this.#ends[last] = [...(this.#ends[last] ?? []), { bytes, outputs: [output] }];
    }
  }

  /** Calls `found` where literals stand, in either case, whatever their anchors. The bytes are ASCII. */
  scan(bytes: Uint8Array, start: number, length: number, found: (outputs: readonly number[]) => void): void {
    const jump = this.#jump;
    const fold = this.#fold;
    const end = start + length;
    for (let at = start + this.#window - 1; at < end;) {
      const block = (fold[bytes[at - 1]] << 7) | fold[bytes[at]];
      const far = jump[block];
      if (far > 0) {
        at += far;
        continue;
      }
      for (const literal of this.#ends[block] ?? [])
        if (this.#stands(literal.bytes, bytes, at - this.#window + 1, end)) found(literal.outputs);
      at++;
    }
  }

  #stands(literal: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
    if (from + literal.length > end) return false;
    for (let i = 0; i < literal.length; i++) if (this.#fold[bytes[from + i]] !== literal[i]) return false;
    return true;
  }
}
