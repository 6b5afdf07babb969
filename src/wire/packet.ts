import { Proto } from '../model/event.ts';
import { Fragments } from './fragments.ts';

/** Link types of captures (https://www.tcpdump.org/linktypes.html) that can be read. */
export const LinkType = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  rawOld: 12,
  rawOpenBsd: 14,
  pppHdlc: 50,
  pppoe: 51,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

/** What an ICMP message is to the conversation it belongs to. */
export const IcmpKind = { request: 0, reply: 1, unreachable: 2, error: 3, other: 4 } as const;

const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoe: 0x8864,
  qinq: 0x88a8,
  qinqOld: 0x9100,
  qinqOlder: 0x9200,
} as const;

const mapped = 0xffff;
const notIp = 'neither IP nor ARP';
const cut = 'packet cut short before its ports';
/** Said of a packet whose addresses and ports are filled in, but which was cut before its flags. */
export const portsOnly = 'packets cut short behind their ports: who began is not known';
const brokenIp = 'impossible IP header';
const brokenTransport = 'impossible transport header';
/** Longer chains of IPv6 extension headers or VLAN tags than these are not found in the wild. */
const extensionLimit = 16;
const tagLimit = 4;

/**
 * One decoded packet. An instance is filled again and again: no object per packet. Addresses are four big-endian words
 * each, IPv4 in mapped form, as signed 32-bit integers (write them into unsigned columns unchanged).
 */
export class Packet {
  /** Words 0–3: source; 4–7: target. ARP: sender and target protocol address. */
  readonly address = new Int32Array(8);
  proto = 0;
  /** TCP, UDP, SCTP ports. ICMP requests: identifier and sequence, replies: sequence and identifier; other ICMP: 0. */
  sourcePort = 0;
  targetPort = 0;
  ttl = 0;
  ipId = 0;
  /** Header flags of TCP; the first chunk's type of SCTP; the operation of ARP (1 request, 2 reply). */
  flags = 0;
  sequence = 0;
  window = 0;
  /** A TCP header of 20 bytes. */
  noOptions = false;
  fragment = false;
  /** ICMP type · 256 + code, and what kind of message that is. */
  icmp = 0;
  icmpKind: number = IcmpKind.other;
  /** Payload as captured: `bytes[payloadStart, payloadEnd)`; its length on the wire may be more. */
  payloadStart = 0;
  payloadEnd = 0;
  payloadLength = 0;
  /**
   * Of an ICMP error: the header that it quotes; `quotedProto` is -1 when there is none, `quotedSourcePort` when the quote
   * ends before the ports that the protocol has.
   */
  readonly quoted = new Int32Array(8);
  quotedProto = -1;
  quotedSourcePort = 0;
  quotedTargetPort = 0;
  /** Set by the reader of the capture. */
  time = 0;
  record = 0;

  readonly fragments = new Fragments();

  /**
   * Decodes the frame `bytes[start, end)` of `link` type; `view` covers the same memory as `bytes`.
   * Returns '' when the fields are filled, {@link portsOnly} when only addresses and ports are, else why there is nothing in it.
   */
  decode(bytes: Uint8Array, view: DataView, start: number, end: number, link: number): string {
    switch (link) {
      case LinkType.ethernet:
        if (end - start < 14) return cut;
        return this.#etherType(bytes, view, start + 14, end, view.getUint16(start + 12));
      case LinkType.raw:
      case LinkType.rawOld:
      case LinkType.rawOpenBsd:
      case LinkType.ipv4:
      case LinkType.ipv6:
        return this.#anyIp(bytes, view, start, end);
      case LinkType.null:
      case LinkType.loop:
        return this.#loopback(bytes, view, start, end);
      case LinkType.linuxCooked:
        if (end - start < 16) return cut;
        return this.#etherType(bytes, view, start + 16, end, view.getUint16(start + 14));
      case LinkType.linuxCooked2:
        if (end - start < 20) return cut;
        return this.#etherType(bytes, view, start + 20, end, view.getUint16(start));
      case LinkType.ciscoHdlc:
        if (end - start < 4) return cut;
        return this.#etherType(bytes, view, start + 4, end, view.getUint16(start + 2));
      case LinkType.ppp:
      case LinkType.pppHdlc:
        return this.#ppp(bytes, view, start, end);
      case LinkType.pppoe:
        return this.#ppp(bytes, view, start + 6, end);
      default:
        return 'link type that is not supported';
    }
  }

