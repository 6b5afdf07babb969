import { copyWords } from '../bytes/addresses.ts';
import { decimal } from '../bytes/numbers.ts';
import { Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo } from '../model/format.ts';
import { AnyTimes } from './any-times.ts';
import { closedOutcome, FirewallEvent, severityOf } from './firewall-event.ts';
import { NamedFields } from './named-fields.ts';
import { readProtocol } from './named-transport.ts';
import { SeenTexts } from './seen-texts.ts';
import { Syslog } from './syslog.ts';
import { beginsWith, verdictWithin, verdictWord, VerdictWord } from './verdict-words.ts';

/*
 * What CEF and LEEF have in common: a header that names the event, and keys from a dictionary. An event with source,
 * target and protocol is a contact; one whose name or category speaks of an attack is an alert.
 */

/** Where in `names` a field is. */
const at = {
  source: 0,
  sourcePort: 1,
  target: 2,
  targetPort: 3,
  proto: 4,
  action: 5,
  result: 6,
  start: 7,
  received: 8,
  end: 9,
  source6: 10,
  target6: 11,
  sourceBefore: 12,
  realTarget: 13,
  realPort: 14,
  bytesIn: 15,
  bytesOut: 16,
  bytesBack: 17,
  packetsBack: 18,
  category: 19,
  reason: 20,
  severity: 21,
  signature: 22,
  type: 23,
  code: 24,
} as const;

/** Keys of CEF's dictionary and LEEF's predefined attributes, and the few of vendors that carry what those leave out. */
export const siemNames = [
  'src|SourceAddress',
  'spt|srcPort|sourcePort',
  'dst|DestinationAddress',
  'dpt|dstPort|destinationPort',
  'proto|transportProtocol',
  'act|action|deviceAction',
  'outcome|eventOutcome|status',
  'start|startTime',
  'rt|devTime|deviceReceiptTime',
  'end|endTime|UNIFIutcTime|FTNTFGTeventtime',
  'c6a2',
  'c6a3',
  'srcPreNAT',
  'destinationTranslatedAddress|dstPostNAT',
  'destinationTranslatedPort|dstPostNATPort',
  'in',
  'out',
  'dstBytes',
  'dstPackets',
  'cat|deviceEventCategory|UNIFIsubCategory',
  'reason|SessionEndReason',
  'sev|severity',
  'UNIFIipsSignature',
  'icmpType|icmp_type',
  'icmpCode|icmp_code',
] as const;

/** Words, by their beginnings, that make an event an alert of another sensor. */
const alarms = [
  'threat',
  'intrusion',
  'ips',
  'ids',
  'attack',
  'exploit',
  'malware',
  'virus',
  'anomaly',
  'scan',
  'sweep',
  'flood',
  'vulnerab',
  'signature',
  'spyware',
  'brute',
  'probe',
] as const;
const alarmInitials = new Uint8Array(256);
for (const word of alarms) alarmInitials[word.charCodeAt(0)] = 1;
/** Actions that name how a session ended. */
const endings = [
  'close',
  'timeout',
  'client-rst',
  'server-rst',
  'teardown',
  'end',
  'ip-conn',
  'fin',
  'aged',
] as const;

/** The parts of a header that say what the event is. */
export class SiemHeader {
  idStart = 0;
  idEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  severityStart = 0;
  severityEnd = 0;
}

/** What a header or an action says of its event, in bits: the verdict lowest. */
const Said = { verdict: 3, attack: 4, ending: 8 } as const;

export class SiemEvents {
  readonly fields = new NamedFields(siemNames);
  readonly header = new SiemHeader();
  readonly #times: AnyTimes;
  readonly #syslog: Syslog;
  readonly #event = new FirewallEvent();
  readonly #words = new Uint32Array(4);
  readonly #headers = new SeenTexts();
  readonly #categories = new SeenTexts();
  readonly #actions = new SeenTexts();
  /** {@link Said} of this line's header, and of its action. */
  #said = 0;
  #acted = 0;

  constructor(info: InputInfo) {
    this.#times = new AnyTimes(info);
    this.#syslog = new Syslog(info);
  }

