import { address } from '../bytes/addresses.ts';
import { hash, minus, space } from '../bytes/codes.ts';
import { decimal, hasText, isText, port } from '../bytes/numbers.ts';
import { Words } from '../bytes/words.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes } from '../wire/clock-times.ts';
import { FirewallEvent } from '../wire/firewall-event.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { tcpLetters } from '../wire/tcp-words.ts';
import { verdictWord, VerdictWord } from '../wire/verdict-words.ts';

/** Columns by their names in '#Fields:'; the order below is that of version 1.5, taken when there is no header. */
const columns = [
  'date',
  'time',
  'action',
  'protocol',
  'src-ip',
  'dst-ip',
  'src-port',
  'dst-port',
  'size',
  'tcpflags',
  'tcpsyn',
  'tcpack',
  'tcpwin',
  'icmptype',
  'icmpcode',
  'info',
  'path',
  'pid',
] as const;
const at = {
  date: 0,
  time: 1,
  action: 2,
  proto: 3,
  source: 4,
  target: 5,
  sourcePort: 6,
  targetPort: 7,
  size: 8,
  flags: 9,
  sequence: 10,
  window: 12,
  type: 13,
  code: 14,
} as const;
const needed = [at.date, at.time, at.action, at.proto, at.source, at.target];
const fieldsAtMost = 32;

/** The log of Windows Defender Firewall (Windows Firewall, Internet Connection Firewall): pfirewall.log. */
export const windowsFirewall: Format = {
  name: 'windows-firewall',
  title: 'Windows Defender Firewall log (pfirewall.log)',
  lateness: 10,
  yields: ['contact'],
  blindness: [
    'a firewall log does not say whether the target answered',
    'by default only dropped packets are logged, or nothing; the file is cut off at 4 MiB unless set otherwise',
  ],
  sample: '2026-11-22 00:32:11 DROP TCP 192.0.2.7 198.51.100.4 61000 22 44 S 1234567890 0 1024 - - - RECEIVE',
  recognise({ lines }) {
    if (
      lines.some(
        (line) =>
          line.startsWith('#Software: Microsoft Windows Firewall') ||
          line.startsWith('#Software: Microsoft Internet Connection Firewall'),
      )
    )
      return 1;
    let fitting = 0;
    let seen = 0;
    for (const line of lines) {
      if (line === '' || line.startsWith('#')) continue;
      seen++;
      if (
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:ALLOW|DROP|OPEN|OPEN-INBOUND|CLOSE|INFO-EVENTS-LOST) /.test(line)
      )
        fitting++;
    }
    return seen === 0 ? 0 : (0.95 * fitting) / seen;
  },
  lines: (info) => new WindowsFirewallReader(info),
};

class WindowsFirewallReader implements LineReader {
  readonly #local: ClockTimes;
  readonly #utc: ClockTimes;
  #times: ClockTimes;
  readonly #event = new FirewallEvent();
  readonly #words = new Words(fieldsAtMost);
  #count = 0;
  /** Field of the line for each column, -1 absent. */
  readonly #field = Int8Array.from(columns, (_, i) => i);
  /** Fields up to the last of those that are looked at. */
  #used: number = at.code + 1;

