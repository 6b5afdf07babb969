/** Sets of rules that rows match, each known by a small number: as many as there are combinations in the data, capped. */
export class MatchSets<T> {
  readonly #make: (rules: readonly number[]) => T;
  readonly #sets: T[] = [];
  readonly #root: Node = { set: -1, next: new Map() };

  /** @param make what is worth knowing of a set, worked out once */
  constructor(make: (rules: readonly number[]) => T) {
    this.#make = make;
  }

  /** The number of a set of ascending rules; {@link tooMany} when there is no room for another one. */
  idOf(rules: readonly number[]): number {
    let node = this.#root;
    for (const rule of rules) {
      let next = node.next.get(rule);
      if (next === undefined) {
        if (this.#sets.length >= tooMany) return tooMany;
        node.next.set(rule, (next = { set: -1, next: new Map() }));
      }
      node = next;
    }
    if (node.set < 0) {
      if (this.#sets.length >= tooMany) return tooMany;
      node.set = this.#sets.push(this.#make([...rules])) - 1;
    }
    return node.set;
  }

  /** A set by its number; undefined for {@link tooMany}, which has to be made anew. */
  get(id: number): T | undefined {
    return this.#sets[id];
  }

  make(rules: readonly number[]): T {
    return this.#make([...rules]);
  }
}

/** Sets remembered: whoever writes the logs chooses the combinations. */
const tooMany = 0x3fff;

interface Node {
  set: number;
  readonly next: Map<number, Node>;
}