  /** Appends what `fields` and `header` say; `lineStart`: of the syslog header, whose stamp stands in for a missing one. */
  put(batch: EventBatch, bytes: Uint8Array, lineStart: number, lineEnd: number): string {
    const { fields } = this;
    const event = this.#event;
    event.reset();
    const hasSource =
      fields.address(bytes, at.source, event.source) || fields.address(bytes, at.source6, event.source);
    // Audit trails, system events and the like.
    if (!hasSource) return fields.has(at.source) ? 'no source address' : '';
    if (fields.address(bytes, at.sourceBefore, this.#words)) copyWords(this.#words, event.source);
    const hasTarget = this.#target(bytes);
    this.#said = this.#headerSays(bytes);
    const isAlert = this.#isAlert(bytes);
    if (!hasTarget && !isAlert) return '';
    event.proto = readProtocol(fields, bytes, at.proto);
    // Without ports and protocol it is no contact: a login, a download, a change.
    if (event.proto === 0 && !isAlert) return fields.has(at.targetPort) ? 'no protocol' : '';
    if (event.proto === Proto.icmp && event.source[2] !== 0xffff) event.proto = Proto.icmp6;
    event.time = this.#time(bytes, lineStart, lineEnd);
    if (Number.isNaN(event.time)) return 'no time stamp';
    event.sourcePort = Math.max(0, fields.port(bytes, at.sourcePort));
    if (event.targetPort < 0) event.targetPort = fields.port(bytes, at.targetPort);
    event.type = Math.min(255, fields.integer(bytes, at.type));
    event.code = Math.min(255, Math.max(0, fields.integer(bytes, at.code)));
    this.#acted = this.#actionSays(bytes);
    const verdict = this.#verdict(bytes);
    if (verdict === VerdictWord.denied) event.outcome = Outcome.denied;
    if (isAlert) {
      this.#alert(batch, bytes, hasTarget);
      return '';
    }
    event.passed = verdict === VerdictWord.passed || this.#isEnding();
    if (verdict !== VerdictWord.denied) this.#counters(bytes);
    return event.putSession(batch);
  }

  #target(bytes: Uint8Array): boolean {
    const { fields } = this;
    const event = this.#event;
    if (fields.address(bytes, at.realTarget, event.target)) {
      const port = fields.port(bytes, at.realPort);
      if (port > 0) event.targetPort = port;
      return true;
    }
    return fields.address(bytes, at.target, event.target) || fields.address(bytes, at.target6, event.target);
  }

  #time(bytes: Uint8Array, lineStart: number, lineEnd: number): number {
    let time = this.#timeOf(bytes, at.start);
    if (Number.isNaN(time)) time = this.#timeOf(bytes, at.received);
    if (Number.isNaN(time)) time = this.#timeOf(bytes, at.end);
    if (!Number.isNaN(time)) return time;
    return this.#syslog.stamp(bytes, lineStart, lineEnd) < 0 ? Number.NaN : this.#syslog.time;
  }

