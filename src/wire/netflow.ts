import type { RowSink } from '../model/format.ts';
import { FlowExporters, flowLimits } from './flow-exporter.ts';
import type { FlowLimits } from './flow-exporter.ts';
import { variableLength } from './flow-fields.ts';
import { FlowTemplate } from './flow-template.ts';
import {
  firstDataSet,
  ipfixHeader,
  isZero,
  u16,
  u32,
  v5Header,
  v5Record,
  v9Header,
} from './netflow-messages.ts';
import { NetflowRecords } from './netflow-records.ts';
import type { FlowTimes } from './netflow-times.ts';

/*
 * NetFlow v5 (Cisco), v9 (RFC 3954) and IPFIX (RFC 7011), message by message: headers, sets and templates; what the
 * records say is read in netflow-records.ts.
 *
 *   v5     header 24 | records of 48 bytes
 *   v9     header 20 | sets:  id, length | id 0 templates, 1 options templates, ≥ 256 data
 *   IPFIX  header 16 | sets:  id, length | id 2 templates, 3 options templates, ≥ 256 data
 */

const truncated = 'datagram cut short';
const badSet = 'impossible length of a set';

export class NetflowDecoder {
  readonly #limits: FlowLimits;
  readonly exporters: FlowExporters;
  readonly #reader: NetflowRecords;
  readonly #times: FlowTimes;
  /** Records that the message's sequence number counts; -1 once a set could not be counted. */
  #counted = 0;
  #countedOptions = 0;

  constructor(limits: Partial<FlowLimits> = {}) {
    this.#limits = { ...flowLimits, ...limits };
    this.exporters = new FlowExporters(this.#limits);
    this.#reader = new NetflowRecords(this.#limits.samplers);
    this.#times = this.#reader.times;
  }

  /**
   * Decodes one datagram `bytes[start, end)` from `address` (four words). `received`: µs UTC, -1 unknown; only compared
   * with the exporter's clock. `record`: the datagram's number in its input. Never throws; what is wrong is counted.
   */
  datagram(
    sink: RowSink,
    bytes: Uint8Array,
    start: number,
    end: number,
    address: ArrayLike<number>,
    received: number,
    record: number,
  ): void {
    this.#reader.sink = sink;
    this.#reader.record = record;
    this.#reader.at = start;
    if (end - start < ipfixHeader) {
      this.#reader.skip(truncated);
      return;
    }
    switch (u16(bytes, start)) {
      case 5:
        this.#version5(bytes, start, end, address, received);
        break;
      case 9:
        this.#version9(bytes, start, end, address, received);
        break;
      case 10:
        this.#ipfix(bytes, start, end, address, received);
        break;
      default:
        this.#reader.skip('not NetFlow v5, v9 or IPFIX');
    }
  }

  /** The input is over: reports what still waits for a template, and gaps. */
  finish(sink: RowSink): void {
    this.exporters.finish(sink);
  }

  #version5(
    bytes: Uint8Array,
    start: number,
    end: number,
    address: ArrayLike<number>,
    received: number,
  ): void {
    const sink = this.#reader.sink;
    if (end - start < v5Header) {
      this.#reader.skip(truncated);
      return;
    }
    let count = u16(bytes, start + 2);
    this.#times.uptime = u32(bytes, start + 4);
    this.#times.exported =
      u32(bytes, start + 8) * 1_000_000 + Math.floor((u32(bytes, start + 12) % 1_000_000_000) / 1000);
    // Engine type and id: one sequence each.
    const exporter = this.exporters.of(sink, address, 5, u16(bytes, start + 20));
    this.#times.exporter = exporter;
    this.#reader.checkClock(received);
    exporter.sequence(sink, u32(bytes, start + 16), count);
    const fit = Math.floor((end - start - v5Header) / v5Record);
    if (fit < count) {
      this.#reader.skip(truncated);
      count = fit;
    }
    const sampled = (u16(bytes, start + 22) & 0x3fff) > 1;
    this.#reader.version5(bytes, start + v5Header, count, sampled);
  }

