import { As, Cells, Trim, Way } from '../bytes/cells.ts';
import { comma, dot, lowerA, minus, quote } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, fraction, isText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader, Sample } from '../model/format.ts';
import { FlowRecord, Verdict } from '../wire/flow-record.ts';
import { protocolOf, protocolWords } from '../wire/protocol-names.ts';

/** Columns by their names in the header: those of nfdump 1.6 to 1.7.2, and of the shorter `-o csv` since 1.7.3. */
const Column = {
  start: 0,
  end: 1,
  duration: 2,
  source: 3,
  target: 4,
  sourcePort: 5,
  targetPort: 6,
  proto: 7,
  flags: 8,
  status: 9,
  packets: 10,
  bytes: 11,
} as const;
/** What they are read as. */
const readAs = [
  { as: As.date },
  { as: As.text },
  { as: As.micros },
  { as: As.address },
  { as: As.address },
  { as: As.port },
  { as: As.port },
  { as: As.word, words: protocolWords },
  { as: As.places },
  { as: As.integer },
  { as: As.integer },
  { as: As.integer },
] as const;
const columnCount = readAs.length;
const names = new Map<string, number>([
  ['ts', Column.start],
  ['firstSeen', Column.start],
  ['te', Column.end],
  ['lastSeen', Column.end],
  ['td', Column.duration],
  ['duration', Column.duration],
  ['sa', Column.source],
  ['srcAddr', Column.source],
  ['da', Column.target],
  ['dstAddr', Column.target],
  ['sp', Column.sourcePort],
  ['srcPort', Column.sourcePort],
  ['dp', Column.targetPort],
  ['dstPort', Column.targetPort],
  ['pr', Column.proto],
  ['proto', Column.proto],
  ['flg', Column.flags],
  ['flags', Column.flags],
  ['fwd', Column.status],
  ['ipkt', Column.packets],
  ['packets', Column.packets],
  ['ibyt', Column.bytes],
  ['bytes', Column.bytes],
]);
const needed = [Column.start, Column.source, Column.target, Column.proto];
const sixLetters = 'UAPRSF';
const fewer = 'fewer fields than the header names';

export const nfdumpCsv: Format = {
  name: 'nfdump-csv',
  title: 'nfdump -o csv',
  // The exporters' active time-out, 30 minutes unless set, and 30 s: see docs/inputs/netflow.md.
  lateness: 1830,
  yields: ['contact'],
  blindness: [
    'Stamps of nfdump up to 1.7.1 are whole seconds.',
    'One record per direction: who began and whether it was answered is known only when both directions were exported, or from the TCP flags.',
    'No payload: paths, names and banners are not visible; sampling is not shown.',
  ],
  sample:
    'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n2026-01-02 03:04:00,2026-01-02 03:04:00,0.040,192.0.2.7,198.51.100.4,61000,22,TCP,......S.,0,0,1,44,0,0',

  recognise({ lines }: Sample): number {
    if (lines.length === 0) return 0;
    if (lines[0].startsWith('ts,te,td,sa,da,sp,dp,pr,')) return 1;
    return lines[0].startsWith('firstSeen,duration,proto,srcAddr,') ? 1 : 0;
  },

  lines(input: InputInfo): LineReader {
    return new NfdumpLines(input.zone);
  },
};

class NfdumpLines implements LineReader {
  readonly #fields = new CsvFields();
  readonly #zone: Zone;
  readonly #times: IsoTimes;
  readonly #flow = new FlowRecord();
  readonly #source = this.#flow.address.subarray(0, 4);
  readonly #target = this.#flow.address.subarray(4, 8);
  #cells = new Cells([]);
  #known = false;
  /** Behind the word Summary two lines follow that are no flows. */
  #summary = 0;
  #showsFlags = false;

  constructor(zone: string) {
    this.#zone = new Zone(zone);
    this.#times = new IsoTimes(this.#zone);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (end === start) return '';
    if (this.#summary > 0) {
      this.#summary--;
      return '';
    }
    if (isText(bytes, start, end, 'Summary')) {
      this.#summary = 2;
      return '';
    }
    if (isText(bytes, start, end, 'No matching flows')) return '';
    const isFlow = this.#known && bytes[start] < lowerA && bytes[start] !== quote;
    if (!isFlow) {
      const count = this.#fields.split(bytes, start, end, comma);
      if (this.#isHeader(bytes, count)) return '';
      if (!this.#known) return 'no header line before it';
      if (count === 0) return fewer;
    }
    return this.#record(batch, bytes, start, end);
  }

  #isHeader(bytes: Uint8Array, count: number): boolean {
    const { start, end } = this.#fields;
    if (count < 4 || end[0] - start[0] > 12 || bytes[start[0]] < 97) return false;
    const columns = new Int16Array(columnCount).fill(-1);
    for (let i = 0; i < count; i++) {
      const length = Math.min(end[i] - start[i], 16);
      const name = String.fromCharCode(...bytes.subarray(start[i], start[i] + length));
      const column = names.get(name);
      if (column !== undefined && columns[column] < 0) columns[column] = i;
    }
    if (needed.some((column) => columns[column] < 0)) return false;
    // Of a flow, what stands behind the last of them is not looked at: half of its fields, MAC addresses and labels.
    this.#cells = new Cells(
      readAs.map((read, i) => ({ ...read, column: columns[i] })),
      { way: Way.csv, trim: Trim.leading },
    );
    this.#known = true;
    return true;
  }

