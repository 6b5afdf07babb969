import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import { formats, openInput } from '../catalog.ts';
import { AddressSet } from '../model/address.ts';
import { EventBatch } from '../model/event.ts';
import { LocalFeed } from './local-feed.ts';
import { SpareMemory } from './spare-memory.ts';
import type { FromWorker, PackedBatch, ToWorker, WorkerJob } from './worker-feed.ts';

// The parsing thread: see worker-feed.ts.
const port = parentPort!;
const jobs = workerData as readonly WorkerJob[];
const feeds = new Map<number, LocalFeed>();
const done = new Set<number>();
const spare = new SpareMemory(jobs.length);
let turn: Promise<void> = Promise.resolve();

async function feedOf(job: WorkerJob): Promise<LocalFeed> {
  const known = feeds.get(job.index);
  if (known) return known;
  const wanted = job.format === undefined ? formats : formats.filter(({ name }) => name === job.format);
  const feed = new LocalFeed(await openInput(job.path), {
    index: job.index,
    modified: job.modified,
    formats: await Promise.all(wanted.map((entry) => entry.load())),
    forced: job.format !== undefined,
    zone: job.zone,
    formatOptions: job.formatOptions,
    trustedProxies: AddressSet.parse(job.trustedProxies),
    spare,
  });
  feeds.set(job.index, feed);
  return feed;
}

async function readOn(job: WorkerJob): Promise<void> {
  if (done.has(job.index)) return;
  const batches: EventBatch[] = [];
  let message: FromWorker = {
    index: job.index,
    size: undefined,
    position: 0,
    chunk: undefined,
    batches: [],
    ended: true,
    format: undefined,
    bytes: 0,
    records: 0,
    events: 0,
    reasons: undefined,
    notes: undefined,
    error: undefined,
  };
  const transfer: ArrayBuffer[] = [];
  try {
    const feed = await feedOf(job);
    const ended = await feed.next((batch) => batches.push(batch));
    const { format, counts, size, position } = feed;
    const chunk = batches.at(0)?.bytes;
    if (chunk) {
      feed.surrender(chunk);
      transfer.push(chunk.buffer as ArrayBuffer);
    }
    message = {
      ...message,
      size,
      position,
      chunk,
      batches: batches.map((batch) => pack(batch, transfer)),
      ended,
      format: format && {
        name: format.name,
        lateness: format.lateness,
        yields: format.yields,
        blindness: format.blindness,
      },
      bytes: counts.bytes,
      records: counts.records,
      events: counts.events,
      reasons: ended ? counts.reasons : undefined,
      notes: ended ? counts.notes : undefined,
    };
  } catch (error) {
    message = { ...message, error: messageOf(error) };
  }
  if (message.ended) {
    done.add(job.index);
    feeds.delete(job.index);
  }
  port.postMessage(message, transfer);
}

function pack(batch: EventBatch, transfer: ArrayBuffer[]): PackedBatch {
  const { buffer, texts, length, scratch, scratchLength, wide, wideLength } = batch;
  transfer.push(buffer);
  if (texts) transfer.push(texts);
  return {
    buffer,
    texts,
    length,
    scratch: scratchLength > 0 ? scratch.slice(0, scratchLength) : undefined,
    wide: wideLength > 0 ? wide.slice(0, wideLength * 4) : undefined,
  };
}

port.on('message', ({ index, back }: ToWorker) => {
  if (back) {
    for (const [buffer, texts, length] of back.buffers) {
      const batch = new EventBatch(buffer, texts);
      batch.length = length;
      batch.clear();
      spare.giveBatch(batch);
    }
    spare.giveChunk(back.chunk);
    return;
  }
  // One chunk at a time, in the order asked for; memory that comes back is taken in between.
  turn = turn.then(() => readOn(jobs[index]));
});
