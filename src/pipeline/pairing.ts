import { EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { mix4 } from '../state/hash.ts';
import { firstWord, RecentRecords } from '../state/recent-records.ts';
import { none } from '../state/record-pool.ts';
import { ephemeralFrom } from '../wire/roles.ts';

/*
 * Who began, and what came back, for sensors that see each direction by itself. A row whose role the sensor could not tell
 * (`unpaired`) waits in the order buffer; when the reversed five-tuple comes within 60 s, both are decided: the earlier
 * start is the originator (of equal starts the one with the ephemeral port), the other is the reply. Of a pair whose roles
 * are known, the reply says the outcome: refused by a reset without a SYN, answered by anything else. What is still unpaired when it leaves the buffer is decided by its ports, or stays unknown: shown, never a probe.
 *
 *   conversation   tuple hash (2 words) and protocol · direction · row · serial of its batch · time
 */

const FORWARD = firstWord;
const ROW = firstWord + 1;
const SERIAL = firstWord + 2;
const words = firstWord + 3;
const span = 60_000_000;
/** Conversations that wait, about 50 bytes each. */
const conversationLimit = 1 << 18;

export class Pairing {
  readonly #conversations = new RecentRecords(words, conversationLimit, (low, high, proto) =>
    mix4(low, high, proto, 10),
  );
  readonly #time: number[] = [];
  readonly #batch: (EventBatch | undefined)[] = [];
  /** Pairs found. */
  paired = 0;

  /** Pairs the rows of a batch with each other and with those of earlier batches. Before it is put in order. */
  add(batch: EventBatch): void {
    const { role, kind, flags, length } = batch;
    for (let row = 0; row < length; row++) {
      if (kind[row] !== EventKind.contact) continue;
      // Both sides of flows that were exported one way each; of other sensors only what they could not tell.
      if (role[row] === Role.unpaired || (flags[row] & Flag.oneSided) !== 0) this.#addRow(batch, row);
    }
  }

  #addRow(batch: EventBatch, row: number): void {
    const proto = batch.proto[row];
    // ICMP has no ports: what stands there is the type, which differs between request and reply.
    const ports = proto !== Proto.icmp && proto !== Proto.icmp6;
    const from = sideHash(batch, row, batch.source[row], ports ? batch.sourcePort[row] : 0);
    const to = sideHash(batch, row, batch.target[row], ports ? batch.targetPort[row] : 0);
    const low = (from + to) | 0;
    const high = Math.imul(from ^ to, 0x9e3779b1);
    const forward = from > to ? 1 : 0;
    const time = batch.time[row];
    const known = this.#conversations.find(low, high, proto);
    if (known !== none) {
      const since = time - this.#time[known];
      const sameWay = this.#conversations.words[known * words + FORWARD] === forward;
      if (!sameWay && Math.abs(since) <= span) {
        this.#decide(known, batch, row, time);
        return;
      }
      // The same direction again: the first of them speaks for the conversation.
      if (sameWay && since >= 0 && since <= span) return;
    }
    const at = known === none ? this.#conversations.take(low, high, proto) : known;
    const record = this.#conversations.words;
    record[at * words + FORWARD] = forward;
    record[at * words + ROW] = row;
    record[at * words + SERIAL] = batch.serial;
    this.#time[at] = time;
    this.#batch[at] = batch;
  }

  #decide(known: number, batch: EventBatch, row: number, time: number): void {
    this.paired++;
    const held = this.#batch[known];
    const record = this.#conversations.words;
    // A row that has left the buffer has been judged by its ports; the one at hand is then the reply if it is later.
    const other =
      held !== undefined && (held.serial | 0) === record[known * words + SERIAL] ? held : undefined;
    const otherRow = record[known * words + ROW];
    const mine = batch.role[row];
    const theirs = other?.role[otherRow] ?? Role.unpaired;
    if (mine === theirs && mine !== Role.unpaired) return;
    let mineFirst = time < this.#time[known];
    if (time === this.#time[known]) {
      mineFirst = batch.sourcePort[row] >= ephemeralFrom && batch.targetPort[row] < ephemeralFrom;
    }
    if (mine === Role.originator || theirs === Role.responder) mineFirst = true;
    else if (mine === Role.responder || theirs === Role.originator) mineFirst = false;
    if (mineFirst) begin(batch, row, other, otherRow);
    else if (other) begin(other, otherRow, batch, row);
    else batch.role[row] = Role.responder;
  }
}

/** `batch[row]` began, and `reply[replyRow]` (if it is still at hand) answered it. */
function begin(batch: EventBatch, row: number, reply: EventBatch | undefined, replyRow: number): void {
  batch.role[row] = Role.originator;
  batch.flags[row] &= ~Flag.oneSided;
  const before = batch.outcome[row];
  const open = before === Outcome.unknown || before === Outcome.unanswered;
  if (!reply) {
    if (open) batch.outcome[row] = Outcome.answered;
    return;
  }
  reply.role[replyRow] = Role.responder;
  const flags = reply.flags[replyRow];
  // What one direction sent is what the other one got.
  if ((flags & Flag.sentData) !== 0) batch.flags[row] |= Flag.gotData;
  if (!open) return;
  const reset =
    reply.outcome[replyRow] === Outcome.refused ||
    ((flags & Flag.tcpFlags) !== 0 && (flags & (Flag.rst | Flag.syn)) === Flag.rst);
  batch.outcome[row] = reset ? Outcome.refused : Outcome.answered;
}

/**
 * Bytes of a flow without ports up to which it is a probe: three packets of headers. Tunnels and routing protocols send
 * more to whom they speak with.
 */
const probeBytes = 192;

/**
 * The role by ports alone of a row that found no partner; see {@link ephemeralFrom}. Without ports (a scan of IP protocols)
 * a flow of a few bytes to one host, which nothing came back for, is its sender's; ICMP says who began by its types.
 */
export function roleByPorts(batch: EventBatch, row: number): number {
  const proto = batch.proto[row];
  if (proto === Proto.icmp || proto === Proto.icmp6) return Role.unknown;
  if (proto !== Proto.udp && proto !== Proto.tcp && proto !== Proto.sctp) {
    const small = (batch.flags[row] & Flag.hasSize) !== 0 && batch.size[row] <= probeBytes;
    const alone = (batch.flags[row] & Flag.oneSided) !== 0;
    return small && alone && !isGroup(batch, row) ? Role.originator : Role.unknown;
  }
  const from = batch.sourcePort[row];
  const to = batch.targetPort[row];
  if (from >= ephemeralFrom && to < ephemeralFrom) return Role.originator;
  if (to >= ephemeralFrom && from < ephemeralFrom) return Role.responder;
  if (from >= 1024 && to < 1024) return Role.originator;
  return Role.unknown;
}

/** Whether the target is a multicast group, or everybody. */
function isGroup(batch: EventBatch, row: number): boolean {
  const target = batch.target[row];
  return (batch.flags[row] & Flag.v6) === 0 ? target >>> 28 >= 14 : batch.wide[4 * target] >>> 24 === 0xff;
}

function sideHash(batch: EventBatch, row: number, address: number, port: number): number {
  if ((batch.flags[row] & Flag.v6) === 0) return mix4(address, port, 5, 0) >>> 0;
  const { wide } = batch;
  const at = address * 4;
  return mix4(wide[at] ^ port, wide[at + 1], wide[at + 2], wide[at + 3]) >>> 0;
}
