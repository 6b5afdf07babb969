/*
 * Messages that wait for their answer, or for their own rest: requests, queries, client hellos. Fixed columns and one
 * arena of equal cells; both grow to a limit and no further. Entries stand in a list in order of their deadline.
 */

export const keyWords = 9;

export class HeldMessages {
  readonly limit: number;
  /** Bytes kept of each message. */
  readonly size: number;
  /** Sender's address, receiver's address, sender's port · 65536 + receiver's: {@link keyWords} words each. */
  readonly key: Int32Array;
  readonly time: Float64Array;
  readonly record: Float64Array;
  readonly due: Float64Array;
  readonly length: Int32Array;
  /** TCP sequence number at which the message began, and at which it goes on. */
  readonly sequence: Int32Array;
  readonly expected: Int32Array;
  /** For whoever holds the messages. */
  readonly kind: Uint8Array;
  readonly slot: Int32Array;
  /** The next message of the same flow, -1 when there is none. */
  readonly follower: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #first = -1;
  #last = -1;
  #free = -1;
  #used = 0;
  #bytes = new Uint8Array(0);

  constructor(limit: number, size: number) {
    this.limit = limit;
    this.size = size;
    this.key = new Int32Array(limit * keyWords);
    this.time = new Float64Array(limit);
    this.record = new Float64Array(limit);
    this.due = new Float64Array(limit);
    this.length = new Int32Array(limit);
    this.sequence = new Int32Array(limit);
    this.expected = new Int32Array(limit);
    this.kind = new Uint8Array(limit);
    this.slot = new Int32Array(limit);
    this.follower = new Int32Array(limit);
    this.#next = new Int32Array(limit);
    this.#previous = new Int32Array(limit);
  }

  /** The message that has waited longest, -1 when none waits. */
  get oldest(): number {
    return this.#first;
  }

  get full(): boolean {
    return this.#free < 0 && this.#used === this.limit;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** A new entry, empty, due at `due` (not earlier than those before it). Must not be {@link full}. */
  take(due: number): number {
    let entry = this.#free;
    if (entry >= 0) this.#free = this.#next[entry];
    else {
      entry = this.#used++;
      const need = this.#used * this.size;
      if (need > this.#bytes.length) {
        const grown = new Uint8Array(
          Math.min(this.limit * this.size, Math.max(need, this.#bytes.length * 2, 16 * this.size)),
        );
        grown.set(this.#bytes);
        this.#bytes = grown;
      }
    }
    this.length[entry] = 0;
    this.due[entry] = due;
    this.follower[entry] = -1;
    this.#next[entry] = -1;
    this.#previous[entry] = this.#last;
    if (this.#last < 0) this.#first = entry;
    else this.#next[this.#last] = entry;
    this.#last = entry;
    return entry;
  }

  /** Adds bytes as far as the cell has room. */
  append(entry: number, from: Uint8Array, start: number, end: number): void {
    const length = Math.min(end - start, this.size - this.length[entry]);
    const at = entry * this.size + this.length[entry];
    if (length > 64) this.#bytes.set(from.subarray(start, start + length), at);
    else for (let i = 0; i < length; i++) this.#bytes[at + i] = from[start + i];
    this.length[entry] += length;
  }

  release(entry: number): void {
    const next = this.#next[entry];
    const previous = this.#previous[entry];
    if (previous < 0) this.#first = next;
    else this.#next[previous] = next;
    if (next < 0) this.#last = previous;
    else this.#previous[next] = previous;
    this.#next[entry] = this.#free;
    this.#free = entry;
  }
}
