/** Local times repeat their offset within a quarter of an hour: every zone's transitions fall on one. */
const quarter = 900_000_000;

const day = 86_400_000_000;
/** Within the repeated hour a step back of so many µs is the clock's; lines that come late step back by less. */
const stepBack = 300_000_000;

/**
 * A time zone by IANA name; turns local wall-clock µs into µs UTC, one input's after the other. An hour that a clock change
 * repeats is the first of the two until its times step back by five minutes, then the second; an hour that the change skips is
 * read with the offset from before it.
 */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat | undefined;
  #quarter = Number.NaN;
  #offset = 0;
  /** Of a repeated hour: its offset the second time, its day, the latest time of the first, and whether that is over. */
  #isRepeated = false;
  #offsetAgain = 0;
  #repeatedDay = Number.NaN;
  #latest = -Infinity;
  #isAgain = false;

  /** Throws a RangeError when the runtime does not know the zone. */
  constructor(name: string) {
    this.name = name;
    this.#format = isUtc(name)
      ? undefined
      : new Intl.DateTimeFormat('en-US', {
          timeZone: name,
          hourCycle: 'h23',
          year: 'numeric',
          month: 'numeric',
          day: 'numeric',
          hour: 'numeric',
          minute: 'numeric',
          second: 'numeric',
        });
  }

  /** µs UTC of the local time `local` (µs as if it were UTC). */
  toUtc(local: number): number {
    if (this.#format === undefined) return local;
    const at = Math.floor(local / quarter);
    if (at !== this.#quarter) {
      this.#quarter = at;
      this.#enter(at * quarter);
    }
    return local - (this.#isRepeated ? this.#offsetOf(local) : this.#offset);
  }

  #enter(local: number): void {
    const before = this.#offsetAt(local - day);
    const after = this.#offsetAt(local + day);
    const holdsBefore = this.#offsetAt(local - before) === before;
    const holdsAfter = this.#offsetAt(local - after) === after;
    // Before a change its old offset holds: right for the skipped hour too.
    this.#offset = holdsBefore || !holdsAfter ? before : after;
    this.#isRepeated = holdsBefore && holdsAfter && before !== after;
    if (!this.#isRepeated) return;
    this.#offsetAgain = after;
    const today = Math.floor(local / day);
    if (today === this.#repeatedDay) return;
    this.#repeatedDay = today;
    this.#latest = -Infinity;
    this.#isAgain = false;
  }

  #offsetOf(local: number): number {
    if (local > this.#latest) this.#latest = local;
    else if (local < this.#latest - stepBack) this.#isAgain = true;
    return this.#isAgain ? this.#offsetAgain : this.#offset;
  }

  /** Local minus UTC, µs, at the instant `utc`. */
  #offsetAt(utc: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format!.formatToParts(utc / 1000)) parts[type] = Number(value);
    const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    return local * 1000 - Math.floor(utc / 1_000_000) * 1_000_000;
  }
}

function isUtc(name: string): boolean {
  return /^(utc|etc\/utc|gmt|etc\/gmt|z)$/i.test(name);
}
