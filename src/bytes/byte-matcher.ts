/**
 * Which of many words occur in bytes: one table look-up per byte, whatever the number of words (Aho & Corasick 1975, as a
 * complete automaton). ASCII case is folded, '+' reads as a space, and %xx is decoded once, as a web server would.
 *
 *   byte ─▶ class (bytes that no word tells apart share one) ─▶ next[state · classes + class]
 *
 * States that end a word have the highest numbers, so that one comparison tells whether there is anything to note.
 */
export interface Word {
  /** Lower case; '\n' stands for the end of the text. */
  readonly text: string;
  /** Bits that the word contributes. */
  readonly mask: number;
}

interface Node {
  readonly next: Map<number, Node>;
  fail: Node | undefined;
  mask: number;
  id: number;
}

const end = 10;
const percent = 37;

export class ByteMatcher {
  readonly #classOf = new Uint8Array(256);
  readonly #classes: number;
  readonly #next: Uint16Array;
  readonly #masks: Int32Array;
  readonly #ending: number;
  /** Bits of the words found since {@link begin}. */
  found = 0;
  #state = 0;

  constructor(words: readonly Word[]) {
    const bytes = [...new Set(words.flatMap(({ text }) => [...Buffer.from(text)]))].sort((a, b) => a - b);
    if (bytes.length > 250) throw new RangeError('too many different bytes');
    for (const [i, byte] of bytes.entries()) this.#classOf[byte] = i + 1;
    for (let byte = 65; byte <= 90; byte++) this.#classOf[byte] = this.#classOf[byte + 32];
    this.#classOf[43] = this.#classOf[32];
    this.#classes = bytes.length + 1;
    const nodes = automaton(words, this.#classOf);
    if (nodes.length > 65_535) throw new RangeError('too many words');
    const numbered = nodes.toSorted((a, b) => Number(a.mask !== 0) - Number(b.mask !== 0));
    // The root comes first: sorting is stable and the empty word is no word.
    for (const [id, node] of numbered.entries()) node.id = id;
    this.#ending = numbered.findIndex(({ mask }) => mask !== 0);
    if (this.#ending < 0) this.#ending = nodes.length;
    this.#masks = Int32Array.from(numbered, ({ mask }) => mask);
    const next = new Uint16Array(nodes.length * this.#classes);
    this.#next = next;
    // Shorter words come first: where a node goes by default, the one that it fails to goes, and that is known.
    for (const { id, fail, next: own } of nodes) {
      const row = id * this.#classes;
      if (fail !== undefined) next.copyWithin(row, fail.id * this.#classes, (fail.id + 1) * this.#classes);
      for (const [c, to] of own) next[row + c] = to.id;
    }
  }

  begin(): void {
    this.found = 0;
    this.#state = 0;
  }

  /** Reads on: words may begin in one piece and end in the next. */
  feed(bytes: Uint8Array, start: number, length: number): void {
    const next = this.#next;
    const classOf = this.#classOf;
    const classes = this.#classes;
    const ending = this.#ending;
    const stop = start + length;
    let state = this.#state;
    for (let i = start; i < stop; i++) {
      let byte = bytes[i];
      if (byte === percent && i + 2 < stop) {
        const high = hexDigit(bytes[i + 1]);
        const low = hexDigit(bytes[i + 2]);
        if (high >= 0 && low >= 0) {
          byte = high * 16 + low;
          i += 2;
        }
      }
      state = next[state * classes + classOf[byte]];
      if (state >= ending) this.found |= this.#masks[state];
    }
    this.#state = state;
  }

  /** Reads a single byte, undecoded. */
  feedByte(byte: number): void {
    this.#state = this.#next[this.#state * this.#classes + this.#classOf[byte]];
    if (this.#state >= this.#ending) this.found |= this.#masks[this.#state];
  }

  /** The text is over; returns the bits found. */
  finish(): number {
    this.feedByte(end);
    return this.found;
  }
}

/** All nodes, the root first, with failure links; a node's mask includes those of the words that end within it. */
function automaton(words: readonly Word[], classOf: Uint8Array): Node[] {
  const node = (): Node => ({ next: new Map(), fail: undefined, mask: 0, id: 0 });
  const root = node();
  for (const { text, mask } of words) {
    let at = root;
    for (const byte of Buffer.from(text)) {
      const c = classOf[byte];
      let to = at.next.get(c);
      if (!to) at.next.set(c, (to = node()));
      at = to;
    }
    at.mask |= mask;
  }
  const nodes = [root];
  for (let i = 0; i < nodes.length; i++) {
    const at = nodes[i];
    for (const [c, to] of at.next) {
      let from = at.fail;
      while (from && !from.next.has(c)) from = from.fail;
      to.fail = from?.next.get(c) ?? root;
      to.mask |= to.fail.mask;
      nodes.push(to);
    }
  }
  return nodes;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
