import { setIPv4, readIPv4, readIPv6 } from '../bytes/addresses.ts';
import { bracketClose, bracketOpen, colon, equals, parenClose, space } from '../bytes/codes.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { decodedLine, kernel, place, placed } from '../bytes/kernel.ts';
import { cursor, decimal, hasText, readDecimal } from '../bytes/numbers.ts';
import { putAddresses } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { RulePrefix } from '../wire/rule-prefix.ts';
import { shareOf } from '../wire/recognition.ts';
import { icmp6Role, icmpRole, isStealth, tcpRole, udpRole } from '../wire/roles.ts';
import { Syslog } from '../wire/syslog.ts';

const sampleLine =
  'Nov 22 00:32:11 gw kernel: [123.456789] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:ab:cd:ef:08:00 SRC=192.0.2.7 DST=198.51.100.4 LEN=44 TOS=0x00 PREC=0x00 TTL=49 ID=54321 PROTO=TCP SPT=61000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0';

/** Linux kernel packet log: the LOG target of iptables, `log` of nftables, ufw, firewalld, Proxmox, UniFi, ulogd2's LOGEMU. */
export const netfilter: Format = {
  name: 'netfilter',
  title: 'Linux netfilter log (iptables, nftables, ufw, firewalld, ulogd2) in syslog or from journald',
  lateness: 10,
  yields: ['contact'],
  blindness: [
    'a firewall log does not say whether the target answered',
    'only packets that a rule logs are seen, and rate limits of the rule drop more of them',
  ],
  sample: sampleLine,
  recognise(sample) {
    const share = shareOf(sample, isPacketLine);
    return share === 0 ? 0 : 0.45 + 0.5 * share;
  },
  lines: (info) => new NetfilterReader(info),
};

function isPacketLine(line: string): boolean {
  const at = line.indexOf('IN=');
  if (at < 0) return line.startsWith('__CURSOR=') || line.startsWith('__REALTIME_TIMESTAMP=');
  if (line.includes(' ARP HTYPE=', at)) return true;
  return line.includes(' SRC=', at) && line.includes(' DST=', at) && line.includes(' PROTO=', at);
}

// Bits that say which parts of a packet a line has shown.
const sawSource = 1;
const sawTarget = 2;
const sawProto = 4;
const sawPorts = 8;
const sawTargetPort = 16;
/** The kernel could not read the transport's header: 'INCOMPLETE [4 bytes]'. */
const sawIncomplete = 32;
/** What the kernel prints last of TCP: what of the flags is not there was not set. */
const sawUrgent = 64;

