import { address } from '../bytes/addresses.ts';
import { bracketClose, bracketOpen, dot, equals, slash, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { decimal, find, hasText, isText, port } from '../bytes/numbers.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format } from '../model/format.ts';
import { hashBytes, hashOut } from '../state/hash.ts';
import { HeldMessages, keyWords } from '../state/held-messages.ts';
import { queryTypeOf } from '../wire/dns-words.ts';
import { CarriedLines } from '../wire/log-line.ts';
import type { LogLine, MessageReader } from '../wire/log-line.ts';
import { QueryRow } from '../wire/query-row.ts';
import { shareOf } from '../wire/recognition.ts';

/** dnsmasq's and Pi-hole's log-queries, with =extra or without. */
export const dnsmasq: Format = {
  name: 'dnsmasq',
  title: 'dnsmasq and Pi-hole (log-queries)',
  lateness: 10,
  yields: ['query'],
  blindness: ['the source may be a resolver that asks for others'],
  sample: 'Nov 22 00:32:11 dnsmasq[77]: query[A] vpn.example.com from 192.0.2.7',
  recognise(sample) {
    const share = shareOf(sample, (line) => spoken.test(line.slice(0, 500)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new CarriedLines(info, new DnsmasqReader()),
};

const spoken =
  /(?:dnsmasq\[\d{1,9}\]: |"dnsmasq").{0,80}(?:query\[|auth\[|forwarded |reply |cached |config |\/etc\/hosts )/;
const program = 'dnsmasq';
const other = 'not a question of a client';

/** Questions that wait for their answer at one time, and for how long; the name is kept. */
const waitingLimit = 4096;
const patience = 10_000_000;
const nameSize = 256;
const ptr = 12;
const Rcode = { noError: 0, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;
/** Questions of one name that one answer answers, at most. */
const rowsAtMost = 60;

class DnsmasqReader implements MessageReader {
  readonly #row = new QueryRow();
  readonly #waiting = new HeldMessages(waitingLimit, nameSize);
  /** The next younger question of the same name, whose `follower` this one is; -1 for none. */
  readonly #younger = new Int32Array(waitingLimit);
  /**
   * The newest waiting question by serial (`log-queries=extra`), 1 and up, else by the name's hash, -1 and down: whole numbers
   * of 32 bits, which a Map finds without making anything of them.
   */
  readonly #entryOf = new Map<number, number>();
  readonly #reversed = new Uint8Array(64);
  /** Answers are logged: questions alone are passed over. */
  #answers = false;
  #newest = -1;
  /** Key of the line at hand. */
  #key = 0;

  message(batch: EventBatch, line: LogLine): string {
    const { bytes } = line;
    // Its own file has no host: 'Nov 22 00:32:11 dnsmasq[77]: …'.
    const own = hasText(bytes, line.own, line.end, program);
    const named = line.tagEnd > line.tagStart && line.isFrom(program);
    if (!own && !named) return other;
    let at = own ? find(bytes, line.own, line.end, space) + 1 : line.start;
    // '12 192.0.2.7/40000 ' with log-queries=extra.
    this.#key = 0;
    const row = this.#row;
    row.begin(line.time);
    const serial = find(bytes, at, line.end, space);
    const number = decimal(bytes, at, serial);
    if (number >= 0) {
      this.#key = 1 + (number & 0x3fff_ffff);
      const client = find(bytes, serial + 1, line.end, space);
      const mark = find(bytes, serial, client, slash);
      row.sourcePort = Math.max(0, port(bytes, mark + 1, client));
      at = client + 1;
    }
    if (hasText(bytes, at, line.end, 'query[') || hasText(bytes, at, line.end, 'auth['))
      return this.#question(batch, bytes, at, line.end);
    return this.#answer(batch, bytes, at, line.end);
  }

  // 'query[A] vpn.example.com from 192.0.2.7'
  #question(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const row = this.#row;
    const type = find(bytes, at, end, bracketOpen) + 1;
    const close = find(bytes, type, end, bracketClose);
    const name = close + 2;
    const stop = find(bytes, name, end, space);
    if (close >= end || stop === name || !hasText(bytes, stop, end, ' from ')) return 'no name asked for';
    if (!address(bytes, stop + 6, end, row.source)) return 'no address of a client';
    const number = hasText(bytes, type, close, 'type=') ? find(bytes, type, close, equals) + 1 : type;
    row.type = queryTypeOf(bytes, number, close);
    row.nameStart = name;
    row.nameEnd = stop;
    this.#hold(bytes);
    if (!this.#answers) row.append(batch, bytes);
    return '';
  }

  // 'reply vpn.example.com is NXDOMAIN', 'config … is …', 'cached … is …', '/etc/hosts … is …', 'gravity blocked … is …'
  #answer(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const is = findText(bytes, at, end, ' is ');
    if (is < 0 || hasText(bytes, at, end, 'validation ')) return isAbout(bytes, at, end) ? '' : other;
    let name = is;
    while (name > at && bytes[name - 1] !== space) name--;
    if (name === at) return other;
    this.#answers = true;
    let entry = -1;
    if (this.#key !== 0) entry = this.#entryOf.get(this.#key) ?? -1;
    // 'reply error is SERVFAIL': the name is not told; dnsmasq answers what came last.
    else if (isText(bytes, name, is, 'error')) entry = this.#newest;
    else entry = this.#named(nameKey(bytes, name, is));
    const status = rcodeOf(bytes, is + 4, end);
    for (let rows = 0; entry >= 0 && rows < rowsAtMost; rows++) {
      const older = this.#waiting.follower[entry];
      this.#write(batch, entry, status);
      this.#release(entry);
      entry = older;
    }
    return '';
  }

  #hold(bytes: Uint8Array): void {
    const waiting = this.#waiting;
    const row = this.#row;
    while (waiting.oldest >= 0 && (waiting.full || waiting.due[waiting.oldest] <= row.time))
      this.#release(waiting.oldest);
    const key = this.#key !== 0 ? this.#key : this.#keyOf(bytes);
    const entry = waiting.take(row.time + patience);
    const base = entry * keyWords;
    for (let i = 0; i < 4; i++) waiting.key[base + i] = row.source[i];
    waiting.key[base + 8] = row.sourcePort;
    waiting.slot[entry] = row.type;
    waiting.time[entry] = row.time;
    waiting.expected[entry] = key;
    waiting.append(entry, bytes, row.nameStart, row.nameEnd);
    // Two who ask for one name get one answer.
    const older = this.#key === 0 ? this.#named(key) : -1;
    waiting.sequence[entry] = hashOut[1];
    waiting.follower[entry] = older;
    this.#younger[entry] = -1;
    if (older >= 0) this.#younger[older] = entry;
    this.#entryOf.set(key, entry);
    this.#newest = entry;
  }

  /** Who waits for the answer to the name that was hashed last, `key` by half of its hash: the other half is looked at too. */
  #named(key: number): number {
    const entry = this.#entryOf.get(key) ?? -1;
    return entry >= 0 && this.#waiting.sequence[entry] === (hashOut[1] | 0) ? entry : -1;
  }

  #write(batch: EventBatch, entry: number, status: number): void {
    const waiting = this.#waiting;
    const row = this.#row;
    const base = entry * keyWords;
    row.begin(waiting.time[entry]);
    for (let i = 0; i < 4; i++) row.source[i] = waiting.key[base + i];
    row.sourcePort = waiting.key[base + 8];
    row.type = waiting.slot[entry];
    row.status = status;
    row.nameStart = entry * nameSize;
    row.nameEnd = row.nameStart + waiting.length[entry];
    row.append(batch, waiting.bytes);
  }

  #release(entry: number): void {
    const waiting = this.#waiting;
    const key = waiting.expected[entry];
    const older = waiting.follower[entry];
    const younger = this.#younger[entry];
    if (this.#entryOf.get(key) === entry) this.#entryOf.delete(key);
    // What is older went before, or goes with it.
    if (younger >= 0) waiting.follower[younger] = -1;
    if (older >= 0) this.#younger[older] = -1;
    if (this.#newest === entry) this.#newest = -1;
    waiting.release(entry);
  }

  /** Of a name; '5.100.51.198.in-addr.arpa' is told as 198.51.100.5 in the answer. */
  #keyOf(bytes: Uint8Array): number {
    const { nameStart, nameEnd, type } = this.#row;
    const tail = nameEnd - 13;
    if (type !== ptr || tail <= nameStart || !isText(bytes, tail, nameEnd, '.in-addr.arpa'))
      return nameKey(bytes, nameStart, nameEnd);
    if (tail - nameStart > 15) return nameKey(bytes, nameStart, nameEnd);
    const reversed = this.#reversed;
    let length = 0;
    let label = tail;
    while (label > nameStart) {
      let from = label;
      while (from > nameStart && bytes[from - 1] !== dot) from--;
      if (length > 0) reversed[length++] = dot;
      for (let i = from; i < label; i++) reversed[length++] = bytes[i];
      label = from - 1;
    }
    return nameKey(reversed, 0, length);
  }
}

/** -1 and down; the other half of the hash stays in {@link hashOut}. */
function nameKey(bytes: Uint8Array, start: number, end: number): number {
  hashBytes(bytes, start, end - start);
  return -1 - (hashOut[0] >>> 1);
}

/** What stands behind ' is ': an error's name, or data of any kind. */
function rcodeOf(bytes: Uint8Array, start: number, end: number): number {
  if (hasText(bytes, start, end, 'NXDOMAIN')) return Rcode.nxDomain;
  if (hasText(bytes, start, end, 'REFUSED')) return Rcode.refused;
  if (hasText(bytes, start, end, 'SERVFAIL')) return Rcode.servFail;
  return hasText(bytes, start, end, 'not implemented') ? Rcode.notImp : Rcode.noError;
}

/** Lines about questions that say nothing of their own. */
function isAbout(bytes: Uint8Array, at: number, end: number): boolean {
  return ['forwarded ', 'validation ', 'dnssec-query[', 'dnssec-retry['].some((word) =>
    hasText(bytes, at, end, word),
  );
}
