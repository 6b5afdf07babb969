import { dot } from '../bytes/codes.ts';
import { putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { putText } from './put-text.ts';

/** `status` of a question whose answer is not known. */
export const noAnswer = 255;
const dnsPort = 53;

/**
 * One question as a DNS server's log tells it: {@link begin}, fill in, {@link append}. The server saw it, so where no
 * answer is logged the outcome is unknown, not unanswered.
 */
export class QueryRow {
  /** µs UTC. */
  time = Number.NaN;
  readonly source = new Uint32Array(4);
  readonly target = new Uint32Array(4);
  hasTarget = false;
  sourcePort = 0;
  targetPort = dnsPort;
  proto: number = Proto.udp;
  type = 0;
  /** Response code, or {@link noAnswer}. */
  status = noAnswer;
  /** The name asked for, with or without its last dot, which is dropped (the root stays '.'). */
  nameStart = 0;
  nameEnd = 0;

  begin(time: number): void {
    this.time = time;
    this.hasTarget = false;
    this.sourcePort = 0;
    this.targetPort = dnsPort;
    this.proto = Proto.udp;
    this.type = 0;
    this.status = noAnswer;
  }

  /** Appends the row; `bytes` hold the name. Returns its index. */
  append(batch: EventBatch, bytes: Uint8Array): number {
    const row = batch.length;
    const answered = this.status !== noAnswer;
    batch.kind[row] = EventKind.query;
    batch.time[row] = this.time;
    batch.flags[row] = answered ? Flag.gotData : 0;
    if (this.hasTarget) putAddresses(batch, row, this.source, this.target);
    else putSource(batch, row, this.source);
    batch.sourcePort[row] = this.sourcePort;
    batch.targetPort[row] = this.targetPort;
    batch.proto[row] = this.proto;
    batch.outcome[row] = answered ? Outcome.answered : Outcome.unknown;
    batch.role[row] = Role.originator;
    batch.status[row] = this.status;
    batch.queryType[row] = this.type;
    let end = this.nameEnd;
    if (end - this.nameStart > 1 && bytes[end - 1] === dot) end--;
    putText(batch, row, Text.name, bytes, this.nameStart, end);
    batch.length = row + 1;
    return row;
  }
}
