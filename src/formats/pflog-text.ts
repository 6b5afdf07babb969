import { address, readIPv4, setIPv4 } from '../bytes/addresses.ts';
import { colon, dot, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, find, hasText, port, readDecimal } from '../bytes/numbers.ts';
import { TextMarks } from '../bytes/text-marks.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { FirewallEvent } from '../wire/firewall-event.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { beginsWith } from '../wire/verdict-words.ts';

/** What tcpdump prints of pf's log device: OpenBSD's and FreeBSD's words, one packet a line. */
export const pflogText: Format = {
  name: 'pflog-text',
  title: 'pf log as printed by tcpdump (OpenBSD, FreeBSD)',
  lateness: 10,
  yields: ['contact'],
  blindness: [
    'a firewall log does not say whether the target answered',
    'only packets that a rule with `log` matched are seen: of a connection that was let through, the first',
  ],
  sample:
    '2026-11-22 00:32:11.250000 rule 4/0(match): block in on em0: 192.0.2.7.61000 > 198.51.100.4.22: Flags [S], seq 1234567890, win 1024, options [mss 1460], length 0',
  recognise: (sample) =>
    0.96 *
    shareOf(sample, (line) =>
      // 'rule 4/0(match): block in on', OpenBSD's 'rule 4/(match) [uid 0, pid 99] block in on' and 'rule 4/(match) block in on'
      /(?:^|\s)rule \S{1,40}(?: \[[^\]]{0,60}\])? (?:block|pass|match|rdr|nat) (?:in|out) on /.test(line),
    ),
  lines: (info) => new PflogReader(info),
};

/** What is looked for behind a line's stamp. */
const Mark = { rule: 0, on: 1, arrow: 2, win: 3, seq: 4, length: 5, options: 6, angle: 7, ack: 8 } as const;
const parting = ['rule ', ' on ', ' > ', ' win ', ' seq ', ', length ', 'options [', '<', ' ack '];

