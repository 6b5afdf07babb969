import { Proto } from '../model/event.ts';
import type { BlockReader, Format, RowSink, Sample } from '../model/format.ts';
import { FlowClock } from '../wire/flow-clock.ts';
import { FlowRecord, Verdict } from '../wire/flow-record.ts';

/*
 * Files that nfcapd, nfpcapd, sfcapd and `nfdump -w` write, in the byte order of their machine.
 *
 *   layout 1 (nfdump 1.6)   header 140 | statistics 136 | blocks
 *   layout 2 (nfdump 1.7)   header 40 | blocks | appendix (statistics)
 *   block                   records 4 | bytes 4 | type 2 | flags 2 | records
 *   record                  type 2 | bytes 2, these four included | …
 *
 * A layout 2 flow is a chain of elements (type 2 | bytes 2 | …); one of layout 1 a fixed head, then addresses and two
 * counters whose widths its flags state.
 */

const magic = 0xa50c;
const header1 = 140 + 136;
const header2 = 40;
const blockHeader = 12;
const RecordType = { flow16: 1, flow16wide: 10, flow17: 11, exporterStatistics: 8 } as const;
const Element = { generic: 1, ipv4: 2, ipv6: 3, misc: 4, outCounters: 5, firewall: 19 } as const;
/** Flag bits of a flow. */
const sampled17 = 2;
const wide16 = { ipv6: 1, packets64: 2, bytes64: 4, sampled: 128 } as const;

const compressions = new Map<number, string>([
  [1, 'LZO'],
  [2, 'BZ2'],
  [3, 'LZ4'],
  [4, 'ZSTD'],
]);
/** Exporters whose habits are remembered apart; the rest share one memory. */
const exporterLimit = 1024;

const damagedBlock = 'damaged block: the rest of the file is not read';
const damagedRecord = 'damaged record: the rest of its block is not read';
const badTime = 'flow time outside of what its datagram can report';

export const nfcapd: Format = {
  name: 'nfcapd',
  title: 'Files of nfcapd, nfpcapd, sfcapd and nfdump -w (nfdump 1.6 and 1.7), uncompressed',
  // The exporters' active time-out, 30 minutes unless set, and 30 s: see docs/inputs/netflow.md.
  lateness: 1830,
  yields: ['contact'],
  blindness: [
    'One record per direction: who began and whether it was answered is known only when both directions were exported, or from the TCP flags.',
    'No payload: paths, names and banners are not visible; several attempts between the same ports are one record.',
  ],
  sample: 'nfcapd: 0c a5 02 00 …',

  recognise({ bytes }: Sample): number {
    if (bytes.length < header2) return 0;
    const first = (bytes[0] << 8) | bytes[1];
    if (first !== magic && first !== 0x0ca5) return 0;
    const version = first === magic ? (bytes[2] << 8) | bytes[3] : bytes[2] | (bytes[3] << 8);
    return version === 1 || version === 2 ? 1 : 0.5;
  },

  blocks(): BlockReader {
    return new NfcapdReader();
  },
};

/** What is remembered of one exporter. */
class Habits {
  readonly clock = new FlowClock();
  showsFlags = false;
  /** A first record of an impossible time, until the next one shows whether all of them are so. */
  held: Uint8Array | undefined;
  heldRecord = 0;
}

class NfcapdReader implements BlockReader {
  #layout = 0;
  #little = true;
  #stopped = false;
  /** Bytes of the current block that are still to come; records in it that are not read are passed over. */
  #block = 0;
  #pass = 0;
  #blocks = 0;
  #record = 0;
  #replayNoted = false;
  #sink!: RowSink;
  readonly #flow = new FlowRecord();
  readonly #exporters = new Map<number, Habits>();

