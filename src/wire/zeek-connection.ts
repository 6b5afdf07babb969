import { addressBefore } from '../bytes/addresses.ts';
import { tab } from '../bytes/codes.ts';
import { cursor, find, shortDecimal } from '../bytes/numbers.ts';
import { putAddresses } from '../model/address.ts';
import { Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { ZeekTimes } from './zeek-log.ts';
import type { ZeekRows } from './zeek-log.ts';

/** What shortDecimal gives for 65536 and more, whatever the number of digits. */
const pastPorts = 65_536 * 16;

/** Time, addresses and ports of a row whose first fields are {@link connectionFields}. */
export class ZeekConnection {
  readonly #rows: ZeekRows;
  readonly #times = new ZeekTimes();
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
    if (start < end && rows.beginsAsConnection(bytes, start)) {
      const behind = this.#beginning(bytes, start, end);
      if (behind > 0) return rows.readBehindConnection(bytes, behind, end);
    }
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

  /**
   * Reads the columns of the connection where they stand, without looking for their ends first. The position behind them;
   * 0 for anything that is not plainly a connection's beginning.
   */
  #beginning(bytes: Uint8Array, start: number, end: number): number {
    this.time = this.#times.read(bytes, start, end);
    if (Number.isNaN(this.time) || bytes[cursor.at] !== tab) return 0;
    const uidEnd = find(bytes, cursor.at + 1, end, tab);
    let at = addressBefore(bytes, uidEnd + 1, end, tab, this.#source);
    if (at < 0) return 0;
    const sourcePort = shortDecimal(bytes, at + 1);
    at += 1 + (sourcePort & 15);
    if (at >= end || bytes[at] !== tab) return 0;
    at = addressBefore(bytes, at + 1, end, tab, this.#target);
    if (at < 0) return 0;
    const targetPort = shortDecimal(bytes, at + 1);
    at += 1 + (targetPort & 15);
    if (at >= end || bytes[at] !== tab) return 0;
    if (sourcePort === 0 || sourcePort >= pastPorts || targetPort === 0 || targetPort >= pastPorts) return 0;
    this.sourcePort = sourcePort >>> 4;
    this.targetPort = targetPort >>> 4;
    return at + 1;
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
