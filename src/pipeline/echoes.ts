import { EventKind, Flag, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { mix4 } from '../state/hash.ts';
import { firstWord, RecentRecords } from '../state/recent-records.ts';
import { none } from '../state/record-pool.ts';

/*
 * Two sensors that saw the same probe within five seconds count once, and the stronger word wins: answered, refused,
 * denied, unanswered, unknown. The weaker row is marked as an echo: shown, not counted. Only runs with sensors of two kinds
 * need this.
 *
 * A sensor with a long lateness is read ahead of the others, so sightings wait for each other: one per probe and span of
 * five seconds, the strongest so far. At the limit the one that came first goes, whatever its hash: what is an echo does
 * not depend on the seed of hashes.
 *
 *   sighting   source, target, service (2 words of hash) and span · sensor · row · serial of its batch
 */

const SENSOR = firstWord;
const ROW = firstWord + 1;
const SERIAL = firstWord + 2;
const words = firstWord + 3;
const span = 5_000_000;
/** Sightings that wait, about 50 bytes each. */
const sightingLimit = 1 << 18;

export class Echoes {
  readonly #sightings = new RecentRecords(words, sightingLimit, (low, high, at) => mix4(low, high, at, 9));
  readonly #time: number[] = [];
  readonly #batch: (EventBatch | undefined)[] = [];
  /** Rows marked. */
  found = 0;

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
    const own = this.#sightings.find(low, high, at);
    let other = none;
    for (const near of [
      own,
      this.#sightings.find(low, high, at - 1),
      this.#sightings.find(low, high, at + 1),
    ]) {
      if (other === none && this.#isOther(near, sensor, time)) other = near;
    }
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
    this.#put(own === none ? this.#sightings.take(low, high, at) : own, batch, row, sensor);
  }

  #isOther(sighting: number, sensor: number, time: number): boolean {
    if (sighting === none || this.#sightings.words[sighting * words + SENSOR] === sensor) return false;
    return Math.abs(time - this.#time[sighting]) <= span;
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