  #timeOf(bytes: Uint8Array, field: number): number {
    const { fields } = this;
    return fields.has(field) ? this.#times.read(bytes, fields.start[field], fields.end[field]) : Number.NaN;
  }

  #headerSays(bytes: Uint8Array): number {
    const { idStart, idEnd, nameStart, nameEnd } = this.header;
    // In CEF the name follows the id, in LEEF they are the same.
    const seen = this.#headers.find(bytes, idStart, nameEnd);
    if (seen >= 0) return seen;
    let said = verdictWithin(bytes, nameStart, nameEnd);
    if (said === VerdictWord.none) said = verdictWithin(bytes, idStart, idEnd);
    if (speaksOfAttack(bytes, nameStart, nameEnd) || speaksOfAttack(bytes, idStart, idEnd))
      said |= Said.attack;
    if (startsWithOne(endings, bytes, idStart, idEnd)) said |= Said.ending;
    return this.#headers.keep(bytes, idStart, nameEnd, said);
  }

  #actionSays(bytes: Uint8Array): number {
    const { fields } = this;
    if (!fields.has(at.action)) return 0;
    const start = fields.start[at.action];
    const end = fields.end[at.action];
    const seen = this.#actions.find(bytes, start, end);
    if (seen >= 0) return seen;
    const ending = startsWithOne(endings, bytes, start, end) ? Said.ending : 0;
    return this.#actions.keep(bytes, start, end, verdictWord(bytes, start, end) | ending);
  }

  #isAlert(bytes: Uint8Array): boolean {
    const { fields } = this;
    if (fields.has(at.signature) || (this.#said & Said.attack) !== 0) return true;
    if (!fields.has(at.category)) return false;
    const start = fields.start[at.category];
    const end = fields.end[at.category];
    const seen = this.#categories.find(bytes, start, end);
    if (seen >= 0) return seen === 1;
    return this.#categories.keep(bytes, start, end, speaksOfAttack(bytes, start, end) ? 1 : 0) === 1;
  }

  /** By the action, else the outcome, else the event's name. */
  #verdict(bytes: Uint8Array): number {
    const { fields } = this;
    const hasAction = fields.has(at.action);
    if ((this.#acted & Said.verdict) !== VerdictWord.none) return this.#acted & Said.verdict;
    if (fields.has(at.result)) {
      const verdict = verdictWord(bytes, fields.start[at.result], fields.end[at.result]);
      if (verdict !== VerdictWord.none) return verdict;
    }
    return hasAction ? VerdictWord.none : this.#said & Said.verdict;
  }

  #isEnding(): boolean {
    const { fields } = this;
    if (fields.has(at.reason)) return true;
    return ((fields.has(at.action) ? this.#acted : this.#said) & Said.ending) !== 0;
  }

  /**
   * LEEF counts what the target sent. CEF's `in` and `out` are used both ways round; but who began has sent something, so
   * that of two counters the smaller is what may have come back.
   */
  #counters(bytes: Uint8Array): void {
    const { fields } = this;
    const event = this.#event;
    const packets = fields.integer(bytes, at.packetsBack);
    let back = fields.integer(bytes, at.bytesBack);
    if (back < 0 && packets < 0) {
      const one = fields.integer(bytes, at.bytesIn);
      const other = fields.integer(bytes, at.bytesOut);
      if (one < 0 || other < 0 || (one === 0 && other === 0)) return;
      back = Math.min(one, other);
    }
    const outcome = closedOutcome(event.proto, packets, back, fields.is(bytes, at.action, 'server-rst'));
    // Nothing yet is no answer only when the session is over.
    if (outcome !== Outcome.unanswered || this.#isEnding()) event.outcome = outcome;
    if (fields.has(at.bytesBack)) event.size = back;
  }

  #alert(batch: EventBatch, bytes: Uint8Array, hasTarget: boolean): void {
    const { fields, header } = this;
    const severity = fields.has(at.severity)
      ? level(bytes, fields.start[at.severity], fields.end[at.severity])
      : level(bytes, header.severityStart, header.severityEnd);
    const row = this.#event.putAlert(batch, severity, hasTarget);
    if (fields.has(at.signature))
      batch.setText(row, Text.name, fields.start[at.signature], fields.end[at.signature]);
    else if (header.nameEnd > header.nameStart)
      batch.setText(row, Text.name, header.nameStart, header.nameEnd);
    if (fields.has(at.category))
      batch.setText(row, Text.detail, fields.start[at.category], fields.end[at.category]);
  }
}

/** 0 … 10 (both formats: 0–3 low, 4–6 medium, 7–10 high) or a word, as 1 high … 4. */
function level(bytes: Uint8Array, start: number, end: number): number {
  const number = decimal(bytes, start, end);
  if (number >= 0) return number >= 7 ? 1 : number >= 4 ? 2 : number >= 1 ? 3 : 4;
  const word = beginsWith(bytes, start, end, 'very') ? 1 : severityOf(bytes, start, end);
  return word === 0 ? 3 : word;
}

function startsWithOne(words: readonly string[], bytes: Uint8Array, start: number, end: number): boolean {
  for (const word of words) if (beginsWith(bytes, start, end, word)) return true;
  return false;
}

/** Whether a word of `bytes[start, end)` begins with one of the alarms. */
function speaksOfAttack(bytes: Uint8Array, start: number, end: number): boolean {
  let inWord = false;
  for (let position = start; position < end; position++) {
    const letter = bytes[position] | 32;
    const isLetter = letter >= 97 && letter <= 122;
    if (isLetter && !inWord && alarmInitials[letter] === 1 && startsWithOne(alarms, bytes, position, end))
      return true;
    inWord = isLetter;
  }
  return false;
}
