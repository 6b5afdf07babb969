import { Proto } from '../model/event.ts';
import type { RowSink } from '../model/format.ts';
import { agree } from './flow-clock.ts';
import { FlowExporters, flowLimits } from './flow-exporter.ts';
import type { FlowExporter, FlowLimits } from './flow-exporter.ts';
import { FlowRecord, Verdict } from './flow-record.ts';
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
import { Slot, variableLength } from './flow-fields.ts';
import { FlowTemplate, FlowValues } from './flow-template.ts';
import type { PlainPlan } from './flow-template.ts';

/*
 * NetFlow v5 (Cisco), v9 (RFC 3954) and IPFIX (RFC 7011), message by message.
 *
 *   v5     header 24 | records of 48 bytes
 *   v9     header 20 | sets:  id, length | id 0 templates, 1 options templates, ≥ 256 data
 *   IPFIX  header 16 | sets:  id, length | id 2 templates, 3 options templates, ≥ 256 data
 */

const truncated = 'datagram cut short';
const badSet = 'impossible length of a set';
const badTime = 'flow time outside of what its datagram can report';
const noTime = 'flow without a time';

/** µs between the exporter's clock and ours from which on it is worth a note. */
const clockTolerance = 300_000_000;
/** s of active time-out up to which the formats' lateness suffices. */
const longestActive = 1800;
/** Records that must agree with a first one of an impossible age. */
const lookAhead = 8;

/** NSEL and NAT events (Cisco ASA; RFC 8158). */
const FirewallEvent = { created: 1, deleted: 2, denied: 3, alert: 4, updated: 5 } as const;
/** NSEL's extended event of a TCP packet that is no SYN and belongs to no connection. */
const notFirst = 1004;
const natCreations = new Set([1, 4, 6]);

export class NetflowDecoder {
  readonly #limits: FlowLimits;
  readonly exporters: FlowExporters;
  readonly #flow = new FlowRecord();
  readonly #values = new FlowValues();
  readonly #peek = new FlowValues();
  #sink!: RowSink;
  #exporter!: FlowExporter;
  /** Of the message being read: µs UTC of its export, the exporter's uptime in ms, its number and position. */
  #exported = 0;
  #uptime = -1;
  #record = 0;
  #at = 0;
  /** Records that the message's sequence number counts; -1 once a set could not be counted. */
  #counted = 0;
  #countedOptions = 0;

