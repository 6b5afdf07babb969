import { address } from '../bytes/addresses.ts';
import { bracketOpen, dot, minus, parenClose, parenOpen, slash, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, find, hasText, readDecimal } from '../bytes/numbers.ts';
import { dayMicros, daysFromCivil, isDate } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { QueryRow } from '../wire/query-row.ts';
import { shareOf } from '../wire/recognition.ts';

/** The debug log of Windows' DNS server (dns.log), packets without details or with them. */
export const windowsDns: Format = {
  name: 'windows-dns',
  title: 'Windows DNS Server debug log (dns.log)',
  lateness: 10,
  yields: ['query'],
  blindness: ['the source may be a resolver that asks for others'],
  sample:
    '11/22/2026 12:32:11 AM 0294 PACKET  000002DAEC36D650 UDP Snd 192.0.2.7       d07e R Q [8385 A DR NXDOMAIN] A      (3)vpn(7)example(3)com(0)',
  recognise(sample) {
    if (sample.lines[0]?.startsWith('DNS Server log file creation')) return 1;
    const share = shareOf(sample, (line) => packet.test(line.slice(0, 200)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new WindowsDnsReader(info),
};

const packet = / PACKET {1,4}[0-9A-Fa-f]{8,16} (?:UDP|TCP) (?:Rcv|Snd) [0-9a-f.:]{2,45} {1,20}[0-9a-f]{4} /;
/** 'UDP', 'TCP', 'Rcv', 'Snd' as numbers. */
const udp = 0x554450;
const tcp = 0x544350;
const receivedWord = 0x526376;
const sentWord = 0x536e64;
/** A name of 255 bytes as labels with their lengths. */
const nameRoom = 512;

class WindowsDnsReader implements LineReader {
  readonly #zone: Zone;
  readonly #row = new QueryRow();
  readonly #name = new Uint8Array(nameRoom);
  /** Answers are logged: they hold what the questions do. */
  #answers = false;
  /** The first number of a date is the day: known once one is above twelve. */
  #dayFirst: boolean | undefined;
  /** The date that was read last. */
  #dateKey = -1;
  #dayStart = 0;

  constructor(info: InputInfo) {
    this.#zone = new Zone(info.zone);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const mark = findText(bytes, start, Math.min(end, start + 60), ' PACKET ');
    if (mark < 0) return isDetail(bytes, start) ? '' : 'not a packet of the DNS server';
    const time = this.#time(bytes, start, mark);
    if (Number.isNaN(time)) return 'no time stamp';
    const row = this.#row;
    row.begin(time);
    // The address of the packet in memory, which older servers leave out.
    let at = blanks(bytes, mark + 8, end);
    if (!isProtocol(bytes, at, end)) at = blanks(bytes, find(bytes, at, end, space), end);
    if (!isProtocol(bytes, at, end)) return 'no protocol';
    if (bytes[at] === 84) row.proto = Proto.tcp;
    const sent = hasText(bytes, at + 4, end, 'Snd ');
    at = blanks(bytes, at + 8, end);
    const source = find(bytes, at, end, space);
    if (!address(bytes, at, source, row.source)) return 'no address of a client';
    // Transaction, 'R' for a response, opcode.
    at = blanks(bytes, source, end);
    at = blanks(bytes, find(bytes, at, end, space), end);
    const response = bytes[at] === 82 && bytes[at + 1] === space;
    if (response) at = blanks(bytes, at + 1, end);
    // What this server asks others, and what they answer; updates and notifications.
    if (sent !== response || bytes[at] !== 81) return '';
    return this.#question(batch, bytes, at, end, response);
  }

  // 'Q [8385 A DR NXDOMAIN] A      (3)vpn(7)example(3)com(0)'
  #question(batch: EventBatch, bytes: Uint8Array, from: number, end: number, response: boolean): string {
    const row = this.#row;
    const open = find(bytes, from, end, bracketOpen);
    const close = find(bytes, open, end, 93);
    if (close >= end) return 'no flags of the message';
    if (response) {
      let word = close;
      while (word > open && bytes[word - 1] !== space) word--;
      row.status = rcodeOf(bytes, word, close, true);
      this.#answers = true;
    } else if (this.#answers) return '';
    const type = blanks(bytes, close + 1, end);
    const behind = find(bytes, type, end, space);
    row.type = queryTypeOf(bytes, type, behind);
    const length = this.#labels(bytes, blanks(bytes, behind, end), end);
    if (length < 0) return 'no name asked for';
    row.nameStart = 0;
    row.nameEnd = length;
    row.append(batch, this.#name);
    return '';
  }

  /** '(3)vpn(7)example(3)com(0)' as 'vpn.example.com'; its length, -1 when it is broken. */
  #labels(bytes: Uint8Array, from: number, end: number): number {
    const name = this.#name;
    let at = from;
    let length = 0;
    for (;;) {
      if (at >= end || bytes[at] !== parenOpen) return -1;
      const size = readDecimal(bytes, at + 1, end);
      at = cursor.at;
      if (size < 0 || size > 63 || bytes[at] !== parenClose) return -1;
      at++;
      if (size === 0) break;
      if (at + size > end || length + size + 1 > nameRoom) return -1;
      if (length > 0) name[length++] = dot;
      for (let i = 0; i < size; i++) name[length++] = bytes[at + i];
      at += size;
    }
    if (length === 0) name[length++] = dot;
    return length;
  }

  /** A date and time of day in the short forms of the server's region: '11/22/2026 12:32:11 AM', '22.11.2026 0:32:11', ISO. */
  #time(bytes: Uint8Array, start: number, end: number): number {
    const first = readDecimal(bytes, start, end);
    const mark = bytes[cursor.at];
    const digits = cursor.at - start;
    const second = readDecimal(bytes, cursor.at + 1, end);
    const third = readDecimal(bytes, cursor.at + 1, end);
    if (first < 0 || second < 0 || third < 0 || (mark !== slash && mark !== dot && mark !== minus))
      return Number.NaN;
    const clock = blanks(bytes, cursor.at, end);
    let hour = readDecimal(bytes, clock, end);
    const minute = readDecimal(bytes, cursor.at + 1, end);
    const seconds = readDecimal(bytes, cursor.at + 1, end);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || seconds < 0 || seconds > 60) return Number.NaN;
    const half = blanks(bytes, cursor.at, end);
    const isHalf = half + 1 < end && (bytes[half + 1] | 32) === 109;
    if (isHalf) hour = (hour % 12) + ((bytes[half] | 32) === 112 ? 12 : 0);
    const isKept = first < 4096 && second < 4096 && third < 16_384;
    const kind = mark * 4 + (digits === 4 ? 2 : 0) + (isHalf ? 1 : 0);
    const key = isKept ? ((third * 4096 + first) * 4096 + second) * 1024 + kind : -1;
    if (key < 0 || key !== this.#dateKey) {
      // A date that is none says, too, which number is the day.
      this.#dateKey = -1;
      this.#dayStart = this.#dayOf(first, second, third, digits, mark, isHalf);
      if (Number.isNaN(this.#dayStart)) return Number.NaN;
      this.#dateKey = key;
    }
    return this.#zone.toUtc(this.#dayStart + ((hour * 60 + minute) * 60 + seconds) * 1_000_000);
  }

  /** µs of a day's begin; NaN when there is no such day. */
  #dayOf(
    first: number,
    second: number,
    third: number,
    digits: number,
    mark: number,
    isHalf: boolean,
  ): number {
    let year = third;
    let month = first;
    let day = second;
    if (digits === 4) [year, month, day] = [first, second, third];
    else if (this.#isDayFirst(first, second, mark, isHalf)) [day, month] = [first, second];
    return isDate(year, month, day) ? daysFromCivil(year, month, day) * dayMicros : Number.NaN;
  }

  /** A number above twelve decides for the rest of the log; until one came, slashes with AM or PM, or dots, do. */
  #isDayFirst(first: number, second: number, mark: number, isHalf: boolean): boolean {
    if (first > 12) this.#dayFirst = true;
    else if (second > 12) this.#dayFirst = false;
    return this.#dayFirst ?? (mark === dot || mark === minus || !isHalf);
  }
}

function blanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === space) at++;
  return at;
}

function isProtocol(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 8 > end || bytes[at + 3] !== space || bytes[at + 7] !== space) return false;
  const protocol = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
  const way = (bytes[at + 4] << 16) | (bytes[at + 5] << 8) | bytes[at + 6];
  return (protocol === udp || protocol === tcp) && (way === receivedWord || way === sentWord);
}

/** Lines of the header, and of a packet's details, are indented or begin with a word. */
function isDetail(bytes: Uint8Array, start: number): boolean {
  const code = bytes[start];
  return code < 48 || code > 57;
}
