import { addressBefore } from '../bytes/addresses.ts';
import { comma } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { cursor, decimal, find, readDecimal } from '../bytes/numbers.ts';
import { readEpoch } from '../bytes/times.ts';
import { Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { BlockReader, Format, RowSink, Sample } from '../model/format.ts';
import { OpenFlows } from '../state/open-flows.ts';
import type { Opening } from '../state/open-flows.ts';
import { AzureTuples } from '../wire/azure-tuples.ts';
import { FlowRecord } from '../wire/flow-record.ts';

/** µs. Statistics of a flow come every five minutes; a record holds a minute. */
const patience = 360_000_000;
const letterA = 65;
const letterB = 66;
const letterC = 67;
const letterD = 68;
const letterE = 69;
const letterT = 84;
const letterU = 85;

/** Azure NSG flow logs (version 1 and 2) and virtual network flow logs (version 4). See docs/inputs/azure-flow.md. */
export const azureFlow: Format = {
  name: 'azure-flow',
  title: 'Azure NSG and virtual network flow logs (JSON)',
  lateness: 420,
  yields: ['contact'],
  blindness: [
    'No TCP flags, no payload; NSG logs hold TCP and UDP only.',
    'Version 1 of NSG flow logs says what was allowed or denied, not what was answered.',
  ],
  sample:
    '{"records":[{"time":"2026-01-02T03:04:52.5625085Z","flowLogVersion":4,"macAddress":"112233445566","category":"FlowLogFlowEvent","flowRecords":{"flows":[{"aclID":"a1","flowGroups":[{"rule":"BlockHighRiskTCPPortsFromInternet","flowTuples":["1767323040250,192.0.2.7,10.0.0.4,55188,22,6,I,D,NX,0,0,0,0"]}]}]}}]}',

  recognise({ bytes }: Sample): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return text.includes('"flowTuples"') &&
      (text.includes('"NetworkSecurityGroupFlowEvent"') || text.includes('"FlowLogFlowEvent"'))
      ? 1
      : 0;
  },

  blocks(): BlockReader {
    const flows = new AzureFlows();
    return new AzureTuples(flows.take, flows.finish);
  },
};

/** Fields of any tuple; those that {@link AzureFlows} reads without splitting. */
const fieldsAtLeast = 8;
const beginningFields = 5;
const tooFew = 'flow tuple with too few fields';
const noPort = 'port that is none';

/**
 * Makes contacts of tuples. A flow's beginning (B) has no outcome: it waits for the flow's statistics (C after five
 * minutes, E at its end), and goes as it is when they do not come.
 */
