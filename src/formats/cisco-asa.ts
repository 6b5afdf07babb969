import { readAddress } from '../bytes/addresses.ts';
import { colon, slash, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, find, hasText, readDecimal } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { AsaSides, Between } from '../wire/asa-sides.ts';
import { connectionId, duration, findMark, isDenial, messageId, servicePort } from '../wire/asa-words.ts';
import { closedOutcome, FirewallEvent } from '../wire/firewall-event.ts';
import { NamedFields } from '../wire/named-fields.ts';
import { readTransport } from '../wire/named-transport.ts';
import { readCommas } from '../wire/paired-fields.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { tcpNames } from '../wire/tcp-words.ts';
import { beginsWith, verdictWord, VerdictWord } from '../wire/verdict-words.ts';
import { zoneNameOffset } from '../wire/zone-names.ts';

/** Syslog messages of Cisco's ASA, PIX, FWSM and Firepower Threat Defense. */
export const ciscoAsa: Format = {
  name: 'cisco-asa',
  title: 'Cisco ASA, FTD, PIX and FWSM syslog messages',
  // A connection's end names its reason: a half-open one after 30 s, UDP after two minutes (Cisco, "timeout").
  lateness: 130,
  yields: ['contact', 'alert'],
  blindness: [
    'whether a UDP or ICMP target answered is not logged',
    'what a connection came to is known only where teardown messages (302014, 430003) are logged',
  ],
  sample:
    '<164>Nov 22 2026 00:32:11 fw01 : %ASA-4-106023: Deny tcp src outside:192.0.2.7/61000 dst inside:198.51.100.4/22 by access-group "outside_in" [0x0, 0x0]',
  recognise: (sample) =>
    0.98 * shareOf(sample, (line) => /%(?:ASA|FTD|PIX|FWSM)-(?:[a-z]+-)?\d-\d{6}/.test(line.slice(0, 300))),
  lines: (info) => new AsaReader(info),
};

/** Where in `names` a field of FTD's connection and intrusion events is. */
const at = {
  action: 0,
  source: 1,
  target: 2,
  sourcePort: 3,
  targetPort: 4,
  type: 5,
  code: 6,
  proto: 7,
  first: 8,
  packetsBack: 9,
  bytesBack: 10,
  bytesThere: 11,
  message: 12,
  classification: 13,
  priority: 14,
} as const;
const names = [
  'AccessControlRuleAction',
  'SrcIP',
  'DstIP',
  'SrcPort',
  'DstPort',
  'ICMPType',
  'ICMPCode',
  'Protocol',
  'FirstPacketSecond',
  'ResponderPackets',
  'ResponderBytes',
  'InitiatorBytes',
  'Message',
  'Classification',
  'Priority|IntrusionRulePriority',
] as const;

/** A bare reset with its Ethernet header, as FTD counts bytes. */
const resetFrame = 54;
/** Connections whose direction is remembered until their end: ids count up, so the last ones. */
const remembered = 1 << 18;
const known = 1;
const inbound = 2;

