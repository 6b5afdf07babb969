import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RunError } from '../base/errors.ts';
import { EventBatch } from '../model/event.ts';
import type { Feed, FeedCounts, FeedFormat } from './feed.ts';
import type { SkipCount } from './input-reader.ts';

/*
 * Parsing in a second thread. The worker reads and parses ahead; a chunk and its batches come over as memory that moves
 * (no copy), and go back when the detectors are done with them:
 *
 *   worker   read → parse ──{chunk, batches, counts}──▶   order → detect   main
 *                  ◀──────{used memory, credit}─────────
 *
 * Chunks of one input come in order and the main thread asks inputs in the same order as without a worker, so the result
 * is the same.
 */

/** Chunks that a worker may be ahead: of one input, and of all together. */
const aheadOfOne = 6;
const aheadOfAll = 24;

export interface WorkerJob {
  readonly index: number;
  readonly path: string;
  /** µs: what year-less stamps go by. */
  readonly modified: number;
  readonly format: string | undefined;
  readonly zone: string;
  readonly formatOptions: Readonly<Record<string, unknown>>;
  /** CIDR blocks. */
  readonly trustedProxies: readonly string[];
}

export interface PackedBatch {
  readonly buffer: ArrayBuffer;
  readonly texts: ArrayBuffer | undefined;
  readonly length: number;
  readonly scratch: Uint8Array | undefined;
  readonly wide: Uint32Array<ArrayBuffer> | undefined;
}

export interface FromWorker {
  readonly index: number;
  readonly size: number | undefined;
  readonly position: number;
  readonly chunk: Uint8Array | undefined;
  readonly batches: readonly PackedBatch[];
  readonly ended: boolean;
  readonly format: FeedFormat | undefined;
  readonly bytes: number;
  readonly records: number;
  readonly events: number;
  /** With the last chunk only. */
  readonly reasons: ReadonlyMap<string, SkipCount> | undefined;
  readonly notes: Map<string, number> | undefined;
  readonly error: string | undefined;
}

export interface ToWorker {
  readonly index: number;
  /** Used memory that goes back; undefined: a credit to read on. */
  readonly back:
    | {
        readonly chunk: Uint8Array;
        readonly buffers: readonly [ArrayBuffer, ArrayBuffer | undefined, number][];
      }
    | undefined;
}

/** One worker that parses all inputs of a run. */
export class ParseWorker {
  /** Chunks of one input that may be parsed ahead. */
  readonly ahead: number;
  readonly #worker: Worker;
  readonly #waiting: FromWorker[][];
  #wake: () => void = () => undefined;
  #failed: Error | undefined;

  constructor(script: URL, jobs: readonly WorkerJob[]) {
    this.#waiting = jobs.map(() => []);
    this.ahead = Math.max(1, Math.min(aheadOfOne, Math.floor(aheadOfAll / jobs.length)));
    this.#worker = new Worker(script, { workerData: jobs });
    this.#worker.on('message', (message: FromWorker) => {
      this.#waiting[message.index].push(message);
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      this.#failed = error instanceof Error ? error : new Error(String(error));
      this.#wake();
    });
  }

  async take(index: number): Promise<FromWorker> {
    for (;;) {
      const message = this.#waiting[index].shift();
      if (message) return message;
      if (this.#failed) throw new RunError(`the parsing thread failed: ${this.#failed.message}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async stop(): Promise<void> {
    const exited = once(this.#worker, 'exit');
    await this.#worker.terminate();
    await exited.catch(() => undefined);
  }
}

class RemoteCounts implements FeedCounts {
  bytes = 0;
  records = 0;
  events = 0;
  reasons: ReadonlyMap<string, SkipCount> = new Map();
  notes = new Map<string, number>();
}

export class WorkerFeed implements Feed {
  readonly name: string;
  readonly counts = new RemoteCounts();
  format: FeedFormat | undefined;
  size: number | undefined;
  position = 0;
  readonly #worker: ParseWorker;
  readonly #index: number;
  #begun = false;
  /** Batches of each chunk that are still out. */
  readonly #out = new Map<
    Uint8Array,
    { left: number; buffers: [ArrayBuffer, ArrayBuffer | undefined, number][] }
  >();

  /** `format`: as a first look had it. */
  constructor(
    worker: ParseWorker,
    index: number,
    name: string,
    size: number | undefined,
    format: FeedFormat | undefined,
  ) {
    this.format = format;
    this.#worker = worker;
    this.#index = index;
    this.name = name;
    this.size = size;
  }

  async next(emit: (batch: EventBatch) => void): Promise<boolean> {
    if (!this.#begun) {
      this.#begun = true;
      for (let i = 0; i < this.#worker.ahead; i++) this.#worker.post({ index: this.#index, back: undefined });
    }
    const message = await this.#worker.take(this.#index);
    if (message.error !== undefined) throw new RunError(message.error);
    this.format = message.format;
    this.size = message.size;
    this.position = message.position;
    const { counts } = this;
    counts.bytes = message.bytes;
    counts.records = message.records;
    counts.events = message.events;
    if (message.reasons) counts.reasons = message.reasons;
    for (const [note, n] of message.notes ?? []) counts.notes.set(note, (counts.notes.get(note) ?? 0) + n);
    if (message.chunk) this.#unpack(message.chunk, message.batches, emit);
    if (!message.ended) this.#worker.post({ index: this.#index, back: undefined });
    return message.ended;
  }

  #unpack(chunk: Uint8Array, packed: readonly PackedBatch[], emit: (batch: EventBatch) => void): void {
    this.#out.set(chunk, { left: packed.length, buffers: [] });
    for (const { buffer, texts, length, scratch, wide } of packed) {
      const batch = new EventBatch(buffer, texts);
      batch.length = length;
      batch.input = this.#index;
      batch.bytes = chunk;
      if (scratch) {
        batch.scratch = scratch;
        batch.scratchLength = scratch.length;
      }
      if (wide) {
        batch.wide = wide;
        batch.wideLength = wide.length / 4;
      }
      emit(batch);
    }
  }

  recycle(batch: EventBatch): void {
    const out = this.#out.get(batch.bytes);
    if (!out) return;
    // Whoever remembers rows of this batch sees that they are gone.
    batch.serial++;
    out.buffers.push([batch.buffer, batch.texts, batch.length]);
    if (--out.left > 0) return;
    this.#out.delete(batch.bytes);
    const chunk = batch.bytes;
    const transfer = [chunk.buffer as ArrayBuffer];
    for (const [buffer, texts] of out.buffers) {
      transfer.push(buffer);
      if (texts) transfer.push(texts);
    }
    this.#worker.post({ index: this.#index, back: { chunk, buffers: out.buffers } }, transfer);
  }

  close(): void {
    this.#out.clear();
  }
}
