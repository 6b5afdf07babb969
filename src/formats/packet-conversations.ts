import { copyWords } from '../bytes/addresses.ts';
import { carriageReturn, upperP } from '../bytes/codes.ts';
import { putAddresses } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { AddressTest, InputInfo, RowSink } from '../model/format.ts';
import { EarlySegments } from '../state/early-segments.ts';
import type { FlowTable } from '../state/flow-table.ts';
import { HeldMessages, keyWords } from '../state/held-messages.ts';
import { DnsMessage } from '../wire/dns.ts';
import { claimedClient } from '../wire/claimed-client.ts';
import { isTrusted } from '../wire/forwarded.ts';
import { HttpRequest, HttpResponse, methodAt } from '../wire/http1.ts';
import type { Packet } from '../wire/packet.ts';
import { putText } from '../wire/put-text.ts';
import { ProxiedClients } from '../wire/proxy-header.ts';
import { helloLength, readClientHello } from '../wire/tls.ts';

/** A request or query whose answer does not come within this is written without. */
const patience = 5_000_000;
/** TCP messages (requests, hellos, queries) that wait at one time, and what is kept of each. */
const streamLimit = 4096;
const streamSize = 4096;
/** DNS queries over UDP that wait at one time; a question is at most 271 bytes into its message. */
const queryLimit = 16_384;
const querySize = 272;
const dnsPort = 53;
const noAnswer = 255;
/** Requests that one connection may have open (pipelining); further ones are not held. */
const pipelineLimit = 64;
/** Of what a server says first, its first line, cut to this. */
const bannerLimit = 256;

/** What an entry of the stream pool is; a part waits for its rest. */
const Kind = {
  request: 0,
  requestPart: 1,
  hello: 2,
  helloPart: 3,
  query: 4,
  queryPart: 5,
  queryPrefixSeen: 6,
} as const;

const crowded = 'more unanswered requests than can be held: the oldest were written without their answer';
const disordered = 'segments out of order beyond what can be held: requests may lack what they said';
const cutDns = 'DNS messages that the capture cut short';
const brokenDns = 'DNS messages that cannot be read';

/**
 * What is said in the payload: requests, queries, the names and fingerprints of TLS clients, the banners of servers.
 * The contact of an answered TCP flow waits in the flow table until its first payload is seen here.
 */
export class Conversations {
  readonly #flows: FlowTable;
  readonly #trusted: AddressTest;
  readonly #claims: InputInfo['claims'];
  readonly #proxied = new ProxiedClients();
  readonly #sender = new Uint32Array(4);
  readonly #claimed = new Uint32Array(4);
  readonly #receiver = new Uint32Array(4);
  readonly #streams = new HeldMessages(streamLimit, streamSize);
  readonly #queries = new HeldMessages(queryLimit, querySize);
  readonly #early = new EarlySegments();
  /** Waiting UDP queries by slot of the flow · 65536 + id. */
  readonly #queryOf = new Map<number, number>();
  readonly #request = new HttpRequest();
  readonly #response = new HttpResponse();
  readonly #message = new DnsMessage();
  /** Nothing is due before this time. */
  nextDue = Infinity;

  constructor(flows: FlowTable, { trustedProxies, claims }: Pick<InputInfo, 'trustedProxies' | 'claims'>) {
    this.#flows = flows;
    this.#trusted = trustedProxies;
    this.#claims = claims;
  }

  /** Takes a packet with payload, of the flow in `slot`, right after the flow table saw it. */
  see(sink: RowSink, packet: Packet, slot: number, bytes: Uint8Array): void {
    if (packet.proto === Proto.tcp) this.#tcp(sink, packet, slot, bytes);
    else if (packet.proto === Proto.udp && (packet.targetPort === dnsPort || packet.sourcePort === dnsPort))
      this.#udpDns(sink, packet, slot, bytes);
  }

