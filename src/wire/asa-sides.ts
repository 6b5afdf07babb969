import { copyWords, readAddress } from '../bytes/addresses.ts';
import { colon, comma, parenClose, parenOpen, slash, space } from '../bytes/codes.ts';
import { kernel, placeInChunk } from '../bytes/kernel.ts';
import { cursor, find, hasText, readDecimal } from '../bytes/numbers.ts';

/** What stands between two sides. */
export const Between = { to: ' to ', dst: ' dst ', arrow: ' -> ' } as const;
/** The first four bytes of each, as one number. */
const wordOf = {
  [Between.to]: 0x206f_7420,
  [Between.dst]: 0x7473_6420,
  [Between.arrow]: 0x203e_2d20,
} as const;

/** Where the addresses of two sides go. */
interface Sides {
  readonly source: Uint32Array;
  readonly target: Uint32Array;
}

/** Reads the sides of a message of Cisco's firewalls: those of the usual shape in one call of kernel/sides.ts. */
export class AsaSides {
  /** The ports behind the sides that were read last; -1: none. */
  sourcePort = -1;
  targetPort = -1;
  readonly #kernel = kernel();
  readonly #source: Uint32Array;
  readonly #target: Uint32Array;
  /** The ports, and where the first side ends. */
  readonly #numbers: Int32Array;

  constructor() {
    const { memory, sidesValues } = this.#kernel;
    this.#source = new Uint32Array(memory.buffer, sidesValues.value, 4);
    this.#target = new Uint32Array(memory.buffer, sidesValues.value + 16, 4);
    this.#numbers = new Int32Array(memory.buffer, sidesValues.value + 32, 3);
  }

  /** Two sides with `between` between them: the position behind the second, or -1 when they are none. */
  read(bytes: Uint8Array, start: number, end: number, between: keyof typeof wordOf, sides: Sides): number {
    const behind = this.#usual(bytes, start, end, between);
    if (behind > 0) return this.#take(behind, sides);
    const first = this.one(bytes, start, end, sides.source);
    if (first < 0 || !hasText(bytes, first, end, between)) return -1;
    this.sourcePort = this.targetPort;
    return this.one(bytes, first + between.length, end, sides.target);
  }

  /** As {@link read}, of sides around the arrow at `arrow`. */
  readAround(bytes: Uint8Array, start: number, arrow: number, end: number, sides: Sides): number {
    const behind = this.#usual(bytes, start, end, Between.arrow);
    if (behind > 0 && this.#numbers[2] === arrow) return this.#take(behind, sides);
    if (this.one(bytes, start, arrow, sides.source) < 0) return -1;
    this.sourcePort = this.targetPort;
    return this.one(bytes, arrow + Between.arrow.length, end, sides.target);
  }

  /** 0 when the kernel does not see the bytes, or they are of another shape. */
  #usual(bytes: Uint8Array, start: number, end: number, between: keyof typeof wordOf): number {
    const base = placeInChunk(bytes, start, end);
    if (Number.isNaN(base)) return 0;
    return this.#kernel.sidesRead(base, start, end, wordOf[between], between.length);
  }

  #take(behind: number, { source, target }: Sides): number {
    copyWords(this.#source, source);
    copyWords(this.#target, target);
    this.sourcePort = this.#numbers[0];
    this.targetPort = this.#numbers[1];
    return behind;
  }

  /**
   * Reads 'outside:192.0.2.7/61000', 'outside/192.0.2.7(61000)' or '192.0.2.7/61000', and what stands in brackets behind
   * it, into `words` and `targetPort`; returns the position behind, or -1 when there is no address (a name, for instance).
   */
  one(bytes: Uint8Array, start: number, end: number, words: Uint32Array): number {
    this.targetPort = -1;
    let position = start;
    if (!readAddress(bytes, start, end, words)) {
      // The interface's name ends at ':' or '/'; it may hold blanks ('NP Identity Ifc').
      const limit = Math.min(end, start + 80);
      for (; position < limit; position++) {
        const code = bytes[position];
        if (code === comma || code === parenOpen) return -1;
        if ((code === colon || code === slash) && readAddress(bytes, position + 1, end, words)) break;
      }
      if (position >= limit) return -1;
    }
    let behind = cursor.at;
    if (behind < end && (bytes[behind] === slash || bytes[behind] === parenOpen)) {
      const port = readDecimal(bytes, behind + 1, end);
      if (port >= 0) {
        if (port > 65_535) return -1;
        this.targetPort = port;
        behind = cursor.at;
        if (bytes[behind] === parenClose) behind++;
      }
    }
    for (;;) {
      let open = behind;
      while (open < end && bytes[open] === space) open++;
      // '(type 8, code 0)' is no part of the side.
      if (open >= end || bytes[open] !== parenOpen || hasText(bytes, open, end, '(type')) return behind;
      behind = Math.min(end, find(bytes, open, end, parenClose) + 1);
    }
  }
}
