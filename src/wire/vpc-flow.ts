import { Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { FlowRecord } from './flow-record.ts';
import { ephemeralFrom } from './roles.ts';

/*
 * One record of an AWS VPC flow log, from text or Parquet: what its fields say about who began and how it ended.
 *
 * A record is one direction of a conversation at one network interface within one aggregation interval. `tcp-flags` is
 * not what NetFlow has: FIN 1, SYN 2 and RST 4 are or-ed over the interval, ACK (16) only as part of SYN-ACK, PSH and URG
 * never. So 3 (SYN, FIN) is a client's whole connection and no stealth scan, and 0 says nothing.
 *
 *   SYN without ACK      it began: originator; nothing but SYN-sized packets: unanswered, unless the other direction's
 *                        record (pairing) says more; with RST too: a SYN scanner's kernel reset the answer
 *   SYN with ACK         it answered: responder
 *   RST alone, small     a closed port's whole conversation: responder, refused
 *   anything else        unpaired: the other direction's record and the ports decide
 */

/** The fields that are read, by their names in a text log's header and in a Parquet file's schema ('_' for '-'). */
export const vpcFields = [
  'srcaddr',
  'dstaddr',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'action',
  'log-status',
  'tcp-flags',
] as const;
export type VpcField = (typeof vpcFields)[number];

export const noTraffic = 'no traffic in the interval (NODATA)';
export const skippedByAws = 'AWS could not keep up and skipped records (SKIPDATA)';
export const noFields = 'the fields name no addresses, no protocol or no time';

/** IPv4 and TCP headers with the options that a SYN, RST or bare ACK carries; IPv6's header is 20 longer. */
const bareBytes = 60;
/** IPv4 and TCP headers without any option: no SYN-ACK of a TCP stack is that short (it states its segment size). */
const headersOnly = 40;
/** A SYN and its six repetitions (Linux, tcp_syn_retries). */
const synTries = 7;

/** Whether a choice of fields is enough to make contacts of. */
export function isEnough(has: (field: VpcField) => boolean): boolean {
  return (
    (has('srcaddr') || has('pkt-srcaddr')) &&
    (has('dstaddr') || has('pkt-dstaddr')) &&
    has('protocol') &&
    (has('start') || has('end'))
  );
}

/** Filled anew for each record: addresses, ports, protocol, packets, bytes and times in `flow`, and what is AWS's own. */
export class VpcRecord {
  readonly flow = new FlowRecord();
  rejected = false;
  /** -1: not in the record. */
  tcpFlags = -1;

  reset(): void {
    this.flow.reset();
    this.rejected = false;
    this.tcpFlags = -1;
  }

  /** Appends the row; or the reason why there is none. */
  append(batch: EventBatch): string {
    const { flow } = this;
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.role = Role.unpaired;
    flow.outcome = Outcome.unknown;
    flow.flags = Flag.oneSided;
    if (flow.proto === Proto.tcp) this.#judgeTcp();
    if (this.rejected) {
      flow.outcome = Outcome.denied;
      // Security groups let replies pass; a network ACL may refuse them, and those look like replies.
      if (flow.role === Role.unpaired && !this.#looksLikeReply()) flow.role = Role.originator;
    }
    flow.append(batch);
    return '';
  }

  #judgeTcp(): void {
    const { flow, tcpFlags } = this;
    const v6 = flow.address[2] !== 0xffff || flow.address[0] !== 0 || flow.address[1] !== 0;
    const more = v6 ? 20 : 0;
    const fits = (bytes: number): boolean =>
      flow.packets > 0 && flow.bytes >= 0 && flow.bytes <= (bytes + more) * flow.packets;
    if (tcpFlags > 0) flow.flags |= Flag.tcpFlags | (tcpFlags & 0xff);
    const opening = Math.max(0, tcpFlags) & (Flag.syn | Flag.ack);
    if (opening === Flag.syn) {
      flow.role = Role.originator;
      if (tcpFlags === Flag.syn && flow.packets <= synTries && fits(bareBytes))
        flow.outcome = Outcome.unanswered;
    } else if (opening !== 0) flow.role = Role.responder;
    else if (tcpFlags === Flag.rst && fits(bareBytes)) {
      flow.role = Role.responder;
      flow.outcome = Outcome.refused;
    } else if (tcpFlags < 0 && this.#looksLikeReply() && fits(headersOnly)) {
      // Version 2 has no flags: a reply of nothing but headers opened nothing.
      flow.role = Role.responder;
      flow.outcome = Outcome.refused;
    }
  }

  #looksLikeReply(): boolean {
    const { sourcePort, targetPort } = this.flow;
    return sourcePort > 0 && sourcePort < ephemeralFrom && targetPort >= ephemeralFrom;
  }
}
