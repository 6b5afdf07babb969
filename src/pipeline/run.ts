import { RunError } from '../base/errors.ts';
import type { Context } from '../model/context.ts';
import type { Detector } from '../model/detector.ts';
import type { Dossier, RunFacts } from '../model/dossier.ts';
import { batchCapacity, EventBatch, Flag } from '../model/event.ts';
import type { Format } from '../model/format.ts';
import type { Summary } from '../model/incident.ts';
import type { ByteInput } from '../model/source.ts';
import { Reorder } from '../state/reorder.ts';
import { serviceText } from './crossing-log.ts';
import { Engine } from './engine.ts';
import { InputCounters, InputReader } from './input-reader.ts';
import { recognise, sampleSize } from './recognise.ts';

/** A format that can be loaded, as the catalogue names it. */
export interface FormatEntry {
  readonly name: string;
  load(): Promise<Format>;
}

export interface RunOptions {
  /** Paths, folders already listed; '-' is stdin. */
  readonly inputs: readonly string[];
  /** Name of the format of every input; absent: recognised from content. */
  readonly format?: string | undefined;
  readonly formats: readonly FormatEntry[];
  /** Settings of formats by name (`formats.NAME` of the configuration). */
  readonly formatOptions?: Readonly<Record<string, unknown>>;
  readonly detectors: readonly { readonly detector: Detector; readonly config: unknown }[];
  /** `home` may be decided from a sample of the first events. */
  readonly context: Context | ((sample: HomeSample) => Context);
  readonly zone: string;
  /** Ceiling of the process in bytes. */
  readonly memory: number;
  readonly cores: number;
  readonly open: (path: string) => Promise<ByteInput>;
  readonly crossingsFile?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Sources and targets (IPv4) of the first contacts, for guessing what is home. */
export interface HomeSample {
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
}

export interface Progress {
  readonly bytes: number;
  /** undefined when an input is a stream. */
  readonly totalBytes: number | undefined;
  readonly records: number;
}

export interface RunResult {
  readonly dossiers: Dossier[];
  readonly facts: RunFacts;
  readonly inputs: Summary['inputs'];
  readonly context: Context;
  readonly events: number;
  readonly late: number;
  readonly evicted: number;
  readonly first: number;
  readonly last: number;
}

const chunkSize = 1 << 20;
const firstChunk = sampleSize;
/** Rows that may wait to be put in order. */
const waitingLimit = 1_000_000;
/** What the process needs besides detectors' state: code, buffers, rows in order. */
const baseline = 190 << 20;
const homeSampleRows = 50_000;
/** A stamp this far ahead of the input's newest is suspected to be wrong until others agree. */
const jump = 3_600_000_000;
const agreeing = 8;

/** One input being read. */
interface Open {
  readonly name: string;
  readonly input: ByteInput;
  format: Format | undefined;
  reader: InputReader | undefined;
  readonly counters: InputCounters;
  /** Bytes read and not yet consumed. */
  tail: Uint8Array;
  newest: number;
  done: boolean;
  sure: boolean;
}

export async function run(options: RunOptions): Promise<RunResult> {
  const reading = new Reading(options);
  return reading.all();
}

class Reading {
  readonly #options: RunOptions;
  readonly #formats: Format[] = [];
  readonly #inputs: Open[] = [];
  readonly #spareBatches: EventBatch[] = [];
  /** Batches that wait for the context (home) to be known. */
  #held: EventBatch[] | undefined = [];
  #heldRows = 0;
  #engine: Engine | undefined;
  #reorder: Reorder | undefined;
  #context: Context | undefined;
  /** Chunks in use by batches, and free ones. */
  readonly #chunkUsers = new Map<Uint8Array, number>();
  readonly #spareChunks: Uint8Array[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async all(): Promise<RunResult> {
    await this.#openAll();
    for (let open = this.#next(); open; open = this.#next()) {
      await this.#advance(open);
      this.#release();
      this.#report();
    }
    this.#start();
    this.#reorder!.release(Infinity);
    return this.#result();
  }

