import { setIPv4 } from '../bytes/addresses.ts';
import { dot } from '../bytes/codes.ts';
import { Proto } from '../model/event.ts';
import type { BlockReader, Format, RowSink } from '../model/format.ts';
import { HeldMessages, keyWords } from '../state/held-messages.ts';
import { DnsMessage } from '../wire/dns.ts';
import { FrameStream } from '../wire/frame-streams.ts';
import { ProtobufFields } from '../wire/protobuf.ts';
import { QueryRow } from '../wire/query-row.ts';

/*
 * dnstap as servers write it: Frame Streams around Protocol Buffers around DNS messages. Of the schema only what an event
 * needs is decoded, by hand:
 *
 *   Dnstap    14 message
 *   Message   1 type, 3 protocol, 4 client, 5 server, 6 and 7 their ports, 8 and 9 time of the query (s, ns),
 *             10 query, 12 and 13 time of the response, 14 response
 */

const contentType = 'protobuf:dnstap.Dnstap';

/** A query that nobody answered within this, by the stamps of the file, is written without an answer. */
const patience = 5_000_000;
/** Queries that wait at one time, and what is kept of each: a question ends 271 bytes into its message. */
const queryLimit = 16_384;
const querySize = 272;
/** 2100-01-01: later stamps are damage. */
const latestSecond = 4_102_444_800;

/** Bit beside the protocol of a waiting query. */
const hasTarget = 128;

const crowded = 'more unanswered queries than can be held: the oldest were written without their answer';
const damaged = 'damaged frame: the rest of the file is not read';
const cutOff = 'the file ends in the middle of a frame';

/** Messages that pass between a client and this server; what a resolver asks others (RESOLVER, FORWARDER) is its own doing. */
const Kind = { authQuery: 1, authResponse: 2, clientQuery: 5, clientResponse: 6 } as const;

export const dnstap: Format = {
  name: 'dnstap',
  title: 'dnstap files (BIND, Unbound, Knot, NSD, PowerDNS, CoreDNS)',
  lateness: 10,
  yields: ['query'],
  blindness: ['the source may be a resolver that asks for others'],
  sample: 'dnstap: 00 00 00 00 00 00 00 22 00 00 00 02 … protobuf:dnstap.Dnstap',

  recognise({ bytes }) {
    const stream = new FrameStream(contentType);
    if (bytes.length < 12 || (bytes[0] | bytes[1] | bytes[2] | bytes[3]) !== 0) return 0;
    if (stream.read(bytes, 0, bytes.length) !== 'control') return 0;
    return Buffer.from(bytes.subarray(12, stream.end)).includes(contentType) ? 1 : 0;
  },

  blocks: () => new DnstapReader(),
};

class DnstapReader implements BlockReader {
  readonly #stream = new FrameStream(contentType);
  readonly #outer = new ProtobufFields();
  readonly #fields = new ProtobufFields();
  readonly #message = new DnsMessage();
  readonly #row = new QueryRow();
  /** A query that waited, when its turn comes. */
  readonly #old = new QueryRow();
  readonly #oldMessage = new DnsMessage();
  readonly #waiting = new HeldMessages(queryLimit, querySize);
  /** Waiting queries by client, port and id. */
  readonly #entryOf = new Map<number, number>();
  #record = 0;
  #stopped = false;
  // Of the message at hand.
  #kind = 0;
  #bodyStart = 0;
  #bodyEnd = 0;
  #hasSource = false;

  get records(): number {
    return this.#record;
  }

