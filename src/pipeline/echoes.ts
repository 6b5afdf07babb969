import { EventKind, Flag, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { mix4 } from '../state/hash.ts';
import { none, RecordPool } from '../state/record-pool.ts';

/*
 * Two sensors that saw the same probe within five seconds count once, and the stronger word wins: answered, refused,
 * denied, unanswered, unknown. The weaker row is marked as an echo: shown, not counted. Only runs with sensors of two kinds
 * need this.
 *
 * A sensor with a long lateness is read ahead of the others, so sightings wait for each other: one per probe and span of
 * five seconds, the strongest so far. At the limit the one that came first goes, whatever its hash: what is an echo does
 * not depend on the seed of hashes.
 *
 *   sighting   next in chain · source, target, service (2 words of hash) · span · sensor · row · serial of its batch
 */

const LINK = 0;
const LOW = 1;
const HIGH = 2;
const SPAN = 3;
const SENSOR = 4;
const ROW = 5;
const SERIAL = 6;
const words = 7;
const span = 5_000_000;

export class Echoes {
  readonly #limit: number;
  readonly #sightings = new RecordPool(words, LINK, 1024, (record, base) =>
    mix4(record[base + LOW], record[base + HIGH], record[base + SPAN], 9),
  );
  readonly #time: number[] = [];
  readonly #batch: (EventBatch | undefined)[] = [];
  /** Sightings in the order in which they came: a ring. */
  readonly #order: Int32Array;
  #oldest = 0;
  /** Rows marked. */
  found = 0;

  /** `limit`: sightings that wait, 44 bytes each. */
  constructor(limit = 1 << 18) {
    this.#limit = limit;
    this.#order = new Int32Array(limit);
  }

  /** `sensor`: a number for the kind of sensor; rows of one sensor never echo each other. */
  add(batch: EventBatch, sensor: number): void {
    const { kind, role, length } = batch;
    for (let row = 0; row < length; row++) {
      if (kind[row] !== EventKind.contact || role[row] !== Role.originator) continue;
      if ((batch.flags[row] & (Flag.noTarget | Flag.late)) === 0) this.#addRow(batch, row, sensor);
    }
  }

  #addRow(batch: EventBatch, row: number, sensor: number): void {
    const service = (batch.proto[row] << 16) | batch.targetPort[row];
    const from = addressHash(batch, row, batch.source[row]);
    const to = addressHash(batch, row, batch.target[row]);
    const low = mix4(from, to, service, 7) | 0;
    const high = mix4(to, service, from, 8) | 0;
    const time = batch.time[row];
    const at = Math.floor(time / span);
    const own = this.#find(low, high, at);
    const other = this.#isOther(own, sensor, time)
      ? own
      : (this.#nearby(low, high, at - 1, sensor, time) ??
        this.#nearby(low, high, at + 1, sensor, time) ??
        none);
    if (other !== none) {
      this.found++;
      const record = this.#sightings.words;
      const base = other * words;
      const held = this.#batch[other];
      const waiting = held !== undefined && (held.serial | 0) === record[base + SERIAL];
      if (waiting && wordOf(batch, row) > wordOf(held, record[base + ROW])) {
        held.flags[record[base + ROW]] |= Flag.echo;
        this.#put(other, batch, row, sensor);
      } else batch.flags[row] |= Flag.echo;
      return;
    }
    this.#put(own === none ? this.#take(low, high, at) : own, batch, row, sensor);
  }

  #nearby(low: number, high: number, at: number, sensor: number, time: number): number | undefined {
    const sighting = this.#find(low, high, at);
    return this.#isOther(sighting, sensor, time) ? sighting : undefined;
  }

  #isOther(sighting: number, sensor: number, time: number): boolean {
    if (sighting === none || this.#sightings.words[sighting * words + SENSOR] === sensor) return false;
    return Math.abs(time - this.#time[sighting]) <= span;
  }

  #find(low: number, high: number, at: number): number {
    const record = this.#sightings.words;
    let sighting = this.#sightings.first(mix4(low, high, at | 0, 9));
    while (sighting !== none) {
      const base = sighting * words;
      if (record[base + LOW] === low && record[base + HIGH] === high && record[base + SPAN] === (at | 0))
        return sighting;
      sighting = record[base + LINK];
    }
    return none;
  }

  #take(low: number, high: number, at: number): number {
    const { size } = this.#sightings;
    let place = size;
    if (size === this.#limit) {
      place = this.#oldest;
      this.#oldest = (place + 1) % this.#limit;
      this.#sightings.drop(this.#order[place]);
    }
    const sighting = this.#sightings.take(mix4(low, high, at | 0, 9));
    const record = this.#sightings.words;
    record[sighting * words + LOW] = low;
    record[sighting * words + HIGH] = high;
    record[sighting * words + SPAN] = at;
    this.#order[place] = sighting;
    return sighting;
  }

  #put(sighting: number, batch: EventBatch, row: number, sensor: number): void {
    const record = this.#sightings.words;
    const base = sighting * words;
    record[base + SENSOR] = sensor;
    record[base + ROW] = row;
    record[base + SERIAL] = batch.serial;
    this.#time[sighting] = batch.time[row];
    this.#batch[sighting] = batch;
  }
}

/** The stronger outcome first; of equal ones the sensor that saw more: what the target said, then the packet's header. */
function wordOf(batch: EventBatch, row: number): number {
  const flags = batch.flags[row];
  const said = (flags & Flag.gotData) !== 0 ? 2 : 0;
  return batch.outcome[row] * 4 + said + ((flags & Flag.header) !== 0 ? 1 : 0);
}

function addressHash(batch: EventBatch, row: number, address: number): number {
  if ((batch.flags[row] & Flag.v6) === 0) return address;
  const { wide } = batch;
  const at = address * 4;
  return mix4(wide[at], wide[at + 1], wide[at + 2], wide[at + 3]);
}
