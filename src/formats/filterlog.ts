import { copyWords, readAddress } from '../bytes/addresses.ts';
import { As, Cells, CellWords, Way } from '../bytes/cells.ts';
import { comma } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, hasText, isText, readDecimal } from '../bytes/numbers.ts';
import { Flag, Outcome, Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { FirewallEvent } from '../wire/firewall-event.ts';
import { shareOf } from '../wire/recognition.ts';
import { Syslog } from '../wire/syslog.ts';
import { tcpLetterBits } from '../wire/tcp-words.ts';

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

const Action = { passed: 0, translated: 1 } as const;
const actions = new CellWords([
  ['pass', Action.passed],
  // What was rewritten, not whether it got through.
  ['nat', Action.translated],
  ['rdr', Action.translated],
  ['binat', Action.translated],
  ['nonat', Action.translated],
  ['nordr', Action.translated],
]);
/** No message of that protocol. */
const none = [255, 255] as const;
/** Type and code in ICMP and in ICMPv6 by word: those of pfSense's filterlog, and pf.conf's icmp-type and icmp6-type. */
const messages: readonly (readonly [string, readonly [number, number], readonly [number, number]])[] = [
  ['request', [8, 0], [128, 0]],
  ['reply', [0, 0], [129, 0]],
  ['unreachport', [3, 3], none],
  ['unreachproto', [3, 2], none],
  ['unreach', [3, 0], [1, 0]],
  ['needfrag', [3, 4], none],
  ['timexceed', [11, 0], none],
  ['paramprob', [12, 0], [4, 0]],
  ['redirect', [5, 0], none],
  ['maskreply', [18, 0], none],
  ['tstamp', [13, 0], none],
  ['tstampreply', [14, 0], none],
  ['echoreq', [8, 0], [128, 0]],
  ['echorep', [0, 0], [129, 0]],
  ['squench', [4, 0], none],
  ['redir', [5, 0], [137, 0]],
  ['routeradv', [9, 0], [134, 0]],
  ['routersol', [10, 0], [133, 0]],
  ['timex', [11, 0], [3, 0]],
  ['timereq', [13, 0], none],
  ['timerep', [14, 0], none],
  ['inforeq', [15, 0], none],
  ['inforep', [16, 0], none],
  ['maskreq', [17, 0], none],
  ['maskrep', [18, 0], none],
  ['toobig', none, [2, 0]],
  ['groupqry', none, [130, 0]],
  ['grouprep', none, [131, 0]],
  ['groupterm', none, [132, 0]],
  ['neighbrsol', none, [135, 0]],
  ['neighbradv', none, [136, 0]],
  ['niqry', none, [139, 0]],
  ['nirep', none, [140, 0]],
];
/** Type and code of ICMP in the low half of a word's number, those of ICMPv6 in the high half. */
const messageWords = new CellWords(
  messages.map(([word, icmp, icmp6]) => [
    word,
    ((icmp6[0] * 256 + icmp6[1]) * 256 + icmp[0]) * 256 + icmp[1],
  ]),
);
const noMessage = 0xffff;

// What the columns of both IP versions hold; of some that is the other version's, nothing.
const action = 0;
const version = 1;
const ttl = 2;
const id = 3;
const offset = 4;
const ipFlags = 5;
const proto = 6;
const otherProto = 7;
const length = 8;
const source = 9;
const target = 10;
const sourcePort = 11;
const targetPort = 12;
const payload = 13;
const tcpFlags = 14;
const sequence = 15;
const window = 16;
const options = 17;
/** What the first and the second column behind the addresses say in ICMP. */
const firstWord = 18;
const secondWord = 19;

/** Columns that all lines begin with; behind them those of the IP version, and behind its addresses the transport's. */
const cellsOf = (places: {
  ttl: number;
  id: number;
  proto: number;
  otherProto: number;
  length: number;
  source: number;
}): Cells => {
  const transport = places.source + 2;
  return new Cells(
    [
      { column: 6, as: As.word, words: actions },
      { column: 8, as: As.text },
      { column: places.ttl, as: As.integer },
      { column: places.id, as: As.integer },
      { column: places.id < 0 ? -1 : places.id + 1, as: As.integer },
      { column: places.id < 0 ? -1 : places.id + 2, as: As.text },
      { column: places.proto, as: As.integer },
      { column: places.otherProto, as: As.integer },
      { column: places.length, as: As.integer },
      { column: places.source, as: As.address },
      { column: places.source + 1, as: As.address },
      { column: transport, as: As.port },
      { column: transport + 1, as: As.port },
      { column: transport + 2, as: As.integer },
      { column: transport + 3, as: As.letters },
      { column: transport + 4, as: As.integer },
      { column: transport + 6, as: As.integer },
      { column: transport + 8, as: As.text },
      { column: transport, as: As.word, words: messageWords },
      { column: transport + 1, as: As.word, words: messageWords },
    ],
    { way: Way.csv, most: 256, letters: tcpLetterBits },
  );
};
const fewest = 17;
const fewest4 = 20;

class FilterlogReader implements LineReader {
  readonly #syslog: Syslog;
  readonly #cells4 = cellsOf({ ttl: 11, id: 12, proto: 15, otherProto: -1, length: 17, source: 18 });
  // OPNsense and older pfSense write IPv6's protocol name and number in this order, too; others the other way round.
  readonly #cells6 = cellsOf({ ttl: 11, id: -1, proto: 13, otherProto: 12, length: 14, source: 15 });
  #cells = this.#cells4;
  readonly #event = new FirewallEvent();

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const syslog = this.#syslog;
    const host = syslog.stamp(bytes, start, end);
    if (host < 0) return 'no time stamp';
    if (findText(bytes, host, Math.min(end, host + 300), 'filterlog') < 0) return 'not of filterlog';
    const message = syslog.header(bytes, host, end);
    const event = this.#event;
    event.reset();
    event.time = syslog.time;
    const reason = this.#packet(bytes, message, end);
    if (reason !== '') return reason;
    return event.putPacket(batch);
  }

  #packet(bytes: Uint8Array, from: number, to: number): string {
    let cells = this.#cells4;
    const count = cells.read(bytes, from, to, comma);
    if (count < fewest) return 'too few fields';
    const { start, end, number } = cells;
    const v4 = isText(bytes, start[version], end[version], '4');
    if (!v4) {
      if (!isText(bytes, start[version], end[version], '6')) return 'no IP version';
      cells = this.#cells6;
      cells.read(bytes, from, to, comma);
    } else if (count < fewest4) return 'too few fields';
    this.#cells = cells;
    const event = this.#event;
    event.proto = cells.integer(proto, bytes);
    if (event.proto < 0) event.proto = cells.integer(otherProto, bytes);
    if (event.proto < 0 || event.proto > 254) return 'no protocol';
    if (!this.#address(bytes, source, event.source) || !this.#address(bytes, target, event.target))
      return 'no source or target address';
    event.ttl = bounded(cells.integer(ttl, bytes), 255);
    if (v4) {
      event.ipId = bounded(cells.integer(id, bytes), 65_535);
      if (cells.integer(offset, bytes) > 0 || isText(bytes, start[ipFlags], end[ipFlags], '+'))
        event.flags |= Flag.fragment;
    }
    if (number[action] === Action.passed) event.passed = true;
    else if (number[action] !== Action.translated) event.outcome = Outcome.denied;
    return this.#transport(bytes, v4);
  }

  /** As it stands there: never in brackets. */
  #address(bytes: Uint8Array, field: number, words: Uint32Array): boolean {
    const cells = this.#cells;
    const from = cells.start[field];
    const to = cells.end[field];
    if (!cells.isAddress(field)) return readAddress(bytes, from, to, words) && cursor.at === to;
    copyWords(cells.addresses[field], words);
    return true;
  }

  /** What follows the addresses. */
  #transport(bytes: Uint8Array, v4: boolean): string {
    const cells = this.#cells;
    const { number } = cells;
    const event = this.#event;
    if (event.proto === Proto.tcp || event.proto === Proto.udp) {
      if (!cells.has(targetPort)) {
        if ((event.flags & Flag.fragment) === 0) return 'no ports';
        event.targetPort = 0;
        return '';
      }
      event.sourcePort = number[sourcePort] | 0;
      event.targetPort = number[targetPort] | 0;
      if (event.sourcePort < 0 || event.targetPort < 0) return 'no ports';
      const size = cells.integer(payload, bytes);
      // OPNsense counts UDP's header of eight bytes into the length.
      if (size > (event.proto === Proto.tcp ? 0 : 8)) event.flags |= Flag.sentData;
      if (event.proto === Proto.udp || !cells.has(tcpFlags)) return '';
      event.hasFlags = true;
      event.flags |= number[tcpFlags];
      event.sequence = this.#sequence(bytes);
      event.window = bounded(cells.integer(window, bytes), 65_535);
      if ((event.flags & Flag.syn) !== 0 && this.#isBare(bytes, v4)) event.flags |= Flag.noOptions;
      return '';
    }
    if (event.proto === Proto.icmp || event.proto === Proto.icmp6) this.#icmp(bytes);
    return '';
  }

  /** The digits that it begins with: a range may stand there. */
  #sequence(bytes: Uint8Array): number {
    const { start, end, number } = this.#cells;
    const value =
      number[sequence] >= 0 ? number[sequence] : readDecimal(bytes, start[sequence], end[sequence]);
    return Math.max(0, value) >>> 0;
  }

  /** No TCP option is named, and the packet is as long as two bare headers. */
  #isBare(bytes: Uint8Array, v4: boolean): boolean {
    const cells = this.#cells;
    if (!cells.has(options) || cells.end[options] !== cells.start[options]) return false;
    return cells.integer(length, bytes) === (v4 ? 40 : 20);
  }

  /**
   * pfSense names the message in one word behind the addresses; OPNsense writes 'datalength=64', and newer ones the type
   * and code behind it, in pf.conf's words.
   */
  #icmp(bytes: Uint8Array): void {
    const { start, end, number } = this.#cells;
    const event = this.#event;
    const isBehind = hasText(bytes, start[firstWord], end[firstWord], 'datalength=');
    const known = number[isBehind ? secondWord : firstWord];
    const message = event.proto === Proto.icmp6 ? known >>> 16 : known & 0xffff;
    if (Number.isNaN(known) || message === noMessage) return;
    event.type = message >>> 8;
    event.code = message & 255;
    const detail = isBehind ? payload : secondWord;
    if (
      event.type === 3 &&
      event.proto === Proto.icmp &&
      isText(bytes, start[detail], end[detail], 'port-unr')
    )
      event.code = 3;
  }
}

function bounded(value: number, most: number): number {
  return value < 0 || value > most ? 0 : value;
}
