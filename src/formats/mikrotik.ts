import { copyWords } from '../bytes/addresses.ts';
import { colon, comma, parenClose, parenOpen, slash, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, find, hasText, readDecimal } from '../bytes/numbers.ts';
import { TextMarks } from '../bytes/text-marks.ts';
import { clock, dayMicros, daysFromCivil, isDate, monthName, fourDigits, twoDigits } from '../bytes/times.ts';
import { YearlessTimes } from '../bytes/yearless.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { endpoint, readEndpoint, readEndpointTo } from '../wire/alert-line.ts';
import { FirewallEvent } from '../wire/firewall-event.ts';
import { behindPriority } from '../wire/paired-fields.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';
import { SeenTexts } from '../wire/seen-texts.ts';
import { Syslog } from '../wire/syslog.ts';
import { tcpNames } from '../wire/tcp-words.ts';
import { verdictWithin, VerdictWord } from '../wire/verdict-words.ts';

/** RouterOS's firewall log: one packet a line, of rules with `log=yes` or `action=log`. */
export const mikrotik: Format = {
  name: 'mikrotik',
  title: 'MikroTik RouterOS firewall log',
  lateness: 10,
  yields: ['contact'],
  blindness: [
    'a firewall log does not say whether the target answered',
    'what became of a packet is known only where the rule’s log prefix says it',
  ],
  sample:
    '2026-11-22T00:32:11.250000+00:00 192.0.2.1 firewall,info drop-in input: in:ether1-WAN out:(unknown 0), connection-state:new src-mac 52:54:00:12:34:56, proto TCP (SYN), 192.0.2.7:61000->198.51.100.4:22, len 44',
  recognise: (sample) => 0.97 * shareOf(sample, isPacketLine),
  lines: (info) => new MikrotikReader(info),
};

function isPacketLine(line: string): boolean {
  const way = line.indexOf(' in:');
  if (way < 0) return false;
  const proto = line.indexOf(', proto ', way);
  const other = proto < 0 ? line.indexOf(' proto ', way) : proto;
  return other > 0 && line.includes(' out:', way) && line.includes('->', other);
}

/** What is looked for in a line. */
const parting = [' in:', ' proto ', 'firewall,', ' NAT ', ' len ', 'code ', '->(', '->'];
const Mark = { way: 0, proto: 1, topics: 2, nat: 3, length: 4, code: 5, translation: 6, arrow: 7 } as const;

