import { address, copyWords } from '../bytes/addresses.ts';
import { comma, nine, zero } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, hasText, isText, port } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes } from '../wire/clock-times.ts';
import { closedOutcome, FirewallEvent, lowestSeverity, severityOf } from '../wire/firewall-event.ts';
import { protocolOf } from '../wire/protocol-names.ts';
import { shareOf } from '../wire/recognition.ts';
import { verdictWord, VerdictWord } from '../wire/verdict-words.ts';

/** PAN-OS TRAFFIC and THREAT logs: the default comma-separated syslog format. */
export const paloAlto: Format = {
  name: 'palo-alto',
  title: 'Palo Alto Networks PAN-OS TRAFFIC and THREAT logs',
  // Logged at the session's end: TCP 90 s after its last packet at most when half-closed or discarded (PAN-OS timers).
  lateness: 130,
  yields: ['contact', 'alert'],
  blindness: [
    'only sessions of rules that log are seen; the default rules do not log unless overridden',
    'a session is written when it ends, unless its rule logs the start',
  ],
  sample:
    '<14>Nov 22 00:32:11 PA-VM 1,2026/11/22 00:32:11,007051000113358,TRAFFIC,drop,2560,2026/11/22 00:32:11,192.0.2.7,198.51.100.4,0.0.0.0,0.0.0.0,deny-all,,,not-applicable,vsys1,untrust,trust,ethernet1/1,,default,2026/11/22 00:32:11,0,1,61000,22,0,0,0x0,tcp,deny,60,60,0,1,2026/11/22 00:32:11,0,any,0,4711,0x0,US,US,0,1,0,policy-deny',
  recognise: (sample) => 0.97 * shareOf(sample, isPanos),
  lines: (info) => new PaloAltoReader(info),
};

function isPanos(line: string): boolean {
  return /(?:^|[\s>])\d*,\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d[^,]*,[^,]*,(?:TRAFFIC|THREAT|SYSTEM|CONFIG|GLOBALPROTECT|USERID|HIPMATCH|DECRYPTION|AUTHENTICATION|URL),/.test(
    line.slice(0, 600),
  );
}

// Fields of both kinds (PAN-OS, "Traffic Log Fields", "Threat Log Fields"), counted from FUTURE_USE in front of the time.
const kind = 3;
const subtype = 4;
const generated = 6;
const source = 7;
const target = 8;
const realTarget = 10;
const sourcePort = 24;
const targetPort = 25;
const realPort = 27;
const proto = 29;
const action = 30;
// Of TRAFFIC.
const bytesSent = 32;
const bytesBack = 33;
const started = 35;
const packetsBack = 45;
const endReason = 46;
const application = 14;
// Of THREAT.
const threat = 32;
const severity = 34;
/** What follows the reason of the end is not looked at; newer versions write a hundred fields. */
const fieldsAtMost = endReason + 1;
/** The type stands behind at most this much of syslog header. */
const headAtMost = 700;

class PaloAltoReader implements LineReader {
  readonly #iso: IsoTimes;
  readonly #clock: ClockTimes;
  readonly #fields = new CsvFields(64);
  readonly #event = new FirewallEvent();

  constructor(info: InputInfo) {
    const zone = new Zone(info.zone);
    this.#iso = new IsoTimes(zone);
    this.#clock = new ClockTimes(zone);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const fields = this.#fields;
    let count = fields.split(bytes, start, end, comma, fieldsAtMost);
    if (!this.#isPlain(bytes, start, count)) {
      const from = recordStart(bytes, start, Math.min(end, start + headAtMost));
      if (from < 0) return 'no PAN-OS record';
      count = fields.split(bytes, from, end, comma, fieldsAtMost);
    }
    const isTraffic = isText(bytes, fields.start[kind], fields.end[kind], 'TRAFFIC');
    // SYSTEM, CONFIG, GLOBALPROTECT and the like.
    if (!isTraffic && !isText(bytes, fields.start[kind], fields.end[kind], 'THREAT'))
      return count > kind ? '' : 'too few fields';
    if (count <= (isTraffic ? bytesBack : severity)) return 'too few fields';
    const event = this.#event;
    event.reset();
    event.time = this.#time(bytes, generated);
    if (Number.isNaN(event.time)) return 'no time stamp';
    if (!this.#address(bytes, source, event.source) || !this.#address(bytes, target, event.target))
      return 'no source or target address';
    event.proto = protocolOf(bytes, fields.start[proto], fields.end[proto]);
    if (event.proto === 0) return 'no protocol';
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    event.sourcePort = Math.max(0, port(bytes, fields.start[sourcePort], fields.end[sourcePort]));
    event.targetPort = Math.max(0, port(bytes, fields.start[targetPort], fields.end[targetPort]));
    if (verdictWord(bytes, fields.start[action], fields.end[action]) === VerdictWord.denied)
      event.outcome = Outcome.denied;
    if (isTraffic) this.#traffic(batch, bytes, count);
    else return this.#threat(batch, bytes);
    return '';
  }

  /** Whether the first fields are those of a record, behind a header without commas: its type is the fourth, as is nearly always. */
  #isPlain(bytes: Uint8Array, start: number, count: number): boolean {
    const { start: from, end: to } = this.#fields;
    return (
      count > kind + 1 &&
      to[kind] - start < headAtMost &&
      (this.#is(bytes, kind, 'TRAFFIC') || this.#is(bytes, kind, 'THREAT')) &&
      // Nothing in front of it is quoted, and the time is not taken for a type.
      from[0] === start &&
      from[kind] === to[kind - 1] + 1 &&
      from[kind - 1] === to[kind - 2] + 1 &&
      from[kind - 2] === to[0] + 1 &&
      isDigit(bytes[from[kind - 2]]) &&
      isDigit(bytes[from[kind - 1]])
    );
  }

  #time(bytes: Uint8Array, field: number): number {
    const { start, end } = this.#fields;
    const from = start[field];
    // '2026/11/22 00:32:11', or ISO 8601 from the logging service.
    if (bytes[from + 4] === 47) return this.#clock.read(bytes, from, from + 11, end[field]);
    return this.#iso.read(bytes, from, end[field]);
  }

