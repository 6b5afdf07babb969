import { EventKind, Flag, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { mix4 } from '../state/hash.ts';

/*
 * Two sensors that saw the same probe within five seconds count once, and the stronger word wins: answered, refused,
 * denied, unanswered, unknown. The weaker row is marked as an echo: shown, not counted. Only runs with sensors of two kinds
 * need this.
 *
 *   slot   [ hash of source, target, service (2 words) | sensor | time | batch, row ]   direct-mapped, 65,536 slots
 */

const slots = 1 << 16;
const span = 5_000_000;

export class Echoes {
  readonly #low = new Uint32Array(slots);
  readonly #high = new Uint32Array(slots);
  readonly #sensor = new Uint16Array(slots);
  readonly #time = new Float64Array(slots).fill(-Infinity);
  readonly #batch: (EventBatch | undefined)[] = Array.from({ length: slots });
  readonly #row = new Uint16Array(slots);
  readonly #serial = new Float64Array(slots);
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
    const low = mix4(from, to, service, 7) >>> 0;
    const high = mix4(to, service, from, 8) >>> 0;
    const slot = low & (slots - 1);
    const time = batch.time[row];
    const same = this.#low[slot] === low && this.#high[slot] === high;
    if (same && this.#sensor[slot] !== sensor && Math.abs(time - this.#time[slot]) <= span) {
      this.found++;
      const other = this.#batch[slot];
      const waiting = other !== undefined && other.serial === this.#serial[slot];
      const otherRow = this.#row[slot];
      if (waiting && wordOf(batch, row) > wordOf(other, otherRow)) other.flags[otherRow] |= Flag.echo;
      else {
        batch.flags[row] |= Flag.echo;
        return;
      }
    }
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#sensor[slot] = sensor;
    this.#time[slot] = time;
    this.#batch[slot] = batch;
    this.#row[slot] = row;
    this.#serial[slot] = batch.serial;
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