  get records(): number {
    return this.#record;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    this.#sink = sink;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = start;
    if (this.#layout === 0 && !this.#stopped) {
      const opened = this.#open(view, at, end, last);
      if (opened === at) return last ? end : at;
      at = opened;
    }
    while (!this.#stopped) {
      if (this.#pass > 0) {
        const step = Math.min(this.#pass, end - at);
        this.#pass -= step;
        this.#block -= step;
        at += step;
        if (this.#pass > 0) break;
      }
      if (this.#block > 0) {
        const next = this.#step(bytes, view, at, end);
        if (next < 0) break;
        at = next;
      } else {
        if (this.#blocks === 0) {
          // Behind the blocks stands the appendix: statistics.
          this.#stopped = true;
          break;
        }
        if (end - at < blockHeader) break;
        this.#openBlock(view, at);
        at += blockHeader;
      }
    }
    if (this.#stopped) at = end;
    else if (last && at < end) {
      sink.skip('file ends in the middle of a record', this.#record + 1, at, at);
      at = end;
    }
    if (last) this.#finish();
    return at;
  }

  /** Reads the file header; returns where the blocks begin, or `at` when more bytes are needed. */
  #open(view: DataView, at: number, end: number, last: boolean): number {
    if (end - at < 4) return last ? this.#refuse('file ends in its header', end) : at;
    this.#little = view.getUint16(at, true) === magic;
    const little = this.#little;
    const version = view.getUint16(at + 2, little);
    if (!little && view.getUint16(at) !== magic) return this.#refuse('not an nfcapd file', end);
    if (version !== 1 && version !== 2)
      return this.#refuse('layout that is not read: not of nfdump 1.6 or 1.7', end);
    const length = version === 1 ? header1 : header2;
    if (end - at < length) return last ? this.#refuse('file ends in its header', end) : at;
    let compression: number;
    if (version === 1) {
      const flags = view.getUint32(at + 4, little);
      compression = (flags & 1) !== 0 ? 1 : (flags & 8) !== 0 ? 2 : (flags & 16) !== 0 ? 3 : 0;
      this.#blocks = view.getUint32(at + 8, little);
      this.#noteFailures(view.getUint32(at + 140 + 132, little));
    } else {
      compression = view.getUint8(at + 16);
      if (view.getUint8(at + 17) !== 0) return this.#refuse('encrypted nfcapd file', end);
      this.#blocks = view.getUint32(at + 36, little);
    }
    if (compression !== 0) {
      const name = compressions.get(compression) ?? 'an unknown way';
      return this.#refuse(
        `nfcapd file compressed with ${name}, which is not built in: nfdump -r FILE -w PLAIN writes it without`,
        end,
      );
    }
    this.#layout = version;
    return at + length;
  }

  #refuse(reason: string, end: number): number {
    this.#stopped = true;
    this.#sink.skip(reason, 0, end, end);
    return end;
  }

  #openBlock(view: DataView, at: number): void {
    const little = this.#little;
    const size = view.getUint32(at + 4, little);
    const type = view.getUint16(at + 8, little);
    this.#blocks--;
    this.#block = size;
    if (size > 1 << 28) {
      this.#refuse(damagedBlock, at);
      return;
    }
    // Layout 1: type 2 holds flows. Layout 2: type 3; 4 is an array of other things.
    if (type !== (this.#layout === 1 ? 2 : 3)) this.#pass = size;
  }

  /** One record of the block; -1 when more bytes are needed. */
  #step(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    if (this.#block < 4) {
      this.#sink.skip(damagedRecord, this.#record + 1, at, at);
      this.#pass = this.#block;
      return at;
    }
    if (end - at < 4) return -1;
    const type = view.getUint16(at, this.#little);
    const size = view.getUint16(at + 2, this.#little);
    if (size < 4 || size > this.#block) {
      this.#sink.skip(damagedRecord, this.#record + 1, at, at);
      this.#pass = this.#block;
      return at;
    }
    if (end - at < size) return -1;
    if (type === RecordType.flow17 || type === RecordType.flow16 || type === RecordType.flow16wide) {
      this.#record++;
      const reason =
        type === RecordType.flow17
          ? this.#flow17(bytes, view, at, at + size, this.#record, at)
          : this.#flow16(view, at, at + size, type === RecordType.flow16 ? 28 : 32);
      if (reason !== '') this.#sink.skip(reason, this.#record, at, at);
    } else if (type === RecordType.exporterStatistics) this.#statistics(view, at + 4, at + size);
    this.#block -= size;
    return at + size;
  }

  #flow17(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    record: number,
    position: number,
  ): string {
    const little = this.#little;
    if (end - start < 12) return damagedRecord;
    const flow = this.#flow;
    flow.reset();
    const exporter = this.#exporter(view.getUint16(start + 8, little));
    flow.sampled = (view.getUint8(start + 10) & sampled17) !== 0;
    let received = -1;
    let direction = 0;
    let event = 0;
    let outPackets = 0;
    let outBytes = 0;
    let back = 0;
    let addresses = false;
    let at = start + 12;
    for (let left = view.getUint16(start + 4, little); left > 0; left--) {
      if (end - at < 4) return damagedRecord;
      const length = view.getUint16(at + 2, little);
      if (length < 4 || length > end - at) return damagedRecord;
      const data = at + 4;
      const size = length - 4;
      switch (view.getUint16(at, little)) {
        case Element.generic:
          if (size < 48) return damagedRecord;
          flow.start = this.#u64(view, data) * 1000;
          flow.end = this.#u64(view, data + 8) * 1000;
          received = this.#u64(view, data + 16) * 1000;
          flow.packets = this.#u64(view, data + 24);
          flow.bytes = this.#u64(view, data + 32);
          flow.sourcePort = view.getUint16(data + 40, little);
          flow.targetPort = view.getUint16(data + 42, little);
          flow.proto = view.getUint8(data + 44);
          if (flow.proto === Proto.tcp) flow.tcpFlags = view.getUint8(data + 45);
          this.#verdict(view.getUint8(data + 46));
          break;
        case Element.ipv4:
          if (size < 8) return damagedRecord;
          flow.address[3] = view.getUint32(data, little);
          flow.address[7] = view.getUint32(data + 4, little);
          addresses = true;
          break;
        case Element.ipv6:
          if (size < 32) return damagedRecord;
          this.#address6(view, data, 0);
          this.#address6(view, data + 16, 4);
          addresses = true;
          break;
        case Element.misc:
          if (size < 16) break;
          direction = view.getUint8(data + 12);
          back = view.getUint8(data + 14);
          break;
        case Element.outCounters:
          if (size < 24) break;
          outPackets = this.#u64(view, data + 8);
          outBytes = this.#u64(view, data + 16);
          break;
        case Element.firewall:
          if (size < 16) break;
          event = view.getUint8(data + 14);
          if (event === 3)
            flow.verdict = view.getUint16(data + 12, little) === 1004 ? Verdict.stray : Verdict.denied;
          break;
      }
      at += length;
    }
    if (!addresses) return 'record without two addresses';
    if (event === 1) return 'firewall flow opened: its end is read';
    if (direction === 1 || direction === 2 || back !== 0 || event !== 0) {
      flow.reversePackets = event !== 0 && outPackets === 0 ? -1 : outPackets;
      flow.reverseBytes = outBytes;
      if (event === 0 && flow.proto === Proto.tcp) {
        if (back !== 0) flow.reverseFlags = back;
        else {
          // nfdump 1.7.1 keeps one set of flags, and the answering direction's come last.
          flow.reverseFlags = flow.tcpFlags;
          flow.tcpFlags = -1;
        }
      }
      if (event !== 0) {
        flow.packets = flow.packets > 0 ? flow.packets : -1;
        flow.tcpFlags = flow.tcpFlags > 0 ? flow.tcpFlags : -1;
      }
      if (direction === 2) flow.swap();
    } else if (flow.packets === 0) {
      flow.packets = outPackets;
      flow.bytes = outBytes;
    }
    const reason = flow.impossible();
    if (reason !== '') return reason;
    if (received > 0) {
      const age = received - flow.start;
      const open = exporter.clock.isOpen(age);
      if (!exporter.clock.plausible(age)) {
        if (!open) return badTime;
        this.#hold(exporter, bytes, start, end, record);
        return '';
      }
      if (!exporter.clock.plausible(received - flow.end)) return badTime;
      if (exporter.held !== undefined) {
        // The next record's time is ordinary: the held one was damage. Or as impossible: both are believed.
        const held = exporter.held;
        exporter.held = undefined;
        if (exporter.clock.replay === 0) this.#sink.skip(badTime, exporter.heldRecord, position, position);
        else {
          if (!this.#replayNoted) {
            this.#replayNoted = true;
            this.#sink.note('flow times do not fit the collector’s clock: a replayed capture?');
          }
          const copy = new DataView(held.buffer, held.byteOffset, held.byteLength);
          this.#flow17(held, copy, 0, held.length, exporter.heldRecord, position);
          return this.#flow17(bytes, view, start, end, record, position);
        }
      }
    }
    this.#put(exporter, record, position);
    return '';
  }

  #hold(exporter: Habits, bytes: Uint8Array, start: number, end: number, record: number): void {
    if (exporter.held !== undefined) this.#sink.skip(badTime, exporter.heldRecord, start, start);
    exporter.held = bytes.slice(start, end);
    exporter.heldRecord = record;
  }

