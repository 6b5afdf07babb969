import { isMapped, putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, hasPorts, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import { ephemeralFrom, icmp6Role, icmpRole, isStealth, tcpRole, udpRole } from './roles.ts';
import { beginsWith } from './verdict-words.ts';

/*
 * What firewall logs have in common: one packet or one session, and what the firewall did with it.
 *
 *   denied     the firewall refused it, whatever its word (deny, drop, block, reject, discard)
 *   answered   bytes or packets of the target are counted, or the reason of the end proves a handshake
 *   refused    the target's own reset is all that came back
 *   unanswered the session ended and nothing had come back
 *   unknown    let through, and nothing is said of what came of it (Flag.passed)
 *
 * Where a log shows translated addresses, the source is the client's own (before source NAT) and the target the real
 * server (behind destination NAT), with its real port: one asset is one target whatever it is published as.
 */

/** A reset carries no payload: an IP and a TCP header, padded to what Ethernet carries at least. */
const resetBytes = 60;
/** Echo request, code 0: what begins an ICMP session when the log does not show the type. */
const echoRequest = 8;
const wellKnownBelow = 1024;
export const lowestSeverity = 4;
const noPort = 'no target port, or an impossible one';

/** How a session that is over went, by what came back; -1 for a counter that the log does not have. */
export function closedOutcome(
  proto: number,
  packetsBack: number,
  bytesBack: number,
  resetByTarget: boolean,
): number {
  if (packetsBack === 0 || (packetsBack < 0 && bytesBack === 0)) return Outcome.unanswered;
  if (packetsBack < 0 && bytesBack < 0) return Outcome.unknown;
  if (proto === Proto.tcp && resetByTarget) {
    if (packetsBack === 1 || (packetsBack < 0 && bytesBack <= resetBytes)) return Outcome.refused;
  }
  return Outcome.answered;
}

/** 'critical', 'High', 'medium' … as 1 (high) … 4; 0 for a word that is none. */
export function severityOf(bytes: Uint8Array, start: number, end: number): number {
  if (beginsWith(bytes, start, end, 'crit') || beginsWith(bytes, start, end, 'high')) return 1;
  if (beginsWith(bytes, start, end, 'emerg') || beginsWith(bytes, start, end, 'severe')) return 1;
  if (beginsWith(bytes, start, end, 'major') || beginsWith(bytes, start, end, 'alert')) return 1;
  if (beginsWith(bytes, start, end, 'medium') || beginsWith(bytes, start, end, 'err')) return 2;
  if (beginsWith(bytes, start, end, 'moderate')) return 2;
  if (beginsWith(bytes, start, end, 'low') || beginsWith(bytes, start, end, 'minor')) return 3;
  if (beginsWith(bytes, start, end, 'warn')) return 3;
  if (beginsWith(bytes, start, end, 'info') || beginsWith(bytes, start, end, 'noti')) return lowestSeverity;
  return 0;
}

/** One event of a firewall's log, filled again and again. */
export class FirewallEvent {
  /** µs UTC. */
  time = Number.NaN;
  /** Four big-endian words each; IPv4 in mapped form. */
  readonly source = new Uint32Array(4);
  readonly target = new Uint32Array(4);
  sourcePort = 0;
  /** -1: not logged, or no port at all. */
  targetPort = -1;
  /** IP protocol; 0: not logged. */
  proto = 0;
  /** ICMP type and code; type -1: not logged. */
  type = -1;
  code = 0;
  /** {@link Flag} bits of the packet: the low byte is the TCP flags when `hasFlags`. */
  flags = 0;
  hasFlags = false;
  outcome: number = Outcome.unknown;
  passed = false;
  /** Bytes from the target; -1: not logged. */
  size = -1;
  ttl = 0;
  window = 0;
  ipId = 0;
  sequence = 0;

  reset(): void {
    this.time = Number.NaN;
    this.sourcePort = 0;
    this.targetPort = -1;
    this.proto = 0;
    this.type = -1;
    this.code = 0;
    this.flags = 0;
    this.hasFlags = false;
    this.outcome = Outcome.unknown;
    this.passed = false;
    this.size = -1;
    this.ttl = 0;
    this.window = 0;
    this.ipId = 0;
    this.sequence = 0;
  }

  /** Source and target, with their ports, change places. */
  swap(): void {
    for (let i = 0; i < 4; i++) {
      const word = this.source[i];
      this.source[i] = this.target[i];
      this.target[i] = word;
    }
    const port = this.sourcePort;
    this.sourcePort = this.targetPort;
    this.targetPort = port;
  }

  /** Appends one packet: who began is decided by its flags, its ports, its ICMP type. Returns '', or why it is none. */
  putPacket(batch: EventBatch): string {
    if (this.#lacksPort()) return noPort;
    const { proto, sourcePort, targetPort } = this;
    let role: number = Role.originator;
    if (proto === Proto.tcp) {
      if (!this.hasFlags) role = Role.unknown;
      else {
        role = tcpRole(this.flags, sourcePort, targetPort);
        if (isStealth(this.flags, sourcePort, targetPort)) this.flags |= Flag.stealth;
      }
    } else if (proto === Proto.udp) {
      role = sourcePort === 0 && targetPort === 0 ? Role.unknown : udpRole(sourcePort, targetPort);
    } else if (proto === Proto.icmp || proto === Proto.icmp6) {
      if (this.type < 0) role = Role.unknown;
    } else if (proto === Proto.arp) role = Role.unpaired;
    this.#put(batch, role);
    return '';
  }

  /**
   * Appends a session as the firewall keeps it: its source began. Of what was denied it kept none, so that a late reply
   * (from a service to an ephemeral port) is not taken for a beginning. Returns '', or why it is none.
   */
  putSession(batch: EventBatch): string {
    if (this.#lacksPort()) return noPort;
    const { proto, sourcePort, targetPort } = this;
    let role: number = Role.originator;
    if (this.outcome === Outcome.denied) {
      if (proto === Proto.tcp && sourcePort > 0 && sourcePort < wellKnownBelow && targetPort >= ephemeralFrom)
        role = Role.unpaired;
      else if (proto === Proto.udp && udpRole(sourcePort, targetPort) === Role.responder)
        role = Role.responder;
    }
    this.#put(batch, role);
    return '';
  }

  /** Appends another sensor's word, of severity 1 (high) … 4; returns its row, for the texts. */
  putAlert(batch: EventBatch, severity: number, hasTarget = true): number {
    const row = batch.length;
    this.#put(batch, Role.originator, hasTarget);
    batch.kind[row] = EventKind.alert;
    batch.role[row] = Role.originator;
    batch.status[row] = Math.max(1, Math.min(lowestSeverity, severity));
    return row;
  }

  /** What was tried cannot be told: not the same as port 0, which a log names when it means it. */
  #lacksPort(): boolean {
    return this.targetPort < 0 && hasPorts(this.proto);
  }

  #put(batch: EventBatch, begun: number, hasTarget = true): void {
    const row = batch.length++;
    const { proto } = this;
    let flags = this.flags;
    let role = begun;
    let targetPort = Math.max(0, this.targetPort);
    const ported = hasPorts(proto);
    if (proto === Proto.icmp || proto === Proto.icmp6) {
      const type = this.type >= 0 ? this.type & 255 : proto === Proto.icmp ? echoRequest : 128;
      targetPort = (type << 8) | (this.type >= 0 ? this.code & 255 : 0);
      if (role !== Role.unknown) role = proto === Proto.icmp ? icmpRole(type) : icmp6Role(type);
    } else if (!ported) targetPort = 0;
    if (proto === Proto.tcp && this.hasFlags) flags |= Flag.tcpFlags;
    if (hasTarget && proto !== Proto.tcp && isMulticast(this.target)) role = Role.unknown;
    if (this.ttl > 0) flags |= Flag.header;
    if (this.passed && this.outcome === Outcome.unknown) flags |= Flag.passed;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = this.time;
    if (this.size >= 0) {
      flags |= Flag.hasSize;
      batch.size[row] = this.size;
    }
    batch.flags[row] = flags;
    if (hasTarget) putAddresses(batch, row, this.source, this.target);
    else putSource(batch, row, this.source);
    batch.sourcePort[row] = ported ? Math.max(0, this.sourcePort) : 0;
    batch.targetPort[row] = targetPort;
    batch.proto[row] = proto;
    batch.outcome[row] = this.outcome;
    batch.role[row] = role;
    // Most firewalls show nothing of the headers, and a cleared batch has zeroes there.
    if ((this.ttl | this.window | this.ipId | this.sequence) !== 0) {
      batch.ttl[row] = this.ttl;
      batch.window[row] = this.window;
      batch.ipId[row] = this.ipId;
      batch.sequence[row] = this.sequence;
    }
  }
}

/** Multicast or limited broadcast: discovery among neighbours, not a visit. */
function isMulticast(words: Uint32Array): boolean {
  if (isMapped(words[0], words[1], words[2])) return words[3] >>> 28 === 14 || words[3] === 0xffff_ffff;
  return words[0] >>> 24 === 255;
}
