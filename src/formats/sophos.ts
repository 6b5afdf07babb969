import { copyWords } from '../bytes/addresses.ts';
import { colon, minus } from '../bytes/codes.ts';
import { LearnedWords } from '../bytes/learned-words.ts';
import { isText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes } from '../wire/clock-times.ts';
import { closedOutcome, FirewallEvent } from '../wire/firewall-event.ts';
import { NamedFields } from '../wire/named-fields.ts';
import { readTransport } from '../wire/named-transport.ts';
import { behindPriority, readPairs } from '../wire/paired-fields.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { tcpNames } from '../wire/tcp-words.ts';
import { VerdictWord, verdictWords } from '../wire/verdict-words.ts';
import { zoneNameOffset } from '../wire/zone-names.ts';

/** Sophos Firewall (SFOS, XG) and Sophos UTM (ulogd, snort). */
export const sophos: Format = {
  name: 'sophos',
  title: 'Sophos Firewall (SFOS, XG) and Sophos UTM packet filter, IPS',
  // A session is logged again when it stops; UDP and half-open ones within a minute.
  lateness: 70,
  yields: ['contact', 'alert'],
  blindness: [
    'only rules with logging are seen',
    'UTM logs single packets, without what the target answered',
  ],
  sample:
    'Nov 22 00:32:11 fw01 device_name="SFW" timestamp="2026-11-22T00:32:11+0000" log_id="010102600002" log_type="Firewall" log_component="Firewall Rule" log_subtype="Denied" fw_rule_id="12" src_ip="192.0.2.7" dst_ip="198.51.100.4" protocol="TCP" src_port=61000 dst_port=22',
  recognise: (sample) => 0.97 * shareOf(sample, isSophos),
  lines: (info) => new SophosReader(info),
};

