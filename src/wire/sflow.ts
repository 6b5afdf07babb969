import { Proto } from '../model/event.ts';
import type { RowSink } from '../model/format.ts';
import { FlowExporters, flowLimits } from './flow-exporter.ts';
import type { FlowExporter, FlowLimits } from './flow-exporter.ts';
import { FlowRecord } from './flow-record.ts';
import { LinkType, Packet, portsOnly } from './packet.ts';

/*
 * sFlow version 5 (https://sflow.org/sflow_version_5.txt): a switch sends the headers of one of N packets.
 *
 *   datagram  version 4 | address type 4 | agent 4 or 16 | sub-agent 4 | sequence 4 | uptime 4 | samples 4
 *   sample    type 4 | length 4 | …      1 flow, 3 flow expanded; 2, 4 counters: passed over
 *   flow      … sampling rate … drops … | records: type 4 | length 4 | 1 raw header, 3 IPv4, 4 IPv6; others passed over
 *
 * A datagram carries no time of day: rows take the time at which it was received, at most a second after the packet.
 */

const truncated = 'datagram cut short';
const SampleType = { flow: 1, counters: 2, flowExpanded: 3, countersExpanded: 4 } as const;
const RecordType = { rawHeader: 1, ipv4: 3, ipv6: 4 } as const;
/** header_protocol of a raw header → link type of captures. */
const links = new Map<number, number>([
  [1, LinkType.ethernet],
  [7, LinkType.ppp],
  [11, LinkType.ipv4],
  [12, LinkType.ipv6],
]);
/** A datagram holds tens of samples; more are damage. */
const sampleLimit = 1024;

/** Whether `bytes[start, end)` begins like an sFlow v5 datagram. */
export function isSflow(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 28) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const family = view.getUint32(4);
  if (view.getUint32(0) !== 5 || (family !== 1 && family !== 2)) return false;
  const samples = family === 1 ? 24 : 36;
  return end - start >= samples + 4 && view.getUint32(samples) <= sampleLimit;
}

export class SflowDecoder {
  readonly exporters: FlowExporters;
  readonly #packet = new Packet();
  readonly #flow = new FlowRecord();
  readonly #agent = new Uint32Array(4);
  #sink!: RowSink;
  #exporter!: FlowExporter;
  #received = 0;
  #record = 0;
  #at = 0;

  constructor(limits: Partial<FlowLimits> = {}) {
    this.exporters = new FlowExporters({ ...flowLimits, ...limits });
  }

