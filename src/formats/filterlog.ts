import { readAddress } from '../bytes/addresses.ts';
import { comma } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, decimal, hasText, isText, port, readDecimal } from '../bytes/numbers.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { FirewallEvent } from '../wire/firewall-event.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { tcpLetters } from '../wire/tcp-words.ts';

/** The packet filter log of pfSense and OPNsense: one packet a line, comma-separated, inside syslog. */
export const filterlog: Format = {
  name: 'filterlog',
  title: 'pfSense and OPNsense filterlog in syslog',
  lateness: 10,
  yields: ['contact'],
  blindness: [
    'a firewall log does not say whether the target answered',
    'only packets that a rule with logging matched are seen: of a connection that was let through, the first',
  ],
  sample:
    '<134>Nov 22 00:32:11 fw filterlog[7164]: 5,,,1000000103,em0,match,block,in,4,0x0,,49,54321,0,none,6,tcp,44,192.0.2.7,198.51.100.4,61000,22,0,S,1234567890,,1024,,mss',
  recognise: (sample) => 0.97 * shareOf(sample, isPacketLine),
  lines: (info) => new FilterlogReader(info),
};

function isPacketLine(line: string): boolean {
  const at = line.indexOf('filterlog');
  return (
    at >= 0 &&
    /,(?:block|pass|rdr|nat|binat|unkn\(\d+\)|[a-z-]+),(?:in|out|in\/out),[46],0x/.test(line.slice(at))
  );
}

// Columns that all lines begin with; behind them those of the IP version.
const action = 6;
const version = 8;
const ttl4 = 11;
const id4 = 12;
const offset4 = 13;
const flags4 = 14;
const proto4 = 15;
const length4 = 17;
const hops6 = 11;
const proto6 = 13;
const length6 = 14;
/** Of source and target, behind the length. */
const source4 = 18;
const source6 = 15;

class FilterlogReader implements LineReader {
  readonly #syslog: Syslog;
  readonly #fields = new CsvFields(48);
  readonly #event = new FirewallEvent();

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const syslog = this.#syslog;
    const host = syslog.stamp(bytes, start, end);
    if (host < 0) return 'no time stamp';
    const name = findText(bytes, host, Math.min(end, host + 300), 'filterlog');
    if (name < 0) return 'not of filterlog';
    // A host may be missing before 'filterlog[7164]: '; RFC 5424 has process, message id and structured data behind it.
    syslog.hasHost &&= name > host;
    const message = syslog.header(bytes, host, end);
    const event = this.#event;
    event.reset();
    event.time = syslog.time;
    const reason = this.#packet(bytes, message, end);
    if (reason !== '') return reason;
    event.putPacket(batch);
    return '';
  }

  #packet(bytes: Uint8Array, from: number, to: number): string {
    const { start, end } = this.#fields;
    const count = this.#fields.split(bytes, from, to, comma);
    if (count <= source6 + 1) return 'too few fields';
    const event = this.#event;
    const v4 = isText(bytes, start[version], end[version], '4');
    if (!v4 && !isText(bytes, start[version], end[version], '6')) return 'no IP version';
    const source = v4 ? source4 : source6;
    if (count <= source + 1) return 'too few fields';
    event.proto = decimal(bytes, start[v4 ? proto4 : proto6], end[v4 ? proto4 : proto6]);
    // OPNsense and older pfSense write IPv6's protocol name and number in this order, too; others the other way round.
    if (!v4 && event.proto < 0) event.proto = decimal(bytes, start[proto6 - 1], end[proto6 - 1]);
    if (event.proto < 0 || event.proto > 254) return 'no protocol';
    if (
      !whole(bytes, start[source], end[source], event.source) ||
      !whole(bytes, start[source + 1], end[source + 1], event.target)
    ) {
      return 'no source or target address';
    }
    event.ttl = bounded(decimal(bytes, start[v4 ? ttl4 : hops6], end[v4 ? ttl4 : hops6]), 255);
    if (v4) {
      event.ipId = bounded(decimal(bytes, start[id4], end[id4]), 65_535);
      const offset = decimal(bytes, start[offset4], end[offset4]);
      if (offset > 0 || isText(bytes, start[flags4], end[flags4], '+')) event.flags |= Flag.fragment;
    }
    if (isText(bytes, start[action], end[action], 'pass')) event.passed = true;
    else if (!isTranslation(bytes, start[action], end[action])) event.outcome = Outcome.denied;
    return this.#transport(bytes, source + 2, count, v4);
  }

  /** What follows the addresses, from field `at` on. */
  #transport(bytes: Uint8Array, at: number, count: number, v4: boolean): string {
    const { start, end } = this.#fields;
    const event = this.#event;
    const { proto } = event;
    if (proto === Proto.tcp || proto === Proto.udp) {
      if (count < at + 2) return (event.flags & Flag.fragment) === 0 ? 'no ports' : '';
      event.sourcePort = port(bytes, start[at], end[at]);
      event.targetPort = port(bytes, start[at + 1], end[at + 1]);
      if (event.sourcePort < 0 || event.targetPort < 0) return 'no ports';
      if (count > at + 2 && decimal(bytes, start[at + 2], end[at + 2]) > 0) {
        // OPNsense counts UDP's header of eight bytes into the length.
        const payload = decimal(bytes, start[at + 2], end[at + 2]);
        if (proto === Proto.tcp || payload > 8) event.flags |= Flag.sentData;
      }
      if (proto === Proto.udp || count <= at + 3) return '';
      event.hasFlags = true;
      event.flags |= tcpLetters(bytes, start[at + 3], end[at + 3]);
      if (count > at + 4) event.sequence = Math.max(0, readDecimal(bytes, start[at + 4], end[at + 4])) >>> 0;
      if (count > at + 6) event.window = bounded(decimal(bytes, start[at + 6], end[at + 6]), 65_535);
      if ((event.flags & Flag.syn) !== 0 && this.#isBare(bytes, at, count, v4)) event.flags |= Flag.noOptions;
      return '';
    }
    if (proto === Proto.icmp || proto === Proto.icmp6) this.#icmp(bytes, at, count);
    return '';
  }

  /** No TCP option is named, and the packet is as long as two bare headers. */
  #isBare(bytes: Uint8Array, at: number, count: number, v4: boolean): boolean {
    const { start, end } = this.#fields;
    const options = at + 8;
    if (count <= options || end[options] !== start[options]) return false;
    const field = v4 ? length4 : length6;
    return decimal(bytes, start[field], end[field]) === (v4 ? 40 : 20);
  }

  /**
   * pfSense names the message in one word behind the addresses; OPNsense writes 'datalength=64', and newer ones the type
   * and code behind it, in pf.conf's words.
   */
  #icmp(bytes: Uint8Array, at: number, count: number): void {
    const { start, end } = this.#fields;
    const event = this.#event;
    const v6 = event.proto === Proto.icmp6;
    const named = hasText(bytes, start[at], end[at], 'datalength=') ? at + 1 : at;
    if (named >= count || start[named] === end[named]) return;
    const words = v6 ? icmp6Words : icmpWords;
    for (let i = 0; i < words.length; i++) {
      const known = words[i];
      if (!isText(bytes, start[named], end[named], known[0])) continue;
      event.type = known[1];
      event.code = known[2];
      break;
    }
    if (
      event.type === 3 &&
      !v6 &&
      named + 1 < count &&
      isText(bytes, start[named + 1], end[named + 1], 'port-unr')
    )
      event.code = 3;
  }
}

