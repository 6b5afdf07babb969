import { address } from '../bytes/addresses.ts';
import { comma, dot, lowerA, quote, space } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, fraction, isText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader, Sample } from '../model/format.ts';
import { FlowRecord, Verdict } from '../wire/flow-record.ts';
import { protocolOf } from '../wire/protocol-names.ts';

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
const columnCount = 12;
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
/** The flags as nfdump prints them, CWR first. */
const flagLetters = 'CEUAPRSF';

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
  readonly #times: IsoTimes;
  readonly #flow = new FlowRecord();
  readonly #source = this.#flow.address.subarray(0, 4);
  readonly #target = this.#flow.address.subarray(4, 8);
  #bytes: Uint8Array = new Uint8Array(0);
  #count = 0;
  /** Field of the line for each column, -1 absent. */
  readonly #at = new Int16Array(columnCount).fill(-1);
  /** Fields up to the last of those. */
  #used = 0;
  #known = false;
  /** Behind the word Summary two lines follow that are no flows. */
  #summary = 0;
  #showsFlags = false;

  constructor(zone: string) {
    this.#times = new IsoTimes(new Zone(zone));
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
    // Of a flow, what stands behind the last column in use is not looked at: half of its fields, MAC addresses and labels.
    const isFlow = this.#known && bytes[start] < lowerA && bytes[start] !== quote;
    const count = this.#fields.split(bytes, start, end, comma, isFlow ? this.#used : undefined);
    if (!isFlow && this.#isHeader(bytes, count)) return '';
    if (!this.#known) return 'no header line before it';
    return this.#record(batch, bytes, count);
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
    this.#at.set(columns);
    this.#used = Math.max(...columns) + 1;
    this.#known = true;
    return true;
  }

  #record(batch: EventBatch, bytes: Uint8Array, count: number): string {
    this.#bytes = bytes;
    this.#count = count;
    if (
      !this.#has(Column.start) ||
      !this.#has(Column.source) ||
      !this.#has(Column.target) ||
      !this.#has(Column.proto)
    )
      return 'fewer fields than the header names';
    const flow = this.#flow;
    flow.reset();
    flow.start = this.#times.read(bytes, this.#from(Column.start), this.#to(Column.start));
    if (Number.isNaN(flow.start)) return 'time that is none';
    flow.end = flow.start;
    if (this.#has(Column.duration)) {
      const seconds = fraction(bytes, this.#from(Column.duration), this.#to(Column.duration));
      if (seconds >= 0) flow.end = flow.start + Math.round(seconds * 1_000_000);
    }
    if (!this.#address(Column.source, this.#source) || !this.#address(Column.target, this.#target))
      return 'address that is none';
    flow.proto = protocolOf(bytes, this.#from(Column.proto), this.#to(Column.proto));
    if (flow.proto === 0) return 'unknown protocol';
    if (this.#has(Column.sourcePort))
      flow.sourcePort = portOf(bytes, this.#from(Column.sourcePort), this.#to(Column.sourcePort));
    if (this.#has(Column.targetPort))
      flow.targetPort = portOf(bytes, this.#from(Column.targetPort), this.#to(Column.targetPort));
    if (flow.sourcePort < 0 || flow.targetPort < 0) return 'port that is none';
    if (flow.proto === Proto.tcp && this.#has(Column.flags)) {
      flow.tcpFlags = flagsOf(bytes, this.#from(Column.flags), this.#to(Column.flags));
      if (flow.tcpFlags > 0) this.#showsFlags = true;
      else if (!this.#showsFlags) flow.tcpFlags = -1;
    }
    if (this.#has(Column.packets))
      flow.packets = decimal(bytes, this.#from(Column.packets), this.#to(Column.packets));
    if (this.#has(Column.bytes))
      flow.bytes = decimal(bytes, this.#from(Column.bytes), this.#to(Column.bytes));
    if (this.#has(Column.status)) {
      const status = decimal(bytes, this.#from(Column.status), this.#to(Column.status));
      if (status >>> 6 === 2)
        flow.verdict = status === 129 || status === 130 ? Verdict.denied : Verdict.dropped;
    }
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.judge();
    flow.append(batch);
    return '';
  }

  #has(column: number): boolean {
    const place = this.#at[column];
    return place >= 0 && place < this.#count;
  }

  /** Where the value begins: some columns are right-aligned. */
  #from(column: number): number {
    const place = this.#at[column];
    const end = this.#fields.end[place];
    let position = this.#fields.start[place];
    while (position < end && this.#bytes[position] === space) position++;
    return position;
  }

  #to(column: number): number {
    return this.#fields.end[this.#at[column]];
  }

  #address(column: number, words: Uint32Array): boolean {
    return address(this.#bytes, this.#from(column), this.#to(column), words);
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

/** 'C' to 'F' or a dot in eight places; older versions print six, without CWR and ECE. -1 for anything else. */
function flagsOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length !== 8 && length !== 6) return -1;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    const letter = flagLetters.charCodeAt(8 - length + i);
    if (bytes[start + i] === letter) bits |= 1 << (length - 1 - i);
    else if (bytes[start + i] !== dot) return -1;
  }
  return bits;
}