  #etherType(bytes: Uint8Array, view: DataView, start: number, end: number, etherType: number): string {
    let at = start;
    let type = etherType;
    for (let tags = 0; tags <= tagLimit; tags++) {
      switch (type) {
        case EtherType.ipv4:
          return this.#ipv4(bytes, view, at, end);
        case EtherType.ipv6:
          return this.#ipv6(bytes, view, at, end);
        case EtherType.arp:
          return this.#arp(view, at, end);
        case EtherType.vlan:
        case EtherType.qinq:
        case EtherType.qinqOld:
        case EtherType.qinqOlder:
          if (end - at < 4) return cut;
          type = view.getUint16(at + 2);
          at += 4;
          break;
        case EtherType.pppoe:
          return this.#ppp(bytes, view, at + 6, end);
        case EtherType.mpls:
        case EtherType.mplsMulticast:
          return this.#mpls(bytes, view, at, end);
        default:
          // IEEE 802.3 with an LLC/SNAP header: the length stands where the type would.
          if (type > 1500 || end - at < 8 || view.getUint32(at) !== 0xaaaa_0300) return notIp;
          type = view.getUint16(at + 6);
          at += 8;
      }
    }
    return notIp;
  }

  #mpls(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    let at = start;
    for (let labels = 0; labels < extensionLimit; labels++) {
      if (end - at < 4) return cut;
      const bottom = (bytes[at + 2] & 1) === 1;
      at += 4;
      if (bottom) return this.#anyIp(bytes, view, at, end);
    }
    return notIp;
  }

  #ppp(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    let at = start;
    if (end - at < 4) return cut;
    if (view.getUint16(at) === 0xff03) at += 2;
    const proto = view.getUint16(at);
    return proto === 0x0021 || proto === 0x0057 ? this.#anyIp(bytes, view, at + 2, end) : notIp;
  }

  #loopback(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    if (end - start < 4) return cut;
    // The family is in the byte order of the machine that captured; BSDs disagree about IPv6: 10, 24, 28, 30.
    const family = bytes[start] | bytes[start + 3];
    if (family !== 2 && family !== 10 && family !== 24 && family !== 28 && family !== 30) return notIp;
    return this.#anyIp(bytes, view, start + 4, end);
  }

  #anyIp(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    if (start >= end) return cut;
    const version = bytes[start] >>> 4;
    if (version === 4) return this.#ipv4(bytes, view, start, end);
    return version === 6 ? this.#ipv6(bytes, view, start, end) : notIp;
  }

  #arp(view: DataView, start: number, end: number): string {
    if (end - start < 28) return cut;
    if (view.getUint16(start + 2) !== EtherType.ipv4 || view.getUint16(start + 4) !== 0x0604) return notIp;
    const operation = view.getUint16(start + 6);
    if (operation !== 1 && operation !== 2) return notIp;
    const sender = view.getInt32(start + 14);
    const target = view.getInt32(start + 24);
    // A sender of 0.0.0.0 (is my address free?) and a gratuitous announcement look for nobody.
    if (sender === 0 || sender === target) return 'ARP announcement';
    this.#addresses4(sender, target);
    this.#plain(Proto.arp);
    this.fragment = false;
    this.ttl = 0;
    this.ipId = 0;
    this.flags = operation;
    return '';
  }

  #addresses4(source: number, target: number): void {
    const address = this.address;
    address[0] = 0;
    address[1] = 0;
    address[2] = mapped;
    address[3] = source;
    address[4] = 0;
    address[5] = 0;
    address[6] = mapped;
    address[7] = target;
  }

  #ipv4(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    if (end - start < 20) return cut;
    const head = bytes[start];
    const headerLength = (head & 15) << 2;
    if (head >>> 4 !== 4 || headerLength < 20) return brokenIp;
    let total = view.getUint16(start + 2);
    // A capture on the sending machine may show 0: the card will cut the segment and fill it in.
    if (total === 0) total = end - start;
    if (total < headerLength) return brokenIp;
    if (end - start < headerLength) return cut;
    this.#addresses4(view.getInt32(start + 12), view.getInt32(start + 16));
    this.ttl = bytes[start + 8];
    this.ipId = view.getUint16(start + 4);
    const proto = bytes[start + 9];
    const at = start + headerLength;
    const stop = start + total < end ? start + total : end;
    const fragment = view.getUint16(start + 6) & 0x3fff;
    if (fragment !== 0)
      return this.#fragment(
        bytes,
        view,
        at,
        stop,
        proto,
        this.ipId,
        (fragment & 0x1fff) << 3,
        total - headerLength,
      );
    this.fragment = false;
    return this.#transport(bytes, view, at, stop, proto, total - headerLength);
  }

  #ipv6(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    if (end - start < 40) return cut;
    if (bytes[start] >>> 4 !== 6) return brokenIp;
    for (let i = 0; i < 8; i++) this.address[i] = view.getInt32(start + 8 + 4 * i);
    this.ttl = bytes[start + 7];
    this.ipId = 0;
    this.fragment = false;
    let left = view.getUint16(start + 4);
    if (left === 0) left = end - start - 40; // a jumbogram, or left to the card
    const stop = start + 40 + left < end ? start + 40 + left : end;
    let proto = bytes[start + 6];
    let at = start + 40;
    for (let headers = 0; headers < extensionLimit; headers++) {
      let length: number;
      switch (proto) {
        case 0: // hop-by-hop
        case 43: // routing
        case 60: // destination options
        case 135: // mobility
        case 139: // host identity
        case 140: // shim6
          if (stop - at < 8) return cut;
          length = (bytes[at + 1] + 1) << 3;
          break;
        case 51: // authentication
          if (stop - at < 8) return cut;
          length = (bytes[at + 1] + 2) << 2;
          break;
        case 44: {
          if (stop - at < 8) return cut;
          const next = bytes[at];
          const fragment = view.getUint16(at + 2);
          const id = view.getInt32(at + 4);
          this.ipId = id & 0xffff;
          // Offset 0 and no more to come: an atomic fragment (RFC 6946), whole in itself.
          if ((fragment & 0xfff9) !== 0)
            return this.#fragment(bytes, view, at + 8, stop, next, id, fragment & 0xfff8, left - 8);
          length = 8;
          break;
        }
        default:
          return this.#transport(bytes, view, at, stop, proto, left);
      }
      proto = bytes[at];
      at += length;
      left -= length;
      if (at > stop || left < 0) return at > end ? cut : brokenIp;
    }
    return brokenIp;
  }

  #fragment(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    proto: number,
    id: number,
    offset: number,
    length: number,
  ): string {
    this.fragment = true;
    const needed = headerNeeded(proto);
    if (offset === 0 && length >= needed) return this.#transport(bytes, view, start, end, proto, length);
    if (offset >= 64 || needed === 0) return 'later fragment';
    // Of a fragment that was cut, the unit in which it was cut is not there.
    const whole = end - start < length ? start + ((end - start) & ~7) : end;
    const at = this.fragments.add(this.address, proto, id, this.time, bytes, start, whole, offset, needed);
    if (at < 0) return 'fragment without the header';
    const table = this.fragments;
    const problem = this.#transport(table.bytes, table.view, at, at + 64, proto, 64);
    // The table's memory is used again: only the header is taken from it.
    this.payloadStart = 0;
    this.payloadEnd = 0;
    this.payloadLength = 0;
    return problem;
  }

  /** Fields of a protocol of which only the addresses are looked at. */
  #plain(proto: number): void {
    this.proto = proto;
    this.sourcePort = 0;
    this.targetPort = 0;
    this.flags = 0;
    this.sequence = 0;
    this.window = 0;
    this.noOptions = false;
    this.payloadStart = 0;
    this.payloadEnd = 0;
    this.payloadLength = 0;
  }

  #transport(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    end: number,
    proto: number,
    length: number,
  ): string {
    const captured = end - at;
    let header: number;
    switch (proto) {
      case Proto.tcp: {
        if (length < 20) return brokenTransport;
        if (captured < 20) return this.#cutTcp(bytes, view, at, end, length);
        header = (bytes[at + 12] >>> 4) << 2;
        if (header < 20 || header > length) return brokenTransport;
        this.proto = proto;
        this.sequence = view.getInt32(at + 4);
        this.flags = bytes[at + 13];
        this.window = view.getUint16(at + 14);
        this.noOptions = header === 20;
        break;
      }
      case Proto.udp: {
        if (length < 8) return brokenTransport;
        if (captured < 4) return cut;
        header = 8;
        this.proto = proto;
        this.flags = 0;
        this.sequence = 0;
        this.window = 0;
        this.noOptions = false;
        break;
      }
      case Proto.sctp: {
        if (length < 16) return brokenTransport;
        if (captured < 13) return this.#ports(view, at, end, proto);
        header = 12;
        this.proto = proto;
        this.flags = bytes[at + 12];
        this.sequence = view.getInt32(at + 4);
        this.window = 0;
        this.noOptions = false;
        break;
      }
      case Proto.icmp:
      case Proto.icmp6:
        if (length < 4) return brokenTransport;
        if (captured < 8) return cut;
        return this.#icmpMessage(bytes, view, at, end, proto, length);
      default:
        this.#plain(proto);
        this.payloadLength = length;
        return '';
    }
    this.sourcePort = view.getUint16(at);
    this.targetPort = view.getUint16(at + 2);
    this.payloadStart = at + header < end ? at + header : end;
    this.payloadEnd = end;
    this.payloadLength = length - header;
    return '';
  }

  /** A TCP header that the snap length cut: what stands in its first 14 bytes is as good as ever. */
  #cutTcp(bytes: Uint8Array, view: DataView, at: number, end: number, length: number): string {
    const problem = this.#ports(view, at, end, Proto.tcp);
    const captured = end - at;
    if (captured < 14) return problem;
    const header = (bytes[at + 12] >>> 4) << 2;
    if (header < 20 || header > length) return brokenTransport;
    this.sequence = view.getInt32(at + 4);
    this.flags = bytes[at + 13];
    if (captured >= 16) this.window = view.getUint16(at + 14);
    this.noOptions = header === 20;
    this.payloadStart = end;
    this.payloadEnd = end;
    this.payloadLength = length - header;
    return '';
  }

  /** Of a header that was cut: its ports. */
  #ports(view: DataView, at: number, end: number, proto: number): string {
    if (end - at < 4) return cut;
    this.#plain(proto);
    this.sourcePort = view.getUint16(at);
    this.targetPort = view.getUint16(at + 2);
    return portsOnly;
  }

  #icmpMessage(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    end: number,
    proto: number,
    length: number,
  ): string {
    this.#plain(proto);
    const type = bytes[at];
    this.icmp = (type << 8) | bytes[at + 1];
    this.payloadLength = length > 8 ? length - 8 : 0;
    this.quotedProto = -1;
    const kind = proto === Proto.icmp ? icmpKind(type) : icmp6Kind(type, bytes[at + 1]);
    this.icmpKind = kind;
    if (kind === IcmpKind.other) return 'router, neighbour and group messages of ICMP';
    if (kind === IcmpKind.request || kind === IcmpKind.reply) {
      const identifier = view.getUint16(at + 4);
      const sequence = view.getUint16(at + 6);
      this.sourcePort = kind === IcmpKind.request ? identifier : sequence;
      this.targetPort = kind === IcmpKind.request ? sequence : identifier;
      this.sequence = (identifier << 16) | sequence;
      return '';
    }
    this.targetPort = this.icmp;
    this.#quote(bytes, view, at + 8, end);
    return '';
  }

  #quote(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const quoted = this.quoted;
    let proto: number;
    let at: number;
    if (end - start >= 20 && bytes[start] >>> 4 === 4) {
      at = start + ((bytes[start] & 15) << 2);
      proto = bytes[start + 9];
      // Of a later fragment there are no ports.
      if ((view.getUint16(start + 6) & 0x1fff) !== 0) return;
      quoted[0] = quoted[1] = quoted[4] = quoted[5] = 0;
      quoted[2] = quoted[6] = mapped;
      quoted[3] = view.getInt32(start + 12);
      quoted[7] = view.getInt32(start + 16);
    } else if (end - start >= 40 && bytes[start] >>> 4 === 6) {
      at = start + 40;
      proto = bytes[start + 6];
      for (let i = 0; i < 8; i++) quoted[i] = view.getInt32(start + 8 + 4 * i);
    } else return;
    this.quotedSourcePort = 0;
    this.quotedTargetPort = 0;
    if (proto === Proto.tcp || proto === Proto.udp || proto === Proto.sctp) {
      if (end - at < 4) this.quotedSourcePort = -1;
      else {
        this.quotedSourcePort = view.getUint16(at);
        this.quotedTargetPort = view.getUint16(at + 2);
      }
    } else if (proto === Proto.icmp || proto === Proto.icmp6) {
      if (end - at < 8) return;
      this.quotedSourcePort = view.getUint16(at + 4);
      this.quotedTargetPort = view.getUint16(at + 6);
    }
    this.quotedProto = proto;
  }
}

