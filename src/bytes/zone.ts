/** Local times repeat their offset within a quarter of an hour: every zone's transitions fall on one. */
const quarter = 900_000_000;

/**
 * A time zone by IANA name; turns local wall-clock µs into µs UTC. An hour that a clock change repeats is taken as the
 * first of the two; one that it skips is read with the offset from before the change.
 */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat | undefined;
  #quarter = Number.NaN;
  #offset = 0;

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
      this.#offset = this.#offsetOfLocal(at * quarter);
    }
    return local - this.#offset;
  }

  #offsetOfLocal(local: number): number {
    const day = 86_400_000_000;
    const before = this.#offsetAt(local - day);
    const after = this.#offsetAt(local + day);
    // Before a change its old offset holds: right for both the repeated and the skipped hour.
    if (this.#offsetAt(local - before) === before) return before;
    return this.#offsetAt(local - after) === after ? after : before;
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
