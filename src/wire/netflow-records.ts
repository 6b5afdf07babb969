import { Proto } from '../model/event.ts';
import type { RowSink } from '../model/format.ts';
import { agree } from './flow-clock.ts';
import { Slot } from './flow-fields.ts';
import { FlowRecord, Verdict } from './flow-record.ts';
import { FlowValues } from './flow-template.ts';
import type { FlowTemplate, PlainPlan } from './flow-template.ts';
import { leastTime, u16, u32, v5Record } from './netflow-messages.ts';
import { FlowTimes } from './netflow-times.ts';

/*
 * Records of NetFlow and IPFIX data sets as flows: which field says what, which records are none, what options say of the
 * exporter. Messages and templates are netflow.ts's business.
 */

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

/** Turns the records of one message after another into rows; the message's own words are set before. */
export class NetflowRecords {
  readonly times = new FlowTimes();
  sink!: RowSink;
  /** Number of the message in its input, and where it begins. */
  record = 0;
  at = 0;
  readonly #flow = new FlowRecord();
  readonly #values = new FlowValues();
  readonly #peek = new FlowValues();
  /** Samplers of an exporter that are remembered. */
  readonly #samplers: number;

  constructor(samplers: number) {
    this.#samplers = samplers;
  }

  /** Reads `count` records of a v5 datagram that begin at `start`. */
  version5(bytes: Uint8Array, start: number, count: number, sampled: boolean): void {
    const { exporter } = this.times;
    const { clock } = exporter;
    const flow = this.#flow;
    for (let i = 0; i < count; i++) {
      const at = start + v5Record * i;
      flow.reset();
      flow.address[3] = u32(bytes, at);
      flow.address[7] = u32(bytes, at + 4);
      flow.packets = u32(bytes, at + 16);
      flow.bytes = u32(bytes, at + 20);
      const first = u32(bytes, at + 24);
      let age = clock.since(this.times.uptime, first);
      if (clock.isOpen(age)) {
        let same = i + 1 < count;
        for (let k = i + 1; k < count && k <= i + lookAhead; k++)
          same &&= agree(age, clock.since(this.times.uptime, u32(bytes, at + v5Record * (k - i) + 24)));
        if (same) clock.believe(age);
        age = clock.since(this.times.uptime, first);
      }
      flow.start = this.times.exported - age;
      flow.end = this.times.exported - clock.since(this.times.uptime, u32(bytes, at + 28));
      flow.sourcePort = u16(bytes, at + 32);
      flow.targetPort = u16(bytes, at + 34);
      flow.tcpFlags = bytes[at + 37];
      flow.proto = bytes[at + 38];
      flow.sampled = sampled || exporter.isSampled(-1);
      this.#finishFlow();
    }
  }