  read(sink: RowSink, bytes: Uint8Array, start: number, end: number, last: boolean): number {
    const stream = this.#stream;
    let at = start;
    while (!this.#stopped) {
      const frame = stream.read(bytes, at, end);
      if (frame === 'more') break;
      if (frame === 'damaged' || frame === 'foreign') {
        sink.note(frame === 'damaged' ? damaged : 'the stream holds something else than dnstap');
        this.#stopped = true;
        break;
      }
      if (frame === 'data') {
        this.#record++;
        const problem = this.#frame(sink, bytes, stream.start, stream.end);
        if (problem !== '') sink.skip(problem, this.#record, stream.start, stream.end);
      }
      at = stream.end;
    }
    if (last) {
      if (!this.#stopped && at < end) sink.note(cutOff);
      while (this.#waiting.oldest >= 0) this.#giveUp(sink, this.#waiting.oldest);
    }
    return this.#stopped || last ? end : at;
  }

  #frame(sink: RowSink, bytes: Uint8Array, start: number, end: number): string {
    const outer = this.#outer;
    let from = -1;
    let to = 0;
    outer.begin(start, end);
    while (outer.next(bytes)) {
      if (outer.field === 14) {
        from = outer.start;
        to = outer.end;
      }
    }
    if (outer.broken || from < 0) return 'not a dnstap message';
    return this.#decode(bytes, from, to) ? this.#take(sink, bytes) : 'not a dnstap message';
  }

  #decode(bytes: Uint8Array, start: number, end: number): boolean {
    const fields = this.#fields;
    const row = this.#row;
    let seconds = Number.NaN;
    let nanos = 0;
    let answerSeconds = Number.NaN;
    let answerNanos = 0;
    row.begin(Number.NaN);
    this.#kind = 0;
    this.#hasSource = false;
    this.#bodyStart = 0;
    this.#bodyEnd = 0;
    fields.begin(start, end);
    while (fields.next(bytes)) {
      const value = fields.value;
      switch (fields.field) {
        case 1:
          this.#kind = value;
          break;
        case 3:
          // UDP, and DNSCrypt and QUIC over it.
          row.proto = value === 1 || value === 5 || value === 7 ? Proto.udp : Proto.tcp;
          break;
        case 4:
          this.#hasSource = putWords(row.source, bytes, fields.start, fields.end);
          break;
        case 5:
          row.hasTarget = putWords(row.target, bytes, fields.start, fields.end);
          break;
        case 6:
          row.sourcePort = value & 0xffff;
          break;
        case 7:
          row.targetPort = value & 0xffff;
          break;
        case 8:
          seconds = value;
          break;
        case 9:
          nanos = value;
          break;
        case 12:
          answerSeconds = value;
          break;
        case 13:
          answerNanos = value;
          break;
        case 10:
        case 14:
          this.#bodyStart = fields.start;
          this.#bodyEnd = fields.end;
          break;
        default:
      }
    }
    row.time = Number.isNaN(seconds) ? micros(answerSeconds, answerNanos) : micros(seconds, nanos);
    return !fields.broken;
  }

  #take(sink: RowSink, bytes: Uint8Array): string {
    const { authQuery, authResponse, clientQuery, clientResponse } = Kind;
    const kind = this.#kind;
    const isQuery = kind === authQuery || kind === clientQuery;
    if (!isQuery && kind !== authResponse && kind !== clientResponse) return '';
    const row = this.#row;
    if (Number.isNaN(row.time)) return 'no time stamp';
    if (!this.#hasSource) return 'no address of a client';
    const message = this.#message;
    if (!message.parse(bytes, this.#bodyStart, this.#bodyEnd)) return 'DNS message that cannot be read';
    // Notifications and updates are no questions.
    if (message.opcode !== 0) return '';
    this.#expire(sink, row.time);
    const key = this.#key();
    const entry = this.#entryOf.get(key) ?? -1;
    if (isQuery) {
      if (message.type === 0) return 'no name asked for';
      // Asked again because the answer is late: the first one counts.
      if (entry >= 0 && this.#isSame(entry, bytes)) return '';
      if (entry >= 0) this.#giveUp(sink, entry);
      this.#hold(sink, bytes, key);
      return '';
    }
    let record = this.#record;
    if (entry >= 0) {
      // BIND's responses carry no time of their query.
      row.time = this.#waiting.time[entry];
      record = this.#waiting.record[entry];
      this.#release(entry);
    }
    if (message.type === 0) return 'no name asked for';
    row.status = message.rcode;
    this.#write(sink, row, message, record);
    return '';
  }

  #write(sink: RowSink, row: QueryRow, message: DnsMessage, record: number): void {
    const batch = sink.room(1);
    row.type = message.type;
    row.nameStart = 0;
    row.nameEnd = message.nameLength;
    if (message.nameLength === 0) {
      message.name[0] = dot;
      row.nameEnd = 1;
    }
    const at = row.append(batch, message.name);
    batch.record[at] = record;
    batch.rawStart[at] = 0;
    batch.rawLength[at] = 0;
  }

  // ------------------------------------------------------------------ queries that wait for their answer

  /** Client, port and id, below 2^53; of the address 21 bits of a hash. */
  #key(): number {
    const { source, sourcePort } = this.#row;
    let hash = Math.imul(source[0] ^ Math.imul(source[1], 31), 0x9e3779b1) ^ source[2];
    hash = Math.imul(hash ^ (hash >>> 15) ^ source[3], 0x85ebca6b);
    return ((hash >>> 11) * 65_536 + sourcePort) * 65_536 + this.#message.id;
  }

  #hold(sink: RowSink, bytes: Uint8Array, key: number): void {
    const waiting = this.#waiting;
    const row = this.#row;
    if (waiting.full) {
      sink.note(crowded);
      this.#giveUp(sink, waiting.oldest);
    }
    const entry = waiting.take(row.time + patience);
    const base = entry * keyWords;
    for (let i = 0; i < 4; i++) {
      waiting.key[base + i] = row.source[i];
      waiting.key[base + 4 + i] = row.target[i];
    }
    waiting.key[base + 8] = (row.sourcePort << 16) | row.targetPort;
    waiting.kind[entry] = row.proto | (row.hasTarget ? hasTarget : 0);
    waiting.time[entry] = row.time;
    waiting.record[entry] = this.#record;
    waiting.slot[entry] = key | 0;
    waiting.expected[entry] = Math.floor(key / 0x1_0000_0000);
    waiting.append(entry, bytes, this.#bodyStart, this.#bodyEnd);
    this.#entryOf.set(key, entry);
  }

  /** Whether the waiting query asks for the same, byte by byte from its flags on. */
  #isSame(entry: number, bytes: Uint8Array): boolean {
    const waiting = this.#waiting;
    const from = entry * querySize;
    const length = Math.min(waiting.length[entry], this.#bodyEnd - this.#bodyStart);
    for (let i = 2; i < length; i++) if (waiting.bytes[from + i] !== bytes[this.#bodyStart + i]) return false;
    return true;
  }

  #expire(sink: RowSink, now: number): void {
    const waiting = this.#waiting;
    while (waiting.oldest >= 0 && waiting.due[waiting.oldest] <= now) this.#giveUp(sink, waiting.oldest);
  }

  /** Writes a waiting query without an answer. */
  #giveUp(sink: RowSink, entry: number): void {
    const waiting = this.#waiting;
    const from = entry * querySize;
    const row = this.#old;
    const base = entry * keyWords;
    row.begin(waiting.time[entry]);
    for (let i = 0; i < 4; i++) {
      row.source[i] = waiting.key[base + i];
      row.target[i] = waiting.key[base + 4 + i];
    }
    row.hasTarget = (waiting.kind[entry] & hasTarget) !== 0;
    row.proto = waiting.kind[entry] & ~hasTarget;
    row.sourcePort = waiting.key[base + 8] >>> 16;
    row.targetPort = waiting.key[base + 8] & 0xffff;
    if (this.#oldMessage.parse(waiting.bytes, from, from + waiting.length[entry]))
      this.#write(sink, row, this.#oldMessage, waiting.record[entry]);
    this.#release(entry);
  }

  #release(entry: number): void {
    const waiting = this.#waiting;
    const key = waiting.expected[entry] * 0x1_0000_0000 + (waiting.slot[entry] >>> 0);
    if (this.#entryOf.get(key) === entry) this.#entryOf.delete(key);
    waiting.release(entry);
  }
}

function micros(seconds: number, nanos: number): number {
  if (!(seconds <= latestSecond) || !(nanos < 1_000_000_000)) return Number.NaN;
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}

/** An address of four or sixteen bytes as words; false for any other length. */
function putWords(words: Uint32Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 4) {
    setIPv4(words, word(bytes, start));
    return true;
  }
  if (length !== 16) return false;
  for (let i = 0; i < 4; i++) words[i] = word(bytes, start + 4 * i);
  return true;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