class PflogReader implements LineReader {
  readonly #marks = TextMarks.of(parting);
  readonly #syslog: Syslog;
  readonly #event = new FirewallEvent();

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const after = this.#syslog.stamp(bytes, start, end);
    if (after < 0) return 'no time stamp';
    const marks = this.#marks;
    marks.find(bytes, after, end);
    const rule = marks.in(Mark.rule, bytes, after, Math.min(end, after + 200));
    if (rule < 0) return 'no rule';
    const event = this.#event;
    event.reset();
    event.time = this.#syslog.time;
    // 'rule 4/0(match): block in on em0: ', 'rule 4/(match) [uid 0, pid 99] block in on em0: '
    const on = marks.in(Mark.on, bytes, rule, Math.min(end, rule + 300));
    if (on < 0) return 'no rule';
    let way = on;
    while (way > rule && bytes[way - 1] !== space) way--;
    let word = way - 1;
    while (word > rule && bytes[word - 1] !== space) word--;
    if (beginsWith(bytes, word, on, 'block')) event.outcome = Outcome.denied;
    else if (beginsWith(bytes, word, on, 'pass')) event.passed = true;
    const interfaceEnd = find(bytes, on + 4, end, colon);
    if (interfaceEnd >= end) return 'no packet';
    let at = interfaceEnd + 1;
    while (at < end && bytes[at] === space) at++;
    if (hasText(bytes, at, end, 'IP6 ')) at += 4;
    else if (hasText(bytes, at, end, 'IP ')) at += 3;
    const reason = this.#packet(bytes, at, end);
    if (reason !== '') return reason;
    return event.putPacket(batch);
  }

  /** '192.0.2.7.61000 > 198.51.100.4.22: …' */
  #packet(bytes: Uint8Array, start: number, end: number): string {
    const event = this.#event;
    event.sourcePort = -1;
    event.targetPort = -1;
    const arrow = this.#marks.in(Mark.arrow, bytes, start, Math.min(end, start + 120));
    if (arrow < 0) return 'no source or target address';
    const from = endpoint(bytes, start, arrow, event.source);
    let colonAt = arrow + 3;
    // IPv6 holds colons: the one that ends the target has a blank behind it.
    while (colonAt < end && (bytes[colonAt] !== colon || (colonAt + 1 < end && bytes[colonAt + 1] !== space)))
      colonAt++;
    const to = endpoint(bytes, arrow + 3, colonAt, event.target);
    if (from === invalid || to === invalid) return 'no source or target address';
    event.sourcePort = Math.max(0, from);
    event.targetPort = to;
    let at = colonAt + 1;
    while (at < end && bytes[at] === space) at++;
    return this.#transport(bytes, at, end, from >= 0 && to >= 0);
  }

  #transport(bytes: Uint8Array, at: number, end: number, ported: boolean): string {
    const event = this.#event;
    if (hasText(bytes, at, end, 'Flags [')) {
      event.proto = Proto.tcp;
      event.hasFlags = true;
      this.#flags(bytes, at + 7, find(bytes, at + 7, end, 93));
      this.#numbers(bytes, at, end);
      return '';
    }
    if (
      hasText(bytes, at, end, 'ICMP6') ||
      hasText(bytes, at, end, 'ICMP') ||
      hasText(bytes, at, end, 'icmp')
    ) {
      const v6 = event.source[2] !== 0xffff || event.source[0] !== 0;
      event.proto = v6 ? Proto.icmp6 : Proto.icmp;
      event.sourcePort = 0;
      event.targetPort = 0;
      this.#icmp(bytes, at, end, v6);
      return '';
    }
    if (!ported) {
      event.proto = otherProtocol(bytes, at, end);
      return event.proto === 0 ? 'no protocol' : '';
    }
    // OpenBSD: 'S 123:123(0) win 1024', 'R', '. ack 1': flags are one word of these letters, then a blank.
    const stop = find(bytes, at, end, space);
    if (stop > at && stop - at <= 7 && isFlagWord(bytes, at, stop)) {
      event.proto = Proto.tcp;
      event.hasFlags = true;
      this.#flags(bytes, at, stop);
      if (this.#marks.in(Mark.ack, bytes, stop, end) >= 0) event.flags |= Flag.ack;
      this.#numbers(bytes, at, end);
      return '';
    }
    // What is left with ports is UDP: tcpdump names it, or its payload.
    event.proto = Proto.udp;
    if (!hasText(bytes, at, end, 'UDP, length 0') && !hasText(bytes, at, end, 'udp 0'))
      event.flags |= Flag.sentData;
    return '';
  }

  #flags(bytes: Uint8Array, start: number, end: number): void {
    const event = this.#event;
    for (let at = start; at < end; at++) {
      switch (bytes[at]) {
        case 83:
          event.flags |= Flag.syn;
          break;
        case 70:
          event.flags |= Flag.fin;
          break;
        case 82:
          event.flags |= Flag.rst;
          break;
        case 80:
          event.flags |= Flag.psh;
          break;
        case 85:
          event.flags |= Flag.urg;
          break;
        case 69:
          event.flags |= Flag.ece;
          break;
        case 87:
          event.flags |= Flag.cwr;
          break;
        case dot:
          // FreeBSD's word for ACK; OpenBSD's for no other flag, and says 'ack' behind.
          if (end < bytes.length && bytes[end] === 93) event.flags |= Flag.ack;
      }
    }
  }

  /** 'win 1024', 'options [mss 1460]' or '<mss 1460>', 'seq 1', 'length 12' or 'S 1:1(0)'. */
  #numbers(bytes: Uint8Array, start: number, end: number): void {
    const event = this.#event;
    const marks = this.#marks;
    const win = marks.in(Mark.win, bytes, start, end);
    if (win >= 0) {
      const value = readDecimal(bytes, win + 5, end);
      if (value >= 0 && value <= 65_535) {
        event.window = value;
        event.flags |= Flag.header;
      }
    }
    const seq = marks.in(Mark.seq, bytes, start, end);
    if (seq >= 0) event.sequence = Math.max(0, readDecimal(bytes, seq + 5, end)) >>> 0;
    const length = marks.in(Mark.length, bytes, start, end);
    if (length >= 0 && readDecimal(bytes, length + 9, end) > 0) event.flags |= Flag.sentData;
    if ((event.flags & Flag.syn) === 0) return;
    if (marks.in(Mark.options, bytes, start, end) < 0 && marks.in(Mark.angle, bytes, start, end) < 0)
      event.flags |= Flag.noOptions;
  }

  #icmp(bytes: Uint8Array, start: number, end: number, v6: boolean): void {
    const event = this.#event;
    if (findText(bytes, start, end, 'echo request') >= 0) event.type = v6 ? 128 : 8;
    else if (findText(bytes, start, end, 'echo reply') >= 0) event.type = v6 ? 129 : 0;
    else if (findText(bytes, start, end, 'unreachable') >= 0) {
      event.type = v6 ? 1 : 3;
      if (!v6 && findText(bytes, start, end, ' port ') >= 0) event.code = 3;
    } else if (findText(bytes, start, end, 'exceeded') >= 0) event.type = v6 ? 3 : 11;
    else if (findText(bytes, start, end, 'time stamp query') >= 0) event.type = 13;
    else if (findText(bytes, start, end, 'neighbor sol') >= 0) event.type = 135;
    else if (findText(bytes, start, end, 'neighbor adv') >= 0) event.type = 136;
    else if (findText(bytes, start, end, 'router sol') >= 0) event.type = v6 ? 133 : 10;
    else if (findText(bytes, start, end, 'router adv') >= 0) event.type = v6 ? 134 : 9;
    else if (findText(bytes, start, end, 'redirect') >= 0) event.type = v6 ? 137 : 5;
  }
}