  #record(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const cells = this.#cells;
    cells.read(bytes, start, end, comma);
    if (
      !cells.has(Column.start) ||
      !cells.has(Column.source) ||
      !cells.has(Column.target) ||
      !cells.has(Column.proto)
    )
      return fewer;
    const { number } = cells;
    const flow = this.#flow;
    flow.reset();
    flow.start = this.#time(bytes);
    if (Number.isNaN(flow.start)) return 'time that is none';
    flow.end = flow.start;
    if (cells.has(Column.duration)) {
      const micros = this.#duration(bytes);
      if (micros >= 0) flow.end = flow.start + micros;
    }
    if (
      !this.#cells.address(Column.source, bytes, this.#source) ||
      !this.#cells.address(Column.target, bytes, this.#target)
    )
      return 'address that is none';
    const proto = number[Column.proto];
    flow.proto =
      proto > 0 ? proto | 0 : protocolOf(bytes, cells.start[Column.proto], cells.end[Column.proto]);
    if (flow.proto === 0) return 'unknown protocol';
    if (cells.has(Column.sourcePort)) flow.sourcePort = this.#port(bytes, Column.sourcePort);
    if (cells.has(Column.targetPort)) flow.targetPort = this.#port(bytes, Column.targetPort);
    if (flow.sourcePort < 0 || flow.targetPort < 0) return 'port that is none';
    if (flow.proto === Proto.tcp && cells.has(Column.flags)) {
      const flags = number[Column.flags];
      flow.tcpFlags =
        flags >= 0 ? flags | 0 : sixFlags(bytes, cells.start[Column.flags], cells.end[Column.flags]);
      if (flow.tcpFlags > 0) this.#showsFlags = true;
      else if (!this.#showsFlags) flow.tcpFlags = -1;
    }
    flow.packets = cells.integer(Column.packets, bytes);
    flow.bytes = cells.integer(Column.bytes, bytes);
    const status = cells.integer(Column.status, bytes);
    if (status >>> 6 === 2)
      flow.verdict = status === 129 || status === 130 ? Verdict.denied : Verdict.dropped;
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.judge();
    flow.append(batch);
    return '';
  }

  #time(bytes: Uint8Array): number {
    const { start, end, number } = this.#cells;
    const from = start[Column.start];
    const micros = number[Column.start];
    return Number.isNaN(micros) || bytes[from + 4] !== minus || this.#cells.isUtc(Column.start)
      ? this.#times.read(bytes, from, end[Column.start])
      : this.#zone.toUtc(micros);
  }

  /** µs; NaN or below 0 when it is none. */
  #duration(bytes: Uint8Array): number {
    const { start, end, number } = this.#cells;
    const micros = number[Column.duration];
    return Number.isNaN(micros)
      ? Math.round(fraction(bytes, start[Column.duration], end[Column.duration]) * 1_000_000)
      : micros;
  }

  #port(bytes: Uint8Array, column: number): number {
    const { start, end, number } = this.#cells;
    const value = number[column] | 0;
    return value >= 0 ? value : portOf(bytes, start[column], end[column]);
  }
}

/** A port, or ICMP's 'type.code'; -1 for neither. */
function portOf(bytes: Uint8Array, start: number, end: number): number {
  let split = start;
  while (split < end && bytes[split] !== dot) split++;
  const first = decimal(bytes, start, split);
  if (split === end) return first <= 65_535 ? first : -1;
  const second = decimal(bytes, split + 1, end);
  return first >= 0 && first <= 255 && second >= 0 && second <= 255 ? first * 256 + second : -1;
}

/** 'U' to 'F' or a dot in six places: older versions leave out CWR and ECE. -1 for anything else. */
function sixFlags(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 6) return -1;
  let bits = 0;
  for (let i = 0; i < 6; i++) {
    if (bytes[start + i] === sixLetters.charCodeAt(i)) bits |= 1 << (5 - i);
    else if (bytes[start + i] !== dot) return -1;
  }
  return bits;
}
