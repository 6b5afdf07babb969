import { Flag } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { ActorPages } from './actor-pages.ts';
import { SeenBefore } from './seen-before.ts';

/*
 * What all visitors together show about a site's paths: which were ever served, and who missed those that were not.
 *
 *   served   hashes of (host, path) that gave 2xx to anyone
 *   missed   hash → the eight actors with the lowest numbers among those who missed it: which eight does not depend on
 *            the order in which they came. Two generations, the older one forgotten.
 *   pages    what each visitor was served lately
 *
 * Nothing here is read while rows of the same µs are still coming.
 */

const kept = 8;
const missLimit = 32_768;
const generation = 6 * 3_600_000_000;

/** An actor as a number and a tag: an IPv4 address and 0, or two mixes of its /64. The same in every process. */
export interface ActorId {
  readonly key: number;
  readonly tag: number;
}

export class PathKnowledge {
  readonly served = new SeenBefore(1 << 18);
  readonly pages = new ActorPages();
  #young = new Misses();
  #old = new Misses();
  #since = NaN;

  get bytes(): number {
    return this.served.bytes + this.pages.bytes + 2 * this.#young.bytes;
  }

  /** Time has moved on: generations turn. */
  step(time: number): void {
    this.served.settle();
    this.pages.step(time);
    if (Number.isNaN(this.#since)) this.#since = time;
    if (time - this.#since < generation && this.#young.size < missLimit) return;
    this.#since = time;
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.clear();
  }

  /** A request of the row's actor for the path with this hash. */
  learn(batch: EventBatch, row: number, low: number, high: number, status: number): void {
    const { key, tag } = actorOf(batch, row);
    if (status < 400) {
      this.pages.see(key, tag, true, low);
      if (status >= 200 && status < 300) this.served.add(low, high);
    } else if (status < 500) {
      this.pages.see(key, tag, false, low);
      this.#young.add(low, high, key, tag);
    }
  }

  /** How many mostly successful actors besides `actor` missed the path (at most eight are remembered). */
  missedByOthers(low: number, high: number, actor: ActorId): number {
    const others = new Map<string, ActorId>();
    for (const other of [...this.#young.of(low, high), ...this.#old.of(low, high)]) {
      if (other.key !== actor.key || other.tag !== actor.tag) others.set(`${other.key}.${other.tag}`, other);
    }
    let n = 0;
    for (const other of others.values()) if (this.#mostlySuccessful(other)) n++;
    return n;
  }

  /** Served at least four times, and twice as often as not. */
  #mostlySuccessful({ key, tag }: ActorId): boolean {
    const { served, failed } = this.pages.requests(key, tag);
    return served >= 4 && served >= 2 * failed;
  }
}

/** The identity of a row's actor. */
export function actorOf(batch: EventBatch, row: number): ActorId {
  const source = batch.source[row];
  if ((batch.flags[row] & Flag.v6) === 0) return { key: source, tag: 0 };
  const a = batch.wide[source * 4];
  const b = batch.wide[source * 4 + 1];
  return { key: mixPrefix(a, b), tag: tagOf(a, b) };
}

/** An actor as one number below 2⁵³, which outlives its slot. */
export const actorNumber = ({ key, tag }: ActorId): number => (tag & 0x1f_ffff) * 0x1_0000_0000 + key;

/** The identity of an actor by its address in words. */
export function actorIdOf(words: readonly [number, number, number, number]): ActorId {
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  if (mapped) return { key: words[3], tag: 0 };
  return { key: mixPrefix(words[0], words[1]), tag: tagOf(words[0], words[1]) };
}

function mixPrefix(a: number, b: number): number {
  const h = Math.imul(a, 0xcc9e2d51) ^ Math.imul((b << 15) | (b >>> 17), 0x1b873593);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Never 0, which stands for IPv4. */
function tagOf(a: number, b: number): number {
  const h = Math.imul(a ^ 0x5bd1e995, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  return ((h ^ (h >>> 13)) | 1) >>> 0;
}

/** One generation of missed paths: open addressing, half full at most. Two words for each of the eight actors. */
class Misses {
  readonly #paths = new Uint32Array(2 * missLimit * 2);
  readonly #keys = new Uint32Array(2 * missLimit * kept);
  readonly #tags = new Uint32Array(2 * missLimit * kept);
  readonly #counts = new Uint8Array(2 * missLimit);
  size = 0;

  get bytes(): number {
    return this.#paths.byteLength + 2 * this.#keys.byteLength + this.#counts.byteLength;
  }

  clear(): void {
    if (this.size > 0) {
      this.#paths.fill(0);
      this.#counts.fill(0);
    }
    this.size = 0;
  }

  add(low: number, high: number, key: number, tag: number): void {
    const spot = this.#find(low, high);
    const counts = this.#counts;
    if (counts[spot] === 0) {
      // Generations turn between µs; a single µs with more than that forgets the rest.
      if (this.size >= 1.5 * missLimit) return;
      this.size++;
      this.#paths[2 * spot] = low || 1;
      this.#paths[2 * spot + 1] = high;
    }
    const keys = this.#keys;
    const tags = this.#tags;
    const first = spot * kept;
    let i = first;
    const stop = first + counts[spot];
    while (i < stop && (keys[i] < key || (keys[i] === key && tags[i] < tag))) i++;
    if (i < stop && keys[i] === key && tags[i] === tag) return;
    if (i === first + kept) return;
    const last = Math.min(stop, first + kept - 1);
    for (let j = last; j > i; j--) {
      keys[j] = keys[j - 1];
      tags[j] = tags[j - 1];
    }
    keys[i] = key;
    tags[i] = tag;
    if (counts[spot] < kept) counts[spot]++;
  }

  of(low: number, high: number): ActorId[] {
    const spot = this.#find(low, high);
    return Array.from({ length: this.#counts[spot] }, (_, i) => ({
      key: this.#keys[spot * kept + i],
      tag: this.#tags[spot * kept + i],
    }));
  }

  #find(low: number, high: number): number {
    const paths = this.#paths;
    const mask = this.#counts.length - 1;
    const first = low || 1;
    let spot = (low ^ (high >>> 7)) & mask;
    while (this.#counts[spot] > 0 && (paths[2 * spot] !== first || paths[2 * spot + 1] !== high)) {
      spot = (spot + 1) & mask;
    }
    return spot;
  }
}
