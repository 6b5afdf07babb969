import { timeLimit } from '../bytes/times.ts';
import { isMapped } from '../model/address.ts';
import { EventKind, Flag, hasPorts, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { RowSink } from '../model/format.ts';

/*
 * What NetFlow, IPFIX, sFlow, nfcapd files and the CSV of flow tools have in common: one flow, what it says about who
 * began and how it ended, and which records are impossible.
 *
 * An exporter that writes one record per direction (NetFlow v5, v9, most IPFIX) or-s the TCP flags of all packets of that
 * direction. What follows from them, the direction's packets being those of one side:
 *
 *   SYN                    it asked and never got further: originator, unanswered
 *   SYN RST, no ACK        a SYN scanner's kernel reset an answer, or a scanner's own stack a reset (masscan): originator;
 *                          what was answered the other direction says
 *   RST or RST ACK         a closed port's whole conversation: responder; its SYN was refused
 *   no flags, FIN, URG, …  (neither SYN, ACK nor RST) no stack sends that: originator, stealth
 *   SYN ACK …              both a client that finished the handshake and the server that answered it: unpaired
 *   ACK, FIN ACK, …        a later piece of a conversation, or an ACK or Maimon probe: unpaired
 *
 * ECE and CWR are left out of the comparison (an ECN client's SYN carries both). `unpaired` rows are decided by the
 * pairing stage, which sees the other direction's record. UDP says nothing about who began: unpaired.
 *
 * A record of both directions (RFC 5103, firewalls' initiator and responder counters, Argus) is the initiator's; the
 * reverse counters and flags decide the outcome.
 */

const tcpCore = Flag.fin | Flag.syn | Flag.rst | Flag.psh | Flag.ack | Flag.urg;
const anyOpening = Flag.syn | Flag.ack | Flag.rst;
/** A reset carries no payload: 20 bytes IP (40: IPv6), 20 TCP, and little more where a link's padding is counted. */
const resetBytes = 60;

/** What a device did with the flow, when its record says so; `stray`: denied, being no flow's first packet. */
export const Verdict = { none: 0, denied: 1, dropped: 2, stray: 3 } as const;

/** One flow, filled again and again. -1 stands for "not in the record", except where stated otherwise. */
export class FlowRecord {
  /** µs UTC. */
  start = -1;
  end = -1;
  /** Words 0–3 source, 4–7 target; IPv4 in mapped form. */
  readonly address = new Uint32Array(8);
  proto = -1;
  sourcePort = 0;
  /** For ICMP and ICMPv6: type · 256 + code, as NetFlow has it. */
  targetPort = 0;
  /** All packets' TCP flags or-ed; those of the first packet alone. */
  tcpFlags = -1;
  firstFlags = -1;
  packets = -1;
  bytes = -1;
  /** Of the answering direction; `reversePackets` ≥ 0 or `reverseBytes` ≥ 0 makes the record one of both directions. */
  reversePackets = -1;
  reverseBytes = -1;
  reverseFlags = -1;
  reverseFirstFlags = -1;
  /** The record's source is known to be the initiator even though it holds one direction (a firewall's table). */
  initiator = false;
  /** Of a record of both directions: who began is arbitrary (RFC 5103 biflowDirection 0). */
  arbitrary = false;
  verdict: number = Verdict.none;
  sampled = false;
  fragment = false;
  /** Results of {@link judge}. */
  role: number = Role.unknown;
  outcome: number = Outcome.unknown;
  flags = 0;

  /** Everything unknown again. */
  reset(): void {
    this.start = -1;
    this.end = -1;
    const { address } = this;
    address[0] = 0;
    address[1] = 0;
    address[2] = 0xffff;
    address[3] = 0;
    address[4] = 0;
    address[5] = 0;
    address[6] = 0xffff;
    address[7] = 0;
    this.proto = -1;
    this.sourcePort = 0;
    this.targetPort = 0;
    this.tcpFlags = -1;
    this.firstFlags = -1;
    this.packets = -1;
    this.bytes = -1;
    this.reversePackets = -1;
    this.reverseBytes = -1;
    this.reverseFlags = -1;
    this.reverseFirstFlags = -1;
    this.initiator = false;
    this.arbitrary = false;
    this.verdict = Verdict.none;
    this.sampled = false;
    this.fragment = false;
  }

  /** Source and target change places, counters and flags with them. */
  swap(): void {
    const { address } = this;
    for (let i = 0; i < 4; i++) {
      const word = address[i];
      address[i] = address[i + 4];
      address[i + 4] = word;
    }
    if (this.proto !== Proto.icmp && this.proto !== Proto.icmp6)
      [this.sourcePort, this.targetPort] = [this.targetPort, this.sourcePort];
    [this.packets, this.reversePackets] = [this.reversePackets, this.packets];
    [this.bytes, this.reverseBytes] = [this.reverseBytes, this.bytes];
    [this.tcpFlags, this.reverseFlags] = [this.reverseFlags, this.tcpFlags];
    [this.firstFlags, this.reverseFirstFlags] = [this.reverseFirstFlags, this.firstFlags];
  }

  get bothWays(): boolean {
    return this.reversePackets >= 0 || this.reverseBytes >= 0;
  }

  /** Why no network carries such a flow; '' when it may. Times are the {@link FlowClock}'s business. */
  impossible(): string {
    const { address } = this;
    if (isMapped(address[0], address[1], address[2])) {
      // 0.0.0.0/8 asks for an address (DHCP) and is nobody; multicast and class E do not send.
      if (address[3] < 0x0100_0000 || address[3] >= 0xe000_0000) return impossibleAddress;
    } else if ((address[0] | address[1] | address[2] | address[3]) === 0 || address[0] >= 0xff00_0000) {
      return impossibleAddress;
    }
    if (isMapped(address[4], address[5], address[6])) {
      if (address[7] < 0x0100_0000) return impossibleAddress;
    } else if ((address[4] | address[5] | address[6] | address[7]) === 0) return impossibleAddress;
    if (!(this.start < timeLimit)) return 'flow of an impossible time';
    if (this.proto < 0 || this.proto > 255) return 'flow without a protocol';
    if (this.packets === 0 && !(this.reversePackets > 0)) return 'flow without packets';
    if (this.end >= 0 && this.end < this.start) return 'flow ends before it starts';
    return '';
  }

  /** Decides role, outcome and flags; see the top of this file. */
  judge(): void {
    this.role = Role.unpaired;
    this.outcome = Outcome.unknown;
    this.flags = 0;
    const bothWays = this.bothWays;
    if (!bothWays) this.flags |= Flag.oneSided;
    if (this.sampled) this.flags |= Flag.sampled;
    if (this.fragment) this.flags |= Flag.fragment;
    if (this.proto === Proto.tcp) {
      if (this.tcpFlags >= 0) this.flags |= Flag.tcpFlags | (this.tcpFlags & 0xff);
      if (bothWays) this.#judgeTcpBoth();
      else this.#judgeTcpOne();
    } else if (this.proto === Proto.icmp || this.proto === Proto.icmp6) {
      this.role = icmpRole(this.proto, this.targetPort >>> 8);
      if (bothWays && this.role === Role.originator) this.#outcomeByCounters();
    } else if (bothWays) {
      if (!this.arbitrary) this.role = Role.originator;
      this.#outcomeByCounters();
      if (this.proto === Proto.udp && this.reverseBytes > 28 * Math.max(this.reversePackets, 1))
        this.flags |= Flag.gotData;
    }
    if (this.initiator && (this.role === Role.unpaired || this.role === Role.unknown))
      this.role = Role.originator;
    if (this.verdict === Verdict.stray) {
      this.outcome = Outcome.denied;
      this.role = Role.unpaired;
    } else if (this.verdict === Verdict.denied) {
      this.outcome = Outcome.denied;
      // A device that refused the first packet saw the initiator's.
      if (this.role === Role.unpaired && this.proto !== Proto.tcp) this.role = Role.originator;
      else if (this.role === Role.unpaired && (this.tcpFlags < 0 || (this.tcpFlags & Flag.ack) === 0))
        this.role = Role.originator;
    } else if (this.verdict === Verdict.dropped && this.outcome === Outcome.unknown)
      this.outcome = Outcome.unanswered;
  }

  #judgeTcpOne(): void {
    if (this.firstFlags >= 0 && (this.firstFlags & Flag.syn) !== 0) {
      this.role = (this.firstFlags & Flag.ack) === 0 ? Role.originator : Role.responder;
      if (this.role === Role.responder) return;
    }
    if (this.tcpFlags < 0) return;
    const core = this.tcpFlags & tcpCore;
    if ((core & Flag.psh) !== 0) this.flags |= Flag.sentData;
    if (core === Flag.syn) {
      this.role = Role.originator;
      // A sampler may have missed what came after.
      if (!this.sampled) this.outcome = Outcome.unanswered;
    } else if (core === (Flag.syn | Flag.rst)) {
      this.role = Role.originator;
    } else if ((core & ~Flag.ack) === Flag.rst) {
      // With payload, or sampled, it is the end of a conversation by either side.
      const small = this.bytes < 0 || this.packets < 0 || this.bytes <= resetBytes * this.packets;
      if (!this.sampled && small) {
        this.role = Role.responder;
        this.outcome = Outcome.refused;
      }
    } else if (isStealth(core)) {
      this.role = Role.originator;
      this.flags |= Flag.stealth;
    }
  }

  #judgeTcpBoth(): void {
    const core = this.tcpFlags < 0 ? -1 : this.tcpFlags & tcpCore;
    const back = this.reverseFlags < 0 ? -1 : this.reverseFlags & tcpCore;
    const first = this.firstFlags >= 0 ? this.firstFlags : core;
    if (core >= 0 && (core & Flag.psh) !== 0) this.flags |= Flag.sentData;
    if (back >= 0 && (back & Flag.psh) !== 0) this.flags |= Flag.gotData;
    const silent = this.reversePackets === 0 || (this.reversePackets < 0 && this.reverseBytes === 0);
    if (core < 0) {
      if (!this.arbitrary) this.role = Role.originator;
      this.#outcomeByCounters();
      // A reset and no SYN: nothing else came back.
      if (!silent && back >= 0 && (back & (Flag.syn | Flag.rst)) === Flag.rst) this.outcome = Outcome.refused;
      return;
    }
    if ((core & anyOpening) === 0 || isStealth(core)) {
      this.role = Role.originator;
      this.flags |= Flag.stealth;
      this.outcome = silent ? Outcome.unanswered : back >= 0 && (back & Flag.rst) !== 0 ? Outcome.refused : 0;
      return;
    }
    if ((first & Flag.syn) === 0 || ((first & Flag.ack) !== 0 && this.firstFlags >= 0)) {
      // It did not begin with a SYN: half seen, backscatter, or an ACK scan that was answered by a reset alone.
      if (silent) {
        if ((core & ~Flag.ack) === Flag.rst || core === (Flag.syn | Flag.ack)) this.role = Role.responder;
      } else if (back >= 0 && (back & ~Flag.ack) === Flag.rst && (core & ~Flag.fin) === Flag.ack) {
        this.role = Role.originator;
        this.flags |= Flag.stealth;
        this.outcome = Outcome.refused;
      }
      return;
    }
    if (core === (Flag.syn | Flag.ack) && silent) {
      this.role = Role.responder;
      return;
    }
    if (!this.arbitrary || (core & Flag.ack) === 0) this.role = Role.originator;
    if (silent) this.outcome = this.sampled ? Outcome.unknown : Outcome.unanswered;
    else if (back >= 0 && (back & Flag.syn) !== 0) this.outcome = Outcome.answered;
    else if (back >= 0 && (back & Flag.rst) !== 0) this.outcome = Outcome.refused;
    else if (back < 0) this.outcome = core === Flag.syn ? Outcome.refused : Outcome.answered;
  }

  /** Packets, or without them bytes, that came back. */
  #outcomeByCounters(): void {
    const back = this.reversePackets >= 0 ? this.reversePackets : this.reverseBytes;
    if (back > 0) this.outcome = Outcome.answered;
    else if (!this.sampled) this.outcome = Outcome.unanswered;
  }

  /** Appends the row of a binary record; call {@link impossible} and {@link judge} first. */
  put(sink: RowSink, record: number, rawStart: number): void {
    const batch = sink.room(1);
    const row = batch.length;
    this.append(batch);
    batch.record[row] = record;
    batch.rawStart[row] = rawStart;
    batch.rawLength[row] = 0;
  }

  /**
   * Appends the row. `size` is what the target sent when the record holds both directions, else the bytes of the one
   * direction.
   */
  append(batch: EventBatch): void {
    const row = batch.length;
    const { address } = this;
    let { flags } = this;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = this.start;
    if (isMapped(address[0], address[1], address[2]) && isMapped(address[4], address[5], address[6])) {
      batch.source[row] = address[3];
      batch.target[row] = address[7];
    } else {
      flags |= Flag.v6;
      batch.source[row] = batch.pushWide(address[0], address[1], address[2], address[3]);
      batch.target[row] = batch.pushWide(address[4], address[5], address[6], address[7]);
    }
    if (hasPorts(this.proto)) {
      batch.sourcePort[row] = this.sourcePort;
      batch.targetPort[row] = this.targetPort;
    } else if (this.proto === Proto.icmp || this.proto === Proto.icmp6)
      batch.targetPort[row] = this.targetPort;
    batch.proto[row] = this.proto;
    batch.outcome[row] = this.outcome;
    batch.role[row] = this.role;
    const size = this.reverseBytes >= 0 ? this.reverseBytes : this.bytes;
    if (size >= 0) {
      flags |= Flag.hasSize;
      batch.size[row] = size;
    }
    batch.flags[row] = flags;
    batch.length = row + 1;
  }
}

export const impossibleAddress = 'impossible address';

/** No SYN, ACK or RST at all, or SYN and FIN together without ACK: shapes that no stack sends. */
function isStealth(core: number): boolean {
  if ((core & anyOpening) === 0) return true;
  return (core & (Flag.syn | Flag.fin | Flag.ack)) === (Flag.syn | Flag.fin);
}

/** Requests are the originator's; replies and errors the responder's; neighbour discovery and the like nobody's. */
function icmpRole(proto: number, type: number): number {
  if (proto === Proto.icmp6) {
    if (type === 128) return Role.originator;
    return type === 129 || (type >= 1 && type <= 4) ? Role.responder : Role.unknown;
  }
  switch (type) {
    case 8:
    case 13:
    case 15:
    case 17:
      return Role.originator;
    case 0:
    case 3:
    case 4:
    case 11:
    case 12:
    case 14:
    case 16:
    case 18:
      return Role.responder;
    default:
      return Role.unknown;
  }
}