const invalid = -2;

/** 'address' or 'address.port' over the whole range: the port, -1 without one, {@link invalid} for neither. */
function endpoint(bytes: Uint8Array, start: number, end: number, words: Uint32Array): number {
  const v4 = readIPv4(bytes, start, end);
  if (v4 >= 0 && (cursor.at === end || bytes[cursor.at] === dot)) {
    setIPv4(words, v4);
    if (cursor.at === end) return -1;
    const last = port(bytes, cursor.at + 1, end);
    return last < 0 ? invalid : last;
  }
  if (address(bytes, start, end, words)) return -1;
  let split = end - 1;
  while (split > start && bytes[split] !== dot) split--;
  if (!address(bytes, start, split, words)) return invalid;
  const value = port(bytes, split + 1, end);
  return value < 0 ? invalid : value;
}

function isFlagWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (
      code !== 83 &&
      code !== 70 &&
      code !== 82 &&
      code !== 80 &&
      code !== 85 &&
      code !== 69 &&
      code !== 87 &&
      code !== dot
    )
      return false;
  }
  return true;
}

/** Protocols without ports, by tcpdump's first word. */
function otherProtocol(bytes: Uint8Array, at: number, end: number): number {
  if (beginsWith(bytes, at, end, 'igmp')) return 2;
  if (beginsWith(bytes, at, end, 'gre')) return 47;
  if (beginsWith(bytes, at, end, 'esp')) return 50;
  if (beginsWith(bytes, at, end, 'ah')) return 51;
  if (beginsWith(bytes, at, end, 'ospf')) return 89;
  if (beginsWith(bytes, at, end, 'carp') || beginsWith(bytes, at, end, 'vrrp')) return 112;
  // ' ip-proto-103 20'
  if (hasText(bytes, at, end, 'ip-proto-')) {
    const number = readDecimal(bytes, at + 9, end);
    return number > 0 && number < 255 ? number : 0;
  }
  return 0;
}
