import { HeldMessages, keyWords } from './held-messages.ts';

/*
 * TCP segments that were captured before those in front of them, held until the gap is filled. Few of one flow, few in all,
 * none for longer than a request waits; each kept only as far as a request is.
 */

/** Segments in all, of one flow, and bytes kept of each. */
const earlyLimit = 512;
const earlyPerFlow = 8;
const earlySize = 4096;

/** What is to be known of a segment; `wire/packet.ts` decodes it. */
export interface Segment {
  readonly address: Int32Array;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly sequence: number;
  readonly payloadStart: number;
  readonly payloadEnd: number;
  readonly payloadLength: number;
}

export class EarlySegments {
  readonly #pool = new HeldMessages(earlyLimit, earlySize);
  /** The first held segment of the flow in a slot; its followers are the others. */
  readonly #of = new Map<number, number>();
  /** Segments that were forgotten, or not taken, for want of room. */
  dropped = 0;
  /** Segments that are held. */
  held = 0;

  /** When the oldest is to be forgotten. */
  get nextDue(): number {
    const { oldest, due } = this.#pool;
    return oldest < 0 ? Infinity : due[oldest];
  }

  get bytes(): Uint8Array {
    return this.#pool.bytes;
  }

  /** Whether segments of this one's sender are held. */
  has(slot: number, segment: Segment): boolean {
    const first = this.#of.get(slot);
    return first !== undefined && this.#isSender(first, segment);
  }

  /** Holds a segment until `due`, as far as there is room; `room`: bytes of it that can be of use. */
  keep(slot: number, segment: Segment, bytes: Uint8Array, room: number, due: number): void {
    const pool = this.#pool;
    if (!this.has(slot, segment)) this.#forgetFlow(slot);
    let last = -1;
    let own = 0;
    for (let entry = this.#of.get(slot) ?? -1; entry >= 0; entry = pool.follower[entry]) {
      // A copy.
      if (pool.sequence[entry] === segment.sequence && pool.expected[entry] === endOf(segment)) return;
      last = entry;
      own++;
    }
    if (own >= earlyPerFlow) {
      this.dropped++;
      return;
    }
    if (pool.full) {
      this.dropped++;
      const { oldest } = pool;
      this.release(pool.slot[oldest], oldest);
      if (oldest === last) last = -1;
    }
    const entry = pool.take(due);
    this.held++;
    for (let i = 0; i < 8; i++) pool.key[entry * keyWords + i] = segment.address[i];
    pool.key[entry * keyWords + 8] = portsOf(segment);
    pool.slot[entry] = slot;
    pool.sequence[entry] = segment.sequence;
    pool.expected[entry] = endOf(segment);
    const { payloadStart: start, payloadEnd: end } = segment;
    pool.append(entry, bytes, start, Math.min(end, start + room));
    if (last < 0) this.#of.set(slot, entry);
    else pool.follower[last] = entry;
  }

  /**
   * The held segment that goes on at `sequence`, of the sender of `segment`; -1 when none does. Those that end before are
   * forgotten.
   */
  at(slot: number, segment: Segment, sequence: number): number {
    if (!this.has(slot, segment)) return -1;
    const pool = this.#pool;
    let entry = this.#of.get(slot) ?? -1;
    while (entry >= 0) {
      const next = pool.follower[entry];
      if (((pool.expected[entry] - sequence) | 0) <= 0) this.release(slot, entry);
      else if (((pool.sequence[entry] - sequence) | 0) <= 0) return entry;
      entry = next;
    }
    return -1;
  }

  /** A held segment as one that just came. `bytes` are {@link bytes}. */
  sequenceOf(entry: number): number {
    return this.#pool.sequence[entry];
  }

  startOf(entry: number): number {
    return entry * earlySize;
  }

  endOf(entry: number): number {
    return entry * earlySize + this.#pool.length[entry];
  }

  /** Payload bytes that it had on the wire. */
  lengthOf(entry: number): number {
    return (this.#pool.expected[entry] - this.#pool.sequence[entry]) | 0;
  }

  release(slot: number, entry: number): void {
    const pool = this.#pool;
    const next = pool.follower[entry];
    let before = this.#of.get(slot) ?? -1;
    if (before === entry) {
      if (next < 0) this.#of.delete(slot);
      else this.#of.set(slot, next);
    } else {
      while (pool.follower[before] !== entry) before = pool.follower[before];
      pool.follower[before] = next;
    }
    pool.release(entry);
    this.held--;
  }

  /** Forgets those whose gap was not filled in time. */
  expire(now: number): void {
    const pool = this.#pool;
    for (let entry = pool.oldest; entry >= 0 && pool.due[entry] <= now; entry = pool.oldest)
      this.release(pool.slot[entry], entry);
  }

  /** The slot may have been another flow's. */
  #forgetFlow(slot: number): void {
    for (let entry = this.#of.get(slot); entry !== undefined; entry = this.#of.get(slot))
      this.release(slot, entry);
  }

  #isSender(entry: number, segment: Segment): boolean {
    const { key } = this.#pool;
    const base = entry * keyWords;
    if (key[base + 8] !== portsOf(segment)) return false;
    for (let i = 0; i < 8; i++) if (key[base + i] !== segment.address[i]) return false;
    return true;
  }
}

function endOf(segment: Segment): number {
  return (segment.sequence + segment.payloadLength) | 0;
}

function portsOf(segment: Segment): number {
  return (segment.sourcePort << 16) | segment.targetPort;
}
