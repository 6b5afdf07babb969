import { address, copyWords, readAddress } from '../bytes/addresses.ts';
import { colon, parenClose, parenOpen, slash, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { KnownHeads } from '../bytes/known-heads.ts';
import { cursor, decimal, find, hasText, readDecimal } from '../bytes/numbers.ts';
import { findWord } from '../bytes/find-word.ts';
import { Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { closedOutcome, FirewallEvent } from '../wire/firewall-event.ts';
import { NamedFields } from '../wire/named-fields.ts';
import { readPairs } from '../wire/paired-fields.ts';
import { readProtocol } from '../wire/named-transport.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { verdictWord, VerdictWord, verdictWords } from '../wire/verdict-words.ts';

/** Junos on SRX: RT_FLOW sessions, screens and IDP, structured and as text. */
export const juniperSrx: Format = {
  name: 'juniper-srx',
  title: 'Juniper SRX RT_FLOW sessions, screens and IDP attacks, structured or not',
  // RT_FLOW_SESSION_CLOSE comes when the session times out: TCP's first packet 20 s, UDP 60 s, ICMP 60 s (Junos defaults).
  lateness: 70,
  yields: ['contact', 'alert'],
  blindness: [
    'only sessions of policies that log (session-init, session-close) are seen',
    'what a session came to is known only where its close is logged',
  ],
  sample:
    '<14>1 2026-11-22T00:32:11.250Z srx01 RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.129 source-address="192.0.2.7" source-port="61000" destination-address="198.51.100.4" destination-port="22" connection-tag="0" service-name="junos-ssh" protocol-id="6" icmp-type="0" policy-name="deny-all" source-zone-name="untrust" destination-zone-name="trust" reason="Denied by policy"]',
  recognise: (sample) =>
    0.97 *
    shareOf(sample, (line) =>
      /\b(?:RT_FLOW_SESSION_(?:CREATE|CLOSE|DENY)|APPTRACK_SESSION_|RT_SCREEN_|IDP_ATTACK_LOG_EVENT)/.test(
        line.slice(0, 400),
      ),
    ),
  lines: (info) => new JuniperReader(info),
};

/** Where in `names` a field of a structured message is. */
const at = {
  source: 0,
  sourcePort: 1,
  target: 2,
  targetPort: 3,
  realTarget: 4,
  realPort: 5,
  proto: 6,
  type: 7,
  packetsBack: 8,
  bytesBack: 9,
  elapsed: 10,
  reason: 11,
  attack: 12,
  action: 13,
  severity: 14,
} as const;
const names = [
  'source-address',
  'source-port',
  'destination-address',
  'destination-port',
  'nat-destination-address',
  'nat-destination-port',
  'protocol-id|protocol-name',
  'icmp-type',
  'packets-from-server|inbound-packets',
  'bytes-from-server|inbound-bytes',
  'elapsed-time',
  'reason',
  'attack-name',
  'action',
  'threat-severity',
] as const;

/** A reset over IPv4 without options; the session's counters leave the link's header out. */
const resetBytes = 40;
const headAtMost = 300;
const shortestTag = 'RT_SCREEN_'.length;
// What names of messages begin with.
const upperA = 65;
const upperI = 73;
const upperR = 82;
const longest = 366 * 86_400;

/** What a message's name says, in bits. */
const Says = { screen: 1, attack: 2, deny: 4, close: 8, create: 16 } as const;

/** Lines from the first word that may be a message's name to that name's end; at {@link unkept} one that is not kept. */
const heads = new KnownHeads();
const unkept = 16;
/** Of each: where the name begins in it, how long it is, and {@link Says}. */
const tagStarts = new Int32Array(unkept + 1);
const tagSizes = new Int32Array(unkept + 1);
const tagSaid = new Int32Array(unkept + 1);

class JuniperReader implements LineReader {
  readonly #syslog: Syslog;
  readonly #fields = new NamedFields(names);
  readonly #event = new FirewallEvent();
  readonly #words = new Uint32Array(4);
  #port = -1;
  /** Where this line's message has its name. */
  #tag = 0;

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const host = this.#syslog.stamp(bytes, start, end);
    if (host < 0) return 'no time stamp';
    const message = this.#message(bytes, host, end);
    if (message < 0) return 'no RT_FLOW, RT_SCREEN or IDP message';
    const event = this.#event;
    event.reset();
    event.time = this.#syslog.time;
    const tag = this.#tag;
    const tagEnd = tag + tagSizes[message];
    const isStructured = bytes[tagEnd] === space && bytes[tagEnd + 1] === 91;
    const says = tagSaid[message];
    if ((says & Says.screen) !== 0) {
      return isStructured
        ? this.#alert(batch, bytes, tagEnd, end, tag)
        : this.#screenText(batch, bytes, tagEnd + 1, end, tag);
    }
    if ((says & Says.attack) !== 0) return isStructured ? this.#alert(batch, bytes, tagEnd, end, tag) : '';
    const isDeny = (says & Says.deny) !== 0;
    const isClose = (says & Says.close) !== 0;
    // Updates of a session that goes on.
    if ((says & (Says.deny | Says.close | Says.create)) === 0) return '';
    const reason = isStructured
      ? this.#structured(bytes, tagEnd, end, isClose)
      : this.#text(bytes, tagEnd + 1, end, isDeny, isClose);
    if (reason !== '') return reason;
    if (isDeny) event.outcome = Outcome.denied;
    else event.passed = true;
    return event.putSession(batch);
  }

  /** Finds the message's name; where in {@link tagSizes} and {@link tagSaid} it stands what is known of it, -1 when there is none. */
  #message(bytes: Uint8Array, host: number, end: number): number {
    const stop = Math.min(end, host + headAtMost);
    // From the first word on that may be a name: many devices may write to one log.
    const first = isInitial(bytes[host]) ? host : nextWord(bytes, host, stop);
    if (first >= stop - 8) return -1;
    const known = heads.find(bytes, first, stop);
    if (known >= 0) {
      this.#tag = first + tagStarts[known];
      return known;
    }
    const tag = tagStart(bytes, first, stop);
    if (tag < 0) return -1;
    let tagEnd = tag + shortestTag;
    while (tagEnd < end && bytes[tagEnd] !== space && bytes[tagEnd] !== colon) tagEnd++;
    // With the byte that ends it, a message's name is the same wherever all of this comes again.
    const kept = tagEnd < stop ? heads.keep(bytes, first, tagEnd + 1) : -1;
    const place = kept < 0 ? unkept : kept;
    this.#tag = tag;
    tagStarts[place] = tag - first;
    tagSizes[place] = tagEnd - tag;
    tagSaid[place] = tagSays(bytes, tag, tagEnd);
    return place;
  }

  /** '[junos@2636… source-address="…" …]' */
  #structured(bytes: Uint8Array, start: number, end: number, isClose: boolean): string {
    const fields = this.#fields;
    const event = this.#event;
    readPairs(fields, bytes, start, end);
    if (!this.#addresses(bytes)) return 'no source or target address';
    event.proto = readProtocol(fields, bytes, at.proto);
    if (event.proto === 0) return 'no protocol';
    if (fields.address(bytes, at.realTarget, this.#words)) {
      copyWords(this.#words, event.target);
      const port = fields.port(bytes, at.realPort);
      if (port >= 0) event.targetPort = port;
    }
    if (fields.has(at.type)) event.type = Math.min(255, fields.integer(bytes, at.type));
    if (!isClose) return '';
    const elapsed = fields.integer(bytes, at.elapsed);
    const serverReset =
      fields.begins(bytes, at.reason, 'tcp server rst') || fields.begins(bytes, at.reason, 'tcp rst');
    this.#closed(
      elapsed,
      fields.integer(bytes, at.packetsBack),
      fields.integer(bytes, at.bytesBack),
      serverReset,
      fields.begins(bytes, at.reason, 'tcp server'),
    );
    return '';
  }

  #addresses(bytes: Uint8Array): boolean {
    const fields = this.#fields;
    const event = this.#event;
    event.sourcePort = Math.max(0, fields.port(bytes, at.sourcePort));
    event.targetPort = fields.port(bytes, at.targetPort);
    return fields.address(bytes, at.source, event.source) && fields.address(bytes, at.target, event.target);
  }

  /**
   * The session is over. 'TCP RST' does not say whose it was: with one packet from the server it was the server's when that
   * packet has no room for the options of a SYN-ACK.
   */
  #closed(elapsed: number, packets: number, back: number, reset: boolean, bySurely: boolean): void {
    const event = this.#event;
    if (elapsed > 0 && elapsed < longest) event.time -= elapsed * 1_000_000;
    event.outcome = closedOutcome(event.proto, packets, back, reset && (bySurely || back === resetBytes));
    if (back >= 0) event.size = back;
    if (back > 0 && event.proto === Proto.udp) event.flags |= Flag.gotData;
  }

  /**
   * ' session created 192.0.2.7/61000->198.51.100.4/22 0x0 junos-ssh 192.0.2.7/61000->10.0.0.4/22 0x0 N/A N/A N/A N/A 6
   * policy zone zone 4711 …'; closed: 'session closed REASON: …' with '2(84) 1(40) 1' behind the session's number; denied:
   * no translation, and '6(0)' as protocol and ICMP type.
   */
  #text(bytes: Uint8Array, start: number, end: number, isDeny: boolean, isClose: boolean): string {
    const event = this.#event;
    const arrow = findText(bytes, start, end, '->');
    if (arrow < 0) return 'no source or target address';
    let from = arrow;
    while (from > start && bytes[from - 1] !== space) from--;
    let behind = this.#pair(bytes, from, end, event.source);
    if (behind < 0) return 'no source or target address';
    event.sourcePort = this.#port;
    behind = this.#pair(bytes, behind + 2, end, event.target);
    if (behind < 0) return 'no source or target address';
    event.targetPort = this.#port;
    if (!isDeny) {
      const real = findText(bytes, behind, end, '->');
      if (real >= 0) {
        const next = this.#pair(bytes, real + 2, end, this.#words);
        if (next >= 0) {
          copyWords(this.#words, event.target);
          event.targetPort = this.#port;
          behind = next;
        }
      }
    }
    const protoEnd = this.#protocol(bytes, behind, end, isDeny);
    if (event.proto === 0) return 'no protocol';
    if (isClose) this.#counters(bytes, start, from, protoEnd, end);
    return '';
  }

  /** 'address/port' at `start`: into `words` and `#port`; the position behind, -1 for none. */
  #pair(bytes: Uint8Array, start: number, end: number, words: Uint32Array): number {
    if (!readAddress(bytes, start, end, words) || bytes[cursor.at] !== slash) return -1;
    const port = readDecimal(bytes, cursor.at + 1, end);
    if (port < 0 || port > 65_535) return -1;
    this.#port = port;
    return cursor.at;
  }

  /** The first word that is a number: '6', or '1(8)' with the ICMP type; returns the position behind it. */
  #protocol(bytes: Uint8Array, start: number, end: number, isDeny: boolean): number {
    const event = this.#event;
    let position = start;
    while (position < end) {
      while (position < end && bytes[position] === space) position++;
      const stop = find(bytes, position, end, space);
      const number = readDecimal(bytes, position, stop);
      const after = cursor.at;
      if (number > 0 && number < 255) {
        if (after === stop) {
          event.proto = number;
          return stop;
        }
        if (isDeny && bytes[after] === parenOpen && bytes[stop - 1] === parenClose) {
          event.proto = number;
          event.type = Math.min(255, decimal(bytes, after + 1, stop - 1));
          return stop;
        }
      }
      position = stop + 1;
    }
    return end;
  }

  /** '2(84) 1(40) 1': packets and bytes of the client, of the server, and seconds. */
  #counters(bytes: Uint8Array, start: number, from: number, behind: number, end: number): void {
    let position = behind;
    let seen = 0;
    let packets = -1;
    let back = -1;
    while (position < end && seen < 2) {
      while (position < end && bytes[position] === space) position++;
      const stop = find(bytes, position, end, space);
      const count = readDecimal(bytes, position, stop);
      const open = cursor.at;
      if (count >= 0 && open < stop && bytes[open] === parenOpen && bytes[stop - 1] === parenClose) {
        packets = count;
        back = decimal(bytes, open + 1, stop - 1);
        seen++;
      }
      position = stop + 1;
    }
    if (seen < 2) return;
    const elapsed = readDecimal(bytes, position, end);
    const server = findText(bytes, start, from, 'TCP SERVER RST') >= 0;
    this.#closed(elapsed, packets, back, server || findText(bytes, start, from, 'TCP RST') >= 0, server);
  }

  /** A screen or IDP attack with fields. */
  #alert(batch: EventBatch, bytes: Uint8Array, start: number, end: number, tag: number): string {
    const fields = this.#fields;
    const event = this.#event;
    readPairs(fields, bytes, start, end);
    event.sourcePort = Math.max(0, fields.port(bytes, at.sourcePort));
    event.targetPort = fields.port(bytes, at.targetPort);
    // RT_SCREEN_…_DST_IP names the attacked alone.
    if (!fields.address(bytes, at.source, event.source))
      return fields.has(at.target) && !fields.has(at.source) ? '' : 'no source or target address';
    const hasTarget = fields.address(bytes, at.target, event.target);
    event.proto = fields.has(at.proto) ? readProtocol(fields, bytes, at.proto) : screenProtocol(bytes, tag);
    if (fields.meaning(bytes, at.action, verdictWords) === VerdictWord.denied) event.outcome = Outcome.denied;
    const severity = fields.has(at.severity) ? threatLevel(bytes, fields.start[at.severity]) : 2;
    const row = event.putAlert(batch, severity, hasTarget);
    if (fields.has(at.attack)) batch.setText(row, Text.name, fields.start[at.attack], fields.end[at.attack]);
    batch.setText(row, Text.detail, tag, find(bytes, tag, end, space));
    return '';
  }

  /** ' TCP port scan! source: 192.0.2.7:61000, destination: 198.51.100.4:22, zone name: untrust, …, action: drop' */
  #screenText(batch: EventBatch, bytes: Uint8Array, start: number, end: number, tag: number): string {
    const event = this.#event;
    const source = findText(bytes, start, end, 'source: ');
    const target = findText(bytes, start, end, 'destination: ');
    if (source < 0) return target < 0 ? 'no source or target address' : '';
    if (!this.#textAddress(bytes, source + 8, end, event.source)) return 'no source or target address';
    event.sourcePort = Math.max(0, this.#port);
    const hasTarget = target >= 0 && this.#textAddress(bytes, target + 13, end, event.target);
    if (hasTarget) event.targetPort = Math.max(0, this.#port);
    event.proto = screenProtocol(bytes, tag);
    const action = findText(bytes, start, end, 'action: ');
    if (action >= 0 && verdictWord(bytes, action + 8, end) === VerdictWord.denied)
      event.outcome = Outcome.denied;
    const row = event.putAlert(batch, 2, hasTarget);
    let from = start;
    while (from < end && bytes[from] === space) from++;
    let to = source;
    while (to > from && (bytes[to - 1] === space || bytes[to - 1] === colon)) to--;
    if (to > from) batch.setText(row, Text.name, from, to);
    batch.setText(row, Text.detail, tag, find(bytes, tag, end, colon));
    return '';
  }

  #textAddress(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
    this.#port = -1;
    const stop = find(bytes, start, end, 44);
    if (address(bytes, start, stop, words)) return true;
    let split = stop;
    while (split > start && bytes[split] !== colon) split--;
    if (!address(bytes, start, split, words)) return false;
    const port = decimal(bytes, split + 1, stop);
    this.#port = port <= 65_535 ? port : -1;
    return true;
  }
}

