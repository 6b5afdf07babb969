/** µs. Line cards and the header's whole seconds disagree by less than this. */
const ahead = 60_000_000;
/** A flow that began longer before its export is damage: softflowd's longest life-time is seven days. */
export const oldest = 8 * 86_400_000_000;
/** Two records of one replayed capture are reported within this of each other. */
const together = 86_400_000_000;

/**
 * Which flow times an exporter may state. They lie shortly before the export; one that does not is damage (softflowd
 * writes a few such records), unless all of them are off together: an exporter that replays an old capture, or whose
 * uptime is wrong (FortiOS 5.2). Then their order and distances are kept. Believed when the exporter's first records
 * agree; after an ordinary one was seen, never.
 */
export class FlowClock {
  /** µs by which the exporter's flows are older than they may be; 0: they are not. */
  replay = 0;
  #ordinary = false;
  #candidate = Number.NaN;

  /** `age`: µs from the flow's time to its export. */
  plausible(age: number): boolean {
    if (age >= -ahead && age <= oldest) {
      this.#ordinary = true;
      return true;
    }
    if (this.replay !== 0) return Math.abs(age - this.replay) <= oldest;
    if (this.#ordinary) return false;
    if (Math.abs(age - this.#candidate) <= together) {
      this.replay = age;
      return true;
    }
    this.#candidate = age;
    return false;
  }

  /** Whether it is still open if an implausible age is damage or the exporter's habit: look at the records behind it. */
  isOpen(age: number): boolean {
    return !this.#ordinary && this.replay === 0 && !(age >= -ahead && age <= oldest);
  }

  /** The records behind agree. */
  believe(age: number): void {
    this.replay = age;
  }

  /**
   * µs from an event at `uptime` ms to now (`now` ms), both clocks of 32 bits that wrap every 49.7 days: the shortest way
   * round, or of a replay the way that lies nearest to it.
   */
  since(now: number, uptime: number): number {
    const age = (now - uptime) | 0;
    if (this.replay === 0) return age * 1000;
    const base = Math.round(this.replay / 1000);
    return (base + ((age - (base % 4_294_967_296)) | 0)) * 1000;
  }
}

/** Two implausible ages of one exporter that mean the same. */
export function agree(age: number, other: number): boolean {
  return Math.abs(age - other) <= together;
}