  async #openAll(): Promise<void> {
    const { inputs, formats, format } = this.#options;
    const wanted = format === undefined ? formats : formats.filter(({ name }) => name === format);
    if (wanted.length === 0) throw new RunError(`no format is called '${format}'`);
    this.#formats.push(...(await Promise.all(wanted.map((entry) => entry.load()))));
    for (const name of inputs) {
      this.#inputs.push({
        name,
        input: await this.#options.open(name),
        format: undefined,
        reader: undefined,
        counters: new InputCounters(),
        tail: new Uint8Array(0),
        newest: -Infinity,
        done: false,
        sure: true,
      });
    }
  }

  /** The input whose clock is furthest behind. */
  #next(): Open | undefined {
    let next: Open | undefined;
    for (const open of this.#inputs) {
      if (!open.done && (!next || this.#watermarkOf(open) < this.#watermarkOf(next))) next = open;
    }
    return next;
  }

  #watermarkOf(open: Open): number {
    return open.newest - (open.format?.lateness ?? 0) * 1_000_000;
  }

  /** Reads and parses the next chunk of an input. */
  async #advance(open: Open): Promise<void> {
    const { tail } = open;
    const want = open.reader ? chunkSize : firstChunk;
    const chunk = this.#takeChunk(tail.length + want);
    chunk.set(tail);
    let end = tail.length;
    // Small pieces (pipes) are gathered up to what recognition wants to see.
    let ended = false;
    do {
      const got = open.input.next(chunk, end);
      const n = typeof got === 'number' ? got : await got;
      if (n === 0) ended = true;
      end += n;
    } while (!ended && !open.reader && end < Math.min(firstChunk, chunk.length));
    this.#chunkUsers.set(chunk, 1);
    if (!open.reader) this.#recognise(open, chunk.subarray(0, end));
    if (!open.reader) {
      open.done = true;
      open.input.close();
      this.#dropChunk(chunk);
      return;
    }
    const consumed = open.reader.feed(chunk, 0, end, ended);
    open.tail = chunk.slice(consumed, end);
    this.#dropChunk(chunk);
    if (!ended) return;
    open.done = true;
    if (open.input.warning !== '') open.counters.note(open.input.warning);
    open.input.close();
  }

  #recognise(open: Open, head: Uint8Array): void {
    const { format: forced, zone, formatOptions } = this.#options;
    if (head.length === 0) {
      open.counters.note('the input is empty');
      return;
    }
    const recognised = recognise(head, open.name, this.#formats);
    const format = forced === undefined ? recognised.format : this.#formats[0];
    if (!format) {
      open.counters.note('no known format: not read');
      return;
    }
    if (forced === undefined && !recognised.sure) {
      const others =
        recognised.alternatives.length > 0 ? `; it may also be ${recognised.alternatives.join(' or ')}` : '';
      open.counters.note(`the format is a guess: ${format.name}${others} (--format decides)`);
    }
    open.format = format;
    const index = this.#inputs.indexOf(open);
    open.reader = new InputReader(
      format,
      {
        index,
        name: open.name,
        modified: open.input.modified,
        zone,
        options: formatOptions?.[format.name],
        trustedProxies:
          typeof this.#options.context === 'function' ? nobody : this.#options.context.trustedProxies,
      },
      {
        take: () => this.#spareBatches.pop() ?? new EventBatch(),
        emit: (batch) => this.#emit(open, batch),
        counters: open.counters,
        others: this.#formats,
      },
    );
  }

  /** A parsed batch: its clock, its marks, and into the order of time. */
  #emit(open: Open, batch: EventBatch): void {
    const users = this.#chunkUsers.get(batch.bytes);
    if (users !== undefined) this.#chunkUsers.set(batch.bytes, users + 1);
    this.#clock(open, batch);
    if (this.#held) {
      this.#held.push(batch);
      this.#heldRows += batch.length;
      if (this.#heldRows >= homeSampleRows) this.#start();
      return;
    }
    this.#engine!.mark(batch);
    this.#reorder!.add(batch);
  }

  /**
   * Moves the input's clock to its newest stamp. A stamp far ahead that no others agree with is a broken record: it goes
   * on as late (context, no window), and the clock stays.
   */
  #clock(open: Open, batch: EventBatch): void {
    const { time, length } = batch;
    let newest = -Infinity;
    for (let row = 0; row < length; row++) if (time[row] > newest) newest = time[row];
    const known = open.newest === -Infinity ? median(time.subarray(0, length)) : open.newest;
    if (newest > known + jump) {
      const ahead: number[] = [];
      for (let row = 0; row < length; row++) if (time[row] > known + jump) ahead.push(row);
      if (ahead.length < agreeing && ahead.at(-1)! < length - agreeing) {
        for (const row of ahead) batch.flags[row] |= Flag.late;
        open.counters.note('a time stamp far ahead of its neighbours was not believed', ahead.length);
        newest = known;
        for (let row = 0; row < length; row++) {
          if (time[row] > newest && time[row] <= known + jump) newest = time[row];
        }
        // What is not believed must not hold up the order: it is given the clock's time.
        for (const row of ahead) time[row] = newest;
      }
    }
    open.newest = Math.max(open.newest, newest);
  }

  /** The context is settled: detectors start, held batches go on. */
  #start(): void {
    if (this.#engine) return;
    const { context, detectors, memory, crossingsFile } = this.#options;
    this.#context = typeof context === 'function' ? context(this.#homeSample()) : context;
    const settled = this.#context;
    this.#engine = new Engine(
      detectors.map(({ detector, config }) => ({
        name: detector.name,
        running: detector.start(config, settled),
      })),
      settled,
      {
        inputNames: this.#inputs.map(({ name }) => name),
        budget: Math.max(64 << 20, memory - baseline),
        logCrossings: crossingsFile !== undefined,
      },
    );
    this.#reorder = new Reorder(this.#engine, (batch) => this.#recycle(batch));
    for (const batch of this.#held!) {
      this.#engine.mark(batch);
      this.#reorder.add(batch);
    }
    this.#held = undefined;
  }

  #homeSample(): HomeSample {
    const sources: number[] = [];
    const targets: number[] = [];
    for (const batch of this.#held!) {
      for (let row = 0; row < batch.length; row++) {
        if ((batch.flags[row] & (Flag.v6 | Flag.noTarget)) !== 0) continue;
        sources.push(batch.source[row]);
        targets.push(batch.target[row]);
      }
    }
    return { sources: Uint32Array.from(sources), targets: Uint32Array.from(targets) };
  }

  #release(): void {
    if (!this.#reorder) return;
    let watermark = Infinity;
    for (const open of this.#inputs) if (!open.done) watermark = Math.min(watermark, this.#watermarkOf(open));
    if (watermark !== Infinity) this.#reorder.release(watermark);
    if (this.#reorder.waiting > waitingLimit) this.#reorder.shrink(waitingLimit / 2);
  }

  #recycle(batch: EventBatch): void {
    this.#dropChunk(batch.bytes);
    if (this.#spareBatches.length >= 64) return;
    batch.clear();
    this.#spareBatches.push(batch);
  }

  #takeChunk(size: number): Uint8Array {
    if (size <= chunkSize + batchCapacity) {
      const spare = this.#spareChunks.pop();
      if (spare) return spare;
      if (size > firstChunk) return new Uint8Array(chunkSize + batchCapacity);
    }
    return new Uint8Array(size);
  }

  #dropChunk(chunk: Uint8Array): void {
    const users = this.#chunkUsers.get(chunk);
    if (users === undefined) return;
    if (users > 1) {
      this.#chunkUsers.set(chunk, users - 1);
      return;
    }
    this.#chunkUsers.delete(chunk);
    if (chunk.length === chunkSize + batchCapacity && this.#spareChunks.length < 16)
      this.#spareChunks.push(chunk);
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    let bytes = 0;
    let total: number | undefined = 0;
    let records = 0;
    for (const { input, counters } of this.#inputs) {
      bytes += input.position;
      total = total === undefined || input.size === undefined ? undefined : total + input.size;
      records += counters.records;
    }
    onProgress({ bytes, totalBytes: total, records });
  }

  async #result(): Promise<RunResult> {
    const engine = this.#engine!;
    const dossiers = engine.finish();
    if (this.#options.crossingsFile !== undefined) {
      await engine.crossings!.write(this.#options.crossingsFile, engine.slots, ({ count, key, keyText }) =>
        keyText !== '' ? JSON.stringify(keyText) : keyColumn(count, key, engine),
      );
    }
    const reorder = this.#reorder!;
    if (reorder.forced > 0)
      this.#inputs[0].counters.note('rows were handed out before their time', reorder.forced);
    const { first, last } = engine;
    return {
      dossiers,
      facts: {
        book: engine.slots,
        inputs: this.#inputs.map(({ name, format, counters }) => ({
          name,
          format: format?.name ?? '',
          blindness: format?.blindness ?? [],
          notes: counters.notes,
        })),
        first,
        last,
        evicted: engine.evicted,
        evictedSince: engine.evictedSince,
      },
      inputs: this.#inputs.map(summaryOf),
      context: this.#context!,
      events: this.#inputs.reduce((sum, { counters }) => sum + counters.events, 0),
      late: engine.late,
      evicted: engine.evicted,
      first,
      last,
    };
  }
}

function keyColumn(count: string, key: number, engine: Engine): string {
  if (count.endsWith('/vertical')) return engine.slots.text(key);
  return count.endsWith('/horizontal') ? serviceText(key) : '';
}

const nobody = { size: 0, has4: () => false, has6: () => false };

function median(times: Float64Array): number {
  return Float64Array.from(times).sort()[times.length >>> 1];
}

function summaryOf({ name, format, counters }: Open): Summary['inputs'][number] {
  return {
    name,
    format: format?.name ?? null,
    bytes: counters.bytes,
    records: counters.records,
    events: counters.events,
    skipped: [...counters.reasons].map(([reason, { count, examples }]) => ({
      reason,
      count,
      examples: examples.map(({ record, text }) => ({ line: record, raw: text })),
    })),
    notes: [...counters.notes].map(([note, count]) => ({ note, count })),
  };
}
