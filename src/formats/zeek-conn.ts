import { address, addressBefore } from '../bytes/addresses.ts';
import { braceOpen, hash } from '../bytes/codes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { cursor, readDecimal, shortDecimal } from '../bytes/numbers.ts';
import { isMapped, putAddresses } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { icmp6Role, icmpRole, isStealth, udpRole } from '../wire/roles.ts';
import { recogniseZeek, ZeekHeader, ZeekTimes } from '../wire/zeek-log.ts';

/** Zeek's conn.log, TSV or JSON. */
export const zeekConn: Format = {
  name: 'zeek-conn',
  title: 'Zeek conn.log (TSV with any columns, or JSON)',
  // An unanswered UDP or ICMP flow is written after its 60 s time-out, a TCP attempt after 5 s and more.
  lateness: 120,
  yields: ['contact'],
  blindness: ['a connection is written when it ends: one that is still open is not seen yet'],
  sample:
    '{"ts":1795307531.25,"uid":"CwBp6Y","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":22,"proto":"tcp","conn_state":"REJ","history":"Sr","orig_bytes":0,"resp_bytes":0}',
  recognise: (sample) =>
    recogniseZeek(sample, 'conn', ['ts', 'id.orig_h', 'id.resp_p', 'proto', 'conn_state']),
  lines: () => new ZeekConnReader(),
};

// What a column means to this reader.
const names = [
  'ts',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'conn_state',
  'history',
  'orig_bytes',
  'resp_bytes',
  'orig_pkts',
  'ip_proto',
  '_path',
] as const;
const isTs = 0;
const isSource = 1;
const isSourcePort = 2;
const isTarget = 3;
const isTargetPort = 4;
const isProto = 5;
const isState = 6;
const isHistory = 7;
const isSent = 8;
const isGot = 9;
const isPackets = 10;
const isNumber = 11;
const isPath = 12;
/** Meanings from here on are looked up only when a row needs them. */
const lazyFrom = 10;
/** What shortDecimal gives for 65536 and more, whatever the number of digits. */
const pastPorts = 65_536 * 16;

/** conn_state as a number: its letters in base 256 ('S0', 'RSTOS0' by its first four and its length). */
const State = {
  unknown: 0,
  s0: 1,
  s1: 2,
  s2: 3,
  s3: 4,
  sf: 5,
  rej: 6,
  rsto: 7,
  rstr: 8,
  rstos0: 9,
  rstrh: 10,
  sh: 11,
  shr: 12,
  oth: 13,
} as const;

const outcomeOf = new Uint8Array([
  Outcome.unknown,
  Outcome.unanswered,
  Outcome.answered,
  Outcome.answered,
  Outcome.answered,
  Outcome.answered,
  Outcome.refused,
  Outcome.answered,
  Outcome.answered,
  Outcome.unanswered,
  Outcome.unknown,
  Outcome.unanswered,
  Outcome.unknown,
  Outcome.unknown,
]);

// Letters of `history`, originator in upper case: what they say, as bits.
const oSyn = 1;
const oSynAck = 2;
const oAck = 4;
const oData = 8;
const oFin = 16;
const oRst = 32;
const rAny = 64;
const rRst = 128;
const rData = 256;
const rOther = 512;
/** '^': Zeek took the first packet for an answer and swapped the sides. */
const swapped = 1024;
const originatorBits = oSyn | oSynAck | oAck | oData | oFin | oRst;

