import { tickLength } from '../model/detector.ts';
import type { RunningDetector, Teller } from '../model/detector.ts';
import { slotBase } from '../state/address-slots.ts';
import type { AddressSlots } from '../state/address-slots.ts';
import type { Suspects } from './suspects.ts';

/** µs. */
const hourLength = 3_600_000_000;

interface Ticking {
  readonly tick: (time: number, teller: Teller) => void;
  readonly teller: Teller;
}

/** Asks detectors that span actors at multiples of {@link tickLength}, on the clock of the events. */
export class DetectorClock {
  readonly #ticking: readonly Ticking[];
  #next = -Infinity;

  constructor(
    detectors: readonly { readonly name: string; readonly running: RunningDetector }[],
    suspects: Suspects,
    slots: AddressSlots,
  ) {
    this.#ticking = detectors.flatMap(({ name, running }) =>
      running.tick ? [{ tick: running.tick.bind(running), teller: tellerOf(name, suspects, slots) }] : [],
    );
  }

  /** Time passes: at a tick detectors are asked about what came before it. */
  advance(time: number): void {
    if (time < this.#next) return;
    const tick = Math.floor(time / tickLength) * tickLength;
    if (this.#next !== -Infinity) {
      // After silence: what was last seen is asked about when its hour was over, not when the next row came.
      this.ask(this.#next);
      const hourEnd = Math.ceil(this.#next / hourLength) * hourLength;
      if (hourEnd > this.#next && hourEnd <= tick) this.ask(hourEnd);
    }
    this.#next = tick + tickLength;
  }

  ask(time: number): void {
    for (const { tick, teller } of this.#ticking) tick(time, teller);
  }
}

function tellerOf(name: string, suspects: Suspects, slots: AddressSlots): Teller {
  const v4 = (words: readonly number[]): boolean => words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return {
    tell: (draft, time) =>
      suspects.tell(name, draft, time, (words) =>
        v4(words) ? words[3] : slotBase + slots.address(words[0], words[1], words[2], words[3]),
      ),
    source: (a, b, c, d) => (v4([a, b, c, d]) ? d : slotBase + slots.prefix(a, b)),
    isSuspect: (source) => suspects.get(source) !== undefined,
  };
}