class AsaReader implements LineReader {
  readonly #syslog: Syslog;
  readonly #utc: Syslog;
  readonly #iso: IsoTimes;
  readonly #event = new FirewallEvent();
  readonly #fields = new NamedFields(names);
  readonly #ids = new Uint32Array(remembered);
  readonly #ways = new Uint8Array(remembered);
  readonly #sides = new AsaSides();
  /** Where the first side of a connection's message begins. */
  #first = 0;

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
    this.#utc = new Syslog({ ...info, zone: 'UTC' });
    this.#iso = new IsoTimes(new Zone(info.zone));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const mark = findMark(bytes, start, Math.min(end, start + 300));
    if (mark < 0) return 'no Cisco message id';
    const id = messageId(bytes, mark, end);
    if (id < 0) return 'no Cisco message id';
    const text = cursor.at;
    const event = this.#event;
    event.reset();
    event.time = this.#time(bytes, start, mark);
    if (Number.isNaN(event.time)) return 'no time stamp';
    return this.#message(batch, bytes, id, text, end);
  }

  /** The device's own stamp, which stands last before the message id, else the relay's. */
  #time(bytes: Uint8Array, start: number, mark: number): number {
    const syslog = this.#syslog;
    let from = start;
    let behind = syslog.stamp(bytes, start, mark);
    if (behind < 0) return Number.NaN;
    let { time } = syslog;
    for (let position = behind; position + 15 < mark; position++) {
      if (bytes[position - 1] !== space) continue;
      const next = syslog.stamp(bytes, position, mark);
      if (next < 0) continue;
      from = position;
      behind = next;
      time = syslog.time;
      break;
    }
    // 'Sep 25 15:47:07 EDT: %ASA…'
    let stop = behind;
    while (stop < mark && bytes[stop] >= 65 && bytes[stop] <= 90) stop++;
    if (stop > behind && stop - behind <= 4 && (bytes[stop] === colon || bytes[stop] === space)) {
      const offset = zoneNameOffset(bytes, behind, stop);
      if (!Number.isNaN(offset) && this.#utc.stamp(bytes, from, mark) >= 0) return this.#utc.time - offset;
    }
    return time;
  }

  #message(batch: EventBatch, bytes: Uint8Array, id: number, start: number, end: number): string {
    switch (id) {
      case 106001:
        return this.#fromTo(batch, bytes, start, end, Proto.tcp);
      case 106006:
      case 106007:
        return this.#fromTo(batch, bytes, start, end, Proto.udp);
      case 106015:
        return this.#fromTo(batch, bytes, start, end, Proto.tcp);
      case 106021:
        return this.#fromTo(
          batch,
          bytes,
          start,
          end,
          protocolOf(bytes, start + 5, find(bytes, start + 5, end, space)),
        );
      case 106010:
      case 106011:
      case 106014:
      case 106023:
        return this.#sourceTarget(batch, bytes, start, end);
      case 106100:
      case 106102:
      case 106103:
        return this.#accessList(batch, bytes, start, end);
      case 302013:
      case 302015:
      case 302303:
        return this.#built(batch, bytes, start, end, id === 302015 ? Proto.udp : Proto.tcp);
      case 302014:
      case 302016:
      case 302304:
        return this.#teardown(batch, bytes, start, end, id === 302016 ? Proto.udp : Proto.tcp);
      case 302020:
        return this.#icmp(batch, bytes, start, end);
      case 430001:
      case 430002:
      case 430003:
        return this.#firepower(batch, bytes, start, end, id);
      case 710002:
      case 710003:
      case 710005:
        return this.#toTheBox(batch, bytes, start, end, id === 710002);
      case 733101:
      case 733102:
        return this.#threat(batch, bytes, start, end);
      default:
        return id >= 400_000 && id < 400_051 ? this.#ids4(batch, bytes, start, end) : '';
    }
  }

  /** 'from 192.0.2.7/61000 to 198.51.100.4/22 flags SYN  on interface outside' */
  #fromTo(batch: EventBatch, bytes: Uint8Array, start: number, end: number, proto: number): string {
    const event = this.#event;
    event.proto = proto;
    if (proto === 0) return 'no protocol';
    const from = findText(bytes, start, end, ' from ');
    const sides = this.#sides;
    const behind = from < 0 ? -1 : sides.read(bytes, from + 6, end, Between.to, event);
    if (behind < 0) return 'no source or target address';
    event.sourcePort = Math.max(0, sides.sourcePort);
    // Some of these messages never name ports.
    event.targetPort = sides.sourcePort < 0 ? Math.max(0, sides.targetPort) : sides.targetPort;
    event.outcome = Outcome.denied;
    const flags = findText(bytes, behind, end, ' flags ');
    if (flags >= 0) {
      event.hasFlags = true;
      const stop = findText(bytes, flags, end, ' on ');
      event.flags |= tcpNames(bytes, flags + 7, stop < 0 ? end : stop);
    }
    return event.putPacket(batch);
  }

  /** 'Deny tcp src outside:192.0.2.7/61000 dst inside:198.51.100.4/22 by access-group …' */
  #sourceTarget(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    const src = findText(bytes, start, end, ' src ');
    if (src < 0) return 'no source or target address';
    let word = src;
    while (word > start && bytes[word - 1] !== space) word--;
    event.proto = protocolOf(bytes, word, src);
    if (event.proto === 0) return 'no protocol';
    const sides = this.#sides;
    const behind = sides.read(bytes, src + 5, end, Between.dst, event);
    if (behind < 0) return 'no source or target address';
    event.sourcePort = Math.max(0, sides.sourcePort);
    event.targetPort = sides.targetPort;
    event.outcome = Outcome.denied;
    this.#typeAndCode(bytes, behind, end);
    return event.putSession(batch);
  }

  /** '(type 8, code 0)', 'type 8 code 0' */
  #typeAndCode(bytes: Uint8Array, start: number, end: number): void {
    const event = this.#event;
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    if (event.proto !== Proto.icmp && event.proto !== Proto.icmp6) return;
    const type = findText(bytes, start, end, 'type ');
    if (type < 0) return;
    event.type = readDecimal(bytes, type + 5, end);
    const code = findText(bytes, type, end, 'code ');
    if (code >= 0) event.code = Math.max(0, readDecimal(bytes, code + 5, end));
  }

  /** 'access-list outside_in denied tcp outside/192.0.2.7(61000) -> inside/198.51.100.4(22) hit-cnt 1 first hit …' */
  #accessList(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    const arrow = findText(bytes, start, end, ' -> ');
    if (arrow < 0) return 'no source or target address';
    let word = find(bytes, start + 12, end, space) + 1;
    let stop = find(bytes, word, end, space);
    const verdict = verdictWord(bytes, word, stop);
    if (verdict === VerdictWord.denied) event.outcome = Outcome.denied;
    else event.passed = true;
    word = stop + 1;
    stop = find(bytes, word, end, space);
    event.proto = protocolOf(bytes, word, stop);
    if (event.proto === 0) return 'no protocol';
    let from = stop + 1;
    if (hasText(bytes, from, end, 'for user ')) from = find(bytes, from + 9, end, space) + 1;
    const sides = this.#sides;
    if (sides.readAround(bytes, from, arrow, end, event) < 0) return 'no source or target address';
    const sourcePort = Math.max(0, sides.sourcePort);
    event.sourcePort = sourcePort;
    event.targetPort = sides.targetPort;
    // For ICMP the two are type and code.
    event.type = sourcePort;
    event.code = Math.max(0, sides.targetPort);
    return event.putSession(batch);
  }

  /** 'Built inbound TCP connection 8 for outside:192.0.2.7/61000 (…) to inside:198.51.100.4/22 (…)' */
  #built(batch: EventBatch, bytes: Uint8Array, start: number, end: number, proto: number): string {
    const event = this.#event;
    const isInbound = !hasText(bytes, start, end, 'Built outbound');
    const id = connectionId(bytes, start, end);
    const reason = this.#connection(bytes, cursor.at, end);
    if (reason !== '') return reason;
    event.proto = proto;
    if (id >= 0) {
      const slot = id & (remembered - 1);
      this.#ids[slot] = this.#tag(id);
      this.#ways[slot] = known | (isInbound ? inbound : 0);
    }
    if (!isInbound) event.swap();
    event.passed = true;
    return event.putSession(batch);
  }

  /** ' for outside:192.0.2.7/61000 … to inside:198.51.100.4/22 …' into source and target; `cursor.at`: behind it. */
  #connection(bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    let from = hasText(bytes, start, end, ' for ') ? start : findText(bytes, start, end, ' for ');
    // 'state-bypass connection 3 from initiator to responder'
    if (from < 0) from = findText(bytes, start, end, ' from ') + 1;
    this.#first = from + 5;
    const sides = this.#sides;
    const behind = from <= 0 ? -1 : sides.read(bytes, from + 5, end, Between.to, event);
    if (behind < 0) return 'no source or target address';
    event.sourcePort = Math.max(0, sides.sourcePort);
    event.targetPort = sides.targetPort;
    cursor.at = behind;
    return '';
  }

  /** The connection's number and sides, so that two devices in one file do not answer for each other's connections. */
  #tag(id: number): number {
    const { source, target, sourcePort, targetPort } = this.#event;
    const ports = (sourcePort << 16) | targetPort;
    const sides = Math.imul(source[3] ^ source[1], 0x9e3779b1) ^ Math.imul(target[3] ^ target[1], 0x85ebca6b);
    return (Math.imul(id ^ ports, 0xc2b2ae35) ^ sides) >>> 0;
  }

  /** 'Teardown TCP connection 8 for outside:… to inside:… duration 0:00:30 bytes 0 SYN Timeout' */
  #teardown(batch: EventBatch, bytes: Uint8Array, start: number, end: number, proto: number): string {
    const event = this.#event;
    const id = connectionId(bytes, start, end);
    const reason = this.#connection(bytes, cursor.at, end);
    if (reason !== '') return reason;
    const slot = id & (remembered - 1);
    const way = id >= 0 && this.#ids[slot] === this.#tag(id) ? this.#ways[slot] : 0;
    // Of UDP the end says nothing new.
    if (proto === Proto.udp && way !== 0) return '';
    const firstName = this.#first;
    const behind = cursor.at;
    event.proto = proto;
    const durationAt = findText(bytes, behind, end, 'duration ');
    if (durationAt >= 0) event.time -= duration(bytes, durationAt + 9, end);
    const bytesAt = findText(bytes, behind, end, ' bytes ');
    const count = bytesAt < 0 ? -1 : readDecimal(bytes, bytesAt + 7, end);
    const why = bytesAt < 0 ? end : cursor.at + 1;
    // First is the less secure side; who began stands in the message of the beginning only.
    let firstBegan = way === 0 || (way & inbound) !== 0;
    if (way === 0 && event.sourcePort > 0 && event.sourcePort < 1024 && event.targetPort >= 1024)
      firstBegan = false;
    if (proto === Proto.tcp) {
      event.outcome = this.#ending(bytes, why, end, count, firstBegan, firstName);
      if (event.outcome === Outcome.answered && count > 0) event.flags |= Flag.gotData;
    }
    if (!firstBegan) event.swap();
    event.passed = true;
    const refusal = event.putSession(batch);
    if (refusal !== '') return refusal;
    if (way === 0) batch.role[batch.length - 1] = Role.unpaired;
    return '';
  }

  /**
   * How a TCP connection went, by the reason of its end. A handshake that was not completed ends in SYN Timeout; a reset
   * before any payload is the target's refusal, or the scanner's own answer to the target's SYN-ACK.
   */
  #ending(
    bytes: Uint8Array,
    why: number,
    end: number,
    count: number,
    firstBegan: boolean,
    firstName: number,
  ): number {
    if (hasText(bytes, why, end, 'SYN Timeout')) return Outcome.unanswered;
    if (hasText(bytes, why, end, 'TCP Reset')) {
      if (count > 0) return Outcome.answered;
      let byFirst = hasText(bytes, why, end, 'TCP Reset-O');
      if (!byFirst && !hasText(bytes, why, end, 'TCP Reset-I')) return Outcome.unknown;
      // Newer versions name the interface: 'TCP Reset-O from outside'.
      const from = hasText(bytes, why + 11, end, ' from ') ? why + 17 : -1;
      if (from >= 0) {
        const stop = find(bytes, from, end, space);
        byFirst = sameText(bytes, from, stop, firstName) && bytes[firstName + stop - from] === colon;
      }
      return byFirst === firstBegan ? Outcome.answered : Outcome.refused;
    }
    if (hasText(bytes, why, end, 'TCP FINs') || hasText(bytes, why, end, 'FIN Timeout'))
      return Outcome.answered;
    if (isDenial(bytes, why, end)) return Outcome.denied;
    return count > 0 ? Outcome.answered : Outcome.unknown;
  }

  /** 'Built inbound ICMP connection for faddr 192.0.2.7/0 gaddr … laddr 198.51.100.4/0 type 8 code 0' */
  #icmp(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    const foreign = findText(bytes, start, end, 'faddr ');
    const local = findText(bytes, start, end, 'laddr ');
    if (
      foreign < 0 ||
      local < 0 ||
      this.#sides.one(bytes, foreign + 6, end, event.source) < 0 ||
      this.#sides.one(bytes, local + 6, end, event.target) < 0
    ) {
      return 'no source or target address';
    }
    event.proto = Proto.icmp;
    this.#typeAndCode(bytes, local, end);
    if (!hasText(bytes, start, end, 'Built inbound')) event.swap();
    event.passed = true;
    return event.putSession(batch);
  }

  /** 'TCP access denied by ACL from 192.0.2.7/61000 to outside:198.51.100.4/22': to the firewall itself. */
  #toTheBox(batch: EventBatch, bytes: Uint8Array, start: number, end: number, permitted: boolean): string {
    const event = this.#event;
    event.proto = protocolOf(bytes, start, find(bytes, start, end, space));
    if (event.proto === 0) return 'no protocol';
    const from = findText(bytes, start, end, ' from ');
    const sides = this.#sides;
    const behind = from < 0 ? -1 : sides.read(bytes, from + 6, end, Between.to, event);
    if (behind < 0) return 'no source or target address';
    let { targetPort } = sides;
    // A service may stand by its name: '198.51.100.4/ssh'.
    if (targetPort < 0 && behind < end && bytes[behind] === slash) {
      targetPort = servicePort(bytes, behind + 1, find(bytes, behind, end, space));
      if (targetPort < 0) return 'service that is not known by name';
    }
    event.sourcePort = Math.max(0, sides.sourcePort);
    event.targetPort = targetPort;
    if (permitted) event.passed = true;
    else event.outcome = Outcome.denied;
    return event.putSession(batch);
  }

  /** 'Host 192.0.2.7 is attacking. …', 'Threat-detection adds host 192.0.2.7 to shun list' */
  #threat(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    const host = beginsWith(bytes, start, end, 'host ') ? start : findText(bytes, start, end, 'host ');
    // A host that is targeted is nobody's source, and a subnet none.
    if (host < 0 || findText(bytes, host, end, 'is targeted') >= 0) return '';
    if (!readAddress(bytes, host + 5, end, event.source)) return 'no source or target address';
    const row = event.putAlert(batch, 2, false);
    batch.setText(row, Text.name, start, end);
    return '';
  }

  /** 'IDS:2004 ICMP echo request from 192.0.2.7 to 198.51.100.4 on interface outside' */
  #ids4(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    const from = findText(bytes, start, end, ' from ');
    if (from < 0 || this.#sides.read(bytes, from + 6, end, Between.to, event) < 0)
      return 'no source or target address';
    const row = event.putAlert(batch, 3);
    batch.setText(row, Text.name, start, from);
    return '';
  }

  #firepower(batch: EventBatch, bytes: Uint8Array, start: number, end: number, id: number): string {
    const event = this.#event;
    const fields = this.#fields;
    readCommas(fields, bytes, start, end);
    if (!fields.address(bytes, at.source, event.source) || !fields.address(bytes, at.target, event.target))
      return 'no source or target address';
    if (!readTransport(event, fields, bytes, at)) return 'no protocol';
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    this.#firepowerType(bytes);
    if (fields.has(at.first)) {
      const first = this.#iso.read(bytes, fields.start[at.first], fields.end[at.first]);
      if (!Number.isNaN(first)) event.time = first;
    }
    if (id === 430_001) {
      const priority = fields.integer(bytes, at.priority);
      const row = event.putAlert(batch, priority > 0 ? priority : 2);
      if (fields.has(at.message))
        setQuoted(batch, row, Text.name, bytes, fields.start[at.message], fields.end[at.message]);
      if (fields.has(at.classification))
        batch.setText(row, Text.detail, fields.start[at.classification], fields.end[at.classification]);
      return '';
    }
    if (fields.has(at.action)) {
      const verdict = verdictWord(bytes, fields.start[at.action], fields.end[at.action]);
      if (verdict === VerdictWord.denied) event.outcome = Outcome.denied;
      else event.passed = true;
    }
    if (event.outcome === Outcome.unknown) this.#firepowerOutcome(bytes, id === 430_003);
    return event.putSession(batch);
  }

  #firepowerOutcome(bytes: Uint8Array, over: boolean): void {
    const event = this.#event;
    const packets = this.#fields.integer(bytes, at.packetsBack);
    const back = this.#fields.integer(bytes, at.bytesBack);
    // A flow that the hardware took over is not counted, in neither direction.
    if (this.#fields.integer(bytes, at.bytesThere) <= 0 || packets < 0 || back < 0) return;
    if (!over && packets === 0) return;
    const reset = event.source[2] === 0xffff && packets === 1 && back === resetFrame;
    event.outcome = closedOutcome(event.proto, packets, back, reset);
    event.size = back;
  }

  /** ICMPType and ICMPCode stand in words ('Echo Request', 'No Code') or as numbers. */
  #firepowerType(bytes: Uint8Array): void {
    const fields = this.#fields;
    const event = this.#event;
    if (!fields.has(at.type)) return;
    const v6 = event.proto === Proto.icmp6;
    const number = fields.integer(bytes, at.type);
    if (number >= 0) event.type = number;
    else if (fields.begins(bytes, at.type, 'echo request')) event.type = v6 ? 128 : 8;
    else if (fields.begins(bytes, at.type, 'echo reply')) event.type = v6 ? 129 : 0;
    else if (fields.begins(bytes, at.type, 'destination unreachable')) event.type = v6 ? 1 : 3;
    else if (fields.begins(bytes, at.type, 'time exceeded')) event.type = v6 ? 3 : 11;
    else if (fields.begins(bytes, at.type, 'timestamp request')) event.type = 13;
    event.code = Math.max(0, fields.integer(bytes, at.code));
  }
}

function sameText(bytes: Uint8Array, start: number, end: number, other: number): boolean {
  for (let i = 0; i < end - start; i++) if (bytes[start + i] !== bytes[other + i]) return false;
  return true;
}

function setQuoted(
  batch: EventBatch,
  row: number,
  text: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  let from = start;
  let to = end;
  while (from < to && (bytes[from] === 34 || bytes[from] === 92)) from++;
  while (to > from && (bytes[to - 1] === 34 || bytes[to - 1] === 92)) to--;
  batch.setText(row, text, from, to);
}
