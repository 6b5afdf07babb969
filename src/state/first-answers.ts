import type { Words } from '../model/address.ts';
import type { FirstAnswer } from '../model/dossier.ts';
import { mix4 } from './hash.ts';

/*
 * Whom each machine answered first, and when: a machine that had answered nobody for days, and then a scanner, is new, or
 * newly opened. Noted when a service becomes known (popularity.ts), so it costs nothing per row.
 */

const hostsKept = 65_536;
const ipv6 = 0x1_0000_0000;

export class FirstAnswers {
  readonly #slots = new Map<number, number>();
  #times = new Float64Array(64);
  #sources = new Uint32Array(64);
  #incomplete = false;

  get bytes(): number {
    return this.#times.byteLength + this.#sources.byteLength + this.#slots.size * 32;
  }

  /** A service of `target` answered for the first time. `target`, `source`: as popularity knows them. */
  add(target: number, family: number, source: number, time: number): void {
    const key = (target >>> 0) + (family === 1 ? ipv6 : 0);
    const known = this.#slots.get(key);
    if (known !== undefined) {
      // Within one µs there is no order: the lowest source stands for all.
      if (this.#times[known] === time && source >>> 0 < this.#sources[known]) this.#sources[known] = source;
      return;
    }
    const slot = this.#slots.size;
    if (slot >= hostsKept) {
      this.lost();
      return;
    }
    if (slot === this.#times.length) {
      this.#times = grown(this.#times, new Float64Array(2 * slot));
      this.#sources = grown(this.#sources, new Uint32Array(2 * slot));
    }
    this.#slots.set(key, slot);
    this.#times[slot] = time;
    this.#sources[slot] = source;
  }

  /** Something was not noted: from now on nobody is known to be the first. */
  lost(): void {
    this.#incomplete = true;
  }

  /** {@link of} by itself: whoever holds it does not hold the engine, whose tables are many megabytes. */
  get asked(): (target: Words) => FirstAnswer | undefined {
    return (target) => this.of(target);
  }

  /** Undefined: it answered nobody, or not all is known. */
  of(target: Words): FirstAnswer | undefined {
    if (this.#incomplete) return undefined;
    const slot = this.#slots.get(isV4(target) ? target[3] >>> 0 : ipv6 + (mix4(...target) >>> 0));
    if (slot === undefined) return undefined;
    const source = this.#sources[slot];
    return {
      time: this.#times[slot],
      was: (words) => (isV4(words) ? words[3] : mix4(words[0], words[1], 0, 4)) >>> 0 === source,
    };
  }
}

const isV4 = ([a, b, c]: Words): boolean => a === 0 && b === 0 && c === 0xffff;

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