class ZeekConnReader implements LineReader {
  readonly #header = new ZeekHeader();
  readonly #times = new ZeekTimes();
  readonly #json = new JsonFields(names);
  /** Pairs: columns to pass over, and what the one behind them means; up to the last that is wanted in every row. */
  #plan = new Uint8Array(0);
  #sentColumn = -1;
  #packetsColumn = -1;
  #numberColumn = -1;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);
  // The row being read.
  #time = 0;
  #sourcePort = 0;
  #targetPort = 0;
  #proto = 0;
  #state = 0;
  #history = 0;
  #sent = -1;
  #got = -1;
  #packets = -1;

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const first = bytes[start];
    if (first === hash) {
      if (this.#header.directive(bytes, start, end)) this.#learn();
      return '';
    }
    this.#proto = -1;
    this.#state = State.unknown;
    this.#history = 0;
    this.#sent = -1;
    this.#got = -1;
    this.#packets = -1;
    let reason: string;
    if (first === braceOpen) reason = this.#object(bytes, start, end);
    else if (this.#plan.length === 0) reason = 'no #fields line before it';
    else reason = this.#columns(bytes, start, end);
    if (reason !== '') return reason;
    this.#append(batch);
    return '';
  }

  #learn(): void {
    const { fields, path } = this.#header;
    const meanings = fields.map((name) => (names as readonly string[]).indexOf(name));
    const complete = [isTs, isSource, isSourcePort, isTarget, isTargetPort, isProto].every((meaning) =>
      meanings.includes(meaning),
    );
    const plan: number[] = [];
    let skip = 0;
    for (const meaning of complete && (path === '' || path === 'conn') ? meanings : []) {
      // `history` says who sent data (not for ICMP), so the size of what was sent is looked at only without it.
      const wanted =
        meaning >= 0 && meaning < lazyFrom && !(meaning === isSent && meanings.includes(isHistory));
      if (!wanted) skip++;
      else {
        plan.push(skip, meaning);
        skip = 0;
      }
    }
    this.#plan = Uint8Array.from(plan);
    this.#sentColumn = meanings.includes(isHistory) ? meanings.indexOf(isSent) : -1;
    this.#packetsColumn = meanings.indexOf(isPackets);
    this.#numberColumn = meanings.indexOf(isNumber);
  }

