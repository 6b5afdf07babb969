import {
  backslash,
  bracketClose,
  bracketOpen,
  colon,
  greater,
  less,
  minus,
  nine,
  quote,
  space,
  zero,
} from '../bytes/codes.ts';
import { cursor, find } from '../bytes/numbers.ts';
import { IsoTimes, NcsaTimes, readEpoch } from '../bytes/times.ts';
import { YearlessTimes } from '../bytes/yearless.ts';
import { Zone } from '../bytes/zone.ts';
import type { InputInfo } from '../model/format.ts';

/**
 * The envelope that syslog daemons put around a message. Understood: RFC 3164 (with year or fraction too), RFC 5424, the
 * ISO-stamped files of rsyslog, syslog-ng and `journalctl -o short-iso`, epoch stamps (`short-unix`), Proxmox's firewall
 * log; each with or without '<PRI>', octet count, and (but for RFC 5424, which has a '-' there) host.
 */
export class Syslog {
  /** µs UTC of the last stamp. */
  time = Number.NaN;
  /** A host may follow the stamp; not so in Proxmox's firewall log. */
  hasHost = true;
  hostStart = 0;
  hostEnd = 0;
  /** Program name without '[pid]'; empty when the line has none. */
  tagStart = 0;
  tagEnd = 0;
  readonly #iso: IsoTimes;
  readonly #yearless: YearlessTimes;
  readonly #ncsa: NcsaTimes;
  #rfc5424 = false;

  constructor(info: InputInfo) {
    const zone = new Zone(info.zone);
    this.#iso = new IsoTimes(zone);
    this.#ncsa = new NcsaTimes(zone);
    this.#yearless = new YearlessTimes(zone, info.modified);
  }

  /** Reads priority and stamp into `time`; returns the position of what follows (the host), or -1. */
  stamp(bytes: Uint8Array, start: number, end: number): number {
    this.#rfc5424 = false;
    this.hasHost = true;
    let at = start;
    if (at < end && bytes[at] === less) {
      at = this.#priority(bytes, at, end);
      if (at >= end) return -1;
    }
    const first = bytes[at];
    let time: number;
    if (first > nine) time = this.#yearless.read(bytes, at, end);
    else if (first < zero) return -1;
    else if (bytes[at + 4] === minus) time = this.#iso.read(bytes, at, end);
    else return this.#numeric(bytes, at, end);
    if (Number.isNaN(time)) return -1;
    this.time = time;
    at = cursor.at;
    while (at < end && bytes[at] === space) at++;
    return at;
  }

  /** Reads host and program from what {@link stamp} returned; returns where the message begins. */
  header(bytes: Uint8Array, at: number, end: number): number {
    this.hostStart = at;
    let position = this.hasHost ? find(bytes, at, end, space) : at;
    if (position > at && bytes[position - 1] === colon && !this.#rfc5424 && isTag(bytes, at, position, end))
      position = at;
    this.hostEnd = position;
    position = blanks(bytes, position, end);
    if (this.#rfc5424) return this.#header5424(bytes, position, end);
    this.tagStart = position;
    let mark = position;
    while (mark < end && bytes[mark] !== space && bytes[mark] !== colon && bytes[mark] !== bracketOpen)
      mark++;
    this.tagEnd = mark;
    if (mark < end && bytes[mark] === bracketOpen) mark = find(bytes, mark, end, bracketClose) + 1;
    if (mark < end && bytes[mark] === colon && mark > position) return blanks(bytes, mark + 1, end);
    this.tagEnd = this.tagStart;
    return position;
  }

  // '<PRI>' with RFC 5424's version behind it.
  #priority(bytes: Uint8Array, start: number, end: number): number {
    let at = start + 1;
    while (at < end && at - start < 5 && bytes[at] >= zero && bytes[at] <= nine) at++;
    if (at >= end || bytes[at] !== greater) return end;
    at++;
    // Cisco's devices put a colon there: '<164>:Nov 22 …'.
    if (at < end && bytes[at] === colon) at++;
    if (at + 1 < end && bytes[at] === zero + 1 && bytes[at + 1] === space) {
      this.#rfc5424 = true;
      at += 2;
    }
    return at;
  }

  // A line that begins with digits, but with no ISO date: octet count, version, epoch seconds, Proxmox.
  #numeric(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] >= zero && bytes[at] <= nine) at++;
    const digits = at - start;
    if (at < end && bytes[at] === space && digits <= 7) {
      const next = at + 1;
      if (next < end && bytes[next] === less) return this.stamp(bytes, next, end);
      if (digits === 1 && bytes[next + 4] === minus && bytes[start] === zero + 1) {
        const after = this.stamp(bytes, next, end);
        this.#rfc5424 = true;
        return after;
      }
      return this.#proxmox(bytes, next, end);
    }
    if (digits < 9) return -1;
    const time = readEpoch(bytes, start, end);
    if (Number.isNaN(time)) return -1;
    this.time = time;
    return blanks(bytes, cursor.at, end);
  }

  // '0 3 PVEFW-HOST-IN 20/Jun/2022:13:09:14 +0200 policy DROP: IN=…': guest, level, chain, NCSA stamp.
  #proxmox(bytes: Uint8Array, at: number, end: number): number {
    const chain = find(bytes, at, end, space) + 1;
    const stamp = find(bytes, chain, end, space) + 1;
    const time = this.#ncsa.read(bytes, stamp, end);
    if (Number.isNaN(time)) return -1;
    this.time = time;
    this.hasHost = false;
    return blanks(bytes, cursor.at, end);
  }

  // APP-NAME PROCID MSGID [structured data]… MSG
  #header5424(bytes: Uint8Array, start: number, end: number): number {
    this.tagStart = start;
    let at = find(bytes, start, end, space);
    this.tagEnd = at;
    for (let field = 0; field < 2; field++) at = find(bytes, blanks(bytes, at, end), end, space);
    at = blanks(bytes, at, end);
    if (at < end && bytes[at] === minus) at++;
    while (at < end && bytes[at] === bracketOpen) at = structured(bytes, at, end);
    at = blanks(bytes, at, end);
    return at + 2 < end && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf
      ? at + 3
      : at;
  }
}

function blanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === space) at++;
  return at;
}

/**
 * Whether the word where the host should be, which ends in a colon, is the program: 'sshd[4711]:', or 'sshd:' with no
 * 'program[4711]:' behind it. HAProxy and programs on the sender itself leave the host out; 'gw:' and '2001:db8::' are hosts.
 */
function isTag(bytes: Uint8Array, start: number, wordEnd: number, end: number): boolean {
  let at = start;
  while (bytes[at] !== colon && bytes[at] !== bracketOpen) at++;
  if (bytes[at] === bracketOpen) return at > start;
  if (at + 1 < wordEnd || at === start) return false;
  at = blanks(bytes, wordEnd, end);
  while (at < end && bytes[at] !== space && bytes[at] !== colon && bytes[at] !== bracketOpen) at++;
  if (at >= end || bytes[at] !== bracketOpen || bytes[at + 1] < zero || bytes[at + 1] > nine) return true;
  const close = find(bytes, at, end, bracketClose);
  return close + 1 >= end || bytes[close + 1] !== colon;
}

/** Passes one '[id name="value" …]'; quotes and brackets inside values are escaped with a backslash. */
function structured(bytes: Uint8Array, start: number, end: number): number {
  let quoted = false;
  for (let at = start + 1; at < end; at++) {
    const code = bytes[at];
    if (code === backslash) at++;
    else if (code === quote) quoted = !quoted;
    else if (code === bracketClose && !quoted) return at + 1;
  }
  return end;
}