  #flow16(view: DataView, start: number, end: number, head: number): string {
    const little = this.#little;
    const flow = this.#flow;
    flow.reset();
    const wide = head === 32;
    const flags = wide ? view.getUint16(start + 4, little) : view.getUint8(start + 4);
    const size = (flags & wide16.ipv6) !== 0 ? 32 : 8;
    const packets64 = (flags & wide16.packets64) !== 0;
    const bytes64 = (flags & wide16.bytes64) !== 0;
    const counters = start + head + size;
    if (counters + (packets64 ? 8 : 4) + (bytes64 ? 8 : 4) > end) return damagedRecord;
    const exporter = this.#exporter(wide ? view.getUint16(start + 28, little) : view.getUint8(start + 5));
    flow.sampled = (flags & wide16.sampled) !== 0;
    flow.start = view.getUint32(start + 12, little) * 1_000_000 + view.getUint16(start + 8, little) * 1000;
    flow.end = view.getUint32(start + 16, little) * 1_000_000 + view.getUint16(start + 10, little) * 1000;
    this.#verdict(view.getUint8(start + 20));
    flow.proto = view.getUint8(start + 22);
    if (flow.proto === Proto.tcp) flow.tcpFlags = view.getUint8(start + 21);
    flow.sourcePort = view.getUint16(start + 24, little);
    flow.targetPort = view.getUint16(start + 26, little);
    if (size === 8) {
      flow.address[3] = view.getUint32(start + head, little);
      flow.address[7] = view.getUint32(start + head + 4, little);
    } else {
      this.#address6(view, start + head, 0);
      this.#address6(view, start + head + 16, 4);
    }
    flow.packets = packets64 ? this.#u64(view, counters) : view.getUint32(counters, little);
    const bytes = counters + (packets64 ? 8 : 4);
    flow.bytes = bytes64 ? this.#u64(view, bytes) : view.getUint32(bytes, little);
    const reason = flow.impossible();
    if (reason !== '') return reason;
    // Layout 1 need not say when the record was received: only its length can be judged.
    if (!exporter.clock.plausible(flow.end - flow.start)) return badTime;
    this.#put(exporter, this.#record, start);
    return '';
  }

  #put(exporter: Habits, record: number, position: number): void {
    const flow = this.#flow;
    if (flow.proto === Proto.tcp) {
      if (flow.tcpFlags > 0) exporter.showsFlags = true;
      else if (flow.tcpFlags === 0 && !exporter.showsFlags) flow.tcpFlags = -1;
    }
    flow.judge();
    flow.put(this.#sink, record, position);
  }

  #exporter(id: number): Habits {
    const key = this.#exporters.size >= exporterLimit && !this.#exporters.has(id) ? -1 : id;
    let habits = this.#exporters.get(key);
    if (habits === undefined) this.#exporters.set(key, (habits = new Habits()));
    return habits;
  }

  #verdict(status: number): void {
    if (status >>> 6 === 2)
      this.#flow.verdict = status === 129 || status === 130 ? Verdict.denied : Verdict.dropped;
  }

  /** Two 64-bit halves in the file's byte order. */
  #address6(view: DataView, at: number, to: number): void {
    const { address } = this.#flow;
    const little = this.#little;
    for (let half = 0; half < 2; half++) {
      const high = at + 8 * half + (little ? 4 : 0);
      const low = at + 8 * half + (little ? 0 : 4);
      address[to + 2 * half] = view.getUint32(high, little);
      address[to + 2 * half + 1] = view.getUint32(low, little);
    }
  }

  #u64(view: DataView, at: number): number {
    const little = this.#little;
    const first = view.getUint32(at, little);
    const second = view.getUint32(at + 4, little);
    return little ? second * 4_294_967_296 + first : first * 4_294_967_296 + second;
  }

  /** Per exporter: number, sequence failures, packets 8, flows 8. */
  #statistics(view: DataView, start: number, end: number): void {
    if (end - start < 4) return;
    let at = start + 4;
    for (let left = view.getUint32(start, this.#little); left > 0 && end - at >= 24; left--) {
      this.#noteFailures(view.getUint32(at + 4, this.#little));
      at += 24;
    }
  }

  #noteFailures(count: number): void {
    if (count > 0) this.#sink.note('gaps in the exporters’ sequences that nfcapd saw', count);
  }

  #finish(): void {
    for (const exporter of this.#exporters.values()) {
      if (exporter.held === undefined) continue;
      this.#sink.skip(badTime, exporter.heldRecord, 0, 0);
      exporter.held = undefined;
    }
  }
}