  #columns(bytes: Uint8Array, start: number, end: number): string {
    const plan = this.#plan;
    const separator = this.#header.separator;
    let at = start;
    for (let i = 0; i < plan.length; i += 2) {
      // Columns that nobody wants go by without a branch per column: their lengths cannot be predicted.
      for (let left = plan[i]; left > 0 && at < end; at++) left -= ((bytes[at] ^ separator) - 1) >>> 31;
      if (at > end) return 'fewer columns than the #fields line names';
      // Literals, not constants: only those become a jump table.
      switch (plan[i + 1]) {
        case 0: {
          const time = this.#times.read(bytes, at, end);
          if (Number.isNaN(time)) return 'no time stamp';
          this.#time = time;
          at = cursor.at;
          break;
        }
        case 1: {
          const stop = addressBefore(bytes, at, end, separator, this.#source);
          if (stop < 0) return 'no source or target address';
          at = stop;
          break;
        }
        case 2: {
          const read = shortDecimal(bytes, at);
          if (read === 0 || read >= pastPorts) return 'no port';
          this.#sourcePort = read >>> 4;
          at += read & 15;
          break;
        }
        case 3: {
          const stop = addressBefore(bytes, at, end, separator, this.#target);
          if (stop < 0) return 'no source or target address';
          at = stop;
          break;
        }
        case 4: {
          const read = shortDecimal(bytes, at);
          if (read === 0 || read >= pastPorts) return 'no port';
          this.#targetPort = read >>> 4;
          at += read & 15;
          break;
        }
        case 5:
          this.#proto = protocol(bytes, at);
          at += 3;
          break;
        case 6: {
          const from = at;
          while (at < end && bytes[at] !== separator) at++;
          this.#state = stateOf(bytes, from, at);
          break;
        }
        case 7: {
          let history = 0;
          while (at < end && bytes[at] !== separator) history |= historyBits[bytes[at++]];
          this.#history = history;
          break;
        }
        case 8:
          this.#sent = readDecimal(bytes, at, end);
          at = cursor.at;
          break;
        case 9:
          this.#got = readDecimal(bytes, at, end);
          at = cursor.at;
          break;
        default:
      }
      while (at < end && bytes[at] !== separator) at++;
      at++;
    }
    // Rarely needed columns: packets tell a flagless probe from backscatter, the number names an odd protocol.
    if (this.#packetsColumn >= 0 && (this.#history & originatorBits & ~(oAck | oFin)) === 0) {
      this.#packets = columnNumber(bytes, start, end, separator, this.#packetsColumn);
    }
    if (this.#sentColumn >= 0 && this.#proto !== Proto.tcp && this.#proto !== Proto.udp) {
      this.#sent = columnNumber(bytes, start, end, separator, this.#sentColumn);
    }
    if (this.#numberColumn >= 0 && this.#proto <= 0) {
      const number = columnNumber(bytes, start, end, separator, this.#numberColumn);
      if (number >= 0 && number < 255) this.#proto = number;
    }
    return this.#proto < 0 ? 'no protocol' : '';
  }

  #object(bytes: Uint8Array, start: number, end: number): string {
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    if (json.kind[isPath] !== Json.absent && !json.is(isPath, 'conn')) return 'not a conn record';
    if (json.kind[isTs] === Json.absent) return 'no time stamp';
    this.#time = this.#times.read(bytes, json.start[isTs], json.end[isTs]);
    if (Number.isNaN(this.#time)) return 'no time stamp';
    if (
      !jsonAddress(json, isSource, bytes, this.#source) ||
      !jsonAddress(json, isTarget, bytes, this.#target)
    ) {
      return 'no source or target address';
    }
    this.#sourcePort = json.integer(isSourcePort);
    this.#targetPort = json.integer(isTargetPort);
    if (
      this.#sourcePort < 0 ||
      this.#sourcePort > 65_535 ||
      this.#targetPort < 0 ||
      this.#targetPort > 65_535
    ) {
      return 'no port';
    }
    if (json.kind[isProto] === Json.string) this.#proto = protocol(bytes, json.start[isProto]);
    const number = json.integer(isNumber);
    if (number >= 0 && number < 255) this.#proto = number;
    if (this.#proto < 0) return 'no protocol';
    if (json.kind[isState] === Json.string) {
      this.#state = stateOf(bytes, json.start[isState], json.end[isState]);
    }
    if (json.kind[isHistory] === Json.string) {
      let history = 0;
      for (let at = json.start[isHistory]; at < json.end[isHistory]; at++) history |= historyBits[bytes[at]];
      this.#history = history;
    }
    this.#sent = json.integer(isSent);
    this.#got = json.integer(isGot);
    this.#packets = json.integer(isPackets);
    return '';
  }

  #append(batch: EventBatch): void {
    const row = batch.length++;
    const history = this.#history;
    let proto = this.#proto;
    let sourcePort = this.#sourcePort;
    let targetPort = this.#targetPort;
    let outcome = outcomeOf[this.#state];
    let role: number = Role.originator;
    let flags = 0;
    if ((history & oData) !== 0 || this.#sent > 0) flags |= Flag.sentData;
    if ((history & rData) !== 0 || this.#got > 0) flags |= Flag.gotData;
    if (this.#got >= 0) flags |= Flag.hasSize;
    if (proto === Proto.tcp) {
      flags |= tcpFlags(history);
      role = this.#tcpRole(history);
      if (this.#isStealth(history)) {
        role = Role.originator;
        flags |= Flag.stealth;
        if (outcome !== Outcome.unanswered)
          outcome = (history & rRst) === 0 ? Outcome.unanswered : Outcome.refused;
      }
    } else if (proto === Proto.icmp) {
      const words = this.#target;
      const v6 = !isMapped(words[0], words[1], words[2]);
      if (v6) proto = Proto.icmp6;
      role = v6 ? icmp6Role(sourcePort) : icmpRole(sourcePort);
      targetPort = ((sourcePort & 255) << 8) | (targetPort & 255);
      sourcePort = 0;
      if (this.#got > 0) outcome = Outcome.answered;
      else outcome = role === Role.originator ? Outcome.unanswered : Outcome.unknown;
    } else if (this.#got > 0) outcome = Outcome.answered;
    if (proto === Proto.udp) {
      if (this.#state === State.shr) role = Role.responder;
      else if (this.#state === State.s0 && udpRole(sourcePort, targetPort) === Role.responder)
        role = Role.responder;
    }
    if (proto !== Proto.tcp && isMulticast(this.#target)) role = Role.unknown;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = this.#time;
    batch.flags[row] = flags;
    putAddresses(batch, row, this.#source, this.#target);
    batch.sourcePort[row] = sourcePort;
    batch.targetPort[row] = targetPort;
    batch.proto[row] = proto;
    batch.outcome[row] = outcome;
    batch.role[row] = role;
    if (this.#got > 0) batch.size[row] = this.#got;
  }

  /** Backscatter (an answer without a question) is no probe; what was picked up in the middle has no beginner. */
  #tcpRole(history: number): number {
    const state = this.#state;
    if (state === State.shr || state === State.rstrh) return Role.responder;
    const sent = history & originatorBits;
    if (sent !== 0 && (sent & oSyn) === 0) {
      // Only a RST or a SYN-ACK came from the side that Zeek takes for the originator.
      if ((sent & ~(oRst | oAck)) === 0 && (sent & oRst) !== 0 && (history & rAny) === 0)
        return Role.responder;
      if ((sent & oSynAck) !== 0) return Role.responder;
    }
    return state === State.oth || state === State.unknown ? Role.unknown : Role.originator;
  }

  /**
   * Only FINs, or ACKs out of the blue, or packets without any flag came from the originator, and at most a RST came back.
   * Zeek calls that SH or RSTR (FIN), RSTRH (ACK, flagless; closed) or OTH (no answer).
   */
  #isStealth(history: number): boolean {
    if ((history & (rOther | swapped)) !== 0) return false;
    const sent = history & originatorBits;
    if (sent === oFin) return true;
    // No letter at all: a packet was sent that has none of the flags that Zeek writes down.
    if (sent === 0)
      return (
        this.#packets > 0 && this.#packets <= 3 && (this.#state === State.oth || this.#state === State.rstrh)
      );
    const plain = sent === oAck || sent === (oAck | oFin);
    if (!plain || (this.#state !== State.oth && this.#state !== State.rstrh)) return false;
    if (this.#packets > 3) return false;
    return isStealth(sent === oAck ? Flag.ack : Flag.ack | Flag.fin, this.#sourcePort, this.#targetPort);
  }
}

function jsonAddress(json: JsonFields, field: number, bytes: Uint8Array, words: Uint32Array): boolean {
  return json.kind[field] === Json.string && address(bytes, json.start[field], json.end[field], words);
}

/** tcp, udp, icmp; anything else ('unknown_transport') is 0 until 'ip_proto' says better; -1 when unset. */
function protocol(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 116:
      return Proto.tcp;
    case 117:
      return bytes[at + 1] === 100 ? Proto.udp : 0;
    case 105:
      return Proto.icmp;
    case 115:
      return Proto.sctp;
    default:
      return -1;
  }
}

function stateOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const second = bytes[start + 1];
  if (length === 2) {
    if (bytes[start] !== 83) return State.unknown;
    switch (second) {
      case 48:
        return State.s0;
      case 49:
        return State.s1;
      case 50:
        return State.s2;
      case 51:
        return State.s3;
      case 70:
        return State.sf;
      case 72:
        return State.sh;
      default:
        return State.unknown;
    }
  }
  if (length === 3) {
    if (second === 69) return State.rej;
    if (second === 84) return State.oth;
    return second === 72 ? State.shr : State.unknown;
  }
  if (length === 4 && second === 83) return bytes[start + 3] === 79 ? State.rsto : State.rstr;
  if (length === 5 && second === 83) return State.rstrh;
  return length === 6 && second === 83 ? State.rstos0 : State.unknown;
}

const historyBits = new Uint16Array(256);
for (const [letter, bits] of [
  ['S', oSyn],
  ['H', oSynAck],
  ['A', oAck],
  ['D', oData],
  ['F', oFin],
  ['R', oRst],
  ['s', rAny | rOther],
  ['h', rAny | rOther],
  ['a', rAny | rOther],
  ['d', rAny | rOther | rData],
  ['f', rAny | rOther],
  ['r', rAny | rRst],
  ['^', swapped],
] as const) {
  historyBits[letter.charCodeAt(0)] = bits;
}

/** The integer in a column; -1 when there is none. */
function columnNumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  separator: number,
  column: number,
): number {
  let at = start;
  for (let left = column; left > 0 && at < end; at++) if (bytes[at] === separator) left--;
  return readDecimal(bytes, at, end);
}

/** The originator's flags, or-ed over the connection. */
function tcpFlags(history: number): number {
  let flags: number = Flag.tcpFlags;
  if ((history & oSyn) !== 0) flags |= Flag.syn;
  if ((history & oSynAck) !== 0) flags |= Flag.syn | Flag.ack;
  if ((history & (oAck | oData)) !== 0) flags |= Flag.ack;
  if ((history & oFin) !== 0) flags |= Flag.fin;
  if ((history & oRst) !== 0) flags |= Flag.rst;
  return flags;
}

function isMulticast(words: Uint32Array): boolean {
  if (isMapped(words[0], words[1], words[2])) return words[3] >>> 28 === 14 || words[3] === 0xffff_ffff;
  return words[0] >>> 24 === 255;
}