  #address(bytes: Uint8Array, field: number, words: Uint32Array): boolean {
    return address(bytes, this.#fields.start[field], this.#fields.end[field], words);
  }

  #traffic(batch: EventBatch, bytes: Uint8Array, count: number): void {
    const { start, end } = this.#fields;
    const event = this.#event;
    if (count > started) {
      const time = this.#time(bytes, started);
      if (!Number.isNaN(time)) event.time = time;
    }
    // Unset translation is 0.0.0.0 or empty.
    if (
      this.#address(bytes, realTarget, realWords) &&
      (realWords[3] !== 0 || realWords[1] !== 0 || realWords[0] !== 0)
    ) {
      copyWords(realWords, event.target);
      const real = port(bytes, start[realPort], end[realPort]);
      if (real > 0) event.targetPort = real;
    }
    if (event.outcome === Outcome.unknown) this.#outcome(bytes, count);
    event.putSession(batch);
  }

  #outcome(bytes: Uint8Array, count: number): void {
    const { start, end } = this.#fields;
    const event = this.#event;
    if (
      isText(bytes, start[subtype], end[subtype], 'drop') ||
      isText(bytes, start[subtype], end[subtype], 'deny')
    ) {
      event.outcome = Outcome.denied;
      return;
    }
    const reason = count > endReason ? endReason : -1;
    if (reason > 0 && (this.#is(bytes, reason, 'policy-deny') || this.#is(bytes, reason, 'threat'))) {
      event.outcome = Outcome.denied;
      return;
    }
    event.passed = true;
    if (!isText(bytes, start[subtype], end[subtype], 'end')) return;
    const back = decimal(bytes, start[bytesBack], end[bytesBack]);
    const packets = count > packetsBack ? decimal(bytes, start[packetsBack], end[packetsBack]) : -1;
    const reset = reason > 0 && this.#is(bytes, reason, 'tcp-rst-from-server');
    event.outcome = closedOutcome(event.proto, packets, back, reset);
    if (back >= 0) event.size = back;
    if (event.proto === Proto.udp) {
      if (decimal(bytes, start[bytesSent], end[bytesSent]) > 0) event.flags |= Flag.sentData;
      if (back > 0) event.flags |= Flag.gotData;
    }
    // A name that App-ID found takes payload from both.
    else if (event.proto === Proto.tcp && event.outcome === Outcome.answered && !this.#isUnnamed(bytes))
      event.flags |= Flag.gotData;
  }

  #isUnnamed(bytes: Uint8Array): boolean {
    return (
      this.#is(bytes, application, 'incomplete') ||
      this.#is(bytes, application, 'insufficient-data') ||
      this.#is(bytes, application, 'not-applicable')
    );
  }

  #is(bytes: Uint8Array, field: number, text: string): boolean {
    return isText(bytes, this.#fields.start[field], this.#fields.end[field], text);
  }

  #threat(batch: EventBatch, bytes: Uint8Array): string {
    const { start, end } = this.#fields;
    // URL filtering, files and data say nothing of scanning; scans, floods, packet attacks, signatures and the rest do.
    if (
      this.#is(bytes, subtype, 'url') ||
      this.#is(bytes, subtype, 'file') ||
      this.#is(bytes, subtype, 'data')
    )
      return '';
    const level = severityOf(bytes, start[severity], end[severity]);
    const row = this.#event.putAlert(batch, level === 0 ? lowestSeverity : level);
    batch.setText(row, Text.name, start[threat], end[threat]);
    batch.setText(row, Text.detail, start[subtype], end[subtype]);
    return '';
  }
}

const realWords = new Uint32Array(4);

/** Where the record begins behind a syslog header: three fields before its type. -1: there is none. */
function recordStart(bytes: Uint8Array, start: number, end: number): number {
  // The last two commas before the one at hand: ',serial' and ',time' stand between them and it.
  let last = -1;
  let lastButOne = -1;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== comma) continue;
    if (!isType(bytes, at + 1, end)) {
      lastButOne = last;
      last = at;
      continue;
    }
    if (lastButOne < 0) return -1;
    // What FUTURE_USE holds.
    let from = lastButOne;
    while (from > start && isDigit(bytes[from - 1])) from--;
    return from;
  }
  return -1;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

const types = [
  'TRAFFIC,',
  'THREAT,',
  'SYSTEM,',
  'CONFIG,',
  'GLOBALPROTECT,',
  'USERID,',
  'HIPMATCH,',
  'HIP-MATCH,',
  'DECRYPTION,',
  'AUTHENTICATION,',
  'CORRELATION,',
  'IPTAG,',
  'GTP,',
  'SCTP,',
  'AUDIT,',
] as const;

function isType(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at];
  if (first < 65 || first > 85) return false;
  for (const type of types) if (hasText(bytes, at, end, type)) return true;
  return false;
}
