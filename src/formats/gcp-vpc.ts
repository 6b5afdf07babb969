import { Json, JsonFields } from '../bytes/json-fields.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { BlockReader, Format, RowSink, Sample } from '../model/format.ts';
import { mix4 } from '../state/hash.ts';
import { FlowRecord } from '../wire/flow-record.ts';
import { JsonObjects } from '../wire/json-objects.ts';

const paths = [
  'timestamp',
  'jsonPayload/connection/src_ip',
  'jsonPayload/connection/src_port',
  'jsonPayload/connection/dest_ip',
  'jsonPayload/connection/dest_port',
  'jsonPayload/connection/protocol',
  'jsonPayload/reporter',
  'jsonPayload/start_time',
  'jsonPayload/end_time',
  'jsonPayload/packets_sent',
  'jsonPayload/bytes_sent',
  'jsonPayload/rtt_msec',
  'jsonPayload/round_trip_time/median_msec',
  'jsonPayload/disposition',
] as const;
/** Where in `paths` a field is. */
const at = {
  timestamp: 0,
  source: 1,
  sourcePort: 2,
  target: 3,
  targetPort: 4,
  proto: 5,
  reporter: 6,
  start: 7,
  end: 8,
  packets: 9,
  bytes: 10,
  rtt: 11,
  roundTrip: 12,
  disposition: 13,
} as const;

/** Google Cloud VPC flow logs and firewall rules logging. See docs/inputs/gcp-vpc.md. */
export const gcpVpc: Format = {
  name: 'gcp-vpc',
  title: 'Google Cloud VPC flow logs and firewall rules logging (JSON log entries)',
  // The longest aggregation interval, 15 minutes, and the minute that writing takes.
  lateness: 960,
  yields: ['contact'],
  blindness: [
    'VPC flow logs are samples: of about one packet in 30, and of the records made of them; short scans may be missing.',
    'No TCP flags; firewall rules logging holds TCP and UDP of rules that log, and never whether the target answered.',
  ],
  sample:
    '{"insertId":"1a2b","jsonPayload":{"connection":{"dest_ip":"10.0.0.4","dest_port":22,"protocol":6,"src_ip":"192.0.2.7","src_port":61000},"disposition":"DENIED","rule_details":{"action":"DENY","direction":"INGRESS","reference":"network:default/firewall:deny-ssh"}},"logName":"projects/example/logs/compute.googleapis.com%2Ffirewall","timestamp":"2026-01-02T03:04:00.250000000Z"}',

  recognise({ bytes }: Sample): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const has = (word: string): boolean => text.includes(`"${word}"`);
    const entry = has('jsonPayload') && has('connection') && has('src_ip') && has('dest_ip');
    return entry && (has('disposition') || (has('reporter') && has('start_time'))) ? 1 : 0;
  },

  blocks(info): BlockReader {
    const entries = new LogEntries(info.zone);
    return new JsonObjects(entries.json, entries.take);
  },
};

class LogEntries {
  readonly json = new JsonFields(paths);
  readonly #times: IsoTimes;
  readonly #flow = new FlowRecord();
  readonly #source = this.#flow.address.subarray(0, 4);
  readonly #target = this.#flow.address.subarray(4, 8);
  readonly #seen = new OtherEnd();
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(zone: string) {
    this.#times = new IsoTimes(new Zone(zone));
  }

  readonly take = (sink: RowSink, record: number, bytes: Uint8Array, start: number, end: number): string => {
    const json = this.json;
    this.#bytes = bytes;
    const firewall = json.isString(at.disposition);
    if (!firewall && !json.isString(at.reporter)) return 'another kind of log entry';
    const flow = this.#flow;
    flow.reset();
    flow.start = this.#time(firewall ? at.timestamp : at.start);
    if (flow.start < 0) return 'time that is none';
    if (!json.address(at.source, this.#source) || !json.address(at.target, this.#target))
      return 'address that is none';
    flow.proto = json.integer(at.proto);
    if (flow.proto < 1 || flow.proto > 254) return 'protocol that is none';
    flow.sourcePort = this.#port(at.sourcePort);
    flow.targetPort = this.#port(at.targetPort);
    if (flow.sourcePort < 0 || flow.targetPort < 0) return 'port that is none';
    const reason = firewall ? this.#firewall() : this.#sample();
    if (reason !== '') return reason;
    const row = sink.room(1).length;
    flow.put(sink, record, start);
    sink.room(0).rawLength[row] = end - start;
    return '';
  };

  /** A connection that a rule decided on: its source began. */
  #firewall(): string {
    const flow = this.#flow;
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.role = Role.originator;
    flow.flags = 0;
    if (this.json.is(at.disposition, 'DENIED')) flow.outcome = Outcome.denied;
    else {
      flow.outcome = Outcome.unknown;
      flow.flags = Flag.passed;
    }
    return '';
  }

  /** One direction of a flow in one interval, seen by the side that reports. */
  #sample(): string {
    const json = this.json;
    const flow = this.#flow;
    const end = this.#time(at.end);
    flow.end = end < 0 ? flow.start : end;
    flow.packets = json.integer(at.packets);
    flow.bytes = json.integer(at.bytes);
    const reason = flow.impossible();
    if (reason !== '') return reason;
    flow.role = Role.unpaired;
    flow.outcome = Outcome.unknown;
    flow.flags = Flag.oneSided | Flag.sampled;
    // A round trip was measured: the other side acknowledged something.
    if (flow.proto === Proto.tcp && (json.number(at.rtt) > 0 || json.number(at.roundTrip) > 0))
      flow.outcome = Outcome.answered;
    if (this.#seen.add(flow, json.is(at.reporter, 'SRC') || json.is(at.reporter, 'SRC_GATEWAY')))
      flow.flags |= Flag.echo;
    return '';
  }

  #time(field: number): number {
    const json = this.json;
    if (json.kind[field] !== Json.string) return -1;
    const time = this.#times.read(this.#bytes, json.start[field], json.end[field]);
    return Number.isNaN(time) ? -1 : time;
  }

  /** 0 when absent (ICMP); -1 when it is none. */
  #port(field: number): number {
    if (this.json.kind[field] === Json.absent) return 0;
    const value = this.json.integer(field);
    return value > 65_535 ? -1 : value;
  }
}

const slots = 1 << 16;
/** µs. Both sides report an interval of the same flow within this. */
const together = 60_000_000;

/**
 * Which flows the other end has reported already. Between two machines whose networks both log, each record comes twice;
 * the second one is an echo: shown, not counted. Direct-mapped: a newer flow takes an older one's place.
 */
class OtherEnd {
  readonly #low = new Uint32Array(slots);
  readonly #high = new Uint32Array(slots);
  readonly #bySource = new Uint8Array(slots);
  readonly #time = new Float64Array(slots).fill(-Infinity);

  /** Whether the other side reported the flow just before. */
  add({ address: words, sourcePort, targetPort, proto, start }: FlowRecord, bySource: boolean): boolean {
    const ports = (sourcePort << 16) | targetPort;
    const low = mix4(mix4(words[0], words[1], words[2], words[3]), words[7], ports, proto) >>> 0;
    const high = mix4(mix4(words[4], words[5], words[6], words[7]), words[3], ports, proto) >>> 0;
    const slot = low & (slots - 1);
    const side = bySource ? 1 : 2;
    if (
      this.#low[slot] === low &&
      this.#high[slot] === high &&
      this.#bySource[slot] !== side &&
      Math.abs(start - this.#time[slot]) <= together
    ) {
      return true;
    }
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#bySource[slot] = side;
    this.#time[slot] = start;
    return false;
  }
}
