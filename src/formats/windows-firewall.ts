import { As, Cells, CellWords, Way } from '../bytes/cells.ts';
import { hash, minus, space } from '../bytes/codes.ts';
import { hasText, isText } from '../bytes/numbers.ts';
import { Words } from '../bytes/words.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes } from '../wire/clock-times.ts';
import { FirewallEvent } from '../wire/firewall-event.ts';
import { protocolOf, protocolWords } from '../wire/protocol-names.ts';
import { tcpLetterBits } from '../wire/tcp-words.ts';
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
const Action = { ...VerdictWord, closed: 3, lost: 4 } as const;
const actions = new CellWords([
  ['DROP', Action.denied],
  ['ALLOW', Action.passed],
  ['OPEN', Action.none],
  ['OPEN-INBOUND', Action.none],
  ['CLOSE', Action.closed],
  ['INFO-EVENTS-LOST', Action.lost],
]);
/** What the columns are read as, by {@link at}. */
const readAs = [
  { as: As.day },
  { as: As.clock },
  { as: As.word, words: actions },
  { as: As.word, words: protocolWords },
  { as: As.address },
  { as: As.address },
  { as: As.port },
  { as: As.port },
  { as: As.integer },
  { as: As.letters },
  { as: As.integer },
  { as: As.text },
  { as: As.port },
  { as: As.integer },
  { as: As.integer },
] as const;
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
  #cells = cellsOf(Array.from(columns.keys()));

  constructor(info: InputInfo) {
    this.#local = new ClockTimes(new Zone(info.zone));
    this.#utc = new ClockTimes(new Zone('UTC'));
    this.#times = this.#local;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    if (bytes[start] === hash) return this.#directive(bytes, start, end);
    const cells = this.#cells;
    cells.read(bytes, start, end, space);
    for (const column of needed) if (!cells.has(column)) return 'fewer fields than the header names';
    const { number } = cells;
    let action = number[at.action];
    if (action === Action.lost) return 'events that the firewall lost';
    const event = this.#event;
    event.reset();
    event.time = this.#time(bytes);
    if (Number.isNaN(event.time)) return 'no time stamp';
    // The end of what OPEN began.
    if (action === Action.closed) return '';
    if (
      !this.#cells.address(at.source, bytes, event.source) ||
      !this.#cells.address(at.target, bytes, event.target)
    )
      return 'no source or target address';
    const proto = number[at.proto];
    event.proto = proto > 0 ? proto | 0 : protocolOf(bytes, cells.start[at.proto], cells.end[at.proto]);
    if (event.proto === 0) return 'no protocol';
    const v4 = event.source[2] === 0xffff && event.source[1] === 0 && event.source[0] === 0;
    if (event.proto === Proto.icmp && !v4) event.proto = Proto.icmp6;
    event.sourcePort = this.#number(bytes, at.sourcePort, 65_535);
    event.targetPort = cells.has(at.targetPort) ? number[at.targetPort] | 0 : -1;
    if (cells.has(at.type) && bytes[cells.start[at.type]] !== minus) {
      event.type = this.#number(bytes, at.type, 255);
      event.code = this.#number(bytes, at.code, 255);
    }
    if (Number.isNaN(action)) action = verdictWord(bytes, cells.start[at.action], cells.end[at.action]);
    if (action === VerdictWord.denied) {
      event.outcome = Outcome.denied;
      this.#packet(bytes, v4);
    } else event.passed = true;
    if (event.hasFlags || (event.outcome === Outcome.denied && event.proto !== Proto.tcp))
      return event.putPacket(batch);
    return event.putSession(batch);
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
      const field = new Int16Array(columns.length).fill(-1);
      for (let i = 0; i < count; i++) {
        for (const [column, name] of columns.entries()) {
          if (isText(bytes, from[i], to[i], name)) field[column] = i;
        }
      }
      this.#cells = cellsOf(field);
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
    const cells = this.#cells;
    // '-' alone: not logged; a packet without any flag shows '0'.
    if (event.proto !== Proto.tcp || !cells.has(at.flags) || bytes[cells.start[at.flags]] === minus) return;
    event.hasFlags = true;
    event.flags |= cells.number[at.flags];
    event.sequence = this.#number(bytes, at.sequence, 0xffff_ffff);
    event.window = this.#number(bytes, at.window, 65_535);
    event.flags |= Flag.header;
    if ((event.flags & Flag.syn) !== 0 && size === (v4 ? 40 : 60)) event.flags |= Flag.noOptions;
  }

  #time(bytes: Uint8Array): number {
    const { start, end, number } = this.#cells;
    const micros = number[at.date] + number[at.time];
    if (!Number.isNaN(micros)) return this.#times.toUtc(micros);
    return end[at.date] - start[at.date] === 10
      ? this.#times.read(bytes, start[at.date], start[at.time], end[at.time])
      : Number.NaN;
  }

  /** A number up to `most`; 0 for '-', for what is absent, and for anything else. */
  #number(bytes: Uint8Array, column: number, most: number): number {
    const cells = this.#cells;
    const value = most === 65_535 ? cells.number[column] : cells.integer(column, bytes);
    return value < 0 || value > most ? 0 : value;
  }
}

/** `field`: where each column stands in a line, -1 for nowhere. */
function cellsOf(field: ArrayLike<number>): Cells {
  return new Cells(
    readAs.map((read, column) => ({ ...read, column: field[column] })),
    { way: Way.words, letters: tcpLetterBits },
  );
}
