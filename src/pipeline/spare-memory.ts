import { batchCapacity, EventBatch } from '../model/event.ts';

/** With so many inputs each of them gets less: rows of a batch, bytes of a chunk. All may be open at once. */
const shares: readonly { readonly from: number; readonly rows: number; readonly chunk: number }[] = [
  { from: 200, rows: 512, chunk: 1 << 16 },
  { from: 12, rows: 2048, chunk: 1 << 17 },
  { from: 0, rows: batchCapacity, chunk: 1 << 20 },
];
/** A chunk has room for what the last one left over. */
const leftover = 16_384;
const sparesOfAll = 64 * batchCapacity;
const spareChunkBytes = 16 << 20;

/** Batches and chunks of all inputs of a thread: what one has done with, the next one takes. */
export class SpareMemory {
  /** Bytes read at a time. */
  readonly chunkSize: number;
  readonly #rows: number;
  readonly #batches: EventBatch[] = [];
  readonly #chunks: Uint8Array[] = [];

  constructor(inputs: number) {
    const { rows, chunk } = shares.find(({ from }) => inputs >= from)!;
    this.#rows = rows;
    this.chunkSize = chunk;
  }

  takeBatch(): EventBatch {
    return this.#batches.pop() ?? EventBatch.ofRows(this.#rows);
  }

  /** Takes a batch that was cleared. */
  giveBatch(batch: EventBatch): void {
    if (this.#batches.length * this.#rows < sparesOfAll) this.#batches.push(batch);
  }

  takeChunk(size: number): Uint8Array {
    const roomy = this.chunkSize + leftover;
    if (size > roomy || 4 * size < roomy) return new Uint8Array(size);
    return this.#chunks.pop() ?? new Uint8Array(roomy);
  }

  giveChunk(chunk: Uint8Array): void {
    if (chunk.length === this.chunkSize + leftover && this.#chunks.length * chunk.length < spareChunkBytes)
      this.#chunks.push(chunk);
  }
}
