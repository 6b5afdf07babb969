// Aho–Corasick over folded text: all literals of all rules in one pass. Characters are put into classes first (most
// of them share one), so the table stays narrow:
//
//   text      / a d m i n / x …
//   class     5 1 7 9 4 5 6 0        0: a character that no literal has; 1: not ASCII; 2, 3: the text's two ends
//   state  0 → next[state * classes + class] → … → a state that ends literals → their outputs

const beginning = 2;
const ending = 3;

/** A folded text that is looked for, and what is reported where it stands. */
export interface Needle {
  readonly text: string;
  readonly output: number;
  /** It stands at the beginning, at the end of the text. */
  readonly first?: boolean;
  readonly last?: boolean;
}

/** Table cells at most (64 MiB), so that a hostile rule set cannot take the memory. */
const maxCells = 16_777_216;

export class Automaton {
  readonly #classOf = new Uint8Array(0x80);
  readonly #classes: number;
  readonly #next: Int32Array;
  /** For each state the outputs of all literals that end there. */
  readonly #outputs: (readonly number[] | undefined)[];
  /** 1 where a state has outputs. */
  readonly #ends: Uint8Array;
  readonly #start: number;

  /** Only ASCII in the literals tells: other characters are one class, so a hit may be false, a miss never is. */
  constructor(literals: readonly Needle[]) {
    let classes = 4;
    for (const { text } of literals)
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code < 0x80 && this.#classOf[code] === 0) this.#classOf[code] = classes++;
      }
    this.#classes = classes;
    const maxStates = Math.floor(maxCells / classes);
    const states = Math.min(
      literals.reduce((sum, { text }) => sum + text.length + 2, 1),
      maxStates,
    );
    let next = new Int32Array(states * classes).fill(-1);
    const outputs: number[][] = [[]];
    let used = 1;
    for (const needle of literals) {
      let state = 0;
      const { output } = needle;
      for (const symbol of this.#symbols(needle)) {
        const edge = state * classes + symbol;
        if (next[edge] < 0) {
          // A literal cut short hits more often, never less.
          if (used === maxStates) break;
          next[edge] = used++;
          outputs.push([]);
        }
        state = next[edge];
      }
      outputs[state].push(output);
    }
    next = next.slice(0, used * classes);

    const fail = new Int32Array(used);
    const queue: number[] = [];
    for (let c = 0; c < classes; c++) {
      if (next[c] < 0) next[c] = 0;
      else queue.push(next[c]);
    }
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head];
      for (let c = 0; c < classes; c++) {
        const edge = state * classes + c;
        const below = next[fail[state] * classes + c];
        if (next[edge] < 0) next[edge] = below;
        else {
          const child = next[edge];
          fail[child] = below;
          if (outputs[below].length > 0)
            outputs[child] = [...new Set([...outputs[child], ...outputs[below]])];
          queue.push(child);
        }
      }
    }
    this.#next = next;
    this.#outputs = outputs.map((list) => (list.length === 0 ? undefined : list));
    this.#ends = Uint8Array.from(outputs, (list) => (list.length === 0 ? 0 : 1));
    this.#start = next[beginning];
    // Bytes of either case are one class, so that bytes need no folding.
    for (let code = 0x41; code <= 0x5a; code++) this.#classOf[code] = this.#classOf[code + 0x20];
  }

  #symbols({ text, first, last }: Needle): number[] {
    const inner = Array.from({ length: text.length }, (_, at) => this.#class(text.charCodeAt(at)));
    return [...(first === true ? [beginning] : []), ...inner, ...(last === true ? [ending] : [])];
  }

  #class(code: number): number {
    return code < 0x80 ? this.#classOf[code] : 1;
  }

  /** Calls `found` with the outputs of every place where literals end; the same ones may come again. */
  scan(text: string, found: (outputs: readonly number[]) => void): void {
    const next = this.#next;
    const classes = this.#classes;
    const classOf = this.#classOf;
    this.#report(0, found);
    let state = this.#start;
    this.#report(state, found);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      state = next[state * classes + (code < 0x80 ? classOf[code] : 1)];
      if (this.#ends[state] === 1) this.#report(state, found);
    }
    this.#report(next[state * classes + ending], found);
  }

  /**
   * The same over bytes as they were logged, of either case. False when there is a byte that is not ASCII, which folding
   * may turn into one: then the text has to be scanned.
   */
  scanBytes(
    bytes: Uint8Array,
    start: number,
    length: number,
    found: (outputs: readonly number[]) => void,
  ): boolean {
    const next = this.#next;
    const classes = this.#classes;
    const classOf = this.#classOf;
    const ends = this.#ends;
    this.#report(0, found);
    let state = this.#start;
    this.#report(state, found);
    for (let at = start, end = start + length; at < end; at++) {
      const code = bytes[at];
      if (code >= 0x80) return false;
      state = next[state * classes + classOf[code]];
      if (ends[state] === 1) this.#report(state, found);
    }
    this.#report(next[state * classes + ending], found);
    return true;
  }

  #report(state: number, found: (outputs: readonly number[]) => void): void {
    const outputs = this.#outputs[state];
    if (outputs !== undefined) found(outputs);
  }
}
