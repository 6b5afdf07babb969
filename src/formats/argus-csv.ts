import { As, Cells, CellWords, Trim, Way } from '../bytes/cells.ts';
import type { Cell } from '../bytes/cells.ts';
import { colon, comma, dot, slash } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, fraction, hasText, hexadecimal, isText } from '../bytes/numbers.ts';
import {
  clock,
  daysFromCivil,
  dayMicros,
  isDate,
  readEpoch,
  readFraction,
  fourDigits,
  twoDigits,
} from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader, Sample } from '../model/format.ts';
import { FlowRecord } from '../wire/flow-record.ts';
import { protocolOf, protocolWords } from '../wire/protocol-names.ts';

/** Columns by the titles that ra prints. */
const names: readonly string[] = [
  'StartTime',
  'Proto',
  'SrcAddr',
  'Sport',
  'Dir',
  'DstAddr',
  'Dport',
  'State',
  'SrcPkts',
  'DstPkts',
  'SrcBytes',
  'DstBytes',
  'TotPkts',
  'TotBytes',
  'Dur',
];
const Column = Object.fromEntries(names.map((name, i) => [name, i])) as Record<
  (typeof names)[number],
  number
>;
const needed = ['StartTime', 'Proto', 'SrcAddr', 'DstAddr'].map((name) => Column[name]);
/** Who began, as far as Argus saw. */
const Dir = { forth: 0, back: 1, both: 2, unseen: 3 } as const;
const directions = new CellWords([
  ['->', Dir.forth],
  ['<-', Dir.back],
  ['<->', Dir.both],
  ['?>', Dir.unseen],
  ['<?', Dir.unseen],
  ['<?>', Dir.unseen],
]);
const State = { request: 0, reset: 1, connected: 2, response: 3, initial: 4, answered: 5 } as const;
const states = new CellWords([
  ['REQ', State.request],
  ['RST', State.reset],
  ['CON', State.connected],
  ['RSP', State.response],
  ['INT', State.initial],
  ['ACC', State.answered],
  ['EST', State.answered],
  ['FIN', State.answered],
  ['CLO', State.answered],
  ['TIM', State.answered],
]);
/** What the columns are read as. */
const readAs: Readonly<Record<string, Pick<Cell, 'as' | 'words'>>> = {
  StartTime: { as: As.epoch },
  Proto: { as: As.word, words: protocolWords },
  SrcAddr: { as: As.address },
  Sport: { as: As.port },
  Dir: { as: As.word, words: directions },
  DstAddr: { as: As.address },
  Dport: { as: As.port },
  State: { as: As.word, words: states },
  SrcPkts: { as: As.integer },
  DstPkts: { as: As.integer },
  SrcBytes: { as: As.integer },
  DstBytes: { as: As.integer },
  TotPkts: { as: As.integer },
  TotBytes: { as: As.integer },
  Dur: { as: As.micros },
};
/** The time once more: whether it is a date. */
const startDate = names.length;
/** Letters of a state that `ra -Z b` prints: both sides' TCP flags, as in 'S_RA'. */
const flagLetters = new Uint8Array(256);
for (const [code, bit] of [
  [70, Flag.fin],
  [83, Flag.syn],
  [82, Flag.rst],
  [80, Flag.psh],
  [65, Flag.ack],
  [85, Flag.urg],
  [69, Flag.ece],
  [67, Flag.cwr],
] as const)
  flagLetters[code] = bit;
const columnsAtMost = 128;
const underscore = 95;
const halfDay = dayMicros / 2;
/** Of a conversation that a reset ended, bytes per packet (with Ethernet's header) below which nobody sent payload. */
const emptyPacket = 80;

export const argusCsv: Format = {
  name: 'argus-csv',
  title: 'Argus: ra -c,',
  // argus writes the state of a flow that lasts every 60 s (ARGUS_FLOW_STATUS_INTERVAL), a silent one after 60 s (TCP).
  lateness: 150,
  yields: ['contact'],
  blindness: [
    'No payload: paths, names and banners are not visible.',
    'Without the columns of packets and bytes per side, or flags (ra -Z b), whether a reset connection had been open is a guess by its packets.',
  ],
  sample:
    'StartTime,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,TotBytes,State\n1767323040.250000, e        ,tcp,192.0.2.7,61000,   ->,198.51.100.4,22,1,58,REQ',

  recognise({ lines }: Sample): number {
    const first = lines.at(0) ?? '';
    return first.startsWith('StartTime,') && first.includes(',Proto,') && first.includes(',SrcAddr,') ? 1 : 0;
  },

  lines(input: InputInfo): LineReader {
    return new ArgusLines(input);
  },
};

