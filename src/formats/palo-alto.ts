import { copyWords } from '../bytes/addresses.ts';
import { As, Cells, CellWords, Way } from '../bytes/cells.ts';
import type { Cell } from '../bytes/cells.ts';
import { comma, nine, slash, upperT, zero } from '../bytes/codes.ts';
import { hasText, isText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ClockTimes, looseOffset } from '../wire/clock-times.ts';
import { closedOutcome, FirewallEvent, lowestSeverity, severityOf } from '../wire/firewall-event.ts';
import { protocolOf, protocolWords } from '../wire/protocol-names.ts';
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

const Kind = { traffic: 0, threat: 1 } as const;
const kinds = new CellWords([
  ['TRAFFIC', Kind.traffic],
  ['THREAT', Kind.threat],
]);
const Subtype = { denied: 0, end: 1, noScan: 2 } as const;
const subtypes = new CellWords([
  ['drop', Subtype.denied],
  ['deny', Subtype.denied],
  ['end', Subtype.end],
  // URL filtering, files and data say nothing of scanning; scans, floods, packet attacks, signatures and the rest do.
  ['url', Subtype.noScan],
  ['file', Subtype.noScan],
  ['data', Subtype.noScan],
]);
const actions = new CellWords([
  ['allow', VerdictWord.passed],
  ['alert', VerdictWord.none],
  ['deny', VerdictWord.denied],
  ['drop', VerdictWord.denied],
  ['reset-both', VerdictWord.denied],
  ['reset-client', VerdictWord.denied],
  ['reset-server', VerdictWord.denied],
]);
const deniedReasons = new CellWords([
  ['policy-deny', 1],
  ['threat', 1],
]);

// Fields of both kinds (PAN-OS, "Traffic Log Fields", "Threat Log Fields"), counted from FUTURE_USE in front of the time.
const fields: Cell[] = [];
const field = (column: number, as: number = As.text, words?: CellWords): number =>
  fields.push(words ? { column, as, words } : { column, as }) - 1;
const first = field(0);
const received = field(1);
const serial = field(2);
const kind = field(3, As.word, kinds);
const subtype = field(4, As.word, subtypes);
const generated = field(6, As.date);
const source = field(7, As.address);
const target = field(8, As.address);
const realTarget = field(10, As.address);
const sourcePort = field(24, As.port);
const targetPort = field(25, As.port);
const realPort = field(27, As.port);
const proto = field(29, As.word, protocolWords);
const action = field(30, As.word, actions);
// Of TRAFFIC.
const application = field(14);
const bytesSent = field(32, As.integer);
const bytesBack = field(33, As.integer);
const started = field(35, As.date);
const packetsBack = field(45, As.integer);
const endReason = field(46, As.word, deniedReasons);
// Of THREAT.
const threat = bytesSent;
const severity = field(34);
/** High Resolution Timestamp, from PAN-OS 10 on: of TRAFFIC, the same behind a Domain EDL, of THREAT. */
const stamped = [field(102), field(103), field(107)];
/** The type stands behind at most this much of syslog header. */
const headAtMost = 700;

class PaloAltoReader implements LineReader {
  readonly #zone: Zone;
  readonly #iso: IsoTimes;
  readonly #clock: ClockTimes;
  readonly #cells = new Cells(fields, { way: Way.csv });
  readonly #event = new FirewallEvent();

  constructor(info: InputInfo) {
    const zone = new Zone(info.zone);
    this.#zone = zone;
    this.#iso = new IsoTimes(zone);
    this.#clock = new ClockTimes(zone);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const cells = this.#cells;
    cells.read(bytes, start, end, comma);
    if (!this.#isPlain(bytes, start)) {
      const from = recordStart(bytes, start, Math.min(end, start + headAtMost));
      if (from < 0) return 'no PAN-OS record';
      cells.read(bytes, from, end, comma);
    }
    const { number } = cells;
    const isTraffic = number[kind] === Kind.traffic;
    // SYSTEM, CONFIG, GLOBALPROTECT and the like.
    if (!isTraffic && number[kind] !== Kind.threat) return cells.has(kind) ? '' : 'too few fields';
    if (!cells.has(isTraffic ? bytesBack : severity)) return 'too few fields';
    const event = this.#event;
    event.reset();
    event.time = this.#time(bytes, generated);
    if (Number.isNaN(event.time)) return 'no time stamp';
    if (
      !this.#cells.address(source, bytes, event.source) ||
      !this.#cells.address(target, bytes, event.target)
    )
      return 'no source or target address';
    event.proto =
      number[proto] > 0 ? number[proto] | 0 : protocolOf(bytes, cells.start[proto], cells.end[proto]);
    if (event.proto === 0) return 'no protocol';
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    event.sourcePort = Math.max(0, number[sourcePort] | 0);
    event.targetPort = number[targetPort] | 0;
    const verdict = number[action];
    if (
      verdict === VerdictWord.denied ||
      (Number.isNaN(verdict) &&
        verdictWord(bytes, cells.start[action], cells.end[action]) === VerdictWord.denied)
    )
      event.outcome = Outcome.denied;
    return isTraffic ? this.#traffic(batch, bytes) : this.#threat(batch, bytes);
  }

