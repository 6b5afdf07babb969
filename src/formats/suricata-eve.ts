import { hexadecimal } from '../bytes/numbers.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { putAddresses } from '../model/address.ts';
import { EventKind, Flag, hasPorts, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { setJsonPart, setJsonText } from '../wire/json-text.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { splitTarget } from '../wire/request-target.ts';
import { icmp6Role, icmpRole, isStealth, tcpRole, udpRole } from '../wire/roles.ts';

/** Suricata's eve.json: one JSON object a line, of many event types. */
export const suricataEve: Format = {
  name: 'suricata-eve',
  title: 'Suricata eve.json (flow, netflow, alert, drop, http, dns, tls, ssh, anomaly)',
  // A flow is written when it times out: 60 s for new TCP flows, more for established ones, plus the flow manager's round.
  lateness: 120,
  yields: ['contact', 'request', 'query', 'alert'],
  blindness: ['a flow is written when it ends or times out', 'payload inside TLS is not seen'],
  sample:
    '{"timestamp":"2026-11-22T00:33:20.000000+0000","flow_id":1,"event_type":"flow","src_ip":"192.0.2.7","src_port":61000,"dest_ip":"198.51.100.4","dest_port":22,"proto":"TCP","flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":60,"bytes_toclient":54,"start":"2026-11-22T00:32:11.250000+0000","end":"2026-11-22T00:32:11.260000+0000","state":"closed"},"tcp":{"tcp_flags":"16","tcp_flags_ts":"02","tcp_flags_tc":"14"}}',
  recognise(sample) {
    const rows = sample.lines.filter((line) => line !== '');
    const fitting = rows.filter(
      (line) => line.startsWith('{') && line.includes('"event_type"') && line.includes('"timestamp"'),
    );
    return rows.length === 0 ? 0 : (0.95 * fitting.length) / rows.length;
  },
  lines: (info) => new EveReader(info),
};

/** What is picked out of a record, by path. */
const paths = [
  'timestamp',
  'event_type',
  'src_ip',
  'src_port',
  'dest_ip',
  'dest_port',
  'proto',
  'direction',
  'icmp_type',
  'icmp_code',
  'flow/start',
  'flow/pkts_toserver',
  'flow/pkts_toclient',
  'flow/bytes_toclient',
  'flow/action',
  'tcp/tcp_flags_ts',
  'tcp/tcp_flags_tc',
  'netflow/start',
  'tcp/tcp_flags',
  'alert/signature',
  'alert/category',
  'alert/severity',
  'http/http_method',
  'http/hostname',
  'http/url',
  'http/http_user_agent',
  'http/http_refer',
  'http/status',
  'http/length',
  'dns/type',
  'dns/rrname',
  'dns/rrtype',
  'dns/rcode',
  'dns/query/[0]/rrname',
  'dns/query/[0]/rrtype',
  'dns/queries/[0]/rrname',
  'dns/queries/[0]/rrtype',
  'dns/answers/[0]/rdata',
  'tls/sni',
  'tls/version',
  'tls/ja4',
  'tls/ja3/hash',
  'ssh/client/software_version',
  'ssh/server/software_version',
  'ssh/client/hassh/hash',
  'anomaly/event',
  'anomaly/type',
  'drop/ttl',
  'drop/ipid',
  'drop/tcpwin',
  'drop/syn',
  'drop/ack',
  'drop/rst',
  'drop/fin',
  'drop/psh',
  'drop/urg',
] as const;

/** Where in `paths` a field is. A literal: an object made at run time would be looked up by hash. */
const at = {
  timestamp: 0,
  type: 1,
  source: 2,
  sourcePort: 3,
  target: 4,
  targetPort: 5,
  proto: 6,
  direction: 7,
  icmpType: 8,
  icmpCode: 9,
  flowStart: 10,
  packetsThere: 11,
  packetsBack: 12,
  bytesBack: 13,
  flowAction: 14,
  flagsThere: 15,
  flagsBack: 16,
  netflowStart: 17,
  flags: 18,
  signature: 19,
  category: 20,
  severity: 21,
  method: 22,
  host: 23,
  url: 24,
  agent: 25,
  referer: 26,
  status: 27,
  length: 28,
  dnsType: 29,
  name: 30,
  queryType: 31,
  rcode: 32,
  queryName: 33,
  queryQueryType: 34,
  queriesName: 35,
  queriesQueryType: 36,
  answer: 37,
  sni: 38,
  tlsVersion: 39,
  ja4: 40,
  ja3: 41,
  sshClient: 42,
  sshServer: 43,
  hassh: 44,
  anomaly: 45,
  anomalyType: 46,
  dropTtl: 47,
  dropId: 48,
  dropWindow: 49,
  dropSyn: 50,
  dropAck: 51,
  dropRst: 52,
  dropFin: 53,
  dropPsh: 54,
  dropUrg: 55,
} as const;

const lowestSeverity = 4;
const noAnswer = 255;

class EveReader implements LineReader {
  readonly #json = new JsonFields(paths);
  readonly #times: IsoTimes;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(info: InputInfo) {
    this.#times = new IsoTimes(new Zone(info.zone));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const json = this.#json;
    this.#bytes = bytes;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    const type = at.type;
    if (json.kind[type] !== Json.string) return 'no event_type';
    if (json.is(type, 'flow')) return this.#flow(batch);
    if (json.is(type, 'alert')) return this.#alert(batch);
    if (json.is(type, 'http')) return this.#http(batch);
    if (json.is(type, 'dns')) return this.#dns(batch);
    if (json.is(type, 'tls')) return this.#tls(batch);
    if (json.is(type, 'netflow')) return this.#netflow(batch);
    if (json.is(type, 'drop')) return this.#drop(batch);
    if (json.is(type, 'ssh')) return this.#ssh(batch);
    if (json.is(type, 'anomaly')) return this.#anomaly(batch);
    // stats, fileinfo, smb and the like hold nothing that scanning shows in.
    return '';
  }

  #time(field: number): number {
    const json = this.#json;
    return json.kind[field] === Json.string
      ? this.#times.read(this.#bytes, json.start[field], json.end[field])
      : Number.NaN;
  }

  /** Appends a contact's row; -1 when there is no time or address, or not the port that its protocol has. */
  #contact(batch: EventBatch, timeField: number): number {
    const port = this.#json.integer(at.targetPort);
    if ((port < 0 || port > 65_535) && hasPorts(this.#protocol())) return -1;
    return this.#row(batch, EventKind.contact, timeField);
  }

  /** Appends a row with time, addresses, ports, protocol; -1 when they are not there. */
  #row(batch: EventBatch, kind: number, timeField: number): number {
    const json = this.#json;
    let time = this.#time(timeField);
    if (Number.isNaN(time)) time = this.#time(at.timestamp);
    if (
      Number.isNaN(time) ||
      !json.address(at.source, this.#source) ||
      !json.address(at.target, this.#target)
    )
      return -1;
    const row = batch.length++;
    batch.kind[row] = kind;
    batch.time[row] = time;
    batch.flags[row] = 0;
    putAddresses(batch, row, this.#source, this.#target);
    batch.sourcePort[row] = bounded(json.integer(at.sourcePort));
    batch.targetPort[row] = bounded(json.integer(at.targetPort));
    batch.proto[row] = this.#protocol();
    batch.role[row] = Role.originator;
    return row;
  }

  #protocol(): number {
    const json = this.#json;
    const start = json.start[at.proto];
    return protocolOf(this.#bytes, start, json.kind[at.proto] === Json.string ? json.end[at.proto] : start);
  }

  #flow(batch: EventBatch): string {
    const json = this.#json;
    const row = this.#contact(batch, at.flowStart);
    if (row < 0) return 'no time, address or port';
    const back = json.integer(at.packetsBack);
    const bytesBack = json.integer(at.bytesBack);
    const proto = batch.proto[row];
    let flags = 0;
    let outcome: number = back > 0 ? Outcome.answered : Outcome.unanswered;
    let role: number = Role.originator;
    if (proto === Proto.tcp) {
      const there = this.#hex(at.flagsThere);
      const answer = this.#hex(at.flagsBack);
      if (there >= 0) flags |= Flag.tcpFlags | (there & 255);
      if (back > 0 && answer >= 0 && (answer & Flag.syn) === 0) {
        outcome = (answer & Flag.rst) === 0 ? Outcome.unknown : Outcome.refused;
      }
      if (there >= 0 && (there & Flag.syn) === 0) {
        const ports = isStealth(there, batch.sourcePort[row], batch.targetPort[row]);
        const quiet = back <= 0 || (answer >= 0 && (answer & ~(Flag.rst | Flag.ack)) === 0);
        if (ports && quiet && json.integer(at.packetsThere) <= 3) {
          flags |= Flag.stealth;
          outcome = back > 0 ? Outcome.refused : Outcome.unanswered;
        } else role = (there & Flag.rst) !== 0 && back <= 0 ? Role.responder : Role.unknown;
      } else if (there >= 0 && (there & Flag.ack) !== 0 && back <= 0) {
        // SYN and ACK from one side only: a SYN-ACK that nobody asked for, unless it was one half of a flow.
        role = Role.responder;
        outcome = Outcome.unknown;
      }
    } else if (proto === Proto.udp) {
      if (back <= 0 && udpRole(batch.sourcePort[row], batch.targetPort[row]) === Role.responder)
        role = Role.responder;
    } else if (proto === Proto.icmp || proto === Proto.icmp6) role = this.#icmp(batch, row);
    if (json.is(at.flowAction, 'drop')) outcome = Outcome.denied;
    if (bytesBack >= 0) flags |= Flag.hasSize;
    batch.flags[row] |= flags;
    batch.outcome[row] = outcome;
    batch.role[row] = role;
    if (bytesBack > 0) batch.size[row] = bytesBack;
    return '';
  }

  // One direction of a flow: the other has a record of its own.
  #netflow(batch: EventBatch): string {
    const row = this.#contact(batch, at.netflowStart);
    if (row < 0) return 'no time, address or port';
    batch.flags[row] |= Flag.oneSided;
    const seen = this.#hex(at.flags);
    const proto = batch.proto[row];
    batch.role[row] = Role.unpaired;
    if (proto === Proto.tcp && seen >= 0) {
      batch.flags[row] |= Flag.tcpFlags | (seen & 255);
      // SYN alone began; SYN with ACK may be either side of a whole connection.
      if ((seen & (Flag.syn | Flag.ack)) === Flag.syn) batch.role[row] = Role.originator;
      else if ((seen & ~(Flag.rst | Flag.ack)) === 0 && (seen & Flag.rst) !== 0)
        batch.role[row] = Role.responder;
    } else if (proto === Proto.icmp || proto === Proto.icmp6) batch.role[row] = this.#icmp(batch, row);
    return '';
  }

  #drop(batch: EventBatch): string {
    const json = this.#json;
    const row = this.#contact(batch, at.timestamp);
    if (row < 0) return 'no time, address or port';
    const proto = batch.proto[row];
    const sourcePort = batch.sourcePort[row];
    const targetPort = batch.targetPort[row];
    let flags: number = Flag.header;
    if (proto === Proto.tcp) {
      if (json.kind[at.dropSyn] !== Json.absent) flags |= Flag.tcpFlags;
      if (json.kind[at.dropSyn] === Json.true) flags |= Flag.syn;
      if (json.kind[at.dropAck] === Json.true) flags |= Flag.ack;
      if (json.kind[at.dropRst] === Json.true) flags |= Flag.rst;
      if (json.kind[at.dropFin] === Json.true) flags |= Flag.fin;
      if (json.kind[at.dropPsh] === Json.true) flags |= Flag.psh;
      if (json.kind[at.dropUrg] === Json.true) flags |= Flag.urg;
      batch.role[row] = tcpRole(flags, sourcePort, targetPort);
      if ((flags & Flag.tcpFlags) === 0) batch.role[row] = Role.unpaired;
      else if (isStealth(flags, sourcePort, targetPort)) flags |= Flag.stealth;
    } else if (proto === Proto.udp) batch.role[row] = udpRole(sourcePort, targetPort);
    else if (proto === Proto.icmp || proto === Proto.icmp6) batch.role[row] = this.#icmp(batch, row);
    batch.flags[row] |= flags;
    batch.outcome[row] = Outcome.denied;
    batch.ttl[row] = Math.min(255, bounded(json.integer(at.dropTtl)));
    batch.ipId[row] = bounded(json.integer(at.dropId));
    batch.window[row] = bounded(json.integer(at.dropWindow));
    return '';
  }

  #icmp(batch: EventBatch, row: number): number {
    const json = this.#json;
    const type = Math.min(255, bounded(json.integer(at.icmpType)));
    const code = Math.min(255, bounded(json.integer(at.icmpCode)));
    batch.sourcePort[row] = 0;
    batch.targetPort[row] = (type << 8) | code;
    return batch.proto[row] === Proto.icmp ? icmpRole(type) : icmp6Role(type);
  }

  #alert(batch: EventBatch): string {
    const json = this.#json;
    const row = this.#row(batch, EventKind.alert, at.timestamp);
    if (row < 0) return 'no time or address';
    // The packet that matched may be the answer: then its sender is not the one who began.
    if (json.is(at.direction, 'to_client')) batch.role[row] = Role.responder;
    const severity = json.integer(at.severity);
    batch.status[row] = severity >= 1 && severity <= lowestSeverity ? severity : lowestSeverity;
    this.#text(batch, row, Text.name, at.signature);
    this.#text(batch, row, Text.detail, at.category);
    this.#request(batch, row);
    return '';
  }

  #http(batch: EventBatch): string {
    const json = this.#json;
    const row = this.#row(batch, EventKind.request, at.timestamp);
    if (row < 0) return 'no time or address';
    const status = json.integer(at.status);
    const answered = status >= 100 && status < 1000;
    batch.outcome[row] = answered ? Outcome.answered : Outcome.unknown;
    if (answered) {
      batch.status[row] = status;
      const length = json.integer(at.length);
      if (length >= 0) batch.flags[row] |= Flag.hasSize;
      if (length > 0) batch.size[row] = length;
    }
    this.#request(batch, row);
    return '';
  }

  #request(batch: EventBatch, row: number): void {
    const json = this.#json;
    this.#text(batch, row, Text.method, at.method);
    this.#text(batch, row, Text.host, at.host);
    this.#text(batch, row, Text.agent, at.agent);
    this.#text(batch, row, Text.referer, at.referer);
    if (!json.isString(at.url)) return;
    const parts = splitTarget(this.#bytes, json.start[at.url], json.end[at.url]);
    setJsonPart(batch, row, Text.path, json, at.url, this.#bytes, parts.pathStart, parts.pathEnd);
    setJsonPart(batch, row, Text.query, json, at.url, this.#bytes, parts.queryStart, parts.queryEnd);
  }

  #dns(batch: EventBatch): string {
    const json = this.#json;
    const bytes = this.#bytes;
    // Version 1 and 2 hold one name; the arrays are those of Suricata 7 (query) and version 3 (queries).
    let name: number = at.name;
    let type: number = at.queryType;
    if (json.kind[name] === Json.absent) {
      const query = json.kind[at.queryName] !== Json.absent;
      name = query ? at.queryName : at.queriesName;
      type = query ? at.queryQueryType : at.queriesQueryType;
    }
    if (!json.isString(name)) return 'no name asked for';
    const row = this.#row(batch, EventKind.query, at.timestamp);
    if (row < 0) return 'no time or address';
    // An answer is logged with the direction of its packet: the one with port 53 was asked.
    if (batch.sourcePort[row] === 53 && batch.targetPort[row] !== 53) swapSides(batch, row);
    const answered =
      json.is(at.dnsType, 'answer') || json.is(at.dnsType, 'response') || json.kind[at.rcode] !== Json.absent;
    batch.outcome[row] = answered ? Outcome.answered : Outcome.unanswered;
    if (answered) batch.flags[row] |= Flag.gotData;
    batch.status[row] = answered
      ? rcodeOf(bytes, json.start[at.rcode], json.end[at.rcode], json.isString(at.rcode))
      : noAnswer;
    if (json.isString(type)) batch.queryType[row] = queryTypeOf(bytes, json.start[type], json.end[type]);
    this.#text(batch, row, Text.name, name);
    this.#text(batch, row, Text.detail, at.answer);
    return '';
  }

  #tls(batch: EventBatch): string {
    const json = this.#json;
    const row = this.#contact(batch, at.timestamp);
    if (row < 0) return 'no time, address or port';
    const answered = json.isString(at.tlsVersion) && !json.is(at.tlsVersion, 'UNDETERMINED');
    batch.outcome[row] = answered ? Outcome.answered : Outcome.unknown;
    batch.flags[row] |= Flag.sentData | (answered ? Flag.gotData : 0);
    this.#text(batch, row, Text.detail, at.sni);
    this.#text(batch, row, Text.fingerprint, json.isString(at.ja4) ? at.ja4 : at.ja3);
    return '';
  }

  #ssh(batch: EventBatch): string {
    const json = this.#json;
    const row = this.#contact(batch, at.timestamp);
    if (row < 0) return 'no time, address or port';
    const client = json.isString(at.sshClient);
    const server = json.isString(at.sshServer);
    batch.outcome[row] = server ? Outcome.answered : Outcome.unknown;
    batch.flags[row] |= (client ? Flag.sentData : 0) | (server ? Flag.gotData : 0);
    this.#text(batch, row, Text.agent, at.sshClient);
    this.#text(batch, row, Text.detail, at.sshServer);
    this.#text(batch, row, Text.fingerprint, at.hassh);
    return '';
  }

  #anomaly(batch: EventBatch): string {
    const row = this.#row(batch, EventKind.alert, at.timestamp);
    if (row < 0) return 'no time or address';
    batch.role[row] = Role.unknown;
    batch.status[row] = lowestSeverity;
    this.#text(batch, row, Text.name, at.anomaly);
    this.#text(batch, row, Text.detail, at.anomalyType);
    return '';
  }

  #text(batch: EventBatch, row: number, text: number, field: number): void {
    if (this.#json.isString(field)) setJsonText(batch, row, text, this.#json, field, this.#bytes);
  }

  #hex(field: number): number {
    const json = this.#json;
    return json.kind[field] === Json.string
      ? hexadecimal(this.#bytes, json.start[field], json.end[field])
      : -1;
  }
}

function bounded(value: number): number {
  return value < 0 || value > 65_535 ? 0 : value;
}

function swapSides(batch: EventBatch, row: number): void {
  const source = batch.source[row];
  batch.source[row] = batch.target[row];
  batch.target[row] = source;
  const port = batch.sourcePort[row];
  batch.sourcePort[row] = batch.targetPort[row];
  batch.targetPort[row] = port;
}
