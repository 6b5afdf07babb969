import { writeFile } from 'node:fs/promises';
import { UsageError } from '../base/errors.ts';
import type { AddressSet } from '../model/address.ts';
import type { Context, HomeSample } from '../model/context.ts';
import type { Detector } from '../model/detector.ts';
import type { Dossier, RunFacts } from '../model/dossier.ts';
import { EventKind, Flag, Outcome, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format } from '../model/format.ts';
import type { Summary } from '../model/incident.ts';
import type { Plugin } from '../model/plugin.ts';
import type { ByteInput } from '../model/source.ts';
import { Reorder } from '../state/reorder.ts';
import { crossingHeader } from './crossing-log.ts';
import { Echoes } from './echoes.ts';
import { Engine } from './engine.ts';
import type { Feed, FeedFormat } from './feed.ts';
import { LaterFeed } from './later-feed.ts';
import { LocalFeed } from './local-feed.ts';
import { Pairing, roleByPorts } from './pairing.ts';
import { SpareMemory } from './spare-memory.ts';
import { ParseWorker, WorkerFeed } from './worker-feed.ts';

export interface RunOptions {
  /** Paths, folders already listed; '-' is stdin. */
  readonly inputs: readonly string[];
  /** Name of the format of every input; absent: recognised from content. */
  readonly format?: string | undefined;
  readonly formats: readonly Plugin<Format>[];
  /** Settings of formats by name (`formats.NAME` of the configuration). */
  readonly formatOptions?: Readonly<Record<string, unknown>>;
  readonly detectors: readonly { readonly detector: Detector; readonly config: unknown }[];
  /** `home` may be decided from a sample of the first events. */
  readonly context: Context | ((sample: HomeSample) => Context);
  readonly trustedProxies: AddressSet;
  readonly zone: string;
  /** Ceiling of the process in bytes. */
  readonly memory: number;
  readonly cores: number;
  /** The parsing thread's program; used with more than one core. */
  readonly workerScript?: URL | undefined;
  readonly open: (path: string) => Promise<ByteInput>;
  readonly crossingsFile?: string | undefined;
  /** Keep every crossing for {@link RunResult.crossings}. */
  readonly logCrossings?: boolean;
  /** Other sources from which on an answered service is popular; 20 (docs/detectors/fan-out.md). */
  readonly popularFrom?: number;
  /** Bytes of input from which on a parsing thread is worth its start. */
  readonly workerFrom?: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly bytes: number;
  /** undefined when an input is a stream. */
  readonly totalBytes: number | undefined;
  readonly records: number;
}

export interface RunResult {
  readonly dossiers: Dossier[];
  /** Rows of the crossings file, when they were asked for. */
  readonly crossings: string[];
  readonly facts: RunFacts;
  readonly inputs: Summary['inputs'];
  readonly context: Context;
  readonly events: number;
  readonly late: number;
  readonly evicted: number;
  /** Suspects that had to go, because there were too many. */
  readonly suspectsDropped: number;
  /** What detectors were asked for and did not do, a sentence each. */
  readonly leftOut: readonly string[];
  readonly first: number;
  readonly last: number;
}

/** Rows that may wait to be put in order. */
const waitingLimit = 1_000_000;
/** What the process needs besides detectors' state: code, buffers, rows in order. */
const baseline = 190 << 20;
const homeSampleRows = 50_000;
/** A stamp this far ahead of the input's newest is suspected to be wrong until others agree. */
const jump = 3_600_000_000;
/** Rows that are asked whether they agree. */
const agreeing = 8;
/** Inputs smaller than this in all are parsed before a worker would have started. */
const worthAWorker = 16 << 20;

/** From so many inputs on each is opened when its time has come. */
const openedLater = 12;

/** One input and its clock. */
interface Open {
  readonly feed: Feed;
  /** µs; before its first batch the stamp that a first look found. */
  newest: number;
  begun: boolean;
  done: boolean;
  /** Contacts were seen that the sensor itself refused, and that it did not. */
  refuses: boolean;
  passes: boolean;
}

/** Reads all inputs to their ends; the clock furthest behind is advanced first, so they move together. */
export async function run(options: RunOptions): Promise<RunResult> {
  const reading = new Reading(options);
  return reading.all();
}