/** Word, type, code: those of pfSense's filterlog, and pf.conf's icmp-type and icmp6-type. */
const icmpWords: readonly (readonly [string, number, number])[] = [
  ['request', 8, 0],
  ['reply', 0, 0],
  ['unreachport', 3, 3],
  ['unreachproto', 3, 2],
  ['unreach', 3, 0],
  ['needfrag', 3, 4],
  ['timexceed', 11, 0],
  ['paramprob', 12, 0],
  ['redirect', 5, 0],
  ['maskreply', 18, 0],
  ['tstamp', 13, 0],
  ['tstampreply', 14, 0],
  ['echoreq', 8, 0],
  ['echorep', 0, 0],
  ['squench', 4, 0],
  ['redir', 5, 0],
  ['routeradv', 9, 0],
  ['routersol', 10, 0],
  ['timex', 11, 0],
  ['timereq', 13, 0],
  ['timerep', 14, 0],
  ['inforeq', 15, 0],
  ['inforep', 16, 0],
  ['maskreq', 17, 0],
  ['maskrep', 18, 0],
];
const icmp6Words: readonly (readonly [string, number, number])[] = [
  ['request', 128, 0],
  ['reply', 129, 0],
  ['echoreq', 128, 0],
  ['echorep', 129, 0],
  ['unreach', 1, 0],
  ['toobig', 2, 0],
  ['timex', 3, 0],
  ['paramprob', 4, 0],
  ['groupqry', 130, 0],
  ['grouprep', 131, 0],
  ['groupterm', 132, 0],
  ['routersol', 133, 0],
  ['routeradv', 134, 0],
  ['neighbrsol', 135, 0],
  ['neighbradv', 136, 0],
  ['redir', 137, 0],
  ['niqry', 139, 0],
  ['nirep', 140, 0],
];

function whole(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
  return readAddress(bytes, start, end, words) && cursor.at === end;
}

/** nat, rdr, binat and their exceptions say what was rewritten, not whether it got through. */
function isTranslation(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    isText(bytes, start, end, 'nat') ||
    isText(bytes, start, end, 'rdr') ||
    isText(bytes, start, end, 'binat') ||
    isText(bytes, start, end, 'nonat') ||
    isText(bytes, start, end, 'nordr')
  );
}

function bounded(value: number, most: number): number {
  return value < 0 || value > most ? 0 : value;
}