function isSophos(line: string): boolean {
  if (/\blog_type="/.test(line) && /\blog_component="/.test(line) && /\blog_subtype="/.test(line))
    return true;
  return / id="\d{4}" severity="/.test(line) && / sys="[A-Za-z]+" sub="/.test(line);
}

/** Where in `names` a field is. */
const at = {
  logType: 0,
  component: 1,
  subtype: 2,
  sub: 3,
  action: 4,
  stamp: 5,
  date: 6,
  time: 7,
  zone: 8,
  source: 9,
  target: 10,
  sourcePort: 11,
  targetPort: 12,
  proto: 13,
  type: 14,
  code: 15,
  realTarget: 16,
  realPort: 17,
  event: 18,
  duration: 19,
  packetsThere: 20,
  packetsBack: 21,
  bytesBack: 22,
  flags: 23,
  ttl: 24,
  length: 25,
  signature: 26,
  classification: 27,
  priority: 28,
  name: 29,
} as const;
const names = [
  'log_type',
  'log_component',
  'log_subtype',
  'sub',
  'action',
  'timestamp',
  'date',
  'time',
  'timezone',
  'src_ip|srcip',
  'dst_ip|dstip',
  'src_port|srcport',
  'dst_port|dstport',
  'protocol|proto',
  'icmp_type|type',
  'icmp_code|code',
  'tran_dst_ip|dst_trans_ip',
  'tran_dst_port|dst_trans_port',
  'connevent|con_event',
  'duration',
  'sent_pkts|packets_sent',
  'recv_pkts|packets_received',
  'recv_bytes|bytes_received',
  'tcpflags',
  'ttl',
  'length',
  'signature_msg|reason',
  'classification|class',
  'rule_priority|priority',
  'name',
] as const;
const longest = 366 * 86_400;

const Kind = { other: 0, traffic: 1, alert: 2 } as const;
/** 'sub' of UTM. */
const subsystems = new LearnedWords((bytes, start, end) =>
  isText(bytes, start, end, 'packetfilter')
    ? Kind.traffic
    : isText(bytes, start, end, 'ips')
      ? Kind.alert
      : Kind.other,
);
/** 'log_type' of the firewall that came after it. */
const logTypes = new LearnedWords((bytes, start, end) =>
  isText(bytes, start, end, 'Firewall')
    ? Kind.traffic
    : isText(bytes, start, end, 'IDP')
      ? Kind.alert
      : Kind.other,
);

class SophosReader implements LineReader {
  readonly #iso: IsoTimes;
  readonly #clock: ClockTimes;
  readonly #syslog: Syslog;
  readonly #fields = new NamedFields(names);
  readonly #event = new FirewallEvent();
  readonly #words = new Uint32Array(4);

  constructor(info: InputInfo) {
    const zone = new Zone(info.zone);
    this.#iso = new IsoTimes(zone);
    this.#clock = new ClockTimes(zone);
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const fields = this.#fields;
    const from = behindPriority(bytes, start, end);
    readPairs(fields, bytes, from, end);
    const isUtm = fields.has(at.sub);
    if (!isUtm && !fields.has(at.logType)) return 'no Sophos record';
    const kind = fields.meaning(bytes, isUtm ? at.sub : at.logType, isUtm ? subsystems : logTypes);
    const isAlert = kind === Kind.alert || (isUtm && fields.begins(bytes, at.action, 'portscan'));
    const isTraffic = kind === Kind.traffic;
    // Web, mail, system and the rest.
    if (!isTraffic && !isAlert) return '';
    const event = this.#event;
    event.reset();
    event.time = isUtm ? this.#utmTime(bytes, from, start, end) : this.#time(bytes);
    if (Number.isNaN(event.time)) return 'no time stamp';
    const hasTarget = fields.address(bytes, at.target, event.target);
    if (!fields.address(bytes, at.source, event.source) || (!hasTarget && !isAlert))
      return 'no source or target address';
    if (!readTransport(event, fields, bytes, at) && !isAlert) return 'no protocol';
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    event.type = Math.min(255, fields.integer(bytes, at.type));
    event.code = Math.min(255, Math.max(0, fields.integer(bytes, at.code)));
    const word = isUtm ? at.action : at.subtype;
    const verdict = fields.meaning(bytes, word, verdictWords);
    if (verdict === VerdictWord.denied) event.outcome = Outcome.denied;
    else if (verdict === VerdictWord.passed) event.passed = true;
    if (!isAlert) return isUtm ? this.#packet(batch, bytes) : this.#session(batch, bytes);
    this.#alert(batch, bytes, hasTarget);
    return '';
  }

  /** 'timestamp="2026-11-22T00:32:11+0000"', or date, time and the name of a zone. */
  #time(bytes: Uint8Array): number {
    const fields = this.#fields;
    const { start, end } = fields;
    if (fields.has(at.stamp)) return this.#iso.read(bytes, start[at.stamp], end[at.stamp]);
    if (!fields.has(at.date) || !fields.has(at.time) || end[at.date] - start[at.date] !== 10)
      return Number.NaN;
    if (fields.has(at.zone)) {
      const offset = zoneNameOffset(bytes, start[at.zone], end[at.zone]);
      if (!Number.isNaN(offset))
        return this.#clock.local(bytes, start[at.date], start[at.time], end[at.time]) - offset;
    }
    return this.#clock.read(bytes, start[at.date], start[at.time], end[at.time]);
  }

  /** '2026:11:22-00:32:11', else the syslog stamp. */
  #utmTime(bytes: Uint8Array, from: number, start: number, end: number): number {
    if (
      end - from > 19 &&
      bytes[from + 4] === colon &&
      bytes[from + 7] === colon &&
      bytes[from + 10] === minus
    )
      return this.#clock.read(bytes, from, from + 11, from + 19);
    return this.#syslog.stamp(bytes, start, end) < 0 ? Number.NaN : this.#syslog.time;
  }

  /** A packet of UTM's ulogd. */
  #packet(batch: EventBatch, bytes: Uint8Array): string {
    const fields = this.#fields;
    const event = this.#event;
    const v4 = event.source[2] === 0xffff && event.source[1] === 0 && event.source[0] === 0;
    const length = fields.integer(bytes, at.length);
    event.ttl = Math.min(255, Math.max(0, fields.integer(bytes, at.ttl)));
    if (event.proto === Proto.tcp && fields.has(at.flags)) {
      event.hasFlags = true;
      event.flags |= tcpNames(bytes, fields.start[at.flags], fields.end[at.flags]);
      if ((event.flags & Flag.syn) !== 0 && length === (v4 ? 40 : 60)) event.flags |= Flag.noOptions;
    } else if (event.proto === Proto.udp && length > (v4 ? 28 : 48)) event.flags |= Flag.sentData;
    return event.putPacket(batch);
  }

  /** A session of SFOS. */
  #session(batch: EventBatch, bytes: Uint8Array): string {
    const fields = this.#fields;
    const event = this.#event;
    if (fields.address(bytes, at.realTarget, this.#words)) {
      copyWords(this.#words, event.target);
      const port = fields.port(bytes, at.realPort);
      if (port > 0) event.targetPort = port;
    }
    if (event.passed && fields.is(bytes, at.event, 'Stop')) {
      const duration = fields.integer(bytes, at.duration);
      if (duration > 0 && duration < longest) event.time -= duration * 1_000_000;
      // Sessions that hardware took over are not counted at all.
      if (fields.integer(bytes, at.packetsThere) > 0) {
        const back = fields.integer(bytes, at.bytesBack);
        // Bytes count from the IP header on: one packet without room for options is a bare reset.
        const bare = event.source[2] === 0xffff && event.source[1] === 0 && event.source[0] === 0 ? 40 : 60;
        event.outcome = closedOutcome(
          event.proto,
          fields.integer(bytes, at.packetsBack),
          back,
          back === bare,
        );
        if (back >= 0) event.size = back;
        if (back > 0 && event.proto === Proto.udp) event.flags |= Flag.gotData;
      }
    }
    const row = batch.length;
    const reason = event.putSession(batch);
    if (reason !== '') return reason;
    // 'Could not associate packet to any connection': mostly what comes late, from either side.
    if (event.proto === Proto.tcp && fields.is(bytes, at.component, 'Invalid Traffic'))
      batch.role[row] = Role.unpaired;
    return '';
  }

  #alert(batch: EventBatch, bytes: Uint8Array, hasTarget: boolean): void {
    const fields = this.#fields;
    const priority = fields.integer(bytes, at.priority);
    const row = this.#event.putAlert(batch, priority > 0 ? priority : 2, hasTarget);
    const name = fields.has(at.signature) ? at.signature : at.name;
    if (fields.has(name)) batch.setText(row, Text.name, fields.start[name], fields.end[name]);
    if (fields.has(at.classification))
      batch.setText(row, Text.detail, fields.start[at.classification], fields.end[at.classification]);
  }
}
