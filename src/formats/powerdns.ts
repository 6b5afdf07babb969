import { address } from '../bytes/addresses.ts';
import { apostrophe, bracketClose, bracketOpen, equals, pipe, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { decimal, find, hasText } from '../bytes/numbers.ts';
import { Proto } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format } from '../model/format.ts';
import { hashBytes, hashOut } from '../state/hash.ts';
import { endpoint, readEndpoint } from '../wire/alert-line.ts';
import { queryTypeOf } from '../wire/dns-words.ts';
import { CarriedLines } from '../wire/log-line.ts';
import type { LogLine, MessageReader } from '../wire/log-line.ts';
import { NamedFields } from '../wire/named-fields.ts';
import { noAnswer, QueryRow } from '../wire/query-row.ts';
import { readKeyValues } from '../wire/paired-fields.ts';
import { shareOf } from '../wire/recognition.ts';

/** PowerDNS: the authoritative server's log-dns-queries and transfers, the recursor's quiet=no in both of its styles. */
export const powerdns: Format = {
  name: 'powerdns',
  title: 'PowerDNS Authoritative Server (log-dns-queries) and Recursor (quiet=no)',
  lateness: 10,
  yields: ['query'],
  blindness: [
    'the authoritative server’s log does not say which names exist',
    'the source may be a resolver that asks for others',
  ],
  sample:
    "Nov 22 00:32:11 Remote 192.0.2.7 wants 'vpn.example.com|A', do = 0, bufsize = 1232: packetcache MISS",
  recognise(sample) {
    const share = shareOf(sample, (line) => words.some((word) => line.includes(word)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new CarriedLines(info, new PowerdnsReader()),
};

const words = [
  " wants '",
  "] question for '",
  "] TCP question for '",
  '] answer to ',
  'subsystem="syncres"',
  "AXFR-out zone '",
];
const other = 'not a question of a client';
const axfr = 252;
const refused = 5;
/** Questions of the recursor that wait for their answer at one time, a power of two; an older one in its place is lost. */
const waitingSlots = 4096;

const Key = { qname: 0, qtype: 1, remote: 2, proto: 3, rcode: 4 } as const;

class PowerdnsReader implements MessageReader {
  readonly #row = new QueryRow();
  readonly #fields = new NamedFields(['qname', 'qtype', 'remote', 'proto', 'rcode']);
  /** The recursor's answers are logged: they hold what the questions do. */
  #answers = false;
  // Questions by thread and slot: who asked, when, over what.
  readonly #hash = new Int32Array(waitingSlots);
  readonly #time = new Float64Array(waitingSlots);
  readonly #source = new Uint32Array(waitingSlots * 4);
  readonly #port = new Uint16Array(waitingSlots);
  readonly #proto = new Uint8Array(waitingSlots);

  message(batch: EventBatch, line: LogLine): string {
    const { bytes, own: from, end: to, time } = line;
    this.#row.begin(time);
    const wants = findText(bytes, from, to, " wants '");
    if (wants >= 0) return this.#asked(batch, bytes, from, wants, to);
    const transfer = findText(bytes, from, to, "AXFR-out zone '");
    if (transfer >= 0) return this.#transfer(batch, bytes, transfer + 15, to);
    const structured = findText(bytes, from, to, 'msg="');
    if (structured >= 0) return this.#structured(batch, bytes, structured, to);
    const question = findText(bytes, from, to, "question for '");
    if (question >= 0) return this.#question(batch, bytes, from, question, to);
    const answer = findText(bytes, from, to, '] answer to ');
    return answer >= 0 ? this.#answer(batch, bytes, from, answer + 1, to) : other;
  }

  // "Remote 192.0.2.7[<-203.0.113.0/24] wants 'vpn.example.com|A', do = 0, …", 'TCP ' in front where it is.
  #asked(batch: EventBatch, bytes: Uint8Array, from: number, wants: number, end: number): string {
    const row = this.#row;
    const remote = findText(bytes, from, wants, 'Remote ');
    if (remote < 0) return other;
    let stop = remote + 7;
    while (stop < wants && bytes[stop] !== 60 && bytes[stop] !== space) stop++;
    if (!address(bytes, remote + 7, stop, row.source)) return 'no address of a client';
    if (findText(bytes, from, remote, 'TCP') >= 0) row.proto = Proto.tcp;
    if (!this.#name(bytes, wants + 8, end)) return 'no name asked for';
    row.append(batch, bytes);
    return '';
  }

  // "example.com', client '192.0.2.7:39691', denied: client IP has no permission"
  #transfer(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const row = this.#row;
    const zone = find(bytes, at, end, apostrophe);
    const client = findText(bytes, zone, end, "client '");
    if (client < 0) return other;
    const close = find(bytes, client + 8, end, apostrophe);
    const denied = hasText(bytes, close, end, "', denied");
    // Begun, finished, failed: each transfer is told several times.
    if (!denied && !hasText(bytes, close, end, "', allowed")) return '';
    if (!readEndpoint(bytes, client + 8, close, true, row.source)) return 'no address of a client';
    row.sourcePort = Math.max(0, endpoint.port);
    row.proto = Proto.tcp;
    row.type = axfr;
    row.status = denied ? refused : 0;
    row.nameStart = at;
    row.nameEnd = zone;
    row.append(batch, bytes);
    return '';
  }

  // 'msg="Answer" subsystem="syncres" … proto="udp" qname="…" qtype="A" rcode="3" … remote="192.0.2.7:40000"'
  #structured(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const answered = hasText(bytes, at, end, 'msg="Answer"');
    if (!answered && !hasText(bytes, at, end, 'msg="Question"')) return other;
    if (answered) this.#answers = true;
    else if (this.#answers) return '';
    const fields = this.#fields;
    readKeyValues(fields, bytes, at, end);
    const row = this.#row;
    if (
      !fields.has(Key.remote) ||
      !readEndpoint(bytes, fields.start[Key.remote], fields.end[Key.remote], true, row.source)
    )
      return 'no address of a client';
    row.sourcePort = Math.max(0, endpoint.port);
    if (!fields.has(Key.qname)) return 'no name asked for';
    row.nameStart = fields.start[Key.qname];
    row.nameEnd = fields.end[Key.qname];
    if (fields.has(Key.qtype)) row.type = queryTypeOf(bytes, fields.start[Key.qtype], fields.end[Key.qtype]);
    if (fields.is(bytes, Key.proto, 'tcp')) row.proto = Proto.tcp;
    const rcode = fields.integer(bytes, Key.rcode);
    if (answered && rcode >= 0 && rcode < noAnswer) row.status = rcode;
    row.append(batch, bytes);
    return '';
  }

  // "3 [1/1] question for 'vpn.example.com|A' from 192.0.2.7:40000"
  #question(batch: EventBatch, bytes: Uint8Array, from: number, mark: number, end: number): string {
    const row = this.#row;
    const name = mark + 14;
    const close = find(bytes, name, end, apostrophe);
    if (!hasText(bytes, close, end, "' from ")) return other;
    const source = close + 7;
    if (!readEndpoint(bytes, source, find(bytes, source, end, space), true, row.source))
      return 'no address of a client';
    row.sourcePort = Math.max(0, endpoint.port);
    if (hasText(bytes, mark - 4, end, 'TCP ')) row.proto = Proto.tcp;
    if (!this.#name(bytes, name, end)) return 'no name asked for';
    const hash = this.#thread(bytes, from, mark, row.nameStart, row.nameEnd);
    const slot = hash & (waitingSlots - 1);
    this.#hash[slot] = hash;
    this.#time[slot] = row.time;
    this.#source.set(row.source, slot * 4);
    this.#port[slot] = row.sourcePort;
    this.#proto[slot] = row.proto;
    if (!this.#answers) row.append(batch, bytes);
    return '';
  }

  // "answer to question 'vpn.example.com|A': 0 answers, …, rcode=3"; 'non-rd question' too.
  #answer(batch: EventBatch, bytes: Uint8Array, from: number, mark: number, end: number): string {
    const row = this.#row;
    const name = find(bytes, mark, end, apostrophe) + 1;
    if (!this.#name(bytes, name, end)) return 'no name asked for';
    this.#answers = true;
    const hash = this.#thread(bytes, from, mark, row.nameStart, row.nameEnd);
    const slot = hash & (waitingSlots - 1);
    if (this.#hash[slot] !== hash) return 'an answer to a question that was not seen';
    this.#hash[slot] = 0;
    row.time = this.#time[slot];
    for (let i = 0; i < 4; i++) row.source[i] = this.#source[slot * 4 + i];
    row.sourcePort = this.#port[slot];
    row.proto = this.#proto[slot];
    let code = end;
    while (code > mark && bytes[code - 1] !== equals) code--;
    // 'rcode=-1': nothing was sent.
    const rcode = decimal(bytes, code, end);
    if (rcode >= 0 && rcode < noAnswer && hasText(bytes, code - 6, end, 'rcode=')) row.status = rcode;
    row.append(batch, bytes);
    return '';
  }

  /** 'vpn.example.com|A' up to the closing apostrophe; a name may hold anything but that. */
  #name(bytes: Uint8Array, start: number, end: number): boolean {
    const row = this.#row;
    const close = find(bytes, start, end, apostrophe);
    let bar = close;
    while (bar > start && bytes[bar] !== pipe) bar--;
    if (close >= end || bar === start) return false;
    row.nameStart = start;
    row.nameEnd = bar;
    row.type = queryTypeOf(bytes, bar + 1, close);
    return true;
  }

  /** Thread and slot in front of '] …' with the name: what question and answer share. Never 0. */
  #thread(bytes: Uint8Array, from: number, mark: number, nameStart: number, nameEnd: number): number {
    let open = mark;
    while (open > from && bytes[open] !== bracketOpen) open--;
    let thread = open - 1;
    while (thread > from && bytes[thread - 1] !== space) thread--;
    hashBytes(bytes, nameStart, nameEnd - nameStart);
    const name = hashOut[0] ^ hashOut[1];
    hashBytes(bytes, thread, find(bytes, open, mark, bracketClose) - thread);
    return (Math.imul(hashOut[0] ^ name, 0x9e3779b1) ^ hashOut[1]) | 1;
  }
}
