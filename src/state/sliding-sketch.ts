/*
 * How many different values there were in the last so many hours, to 3.3 % (standard error), in 9 KiB however many there
 * were: a HyperLogLog of 1,024 registers whose registers remember when (Chabchoub & Hébrail 2010). Of each register only
 * those ranks are kept that a later window could still need: a rank is forgotten once a later one is as high.
 *
 *   register   rank, hour · rank, hour · rank, hour      hours descending, ranks ascending
 */

const registers = 1024;
const kept = 3;
/** Of 22 bits of hash that do not choose the register. */
const rankBits = 22;
/** Flajolet et al. 2007. */
const alpha = 0.7213 / (1 + 1.079 / registers);

export class SlidingSketch {
  readonly #ranks = new Uint8Array(registers * kept);
  readonly #hours = new Int32Array(registers * kept);

  get bytes(): number {
    return this.#ranks.byteLength + this.#hours.byteLength;
  }

  /** Notes a value by its 32-bit hash (well mixed); `hour` does not fall. */
  add(hash: number, hour: number): void {
    const at = (hash & (registers - 1)) * kept;
    const rank = Math.clz32(hash >>> 10) - (32 - rankBits) + 1;
    const ranks = this.#ranks;
    const hours = this.#hours;
    // As high, and no older.
    if (ranks[at] >= rank && hours[at] === hour) return;
    // Ranks ascend: what is older and no higher stands first, and is not needed any more.
    let lower = 0;
    while (lower < kept && ranks[at + lower] > 0 && ranks[at + lower] <= rank) lower++;
    if (lower === 0) {
      // The highest is what long windows need; of those between, the latest.
      if (ranks[at + 2] === 0) this.#move(at + 1, at + 2);
      this.#move(at, at + 1);
    } else if (lower === 2) {
      this.#move(at + 2, at + 1);
      ranks[at + 2] = 0;
    } else if (lower === kept) ranks.fill(0, at + 1, at + kept);
    ranks[at] = rank;
    hours[at] = hour;
  }

  #move(from: number, to: number): void {
    this.#ranks[to] = this.#ranks[from];
    this.#hours[to] = this.#hours[from];
  }

  /** About how many different values there were from hour `since` on. */
  count(since: number): number {
    let sum = 0;
    let empty = 0;
    for (let at = 0; at < registers * kept; at += kept) {
      let rank = 0;
      for (let i = at; i < at + kept && this.#ranks[i] > 0; i++) {
        if (this.#hours[i] >= since && this.#ranks[i] > rank) rank = this.#ranks[i];
      }
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const raw = (alpha * registers * registers) / sum;
    // Few values: counting the empty registers is more exact.
    return Math.round(raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw);
  }
}