  /** Writes what has waited long enough. */
  expire(sink: RowSink, now: number): void {
    const streams = this.#streams;
    for (let entry = streams.oldest; entry >= 0 && streams.due[entry] <= now; entry = streams.oldest)
      this.#giveUp(sink, entry);
    const queries = this.#queries;
    for (let entry = queries.oldest; entry >= 0 && queries.due[entry] <= now; entry = queries.oldest)
      this.#forgetQuery(sink, entry);
    this.#early.expire(now);
    const a = streams.oldest < 0 ? Infinity : streams.due[streams.oldest];
    const b = queries.oldest < 0 ? Infinity : queries.due[queries.oldest];
    this.nextDue = Math.min(a, b, this.#early.nextDue);
  }

  /** Writes all that waits. */
  flush(sink: RowSink): void {
    this.expire(sink, Infinity);
    if (this.#early.dropped > 0) sink.note(disordered, this.#early.dropped);
    this.#early.dropped = 0;
  }

  #tcp(sink: RowSink, packet: Packet, slot: number, bytes: Uint8Array): void {
    const flows = this.#flows;
    // The SYN counts as a byte in front of what it carries.
    if ((packet.flags & Flag.syn) !== 0) packet.sequence = (packet.sequence + 1) | 0;
    const first = bytes[packet.payloadStart];
    if ((first === upperP || first === carriageReturn) && this.#proxied.pass(packet, slot, bytes)) return;
    let behind = 0;
    if (flows.isOpen(slot)) {
      if (!flows.forward) {
        const spokeFirst = !flows.hasSent(slot);
        flows.release(sink, slot, packet.payloadLength);
        if (spokeFirst) this.#banner(bytes, packet.payloadStart, packet.payloadEnd);
        return;
      }
      if (this.#hello(sink, packet, slot, bytes)) return;
      // Behind a PROXY header a request and a hello are known by how they begin, a query is not.
      if (flows.tag[slot] < 0 && packet.targetPort !== dnsPort)
        behind = flows.behindFirst(slot, packet.sequence);
      // The contact waits on: what comes in between may be a hello's beginning.
      if (behind > 0 && this.#keepEarly(packet, slot, bytes, behind)) return;
      flows.release(sink, slot, 0);
    } else if (this.#early.held > 0 && this.#early.has(slot, packet))
      behind = flows.behindFirst(slot, packet.sequence);
    const head = flows.tag[slot];
    if (head >= 0) {
      if (isSender(this.#streams, head, packet)) {
        if (this.#continue(head, packet, slot, bytes)) return;
      } else {
        this.#answer(sink, packet, slot, head, bytes);
        return;
      }
    }
    if (behind > 0 && this.#keepEarly(packet, slot, bytes, behind)) return;
    if (packet.targetPort === dnsPort) this.#tcpQuery(sink, packet, slot, bytes);
    else if (methodAt(bytes, packet.payloadStart, packet.payloadEnd) >= 0)
      this.#requests(sink, packet, slot, bytes);
  }

  /** Holds a segment that is `behind` bytes too far on; false when it is none to be held. */
  #keepEarly(packet: Packet, slot: number, bytes: Uint8Array, behind: number): boolean {
    // A request of its own needs nothing in front of it.
    if (behind >= streamSize || methodAt(bytes, packet.payloadStart, packet.payloadEnd) >= 0) return false;
    const due = packet.time + patience;
    this.#early.keep(slot, packet, bytes, streamSize - behind, due);
    if (due < this.nextDue) this.nextDue = due;
    return true;
  }

  /** The first line of what a server said before its client spoke. */
  #banner(bytes: Uint8Array, start: number, end: number): void {
    const limit = Math.min(end, start + bannerLimit);
    let stop = start;
    while (stop < limit && bytes[stop] !== 10 && bytes[stop] !== 13) stop++;
    if (stop > start) putText(this.#flows.batch, this.#flows.row, Text.detail, bytes, start, stop);
  }

  /** A client hello, or a further part of one: true when the contact goes on waiting, or was written with it. */
  #hello(sink: RowSink, packet: Packet, slot: number, bytes: Uint8Array): boolean {
    const streams = this.#streams;
    const { payloadStart: start, payloadEnd: end } = packet;
    let entry = this.#flows.tag[slot];
    if (entry < 0) {
      const need = helloLength(bytes, start, end);
      if (need === 0) return false;
      if (need <= end - start) {
        this.#writeHello(sink, slot, bytes, start, end);
        return true;
      }
      // Cut by the snap length, or longer than is kept: there is nothing to wait for.
      if (end - start < packet.payloadLength || need > streamSize) return false;
      entry = this.#hold(sink, packet, slot, Kind.helloPart, bytes, start, end);
      this.#fillGap(entry, packet, slot);
    } else {
      // A request may have come with the SYN (RFC 7413).
      if (streams.kind[entry] !== Kind.helloPart) return false;
      this.#addSegment(entry, packet, slot, bytes);
    }
    if (streams.kind[entry] === Kind.helloPart) return true;
    const from = entry * streamSize;
    this.#writeHello(sink, slot, streams.bytes, from, from + streams.length[entry]);
    this.#drop(entry);
    return true;
  }

  #writeHello(sink: RowSink, slot: number, bytes: Uint8Array, start: number, end: number): void {
    const flows = this.#flows;
    const hello = readClientHello(bytes, start, end);
    flows.release(sink, slot, 0);
    if (hello === undefined) return;
    if (hello.serverName !== '')
      flows.batch.setScratchText(flows.row, Text.detail, Buffer.from(hello.serverName, 'latin1'));
    flows.batch.setScratchText(flows.row, Text.fingerprint, Buffer.from(hello.ja4, 'latin1'));
  }

  /** More from the side that asked: the rest of a message, or a copy of one. False: something new. */
  #continue(head: number, packet: Packet, slot: number, bytes: Uint8Array): boolean {
    const streams = this.#streams;
    let tail = head;
    let held = 1;
    for (let next = head; next >= 0; next = streams.follower[tail]) {
      tail = next;
      const more = (packet.sequence + packet.payloadLength - streams.expected[tail]) | 0;
      if (streams.sequence[tail] === packet.sequence && (more <= 0 || !isPart(streams.kind[tail])))
        return true;
      held++;
    }
    if (!isPart(streams.kind[tail])) return held > pipelineLimit;
    this.#addSegment(tail, packet, slot, bytes);
    return true;
  }

  /** Adds a further segment to a part, now or when what is in front of it has come. */
  #addSegment(entry: number, packet: Packet, slot: number, bytes: Uint8Array): void {
    const streams = this.#streams;
    const { sequence, payloadStart: start, payloadEnd: end, payloadLength } = packet;
    const behind = (sequence - streams.expected[entry]) | 0;
    if (behind > 0) this.#keepEarly(packet, slot, bytes, streams.length[entry] + behind);
    else if (this.#extend(entry, bytes, start, end, sequence, payloadLength))
      this.#fillGap(entry, packet, slot);
  }

  /**
   * Adds to a part what a segment has behind it; what came twice stays as it came first. True: the part is still one.
   * `length`: the segment's on the wire.
   */
  #extend(
    entry: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    sequence: number,
    length: number,
  ): boolean {
    const streams = this.#streams;
    const known = (streams.expected[entry] - sequence) | 0;
    if (known >= length) return true;
    const before = streams.length[entry];
    if (start + known < end) streams.append(entry, bytes, start + known, end);
    streams.expected[entry] = (sequence + length) | 0;
    const from = entry * streamSize;
    const to = from + streams.length[entry];
    const filled = streams.length[entry] - before < length - known;
    const kind = streams.kind[entry];
    if (kind === Kind.helloPart) {
      const need = helloLength(streams.bytes, from, to);
      if (filled || need <= to - from || need > streamSize) streams.kind[entry] = Kind.hello;
    } else if (kind === Kind.requestPart) {
      if (filled || (this.#request.parse(streams.bytes, from, to) && this.#request.complete))
        streams.kind[entry] = Kind.request;
    } else if (filled || queryIsWhole(streams.bytes, from, to)) streams.kind[entry] = Kind.query;
    return isPart(streams.kind[entry]);
  }

  /** Adds to a part the held segments that come next. */
  #fillGap(entry: number, packet: Packet, slot: number): void {
    const early = this.#early;
    const streams = this.#streams;
    while (early.held > 0 && isPart(streams.kind[entry])) {
      const held = early.at(slot, packet, streams.expected[entry]);
      if (held < 0) return;
      this.#extend(
        entry,
        early.bytes,
        early.startOf(held),
        early.endOf(held),
        early.sequenceOf(held),
        early.lengthOf(held),
      );
      early.release(slot, held);
    }
  }

  /** What the other side says while a message waits. */
  #answer(sink: RowSink, packet: Packet, slot: number, head: number, bytes: Uint8Array): void {
    const streams = this.#streams;
    const kind = streams.kind[head];
    let { payloadStart: start } = packet;
    const end = packet.payloadEnd;
    if (kind === Kind.hello || kind === Kind.helloPart) return;
    if (kind === Kind.request || kind === Kind.requestPart) {
      // 100 Continue and its kin announce the answer.
      if (!this.#response.parse(bytes, start, end) || this.#response.status < 200) return;
      this.#writeRequest(sink, head, this.#response, bytes);
    } else {
      if (kind !== Kind.queryPrefixSeen) start += 2;
      if (end - start < 4) {
        // The length may come in a segment of its own.
        if (packet.payloadLength === 2) streams.kind[head] = Kind.queryPrefixSeen;
        return;
      }
      this.#writeQuery(sink, streams, head, 2, bytes[start + 3] & 15);
    }
    this.#flows.tag[slot] = streams.follower[head];
    streams.release(head);
  }

  #requests(sink: RowSink, packet: Packet, slot: number, bytes: Uint8Array): void {
    const end = packet.payloadEnd;
    let start = packet.payloadStart;
    for (let count = 0; count < pipelineLimit && start < end; count++) {
      const request = this.#request;
      if (!request.parse(bytes, start, end)) return;
      const whole = request.complete || end - packet.payloadStart < packet.payloadLength;
      const kind = whole ? Kind.request : Kind.requestPart;
      const stop = request.end;
      const body = request.bodyLength;
      const entry = this.#hold(sink, packet, slot, kind, bytes, start, stop);
      this.#streams.sequence[entry] = (packet.sequence + start - packet.payloadStart) | 0;
      if (!whole) this.#fillGap(entry, packet, slot);
      if (body > 0) return;
      start = stop;
    }
  }

  #tcpQuery(sink: RowSink, packet: Packet, slot: number, bytes: Uint8Array): void {
    const { payloadStart: start, payloadEnd: end } = packet;
    const kind = queryIsWhole(bytes, start, end) ? Kind.query : Kind.queryPart;
    const entry = this.#hold(sink, packet, slot, kind, bytes, start, end);
    if (kind === Kind.queryPart) this.#fillGap(entry, packet, slot);
  }

  /** Puts a message into the stream pool and behind the others of its flow. */
  #hold(
    sink: RowSink,
    packet: Packet,
    slot: number,
    kind: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const streams = this.#streams;
    if (streams.full) {
      sink.note(crowded);
      this.#giveUp(sink, streams.oldest);
    }
    const entry = this.#enter(streams, packet, slot, bytes, start, end);
    streams.kind[entry] = kind;
    streams.sequence[entry] = packet.sequence;
    streams.expected[entry] = (packet.sequence + packet.payloadLength) | 0;
    const head = this.#flows.tag[slot];
    if (head < 0) this.#flows.tag[slot] = entry;
    else {
      let tail = head;
      while (streams.follower[tail] >= 0) tail = streams.follower[tail];
      streams.follower[tail] = entry;
    }
    return entry;
  }

