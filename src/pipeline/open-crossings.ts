import type { Crossing } from '../model/finding.ts';
import { slotBase } from '../state/address-slots.ts';
import { Slot } from '../state/tuple-table.ts';
import type { Hit } from '../state/tuple-table.ts';
import type { CountedTable } from './counted-table.ts';

/** A crossing that lives: shown again to its detector until it makes a finding of it. */
interface Open {
  readonly crossing: Crossing;
  readonly detector: number;
  decided: boolean;
  /** Value at which the detector is asked again. */
  next: number;
}

/** An undecided crossing is shown again when its value has grown by a quarter. */
const growth = 1.25;

/** Whom a table's crossings are told. */
export interface CrossingListener {
  /** A key has crossed a threshold. */
  opened(crossing: Crossing): void;
  /** Whether there is nothing more to ask the detector about the crossing. */
  ask(detector: number, crossing: Crossing, hit: Hit): boolean;
}

/** The keys of one table that are above a threshold, from when they cross it until the window has forgotten them. */
export class OpenCrossings {
  readonly #table: CountedTable;
  readonly #listener: CrossingListener;
  readonly #byKey = new Map<number, Open[]>();

  constructor(table: CountedTable, listener: CrossingListener) {
    this.#table = table;
    this.#listener = listener;
    table.table.onGone = (slot, record, window, max) => this.#gone(openKey(slot, record, window), max);
  }

  /** Shows the detectors what a key has reached at `now`; whether nobody needs to see it again as it grows. */
  decide(hit: Hit, now: number): boolean {
    const id = openKey(hit.slot, hit.record, hit.window);
    let open = this.#byKey.get(id);
    const { now: reached, open: later } = this.#table.reached(hit);
    for (const { count, detector, least } of reached) {
      let entry = open?.find(({ crossing }) => crossing.count === count.id);
      if (!entry) {
        const crossing = this.#crossing(count.id, least[hit.window], hit, now);
        this.#listener.opened(crossing);
        entry = { crossing, detector, decided: false, next: 0 };
        if (!open) this.#byKey.set(id, (open = []));
        open.push(entry);
      }
      entry.crossing.max = Math.max(entry.crossing.max, hit.value);
      if (!entry.decided && hit.value >= entry.next) {
        entry.next = hit.value * growth;
        entry.decided = this.#listener.ask(detector, entry.crossing, hit);
      }
    }
    return !later && (open ?? []).every(({ decided }) => decided);
  }

  *crossings(): Iterable<Crossing> {
    for (const entries of this.#byKey.values()) for (const { crossing } of entries) yield crossing;
  }

  #crossing(count: string, threshold: number, hit: Hit, time: number): Crossing {
    const { contacts, spans } = this.#table;
    return {
      count,
      actor: hit.family === 1 ? slotBase + hit.a : hit.a,
      key: hit.family === 1 && hit.slot === Slot.ab && contacts ? slotBase + hit.key : hit.key,
      keyText: contacts ? '' : this.#table.keyName(hit.key),
      window: spans[hit.window] / 1_000_000,
      threshold,
      time,
      value: hit.value,
      max: hit.value,
    };
  }

  #gone(id: number, max: number): void {
    const open = this.#byKey.get(id);
    if (!open) return;
    for (const { crossing } of open) crossing.max = Math.max(crossing.max, max);
    this.#byKey.delete(id);
  }
}

function openKey(slot: number, record: number, window: number): number {
  return (record * 5 + slot) * 3 + window;
}
