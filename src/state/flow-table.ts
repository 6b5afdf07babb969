import { EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { RowSink } from '../model/format.ts';
import { hashSeed } from './hash.ts';

/*
 * Packets become contacts: one row per flow, timed at its first packet, written at the decisive packet or after 5 s.
 *
 *   a slot: 16 words, one cache line
 *   0–3 originator's address   4–7 target's address   8 ports (originator's · 65536 + target's)   9 unused
 *   10–11 time of the first packet (once decided: of the last)   12 TCP sequence   13 packet number
 *   14 TTL, protocol, TCP flags, state and marks (a byte each)   15 window · 65536 + IP id
 *
 *   SYN ──▶ opening ──SYN-ACK──▶ open ──payload, FIN, RST, 5 s──▶ decided: answered
 *              ├──RST, ICMP unreachable──▶ decided: refused
 *              └──5 s──▶ decided: unanswered
 *   FIN, NULL, Xmas ──▶ odd          ACK, FIN-ACK without payload ──▶ loneAck (a stealth probe, or a half-seen flow)
 *   SYN-ACK, RST ──▶ reply (backscatter)           UDP, ICMP, ARP, SCTP, other ──▶ datagram
 *
 * A decided flow stays, so that its later packets are not taken for a new one, until its slot is needed: the least
 * recently used goes first (a clock: a slot that was touched since the hand last passed is spared once).
 */

/** What the table needs to know of a packet; `wire/packet.ts` decodes it. */
export interface FlowPacket {
  readonly address: Int32Array;
  readonly proto: number;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly ttl: number;
  readonly ipId: number;
  readonly flags: number;
  readonly sequence: number;
  readonly window: number;
  readonly noOptions: boolean;
  readonly fragment: boolean;
  readonly icmp: number;
  readonly icmpKind: number;
  readonly payloadLength: number;
  readonly quoted: Int32Array;
  readonly quotedProto: number;
  readonly quotedSourcePort: number;
  readonly quotedTargetPort: number;
  readonly time: number;
  readonly record: number;
}

/** States of a slot. */
const State = {
  free: 0,
  opening: 1,
  open: 2,
  odd: 3,
  loneAck: 4,
  reply: 5,
  datagram: 6,
  decided: 7,
} as const;
const stateMask = 7;
/** Marks beside the state. */
const Mark = { touched: 8, noOptions: 16, fragment: 32, sentData: 64, repeated: 128 } as const;

const slotWords = 16;
const firstSlots = 4096;
/**
 * An index entry: 8 bits of the hash, 5 that say how many places it stands behind its own (31: look it up), and the
 * slot + 1.
 */
const hashBits = 0xff << 24;
const farShift = 19;
const farthest = 31;
const slotBits = (1 << farShift) - 1;
/** An unanswered flow is written after this; an open one waits as long again for its first payload. */
export const patience = 5_000_000;
/** A flow that was quiet for so long is a new contact when it is heard of again. */
const quiet = 60_000_000;
/** A clock that steps back further than reordering explains: what waits is written, and time starts anew. */
const clockStep = 60_000_000;

const icmpRequest = 0;
const icmpReply = 1;
const icmpUnreachable = 2;
/** Type · 256 + code: protocol unreachable (RFC 792), unrecognized next header (RFC 4443). */
const protocolUnreachable = 0x0302;
const nextHeaderUnknown = 0x0401;
/** Waiting flows among which the one is looked for whose protocol is unknown to the target. */
const protocolSteps = 256;

/** Services whose replies go to high ports: a lone packet from one of them is not somebody's first. */
const highServices = new Set([
  1194, 1812, 1813, 1900, 3478, 3702, 4500, 5004, 5060, 5353, 5355, 11211, 27015, 51820,
]);

const full = 'flow table full: contacts written before they were decided';
const stepped = 'the clock of the capture stepped back';

export class FlowTable {
  /** Slots at most; there are fewer until they are needed, so that a small capture costs little. */
  readonly capacity: number;
  #slots: number;
  #words: Int32Array;
  #times: Float64Array;
  /** Open addressing, at most half full; 0 is free. */
  #index: Int32Array;
  #indexMask: number;
  /** Hash of each slot's key, by which its entry is found when the slot is needed. */
  #hashes: Int32Array;
  /** Waiting flows in order of their deadline: two lists (opening and the like, open), linked through these. */
  #next: Int32Array;
  #previous: Int32Array;
  #due: Float64Array;
  readonly #first = [-1, -1];
  readonly #last = [-1, -1];
  #nextDue = Infinity;
  #hand = 0;
  #now = -Infinity;
  readonly #seed: number;

  /** The row that was written last, for whoever adds texts to it. */
  batch!: EventBatch;
  row = 0;
  /** Of the packet seen last: it came from the side that began. */
  forward = true;
  /** A number of the reader's own per slot, -1 for a new flow. */
  tag: Int32Array;
  evicted = 0;

  /** `capacity`: a power of two, at most 262,144. `seed` salts the hash: nobody can send packets that all collide. */
  constructor(capacity = 262_144, seed = hashSeed) {
    this.capacity = capacity;
    const slots = Math.min(capacity, firstSlots);
    this.#slots = slots;
    this.#words = new Int32Array(slots * slotWords);
    this.#times = new Float64Array(this.#words.buffer);
    this.#index = new Int32Array(slots * 2);
    this.#indexMask = slots * 2 - 1;
    this.#hashes = new Int32Array(slots);
    this.#next = new Int32Array(slots);
    this.#previous = new Int32Array(slots);
    this.#due = new Float64Array(slots);
    this.tag = new Int32Array(slots);
    this.#seed = seed | 1;
  }

  /** Takes one packet; returns the slot of its flow, or -1 when it belongs to none (an ICMP error). */
  see(sink: RowSink, packet: FlowPacket): number {
    this.#tick(sink, packet.time);
    const proto = packet.proto;
    if ((proto === Proto.icmp || proto === Proto.icmp6) && packet.icmpKind >= icmpUnreachable) {
      if (this.#quotedFlow(sink, packet)) return -1;
    }
    const address = packet.address;
    const source = packet.sourcePort;
    const target = packet.targetPort;
    const hash = this.#hashOf(address, proto, source, target);
    const slot = this.#find(hash, address, proto, source, target);
    if (slot < 0) {
      const fresh = this.#insert(sink, hash);
      this.#begin(sink, fresh, packet);
      return fresh;
    }
    this.#words[slot * slotWords + 14] |= Mark.touched << 24;
    this.#follow(sink, slot, packet);
    return slot;
  }

  /** Takes a packet that was cut short behind its ports: it shows a flow, but neither who began it nor what was said. */
  glimpse(sink: RowSink, packet: FlowPacket): void {
    this.#tick(sink, packet.time);
    const { address, proto, sourcePort, targetPort } = packet;
    const hash = this.#hashOf(address, proto, sourcePort, targetPort);
    const slot = this.#find(hash, address, proto, sourcePort, targetPort);
    if (slot >= 0) {
      this.#mark(slot, Mark.touched);
      if (this.#stateOf(slot) === State.decided) this.#times[(slot * slotWords + 10) >> 1] = packet.time;
      return;
    }
    this.#begin(sink, this.#insert(sink, hash), packet, true);
    // No flags were seen, which is not the same as none being set.
    this.batch.flags[this.row] &= ~Flag.tcpFlags;
  }

  /** Whether the flow of `slot` is an answered TCP flow whose row waits for its first payload. */
  isOpen(slot: number): boolean {
    return this.#stateOf(slot) === State.open;
  }

  /** Whether payload of the flow's originator was seen. */
  hasSent(slot: number): boolean {
    return (this.#words[slot * slotWords + 14] & (Mark.sentData << 24)) !== 0;
  }

  /** How far `sequence` lies behind the first byte that the flow's originator may send after its SYN. */
  behindFirst(slot: number, sequence: number): number {
    return (sequence - this.#words[slot * slotWords + 12] - 1) | 0;
  }

  /** Writes the row of an open flow now; `got`: payload bytes of the target seen. Then see {@link batch}, {@link row}. */
  release(sink: RowSink, slot: number, got: number): void {
    this.#unlink(slot, 1);
    this.#emit(sink, slot, Outcome.answered, Role.originator, 0, got);
  }

  /** Writes what has waited long enough at time `now`. */
  expire(sink: RowSink, now: number): void {
    for (let slot = this.#first[0]; slot >= 0 && this.#due[slot] <= now; slot = this.#first[0])
      this.#decide(sink, slot, true);
    for (let slot = this.#first[1]; slot >= 0 && this.#due[slot] <= now; slot = this.#first[1])
      this.#decide(sink, slot, true);
    this.#setNextDue();
  }

  /** The capture is over: writes all that waits. Those whose 5 s had not passed are `unknown`. */
  flush(sink: RowSink): void {
    for (const queue of [0, 1])
      for (let slot = this.#first[queue]; slot >= 0; slot = this.#first[queue])
        this.#decide(sink, slot, false);
    this.#nextDue = Infinity;
  }

  #tick(sink: RowSink, now: number): void {
    if (now < this.#now - clockStep) {
      this.flush(sink);
      sink.note(stepped);
    }
    this.#now = now;
    if (now >= this.#nextDue) this.expire(sink, now);
  }

  #setNextDue(): void {
    const a = this.#first[0];
    const b = this.#first[1];
    const dueA = a < 0 ? Infinity : this.#due[a];
    const dueB = b < 0 ? Infinity : this.#due[b];
    this.#nextDue = dueA < dueB ? dueA : dueB;
  }

  /** Writes a waiting flow; `waited`: it had its time, so that silence says something. */
  #decide(sink: RowSink, slot: number, waited: boolean): void {
    const word = this.#words[slot * slotWords + 14];
    const state = (word >>> 24) & stateMask;
    const silence = waited ? Outcome.unanswered : Outcome.unknown;
    this.#unlink(slot, state === State.open ? 1 : 0);
    switch (state) {
      case State.open:
        this.#emit(sink, slot, Outcome.answered, Role.originator, 0, 0);
        return;
      case State.odd:
        this.#emit(sink, slot, silence, Role.originator, Flag.stealth, 0);
        return;
      case State.loneAck: {
        // A lone ACK or FIN-ACK is a probe if it stays alone and does not look like a server's last word to a client.
        const ports = this.#words[slot * slotWords + 8];
        const alone = ((word >>> 24) & Mark.repeated) === 0;
        if (alone && ports >>> 16 > (ports & 0xffff))
          this.#emit(sink, slot, silence, Role.originator, Flag.stealth, 0);
        else this.#emit(sink, slot, Outcome.unknown, Role.unknown, Flag.oneSided, 0);
        return;
      }
      case State.reply:
        this.#emit(sink, slot, Outcome.unknown, Role.responder, Flag.oneSided, 0);
        return;
      case State.datagram:
        this.#emit(sink, slot, silence, this.#datagramRole(slot), 0, 0);
        return;
      default:
        this.#emit(sink, slot, silence, Role.originator, 0, 0);
    }
  }

  /**
   * An unasked-for UDP packet from a service to a high port is half of a flow that began unseen; what goes to a group
   * or to everybody (mDNS, SSDP, OSPF …) probes nobody.
   */
  #datagramRole(slot: number): number {
    const base = slot * slotWords;
    const words = this.#words;
    if (words[base + 6] === 0xffff && words[base + 4] === 0 && words[base + 5] === 0) {
      if (words[base + 7] >>> 28 >= 14) return Role.unknown;
    } else if (words[base + 4] >>> 24 === 0xff) return Role.unknown;
    if (((words[base + 14] >>> 8) & 255) !== Proto.udp) return Role.originator;
    const source = words[base + 8] >>> 16;
    const target = words[base + 8] & 0xffff;
    const service = source < 1024 || highServices.has(source);
    return service && target >= 1024 && target !== source && !highServices.has(target)
      ? Role.unknown
      : Role.originator;
  }

  /** `glimpsed`: the packet's flags were not captured. */
  #begin(sink: RowSink, slot: number, packet: FlowPacket, glimpsed = false): void {
    const words = this.#words;
    const base = slot * slotWords;
    const address = packet.address;
    for (let i = 0; i < 8; i++) words[base + i] = address[i];
    words[base + 8] = (packet.sourcePort << 16) | packet.targetPort;
    this.#times[(base + 10) >> 1] = packet.time;
    words[base + 12] = packet.sequence;
    words[base + 13] = packet.record;
    const proto = packet.proto;
    const icmp = proto === Proto.icmp || proto === Proto.icmp6;
    words[base + 15] = ((icmp ? packet.icmp : packet.window) << 16) | packet.ipId;
    let state: number = State.datagram;
    let marks = packet.payloadLength > 0 ? Mark.sentData : 0;
    if (packet.noOptions) marks |= Mark.noOptions;
    if (packet.fragment) marks |= Mark.fragment;
    if (glimpsed) state = State.decided;
    else if (proto === Proto.tcp) state = openerState(packet);
    else if (proto === Proto.sctp) state = sctpState(packet.flags);
    else if (proto === Proto.arp) state = packet.flags === 2 ? State.reply : State.datagram;
    else if (icmp && packet.icmpKind !== icmpRequest) state = State.reply;
    words[base + 14] = packet.ttl | (proto << 8) | (packet.flags << 16) | ((state | marks) << 24);
    this.tag[slot] = -1;
    this.forward = true;
    if (state === State.decided) {
      // Data of a connection whose beginning was not seen. The side of the higher port most likely began.
      if (packet.sourcePort < packet.targetPort) this.#turn(slot);
      this.#emit(sink, slot, Outcome.unknown, Role.unknown, Flag.oneSided, 0);
      return;
    }
    this.#link(slot, 0, packet.time + patience);
  }

  #follow(sink: RowSink, slot: number, packet: FlowPacket): void {
    const base = slot * slotWords;
    const words = this.#words;
    const word = words[base + 14];
    const state = (word >>> 24) & stateMask;
    const flags = packet.flags;
    if (state === State.decided) {
      const at = (base + 10) >> 1;
      const idle = packet.time - this.#times[at];
      this.#times[at] = packet.time;
      if (this.#anew(word, packet, idle, words[base + 12])) this.#begin(sink, slot, packet);
      return;
    }
    const forward = this.forward;
    const proto = packet.proto;
    switch (state) {
      case State.opening:
        if (forward) {
          // The target's half is not in the capture, but the originator went on.
          if (packet.payloadLength > 0 && (flags & (Flag.syn | Flag.ack)) === Flag.ack) {
            this.#unlink(slot, 0);
            this.#mark(slot, Mark.sentData);
            this.#emit(sink, slot, Outcome.answered, Role.originator, Flag.oneSided, 0);
          }
        } else if ((flags & Flag.rst) !== 0) {
          this.#unlink(slot, 0);
          this.#emit(sink, slot, Outcome.refused, Role.originator, stealthShape(word), 0);
        } else if ((flags & Flag.ack) !== 0) {
          this.#unlink(slot, 0);
          this.#setState(slot, State.open);
          this.#link(slot, 1, packet.time + patience);
        }
        return;
      case State.open:
        if (packet.payloadLength > 0) {
          if (forward) this.#mark(slot, Mark.sentData);
        } else if ((flags & (Flag.rst | Flag.fin)) !== 0) this.release(sink, slot, 0);
        return;
      case State.odd:
        if (forward) return;
        this.#unlink(slot, 0);
        this.#emit(
          sink,
          slot,
          (flags & Flag.rst) !== 0 ? Outcome.refused : Outcome.answered,
          Role.originator,
          Flag.stealth,
          0,
        );
        return;
      case State.loneAck:
        if (!forward && (flags & Flag.rst) !== 0) {
          this.#unlink(slot, 0);
          this.#emit(sink, slot, Outcome.refused, Role.originator, Flag.stealth, 0);
        } else if (!forward || packet.payloadLength > 0) this.#halfSeen(sink, slot, !forward);
        else this.#mark(slot, Mark.repeated);
        return;
      case State.reply:
        this.#followReply(sink, slot, packet, forward);
        return;
      default:
        this.#followDatagram(sink, slot, packet, proto);
    }
  }

  #followReply(sink: RowSink, slot: number, packet: FlowPacket, forward: boolean): void {
    if (forward) return;
    this.#unlink(slot, 0);
    const opener = (packet.flags & (Flag.syn | Flag.ack | Flag.rst)) === Flag.syn;
    if (packet.proto === Proto.tcp && opener) {
      // The SYN came after its SYN-ACK: captures from several queues swap packets that are microseconds apart.
      const refused = (this.#words[slot * slotWords + 14] & (Flag.rst << 16)) !== 0;
      this.#begin(sink, slot, packet);
      this.#unlink(slot, 0);
      if (refused) {
        this.#emit(sink, slot, Outcome.refused, Role.originator, 0, 0);
        return;
      }
      this.#setState(slot, State.open);
      this.#link(slot, 1, packet.time + patience);
      return;
    }
    this.#emit(sink, slot, Outcome.unknown, Role.responder, Flag.oneSided, 0);
  }

  #followDatagram(sink: RowSink, slot: number, packet: FlowPacket, proto: number): void {
    if (this.forward) {
      if (packet.payloadLength > 0) this.#mark(slot, Mark.sentData);
      return;
    }
    let outcome: number = Outcome.answered;
    let extra = 0;
    switch (proto) {
      case Proto.udp:
        if (packet.payloadLength === 0) return;
        break;
      case Proto.sctp:
        if (packet.flags === 6) outcome = Outcome.refused;
        // COOKIE-ECHO without an INIT: closed ports abort, open ones keep silent.
        if (((this.#words[slot * slotWords + 14] >>> 16) & 255) === 10) extra = Flag.stealth;
        break;
      case Proto.icmp:
      case Proto.icmp6:
        if (packet.icmpKind !== icmpReply) return;
        break;
      case Proto.arp:
        if (packet.flags !== 2) return;
        break;
      default:
    }
    this.#unlink(slot, 0);
    this.#emit(sink, slot, outcome, this.#datagramRole(slot), extra, packet.payloadLength);
  }

  #halfSeen(sink: RowSink, slot: number, both: boolean): void {
    this.#unlink(slot, 0);
    const ports = this.#words[slot * slotWords + 8];
    if (ports >>> 16 < (ports & 0xffff)) this.#turn(slot);
    const outcome = both ? Outcome.answered : Outcome.unknown;
    this.#emit(sink, slot, outcome, Role.unknown, both ? 0 : Flag.oneSided, 0);
  }

  /** Whether a packet of a decided flow begins a new contact on the same ports. */
  #anew(word: number, packet: FlowPacket, idle: number, sequence: number): boolean {
    if (packet.proto === Proto.tcp) {
      const flags = packet.flags;
      // In a connection every packet after the SYN has ACK or RST.
      if ((flags & (Flag.ack | Flag.rst)) !== 0) return false;
      return idle > quiet || sequence !== packet.sequence;
    }
    if (idle > quiet) return true;
    // A request after what had been an unasked-for reply.
    return packet.proto === Proto.arp && packet.flags === 1 && ((word >>> 16) & 255) === 2 && !this.forward;
  }

  /** An ICMP error speaks of the flow that it quotes. True: that flow is known. */
  #quotedFlow(sink: RowSink, packet: FlowPacket): boolean {
    const proto = packet.quotedProto;
    if (proto < 0) return false;
    const source = packet.quotedSourcePort;
    if (source < 0) return this.#quotedProtocol(sink, packet);
    const target = packet.quotedTargetPort;
    const hash = this.#hashOf(packet.quoted, proto, source, target);
    const slot = this.#find(hash, packet.quoted, proto, source, target);
    if (slot < 0) return false;
    if (this.forward && packet.icmpKind === icmpUnreachable) this.#refuse(sink, slot);
    return true;
  }

  /** That a protocol is unknown is said of all that was sent with it: no port is needed. Looks at what was sent last. */
  #quotedProtocol(sink: RowSink, packet: FlowPacket): boolean {
    if (packet.icmp !== protocolUnreachable && packet.icmp !== nextHeaderUnknown) return false;
    const words = this.#words;
    let found = false;
    let slot = this.#last[0];
    for (let steps = 0; slot >= 0 && steps < protocolSteps; steps++) {
      const previous = this.#previous[slot];
      const base = slot * slotWords;
      let same = ((words[base + 14] >>> 8) & 255) === packet.quotedProto;
      for (let i = 0; same && i < 8; i++) same = words[base + i] === packet.quoted[i];
      if (same) {
        this.#refuse(sink, slot);
        found = true;
      }
      slot = previous;
    }
    return found;
  }

  #refuse(sink: RowSink, slot: number): void {
    const state = this.#stateOf(slot);
    if (state !== State.opening && state !== State.odd && state !== State.loneAck && state !== State.datagram)
      return;
    this.#unlink(slot, 0);
    const stealth = state === State.odd || state === State.loneAck ? Flag.stealth : 0;
    const role = state === State.datagram ? this.#datagramRole(slot) : Role.originator;
    this.#emit(sink, slot, Outcome.refused, role, stealth, 0);
  }

  #emit(sink: RowSink, slot: number, outcome: number, role: number, extra: number, got: number): void {
    const batch = sink.room(1);
    const row = batch.length;
    const base = slot * slotWords;
    const words = this.#words;
    const word = words[base + 14];
    const proto = (word >>> 8) & 255;
    const at = (base + 10) >> 1;
    let flags = extra | Flag.header;
    if (proto === Proto.tcp) flags |= Flag.tcpFlags | ((word >>> 16) & 255) | stealthShape(word);
    const marks = word >>> 24;
    if ((marks & Mark.noOptions) !== 0 && (flags & Flag.syn) !== 0) flags |= Flag.noOptions;
    if ((marks & Mark.fragment) !== 0) flags |= Flag.fragment;
    if ((marks & Mark.sentData) !== 0) flags |= Flag.sentData;
    if (got > 0) flags |= Flag.gotData | Flag.hasSize;
    if (proto === Proto.arp) flags &= ~Flag.header;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = this.#times[at];
    if (words[base + 2] === 0xffff && words[base] === 0 && words[base + 1] === 0) {
      batch.source[row] = words[base + 3];
      batch.target[row] = words[base + 7];
    } else {
      flags |= Flag.v6;
      batch.source[row] = batch.pushWide(words[base], words[base + 1], words[base + 2], words[base + 3]);
      batch.target[row] = batch.pushWide(words[base + 4], words[base + 5], words[base + 6], words[base + 7]);
    }
    if (proto === Proto.icmp || proto === Proto.icmp6) {
      batch.targetPort[row] = words[base + 15] >>> 16;
    } else {
      batch.sourcePort[row] = words[base + 8] >>> 16;
      batch.targetPort[row] = words[base + 8] & 0xffff;
      batch.window[row] = words[base + 15] >>> 16;
    }
    batch.proto[row] = proto;
    batch.outcome[row] = outcome;
    batch.role[row] = role;
    batch.flags[row] = flags;
    batch.size[row] = got;
    batch.ttl[row] = word & 255;
    batch.ipId[row] = words[base + 15] & 0xffff;
    batch.sequence[row] = words[base + 12];
    batch.record[row] = words[base + 13] >>> 0;
    batch.rawStart[row] = 0;
    batch.rawLength[row] = 0;
    batch.length = row + 1;
    this.batch = batch;
    this.row = row;
    this.#setState(slot, State.decided);
    this.#times[at] = this.#now;
  }

  #turn(slot: number): void {
    const words = this.#words;
    const base = slot * slotWords;
    for (let i = base; i < base + 4; i++) {
      const word = words[i];
      words[i] = words[i + 4];
      words[i + 4] = word;
    }
    const ports = words[base + 8];
    words[base + 8] = (ports << 16) | (ports >>> 16);
    this.forward = !this.forward;
  }

  // The index: a hash that is equal for both directions leads to the slot.

  #hashOf(words: Int32Array, proto: number, source: number, target: number): number {
    const seed = this.#seed;
    let a = words[3] ^ Math.imul(source ^ seed, 0x9e3779b1);
    let b = words[7] ^ Math.imul(target ^ seed, 0x9e3779b1);
    if (words[2] !== 0xffff) {
      a ^= Math.imul(words[0] ^ Math.imul(words[1], 31) ^ Math.imul(words[2], 961), seed);
      b ^= Math.imul(words[4] ^ Math.imul(words[5], 31) ^ Math.imul(words[6], 961), seed);
    }
    a = Math.imul(a ^ (a >>> 15), 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 15), 0x85ebca6b);
    let hash = (a ^ (a >>> 13)) + (b ^ (b >>> 13)) + proto;
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    return hash ^ (hash >>> 15);
  }

  #find(hash: number, address: Int32Array, proto: number, source: number, target: number): number {
    const words = this.#words;
    const index = this.#index;
    const mask = this.#indexMask;
    const there = (source << 16) | target;
    const back = (target << 16) | source;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = index[at];
      if (entry === 0) return -1;
      if (((entry ^ hash) & hashBits) !== 0) continue;
      const slot = (entry & slotBits) - 1;
      const base = slot * slotWords;
      const ports = words[base + 8];
      if (((words[base + 14] >>> 8) & 255) !== proto) continue;
      if (
        ports === there &&
        words[base + 3] === address[3] &&
        words[base + 7] === address[7] &&
        words[base + 2] === address[2] &&
        words[base + 6] === address[6] &&
        words[base] === address[0] &&
        words[base + 1] === address[1] &&
        words[base + 4] === address[4] &&
        words[base + 5] === address[5]
      ) {
        this.forward = true;
        return slot;
      }
      if (
        ports === back &&
        words[base + 3] === address[7] &&
        words[base + 7] === address[3] &&
        words[base + 2] === address[6] &&
        words[base + 6] === address[2] &&
        words[base] === address[4] &&
        words[base + 1] === address[5] &&
        words[base + 4] === address[0] &&
        words[base + 5] === address[1]
      ) {
        this.forward = false;
        return slot;
      }
    }
  }

  #insert(sink: RowSink, hash: number): number {
    for (;;) {
      if (this.#hand === this.#slots) {
        if (this.#slots < this.capacity) this.#grow();
        else this.#hand = 0;
      }
      const slot = this.#hand++;
      const words = this.#words;
      const at = slot * slotWords + 14;
      const marks = words[at] >>> 24;
      const state = marks & stateMask;
      if (state !== State.free) {
        if ((marks & Mark.touched) !== 0) {
          words[at] &= ~(Mark.touched << 24);
          continue;
        }
        if (state !== State.decided) {
          this.#decide(sink, slot, false);
          this.evicted++;
          sink.note(full);
        }
        this.#remove(slot);
      }
      this.#hashes[slot] = hash;
      this.#enter(slot, hash);
      return slot;
    }
  }

  #enter(slot: number, hash: number): void {
    const index = this.#index;
    const mask = this.#indexMask;
    let place = hash & mask;
    let far = 0;
    while (index[place] !== 0) {
      place = (place + 1) & mask;
      far++;
    }
    index[place] = entryOf(hash & hashBits, far, slot + 1);
  }

  /** Four times the slots; those in use keep their numbers. Happens before the first of them would be given away. */
  #grow(): void {
    const slots = Math.min(this.capacity, this.#slots * 4);
    const longer = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#words = longer(this.#words, new Int32Array(slots * slotWords));
    this.#times = new Float64Array(this.#words.buffer);
    this.#hashes = longer(this.#hashes, new Int32Array(slots));
    this.#next = longer(this.#next, new Int32Array(slots));
    this.#previous = longer(this.#previous, new Int32Array(slots));
    this.#due = longer(this.#due, new Float64Array(slots));
    this.tag = longer(this.tag, new Int32Array(slots));
    this.#index = new Int32Array(slots * 2);
    this.#indexMask = slots * 2 - 1;
    for (let slot = 0; slot < this.#slots; slot++) this.#enter(slot, this.#hashes[slot]);
    this.#slots = slots;
  }

  /** Takes a slot's entry out of the index; entries behind it that had to give way move up (no tombstones). */
  #remove(slot: number): void {
    const index = this.#index;
    const mask = this.#indexMask;
    let hole = this.#hashes[slot] & mask;
    while ((index[hole] & slotBits) !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const entry = index[at];
      let far = (entry >>> farShift) & farthest;
      if (far === farthest) far = (at - this.#hashes[(entry & slotBits) - 1]) & mask;
      const step = (at - hole) & mask;
      if (far < step) continue;
      index[hole] = entryOf(entry & hashBits, far - step, entry & slotBits);
      hole = at;
    }
    index[hole] = 0;
  }

  #stateOf(slot: number): number {
    return (this.#words[slot * slotWords + 14] >>> 24) & stateMask;
  }

  #setState(slot: number, state: number): void {
    const at = slot * slotWords + 14;
    this.#words[at] = (this.#words[at] & ~(stateMask << 24)) | (state << 24);
  }

  #mark(slot: number, mark: number): void {
    this.#words[slot * slotWords + 14] |= mark << 24;
  }

  #link(slot: number, queue: number, due: number): void {
    const last = this.#last[queue];
    this.#due[slot] = due;
    this.#next[slot] = -1;
    this.#previous[slot] = last;
    if (last < 0) this.#first[queue] = slot;
    else this.#next[last] = slot;
    this.#last[queue] = slot;
    if (due < this.#nextDue) this.#nextDue = due;
  }

  #unlink(slot: number, queue: number): void {
    const next = this.#next[slot];
    const previous = this.#previous[slot];
    if (previous < 0) this.#first[queue] = next;
    else this.#next[previous] = next;
    if (next < 0) this.#last[queue] = previous;
    else this.#previous[next] = previous;
  }
}

