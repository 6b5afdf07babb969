import type { Habit } from '../model/finding.ts';
import { mix4 } from './hash.ts';

/*
 * What actors that reach many services, nearly all of which answer, do day by day: pollers, balancers, backups. Learnt at the
 * moments at which a count of theirs crosses and says nothing, so it costs nothing per row. Of each actor: how many services
 * answered on each of 31 days, and which they were, as a bitmap of hashes (linear counting, Whang et al. 1990).
 */

const day = 86_400_000_000;
const daysKept = 31;
/** Linear counting: up to twice as many services are told apart well enough. */
const bitsKept = 4096;
/** Beyond this share of set bits (some 5,700 services) strangers look familiar. */
const fullest = 0.75;
const actorsKept = 4096;

interface Record {
  /** Services that answered, by day modulo 31. */
  readonly counts: Uint16Array;
  readonly bits: Int32Array;
  /** Set bits. */
  filled: number;
  /** The latest day. */
  last: number;
}

export class OwnHabits {
  readonly #records = new Map<number, Record>();

  /** Actors known: at most 4,096, the one that was seen last longest ago goes. About 1 kB each. */
  get size(): number {
    return this.#records.size;
  }

  /** `answered`: hashes ({@link serviceHash}) of the services that answered the actor by now, within one window. */
  learn(key: number, time: number, answered: readonly number[]): void {
    if (answered.length === 0) return;
    const today = Math.floor(time / day);
    let record = this.#records.get(key);
    if (record) this.#records.delete(key);
    else {
      record = {
        counts: new Uint16Array(daysKept),
        bits: new Int32Array(bitsKept / 32),
        filled: 0,
        last: today,
      };
      if (this.#records.size >= actorsKept) this.#records.delete(this.#records.keys().next().value!);
    }
    this.#records.set(key, record);
    for (let next = Math.max(record.last + 1, today - daysKept + 1); next <= today; next++)
      record.counts[next % daysKept] = 0;
    record.last = Math.max(record.last, today);
    const at = today % daysKept;
    record.counts[at] = Math.max(record.counts[at], Math.min(answered.length, 0xffff));
    for (const hash of answered) {
      const word = (hash >>> 5) % record.bits.length;
      const bit = 1 << (hash & 31);
      if ((record.bits[word] & bit) !== 0) continue;
      record.bits[word] |= bit;
      record.filled++;
    }
  }

  /**
   * What was usual before `time`'s day, measured against `asked`. A window that stayed warm crosses once: since then
   * (`warmSince`, µs) every day counts as the one on which it began. Undefined: the actor is not known, or reaches too much.
   */
  before(key: number, time: number, warmSince: number, asked: readonly number[]): Habit | undefined {
    const record = this.#records.get(key);
    if (!record || asked.length === 0) return undefined;
    const today = Math.floor(time / day);
    const began = Math.floor(warmSince / day);
    const countOf = (date: number): number =>
      date > record.last || date <= record.last - daysKept ? 0 : record.counts[date % daysKept];
    const counts: number[] = [];
    for (let date = today - daysKept + 1; date < today; date++) {
      const count = countOf(date) || (date > began ? countOf(began) : 0);
      if (count > 0) counts.push(count);
    }
    if (counts.length === 0) return undefined;
    counts.sort((x, y) => x - y);
    let hits = 0;
    for (const hash of asked)
      if ((record.bits[(hash >>> 5) % record.bits.length] & (1 << (hash & 31))) !== 0) hits++;
    // So many of those it never met fall on a set bit.
    const chance = record.filled / bitsKept;
    if (chance > fullest) return undefined;
    const familiar = (hits / asked.length - chance) / (1 - chance);
    return {
      days: counts.length,
      answered: counts[counts.length >> 1],
      familiar: Math.min(1, Math.max(0, familiar)),
    };
  }
}

/** A service (proto · 65,536 + port) of a target, four big-endian words. */
export function serviceHash([a, b, c, d]: readonly number[], service: number): number {
  return mix4(a ^ Math.imul(b, 0x9e3779b1), c, d, service) >>> 0;
}
