import { LearnedWords } from '../bytes/learned-words.ts';
import { decimal, hasText, hexadecimal, isText } from '../bytes/numbers.ts';
import { readEpoch } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes, looseOffset } from '../wire/clock-times.ts';
import { closedOutcome, FirewallEvent, severityOf } from '../wire/firewall-event.ts';
import { NamedFields } from '../wire/named-fields.ts';
import { readTransport } from '../wire/named-transport.ts';
import { behindPriority, readPairs } from '../wire/paired-fields.ts';
import { shareOf } from '../wire/recognition.ts';
import { verdictWord, VerdictWord } from '../wire/verdict-words.ts';

/** FortiOS logs as key=value: traffic, and the alerts of its IPS. */
export const fortigate: Format = {
  name: 'fortigate',
  title: 'Fortinet FortiGate (FortiOS) traffic, IPS and anomaly logs as key=value',
  // A session is logged when it ends: half-open ones after 10 s, UDP and ICMP after at most three minutes (FortiOS timers).
  lateness: 190,
  yields: ['contact', 'alert'],
  blindness: [
    'only traffic of policies with logging is seen, and local-in traffic only when that is switched on',
    'a session is written when it ends, unless logging of session starts is on',
  ],
  sample:
    '<189>date=2026-11-22 time=00:32:11 devname="fw01" devid="FGT60E0000000001" eventtime=1795307531250000000 tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=192.0.2.7 srcport=61000 dstip=198.51.100.4 dstport=22 sessionid=4711 proto=6 action="deny" policyid=0 service="SSH" trandisp="noop" duration=0 sentbyte=0 rcvdbyte=0',
  recognise: (sample) => 0.97 * shareOf(sample, isFortiOs),
  lines: (info) => new FortigateReader(info),
};

function isFortiOs(line: string): boolean {
  return (
    /[\s,>](?:logid|log_id)="?\d/.test(line) &&
    /[\s,]type="?(?:traffic|utm|event|ips|virus|webfilter|app-ctrl|anomaly|attack)\b/.test(line) &&
    /[\s,]subtype=/.test(line)
  );
}

/** Where in `names` a field is. */
const at = {
  type: 0,
  subtype: 1,
  eventTime: 2,
  date: 3,
  time: 4,
  zone: 5,
  source: 6,
  sourcePort: 7,
  target: 8,
  targetPort: 9,
  realTarget: 10,
  realPort: 11,
  translation: 12,
  proto: 13,
  action: 14,
  service: 15,
  duration: 16,
  packetsBack: 17,
  bytesBack: 18,
  bytesThere: 19,
  attack: 20,
  severity: 21,
  message: 22,
  icmpType: 23,
  icmpCode: 24,
} as const;
const names = [
  'type',
  'subtype',
  'eventtime',
  'date',
  'time',
  'tz',
  'srcip|src',
  'srcport|src_port',
  'dstip|dst',
  'dstport|dst_port',
  'tranip',
  'tranport',
  'trandisp',
  'proto',
  'action|status',
  'service',
  'duration',
  'rcvdpkt|rcvd_pkt',
  'rcvdbyte|rcvd',
  'sentbyte|sent',
  'attack',
  'severity|crlevel',
  'msg',
  'icmptype',
  'icmpcode',
] as const;

/** Sessions do not last longer; a wrong number must not throw an event into another decade. */
const longest = 366 * 86_400;

/** What 'type' and 'subtype' say; 'waf' is a subtype alone. */
const Kind = { other: 0, traffic: 1, waf: 2, attack: 3 } as const;
const kinds = new LearnedWords((bytes, start, end) => {
  if (isText(bytes, start, end, 'traffic')) return Kind.traffic;
  if (isText(bytes, start, end, 'waf')) return Kind.waf;
  return isText(bytes, start, end, 'ips') || isText(bytes, start, end, 'anomaly') ? Kind.attack : Kind.other;
});

/** What 'action' says. */
const Action = { other: 0, denied: 1, start: 2, dns: 3, connectionError: 4, serverReset: 5 } as const;
const actions = new LearnedWords((bytes, start, end) => {
  if (verdictWord(bytes, start, end) === VerdictWord.denied) return Action.denied;
  if (isText(bytes, start, end, 'start')) return Action.start;
  if (isText(bytes, start, end, 'dns')) return Action.dns;
  if (isText(bytes, start, end, 'ip-conn')) return Action.connectionError;
  return isText(bytes, start, end, 'server-rst') ? Action.serverReset : Action.other;
});

/** 1 where the target was another one's address. */
const translations = new LearnedWords((bytes, start, end) => {
  for (let at = start; at + 4 <= end; at++) if (hasText(bytes, at, end, 'dnat')) return 1;
  return 0;
});

class FortigateReader implements LineReader {
  readonly #times: ClockTimes;
  readonly #fields = new NamedFields(names);
  readonly #event = new FirewallEvent();