  /** Reads the records of a data set; returns how many there were. */
  read(bytes: Uint8Array, start: number, end: number, template: FlowTemplate): number {
    const values = this.#values;
    if (this.times.uptime < 0 && template.has(Slot.endUptime) && !template.has(Slot.bootMilli))
      this.times.guessBoot(this.sink, bytes, start, end, template);
    values.clear();
    let at = start;
    let count = 0;
    const plain =
      template.plain !== undefined && (!template.plain.uptimes || this.times.uptime >= 0)
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
        if (end - at > 7) this.skip('record longer than its set');
        break;
      }
      if (template.isOptions) this.#options(values.number, template);
      else this.#dataRecord(bytes, next, end, template);
      count++;
      at = next;
    }
    return count;
  }

  /** Sampling, boot time and time-outs; RFC 5476, 7270. */
  #options(value: Float64Array, template: FlowTemplate): void {
    const exporter = this.times.exporter;
    if (value[Slot.bootMilli] > 0) exporter.boot = value[Slot.bootMilli];
    if (value[Slot.activeTimeout] > longestActive)
      this.sink.note(`exporter ${exporter.name} reports long flows after more than 30 minutes`);
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
    if (interval > 1) this.sink.note(`exporter ${exporter.name} samples packets`);
    exporter.host.interval = interval;
    const sampler = value[Slot.samplerId];
    if (sampler >= 0 && (exporter.samplers.has(sampler) || exporter.samplers.size < this.#samplers))
      exporter.samplers.set(sampler, interval);
  }

  /** A record read the short way; false when its times need the long one. */
  #plainRecord(bytes: Uint8Array, at: number, plan: PlainPlan): boolean {
    const flow = this.#flow;
    const exporter = this.times.exporter;
    const { clock } = exporter;
    let start: number;
    let end: number;
    if (plan.uptimes) {
      start = this.times.exported - clock.since(this.times.uptime, u32(bytes, at + plan.start));
      end = this.times.exported - clock.since(this.times.uptime, u32(bytes, at + plan.end));
    } else {
      start = (u32(bytes, at + plan.start) * 4_294_967_296 + u32(bytes, at + plan.start + 4)) * 1000;
      end = (u32(bytes, at + plan.end) * 4_294_967_296 + u32(bytes, at + plan.end + 4)) * 1000;
      if (start === 0 || end === 0) return false;
    }
    if (clock.isOpen(this.times.exported - start)) return false;
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
    const exporter = this.times.exporter;
    const { has4, has6 } = template;
    if (!has4 && !has6) {
      this.skip('record without two addresses');
      return;
    }
    if (template.rare) {
      const reason = passedOver(value);
      if (reason !== '') {
        this.skip(reason);
        return;
      }
    }
    const flow = this.#flow;
    flow.reset();
    const from = has6 && (!has4 || value[Slot.ipVersion] === 6 || address[3] === 0) ? 8 : 0;
    for (let i = 0; i < 8; i++) flow.address[i] = address[from + i];
    this.#takeTimes(bytes, next, end, template);
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
    const exporter = this.times.exporter;
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
  #takeTimes(bytes: Uint8Array, next: number, end: number, template: FlowTemplate): void {
    const flow = this.#flow;
    const { clock } = this.times.exporter;
    const { number: value } = this.#values;
    flow.start = this.times.startOf(value);
    if (flow.start < 0) return;
    const age = this.times.exported - flow.start;
    if (clock.isOpen(age)) {
      const peek = this.#peek;
      peek.clear();
      let same = false;
      let at = template.read(bytes, next, end, peek);
      for (let k = 0; at >= 0 && k < lookAhead; k++) {
        same = agree(age, this.times.exported - this.times.startOf(peek.number));
        if (!same) break;
        at = template.read(bytes, at, end, peek);
      }
      if (same) clock.believe(age);
      flow.start = this.times.startOf(value);
    }
    flow.end = this.times.endOf(value, flow.start);
  }

  #finishFlow(): void {
    const flow = this.#flow;
    const sink = this.sink;
    const exporter = this.times.exporter;
    let reason = flow.start < 0 ? noTime : flow.impossible();
    if (
      reason === '' &&
      !(
        exporter.clock.plausible(this.times.exported - flow.start) &&
        exporter.clock.plausible(this.times.exported - flow.end)
      )
    )
      reason = badTime;
    if (reason !== '') {
      this.skip(reason);
      return;
    }
    if (exporter.clock.replay !== 0 && !exporter.replayNoted) this.#noteReplay();
    if (flow.proto === Proto.tcp) {
      if (flow.tcpFlags > 0) exporter.showsFlags = true;
      // Many routers do not record TCP flags and write 0: no NULL scan.
      else if (flow.tcpFlags === 0 && !exporter.showsFlags) flow.tcpFlags = -1;
    }
    flow.judge();
    flow.put(sink, this.record, this.at);
  }

  /** Records are binary: no bytes are shown as an example. */
  skip(reason: string): void {
    this.sink.skip(reason, this.record, this.at, this.at);
  }

  #noteReplay(): void {
    this.times.exporter.replayNoted = true;
    this.sink.note(
      `flow times of exporter ${this.times.exporter.name} do not fit its clock: a replayed capture?`,
    );
  }

  checkClock(received: number): void {
    const exporter = this.times.exporter;
    const { exported } = this.times;
    const unset = exported < leastTime * 1_000_000;
    if (exporter.clockNoted || (received < 0 ? !unset : Math.abs(received - exported) < clockTolerance))
      return;
    exporter.clockNoted = true;
    this.sink.note(
      unset
        ? `clock of exporter ${exporter.name} was never set: it stands before the year 2000`
        : `clock of exporter ${exporter.name} is more than five minutes off`,
    );
  }
}

/** Records that are no flow of their own; '' for those that are. */
function passedOver(value: Float64Array): string {
  const event = value[Slot.firewallEvent];
  if (event === FirewallEvent.created) return 'firewall flow opened: its end is read';
  const translation = value[Slot.natEvent];
  return translation > 0 && event < 0 && !natCreations.has(translation) ? 'address translation event' : '';
}
