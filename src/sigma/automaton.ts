// Aho–Corasick over folded text: all literals of all rules in one pass. Characters are put into classes first (most
// of them share one), so the table stays narrow:
//
//   text      / a d m i n / x …
//   class     3 1 7 9 4 5 3 0        0: a character that no literal has
//   state  0 → next[state * classes + class] → … → a state that ends literals → their outputs

/** Table cells at most (64 MiB), so that a hostile rule set cannot take the memory. */
const maxCells = 16_777_216;

export class Automaton {
  readonly #classOf = new Uint8Array(0x80);
  readonly #classes: number;
  readonly #next: Int32Array;
  /** For each state the outputs of all literals that end there. */
  readonly #outputs: (readonly number[] | undefined)[];

  /**
   * @param literals folded texts with their output; only ASCII in them tells: other characters are one class, so a
   *   hit may be false, a miss never is
   */
  constructor(literals: readonly { readonly text: string; readonly output: number }[]) {
    let classes = 2;
    for (const { text } of literals)
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code < 0x80 && this.#classOf[code] === 0) this.#classOf[code] = classes++;
      }
    this.#classes = classes;
    const maxStates = Math.floor(maxCells / classes);
    const states = Math.min(
      literals.reduce((sum, { text }) => sum + text.length, 1),
      maxStates,
    );
    let next = new Int32Array(states * classes).fill(-1);
    const outputs: number[][] = [[]];
    let used = 1;
    for (const { text, output } of literals) {
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        const edge = state * classes + this.#class(text.charCodeAt(at));
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
  }

  #class(code: number): number {
    return code < 0x80 ? this.#classOf[code] : 1;
  }

  /** Calls `found` with the outputs of every place where literals end; the same ones may come again. */
  scan(text: string, found: (outputs: readonly number[]) => void): void {
    const next = this.#next;
    const classes = this.#classes;
    const classOf = this.#classOf;
    const start = this.#outputs[0];
    if (start !== undefined) found(start);
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      state = next[state * classes + (code < 0x80 ? classOf[code] : 1)];
      const outputs = this.#outputs[state];
      if (outputs !== undefined) found(outputs);
    }
  }
}