function entryOf(hash: number, far: number, slot: number): number {
  return hash | ((far < farthest ? far : farthest) << farShift) | slot;
}

/** The state that the first TCP packet of a flow puts it in. */
function openerState(packet: FlowPacket): number {
  const flags = packet.flags;
  if ((flags & Flag.rst) !== 0) return State.reply;
  if ((flags & Flag.syn) !== 0) return (flags & Flag.ack) !== 0 ? State.reply : State.opening;
  if ((flags & Flag.ack) === 0) return State.odd;
  return packet.payloadLength > 0 ? State.decided : State.loneAck;
}

/** SCTP by its first chunk: INIT and COOKIE-ECHO ask; INIT-ACK, ABORT, SHUTDOWN-ACK, ERROR, COOKIE-ACK answer. */
function sctpState(chunk: number): number {
  if (chunk === 1 || chunk === 10) return State.datagram;
  return chunk === 2 || chunk === 6 || chunk === 8 || chunk === 9 || chunk === 11
    ? State.reply
    : State.decided;
}

/** SYN together with FIN is no opener that any system sends. */
function stealthShape(word: number): number {
  return ((word >>> 16) & 255 & (Flag.syn | Flag.fin | Flag.rst | Flag.ack)) === (Flag.syn | Flag.fin)
    ? Flag.stealth
    : 0;
}
