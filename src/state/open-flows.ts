import { mix4 } from './hash.ts';
import { findPair, none, RecordPool } from './record-pool.ts';

/** Flows that may be open at once. */
export const openFlowsAtMost = 65_536;

/** What is known of a flow when it begins. */
export interface Opening {
  /** µs UTC. */
  time: number;
  /** Words 0–3 source, 4–7 target; IPv4 in mapped form. */
  readonly address: Uint32Array;
  sourcePort: number;
  targetPort: number;
  proto: number;
}

// Where a flow is: the hash of its five-tuple, the link of its spot, its place in the ring.
const width = 4;
const LINK = 2;
const PLACE = 3;

/**
 * Flows whose beginning was logged and whose outcome comes in a later record: a ring in the order of their coming. The
 * oldest goes first, when its time is up or when there is no room.
 */
export class OpenFlows {
  readonly #time = new Float64Array(openFlowsAtMost);
  /** By place: the record that says so. */
  readonly #record = new Int32Array(openFlowsAtMost);
  readonly #address = new Uint32Array(8 * openFlowsAtMost);
  readonly #ports = new Uint32Array(openFlowsAtMost);
  /** 0: settled, an empty place in the ring. */
  readonly #proto = new Uint8Array(openFlowsAtMost);
  readonly #places = new RecordPool(width, LINK, 1024, (words, base) => words[base]);
  #first = 0;
  #count = 0;

  /** Flows that wait. */
  get size(): number {
    return this.#places.size;
  }

  /** Remembers a flow that began; false when it is there already. */
  open(flow: Opening, drop: (flow: Opening) => void): boolean {
    const low = lowOf(flow);
    const high = highOf(flow);
    if (findPair(this.#places, width, low, high) !== none) return false;
    if (this.#count === openFlowsAtMost) this.#dropFirst(drop);
    const place = (this.#first + this.#count) % openFlowsAtMost;
    this.#count++;
    const record = this.#places.take(low);
    const { words } = this.#places;
    words[record * width] = low;
    words[record * width + 1] = high;
    words[record * width + PLACE] = place;
    this.#record[place] = record;
    this.#time[place] = flow.time;
    this.#address.set(flow.address, 8 * place);
    this.#ports[place] = (flow.sourcePort << 16) | flow.targetPort;
    this.#proto[place] = flow.proto;
    return true;
  }

  /** Takes the flow out and returns when it began; NaN when it is not there. */
  settle(flow: Opening): number {
    const record = findPair(this.#places, width, lowOf(flow), highOf(flow));
    if (record === none) return Number.NaN;
    const place = this.#places.words[record * width + PLACE];
    this.#places.drop(record);
    this.#proto[place] = 0;
    return this.#time[place];
  }

  /** Gives up flows that came before the first one younger than `time`. */
  expire(time: number, drop: (flow: Opening) => void): void {
    while (this.#count > 0 && (this.#proto[this.#first] === 0 || this.#time[this.#first] < time))
      this.#dropFirst(drop);
  }

  #dropFirst(drop: (flow: Opening) => void): void {
    const place = this.#first;
    this.#first = (place + 1) % openFlowsAtMost;
    this.#count--;
    const proto = this.#proto[place];
    if (proto === 0) return;
    this.#places.drop(this.#record[place]);
    this.#proto[place] = 0;
    drop({
      time: this.#time[place],
      address: this.#address.slice(8 * place, 8 * place + 8),
      sourcePort: this.#ports[place] >>> 16,
      targetPort: this.#ports[place] & 0xffff,
      proto,
    });
  }
}

/** The hash of the five-tuple, 64 bits in two words. */
function lowOf({ address, sourcePort, targetPort, proto }: Opening): number {
  const source = mix4(address[0] ^ proto, address[1], address[2], address[3]);
  const target = mix4(address[4], address[5], address[6], address[7]);
  return mix4(source, target, (sourcePort << 16) | targetPort, 1) | 0;
}

function highOf({ address, sourcePort, targetPort, proto }: Opening): number {
  const source = mix4(address[0], address[1] ^ proto, address[2], address[3]);
  const target = mix4(address[4] ^ 0x51a7, address[5], address[6], address[7]);
  return mix4((sourcePort << 16) | targetPort, target, source, 2) | 0;
}