  constructor(limits: Partial<FlowLimits> = {}) {
    this.#limits = { ...flowLimits, ...limits };
    this.exporters = new FlowExporters(this.#limits);
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
    this.#sink = sink;
    this.#record = record;
    this.#at = start;
    if (end - start < ipfixHeader) {
      this.#skip(truncated);
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
        this.#skip('not NetFlow v5, v9 or IPFIX');
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
    const sink = this.#sink;
    if (end - start < v5Header) {
      this.#skip(truncated);
      return;
    }
    let count = u16(bytes, start + 2);
    this.#uptime = u32(bytes, start + 4);
    this.#exported =
      u32(bytes, start + 8) * 1_000_000 + Math.floor((u32(bytes, start + 12) % 1_000_000_000) / 1000);
    // Engine type and id: one sequence each.
    const exporter = this.exporters.of(sink, address, 5, u16(bytes, start + 20));
    this.#exporter = exporter;
    this.#checkClock(received);
    exporter.sequence(sink, u32(bytes, start + 16), count);
    const fit = Math.floor((end - start - v5Header) / v5Record);
    if (fit < count) {
      this.#skip(truncated);
      count = fit;
    }
    const sampled = (u16(bytes, start + 22) & 0x3fff) > 1;
    const { clock } = exporter;
    const flow = this.#flow;
    for (let i = 0; i < count; i++) {
      const at = start + v5Header + v5Record * i;
      flow.reset();
      flow.address[3] = u32(bytes, at);
      flow.address[7] = u32(bytes, at + 4);
      flow.packets = u32(bytes, at + 16);
      flow.bytes = u32(bytes, at + 20);
      const first = u32(bytes, at + 24);
      let age = clock.since(this.#uptime, first);
      if (clock.isOpen(age)) {
        let same = i + 1 < count;
        for (let k = i + 1; k < count && k <= i + lookAhead; k++)
          same &&= agree(age, clock.since(this.#uptime, u32(bytes, at + v5Record * (k - i) + 24)));
        if (same) clock.believe(age);
        age = clock.since(this.#uptime, first);
      }
      flow.start = this.#exported - age;
      flow.end = this.#exported - clock.since(this.#uptime, u32(bytes, at + 28));
      flow.sourcePort = u16(bytes, at + 32);
      flow.targetPort = u16(bytes, at + 34);
      flow.tcpFlags = bytes[at + 37];
      flow.proto = bytes[at + 38];
      flow.sampled = sampled || exporter.isSampled(-1);
      this.#finishFlow();
    }
  }

  #version9(
    bytes: Uint8Array,
    start: number,
    end: number,
    address: ArrayLike<number>,
    received: number,
  ): void {
    const sink = this.#sink;
    if (end - start < v9Header) {
      this.#skip(truncated);
      return;
    }
    this.#uptime = u32(bytes, start + 4);
    this.#exported = u32(bytes, start + 8) * 1_000_000;
    this.#exporter = this.exporters.of(sink, address, 9, u32(bytes, start + 16));
    this.#checkClock(received);
    // v9 numbers datagrams.
    this.#exporter.sequence(sink, u32(bytes, start + 12), 1);
    this.#sets(bytes, start + v9Header, end, 0);
  }

  #ipfix(bytes: Uint8Array, start: number, end: number, address: ArrayLike<number>, received: number): void {
    const sink = this.#sink;
    const length = u16(bytes, start + 2);
    let stop = start + length;
    if (length < ipfixHeader) {
      this.#skip('impossible length of a message');
      return;
    }
    if (stop > end) {
      this.#skip(truncated);
      stop = end;
    }
    this.#uptime = -1;
    this.#exported = u32(bytes, start + 4) * 1_000_000;
    const exporter = this.exporters.of(sink, address, 10, u32(bytes, start + 12));
    this.#exporter = exporter;
    this.#checkClock(received);
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
        if (id !== 0 || length !== 0 || !isZero(bytes, at, end)) this.#skip(badSet);
        return;
      }
      let stop = at + length;
      if (stop > end) {
        this.#skip(truncated);
        this.#counted = -1;
        stop = end;
      }
      if (id === templates) this.#templateSet(bytes, at + 4, stop, templates === 2);
      else if (id === templates + 1) {
        if (templates === 2) this.#optionsTemplates(bytes, at + 4, stop);
        else this.#optionsTemplates9(bytes, at + 4, stop);
      } else if (id >= firstDataSet) this.#dataSet(bytes, at + 4, stop, id);
      else this.#skip('set of an unknown kind');
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
        else if (!isZero(bytes, at, end)) this.#skip('impossible number of a template');
        return;
      }
      at += 4;
      if (count === 0) {
        // Withdrawal, of IPFIX; v9 has none.
        if (ipfix) this.exporters.removeTemplate(this.#exporter, id);
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
        else if (!isZero(bytes, at, end)) this.#skip('impossible number of a template');
        return;
      }
      if (count === 0) {
        this.exporters.removeTemplate(this.#exporter, id);
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
        if (!isZero(bytes, at, end)) this.#skip('impossible number of a template');
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
    const sink = this.#sink;
    if (count > this.#limits.fields) {
      this.#skip('template with more fields than are read');
      return -1;
    }
    const fields: number[] = [];
    let least = 0;
    let at = start;
    for (let i = 0; i < count; i++) {
      if (end - at < 4) {
        this.#skip('template cut short');
        return -1;
      }
      let element = u16(bytes, at);
      const length = u16(bytes, at + 2);
      let enterprise = 0;
      at += 4;
      if (ipfix && element >= 0x8000) {
        if (end - at < 4) {
          this.#skip('template cut short');
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
      this.#skip('template of impossible length');
      return at;
    }
    const template = new FlowTemplate(fields, scopes > 0);
    const refused = this.exporters.addTemplate(sink, this.#exporter, id, template);
    if (refused !== '') {
      this.#skip(refused);
      return at;
    }
    for (const set of this.exporters.release(this.#exporter, id)) this.#waited(set.bytes, set, template);
    return at;
  }

  /** Decodes a set that had to wait, under its own message's header. */
  #waited(
    bytes: Uint8Array,
    header: { exported: number; uptime: number; record: number },
    template: FlowTemplate,
  ): void {
    const [exported, uptime, record, counted] = [this.#exported, this.#uptime, this.#record, this.#counted];
    this.#exported = header.exported;
    this.#uptime = header.uptime;
    this.#record = header.record;
    this.#records(bytes, 0, bytes.length, template);
    this.#exported = exported;
    this.#uptime = uptime;
    this.#record = record;
    this.#counted = counted;
  }

  #withdraw(options: boolean): void {
    for (const [id, template] of this.#exporter.templates)
      if (template.isOptions === options) this.exporters.removeTemplate(this.#exporter, id);
  }

  #dataSet(bytes: Uint8Array, start: number, end: number, id: number): void {
    const template = this.#exporter.templates.get(id);
    if (template !== undefined) {
      this.#records(bytes, start, end, template);
      return;
    }
    this.#counted = -1;
    const kept = this.exporters.keep(this.#sink, this.#exporter, {
      id,
      bytes: bytes.slice(start, end),
      exported: this.#exported,
      uptime: this.#uptime,
      record: this.#record,
    });
    if (!kept) this.#skip('data whose template never came');
  }

  #records(bytes: Uint8Array, start: number, end: number, template: FlowTemplate): void {
    const values = this.#values;
    if (this.#uptime < 0 && template.has(Slot.endUptime) && !template.has(Slot.bootMilli))
      this.#guessBoot(bytes, start, end, template);
    values.clear();
    let at = start;
    let count = 0;
    const plain =
      template.plain !== undefined && (!template.plain.uptimes || this.#uptime >= 0)
        ? template.plain
        : undefined;
    while (end - at >= template.length) {
      if (plain !== undefined && this.#plainRecord(bytes, at, plain)) {
        count++;
        at += template.length;
        continue;
      }
      const next = template.read(bytes, at, end, values);
      if (next < 0) {
        // What cannot be a record is padding of at most seven bytes, or damage.
        if (end - at > 7) this.#skip('record longer than its set');
        break;
      }
      if (template.isOptions) this.#options(values.number, template);
      else this.#dataRecord(bytes, next, end, template);
      count++;
      at = next;
    }
    if (this.#counted >= 0) this.#counted += count;
    if (template.isOptions) this.#countedOptions += count;
  }

  /**
   * IPFIX uptimes without the boot time that they need (MikroTik and others): the flow that ended last, of all seen, ended
   * when its message was sent. Times are late by at most the time that flow waited for its export.
   */
  #guessBoot(bytes: Uint8Array, start: number, end: number, template: FlowTemplate): void {
    const exporter = this.#exporter;
    if (exporter.boot >= 0) return;
    const values = this.#peek;
    values.clear();
    const now = this.#exported / 1000;
    for (let at = start; end - at >= template.length;) {
      at = template.read(bytes, at, end, values);
      if (at < 0) return;
      const boot = now - values.number[Slot.endUptime];
      if (exporter.guessedBoot < 0) {
        exporter.guessedBoot = boot;
        this.#sink.note(`exporter ${exporter.name} does not say when it booted: flow times are estimates`);
      } else {
        // The uptime wraps: the nearest of the possible boot times.
        const earlier = (exporter.guessedBoot - boot) | 0;
        if (earlier > 0) exporter.guessedBoot -= earlier;
      }
    }
  }

  /** Sampling, boot time and time-outs; RFC 5476, 7270. */
  #options(value: Float64Array, template: FlowTemplate): void {
    const exporter = this.#exporter;
    if (value[Slot.bootMilli] > 0) exporter.boot = value[Slot.bootMilli];
    if (value[Slot.activeTimeout] > longestActive)
      this.#sink.note(`exporter ${exporter.name} reports long flows after more than 30 minutes`);
    let interval = 0;
    if (template.has(Slot.samplingInterval)) {
      // 305 packets taken, then 306 passed over; without 306, or as field 34, one of N.
      const space = value[Slot.samplingSpace];
      const each = value[Slot.samplingInterval];
      interval = space >= 0 ? (each > 0 ? (each + space) / each : 1) : Math.max(1, each);
    } else if (template.has(Slot.samplingRandomInterval))
      interval = Math.max(1, value[Slot.samplingRandomInterval]);
    else if (template.has(Slot.samplingPopulation) && value[Slot.samplingSize] > 0)
      interval = value[Slot.samplingPopulation] / value[Slot.samplingSize];
    else if (value[Slot.samplingProbability] > 0 && value[Slot.samplingProbability] <= 1)
      interval = 1 / value[Slot.samplingProbability];
    if (interval <= 0) return;
    if (interval > 1) this.#sink.note(`exporter ${exporter.name} samples packets`);
    exporter.host.interval = interval;
    const sampler = value[Slot.samplerId];
    if (sampler >= 0 && (exporter.samplers.has(sampler) || exporter.samplers.size < this.#limits.samplers))
      exporter.samplers.set(sampler, interval);
  }

  /** A record read the short way; false when its times need the long one. */
  #plainRecord(bytes: Uint8Array, at: number, plan: PlainPlan): boolean {
    const flow = this.#flow;
    const exporter = this.#exporter;
    const { clock } = exporter;
    let start: number;
    let end: number;
    if (plan.uptimes) {
      start = this.#exported - clock.since(this.#uptime, u32(bytes, at + plan.start));
      end = this.#exported - clock.since(this.#uptime, u32(bytes, at + plan.end));
    } else {
      start = (u32(bytes, at + plan.start) * 4_294_967_296 + u32(bytes, at + plan.start + 4)) * 1000;
      end = (u32(bytes, at + plan.end) * 4_294_967_296 + u32(bytes, at + plan.end + 4)) * 1000;
      if (start === 0 || end === 0) return false;
    }
    if (clock.isOpen(this.#exported - start)) return false;
    flow.reset();
    flow.start = start;
    flow.end = end;
    flow.address[3] = u32(bytes, at + plan.source);
    flow.address[7] = u32(bytes, at + plan.target);
    flow.proto = bytes[at + plan.protocol];
    if (plan.packets >= 0) {
      flow.packets = u32(bytes, at + plan.packets);
      if (plan.packetsHigh >= 0) flow.packets += u32(bytes, at + plan.packetsHigh) * 4_294_967_296;
    }
    if (plan.bytes >= 0) {
      flow.bytes = u32(bytes, at + plan.bytes);
      if (plan.bytesHigh >= 0) flow.bytes += u32(bytes, at + plan.bytesHigh) * 4_294_967_296;
    }
    if (plan.tcpFlags >= 0) flow.tcpFlags = bytes[at + plan.tcpFlags];
    const icmp = flow.proto === Proto.icmp || flow.proto === Proto.icmp6;
    const target = icmp && plan.icmp >= 0 ? plan.icmp : plan.targetPort;
    if (target >= 0) flow.targetPort = u16(bytes, at + target);
    if (!icmp && plan.sourcePort >= 0) flow.sourcePort = u16(bytes, at + plan.sourcePort);
    flow.sampled = exporter.host.interval > 1;
    this.#finishFlow();
    return true;
  }

  #dataRecord(bytes: Uint8Array, next: number, end: number, template: FlowTemplate): void {
    const { number: value, address } = this.#values;
    const exporter = this.#exporter;
    const { has4, has6 } = template;
    if (!has4 && !has6) {
      this.#skip('record without two addresses');
      return;
    }
    if (template.rare) {
      const reason = passedOver(value);
      if (reason !== '') {
        this.#skip(reason);
        return;
      }
    }
    const flow = this.#flow;
    flow.reset();
    const from = has6 && (!has4 || value[Slot.ipVersion] === 6 || address[3] === 0) ? 8 : 0;
    for (let i = 0; i < 8; i++) flow.address[i] = address[from + i];
    this.#times(bytes, next, end, template);
    flow.proto = value[Slot.protocol];
    // Some count where a flow came in, some where it went out, and write 0 in the other field.
    flow.packets =
      value[Slot.packets] > 0 ? value[Slot.packets] : Math.max(value[Slot.packets], value[Slot.outPackets]);
    flow.bytes =
      value[Slot.bytes] > 0 ? value[Slot.bytes] : Math.max(value[Slot.bytes], value[Slot.outBytes]);
    if (value[Slot.tcpFlags] >= 0) flow.tcpFlags = value[Slot.tcpFlags] & 0xff;
    if (flow.proto === Proto.icmp || flow.proto === Proto.icmp6) {
      if (value[Slot.icmp] >= 0) flow.targetPort = value[Slot.icmp];
      else if (value[Slot.icmpType] >= 0)
        flow.targetPort = value[Slot.icmpType] * 256 + Math.max(0, value[Slot.icmpCode]);
      else flow.targetPort = Math.max(0, value[Slot.targetPort]);
    } else {
      flow.sourcePort = Math.max(0, value[Slot.sourcePort]);
      flow.targetPort = Math.max(0, value[Slot.targetPort]);
    }
    flow.sampled = exporter.host.interval > 1;
    if (template.rare) this.#rareFields(value);
    this.#finishFlow();
  }

  /** What only some exporters say: the other direction, first flags, verdicts, samplers. */
  #rareFields(value: Float64Array): void {
    const flow = this.#flow;
    const exporter = this.#exporter;
    const event = value[Slot.firewallEvent];
    flow.reversePackets = value[Slot.reversePackets];
    flow.reverseBytes = value[Slot.reverseBytes];
    if (value[Slot.reverseFlags] >= 0) flow.reverseFlags = value[Slot.reverseFlags] & 0xff;
    flow.firstFlags = value[Slot.firstFlags];
    if (flow.firstFlags >= 0) flow.tcpFlags = flow.firstFlags | Math.max(0, value[Slot.unionFlags]);
    flow.reverseFirstFlags = value[Slot.reverseFirstFlags];
    if (flow.reverseFirstFlags >= 0)
      flow.reverseFlags = flow.reverseFirstFlags | Math.max(0, value[Slot.reverseUnionFlags]);
    // Only as pairs: Huawei has another use for one of these numbers.
    if (value[Slot.responderBytes] >= 0 && value[Slot.initiatorBytes] >= 0) {
      flow.reverseBytes = value[Slot.responderBytes];
      flow.bytes = value[Slot.initiatorBytes];
    }
    if (value[Slot.responderPackets] >= 0 && value[Slot.initiatorPackets] >= 0) {
      flow.reversePackets = value[Slot.responderPackets];
      flow.packets = value[Slot.initiatorPackets];
    }
    flow.sampled = value[Slot.samplingInterval] > 1 || exporter.isSampled(value[Slot.samplerId]);
    flow.fragment = value[Slot.fragmentOffset] > 0;
    if (value[Slot.natEvent] > 0) flow.initiator = true;
    if (event === FirewallEvent.denied)
      flow.verdict = value[Slot.extendedEvent] === notFirst ? Verdict.stray : Verdict.denied;
    else if (value[Slot.forwarding] >= 0) {
      // RFC 7270: the two upper bits; 129 and 130 are refusals by a filter. Cisco's 4-byte form puts it last.
      const status = value[Slot.forwarding] & 0xff;
      if (status >>> 6 === 2)
        flow.verdict = status === 129 || status === 130 ? Verdict.denied : Verdict.dropped;
    }
    const direction = value[Slot.biflowDirection];
    if (direction === 0) flow.arbitrary = true;
    if (direction === 2 && flow.bothWays) flow.swap();
  }

  /** Start and end of the record just read. `next`: where the following record of the set is. */
  #times(bytes: Uint8Array, next: number, end: number, template: FlowTemplate): void {
    const flow = this.#flow;
    const { clock } = this.#exporter;
    const { number: value } = this.#values;
    flow.start = this.#startOf(value);
    if (flow.start < 0) return;
    const age = this.#exported - flow.start;
    if (clock.isOpen(age)) {
      const peek = this.#peek;
      peek.clear();
      let same = false;
      let at = template.read(bytes, next, end, peek);
      for (let k = 0; at >= 0 && k < lookAhead; k++) {
        same = agree(age, this.#exported - this.#startOf(peek.number));
        if (!same) break;
        at = template.read(bytes, at, end, peek);
      }
      if (same) clock.believe(age);
      flow.start = this.#startOf(value);
    }
    flow.end = this.#endOf(value, flow.start);
  }

  #startOf(value: Float64Array): number {
    if (value[Slot.startMilli] > 0) return value[Slot.startMilli] * 1000;
    if (value[Slot.startNtp] > 0) return value[Slot.startNtp];
    if (value[Slot.startUptime] >= 0) return this.#fromUptime(value, value[Slot.startUptime]);
    if (value[Slot.startSeconds] > 0) return value[Slot.startSeconds] * 1_000_000;
    if (value[Slot.startDelta] >= 0) return this.#exported - value[Slot.startDelta];
    const duration =
      value[Slot.durationMicro] >= 0 ? value[Slot.durationMicro] : value[Slot.durationMilli] * 1000;
    const end = this.#endOf(value, -1);
    if (end >= 0) return duration > 0 ? end - duration : end;
    if (value[Slot.observedMilli] > 0) return value[Slot.observedMilli] * 1000;
    if (value[Slot.observedNtp] > 0) return value[Slot.observedNtp];
    if (value[Slot.observedSeconds] > 0) return value[Slot.observedSeconds] * 1_000_000;
    // None of them is in the record: it is as old as its message.
    return this.#exported;
  }

  #endOf(value: Float64Array, start: number): number {
    if (value[Slot.endMilli] > 0) return value[Slot.endMilli] * 1000;
    if (value[Slot.endNtp] > 0) return value[Slot.endNtp];
    if (value[Slot.endUptime] >= 0) return this.#fromUptime(value, value[Slot.endUptime]);
    if (value[Slot.endSeconds] > 0) {
      const end = value[Slot.endSeconds] * 1_000_000;
      // Whole seconds beside a finer start: not earlier than it.
      return end < start && start - end < 1_000_000 ? start : end;
    }
    if (value[Slot.endDelta] >= 0) return this.#exported - value[Slot.endDelta];
    return start;
  }

  /** The exporter's uptime as µs UTC: by the header of v9; by the boot time of the record or of the options of IPFIX. */
  #fromUptime(value: Float64Array, uptime: number): number {
    if (this.#uptime >= 0) return this.#exported - this.#exporter.clock.since(this.#uptime, uptime);
    const exporter = this.#exporter;
    let boot = value[Slot.bootMilli] > 0 ? value[Slot.bootMilli] : exporter.boot;
    if (boot < 0) boot = exporter.guessedBoot;
    if (boot < 0) return -1;
    const now = (this.#exported / 1000 - boot) % 4_294_967_296;
    return this.#exported - exporter.clock.since(now, uptime);
  }

  #finishFlow(): void {
    const flow = this.#flow;
    const sink = this.#sink;
    const exporter = this.#exporter;
    let reason = flow.start < 0 ? noTime : flow.impossible();
    if (
      reason === '' &&
      !(
        exporter.clock.plausible(this.#exported - flow.start) &&
        exporter.clock.plausible(this.#exported - flow.end)
      )
    )
      reason = badTime;
    if (reason !== '') {
      this.#skip(reason);
      return;
    }
    if (exporter.clock.replay !== 0 && !exporter.replayNoted) this.#noteReplay();
    if (flow.proto === Proto.tcp) {
      if (flow.tcpFlags > 0) exporter.showsFlags = true;
      // Many routers do not record TCP flags and write 0: no NULL scan.
      else if (flow.tcpFlags === 0 && !exporter.showsFlags) flow.tcpFlags = -1;
    }
    flow.judge();
    flow.put(sink, this.#record, this.#at);
  }

  /** Records are binary: no bytes are shown as an example. */
  #skip(reason: string): void {
    this.#sink.skip(reason, this.#record, this.#at, this.#at);
  }

  #noteReplay(): void {
    this.#exporter.replayNoted = true;
    this.#sink.note(
      `flow times of exporter ${this.#exporter.name} do not fit its clock: a replayed capture?`,
    );
  }

  #checkClock(received: number): void {
    const exporter = this.#exporter;
    if (received < 0 || exporter.clockNoted || Math.abs(received - this.#exported) < clockTolerance) return;
    exporter.clockNoted = true;
    this.#sink.note(`clock of exporter ${exporter.name} is more than five minutes off`);
  }
}

/** Records that are no flow of their own; '' for those that are. */
function passedOver(value: Float64Array): string {
  const event = value[Slot.firewallEvent];
  if (event === FirewallEvent.created) return 'firewall flow opened: its end is read';
  const translation = value[Slot.natEvent];
  return translation > 0 && event < 0 && !natCreations.has(translation) ? 'address translation event' : '';
}
