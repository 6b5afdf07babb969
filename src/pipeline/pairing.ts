import { EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { mix4 } from '../state/hash.ts';
import { ephemeralFrom } from '../wire/roles.ts';

/*
 * Who began, for sensors that see each direction by itself. A row whose role the sensor could not tell (`unpaired`) waits
 * in the order buffer; when the reversed five-tuple comes within 60 s, both are decided: the earlier start is the
 * originator (of equal starts the one with the ephemeral port), its outcome becomes `answered`, the other is the reply.
 * What is still unpaired when it leaves the buffer is decided by its ports, or stays unknown: shown, never a probe.
 *
 *   slot   [ tuple hash (2 words) | direction, protocol | time | batch, row ]   direct-mapped, 65,536 slots: a newer
 *                                                                                conversation displaces an older one
 */

const slots = 1 << 16;
const span = 60_000_000;

export class Pairing {
  readonly #low = new Uint32Array(slots);
  readonly #high = new Uint32Array(slots);
  readonly #forward = new Uint8Array(slots);
  readonly #time = new Float64Array(slots).fill(-Infinity);
  readonly #batch: (EventBatch | undefined)[] = Array.from({ length: slots });
  readonly #row = new Uint16Array(slots);
  readonly #serial = new Float64Array(slots);
  /** Pairs found. */
  paired = 0;

  /** Pairs the unpaired rows of a batch with each other and with those of earlier batches. Before it is put in order. */
  add(batch: EventBatch): void {
    const { role, kind, length } = batch;
    for (let row = 0; row < length; row++) {
      if (role[row] === Role.unpaired && kind[row] === EventKind.contact) this.#addRow(batch, row);
    }
  }

  #addRow(batch: EventBatch, row: number): void {
    const from = sideHash(batch, row, batch.source[row], batch.sourcePort[row]);
    const to = sideHash(batch, row, batch.target[row], batch.targetPort[row]);
    const low = (from + to) >>> 0;
    const high = (Math.imul(from ^ to, 0x9e3779b1) + batch.proto[row]) >>> 0;
    const forward = from > to ? 1 : 0;
    const slot = (low ^ (high >>> 7)) & (slots - 1);
    const time = batch.time[row];
    const same = this.#low[slot] === low && this.#high[slot] === high;
    if (same && this.#forward[slot] !== forward && Math.abs(time - this.#time[slot]) <= span) {
      this.#decide(slot, batch, row, time);
      return;
    }
    // The same direction again: the first of them speaks for the conversation.
    if (
      same &&
      this.#forward[slot] === forward &&
      time - this.#time[slot] <= span &&
      time >= this.#time[slot]
    )
      return;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#forward[slot] = forward;
    this.#time[slot] = time;
    this.#batch[slot] = batch;
    this.#row[slot] = row;
    this.#serial[slot] = batch.serial;
  }

  #decide(slot: number, batch: EventBatch, row: number, time: number): void {
    this.paired++;
    const other = this.#batch[slot];
    const otherTime = this.#time[slot];
    // A row that has left the buffer has been judged by its ports; the one at hand is then the reply if it is later.
    const waiting = other !== undefined && other.serial === this.#serial[slot];
    let mineFirst = time < otherTime;
    if (time === otherTime)
      mineFirst = batch.sourcePort[row] >= ephemeralFrom && batch.targetPort[row] < ephemeralFrom;
    if (mineFirst) {
      begin(batch, row);
      if (waiting) other.role[this.#row[slot]] = Role.responder;
    } else {
      batch.role[row] = Role.responder;
      if (waiting) begin(other, this.#row[slot]);
    }
  }
}

function begin(batch: EventBatch, row: number): void {
  batch.role[row] = Role.originator;
  if (batch.outcome[row] === Outcome.unknown || batch.outcome[row] === Outcome.unanswered) {
    batch.outcome[row] = Outcome.answered;
  }
  batch.flags[row] &= ~Flag.oneSided;
}

/** The role by ports alone of a row that found no partner; see {@link ephemeralFrom}. */
export function roleByPorts(batch: EventBatch, row: number): number {
  const proto = batch.proto[row];
  if (proto !== Proto.udp && proto !== Proto.tcp && proto !== Proto.sctp) return Role.unknown;
  const from = batch.sourcePort[row];
  const to = batch.targetPort[row];
  if (from >= ephemeralFrom && to < ephemeralFrom) return Role.originator;
  if (to >= ephemeralFrom && from < ephemeralFrom) return Role.responder;
  if (from >= 1024 && to < 1024) return Role.originator;
  return Role.unknown;
}

function sideHash(batch: EventBatch, row: number, address: number, port: number): number {
  if ((batch.flags[row] & Flag.v6) === 0) return mix4(address, port, 5, 0) >>> 0;
  const { wide } = batch;
  const at = address * 4;
  return mix4(wide[at] ^ port, wide[at + 1], wide[at + 2], wide[at + 3]) >>> 0;
}
