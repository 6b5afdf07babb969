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

/** The fields that are read: their places in {@link vpcNames}. */
export const VpcField = {
  srcaddr: 0,
  dstaddr: 1,
  pktSrcaddr: 2,
  pktDstaddr: 3,
  srcport: 4,
  dstport: 5,
  protocol: 6,
  packets: 7,
  bytes: 8,
  start: 9,
  end: 10,
  action: 11,
  logStatus: 12,
  tcpFlags: 13,
} as const;

/** Their names in a text log's header, and in a Parquet file's schema ('_' for '-'). */
export const vpcNames = [
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

const noTraffic = 'no traffic in the interval (NODATA)';
const skippedByAws = 'AWS could not keep up and skipped records (SKIPDATA)';
export const noFields = 'the fields name no addresses, no protocol or no time';

/** IPv4 and TCP headers with the options that a SYN, RST or bare ACK carries; IPv6's header is 20 longer. */
const bareBytes = 60;
/** IPv4 and TCP headers without any option: no SYN-ACK of a TCP stack is that short (it states its segment size). */
const headersOnly = 40;
/** A SYN and its six repetitions (Linux, tcp_syn_retries). */
const synTries = 7;

/** Whether a choice of fields is enough to make contacts of. */
export function isEnough(has: (field: number) => boolean): boolean {
  return (
    (has(VpcField.srcaddr) || has(VpcField.pktSrcaddr)) &&
    (has(VpcField.dstaddr) || has(VpcField.pktDstaddr)) &&
    has(VpcField.protocol) &&
    (has(VpcField.start) || has(VpcField.end))
  );
}

/** Where a record's fields come from. */
export interface VpcSource {
  /** A number; -1 when the field is not there, '-', or none. */
  number(field: number): number;
  protocol(): number;
  /** Whether the field is not there, empty or '-'. */
  isUnset(field: number): boolean;
  /** Whether the field is exactly `text`. */
  is(field: number, text: string): boolean;
  /** Writes the address; undefined when the field is not there or '-', false when it is none. */
  address(field: number, words: Uint32Array): boolean | undefined;
}

const micros = 1_000_000;
/** Seconds of a plausible stamp: ten digits, from 2001 to 2286. */
const firstSecond = 1_000_000_000;
const lastSecond = 9_999_999_999;

/** Makes contacts of records, one after another. */
export class VpcRecord {
  readonly #flow = new FlowRecord();
  readonly #source = this.#flow.address.subarray(0, 4);
  readonly #target = this.#flow.address.subarray(4, 8);
  /** -1: not in the record. */
  #tcpFlags = -1;

  /** Appends the row of a record whose `log-status` is OK; or the reason why there is none. */
  append(batch: EventBatch, from: VpcSource): string {
    const flow = this.#flow;
    flow.reset();
    const start = timeOf(from, VpcField.start);
    const end = timeOf(from, VpcField.end);
    flow.start = start >= 0 ? start : end;
    flow.end = Math.max(end, flow.start);
    if (flow.start < 0 || (start < 0 && !from.isUnset(VpcField.start))) return 'time that is none';
    if (
      !this.#address(from, VpcField.pktSrcaddr, VpcField.srcaddr, this.#source) ||
      !this.#address(from, VpcField.pktDstaddr, VpcField.dstaddr, this.#target)
    )
      return 'address that is none';
    flow.proto = from.protocol();
    if (flow.proto < 0 || flow.proto > 254) return 'protocol that is none';
    const sourcePort = from.number(VpcField.srcport);
    const targetPort = from.number(VpcField.dstport);
    if (isNoPort(from, VpcField.srcport, sourcePort) || isNoPort(from, VpcField.dstport, targetPort))
      return 'port that is none';
    flow.sourcePort = Math.max(0, sourcePort);
    flow.targetPort = Math.max(0, targetPort);
    flow.packets = from.number(VpcField.packets);
    flow.bytes = from.number(VpcField.bytes);
    this.#tcpFlags = from.number(VpcField.tcpFlags);
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.role = Role.unpaired;
    flow.outcome = Outcome.unknown;
    flow.flags = Flag.oneSided;
    if (flow.proto === Proto.tcp) this.#judgeTcp();
    if (from.is(VpcField.action, 'REJECT')) {
      flow.outcome = Outcome.denied;
      // Security groups let replies pass; a network ACL may refuse them, and those look like replies.
      if (flow.role === Role.unpaired && !this.#looksLikeReply()) flow.role = Role.originator;
    }
    flow.append(batch);
    return '';
  }

  #address(from: VpcSource, best: number, other: number, words: Uint32Array): boolean {
    return from.address(best, words) ?? from.address(other, words) ?? false;
  }

  #judgeTcp(): void {
    const flow = this.#flow;
    const tcpFlags = this.#tcpFlags;
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
    const { sourcePort, targetPort } = this.#flow;
    return sourcePort > 0 && sourcePort < ephemeralFrom && targetPort >= ephemeralFrom;
  }
}

/** Whether a port that was read as `port` is there, but none. */
function isNoPort(from: VpcSource, field: number, port: number): boolean {
  return port > 65_535 || (port < 0 && !from.isUnset(field));
}

/** µs; -1 when it is not there or no stamp of this age. */
function timeOf(from: VpcSource, field: number): number {
  const seconds = from.number(field);
  return seconds >= firstSecond && seconds <= lastSecond ? seconds * micros : -1;
}

/** What a record says that holds no flow; '' for one that does. */
export function statusOf(from: VpcSource): string {
  if (from.is(VpcField.logStatus, 'OK')) return '';
  if (from.is(VpcField.logStatus, 'NODATA')) return noTraffic;
  return from.is(VpcField.logStatus, 'SKIPDATA') ? skippedByAws : 'unknown log-status';
}

/** What the two forms of these logs have in common; see docs/inputs/aws-vpc.md. */
export const vpcFormat = {
  // Ten minutes of aggregation at most, and a start that is stated up to a minute late: AWS, "Flow log records".
  lateness: 660,
  yields: ['contact'],
  blindness: [
    'One record per direction and interval: who began is known from tcp-flags (version 3) or when both directions are there.',
    'No payload, no ICMP types; several attempts between the same ports within an interval are one record.',
    "Traffic to Amazon's own DNS, DHCP, instance metadata and licence servers is not logged.",
  ],
} as const;