class Reading {
  readonly #options: RunOptions;
  readonly #inputs: Open[] = [];
  /** Batches that wait for the context (home) to be known. */
  #held: EventBatch[] | undefined = [];
  #heldRows = 0;
  #engine: Engine | undefined;
  #reorder: Reorder | undefined;
  #context: Context | undefined;
  #leftOut: readonly string[] = [];
  #worker: ParseWorker | undefined;
  readonly #pairing = new Pairing();
  readonly #echoes = new Echoes();
  /** Kinds of sensors that see contacts; of one kind alone none echoes another. */
  readonly #sensors: string[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async all(): Promise<RunResult> {
    try {
      await this.#openAll();
      for (let open = this.#next(); open; open = this.#next()) {
        const { feed } = open;
        open.done = await feed.next((batch) => this.#emit(open, batch));
        this.#release();
        this.#report();
      }
      this.#start();
      this.#reorder!.release(Infinity);
      return await this.#result();
    } finally {
      for (const { feed } of this.#inputs) feed.close();
      await this.#worker?.stop();
    }
  }

  async #openAll(): Promise<void> {
    const { inputs, formats, format, zone, formatOptions = {}, trustedProxies, cores, open } = this.#options;
    const wanted = format === undefined ? formats : formats.filter(({ name }) => name === format);
    if (wanted.length === 0) throw new UsageError(`no format is called '${format}' (see: offtrail formats)`);
    const spare = new SpareMemory(inputs.length);
    let loading: Promise<Format[]> | undefined;
    const feedOf = async (index: number, input: ByteInput): Promise<LocalFeed> =>
      new LocalFeed(input, {
        index,
        modified: input.modified,
        formats: await (loading ??= Promise.all(wanted.map(async (entry) => entry.load()))),
        forced: format !== undefined,
        zone,
        formatOptions,
        trustedProxies,
        spare,
      });
    const opened: { readonly input: ByteInput; readonly look: Look | undefined }[] = [];
    for (const [index, name] of inputs.entries()) {
      const input = await open(name);
      const later = inputs.length >= openedLater && again(input);
      opened.push({ input, look: later ? await firstLook(await feedOf(index, input)) : undefined });
    }
    const size = opened.reduce((sum, { input }) => sum + (input.size ?? 0), 0);
    const { workerScript } = this.#options;
    if (
      workerScript &&
      cores > 1 &&
      size >= (this.#options.workerFrom ?? worthAWorker) &&
      opened.every(({ input }) => again(input))
    ) {
      const jobs = opened.map(({ input }, index) => ({
        index,
        path: inputs[index],
        modified: input.modified,
        format,
        zone,
        formatOptions,
        trustedProxies: trustedProxies.blocks.map(({ text }) => text),
      }));
      const worker = new ParseWorker(workerScript, jobs);
      this.#worker = worker;
      for (const [index, { input, look }] of opened.entries()) {
        input.close();
        this.#add(new WorkerFeed(worker, index, input.name, input.size, look?.format), look);
      }
      return;
    }
    for (const [index, { input, look }] of opened.entries()) {
      const feed = look
        ? new LaterFeed(input.name, input.size, look.format, async () =>
            feedOf(index, await open(inputs[index])),
          )
        : await feedOf(index, input);
      this.#add(feed, look);
    }
  }

  #add(feed: Feed, look: Look | undefined): void {
    const newest = look?.first ?? -Infinity;
    this.#inputs.push({ feed, newest, begun: false, done: false, refuses: false, passes: false });
  }

