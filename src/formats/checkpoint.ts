import { colon, comma, greater, less, pipe, quote, semicolon, space } from '../bytes/codes.ts';
import { address, copyWords } from '../bytes/addresses.ts';
import { findText } from '../bytes/find-text.ts';
import { find, port } from '../bytes/numbers.ts';
import { Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { AnyTimes } from '../wire/any-times.ts';
import { closedOutcome, FirewallEvent, severityOf } from '../wire/firewall-event.ts';
import { NamedFields } from '../wire/named-fields.ts';
import { readTransport } from '../wire/named-transport.ts';
import { readDelimited, readSemicolons } from '../wire/paired-fields.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { tcpNames } from '../wire/tcp-words.ts';
import { verdictWithin, verdictWords, VerdictWord } from '../wire/verdict-words.ts';

/** Check Point logs: Log Exporter's syslog and generic forms, and `fw log` sent to syslog. */
export const checkpoint: Format = {
  name: 'checkpoint',
  title: 'Check Point firewall and IPS logs (Log Exporter syslog or generic, fw log)',
  lateness: 120,
  yields: ['contact', 'alert'],
  blindness: [
    'a connection is logged when it begins: what it came to is known only with accounting',
    'only rules that track (Log) are seen',
  ],
  sample:
    '<134>1 2026-11-22T00:32:11Z gw CheckPoint 7776 - [action:"Drop"; flags:"411908"; ifdir:"inbound"; origin:"192.0.2.1"; time:"1795307531"; dst:"198.51.100.4"; product:"VPN-1 & FireWall-1"; proto:"6"; s_port:"61000"; service:"22"; src:"192.0.2.7"]',
  recognise: (sample) => 0.97 * shareOf(sample, isCheckPoint),
  lines: (info) => new CheckPointReader(info),
};

function isCheckPoint(line: string): boolean {
  if (/\bCheck ?[Pp]oint\b[^[]{0,60}\[\w+:"/.test(line.slice(0, 300))) return true;
  if (/(?:^|[\s|>])time=\d{9,}\|/.test(line.slice(0, 300)) && /\|(?:product|loguid|origin)=/.test(line))
    return true;
  return /; src: \S+; dst: \S+; proto: /.test(line) && / rule: /.test(line);
}

/** Where in `names` a field is. */
const at = {
  action: 0,
  source: 1,
  target: 2,
  proto: 3,
  targetPort: 4,
  sourcePort: 5,
  realTarget: 6,
  realPort: 7,
  type: 8,
  code: 9,
  time: 10,
  protection: 11,
  attack: 12,
  severity: 13,
  bytesThere: 14,
  bytesBack: 15,
  flags: 16,
  packets: 17,
  info: 18,
} as const;
const names = [
  'action',
  'src',
  'dst',
  'proto',
  'service',
  's_port',
  'xlatedst',
  'xlatedport',
  'icmp_type|ICMP Type',
  'icmp_code|ICMP Code',
  'time',
  'protection_name',
  'attack',
  'severity',
  'sent_bytes',
  'received_bytes',
  'tcp_flags',
  'packets',
  'attack_info',
] as const;
/** Packets that one record of dropped ones may hold; a batch has room for so many. */
const packetsAtMost = 60;
/** Below this an answer over TCP may be a reset alone. */
const resetBytes = 60;

class CheckPointReader implements LineReader {
  readonly #times: AnyTimes;
  readonly #syslog: Syslog;
  readonly #fields = new NamedFields(names);
  readonly #event = new FirewallEvent();
  readonly #words = new Uint32Array(4);

  constructor(info: InputInfo) {
    this.#times = new AnyTimes(info);
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const fields = this.#fields;
    const event = this.#event;
    event.reset();
    const verdict = this.#read(bytes, start, end);
    if (verdict < 0) return 'no Check Point record';
    event.time = fields.has(at.time)
      ? this.#times.read(bytes, fields.start[at.time], fields.end[at.time])
      : Number.NaN;
    if (Number.isNaN(event.time)) {
      if (this.#syslog.stamp(bytes, start, end) < 0) return 'no time stamp';
      event.time = this.#syslog.time;
    }
    if (verdict === VerdictWord.denied) event.outcome = Outcome.denied;
    else if (verdict === VerdictWord.passed) event.passed = true;
    if (fields.has(at.packets) && !fields.has(at.source)) return this.#aggregated(batch, bytes);
    const isAlert = fields.has(at.protection) || fields.has(at.attack);
    // Audit, updates, log-ins.
    if (!fields.has(at.source)) return '';
    const hasTarget = fields.address(bytes, at.target, event.target);
    if (!fields.address(bytes, at.source, event.source) || (!hasTarget && fields.has(at.target)))
      return 'no source or target address';
    if (!readTransport(event, fields, bytes, at) && !isAlert) return hasTarget ? 'no protocol' : '';
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    event.type = Math.min(255, fields.integer(bytes, at.type));
    event.code = Math.min(255, Math.max(0, fields.integer(bytes, at.code)));
    if (isAlert) {
      this.#alert(batch, bytes, hasTarget);
      return '';
    }
    if (!hasTarget) return '';
    const ported = event.proto === Proto.tcp || event.proto === Proto.udp;
    if (ported && fields.has(at.targetPort) && fields.port(bytes, at.targetPort) < 0)
      return 'service that is not known by name';
    return this.#contact(batch, bytes);
  }

  /** Fills the fields from whichever form it is; returns the verdict, -1 for no record. */
  #read(bytes: Uint8Array, start: number, end: number): number {
    const fields = this.#fields;
    // '[action:"Drop"; …]'
    let open = findText(bytes, start, end, '[');
    while (open >= 0 && !isQuotedKey(bytes, open + 1, end)) open = findText(bytes, open + 1, end, '[');
    if (open >= 0) readSemicolons(fields, bytes, open + 1, end);
    else {
      const first = findText(bytes, start, end, 'time=');
      if (first >= 0 && find(bytes, first, end, pipe) < end) readDelimited(fields, bytes, first, end, pipe);
      else return this.#oldForm(bytes, start, end);
    }
    return Math.max(VerdictWord.none, fields.meaning(bytes, at.action, verdictWords));
  }

  /** 'Checkpoint: 21Aug2007 12:00:00 accept 192.0.2.1 >eth0 rule: 100; src: …; dst: …;': the verdict stands before the fields. */
  #oldForm(bytes: Uint8Array, start: number, end: number): number {
    const rule = findText(bytes, start, end, ' rule: ');
    if (rule < 0) return -1;
    readSemicolons(this.#fields, bytes, rule + 1, end);
    let from = rule;
    while (from > start && bytes[from] !== greater && bytes[from] !== less) from--;
    // The word before the origin's address, two blanks back.
    for (let words = 0; words < 3 && from > start; from--) if (bytes[from - 1] === space) words++;
    return verdictWithin(bytes, from, rule);
  }

  #contact(batch: EventBatch, bytes: Uint8Array): string {
    const fields = this.#fields;
    const event = this.#event;
    if (fields.address(bytes, at.realTarget, this.#words)) {
      copyWords(this.#words, event.target);
      const real = fields.port(bytes, at.realPort);
      if (real > 0) event.targetPort = real;
    }
    const back = fields.integer(bytes, at.bytesBack);
    if (event.outcome === Outcome.unknown && back > (event.proto === Proto.tcp ? resetBytes : 0)) {
      event.outcome = closedOutcome(event.proto, -1, back, false);
      event.size = back;
    }
    // 'First packet isn't SYN; tcp_flags: RST-ACK': a packet that belongs to no connection.
    if (event.proto === Proto.tcp && fields.has(at.flags)) {
      event.hasFlags = true;
      event.flags |= tcpNames(bytes, fields.start[at.flags], fields.end[at.flags]);
      return event.putPacket(batch);
    }
    return event.putSession(batch);
  }

  #alert(batch: EventBatch, bytes: Uint8Array, hasTarget: boolean): void {
    const fields = this.#fields;
    const number = fields.integer(bytes, at.severity);
    let severity = 2;
    // 0 informational … 4 critical, or a word.
    if (number >= 0) severity = number >= 3 ? 1 : number === 2 ? 2 : number === 1 ? 3 : 4;
    else if (fields.has(at.severity))
      severity = severityOf(bytes, fields.start[at.severity], fields.end[at.severity]) || 2;
    const row = this.#event.putAlert(batch, severity, hasTarget);
    const name = fields.has(at.protection) ? at.protection : at.attack;
    batch.setText(row, Text.name, fields.start[name], fields.end[name]);
    const detail = fields.has(at.info) ? at.info : at.attack;
    if (fields.has(detail) && detail !== name)
      batch.setText(row, Text.detail, fields.start[detail], fields.end[detail]);
  }

  /** 'packets:" <192.0.2.7,61000,198.51.100.4,22,6;eth0> <…>"': drops that the gateway put into one record. */
  #aggregated(batch: EventBatch, bytes: Uint8Array): string {
    const event = this.#event;
    const end = this.#fields.end[at.packets];
    let position = this.#fields.start[at.packets];
    let rows = 0;
    while (rows < packetsAtMost) {
      const open = find(bytes, position, end, less);
      if (open >= end) break;
      const close = find(bytes, open, end, greater);
      const stop = find(bytes, open, close, semicolon);
      if (this.#tuple(bytes, open + 1, stop) && event.putSession(batch) === '') rows++;
      position = close + 1;
    }
    return rows === 0 ? 'no source or target address' : '';
  }

  /** 'source,port,target,port,protocol' */
  #tuple(bytes: Uint8Array, start: number, end: number): boolean {
    const event = this.#event;
    const one = find(bytes, start, end, comma);
    const two = find(bytes, one + 1, end, comma);
    const three = find(bytes, two + 1, end, comma);
    const four = find(bytes, three + 1, end, comma);
    if (
      four >= end ||
      !address(bytes, start, one, event.source) ||
      !address(bytes, two + 1, three, event.target)
    )
      return false;
    event.proto = protocolOf(bytes, four + 1, end);
    event.sourcePort = Math.max(0, port(bytes, one + 1, two));
    event.targetPort = port(bytes, three + 1, four);
    event.type = -1;
    event.flags &= ~Flag.tcpFlags;
    return event.proto !== 0;
  }
}

/** Whether 'key:"' stands at `start`. */
function isQuotedKey(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start;
  while (position < end && position - start < 64) {
    const code = bytes[position];
    if (code === colon) return position > start && bytes[position + 1] === quote;
    const letter = code | 32;
    if (!(letter >= 97 && letter <= 122) && code !== 95 && !(code >= 48 && code <= 57)) return false;
    position++;
  }
  return false;
}
