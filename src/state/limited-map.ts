/**
 * A Map of so many entries at most: past the limit the key that was set first goes. (To ask a Map itself for its first key
 * costs a walk over all that were deleted before it.)
 */
export class LimitedMap<K, V> {
  readonly #limit: number;
  readonly #values = new Map<K, V>();
  /** Keys in the order in which they came, as a ring. */
  readonly #order: K[] = [];
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  set(key: K, value: V): void {
    if (!this.#values.has(key)) {
      if (this.#order.length < this.#limit) this.#order.push(key);
      else {
        this.#values.delete(this.#order[this.#oldest]);
        this.#order[this.#oldest] = key;
        this.#oldest = (this.#oldest + 1) % this.#limit;
      }
    }
    this.#values.set(key, value);
  }
}
