import { mix4 } from './hash.ts';

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

/**
 * Flows whose beginning was logged and whose outcome comes in a later record: a ring in the order of their coming. The
 * oldest goes first, when its time is up or when there is no room.
 */
export class OpenFlows {
  readonly #time = new Float64Array(openFlowsAtMost);
  readonly #key = new Float64Array(openFlowsAtMost);
  readonly #address = new Uint32Array(8 * openFlowsAtMost);
  readonly #ports = new Uint32Array(openFlowsAtMost);
  /** 0: settled, an empty place in the ring. */
  readonly #proto = new Uint8Array(openFlowsAtMost);
  readonly #places = new Map<number, number>();
  #first = 0;
  #count = 0;

  /** Flows that wait. */
  get size(): number {
    return this.#places.size;
  }

  /** Remembers a flow that began; false when it is there already. */
  open(flow: Opening, drop: (flow: Opening) => void): boolean {
    const key = keyOf(flow);
    if (this.#places.has(key)) return false;
    if (this.#count === openFlowsAtMost) this.#dropFirst(drop);
    const place = (this.#first + this.#count) % openFlowsAtMost;
    this.#count++;
    this.#time[place] = flow.time;
    this.#key[place] = key;
    this.#address.set(flow.address, 8 * place);
    this.#ports[place] = (flow.sourcePort << 16) | flow.targetPort;
    this.#proto[place] = flow.proto;
    this.#places.set(key, place);
    return true;
  }

  /** Takes the flow out and returns when it began; NaN when it is not there. */
  settle(flow: Opening): number {
    const key = keyOf(flow);
    const place = this.#places.get(key);
    if (place === undefined) return Number.NaN;
    this.#places.delete(key);
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
    this.#places.delete(this.#key[place]);
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

/** 53 bits: two lanes over the five-tuple. */
function keyOf({ address, sourcePort, targetPort, proto }: Opening): number {
  const ports = (sourcePort << 16) | targetPort;
  const a = mix4(address[0] ^ proto, address[1], address[2], address[3]);
  const b = mix4(address[4], address[5], address[6], address[7]);
  const low = mix4(a, b, ports, 1) >>> 0;
  const high = mix4(ports, a, b, 2) >>> 11;
  return high * 0x1_0000_0000 + low;
}