  #enter(
    pool: HeldMessages,
    packet: Packet,
    slot: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const due = packet.time + patience;
    const entry = pool.take(due);
    if (due < this.nextDue) this.nextDue = due;
    for (let i = 0; i < 8; i++) pool.key[entry * keyWords + i] = packet.address[i];
    pool.key[entry * keyWords + 8] = (packet.sourcePort << 16) | packet.targetPort;
    pool.time[entry] = packet.time;
    pool.record[entry] = packet.record;
    pool.slot[entry] = slot;
    pool.append(entry, bytes, start, end);
    return entry;
  }

  /** Writes a message of the stream pool that got no answer. */
  #giveUp(sink: RowSink, entry: number): void {
    const kind = this.#streams.kind[entry];
    if (kind === Kind.request || kind === Kind.requestPart) this.#writeRequest(sink, entry);
    else if (kind !== Kind.hello && kind !== Kind.helloPart)
      this.#writeQuery(sink, this.#streams, entry, 2, noAnswer);
    this.#drop(entry);
  }

  /** Takes an entry, the oldest of its flow, out of the stream pool. */
  #drop(entry: number): void {
    const streams = this.#streams;
    const slot = streams.slot[entry];
    // The slot may be another flow's by now.
    if (this.#flows.tag[slot] === entry) this.#flows.tag[slot] = streams.follower[entry];
    streams.release(entry);
  }

  #writeRequest(sink: RowSink, entry: number, response?: HttpResponse, bytes?: Uint8Array): void {
    const streams = this.#streams;
    const from = entry * streamSize;
    const request = this.#request;
    const ended = streams.kind[entry] !== Kind.requestPart;
    if (!request.parse(streams.bytes, from, from + streams.length[entry], ended)) return;
    const batch = sink.room(1);
    const row = this.#row(batch, streams, entry, EventKind.request);
    batch.proto[row] = Proto.tcp;
    this.#trueClient(batch, row, entry);
    const put = (field: number, start: number, end: number): void => {
      if (end > start) batch.setScratchText(row, field, streams.bytes, start, end);
    };
    put(Text.method, from, request.methodEnd);
    put(Text.host, request.hostStart, request.hostEnd);
    put(Text.path, request.pathStart, request.pathEnd);
    put(Text.query, request.queryStart, request.queryEnd);
    put(Text.agent, request.agentStart, request.agentEnd);
    put(Text.referer, request.refererStart, request.refererEnd);
    if (response !== undefined && bytes !== undefined) {
      batch.outcome[row] = Outcome.answered;
      batch.status[row] = response.status;
      if (response.bodyLength >= 0) {
        batch.size[row] = response.bodyLength;
        batch.flags[row] |= Flag.hasSize;
      }
      if (response.serverEnd > response.serverStart)
        putText(batch, row, Text.detail, bytes, response.serverStart, response.serverEnd);
    } else batch.outcome[row] = Outcome.unanswered;
    batch.length = row + 1;
  }

  /** A request that a trusted proxy passed on comes from the client that it names; what any other peer claims is counted. */
  #trueClient(batch: EventBatch, row: number, entry: number): void {
    const { claims, claimStart, claimEnd } = this.#request;
    const trusted = this.#trusted;
    if (trusted.size === 0 && (claims === 0 || this.#claims === undefined)) return;
    const streams = this.#streams;
    const base = entry * keyWords;
    const sender = this.#sender;
    for (let i = 0; i < 4; i++) {
      sender[i] = streams.key[base + i];
      this.#receiver[i] = streams.key[base + 4 + i];
    }
    let believed = isTrusted(trusted, sender);
    const port = believed ? this.#proxied.clientOf(streams.slot[entry], streams.key, base, sender) : -1;
    // A proxy may stand in front of the one that spoke the PROXY protocol.
    if (port >= 0) believed = isTrusted(trusted, sender);
    copyWords(sender, this.#claimed);
    const claimed =
      claims !== 0 &&
      claimedClient(streams.bytes, claimStart, claimEnd, 0, claims, false, trusted, this.#claimed);
    if (claimed && !believed && this.#claims !== undefined) this.#claims.count++;
    if (claimed && believed) batch.sourcePort[row] = 0;
    else if (port >= 0) batch.sourcePort[row] = port;
    else return;
    batch.flags[row] = (batch.flags[row] & ~Flag.v6) | Flag.forwarded;
    putAddresses(batch, row, claimed && believed ? this.#claimed : sender, this.#receiver);
  }

  #udpDns(sink: RowSink, packet: Packet, slot: number, bytes: Uint8Array): void {
    const { payloadStart: start, payloadEnd: end } = packet;
    const message = this.#message;
    if (!message.parse(bytes, start, end)) {
      sink.note(end - start < packet.payloadLength ? cutDns : brokenDns);
      return;
    }
    if (message.opcode !== 0) return;
    const queries = this.#queries;
    const at = slot * 65_536 + message.id;
    const entry = this.#queryOf.get(at) ?? -1;
    if (!message.response) {
      if (message.type === 0) return;
      if (entry >= 0) {
        // Asked again because the answer is late: the first one counts.
        if (isSender(queries, entry, packet) && this.#sameQuestion(entry, bytes, start, end)) return;
        this.#forgetQuery(sink, entry);
      }
      if (queries.full) {
        sink.note(crowded);
        this.#forgetQuery(sink, queries.oldest);
      }
      const fresh = this.#enter(queries, packet, slot, bytes, start, end);
      queries.sequence[fresh] = message.id;
      this.#queryOf.set(at, fresh);
      return;
    }
    const rcode = message.rcode;
    if (entry >= 0 && isReceiver(queries, entry, packet)) {
      this.#writeQuery(sink, queries, entry, 0, rcode);
      this.#queryOf.delete(at);
      queries.release(entry);
    } else if (message.type !== 0) this.#writeLoneAnswer(sink, packet, rcode);
  }

  /** Whether the waiting query asks for the same: question sections are compared byte by byte. */
  #sameQuestion(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const queries = this.#queries;
    const from = entry * querySize;
    const length = Math.min(queries.length[entry], end - start);
    for (let i = 4; i < length; i++) if (queries.bytes[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #forgetQuery(sink: RowSink, entry: number): void {
    const queries = this.#queries;
    this.#writeQuery(sink, queries, entry, 0, noAnswer);
    this.#queryOf.delete(queries.slot[entry] * 65_536 + queries.sequence[entry]);
    queries.release(entry);
  }

  /** `skip`: bytes before the message (its length, over TCP). */
  #writeQuery(sink: RowSink, pool: HeldMessages, entry: number, skip: number, rcode: number): void {
    const from = entry * pool.size;
    const message = this.#message;
    if (!message.parse(pool.bytes, from + skip, from + pool.length[entry])) {
      sink.note(brokenDns);
      return;
    }
    if (message.type === 0 || message.response || message.opcode !== 0) return;
    const batch = sink.room(1);
    const row = this.#row(batch, pool, entry, EventKind.query);
    batch.proto[row] = pool === this.#queries ? Proto.udp : Proto.tcp;
    this.#question(batch, row, rcode);
  }

  /** An answer whose question was not seen tells what was asked, but not for certain by whom: sources can be forged. */
  #writeLoneAnswer(sink: RowSink, packet: Packet, rcode: number): void {
    const batch = sink.room(1);
    const row = batch.length;
    batch.kind[row] = EventKind.query;
    batch.time[row] = packet.time;
    batch.flags[row] = Flag.oneSided;
    putKey(batch, row, packet.address, 4, 0);
    batch.sourcePort[row] = packet.targetPort;
    batch.targetPort[row] = packet.sourcePort;
    batch.proto[row] = Proto.udp;
    batch.role[row] = Role.unknown;
    batch.record[row] = packet.record;
    batch.rawStart[row] = 0;
    batch.rawLength[row] = 0;
    this.#question(batch, row, rcode);
  }

  #question(batch: EventBatch, row: number, rcode: number): void {
    const message = this.#message;
    batch.queryType[row] = message.type;
    batch.status[row] = rcode;
    batch.outcome[row] = rcode === noAnswer ? Outcome.unanswered : Outcome.answered;
    batch.setScratchText(row, Text.name, message.name, 0, message.nameLength);
    batch.length = row + 1;
  }

  #row(batch: EventBatch, pool: HeldMessages, entry: number, kind: number): number {
    const row = batch.length;
    const base = entry * keyWords;
    batch.kind[row] = kind;
    batch.time[row] = pool.time[entry];
    batch.flags[row] = 0;
    putKey(batch, row, pool.key, base, base + 4);
    batch.sourcePort[row] = pool.key[base + 8] >>> 16;
    batch.targetPort[row] = pool.key[base + 8] & 0xffff;
    batch.role[row] = Role.originator;
    batch.record[row] = pool.record[entry];
    batch.rawStart[row] = 0;
    batch.rawLength[row] = 0;
    return row;
  }
}

function isPart(kind: number): boolean {
  return kind === Kind.requestPart || kind === Kind.queryPart || kind === Kind.helloPart;
}

function queryIsWhole(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 2 && end - start >= 2 + ((bytes[start] << 8) | bytes[start + 1]);
}

/** Whether the packet comes from the side that sent the held message. */
function isSender(pool: HeldMessages, entry: number, packet: Packet): boolean {
  const base = entry * keyWords;
  return (
    pool.key[base + 8] === ((packet.sourcePort << 16) | packet.targetPort) &&
    pool.key[base + 3] === packet.address[3] &&
    pool.key[base + 7] === packet.address[7]
  );
}

function isReceiver(pool: HeldMessages, entry: number, packet: Packet): boolean {
  const base = entry * keyWords;
  return (
    pool.key[base + 8] === ((packet.targetPort << 16) | packet.sourcePort) &&
    pool.key[base + 3] === packet.address[7] &&
    pool.key[base + 7] === packet.address[3]
  );
}

/** Addresses of a row from signed words at two places. */
function putKey(batch: EventBatch, row: number, words: Int32Array, source: number, target: number): void {
  if (words[source + 2] === 0xffff && words[source] === 0 && words[source + 1] === 0) {
    batch.source[row] = words[source + 3];
    batch.target[row] = words[target + 3];
    return;
  }
  batch.flags[row] |= Flag.v6;
  batch.source[row] = batch.pushWide(words[source], words[source + 1], words[source + 2], words[source + 3]);
  batch.target[row] = batch.pushWide(words[target], words[target + 1], words[target + 2], words[target + 3]);
}
