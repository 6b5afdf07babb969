import type { EventBatch } from '../model/event.ts';
import type { SkipCount } from './input-reader.ts';

/** What the run needs to know of an input's format. */
export interface FeedFormat {
  readonly name: string;
  readonly lateness: number;
  readonly yields: readonly string[];
  readonly blindness: readonly string[];
}

/** What was read of an input so far. */
export interface FeedCounts {
  readonly bytes: number;
  readonly records: number;
  readonly events: number;
  readonly reasons: ReadonlyMap<string, Pick<SkipCount, 'count' | 'examples'>>;
  readonly notes: Map<string, number>;
}

/** One input as batches, a chunk at a time; read in this thread or in a worker. */
export interface Feed {
  readonly name: string;
  /** Bytes on disk; undefined for streams. */
  readonly size: number | undefined;
  /** Bytes of `size` consumed. */
  readonly position: number;
  /** undefined until the first chunk was read, and for an input that no format claims. */
  readonly format: FeedFormat | undefined;
  readonly counts: FeedCounts;
  /** Reads a chunk, calls `emit` with its batches in order; true: that was the last. */
  next(emit: (batch: EventBatch) => void): Promise<boolean>;
  /** Takes back a batch that `emit` was given, when nothing needs it any more. */
  recycle(batch: EventBatch): void;
  close(): void;
}