  /** Decodes one datagram received at `received` µs UTC. Never throws; what is wrong is counted. */
  datagram(
    sink: RowSink,
    bytes: Uint8Array,
    start: number,
    end: number,
    received: number,
    record: number,
  ): void {
    this.#sink = sink;
    this.#received = received;
    this.#record = record;
    this.#at = start;
    if (!isSflow(bytes, start, end)) {
      this.#skip('not sFlow v5');
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    const wide = view.getUint32(start + 4) === 2;
    const agent = this.#agent;
    if (wide) for (let i = 0; i < 4; i++) agent[i] = view.getUint32(start + 8 + 4 * i);
    else {
      agent.fill(0);
      agent[2] = 0xffff;
      agent[3] = view.getUint32(start + 8);
    }
    let at = start + (wide ? 24 : 12);
    this.#exporter = this.exporters.of(sink, agent, 105, view.getUint32(at));
    this.#exporter.sequence(sink, view.getUint32(at + 4), 1);
    const samples = view.getUint32(at + 12);
    at += 16;
    for (let i = 0; i < samples; i++) {
      if (end - at < 8) {
        this.#skip(truncated);
        return;
      }
      const type = view.getUint32(at);
      const length = view.getUint32(at + 4);
      at += 8;
      if (length > end - at) {
        this.#skip(truncated);
        return;
      }
      if (type === SampleType.flow || type === SampleType.flowExpanded)
        this.#flowSample(bytes, view, at, at + length, type === SampleType.flowExpanded);
      else if (type !== SampleType.counters && type !== SampleType.countersExpanded)
        this.#skip('sample of an unknown kind');
      at += length;
    }
  }

  finish(sink: RowSink): void {
    this.exporters.finish(sink);
  }

  #flowSample(bytes: Uint8Array, view: DataView, start: number, end: number, expanded: boolean): void {
    const header = expanded ? 44 : 32;
    if (end - start < header) {
      this.#skip(truncated);
      return;
    }
    const rate = view.getUint32(start + (expanded ? 12 : 8));
    if (rate > 1 && this.#exporter.host.interval !== rate) {
      if (this.#exporter.host.interval === 0)
        this.#sink.note(`exporter ${this.#exporter.name} samples packets`);
      this.#exporter.host.interval = rate;
    }
    const records = view.getUint32(start + header - 4);
    let at = start + header;
    for (let i = 0; i < records && end - at >= 8; i++) {
      const type = view.getUint32(at);
      const length = view.getUint32(at + 4);
      at += 8;
      if (length > end - at) {
        this.#skip(truncated);
        return;
      }
      if (type === RecordType.rawHeader) {
        this.#rawHeader(bytes, view, at, at + length, rate);
        return;
      }
      if (type === RecordType.ipv4 || type === RecordType.ipv6) {
        this.#sampledIp(view, at, at + length, rate, type === RecordType.ipv6);
        return;
      }
      at += (length + 3) & ~3;
    }
    this.#skip('flow sample without a packet');
  }

  #rawHeader(bytes: Uint8Array, view: DataView, start: number, end: number, rate: number): void {
    if (end - start < 16) {
      this.#skip(truncated);
      return;
    }
    const link = links.get(view.getUint32(start));
    const length = view.getUint32(start + 12);
    if (link === undefined || length > end - start - 16) {
      this.#skip(link === undefined ? 'sampled frame of another link type' : truncated);
      return;
    }
    const packet = this.#packet;
    packet.time = this.#received;
    const reason = packet.decode(bytes, view, start + 16, start + 16 + length, link);
    if ((reason !== '' && reason !== portsOnly) || packet.proto === Proto.arp) {
      this.#skip(reason === '' ? 'sampled frame that is not IP' : reason);
      return;
    }
    const flow = this.#flow;
    flow.reset();
    for (let i = 0; i < 8; i++) flow.address[i] = packet.address[i];
    flow.proto = packet.proto;
    flow.fragment = packet.fragment;
    if (packet.proto === Proto.icmp || packet.proto === Proto.icmp6) flow.targetPort = packet.icmp;
    else {
      flow.sourcePort = packet.sourcePort;
      flow.targetPort = packet.targetPort;
    }
    if (packet.proto === Proto.tcp && reason === '') flow.tcpFlags = packet.flags & 0xff;
    this.#put(view.getUint32(start + 4), rate);
  }

  /** sampled_ipv4, sampled_ipv6: length, protocol, addresses, ports, TCP flags, type of service. */
  #sampledIp(view: DataView, start: number, end: number, rate: number, wide: boolean): void {
    const size = wide ? 16 : 4;
    const ports = start + 8 + 2 * size;
    if (end - ports < 12) {
      this.#skip(truncated);
      return;
    }
    const flow = this.#flow;
    flow.reset();
    flow.proto = view.getUint32(start + 4);
    for (let i = 0; i < size / 4; i++) {
      const to = wide ? i : 3;
      flow.address[to] = view.getUint32(start + 8 + 4 * i);
      flow.address[to + 4] = view.getUint32(start + 8 + size + 4 * i);
    }
    // ICMP: the ports are type and code.
    const [source, target] = [view.getUint32(ports) & 0xffff, view.getUint32(ports + 4) & 0xffff];
    if (flow.proto === Proto.icmp || flow.proto === Proto.icmp6)
      flow.targetPort = ((source & 0xff) << 8) | (target & 0xff);
    else {
      flow.sourcePort = source;
      flow.targetPort = target;
    }
    if (flow.proto === Proto.tcp) flow.tcpFlags = view.getUint32(ports + 8) & 0xff;
    this.#put(view.getUint32(start), rate);
  }

  #put(length: number, rate: number): void {
    const flow = this.#flow;
    flow.start = this.#received;
    flow.end = flow.start;
    flow.packets = 1;
    flow.bytes = length;
    // One packet: its flags say more than those of a whole flow.
    flow.firstFlags = flow.tcpFlags;
    flow.sampled = rate > 1;
    const reason = flow.impossible();
    if (reason !== '') {
      this.#skip(reason);
      return;
    }
    flow.judge();
    flow.put(this.#sink, this.#record, this.#at);
  }

  #skip(reason: string): void {
    this.#sink.skip(reason, this.#record, this.#at, this.#at);
  }
}