class MikrotikReader implements LineReader {
  readonly #marks = TextMarks.of(parting);
  readonly #syslog: Syslog;
  readonly #yearless: YearlessTimes;
  readonly #zone: Zone;
  readonly #event = new FirewallEvent();
  readonly #words = new Uint32Array(4);
  /** What log prefixes say. */
  readonly #prefixes = new SeenTexts();

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
    this.#zone = new Zone(info.zone);
    this.#yearless = new YearlessTimes(this.#zone, info.modified);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const marks = this.#marks;
    marks.find(bytes, start, end);
    const way = marks.in(Mark.way, bytes, start, end);
    const proto = way < 0 ? -1 : marks.in(Mark.proto, bytes, way, end);
    if (proto < 0) return 'no firewall packet';
    const event = this.#event;
    event.reset();
    let text = this.#syslog.stamp(bytes, start, end);
    if (text >= 0) event.time = this.#syslog.time;
    else {
      const from = behindPriority(bytes, start, end);
      event.time = this.#ownStamp(bytes, from, end);
      if (Number.isNaN(event.time)) return 'no time stamp';
      text = cursor.at;
    }
    this.#verdict(bytes, text, way);
    const reason = this.#packet(bytes, proto + 7, end);
    if (reason !== '') return reason;
    return event.putPacket(batch);
  }

  /** RouterOS before 7.10 stamps its own files 'nov/22 00:32:11' or 'nov/22/2026 00:32:11'. */
  #ownStamp(bytes: Uint8Array, start: number, end: number): number {
    const month = end - start > 15 && bytes[start + 3] === slash ? monthName(bytes, start) : 0;
    const day = twoDigits(bytes, start + 4);
    if (month === 0) return Number.NaN;
    if (bytes[start + 6] === slash) {
      const year = fourDigits(bytes, start + 7);
      const seconds = clock(bytes, start + 12, end);
      if (seconds < 0 || !isDate(year, month, day)) return Number.NaN;
      cursor.at = start + 20;
      return this.#zone.toUtc(daysFromCivil(year, month, day) * dayMicros + seconds * 1_000_000);
    }
    if (bytes[start + 6] !== space || end - start < 15) return Number.NaN;
    // As 'nov 22 00:32:11', which is what syslog writes, by the same year rule.
    for (let i = 0; i < 15; i++) this.#stamp[i] = bytes[start + i];
    this.#stamp[3] = space;
    const time = this.#yearless.read(this.#stamp, 0, 15);
    cursor.at = start + 15;
    return time;
  }
  readonly #stamp = new Uint8Array(15);

  /** By the rule's log prefix, which stands between the topics and the chain; a chain's name ('forward') is no word of it. */
  #verdict(bytes: Uint8Array, from: number, way: number): void {
    const topics = this.#marks.in(Mark.topics, bytes, from, way);
    const start = topics < 0 ? from : find(bytes, topics, way, space);
    let chain = way;
    while (chain > start && bytes[chain - 1] !== space) chain--;
    if (bytes[way - 1] !== colon) chain = way;
    // Without topics the host stands there, too: a router called 'drop' refuses nothing.
    const prefix = topics < 0 ? find(bytes, start, chain, space) : start;
    let verdict = this.#prefixes.find(bytes, prefix, chain);
    if (verdict < 0) verdict = this.#prefixes.keep(bytes, prefix, chain, verdictWithin(bytes, prefix, chain));
    if (verdict === VerdictWord.denied) this.#event.outcome = Outcome.denied;
    else if (verdict === VerdictWord.passed) this.#event.passed = true;
  }

  /** 'TCP (SYN), 192.0.2.7:61000->198.51.100.4:22, NAT …, len 44' */
  #packet(bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    let at = start;
    while (at < end && bytes[at] !== space && bytes[at] !== comma) at++;
    event.proto = protocolOf(bytes, start, at);
    if (event.proto === 0) return 'no protocol';
    if (at + 1 < end && bytes[at] === space && bytes[at + 1] === parenOpen) {
      const close = find(bytes, at, end, parenClose);
      this.#bracket(bytes, at + 2, close);
      at = close + 1;
    }
    while (at < end && (bytes[at] === comma || bytes[at] === space)) at++;
    const stop = this.#endpoints(bytes, at, end);
    if (stop < 0) return 'no source or target address';
    const v4 = event.source[2] === 0xffff && event.source[1] === 0 && event.source[0] === 0;
    if (event.proto === Proto.icmp && !v4) event.proto = Proto.icmp6;
    this.#behind(bytes, stop, end, v4);
    return '';
  }

  /** '192.0.2.7:61000->198.51.100.4:22'; returns where the comma behind it is, -1 when it is none. */
  #endpoints(bytes: Uint8Array, start: number, end: number): number {
    const event = this.#event;
    const arrow = this.#marks.in(Mark.arrow, bytes, start, end);
    if (arrow < 0 || !readEndpoint(bytes, start, arrow, false, event.source)) return -1;
    event.sourcePort = Math.max(0, endpoint.port);
    if (!readEndpointTo(bytes, arrow + 2, end, comma, false, event.target)) return -1;
    event.targetPort = endpoint.port;
    return endpoint.end;
  }

  /** What the brackets behind the protocol hold: 'SYN,ACK' or 'type 8, code 0'. */
  #bracket(bytes: Uint8Array, start: number, end: number): void {
    const event = this.#event;
    if (event.proto === Proto.tcp) {
      event.hasFlags = true;
      event.flags |= tcpNames(bytes, start, end);
    } else if (hasText(bytes, start, end, 'type ')) {
      event.type = readDecimal(bytes, start + 5, end);
      const code = this.#marks.in(Mark.code, bytes, start, end);
      if (code >= 0) event.code = Math.max(0, readDecimal(bytes, code + 5, end));
    }
  }

  /** ', NAT …, len 44' */
  #behind(bytes: Uint8Array, start: number, end: number, v4: boolean): void {
    const nat = this.#marks.in(Mark.nat, bytes, start, end);
    const length = this.#marks.in(Mark.length, bytes, start, end);
    if (nat >= 0) this.#translation(bytes, nat, end);
    if (length >= 0) this.#length(readDecimal(bytes, length + 5, end), v4);
  }

  /** ' NAT 192.0.2.7:61000->(203.0.113.4:22->10.0.0.4:2222)': the real server stands last. Source NAT changes nothing here. */
  #translation(bytes: Uint8Array, nat: number, end: number): void {
    const open = this.#marks.in(Mark.translation, bytes, nat, end);
    const close = open < 0 ? -1 : find(bytes, open, end, parenClose);
    const arrow = open < 0 ? -1 : findText(bytes, open + 3, close, '->');
    if (arrow < 0 || !readEndpoint(bytes, arrow + 2, close, false, this.#words)) return;
    copyWords(this.#words, this.#event.target);
    if (endpoint.port >= 0) this.#event.targetPort = endpoint.port;
  }

  /** ' len 44': the whole packet over IPv4, what follows the header over IPv6. */
  #length(length: number, v4: boolean): void {
    const event = this.#event;
    if (length < 0) return;
    if (event.proto === Proto.udp && length > (v4 ? 28 : 8)) event.flags |= Flag.sentData;
    if (event.proto === Proto.tcp && (event.flags & Flag.syn) !== 0 && length === (v4 ? 40 : 20))
      event.flags |= Flag.noOptions;
  }
}