  constructor(info: InputInfo) {
    this.#local = new ClockTimes(new Zone(info.zone));
    this.#utc = new ClockTimes(new Zone('UTC'));
    this.#times = this.#local;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    if (bytes[start] === hash) return this.#directive(bytes, start, end);
    this.#count = this.#words.find(bytes, start, end, this.#used);
    for (const column of needed) if (!this.#has(column)) return 'fewer fields than the header names';
    if (this.#is(bytes, at.action, 'INFO-EVENTS-LOST')) return 'events that the firewall lost';
    const event = this.#event;
    event.reset();
    event.time =
      this.#to(at.date) - this.#from(at.date) === 10
        ? this.#times.read(bytes, this.#from(at.date), this.#from(at.time), this.#to(at.time))
        : Number.NaN;
    if (Number.isNaN(event.time)) return 'no time stamp';
    // The end of what OPEN began.
    if (this.#is(bytes, at.action, 'CLOSE')) return '';
    if (
      !address(bytes, this.#from(at.source), this.#to(at.source), event.source) ||
      !address(bytes, this.#from(at.target), this.#to(at.target), event.target)
    ) {
      return 'no source or target address';
    }
    event.proto = protocolOf(bytes, this.#from(at.proto), this.#to(at.proto));
    if (event.proto === 0) return 'no protocol';
    const v4 = event.source[2] === 0xffff && event.source[1] === 0 && event.source[0] === 0;
    if (event.proto === Proto.icmp && !v4) event.proto = Proto.icmp6;
    event.sourcePort = this.#number(bytes, at.sourcePort, 65_535);
    event.targetPort = this.#number(bytes, at.targetPort, 65_535);
    if (this.#has(at.type) && bytes[this.#from(at.type)] !== minus) {
      event.type = this.#number(bytes, at.type, 255);
      event.code = this.#number(bytes, at.code, 255);
    }
    if (verdictWord(bytes, this.#from(at.action), this.#to(at.action)) === VerdictWord.denied) {
      event.outcome = Outcome.denied;
      this.#packet(bytes, v4);
    } else event.passed = true;
    if (event.hasFlags || (event.outcome === Outcome.denied && event.proto !== Proto.tcp))
      event.putPacket(batch);
    else event.putSession(batch);
    return '';
  }

  /** '#Fields: date time …', '#Time Format: Local' and the rest. */
  #directive(bytes: Uint8Array, start: number, end: number): string {
    if (hasText(bytes, start, end, '#Time Format:')) {
      let value = start + 13;
      while (value < end && bytes[value] === space) value++;
      this.#times = hasText(bytes, value, end, 'Local') ? this.#local : this.#utc;
    } else if (hasText(bytes, start, end, '#Fields:')) {
      const { start: from, end: to } = this.#words;
      const count = this.#words.find(bytes, start + 8, end);
      this.#field.fill(-1);
      for (let i = 0; i < count; i++) {
        for (const [column, name] of columns.entries()) {
          if (isText(bytes, from[i], to[i], name)) this.#field[column] = i;
        }
      }
      this.#used = Math.max(1, ...this.#field.subarray(0, at.code + 1).map((field) => field + 1));
    }
    return '';
  }

  /** What a dropped packet shows: flags, size, window; allowed connections have 0 or '-' there. */
  #packet(bytes: Uint8Array, v4: boolean): void {
    const event = this.#event;
    const size = this.#number(bytes, at.size, 1 << 20);
    if (event.proto === Proto.udp) {
      if (size > (v4 ? 28 : 48)) event.flags |= Flag.sentData;
      return;
    }
    if (event.proto !== Proto.tcp || !this.#has(at.flags)) return;
    const from = this.#from(at.flags);
    // '-' alone: not logged; a packet without any flag shows '0'.
    if (bytes[from] === minus) return;
    event.hasFlags = true;
    event.flags |= tcpLetters(bytes, from, this.#to(at.flags));
    event.sequence = this.#number(bytes, at.sequence, 0xffff_ffff);
    event.window = this.#number(bytes, at.window, 65_535);
    event.flags |= Flag.header;
    if ((event.flags & Flag.syn) !== 0 && size === (v4 ? 40 : 60)) event.flags |= Flag.noOptions;
  }

  #has(column: number): boolean {
    const field = this.#field[column];
    return field >= 0 && field < this.#count;
  }

  #from(column: number): number {
    return this.#words.start[this.#field[column]];
  }

  #to(column: number): number {
    return this.#words.end[this.#field[column]];
  }

  #is(bytes: Uint8Array, column: number, text: string): boolean {
    return isText(bytes, this.#from(column), this.#to(column), text);
  }

  /** A number up to `most`; 0 for '-', for what is absent, and for anything else. */
  #number(bytes: Uint8Array, column: number, most: number): number {
    if (!this.#has(column)) return 0;
    const value =
      most === 65_535
        ? port(bytes, this.#from(column), this.#to(column))
        : decimal(bytes, this.#from(column), this.#to(column));
    return value < 0 || value > most ? 0 : value;
  }
}
