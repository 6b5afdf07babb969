import { kernel } from '../bytes/kernel.ts';

/** What kernel/request-row.ts read of the parts of the last record: everything at once. */
export class RequestRow {
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  readonly #size: Float64Array;
  /** Places from the record's bytes on; what may be -1 is in `numbers`, which is the same memory. */
  readonly #places: Uint32Array;
  readonly #numbers: Int32Array;

  constructor() {
    const { memory, requestRowValues } = kernel();
    const at = requestRowValues.value;
    this.#size = new Float64Array(memory.buffer, at, 1);
    this.source = new Uint32Array(memory.buffer, at + 16, 4);
    this.target = new Uint32Array(memory.buffer, at + 32, 4);
    this.#places = new Uint32Array(memory.buffer, at + 48, 15);
    this.#numbers = new Int32Array(memory.buffer, at + 48, 15);
  }

  get size(): number {
    return this.#size[0];
  }

  /** Of the client and of the server; -1 for none. */
  get sourcePort(): number {
    return this.#numbers[0];
  }
  get targetPort(): number {
    return this.#numbers[1];
  }

  get status(): number {
    return this.#numbers[2];
  }

  /** Of the host asked for. */
  get hostEnd(): number {
    return this.#places[3];
  }
  get hostPort(): number {
    return this.#numbers[4];
  }

  /** Of the request: 0 when it names no method. */
  get methodEnd(): number {
    return this.#places[5];
  }

  /** Of an absolute target; empty when it is none. */
  get urlHost(): number {
    return this.#places[6];
  }
  get urlHostEnd(): number {
    return this.#places[7];
  }
  get urlPort(): number {
    return this.#numbers[8];
  }

  get path(): number {
    return this.#places[9];
  }
  get pathEnd(): number {
    return this.#places[10];
  }
  get query(): number {
    return this.#places[11];
  }
  get queryEnd(): number {
    return this.#places[12];
  }

  /** Of the parts that are ports; 0 for what is none. */
  get clientPort(): number {
    return this.#numbers[13];
  }
  get serverPort(): number {
    return this.#numbers[14];
  }
}
