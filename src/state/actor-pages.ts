/**
 * What each visitor was served lately, in 64 bytes: one line of cache per request.
 *
 *   actor, tag · slot of 5 minutes · pages of this slot, of the one before (64 bits each) · pages of the hour (128 bits)
 *   · requests served, failed in the hour
 *
 * A set of pages is a bitmap of their hashes (linear counting, Whang et al. 1990: n ≈ −m ln(empty / m), a few percent
 * wrong up to twice m). The 5 minutes are this slot and the one before, the hour is this hour and the one before: a
 * superset of the window, never less. Or-ing bits and adding up does not depend on the order of rows.
 */
const words = 16;
const KEY = 0;
const TAG = 1;
const SLOT = 2;
const NOW = 3; // 2 words
const BEFORE = 5; // 2 words
const HOUR = 7; // 4 words
const SERVED = 11;
const FAILED = 12;

const slotLength = 300_000_000;
const hourLength = 3_600_000_000;

export class ActorPages {
  #young: Hour;
  #old: Hour;
  #hour = NaN;
  #slot = NaN;
  /** Visitors that did not fit: what is said of them is 0. */
  overflow = 0;

  /** `limit`: visitors of an hour at most, a power of two; 128 bytes each while there are as many. */
  constructor(limit = 1 << 18) {
    this.#young = new Hour(limit);
    this.#old = new Hour(limit);
  }

  get bytes(): number {
    return this.#young.bytes + this.#old.bytes;
  }

  step(time: number): void {
    this.#slot = Math.floor(time / slotLength);
    const hour = Math.floor(time / hourLength);
    if (hour === this.#hour) return;
    const next = hour === this.#hour + 1;
    this.#hour = hour;
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.clear();
    if (!next) this.#old.clear();
  }

  /** A request of an actor; `served`: the page with this hash was. */
  see(key: number, tag: number, served: boolean, hash: number): void {
    const hour = this.#young;
    const at = hour.find(key, tag, true);
    if (at < 0) {
      this.overflow++;
      return;
    }
    const table = hour.table;
    if (!served) {
      table[at + FAILED]++;
      return;
    }
    if (table[at + SLOT] !== this.#slot) {
      const follows = table[at + SLOT] === this.#slot - 1;
      table[at + BEFORE] = follows ? table[at + NOW] : 0;
      table[at + BEFORE + 1] = follows ? table[at + NOW + 1] : 0;
      table[at + NOW] = 0;
      table[at + NOW + 1] = 0;
      table[at + SLOT] = this.#slot;
    }
    table[at + SERVED]++;
    const bit = 1 << (hash & 31);
    table[at + NOW + ((hash >>> 5) & 1)] |= bit;
    table[at + HOUR + ((hash >>> 5) & 3)] |= bit;
  }

  /** About how many distinct pages the actor was served within `span` µs (5 minutes or less, or an hour). */
  distinct(key: number, tag: number, span: number): number {
    if (span > slotLength) {
      const bits = [0, 0, 0, 0];
      for (const { table, at } of this.#records(key, tag)) {
        for (let i = 0; i < 4; i++) bits[i] |= table[at + HOUR + i];
      }
      return estimate(bits);
    }
    const bits = [0, 0];
    for (const { table, at } of this.#records(key, tag)) {
      const age = this.#slot - table[at + SLOT];
      for (let i = 0; i < 2; i++) {
        if (age <= 1) bits[i] |= table[at + NOW + i];
        if (age === 0) bits[i] |= table[at + BEFORE + i];
      }
    }
    return estimate(bits);
  }

  /** Whether the actor may have been served the page with this hash lately; false is certain. */
  maybeServed(key: number, tag: number, hash: number): boolean {
    const bit = 1 << (hash & 31);
    return this.#records(key, tag).some(
      ({ table, at }) => (table[at + HOUR + ((hash >>> 5) & 3)] & bit) !== 0,
    );
  }

  /** Requests of the last one to two hours. */
  requests(key: number, tag: number): { readonly served: number; readonly failed: number } {
    let served = 0;
    let failed = 0;
    for (const { table, at } of this.#records(key, tag)) {
      served += table[at + SERVED];
      failed += table[at + FAILED];
    }
    return { served, failed };
  }

  /** Whether the actor was seen in the last one to two hours. */
  has(key: number, tag: number): boolean {
    return this.#young.find(key, tag, false) >= 0 || this.#old.find(key, tag, false) >= 0;
  }

  /** Its failed requests of this hour alone. */
  failedNow(key: number, tag: number): number {
    const at = this.#young.find(key, tag, false);
    return at < 0 ? 0 : this.#young.table[at + FAILED];
  }

  #records(key: number, tag: number): { table: Uint32Array; at: number }[] {
    return [this.#young, this.#old].flatMap((hour) => {
      const at = hour.find(key, tag, false);
      return at < 0 ? [] : [{ table: hour.table, at }];
    });
  }
}

/** Bits set in the maps, as a number of distinct hashes. */
function estimate(maps: readonly number[]): number {
  let set = 0;
  for (const map of maps) for (let bits = map; bits !== 0; bits &= bits - 1) set++;
  if (set === 0) return 0;
  const size = 32 * maps.length;
  return set === size ? Math.round(size * Math.log(2 * size)) : Math.round(-size * Math.log(1 - set / size));
}

/** Visitors of an hour: open addressing, half full at most. */
class Hour {
  table = new Uint32Array(words * 16_384);
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.table.byteLength;
  }

  clear(): void {
    if (this.#size > 0) this.table.fill(0);
    this.#size = 0;
  }

  /** Index of the actor's first word; −1: not there (and no room, with `add`). */
  find(key: number, tag: number, add: boolean): number {
    const table = this.table;
    const mask = table.length / words - 1;
    const first = key === 0 && tag === 0 ? 1 : key;
    let spot = Math.imul(first ^ tag, 0x9e3779b1);
    spot = (spot ^ (spot >>> 15)) & mask;
    for (;;) {
      const at = spot * words;
      if (table[at + KEY] === first && table[at + TAG] === tag) return at;
      if (table[at + KEY] === 0 && table[at + TAG] === 0) {
        if (!add || this.#size >= this.#limit) return -1;
        if (++this.#size * 2 > mask) {
          this.#grow();
          this.#size--;
          return this.find(key, tag, true);
        }
        table[at + KEY] = first;
        table[at + TAG] = tag;
        return at;
      }
      spot = (spot + 1) & mask;
    }
  }

  #grow(): void {
    const from = this.table;
    this.table = new Uint32Array(from.length * 2);
    const size = this.#size;
    this.#size = 0;
    for (let at = 0; at < from.length; at += words) {
      if (from[at + KEY] === 0 && from[at + TAG] === 0) continue;
      const to = this.find(from[at + KEY], from[at + TAG], true);
      this.table.set(from.subarray(at, at + words), to);
    }
    this.#size = size;
  }
}