/** {@link Says} of a message's name. */
function tagSays(bytes: Uint8Array, start: number, end: number): number {
  let says = 0;
  if (hasText(bytes, start, end, 'RT_SCREEN_')) says |= Says.screen;
  if (hasText(bytes, start, end, 'IDP_')) says |= Says.attack;
  if (findText(bytes, start, end, '_DENY') >= 0) says |= Says.deny;
  if (findText(bytes, start, end, '_CLOSE') >= 0) says |= Says.close;
  if (findText(bytes, start, end, '_CREATE') >= 0) says |= Says.create;
  return says;
}

/** The message's name: 'RT_FLOW_SESSION_DENY', 'RT_SCREEN_TCP', 'APPTRACK_…', 'IDP_ATTACK_…'; not 'RT_FLOW' and 'RT_IDS' alone. */
function tagStart(bytes: Uint8Array, start: number, end: number): number {
  const last = end - 8;
  for (let position = start; position < last;) {
    if (
      hasText(bytes, position, end, 'RT_FLOW_SESSION_') ||
      hasText(bytes, position, end, 'RT_SCREEN_') ||
      hasText(bytes, position, end, 'APPTRACK_SESSION_') ||
      hasText(bytes, position, end, 'IDP_ATTACK_LOG_EVENT')
    ) {
      return position;
    }
    position = nextWord(bytes, position, end);
  }
  return -1;
}

function isInitial(code: number): boolean {
  return code === upperR || code === upperA || code === upperI;
}

/** The next word behind `from` that may be a message's name; no later than eight bytes before `end`. */
function nextWord(bytes: Uint8Array, from: number, end: number): number {
  return findWord(bytes, from + 1, end - 8, upperR, upperA, upperI);
}

/** Of 'RT_SCREEN_TCP', 'RT_SCREEN_UDP', 'RT_SCREEN_ICMP'; 0 for the others. */
function screenProtocol(bytes: Uint8Array, tag: number): number {
  const from = tag + 10;
  if (hasText(bytes, from, from + 4, 'TCP')) return Proto.tcp;
  if (hasText(bytes, from, from + 4, 'UDP')) return Proto.udp;
  return hasText(bytes, from, from + 4, 'ICMP') ? Proto.icmp : 0;
}

/** IDP's CRITICAL and HIGH 1, MEDIUM 2, LOW 3, INFO 4. */
function threatLevel(bytes: Uint8Array, start: number): number {
  switch (bytes[start] | 32) {
    case 99:
    case 104:
      return 1;
    case 108:
      return 3;
    case 105:
      return 4;
    default:
      return 2;
  }
}
