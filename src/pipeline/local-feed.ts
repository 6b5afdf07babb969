import type { EventBatch } from '../model/event.ts';
import type { AddressTest, Format } from '../model/format.ts';
import type { ByteInput } from '../model/source.ts';
import type { Feed } from './feed.ts';
import { InputCounters, InputReader } from './input-reader.ts';
import { recognise, sampleSize } from './recognise.ts';
import type { SpareMemory } from './spare-memory.ts';

interface FeedOptions {
  /** Index of the input in the run. */
  readonly index: number;
  /** µs: what year-less stamps go by. */
  readonly modified: number;
  /** The formats to choose from; one alone is taken without a look. */
  readonly formats: readonly Format[];
  readonly forced: boolean;
  readonly zone: string;
  readonly formatOptions: Readonly<Record<string, unknown>>;
  readonly trustedProxies: AddressTest;
  readonly spare: SpareMemory;
}

/** Reads and parses one input in this thread. */
export class LocalFeed implements Feed {
  readonly name: string;
  readonly counts = new InputCounters();
  format: Format | undefined;
  readonly #input: ByteInput;
  readonly #options: FeedOptions;
  #reader: InputReader | undefined;
  #emit: (batch: EventBatch) => void = () => undefined;
  /** Bytes read and not yet consumed. */
  #tail: Uint8Array = new Uint8Array(0);
  /** How many hold each chunk: its batches, and this while it reads. */
  readonly #holders = new Map<Uint8Array, number>();

  constructor(input: ByteInput, options: FeedOptions) {
    this.name = input.name;
    this.#input = input;
    this.#options = options;
  }

  get size(): number | undefined {
    return this.#input.size;
  }

  get position(): number {
    return this.#input.position;
  }

  async next(emit: (batch: EventBatch) => void): Promise<boolean> {
    this.#emit = emit;
    const { spare } = this.#options;
    const tail = this.#tail;
    const chunk = spare.takeChunk(tail.length + (this.#reader ? spare.chunkSize : sampleSize));
    chunk.set(tail);
    let end = tail.length;
    let ended = false;
    // Small pieces (pipes) are gathered up to what recognition wants to see.
    do {
      const got = this.#input.next(chunk, end);
      const n = typeof got === 'number' ? got : await got;
      if (n === 0) ended = true;
      end += n;
    } while (!ended && !this.#reader && end < Math.min(sampleSize, chunk.length));
    this.#holders.set(chunk, 1);
    if (!this.#reader) this.#recognise(chunk.subarray(0, end));
    if (!this.#reader) {
      this.#letGo(chunk);
      this.close();
      return true;
    }
    const consumed = this.#reader.feed(chunk, 0, end, ended);
    this.#tail = chunk.slice(consumed, end);
    this.#letGo(chunk);
    if (!ended || this.#reader.pending) return false;
    if (this.#input.warning !== '') this.counts.note(this.#input.warning);
    this.close();
    return true;
  }

  close(): void {
    this.#input.close();
  }

  #recognise(head: Uint8Array): void {
    const { formats, forced, zone, formatOptions, index, trustedProxies } = this.#options;
    if (head.length === 0) {
      this.counts.note('the input is empty');
      return;
    }
    const recognised = recognise(head, this.name, formats, formatOptions);
    const format = forced ? formats[0] : recognised.format;
    if (!format) {
      this.counts.note('no known format: not read');
      return;
    }
    if (!forced && !recognised.sure) {
      const others =
        recognised.alternatives.length > 0 ? `; it may also be ${recognised.alternatives.join(' or ')}` : '';
      this.counts.note(`the format is a guess: ${format.name}${others} (--format decides)`);
    }
    this.format = format;
    this.#reader = new InputReader(
      format,
      {
        index,
        name: this.name,
        modified: this.#options.modified,
        zone,
        options: formatOptions[format.name],
        trustedProxies,
      },
      {
        take: () => this.#options.spare.takeBatch(),
        emit: (batch) => {
          this.#holders.set(batch.bytes, (this.#holders.get(batch.bytes) ?? 0) + 1);
          this.#emit(batch);
        },
        counters: this.counts,
        others: formats,
        formatOptions,
      },
    );
  }

  recycle(batch: EventBatch): void {
    this.#letGo(batch.bytes);
    batch.clear();
    this.#options.spare.giveBatch(batch);
  }

  /** Forgets a chunk and its batches that were moved to another thread. */
  surrender(chunk: Uint8Array): void {
    this.#holders.delete(chunk);
  }

  #letGo(chunk: Uint8Array): void {
    const holders = (this.#holders.get(chunk) ?? 0) - 1;
    if (holders > 0) {
      this.#holders.set(chunk, holders);
      return;
    }
    this.#holders.delete(chunk);
    this.#options.spare.giveChunk(chunk);
  }
}
