import { silentStatus } from '../model/detector.ts';
import type { ActorView, HeldValue } from '../model/detector.ts';
import { Outcome } from '../model/event.ts';
import type { AddressBook, AddressKey } from '../model/finding.ts';
import { slotBase } from '../state/address-slots.ts';
import type { TextRing } from '../state/text-ring.ts';
import { Slot } from '../state/tuple-table.ts';
import type { Hit } from '../state/tuple-table.ts';
import { notedTexts, sizeFromCode, statusBits, statusMask } from './counted-table.ts';
import type { CountedTable } from './counted-table.ts';

type Noted = () => { readonly text: string; readonly beside: string };
const nothing = { text: '', beside: '' };
const noText: Noted = () => nothing;

/** A held value; its texts are read when they are asked for. */
class Value implements HeldValue {
  readonly target: AddressKey;
  readonly service: number;
  readonly hash: number;
  readonly time: number;
  readonly worth: number;
  readonly silent: boolean;
  readonly #status: number;
  readonly #noted: Noted;

  constructor(
    target: AddressKey,
    service: number,
    hash: number,
    time: number,
    worth: number,
    status: number,
    silent: boolean,
    noted: Noted,
  ) {
    this.target = target;
    this.service = service;
    this.hash = hash;
    this.time = time;
    this.worth = worth;
    this.#status = status;
    this.silent = silent;
    this.#noted = noted;
  }

  get status(): number {
    return this.#status & statusMask;
  }

  get size(): number {
    return sizeFromCode(this.#status >>> statusBits);
  }

  get text(): string {
    return this.#noted().text;
  }

  get beside(): string {
    return this.#noted().beside;
  }
}

/** What a detector may look at when a key of an actor crosses; as long as the tables stand as they do. */
export function viewOf(
  { table, contacts, keeps }: CountedTable,
  hit: Hit,
  actor: AddressKey,
  book: AddressBook,
  ring: TextRing,
): ActorView {
  const mine = (b: number, c: number): boolean =>
    hit.slot === Slot.ab ? b === hit.key : hit.slot === Slot.ac ? c === hit.key : true;
  return {
    actor,
    book,
    n1: hit.n1,
    n2: hit.n2,
    targets: hit.distinctB,
    ports: hit.distinctC,
    topPortTargets: () => {
      const perPort = new Map<number, number>();
      table.each(hit.a, hit.family, hit.window, ({ b, c }) => {
        if (mine(b, c)) perPort.set(c, (perPort.get(c) ?? 0) + 1);
        return true;
      });
      return Math.max(0, ...perPort.values());
    },
    values: (limit) => {
      const values: HeldValue[] = [];
      table.each(hit.a, hit.family, hit.window, ({ b, c, d, time, worth, status, note }) => {
        if (mine(b, c)) {
          values.push(
            new Value(
              contacts && hit.family === 1 ? slotBase + b : b,
              c,
              d,
              time,
              worth,
              contacts && status === silentStatus ? Outcome.answered : status,
              contacts && status === silentStatus,
              note === -1 ? noText : () => notedTexts(ring.text(note), keeps),
            ),
          );
        }
        return values.length < limit;
      });
      return values;
    },
  };
}