  /** The input whose clock is furthest behind. */
  #next(): Open | undefined {
    let next: Open | undefined;
    for (const open of this.#inputs) {
      if (!open.done && (!next || watermarkOf(open) < watermarkOf(next))) next = open;
    }
    return next;
  }

  /** A parsed batch: its clock, then on to the order of time. */
  #emit(open: Open, batch: EventBatch): void {
    this.#clock(open, batch);
    if (!this.#held) {
      this.#order(open, batch);
      return;
    }
    this.#held.push(batch);
    this.#heldRows += batch.length;
    if (this.#heldRows >= homeSampleRows) this.#start();
  }

  /** Roles, echoes, marks, and into the order of time. */
  #order(open: Open, batch: EventBatch): void {
    const { name, yields } = open.feed.format!;
    noteOutcomes(open, batch);
    this.#pairing.add(batch);
    if (yields.includes('contact')) {
      if (!this.#sensors.includes(name)) this.#sensors.push(name);
      if (this.#manySensors) this.#echoes.add(batch, this.#sensors.indexOf(name));
    }
    this.#engine!.mark(batch);
    this.#reorder!.add(batch);
  }

  /**
   * Moves the input's clock, row by row in the order of its lines: a row further behind the newest stamp than the format's
   * lateness is late, wherever chunks are cut. A stamp far ahead that no others agree with is a broken record: it goes on
   * as late (context, no window), and the clock stays.
   */
  #clock(open: Open, batch: EventBatch): void {
    const { time, flags, length } = batch;
    const lateness = open.feed.format!.lateness * 1_000_000;
    let newest = open.begun ? open.newest : firstOf(batch);
    open.begun = true;
    let doubted = 0;
    for (let row = 0; row < length; row++) {
      const t = time[row];
      if (t > newest) {
        if (t > newest + jump && !this.#agreed(batch, row, newest + jump)) {
          flags[row] |= Flag.late;
          // What is not believed must not hold up the order: it is given the clock's time.
          time[row] = newest;
          doubted++;
        } else newest = t;
      } else if (t < newest - lateness) flags[row] |= Flag.late;
    }
    if (doubted > 0) note(open.feed, 'a time stamp far ahead of its neighbours was not believed', doubted);
    open.newest = newest;
  }

  /** Whether the rows that follow are past `bound` too: most of the next eight, or there are none left to ask. */
  #agreed({ time, length }: EventBatch, row: number, bound: number): boolean {
    const end = Math.min(length, row + 1 + agreeing);
    let ahead = 0;
    for (let next = row + 1; next < end; next++) if (time[next] > bound) ahead++;
    return 2 * ahead >= end - row - 1;
  }

  /** Whether inputs of more than one kind show contacts: known from the first chunk of each. */
  get #manySensors(): boolean {
    const seen = this.#inputs.filter(({ feed }) => feed.format?.yields.includes('contact') ?? false);
    return seen.some(({ feed }) => feed.format!.name !== seen[0].feed.format!.name);
  }

  /** The context is settled: detectors start, held batches go on. */
  #start(): void {
    if (this.#engine) return;
    const { context, detectors, memory, crossingsFile } = this.#options;
    this.#context = typeof context === 'function' ? context(this.#homeSample()) : context;
    const settled = this.#context;
    const started = detectors.map(({ detector, config }) => ({
      name: detector.name,
      running: detector.start(config, settled),
    }));
    this.#leftOut = started.flatMap(({ running: { leftOut = [] } }) => leftOut);
    this.#engine = new Engine(started, settled, {
      inputNames: this.#inputs.map(({ feed }) => feed.name),
      budget: Math.max(64 << 20, memory - baseline),
      logCrossings: crossingsFile !== undefined || this.#options.logCrossings === true,
      popularFrom: this.#options.popularFrom,
    });
    this.#reorder = new Reorder(this.#engine, (batch) => this.#inputs[batch.input].feed.recycle(batch));
    const held = this.#held!;
    this.#held = undefined;
    for (const batch of held) this.#order(this.#inputs[batch.input], batch);
  }

  /** Who went where in the first events: originators only, or a scanner's network would look like a busy server's. */
  #homeSample(): HomeSample {
    const sources: number[] = [];
    const targets: number[] = [];
    for (const batch of this.#held!) {
      for (let row = 0; row < batch.length; row++) {
        if ((batch.flags[row] & Flag.noTarget) !== 0) continue;
        const role = batch.role[row];
        if ((role === Role.unpaired ? roleByPorts(batch, row) : role) !== Role.originator) continue;
        sources.push(...wordsOf(batch, row, batch.source[row]));
        targets.push(...wordsOf(batch, row, batch.target[row]));
      }
    }
    return { rows: sources.length / 4, sources, targets };
  }

  #release(): void {
    if (!this.#reorder) return;
    let watermark = Infinity;
    for (const open of this.#inputs) if (!open.done) watermark = Math.min(watermark, watermarkOf(open));
    if (watermark !== Infinity) this.#reorder.release(watermark);
    if (this.#reorder.waiting > waitingLimit) this.#reorder.shrink(waitingLimit / 2);
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    let bytes = 0;
    let total: number | undefined = 0;
    let records = 0;
    for (const { feed } of this.#inputs) {
      bytes += feed.position;
      total = total === undefined || feed.size === undefined ? undefined : total + feed.size;
      records += feed.counts.records;
    }
    onProgress({ bytes, totalBytes: total, records });
  }

  async #result(): Promise<RunResult> {
    const engine = this.#engine!;
    const dossiers = engine.finish();
    const crossings = engine.crossings?.rows() ?? [];
    const { crossingsFile } = this.#options;
    if (crossingsFile !== undefined)
      await writeFile(crossingsFile, [crossingHeader, ...crossings, ''].join('\n'));
    const reorder = this.#reorder!;
    if (reorder.forced > 0)
      note(this.#inputs[0].feed, 'rows were handed out before their time', reorder.forced);
    const { first, last } = engine;
    return {
      dossiers,
      crossings,
      facts: {
        book: engine.slots,
        inputs: this.#inputs.map(({ feed: { name, format, counts }, refuses, passes }) => ({
          name,
          format: format?.name ?? '',
          blindness: format?.blindness ?? [],
          notes: counts.notes,
          dropsOnly: refuses && !passes,
        })),
        logins: engine.logins.all(),
        firstAnswer: engine.firstAnswers.asked,
        first,
        last,
        evicted: engine.evicted,
        evictedSince: engine.evictedSince,
      },
      inputs: this.#inputs.map(summaryOf),
      context: this.#context!,
      events: this.#inputs.reduce((sum, { feed }) => sum + feed.counts.events, 0),
      late: engine.late,
      evicted: engine.evicted,
      suspectsDropped: engine.suspects.dropped,
      leftOut: this.#leftOut,
      first,
      last,
    };
  }
}

