import { Json, JsonFields } from '../bytes/json-fields.ts';
import { timeLimit } from '../bytes/times.ts';
import { YearlessTimes } from '../bytes/yearless.ts';
import { Zone } from '../bytes/zone.ts';
import { putAddresses } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { endpoint, readEndpoint } from '../wire/alert-line.ts';
import { setJsonText } from '../wire/json-text.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';

/** Snort 3's alert_json with its default or any other choice of fields. */
export const snortJson: Format = {
  name: 'snort-json',
  title: 'Snort 3 alert_json',
  lateness: 10,
  yields: ['alert'],
  blindness: ['only what a rule matched is seen', 'without `seconds` the stamps have no zone and no year'],
  sample:
    '{ "timestamp" : "11/22-00:32:11.250000", "pkt_num" : 7, "proto" : "TCP", "pkt_gen" : "raw", "pkt_len" : 44, "dir" : "C2S", "src_ap" : "192.0.2.7:61000", "dst_ap" : "198.51.100.4:22", "rule" : "1:469:5", "action" : "allow" }',
  recognise: (sample) => 0.95 * shareOf(sample, isSnort),
  lines: (info) => new SnortJsonReader(info),
};

function isSnort(line: string): boolean {
  if (!line.startsWith('{') || line.includes('"event_type"')) return false;
  const has = (key: string): boolean => line.includes(`"${key}"`);
  return (
    (has('timestamp') || has('seconds')) &&
    (has('src_ap') || has('src_addr')) &&
    (has('rule') || has('sid') || has('msg'))
  );
}

const paths = [
  'timestamp',
  'seconds',
  'proto',
  'dir',
  'src_ap',
  'dst_ap',
  'src_addr',
  'src_port',
  'dst_addr',
  'dst_port',
  'msg',
  'rule',
  'class',
  'priority',
  'ttl',
  'icmp_type',
  'icmp_code',
];
const at = {
  timestamp: 0,
  seconds: 1,
  proto: 2,
  direction: 3,
  sourceBoth: 4,
  targetBoth: 5,
  source: 6,
  sourcePort: 7,
  target: 8,
  targetPort: 9,
  message: 10,
  rule: 11,
  category: 12,
  priority: 13,
  ttl: 14,
  icmpType: 15,
  icmpCode: 16,
} as const;

const lowestSeverity = 4;

class SnortJsonReader implements LineReader {
  readonly #json = new JsonFields(paths);
  readonly #times: YearlessTimes;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);

  constructor(info: InputInfo) {
    this.#times = new YearlessTimes(new Zone(info.zone), info.modified);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    const seconds = json.integer(at.seconds);
    let time = seconds * 1_000_000;
    if (time >= timeLimit) return 'no time stamp';
    if (seconds < 0) {
      if (json.kind[at.timestamp] !== Json.string) return 'no time stamp';
      time = this.#times.readSlashed(bytes, json.start[at.timestamp], json.end[at.timestamp], true);
      if (Number.isNaN(time)) return 'no time stamp';
    }
    const proto = json.isString(at.proto) ? protocolOf(bytes, json.start[at.proto], json.end[at.proto]) : 0;
    const sourcePort = this.#side(bytes, at.sourceBoth, at.source, at.sourcePort, this.#source);
    const targetPort = this.#side(bytes, at.targetBoth, at.target, at.targetPort, this.#target);
    if (sourcePort < 0 || targetPort < 0) return 'no source or target address';
    const row = batch.length++;
    batch.kind[row] = EventKind.alert;
    batch.time[row] = time;
    batch.flags[row] = 0;
    putAddresses(batch, row, this.#source, this.#target);
    batch.proto[row] = proto;
    const type = json.integer(at.icmpType);
    if (proto === Proto.icmp || proto === Proto.icmp6) {
      if (type >= 0)
        batch.targetPort[row] = ((type & 255) << 8) | (Math.max(0, json.integer(at.icmpCode)) & 255);
    } else {
      batch.sourcePort[row] = sourcePort;
      batch.targetPort[row] = targetPort;
    }
    const ttl = json.integer(at.ttl);
    if (ttl > 0 && ttl < 256) {
      batch.ttl[row] = ttl;
      batch.flags[row] |= Flag.header;
    }
    batch.outcome[row] = Outcome.unknown;
    // S2C: the packet that matched is the server's.
    batch.role[row] = json.is(at.direction, 'S2C') ? Role.responder : Role.originator;
    const priority = json.integer(at.priority);
    batch.status[row] = priority >= 1 && priority <= lowestSeverity ? priority : lowestSeverity;
    setJsonText(batch, row, Text.name, json, json.isString(at.message) ? at.message : at.rule, bytes);
    if (json.isString(at.category) && !json.is(at.category, 'none'))
      setJsonText(batch, row, Text.detail, json, at.category, bytes);
    return '';
  }

  /** Address and port of one side, from 'src_ap' or 'src_addr' and 'src_port'; the port, 0 when absent, -1: no address. */
  #side(bytes: Uint8Array, both: number, alone: number, portField: number, words: Uint32Array): number {
    const json = this.#json;
    if (json.kind[both] === Json.string) {
      // Snort writes the port behind every address, 0 where there is none.
      return readEndpoint(bytes, json.start[both], json.end[both], true, words)
        ? Math.max(0, endpoint.port)
        : -1;
    }
    if (!json.address(alone, words)) return -1;
    const port = json.integer(portField);
    return port > 65_535 ? -1 : Math.max(0, port);
  }
}