  #version9(
    bytes: Uint8Array,
    start: number,
    end: number,
    address: ArrayLike<number>,
    received: number,
  ): void {
    const sink = this.#reader.sink;
    if (end - start < v9Header) {
      this.#reader.skip(truncated);
      return;
    }
    this.#times.uptime = u32(bytes, start + 4);
    this.#times.exported = u32(bytes, start + 8) * 1_000_000;
    this.#times.exporter = this.exporters.of(sink, address, 9, u32(bytes, start + 16));
    this.#reader.checkClock(received);
    // v9 numbers datagrams.
    this.#times.exporter.sequence(sink, u32(bytes, start + 12), 1);
    this.#sets(bytes, start + v9Header, end, 0);
  }

  #ipfix(bytes: Uint8Array, start: number, end: number, address: ArrayLike<number>, received: number): void {
    const sink = this.#reader.sink;
    const length = u16(bytes, start + 2);
    let stop = start + length;
    if (length < ipfixHeader) {
      this.#reader.skip('impossible length of a message');
      return;
    }
    if (stop > end) {
      this.#reader.skip(truncated);
      stop = end;
    }
    this.#times.uptime = -1;
    this.#times.exported = u32(bytes, start + 4) * 1_000_000;
    const exporter = this.exporters.of(sink, address, 10, u32(bytes, start + 12));
    this.#times.exporter = exporter;
    this.#reader.checkClock(received);
    this.#counted = 0;
    this.#countedOptions = 0;
    this.#sets(bytes, start + ipfixHeader, stop, 2);
    // IPFIX numbers data records: the message says how many came before it.
    exporter.sequence(sink, u32(bytes, start + 8), this.#counted, this.#countedOptions);
  }

  /** `templates`: the id of template sets; one more is that of options templates. */
  #sets(bytes: Uint8Array, start: number, end: number, templates: number): void {
    let at = start;
    while (end - at >= 4) {
      const id = u16(bytes, at);
      const length = u16(bytes, at + 2);
      if (length < 4) {
        // Zeros up to the end are padding.
        if (id !== 0 || length !== 0 || !isZero(bytes, at, end)) this.#reader.skip(badSet);
        return;
      }
      let stop = at + length;
      if (stop > end) {
        this.#reader.skip(truncated);
        this.#counted = -1;
        stop = end;
      }
      if (id === templates) this.#templateSet(bytes, at + 4, stop, templates === 2);
      else if (id === templates + 1) {
        if (templates === 2) this.#optionsTemplates(bytes, at + 4, stop);
        else this.#optionsTemplates9(bytes, at + 4, stop);
      } else if (id >= firstDataSet) this.#dataSet(bytes, at + 4, stop, id);
      else this.#reader.skip('set of an unknown kind');
      at = stop;
    }
  }

  #templateSet(bytes: Uint8Array, start: number, end: number, ipfix: boolean): void {
    let at = start;
    while (end - at >= 4) {
      const id = u16(bytes, at);
      const count = u16(bytes, at + 2);
      if (id < firstDataSet) {
        if (ipfix && count === 0 && id === 2) this.#withdraw(false);
        else if (!isZero(bytes, at, end)) this.#reader.skip('impossible number of a template');
        return;
      }
      at += 4;
      if (count === 0) {
        // Withdrawal, of IPFIX; v9 has none.
        if (ipfix) this.exporters.removeTemplate(this.#times.exporter, id);
        continue;
      }
      at = this.#template(bytes, at, end, id, count, 0, ipfix);
      if (at < 0) return;
    }
  }

  #optionsTemplates(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (end - at >= 4) {
      const id = u16(bytes, at);
      const count = u16(bytes, at + 2);
      if (id < firstDataSet) {
        if (count === 0 && id === 3) this.#withdraw(true);
        else if (!isZero(bytes, at, end)) this.#reader.skip('impossible number of a template');
        return;
      }
      if (count === 0) {
        this.exporters.removeTemplate(this.#times.exporter, id);
        at += 4;
        continue;
      }
      if (end - at < 6) break;
      const scopes = u16(bytes, at + 4);
      at = this.#template(bytes, at + 6, end, id, count, Math.max(1, scopes), true);
      if (at < 0) return;
    }
  }

  /** v9 states the bytes of the scope and option fields, and scope types are numbers of their own. */
  #optionsTemplates9(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (end - at >= 6) {
      const id = u16(bytes, at);
      const scopes = u16(bytes, at + 2) >>> 2;
      const options = u16(bytes, at + 4) >>> 2;
      if (id < firstDataSet || scopes + options === 0) {
        if (!isZero(bytes, at, end)) this.#reader.skip('impossible number of a template');
        return;
      }
      at = this.#template(bytes, at + 6, end, id, scopes + options, scopes, false, true);
      if (at < 0) return;
    }
  }

  /** Reads `count` field specifiers at `at`, of which `scopes` are scope fields (options); -1 when cut short. */
  #template(
    bytes: Uint8Array,
    start: number,
    end: number,
    id: number,
    count: number,
    scopes: number,
    ipfix: boolean,
    foreignScopes = false,
  ): number {
    const sink = this.#reader.sink;
    if (count > this.#limits.fields) {
      this.#reader.skip('template with more fields than are read');
      return -1;
    }
    const fields: number[] = [];
    let least = 0;
    let at = start;
    for (let i = 0; i < count; i++) {
      if (end - at < 4) {
        this.#reader.skip('template cut short');
        return -1;
      }
      let element = u16(bytes, at);
      const length = u16(bytes, at + 2);
      let enterprise = 0;
      at += 4;
      if (ipfix && element >= 0x8000) {
        if (end - at < 4) {
          this.#reader.skip('template cut short');
          return -1;
        }
        element &= 0x7fff;
        enterprise = u32(bytes, at);
        at += 4;
      }
      // Scope types 1–5 of v9 are not information elements.
      fields.push(element, length, foreignScopes && i < scopes ? -1 : enterprise);
      // H3C uses IPFIX's variable length in v9, where no field can be that long.
      least += length === variableLength ? 1 : length;
    }
    if (least === 0 || least > 65_535) {
      this.#reader.skip('template of impossible length');
      return at;
    }
    const template = new FlowTemplate(fields, scopes > 0);
    const refused = this.exporters.addTemplate(sink, this.#times.exporter, id, template);
    if (refused !== '') {
      this.#reader.skip(refused);
      return at;
    }
    for (const set of this.exporters.release(this.#times.exporter, id))
      this.#waited(set.bytes, set, template);
    return at;
  }

  /** Decodes a set that had to wait, under its own message's header. */
  #waited(
    bytes: Uint8Array,
    header: { exported: number; uptime: number; record: number },
    template: FlowTemplate,
  ): void {
    const [exported, uptime, record, counted] = [
      this.#times.exported,
      this.#times.uptime,
      this.#reader.record,
      this.#counted,
    ];
    this.#times.exported = header.exported;
    this.#times.uptime = header.uptime;
    this.#reader.record = header.record;
    this.#records(bytes, 0, bytes.length, template);
    this.#times.exported = exported;
    this.#times.uptime = uptime;
    this.#reader.record = record;
    this.#counted = counted;
  }

  #withdraw(options: boolean): void {
    for (const [id, template] of this.#times.exporter.templates)
      if (template.isOptions === options) this.exporters.removeTemplate(this.#times.exporter, id);
  }

  #dataSet(bytes: Uint8Array, start: number, end: number, id: number): void {
    const template = this.#times.exporter.templates.get(id);
    if (template !== undefined) {
      this.#records(bytes, start, end, template);
      return;
    }
    this.#counted = -1;
    const kept = this.exporters.keep(this.#reader.sink, this.#times.exporter, {
      id,
      bytes: bytes.slice(start, end),
      exported: this.#times.exported,
      uptime: this.#times.uptime,
      record: this.#reader.record,
    });
    if (!kept) this.#reader.skip('data whose template never came');
  }

  #records(bytes: Uint8Array, start: number, end: number, template: FlowTemplate): void {
    const count = this.#reader.read(bytes, start, end, template);
    if (this.#counted >= 0) this.#counted += count;
    if (template.isOptions) this.#countedOptions += count;
  }
}
