import { address } from '../bytes/addresses.ts';
import { As, Cells } from '../bytes/cells.ts';
import { braceOpen, hash } from '../bytes/codes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
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
/** What the columns are read as, by meaning. */
const readAs = [
  As.stamp,
  As.address,
  As.integer,
  As.address,
  As.integer,
  As.text,
  As.text,
  As.letters,
  As.integer,
  As.integer,
  As.integer,
  As.integer,
];
/** What every row has to have a column for. */
const needed = [
  isTs,
  isSource,
  isSourcePort,
  isTarget,
  isTargetPort,
  isProto,
  isState,
  isHistory,
  isSent,
  isGot,
];

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
/** 'C': the checksum was wrong, and Zeek looked no further; offloading makes such packets of ordinary ones. */
const oUnread = 2048;
const originatorBits = oSyn | oSynAck | oAck | oData | oFin | oRst;

class ZeekConnReader implements LineReader {
  readonly #header = new ZeekHeader();
  readonly #times = new ZeekTimes();
  readonly #json = new JsonFields(names);
  #cells = new Cells([]);
  /** Columns that a row has to have; 0 without a header that names them all. */
  #wanted = 0;
  #hasHistory = false;
  #source: Uint32Array = new Uint32Array(4);
  #target: Uint32Array = new Uint32Array(4);
  readonly #sourceWords = this.#source;
  readonly #targetWords = this.#target;
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
    else if (this.#wanted === 0) reason = 'no #fields line before it';
    else reason = this.#columns(bytes, start, end);
    if (reason !== '') return reason;
    this.#append(batch);
    return '';
  }

  #learn(): void {
    const { fields, path } = this.#header;
    const meanings = fields.map((name) => (names as readonly string[]).indexOf(name));
    const complete = needed.slice(0, 6).every((meaning) => meanings.includes(meaning));
    const known = complete && (path === '' || path === 'conn');
    this.#cells = new Cells(
      readAs.map((as, meaning) => ({ column: meanings.indexOf(meaning), as })),
      { letters: historyBits },
    );
    this.#hasHistory = meanings.includes(isHistory);
    this.#wanted = known ? 1 + Math.max(...needed.map((meaning) => meanings.indexOf(meaning))) : 0;
  }

  #columns(bytes: Uint8Array, start: number, end: number): string {
    const cells = this.#cells;
    if (cells.read(bytes, start, end, this.#header.separator) < this.#wanted)
      return 'fewer columns than the #fields line names';
    const { number } = cells;
    let time = number[isTs];
    if (Number.isNaN(time)) {
      time = this.#times.read(bytes, cells.start[isTs], cells.end[isTs]);
      if (Number.isNaN(time)) return 'no time stamp';
    }
    this.#time = time;
    this.#source = cells.addresses[isSource];
    this.#target = cells.addresses[isTarget];
    if (
      (!cells.isAddress(isSource) &&
        !address(bytes, cells.start[isSource], cells.end[isSource], this.#source)) ||
      (!cells.isAddress(isTarget) &&
        !address(bytes, cells.start[isTarget], cells.end[isTarget], this.#target))
    ) {
      return 'no source or target address';
    }
    this.#sourcePort = number[isSourcePort];
    this.#targetPort = number[isTargetPort];
    if (!arePorts(this.#sourcePort, this.#targetPort)) return 'no port';
    this.#proto = protocol(bytes, cells.start[isProto]);
    this.#state = stateOf(bytes, cells.start[isState], cells.end[isState]);
    this.#history = Math.max(0, number[isHistory]);
    // `history` says who sent data, but not for ICMP and others.
    const saysWho = this.#hasHistory && (this.#proto === Proto.tcp || this.#proto === Proto.udp);
    this.#sent = saysWho ? -1 : number[isSent];
    this.#got = number[isGot];
    this.#packets = number[isPackets];
    if (this.#proto <= 0 && number[isNumber] >= 0 && number[isNumber] < 255) this.#proto = number[isNumber];
    return this.#proto < 0 ? 'no protocol' : '';
  }

  #object(bytes: Uint8Array, start: number, end: number): string {
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    if (json.kind[isPath] !== Json.absent && !json.is(isPath, 'conn')) return 'not a conn record';
    if (json.kind[isTs] === Json.absent) return 'no time stamp';
    this.#time = this.#times.read(bytes, json.start[isTs], json.end[isTs]);
    if (Number.isNaN(this.#time)) return 'no time stamp';
    this.#source = this.#sourceWords;
    this.#target = this.#targetWords;
    if (!json.address(isSource, this.#source) || !json.address(isTarget, this.#target)) {
      return 'no source or target address';
    }
    this.#sourcePort = json.integer(isSourcePort);
    this.#targetPort = json.integer(isTargetPort);
    if (!arePorts(this.#sourcePort, this.#targetPort)) return 'no port';
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
    if ((history & (rOther | swapped | oUnread)) !== 0) return false;
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
  ['C', oUnread],
  ['^', swapped],
] as const) {
  historyBits[letter.charCodeAt(0)] = bits;
}

function arePorts(source: number, target: number): boolean {
  return source >= 0 && source <= 65_535 && target >= 0 && target <= 65_535;
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
