import type { EventBatch } from '../model/event.ts';
import type { Feed, FeedCounts, FeedFormat } from './feed.ts';
import { InputCounters } from './input-reader.ts';

/** An input that is opened when its time has come: of thousands of files in a folder most are over before the next begins. */
export class LaterFeed implements Feed {
  readonly name: string;
  readonly size: number | undefined;
  readonly #known: FeedFormat | undefined;
  readonly #open: () => Promise<Feed>;
  readonly #nothing = new InputCounters();
  #feed: Feed | undefined;

  /** `format`: as a first look had it, if it recognised any. */
  constructor(
    name: string,
    size: number | undefined,
    format: FeedFormat | undefined,
    open: () => Promise<Feed>,
  ) {
    this.name = name;
    this.size = size;
    this.#known = format;
    this.#open = open;
  }

  get format(): FeedFormat | undefined {
    return this.#feed?.format ?? this.#known;
  }

  get position(): number {
    return this.#feed?.position ?? 0;
  }

  get counts(): FeedCounts {
    return this.#feed?.counts ?? this.#nothing;
  }

  async next(emit: (batch: EventBatch) => void): Promise<boolean> {
    this.#feed ??= await this.#open();
    return this.#feed.next(emit);
  }

  recycle(batch: EventBatch): void {
    this.#feed?.recycle(batch);
  }

  close(): void {
    this.#feed?.close();
  }
}
