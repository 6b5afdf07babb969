import { putAddresses } from '../model/address.ts';
import { Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { ZeekRows } from './zeek-log.ts';

/** Time, addresses and ports of a row whose first fields are {@link connectionFields}. */
export class ZeekConnection {
  readonly #rows: ZeekRows;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);
  time = 0;
  sourcePort = 0;
  targetPort = 0;

  constructor(rows: ZeekRows) {
    this.#rows = rows;
  }

  /** Reads a line as {@link ZeekRows.read} does, with time, addresses and ports of the connection. */
  read(bytes: Uint8Array, start: number, end: number): string {
    const rows = this.#rows;
    const read = rows.read(bytes, start, end);
    if (read !== 'row') return read;
    this.time = rows.time(0);
    if (Number.isNaN(this.time)) return 'no time stamp';
    if (!rows.address(1, this.#source) || !rows.address(3, this.#target))
      return 'no source or target address';
    this.sourcePort = rows.integer(2);
    this.targetPort = rows.integer(4);
    return this.sourcePort < 0 || this.sourcePort > 65_535 || this.targetPort < 0 || this.targetPort > 65_535
      ? 'no port'
      : 'row';
  }

  /** Appends a row with what was read; the caller fills in the rest. */
  append(batch: EventBatch, kind: number, proto: number, outcome: number, flags: number): number {
    const row = batch.length++;
    batch.kind[row] = kind;
    batch.time[row] = this.time;
    batch.flags[row] = flags;
    putAddresses(batch, row, this.#source, this.#target);
    batch.sourcePort[row] = this.sourcePort;
    batch.targetPort[row] = this.targetPort;
    batch.proto[row] = proto;
    batch.outcome[row] = outcome;
    batch.role[row] = Role.originator;
    return row;
  }
}