class ArgusLines implements LineReader {
  readonly #fields = new CsvFields(columnsAtMost);
  #cells = new Cells([]);
  readonly #flow = new FlowRecord();
  readonly #source = this.#flow.address.subarray(0, 4);
  readonly #target = this.#flow.address.subarray(4, 8);
  readonly #zone: Zone;
  readonly #modified: number;
  #known = false;
  /** Of stamps without a date: the day that the last one was on, and its time of day. */
  #day = Number.NaN;
  #clock = 0;

  constructor(input: InputInfo) {
    this.#zone = new Zone(input.zone);
    this.#modified = input.modified;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (end === start) return '';
    if (hasText(bytes, start, end, 'StartTime,'))
      return this.#header(bytes, this.#fields.split(bytes, start, end, comma));
    if (!this.#known) return 'no header line before it';
    // ra quotes nothing; what came through other hands may be quoted.
    this.#cells.read(bytes, start, end, comma);
    return this.#record(batch, bytes);
  }

  #header(bytes: Uint8Array, count: number): string {
    const { start, end } = this.#fields;
    const at = new Int16Array(names.length).fill(-1);
    for (let i = 0; i < count; i++) {
      const column = names.findIndex((name) => isText(bytes, start[i], end[i], name));
      if (column >= 0) at[column] = i;
    }
    this.#known = needed.every((column) => at[column] >= 0);
    this.#cells = new Cells(
      [
        ...names.map((name, i) => ({ ...readAs[name], column: at[i] })),
        { as: As.date, column: at[Column.StartTime] },
      ],
      { way: Way.csv, trim: Trim.both, most: columnsAtMost },
    );
    return this.#known ? '' : 'header without time, protocol or addresses';
  }

  /** Not empty: what is absent is. */
  #has(column: number): boolean {
    const { start, end } = this.#cells;
    return start[column] < end[column];
  }

  #bytes: Uint8Array = new Uint8Array(0);

  #is(column: number, text: string): boolean {
    const { start, end } = this.#cells;
    return isText(this.#bytes, start[column], end[column], text);
  }

  #number(column: number): number {
    return this.#cells.integer(column, this.#bytes);
  }

  #record(batch: EventBatch, bytes: Uint8Array): string {
    this.#bytes = bytes;
    const { start, end, number } = this.#cells;
    const proto = number[Column.Proto];
    // Argus' own records: its start, its statistics.
    if (Number.isNaN(proto) && this.#is(Column.Proto, 'man')) return '';
    for (const column of needed) if (!this.#has(column)) return 'fewer fields than the header names';
    const flow = this.#flow;
    flow.reset();
    flow.start = this.#start(bytes);
    if (Number.isNaN(flow.start)) return 'time that is none';
    flow.end = flow.start;
    if (this.#has(Column.Dur)) {
      let micros = number[Column.Dur];
      if (Number.isNaN(micros))
        micros = Math.round(fraction(bytes, start[Column.Dur], end[Column.Dur]) * 1_000_000);
      if (micros >= 0) flow.end += micros;
    }
    flow.proto = proto > 0 ? proto | 0 : protocolOf(bytes, start[Column.Proto], end[Column.Proto]);
    if (flow.proto === 0) return 'neither IP nor ARP';
    if (
      !this.#cells.address(Column.SrcAddr, bytes, this.#source) ||
      !this.#cells.address(Column.DstAddr, bytes, this.#target)
    )
      return 'address that is none';
    if (!this.#ports(bytes)) return 'port that is none';
    this.#counters();
    const open = this.#direction();
    this.#stateFlags(bytes);
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.judge();
    if (!open) this.#state();
    flow.append(batch);
    return '';
  }

  #ports(bytes: Uint8Array): boolean {
    const flow = this.#flow;
    if (flow.proto === Proto.icmp || flow.proto === Proto.icmp6) {
      // Type and code stand in the source port, as one number whose low byte is the type.
      if (!this.#has(Column.Sport)) return true;
      const value = this.#port(bytes, Column.Sport);
      if (value < 0) return false;
      flow.targetPort = ((value & 0xff) << 8) | (value >>> 8);
      return true;
    }
    if (this.#has(Column.Sport)) flow.sourcePort = this.#port(bytes, Column.Sport);
    if (this.#has(Column.Dport)) flow.targetPort = this.#port(bytes, Column.Dport);
    return flow.sourcePort >= 0 && flow.targetPort >= 0;
  }

  #port(bytes: Uint8Array, column: number): number {
    const { start, end, number } = this.#cells;
    const value = number[column] | 0;
    return value >= 0 ? value : numberOf(bytes, start[column], end[column]);
  }

  #counters(): void {
    const flow = this.#flow;
    const total = this.#number(Column.TotPkts);
    const bytes = this.#number(Column.TotBytes);
    flow.packets = this.#number(Column.SrcPkts);
    flow.bytes = this.#number(Column.SrcBytes);
    flow.reversePackets = this.#number(Column.DstPkts);
    flow.reverseBytes = this.#number(Column.DstBytes);
    // Of total and one side's follows the other's.
    if (flow.reverseBytes < 0 && bytes >= 0 && flow.bytes >= 0)
      flow.reverseBytes = Math.max(0, bytes - flow.bytes);
    if (flow.reversePackets < 0 && total >= 0 && flow.packets >= 0)
      flow.reversePackets = Math.max(0, total - flow.packets);
    if (flow.packets < 0) flow.packets = total;
    if (flow.bytes < 0) flow.bytes = bytes;
  }

  /** '->' the source began, '<-' the target did; with '?' Argus did not see who: true then. */
  #direction(): boolean {
    const { start, end, number } = this.#cells;
    const way = number[Column.Dir];
    let open = way === Dir.unseen;
    if (Number.isNaN(way)) {
      for (let i = start[Column.Dir]; i < end[Column.Dir]; i++) if (this.#bytes[i] === 63) open = true;
    }
    if (way === Dir.back) this.#turn();
    if (open) this.#flow.arbitrary = true;
    return open;
  }

  /** The target began. Totals of both sides stay where they are. */
  #turn(): void {
    const flow = this.#flow;
    const { packets, bytes, bothWays } = flow;
    flow.swap();
    if (bothWays) return;
    flow.packets = packets;
    flow.bytes = bytes;
    flow.reversePackets = -1;
    flow.reverseBytes = -1;
  }

  /** 'S_RA': the flags of the two sides, of `ra -Z b`. */
  #stateFlags(bytes: Uint8Array): void {
    const flow = this.#flow;
    const { start, end, number } = this.#cells;
    if (flow.proto !== Proto.tcp || !Number.isNaN(number[Column.State])) return;
    const to = end[Column.State];
    let sent = 0;
    let returned = 0;
    let split = false;
    for (let at = start[Column.State]; at < to; at++) {
      if (bytes[at] === underscore) {
        if (split) return;
        split = true;
        continue;
      }
      const bit = flagLetters[bytes[at]];
      if (bit === 0) return;
      if (split) returned |= bit;
      else sent |= bit;
    }
    if (!split) return;
    if (number[Column.Dir] === Dir.back) [sent, returned] = [returned, sent];
    flow.tcpFlags = sent;
    flow.reverseFlags = returned;
    if (flow.reversePackets < 0) flow.reversePackets = returned === 0 ? 0 : 1;
  }

  /** What the state's word says where flags and counters of both sides do not. */
  #state(): void {
    const flow = this.#flow;
    const { number } = this.#cells;
    const state = number[Column.State];
    if (flow.proto === Proto.tcp) {
      if (flow.tcpFlags >= 0 || flow.reversePackets === 0) return;
      flow.role = Role.originator;
      flow.flags &= ~Flag.oneSided;
      if (state === State.request) flow.outcome = Outcome.unanswered;
      else if (state === State.reset) flow.outcome = this.#resetOutcome();
      else if (state === State.connected || state === State.answered) flow.outcome = Outcome.answered;
      else if (!flow.bothWays) flow.outcome = Outcome.unknown;
      return;
    }
    if (flow.bothWays) return;
    flow.flags &= ~Flag.oneSided;
    const icmp = flow.proto === Proto.icmp || flow.proto === Proto.icmp6;
    if (state === State.connected || state === State.response || (icmp && number[Column.Dir] === Dir.both)) {
      flow.outcome = Outcome.answered;
      if (!icmp) flow.role = Role.originator;
    } else if (state === State.initial || state === State.request || icmp)
      flow.outcome = flow.role === Role.responder ? Outcome.unknown : Outcome.unanswered;
  }

  /** Two packets: a SYN and a reset. Three: a SYN scanner that found the port open. More without payload: either. */
  #resetOutcome(): number {
    const flow = this.#flow;
    const packets = flow.packets + Math.max(0, flow.reversePackets);
    const bytes = flow.bytes + Math.max(0, flow.reverseBytes);
    if (packets === 2) return Outcome.refused;
    if (packets === 3) return Outcome.answered;
    return packets > 3 && bytes > emptyPacket * packets ? Outcome.answered : Outcome.unknown;
  }

  #start(bytes: Uint8Array): number {
    const { start, end, number } = this.#cells;
    const epoch = number[Column.StartTime];
    if (!Number.isNaN(epoch)) return epoch;
    const from = start[Column.StartTime];
    const to = end[Column.StartTime];
    const date = number[startDate];
    // Only what ends with its clock or a dot's fraction: what else may stand there is left out.
    const plain = !Number.isNaN(date) && !this.#cells.isUtc(startDate);
    return plain && (to - from === 19 || bytes[from + 19] === dot)
      ? this.#zone.toUtc(date)
      : this.#time(bytes, from, to);
  }

  /**
   * Epoch seconds (`ra -u`), 'YYYY/MM/DD hh:mm:ss.f' and the like, or the time of day alone (ra's default): then the first
   * record's day is the latest for which it is not after the file's date, and a step back of more than half a day is the
   * next day.
   */
  #time(bytes: Uint8Array, start: number, end: number): number {
    if (end - start >= 8 && bytes[start + 2] === colon) return this.#timeOfDay(bytes, start, end);
    if (end - start >= 19 && (bytes[start + 4] === slash || bytes[start + 4] === 45)) {
      const year = fourDigits(bytes, start);
      const month = twoDigits(bytes, start + 5);
      const day = twoDigits(bytes, start + 8);
      const seconds = clock(bytes, start + 11, end);
      if (seconds < 0 || !isDate(year, month, day)) return Number.NaN;
      const local = daysFromCivil(year, month, day) * dayMicros + seconds * 1_000_000;
      return this.#zone.toUtc(local + this.#fraction(bytes, start + 19, end));
    }
    return readEpoch(bytes, start, end);
  }

  #timeOfDay(bytes: Uint8Array, start: number, end: number): number {
    const seconds = clock(bytes, start, end);
    if (seconds < 0) return Number.NaN;
    const now = seconds * 1_000_000 + this.#fraction(bytes, start + 8, end);
    if (Number.isNaN(this.#day)) {
      const day = Math.floor(this.#modified / dayMicros) + 1;
      this.#day = day;
      while (this.#zone.toUtc(this.#day * dayMicros + now) > this.#modified) this.#day--;
    } else if (now < this.#clock - halfDay) this.#day++;
    else if (now > this.#clock + halfDay) return this.#zone.toUtc((this.#day - 1) * dayMicros + now);
    this.#clock = now;
    return this.#zone.toUtc(this.#day * dayMicros + now);
  }

  #fraction(bytes: Uint8Array, at: number, end: number): number {
    return at < end && bytes[at] === dot ? readFraction(bytes, at, end) : 0;
  }
}

/** Decimal, or hexadecimal after '0x'; -1 when it is neither or above 65535. */
function numberOf(bytes: Uint8Array, start: number, end: number): number {
  const value = hasText(bytes, start, end, '0x')
    ? hexadecimal(bytes, start + 2, end)
    : decimal(bytes, start, end);
  return value <= 65_535 ? value : -1;
}