  constructor(info: InputInfo) {
    this.#times = new ClockTimes(new Zone(info.zone));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const fields = this.#fields;
    readPairs(fields, bytes, behindPriority(bytes, start, end), end);
    if (!fields.has(at.type) || !fields.has(at.subtype)) return 'no type and subtype';
    const kind = fields.meaning(bytes, at.type, kinds);
    const isTraffic = kind === Kind.traffic;
    const isAlert =
      !isTraffic && (kind === Kind.attack || fields.meaning(bytes, at.subtype, kinds) >= Kind.waf);
    // Events of the device itself, web filter, application control and the like show no scan that traffic does not.
    if (!isTraffic && !isAlert) return '';
    const event = this.#event;
    event.reset();
    event.time = this.#time(bytes);
    if (Number.isNaN(event.time)) return 'no time stamp';
    if (!fields.address(bytes, at.source, event.source) || !fields.address(bytes, at.target, event.target))
      return 'no source or target address';
    if (!readTransport(event, fields, bytes, at)) return 'no protocol';
    this.#icmp(bytes);
    if (!isAlert) return this.#traffic(batch, bytes);
    this.#alert(batch, bytes);
    return '';
  }

  /** 'eventtime' in s, ms, µs or ns, whatever the version writes; else date, time and tz. */
  #time(bytes: Uint8Array): number {
    const { start, end } = this.#fields;
    const fields = this.#fields;
    if (fields.has(at.eventTime)) {
      const time = readEpoch(bytes, start[at.eventTime], end[at.eventTime]);
      if (!Number.isNaN(time) && time > 0) return time;
    }
    if (!fields.has(at.date) || !fields.has(at.time) || end[at.date] - start[at.date] !== 10)
      return Number.NaN;
    if (fields.has(at.zone)) {
      const offset = looseOffset(bytes, start[at.zone], end[at.zone]);
      if (!Number.isNaN(offset))
        return this.#times.local(bytes, start[at.date], start[at.time], end[at.time]) - offset;
    }
    return this.#times.read(bytes, start[at.date], start[at.time], end[at.time]);
  }

  /** 'icmp/8/0' and 'icmp6/128/0' of `service`, or fields of their own, in hexadecimal. */
  #icmp(bytes: Uint8Array): void {
    const fields = this.#fields;
    const event = this.#event;
    if (event.proto !== Proto.icmp && event.proto !== Proto.icmp6) return;
    if (fields.has(at.icmpType)) {
      event.type = Math.min(255, hexadecimal(bytes, fields.start[at.icmpType], fields.end[at.icmpType]));
      if (fields.has(at.icmpCode))
        event.code = Math.max(0, hexadecimal(bytes, fields.start[at.icmpCode], fields.end[at.icmpCode]));
      return;
    }
    if (!fields.begins(bytes, at.service, 'icmp')) return;
    const to = fields.end[at.service];
    let from = fields.start[at.service] + 4;
    if (from < to && bytes[from] === 54) from++;
    if (from >= to || bytes[from] !== 47) return;
    let split = from + 1;
    while (split < to && bytes[split] !== 47) split++;
    event.type = Math.min(255, decimal(bytes, from + 1, split));
    event.code = Math.max(0, decimal(bytes, split + 1, to));
  }

  #traffic(batch: EventBatch, bytes: Uint8Array): string {
    const fields = this.#fields;
    const event = this.#event;
    const duration = fields.integer(bytes, at.duration);
    if (duration > 0 && duration < longest) event.time -= duration * 1_000_000;
    // 'dnat', 'snat+dnat': the real server stands in tranip.
    if (fields.meaning(bytes, at.translation, translations) === 1) {
      if (fields.address(bytes, at.realTarget, event.target)) {
        const port = fields.port(bytes, at.realPort);
        if (port > 0) event.targetPort = port;
      } else fields.address(bytes, at.target, event.target);
    }
    this.#outcome(bytes);
    return event.putSession(batch);
  }

  #outcome(bytes: Uint8Array): void {
    const fields = this.#fields;
    const event = this.#event;
    event.passed = true;
    const action = fields.meaning(bytes, at.action, actions);
    if (action < 0 || action === Action.start) return;
    if (action === Action.denied) {
      event.outcome = Outcome.denied;
      return;
    }
    const packets = fields.integer(bytes, at.packetsBack);
    const back = fields.integer(bytes, at.bytesBack);
    // A query that was answered with an error.
    if (action === Action.dns) event.outcome = Outcome.answered;
    else if (action === Action.connectionError && packets < 0 && back < 0) event.outcome = Outcome.unanswered;
    else event.outcome = closedOutcome(event.proto, packets, back, action === Action.serverReset);
    if (back >= 0) event.size = back;
    if (fields.integer(bytes, at.bytesThere) > 0 && event.proto === Proto.udp) event.flags |= Flag.sentData;
    if (back > 0 && event.proto === Proto.udp) event.flags |= Flag.gotData;
  }

  #alert(batch: EventBatch, bytes: Uint8Array): void {
    const fields = this.#fields;
    const event = this.#event;
    if (fields.meaning(bytes, at.action, actions) === Action.denied) event.outcome = Outcome.denied;
    const severity = fields.has(at.severity)
      ? severityOf(bytes, fields.start[at.severity], fields.end[at.severity])
      : 0;
    const row = event.putAlert(batch, severity === 0 ? 2 : severity);
    const name = fields.has(at.attack) ? at.attack : at.message;
    if (fields.has(name)) batch.setText(row, Text.name, fields.start[name], fields.end[name]);
    batch.setText(row, Text.detail, fields.start[at.subtype], fields.end[at.subtype]);
  }
}
