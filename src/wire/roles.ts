import { Flag, Role } from '../model/event.ts';

/*
 * Who began, from one packet alone. What one packet cannot say is `unpaired`: the pairing stage
 * looks for the other direction.
 */

/** Ports from here on are what common systems hand out to clients (Linux 32768, Windows and IANA 49152). */
export const ephemeralFrom = 32_768;
const wellKnownBelow = 1024;

const tcpBits = Flag.fin | Flag.syn | Flag.rst | Flag.psh | Flag.ack | Flag.urg;

/** Role of a TCP packet by its flags (low byte of `flags`); see {@link isStealth} for the shapes without a SYN. */
export function tcpRole(flags: number, sourcePort: number, targetPort: number): number {
  if ((flags & Flag.syn) !== 0) return (flags & Flag.ack) === 0 ? Role.originator : Role.responder;
  if ((flags & Flag.rst) !== 0) return Role.responder;
  return isStealth(flags, sourcePort, targetPort) ? Role.originator : Role.unpaired;
}

/**
 * FIN, nothing, FIN-PSH-URG and other shapes without SYN, RST and ACK, which no TCP stack sends first. An ACK or FIN-ACK
 * alone is one only from an ephemeral port to a service: anything else may be the rest of a connection.
 */
export function isStealth(flags: number, sourcePort: number, targetPort: number): boolean {
  const bits = flags & tcpBits;
  if ((bits & (Flag.syn | Flag.rst)) !== 0) return false;
  if ((bits & Flag.ack) === 0) return true;
  const alone = bits === Flag.ack || bits === (Flag.ack | Flag.fin);
  return alone && targetPort < ephemeralFrom && sourcePort >= ephemeralFrom;
}

/** Services above 1023 that answer over UDP: OpenVPN, L2TP, RADIUS, SSDP, STUN, IPsec NAT-T, SIP, mDNS, LLMNR, memcached. */
function isUdpService(port: number): boolean {
  switch (port) {
    case 1194:
    case 1701:
    case 1812:
    case 1813:
    case 1900:
    case 3478:
    case 4500:
    case 5060:
    case 5353:
    case 5355:
    case 11_211:
    case 51_820:
      return true;
    default:
      return port > 0 && port < wellKnownBelow;
  }
}

/** Role of a UDP packet by its ports. */
export function udpRole(sourcePort: number, targetPort: number): number {
  if (targetPort >= ephemeralFrom) return isUdpService(sourcePort) ? Role.responder : Role.unpaired;
  return targetPort < wellKnownBelow && sourcePort >= ephemeralFrom ? Role.originator : Role.unpaired;
}

/** Role of an ICMP message: requests begin, replies and errors answer. */
export function icmpRole(type: number): number {
  // Echo, timestamp, information and address mask requests (IANA ICMP parameters).
  if (type === 8 || type === 13 || type === 15 || type === 17) return Role.originator;
  // Router solicitation and advertisement keep a link alive.
  return type === 9 || type === 10 ? Role.unknown : Role.responder;
}

/** Role of an ICMPv6 message; neighbour discovery and multicast listener messages are nobody's probe. */
export function icmp6Role(type: number): number {
  if (type === 128 || type === 139) return Role.originator;
  return type >= 130 && type <= 143 && type !== 140 ? Role.unknown : Role.responder;
}