/** Where the kernel puts the values of the usual fields: see kernel/netfilter.ts. */
const Usual = {
  source: 0,
  target: 1,
  length: 2,
  ttl: 3,
  ipId: 4,
  proto: 5,
  sourcePort: 6,
  targetPort: 7,
  last: 8,
} as const;
/** Of a row's flags those of TCP. */
const tcpBits = 0xff;
class NetfilterReader implements LineReader {
  readonly #syslog: Syslog;
  readonly #kernel = kernel();
  readonly #values = new Uint32Array(this.#kernel.memory.buffer, this.#kernel.netfilterValues.value, 9);
  readonly #journal = new JsonFields(['__REALTIME_TIMESTAMP', 'MESSAGE']);
  /** Time of the journal entry whose fields are being read (`journalctl -o export`). */
  #entryTime = Number.NaN;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);
  readonly #prefix = new RulePrefix();
  // The packet of the current line.
  #saw = 0;
  #usualFlags = 0;
  #proto = 0;
  #flags = 0;
  #sourcePort = 0;
  #targetPort = 0;
  #length = 0;
  #payload = -1;
  #ttl = 0;
  #window = 0;
  #ipId = 0;
  #sequence = 0;
  #type = 0;
  #code = 0;

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) {
      this.#entryTime = Number.NaN;
      return '';
    }
    const first = bytes[start];
    if (first === 123) return this.#journalJson(batch, bytes, start, end);
    if (first === 95 || (first === 77 && hasText(bytes, start, end, 'MESSAGE='))) {
      return this.#journalExport(batch, bytes, start, end);
    }
    if (!Number.isNaN(this.#entryTime) && isExportField(bytes, start, end)) return '';
    const host = this.#syslog.stamp(bytes, start, end);
    if (host < 0) return 'no time stamp';
    let at = host;
    if (this.#syslog.hasHost) {
      while (at < end && bytes[at] !== space) at++;
      if (bytes[host] === bracketOpen || bytes[host] === letterK || bytes[at - 1] === colon) {
        if (isNoHost(bytes, host, at, end)) at = host - 1;
      }
    }
    return this.#message(batch, bytes, at, end, this.#syslog.time);
  }

  #journalJson(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const json = this.#journal;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    const micros = json.integer(0);
    if (micros < 0) return 'no time stamp';
    if (json.kind[1] === Json.string) return this.#message(batch, bytes, json.start[1], json.end[1], micros);
    if (json.kind[1] !== Json.escaped) return 'no packet fields';
    const message = decodedLine(bytes);
    const length = unescapeJson(bytes, json.start[1], json.end[1], message, 0);
    return this.#message(batch, message, 0, length, micros);
  }

  #journalExport(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (hasText(bytes, start, end, 'MESSAGE=')) {
      if (Number.isNaN(this.#entryTime)) return 'no time stamp';
      return this.#message(batch, bytes, start + 8, end, this.#entryTime);
    }
    if (hasText(bytes, start, end, '__REALTIME_TIMESTAMP=')) {
      const micros = decimal(bytes, start + 21, end);
      this.#entryTime = micros < 0 ? Number.NaN : micros;
      return micros < 0 ? 'no time stamp' : '';
    }
    return isExportField(bytes, start, end) ? '' : 'no time stamp';
  }

  // `at`: behind the host; what stands between there and 'IN=' is program, uptime and the rule's prefix.
  #message(batch: EventBatch, bytes: Uint8Array, at: number, end: number, time: number): string {
    const fields = this.#prefix.find(bytes, at, end);
    if (fields < 0) return 'no packet fields';
    const saw = this.#packet(bytes, fields, end);
    if ((saw & (sawSource | sawTarget)) !== (sawSource | sawTarget)) return 'no source or target address';
    if ((saw & sawProto) === 0) return 'no protocol';
    const proto = this.#proto;
    if ((proto === Proto.tcp || proto === Proto.udp) && !this.#hasPorts())
      return 'no ports, or impossible ones';
    this.#append(batch, time);
    return '';
  }

  /** Both ports stand there, or the kernel says why they do not: a later fragment, a packet that was cut short. */
  #hasPorts(): boolean {
    const saw = this.#saw;
    if ((saw & sawPorts) === 0) return (this.#flags & Flag.fragment) !== 0 || (saw & sawIncomplete) !== 0;
    return (saw & sawTargetPort) !== 0 && isPort(this.#sourcePort) && isPort(this.#targetPort);
  }

  /** Reads 'IN=eth0 OUT= … URGP=0'; returns what was there. */
  #packet(bytes: Uint8Array, start: number, end: number): number {
    let saw = 0;
    let flags = 0;
    this.#proto = 0;
    this.#sourcePort = 0;
    this.#targetPort = 0;
    this.#length = 0;
    this.#payload = -1;
    this.#ttl = 0;
    this.#window = 0;
    this.#ipId = 0;
    this.#sequence = 0;
    this.#type = 0;
    this.#code = 0;
    this.#usualFlags = 0;
    let at = this.#usualStart(bytes, start, end);
    if (at !== start) {
      saw = this.#saw;
      flags = this.#usualFlags;
    }
    while (at + 2 < end) {
      const key = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
      // Literals, not constants: only those become a jump table.
      switch (key) {
        case 0x43414d: // MAC
          // 'MAC=' and fourteen bytes in hexadecimal, or nothing, or an interface's odd address.
          if (at + 45 < end && bytes[at + 45] === space) at += 45;
          break;
        case 0x435253: // SRC
          if (readEither(bytes, at + 4, end, this.#source)) {
            saw |= sawSource;
            at = cursor.at;
          }
          break;
        case 0x545344: // DST
          if (readEither(bytes, at + 4, end, this.#target)) {
            saw |= sawTarget;
            at = cursor.at;
          }
          break;
        case 0x4e454c: {
          // LEN
          const length = readDecimal(bytes, at + 4, end);
          if ((saw & sawProto) === 0) this.#length = length;
          else this.#payload = length - 8;
          at = cursor.at;
          break;
        }
        case 0x534f54: // TOS
        case 0x455250: // PRE
          if (at + 9 < end && bytes[at + 8] === space) at += 8;
          break;
        case 0x4c5454: // TTL
          this.#ttl = readDecimal(bytes, at + 4, end);
          at = cursor.at;
          break;
        case 0x4f5250: // PRO
          // The first protocol is the packet's; an ICMP error quotes another in brackets, which are passed over below.
          if (hasText(bytes, at, end, 'PROTO=')) {
            this.#proto = this.#protocol(bytes, at + 6, end);
            if (this.#proto >= 0) saw |= sawProto;
            at = cursor.at;
          }
          break;
        case 0x545053: // SPT
          this.#sourcePort = readDecimal(bytes, at + 4, end);
          saw |= sawPorts;
          at = cursor.at;
          break;
        case 0x545044: // DPT
          this.#targetPort = readDecimal(bytes, at + 4, end);
          saw |= sawTargetPort;
          at = cursor.at;
          break;
        case 0x4e4957: // WIN
          this.#window = readDecimal(bytes, at + 7, end);
          flags |= Flag.header;
          at = cursor.at;
          break;
        case 0x514553: // SEQ
          if ((saw & sawPorts) !== 0) this.#sequence = Math.max(0, readDecimal(bytes, at + 4, end));
          break;
        case 0x4e5953: // SYN
          flags |= Flag.syn;
          at += 3;
          break;
        case 0x4b4341: // ACK
          if (bytes[at + 3] !== equals) flags |= Flag.ack;
          break;
        case 0x545352: // RST
          flags |= Flag.rst;
          at += 3;
          break;
        case 0x4e4946: // FIN
          flags |= Flag.fin;
          at += 3;
          break;
        case 0x485350: // PSH
          flags |= Flag.psh;
          at += 3;
          break;
        case 0x475255: // URG
          if (bytes[at + 3] !== 80) flags |= Flag.urg;
          else saw |= sawUrgent;
          break;
        case 0x434e49: // INC
          if (hasText(bytes, at, end, 'INCOMPLETE')) saw |= sawIncomplete;
          break;
        case 0x454345: // ECE
          flags |= Flag.ece;
          at += 3;
          break;
        case 0x525743: // CWR
          flags |= Flag.cwr;
          at += 3;
          break;
        case 0x505954: // TYP
          this.#type = readDecimal(bytes, at + 5, end);
          at = cursor.at;
          break;
        case 0x444f43: // COD
          this.#code = readDecimal(bytes, at + 5, end);
          at = cursor.at;
          break;
        case 0x504f48: // HOP
          this.#ttl = readDecimal(bytes, at + 9, end);
          at = cursor.at;
          break;
        case 0x415246: // FRA
        case 0x20464d: // MF_
          if (key === 0x20464d || bytes[at + 4] === 58) flags |= Flag.fragment;
          break;
        case 0x54504f: // OPT
          // 'OPT (020405B4…) ' or 'OPT ( HBH ) ': what is in it is no field.
          while (at < end && bytes[at] !== parenClose) at++;
          break;
        case 0x505241: // ARP
          if (hasText(bytes, at, end, 'ARP HTYPE=')) {
            this.#proto = Proto.arp;
            saw |= sawProto;
          }
          break;
        case 0x535049: // IPS
          if (hasText(bytes, at, end, 'IPSRC=') && readEither(bytes, at + 6, end, this.#source))
            saw |= sawSource;
          break;
        case 0x445049: // IPD
          if (hasText(bytes, at, end, 'IPDST=') && readEither(bytes, at + 6, end, this.#target))
            saw |= sawTarget;
          break;
        default:
          if (bytes[at] === bracketOpen && (saw & sawProto) !== 0) at = quotedEnd(bytes, at, end);
          else if (
            bytes[at] === 73 &&
            bytes[at + 1] === 68 &&
            bytes[at + 2] === equals &&
            (saw & sawProto) === 0
          ) {
            this.#ipId = readDecimal(bytes, at + 3, end);
            at = cursor.at;
          } else if (bytes[at] === 77 && bytes[at + 1] === 70 && at + 2 === end) flags |= Flag.fragment;
      }
      while (at < end && bytes[at] !== space) at++;
      while (at < end && bytes[at] === space) at++;
    }
    this.#flags = flags;
    this.#saw = saw;
    return saw;
  }

  /**
   * The fields that nearly every line begins with, in the order of Linux' kernel, in one go. Returns where the next field
   * begins; `start` when the line is of another shape, which the caller's loop then takes field by field.
   */
  #usualStart(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#kernel.netfilterUsual(place(bytes, start, end), start, placed);
    if (at === start) return start;
    const values = this.#values;
    setIPv4(this.#source, values[Usual.source]);
    setIPv4(this.#target, values[Usual.target]);
    this.#length = values[Usual.length];
    this.#ttl = values[Usual.ttl];
    this.#ipId = values[Usual.ipId];
    const proto = values[Usual.proto];
    if (proto === 0) {
      this.#saw = sawSource | sawTarget;
      return at;
    }
    this.#saw = sawSource | sawTarget | sawProto | sawPorts | sawTargetPort;
    this.#proto = proto;
    this.#sourcePort = values[Usual.sourcePort];
    this.#targetPort = values[Usual.targetPort];
    if (proto === Proto.udp) {
      this.#payload = values[Usual.last] - 8;
      return end;
    }
    this.#window = values[Usual.last];
    this.#usualFlags = Flag.header;
    // 'SYN URGP=0': the opener of most connections, and nothing of interest behind it.
    if (
      at + 8 < end &&
      bytes[at] === 83 &&
      bytes[at + 2] === 78 &&
      bytes[at + 3] === space &&
      bytes[at + 7] === 80
    ) {
      this.#usualFlags |= Flag.syn;
      this.#saw |= sawUrgent;
      return end;
    }
    return at;
  }

  #protocol(bytes: Uint8Array, start: number, end: number): number {
    cursor.at = start;
    switch (bytes[start]) {
      case 84:
        return hasText(bytes, start, end, 'TCP') ? Proto.tcp : -1;
      case 85:
        if (hasText(bytes, start, end, 'UDPLITE')) return 136;
        return hasText(bytes, start, end, 'UDP') ? Proto.udp : -1;
      case 73:
        if (hasText(bytes, start, end, 'ICMPv6')) return Proto.icmp6;
        if (hasText(bytes, start, end, 'IGMP')) return 2;
        return hasText(bytes, start, end, 'ICMP') ? Proto.icmp : -1;
      case 65:
        return hasText(bytes, start, end, 'AH') ? 51 : -1;
      case 69:
        return hasText(bytes, start, end, 'ESP') ? 50 : -1;
      case 83:
        return hasText(bytes, start, end, 'SCTP') ? Proto.sctp : -1;
      default: {
        const number = readDecimal(bytes, start, end);
        return number > 254 ? -1 : number;
      }
    }
  }

  #append(batch: EventBatch, time: number): void {
    const row = batch.length++;
    const proto = this.#proto;
    let flags = this.#flags;
    const sourcePort = this.#sourcePort;
    let targetPort = this.#targetPort;
    let role: number;
    if (proto === Proto.tcp) {
      const whole = (this.#saw & sawUrgent) !== 0;
      if ((this.#saw & sawPorts) === 0) role = Role.unknown;
      // A line that ends early says nothing of the flags that may have stood behind.
      else if (!whole && (flags & tcpBits) === 0) role = Role.unpaired;
      else {
        flags |= Flag.tcpFlags;
        role = tcpRole(flags, sourcePort, targetPort);
        if (whole && isStealth(flags, sourcePort, targetPort)) flags |= Flag.stealth;
        if ((flags & Flag.syn) !== 0 && this.#isBare()) flags |= Flag.noOptions;
      }
    } else if (proto === Proto.udp) {
      role = (this.#saw & sawPorts) === 0 ? Role.unknown : udpRole(sourcePort, targetPort);
      if (this.#payload > 0) flags |= Flag.sentData;
    } else if (proto === Proto.icmp || proto === Proto.icmp6) {
      targetPort = (bounded(this.#type, 255) << 8) | bounded(this.#code, 255);
      role = proto === Proto.icmp ? icmpRole(this.#type) : icmp6Role(this.#type);
    } else if (proto === Proto.arp) role = Role.unpaired;
    else role = Role.originator;
    if (isMulticast(this.#target) && proto !== Proto.tcp) role = Role.unknown;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = time;
    batch.flags[row] = flags | (this.#ttl > 0 ? Flag.header : 0);
    putAddresses(batch, row, this.#source, this.#target);
    batch.sourcePort[row] = sourcePort;
    batch.targetPort[row] = targetPort;
    batch.proto[row] = proto;
    if (this.#prefix.passed) batch.flags[row] |= Flag.passed;
    batch.outcome[row] = this.#prefix.denied ? Outcome.denied : Outcome.unknown;
    batch.role[row] = role;
    batch.ttl[row] = bounded(this.#ttl, 255);
    batch.window[row] = bounded(this.#window, 65_535);
    batch.ipId[row] = bounded(this.#ipId, 65_535);
    batch.sequence[row] = this.#sequence;
  }

  /** The packet is exactly as long as two headers without options. */
  #isBare(): boolean {
    return (
      this.#length ===
      (this.#source[2] === 0xffff && this.#source[1] === 0 && this.#source[0] === 0 ? 40 : 60)
    );
  }
}

function readEither(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
  const v4 = readIPv4(bytes, start, end);
  if (v4 < 0) return readIPv6(bytes, start, end, words);
  setIPv4(words, v4);
  return true;
}

const isPort = (value: number): boolean => value >= 0 && value <= 65_535;

function bounded(value: number, most: number): number {
  return value < 0 || value > most ? 0 : value;
}

/** Behind the ']' that closes the packet quoted by an ICMP error. */
function quotedEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === bracketOpen) depth++;
    else if (bytes[at] === bracketClose && --depth === 0) return at + 1;
  }
  return end;
}

/** Multicast or limited broadcast: discovery among neighbours, not a visit. */
function isMulticast(words: Uint32Array): boolean {
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) {
    return words[3] >>> 28 === 14 || words[3] === 0xffff_ffff;
  }
  return words[0] >>> 24 === 255;
}

/** 'KEY=value' of `journalctl -o export`: capital letters, digits and underscores. */
function isExportField(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && at - start < 64) {
    const code = bytes[at];
    if (code === equals) return at > start;
    if (!((code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95)) return false;
    at++;
  }
  return false;
}

const letterK = 107;

/** The first word is not the sender but the program or the rule's prefix: 'kernel:[WAN-D]IN=', '[WAN-D]IN=', 'DROP: IN='. */
function isNoHost(bytes: Uint8Array, start: number, wordEnd: number, end: number): boolean {
  return (
    bytes[start] === bracketOpen ||
    hasText(bytes, start, end, 'kernel:') ||
    (bytes[wordEnd - 1] === colon && hasText(bytes, wordEnd + 1, end, 'IN='))
  );
}