  /** Whether the first fields are those of a record, behind a header without commas: its type is the fourth, as is nearly always. */
  #isPlain(bytes: Uint8Array, start: number): boolean {
    const { start: from, end: to, number } = this.#cells;
    return (
      this.#cells.has(subtype) &&
      to[kind] - start < headAtMost &&
      !Number.isNaN(number[kind]) &&
      // Nothing in front of it is quoted, and the time is not taken for a type.
      from[first] === start &&
      from[kind] === to[serial] + 1 &&
      from[serial] === to[received] + 1 &&
      from[received] === to[first] + 1 &&
      isDigit(bytes[from[received]]) &&
      isDigit(bytes[from[serial]])
    );
  }

  #time(bytes: Uint8Array, field: number): number {
    const { start, end, number } = this.#cells;
    const from = start[field];
    const micros = number[field];
    const isSlashed = bytes[from + 4] === slash;
    if (!Number.isNaN(micros)) {
      if (!this.#cells.isUtc(field)) return this.#toUtc(bytes, micros);
      if (!isSlashed) return micros;
    }
    // '2026/11/22 00:32:11', or ISO 8601 from the logging service.
    if (isSlashed) return this.#toUtc(bytes, this.#clock.local(bytes, from, from + 11, end[field]));
    return this.#iso.read(bytes, from, end[field]);
  }

  /** A wall clock's µs in the zone that the record's '2026-11-22T00:32:11.250-05:00' names, or else in the configured one. */
  #toUtc(bytes: Uint8Array, local: number): number {
    if (Number.isNaN(local)) return local;
    const { start, end } = this.#cells;
    for (const field of stamped) {
      if (end[field] - start[field] < 25 || bytes[start[field] + 10] !== upperT) continue;
      const offset = looseOffset(bytes, end[field] - 6, end[field]);
      if (!Number.isNaN(offset)) return local - offset;
    }
    return this.#zone.toUtc(local);
  }

  #traffic(batch: EventBatch, bytes: Uint8Array): string {
    const cells = this.#cells;
    const event = this.#event;
    if (cells.has(started)) {
      const time = this.#time(bytes, started);
      if (!Number.isNaN(time)) event.time = time;
    }
    // Unset translation is 0.0.0.0 or empty.
    if (
      this.#cells.address(realTarget, bytes, realWords) &&
      (realWords[3] !== 0 || realWords[1] !== 0 || realWords[0] !== 0)
    ) {
      copyWords(realWords, event.target);
      const real = cells.number[realPort] | 0;
      if (real > 0) event.targetPort = real;
    }
    if (event.outcome === Outcome.unknown) this.#outcome(bytes);
    return event.putSession(batch);
  }

  #outcome(bytes: Uint8Array): void {
    const cells = this.#cells;
    const { number } = cells;
    const event = this.#event;
    if (number[subtype] === Subtype.denied || number[endReason] === 1) {
      event.outcome = Outcome.denied;
      return;
    }
    event.passed = true;
    if (number[subtype] !== Subtype.end) return;
    const back = cells.integer(bytesBack, bytes);
    const packets = cells.integer(packetsBack, bytes);
    const reset = this.#is(bytes, endReason, 'tcp-rst-from-server');
    event.outcome = closedOutcome(event.proto, packets, back, reset);
    if (back >= 0) event.size = back;
    if (event.proto === Proto.udp) {
      if (cells.integer(bytesSent, bytes) > 0) event.flags |= Flag.sentData;
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
    return isText(bytes, this.#cells.start[field], this.#cells.end[field], text);
  }

  #threat(batch: EventBatch, bytes: Uint8Array): string {
    const { start, end, number } = this.#cells;
    if (number[subtype] === Subtype.noScan) return '';
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