class AzureFlows {
  readonly #fields = new CsvFields(16);
  readonly #flow = new FlowRecord();
  readonly #source = this.#flow.address.subarray(0, 4);
  readonly #target = this.#flow.address.subarray(4, 8);
  readonly #open = new OpenFlows();
  readonly #opening: Opening = {
    time: 0,
    address: this.#flow.address,
    sourcePort: 0,
    targetPort: 0,
    proto: 0,
  };
  #newest = -Infinity;

  readonly take = (sink: RowSink, record: number, bytes: Uint8Array, start: number, end: number): string => {
    const wrong = this.#beginning(bytes, start, end);
    if (wrong !== '') return this.#fields.split(bytes, start, end, comma) < fieldsAtLeast ? tooFew : wrong;
    const count = this.#fields.split(bytes, this.#behind, end, comma) + beginningFields;
    if (count < fieldsAtLeast) return tooFew;
    const from = this.#fields.start;
    const to = this.#fields.end;
    const flow = this.#flow;
    const kind = to[0] - from[0] === 1 ? bytes[from[0]] : 0;
    const nsg = kind === letterT || kind === letterU;
    if (nsg) flow.proto = kind === letterT ? Proto.tcp : Proto.udp;
    else flow.proto = decimal(bytes, from[0], to[0]);
    if (flow.proto < 1 || flow.proto > 254) return 'protocol that is none';
    // NSG: direction, decision (A, D), and in version 2 the state; virtual network: direction, state, encryption.
    const decision = to[2] - from[2] === 1 ? bytes[from[2]] : 0;
    let state = decision;
    if (nsg && decision === letterA) {
      state = letterA;
      if (count > 8 && to[3] > from[3]) state = bytes[from[3]];
    }
    const counters = count > 12 ? 9 : -1;
    if (counters > 0) {
      flow.packets = decimal(bytes, from[4], to[4]);
      flow.bytes = decimal(bytes, from[5], to[5]);
      flow.reversePackets = decimal(bytes, from[6], to[6]);
      flow.reverseBytes = decimal(bytes, from[7], to[7]);
    }
    return this.#judge(sink, record, state, start, end);
  };

  /** Where the field begins that {@link #beginning} did not read. */
  #behind = 0;

  /** Reads time, addresses and ports where they stand, without looking for their ends first. */
  #beginning(bytes: Uint8Array, start: number, end: number): string {
    const flow = this.#flow;
    flow.reset();
    let at = find(bytes, start, end, comma);
    flow.start = readEpoch(bytes, start, at);
    // Ten digits are seconds (NSG), thirteen milliseconds (virtual network).
    if (Number.isNaN(flow.start) || at - start < 10) return 'time that is none';
    at = addressBefore(bytes, at + 1, end, comma, this.#source);
    if (at >= 0) at = addressBefore(bytes, at + 1, end, comma, this.#target);
    if (at < 0) return 'address that is none';
    flow.sourcePort = readDecimal(bytes, at + 1, end);
    if (bytes[cursor.at] !== comma) return noPort;
    flow.targetPort = readDecimal(bytes, cursor.at + 1, end);
    at = cursor.at;
    const isPort = flow.sourcePort >= 0 && flow.targetPort >= 0;
    if (!isPort || flow.sourcePort > 65_535 || flow.targetPort > 65_535) return noPort;
    if (at >= end || bytes[at] !== comma) return noPort;
    this.#behind = at + 1;
    return '';
  }

  #judge(sink: RowSink, record: number, state: number, start: number, end: number): string {
    const flow = this.#flow;
    const { packets, reversePackets } = flow;
    // A beginning and what was denied have no counters, or zeros.
    if (state !== letterC && state !== letterE) this.#forgetCounters();
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.role = Role.originator;
    flow.flags = 0;
    this.#advance(sink, flow.start);
    const opening = this.#opening;
    opening.time = flow.start;
    opening.sourcePort = flow.sourcePort;
    opening.targetPort = flow.targetPort;
    opening.proto = flow.proto;
    switch (state) {
      case letterA:
        flow.outcome = Outcome.unknown;
        flow.flags = Flag.passed;
        break;
      case letterB:
        this.#sink = sink;
        this.#open.open(opening, this.#drop);
        return '';
      case letterC:
      case letterE: {
        const began = this.#open.settle(opening);
        if (!Number.isNaN(began)) flow.start = began;
        flow.outcome = outcomeOf(flow.proto, packets, reversePackets, state, !Number.isNaN(began));
        if (flow.outcome === Outcome.unknown) flow.flags = Flag.passed;
        break;
      }
      case letterD:
        flow.outcome = Outcome.denied;
        break;
      default:
        return 'unknown state of a flow';
    }
    flow.put(sink, record, start);
    const batch = sink.room(0);
    batch.rawLength[batch.length - 1] = end - start;
    return '';
  }

  #forgetCounters(): void {
    const flow = this.#flow;
    flow.packets = -1;
    flow.bytes = -1;
    flow.reversePackets = -1;
    flow.reverseBytes = -1;
  }

  /** Flows that have waited too long go without an outcome. */
  #advance(sink: RowSink, time: number): void {
    if (time <= this.#newest) return;
    this.#newest = time;
    this.#sink = sink;
    this.#open.expire(time - patience, this.#drop);
  }

  readonly finish = (sink: RowSink): void => {
    this.#sink = sink;
    this.#open.expire(Infinity, this.#drop);
  };

  /** Where flows go that {@link #drop} gives up, and one made of each of them: not the one at hand. */
  #sink: RowSink | undefined;
  readonly #unsettled = new FlowRecord();

  readonly #drop = (opening: Opening): void => {
    const batch = this.#sink!.room(1);
    const row = batch.length;
    const flow = this.#unsettled;
    flow.reset();
    for (let i = 0; i < 8; i++) flow.address[i] = opening.address[i];
    flow.start = opening.time;
    flow.sourcePort = opening.sourcePort;
    flow.targetPort = opening.targetPort;
    flow.proto = opening.proto;
    flow.role = Role.originator;
    flow.outcome = Outcome.unknown;
    flow.flags = Flag.passed;
    flow.append(batch);
    batch.rawStart[row] = 0;
    batch.rawLength[row] = 0;
    batch.record[row] = 0;
  };
}

/**
 * What came of a flow that was let through. `whole`: its beginning is known, so the counters (since the last record) are
 * those of all of it.
 */
function outcomeOf(proto: number, packets: number, back: number, state: number, whole: boolean): number {
  if (back > 0) {
    // One packet there and one back is a closed port's reset: what answers a SYN gets a second packet (ACK, or RST).
    if (whole && state === letterE && proto === Proto.tcp && packets === 1 && back === 1)
      return Outcome.refused;
    return Outcome.answered;
  }
  return whole && back === 0 ? Outcome.unanswered : Outcome.unknown;
}