/** Whether an input can be opened a second time: what came through a pipe is gone. */
function again({ size }: ByteInput): boolean {
  return size !== undefined;
}

/** What a first look at an input found. */
interface Look {
  readonly format: FeedFormat | undefined;
  /** µs of its first rows, the least of them; undefined: there were none in its first bytes. */
  readonly first: number | undefined;
}

/** Reads the first bytes of an input and closes it. */
async function firstLook(feed: LocalFeed): Promise<Look> {
  let first: number | undefined;
  try {
    await feed.next((batch) => {
      first ??= firstOf(batch);
      feed.recycle(batch);
    });
  } catch {
    // What is wrong with it will be said when it is read.
  }
  feed.close();
  return { format: feed.format, first };
}

/** The clock of an input's first batch: the least of the first stamps, for one of them alone may be wrong. */
function firstOf({ time, length }: EventBatch): number {
  return Math.min(...time.subarray(0, Math.min(length, agreeing + 1)));
}

/** Whether the sensor refuses contacts, and whether it lets some pass. */
function noteOutcomes(open: Open, { kind, outcome, length }: EventBatch): void {
  for (let row = 0; row < length && !(open.refuses && open.passes); row++) {
    if (kind[row] !== EventKind.contact) continue;
    if (outcome[row] === Outcome.denied) open.refuses = true;
    else open.passes = true;
  }
}

function wordsOf(batch: EventBatch, row: number, address: number): ArrayLike<number> & Iterable<number> {
  if ((batch.flags[row] & Flag.v6) === 0) return [0, 0, 0xffff, address];
  return batch.wide.subarray(address * 4, address * 4 + 4);
}

function watermarkOf({ feed, newest }: Open): number {
  return newest - (feed.format?.lateness ?? 0) * 1_000_000;
}

function note({ counts }: Feed, reason: string, count: number): void {
  counts.notes.set(reason, (counts.notes.get(reason) ?? 0) + count);
}

function summaryOf({ feed: { name, format, counts } }: Open): Summary['inputs'][number] {
  return {
    name,
    format: format?.name ?? null,
    bytes: counts.bytes,
    records: counts.records,
    events: counts.events,
    skipped: [...counts.reasons].map(([reason, { count, examples }]) => ({
      reason,
      count,
      examples: examples.map(({ record, text }) => ({ line: record, raw: text })),
    })),
    notes: [...counts.notes].map(([text, count]) => ({ note: text, count })),
  };
}