/** How many bytes of a datagram show ports and flags. */
function headerNeeded(proto: number): number {
  switch (proto) {
    case Proto.tcp:
      return 20;
    case Proto.sctp:
      return 16;
    case Proto.udp:
    case Proto.icmp:
    case Proto.icmp6:
      return 8;
    default:
      return 0;
  }
}

function icmpKind(type: number): number {
  switch (type) {
    case 8: // echo
    case 13: // timestamp
    case 15: // information
    case 17: // address mask
      return IcmpKind.request;
    case 0:
    case 14:
    case 16:
    case 18:
      return IcmpKind.reply;
    case 3:
      return IcmpKind.unreachable;
    case 4: // source quench
    case 5: // redirect
    case 11: // time exceeded
    case 12: // parameter problem
      return IcmpKind.error;
    default:
      return IcmpKind.other;
  }
}

function icmp6Kind(type: number, code: number): number {
  if (type === 128) return IcmpKind.request;
  if (type === 129) return IcmpKind.reply;
  if (type === 1) return IcmpKind.unreachable;
  // A next header that the target does not know: what IPv4 calls protocol unreachable.
  if (type === 4 && code === 1) return IcmpKind.unreachable;
  // Errors have the high bit clear (RFC 4443); the rest is neighbour discovery, group membership and the like.
  return type < 128 ? IcmpKind.error : IcmpKind.other;
}
