import { address } from '../bytes/addresses.ts';
import { bracketOpen, colon, space } from '../bytes/codes.ts';
import { findText, lastText } from '../bytes/find-text.ts';
import { cursor, find, hasText, isText, port, readDecimal } from '../bytes/numbers.ts';
import { putAddresses, putSource } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { addressTo } from '../wire/alert-line.ts';
import { LogLine } from '../wire/log-line.ts';
import { putText } from '../wire/put-text.ts';
import { shareOf } from '../wire/recognition.ts';

/** OpenSSH's server: who logged in, who tried, and who came to look. */
export const sshd: Format = {
  name: 'sshd',
  title: 'OpenSSH sshd (auth.log, secure, journal)',
  lateness: 10,
  yields: ['login', 'contact'],
  blindness: ['sshd names its own machine, not the address that was reached'],
  sample:
    'Nov 22 00:32:11 gw sshd[4711]: Accepted publickey for root from 192.0.2.7 port 40000 ssh2: ED25519 SHA256:abc',
  recognise(sample) {
    const share = shareOf(sample, (line) => program.test(line.slice(0, 200)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: (info) => new SshdReader(info),
};

const program = /[ "]sshd(?:-session|-auth)?(?:\[\d{1,9}\]: |"| \d{1,9} )/;

function isProgram(bytes: Uint8Array, start: number, end: number): boolean {
  if (!hasText(bytes, start, end, 'sshd')) return false;
  return (
    end - start === 4 || isText(bytes, start + 4, end, '-session') || isText(bytes, start + 4, end, '-auth')
  );
}

const service = Buffer.from('ssh');
/** 'message repeated 900 times' is as many rows at most. */
const repeatLimit = 60;
/** Connections whose user was called invalid, until the attempt itself is told. */
const invalidSlots = 256;
const sentBoth = Flag.sentData | Flag.gotData;

/** What a line is about, by how it begins; the address stands behind it. The client may have chosen any text after it. */
const visits: readonly { readonly begins: string; readonly flags: number }[] = [
  { begins: 'Did not receive identification string from ', flags: Flag.gotData },
  { begins: 'Unable to negotiate with ', flags: sentBoth },
  { begins: 'banner exchange: Connection from ', flags: sentBoth },
  { begins: 'ssh_dispatch_run_fatal: Connection from ', flags: sentBoth },
  { begins: 'Received disconnect from ', flags: sentBoth },
];
/** The same where a user's name may stand before the address, so that it is found from the end. */
const partings = ['Connection closed by ', 'Connection reset by ', 'Disconnected from '];

class SshdReader implements LineReader {
  readonly #line: LogLine;
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);
  #hasTarget = false;
  #sourcePort = 0;
  #serverPort = 22;
  readonly #invalid = new Int32Array(invalidSlots);

  constructor(info: InputInfo) {
    this.#line = new LogLine(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const line = this.#line;
    const wrong = line.read(bytes, start, end);
    if (wrong !== '') return wrong;
    if (!isProgram(line.bytes, line.tagStart, line.tagEnd)) return 'not of sshd';
    this.#hasTarget = false;
    return this.#message(batch, line.start, line.end);
  }

  #message(batch: EventBatch, from: number, to: number): string {
    const { bytes } = this.#line;
    let at = from;
    let end = to;
    let times = 1;
    if (hasText(bytes, at, end, 'message repeated ')) {
      times = Math.min(repeatLimit, Math.max(1, readDecimal(bytes, at + 17, end)));
      at = find(bytes, cursor.at, end, bracketOpen) + 1;
      while (at < end && bytes[at] === space) at++;
      if (end > at && bytes[end - 1] === 93) end--;
    }
    if (hasText(bytes, at, end, 'error: ')) at += 7;
    if (hasText(bytes, at, end, 'fatal: ')) at += 7;
    for (let i = 0; i < times; i++) {
      const said = this.#one(batch, bytes, at, end);
      if (said !== '') return said;
    }
    return '';
  }

  #one(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    if (hasText(bytes, at, end, 'Failed ')) return this.#attempt(batch, bytes, at + 7, end, 0);
    if (hasText(bytes, at, end, 'Accepted ')) return this.#attempt(batch, bytes, at + 9, end, 1);
    if (hasText(bytes, at, end, 'Invalid user ')) return this.#invalidUser(batch, bytes, at + 13, end);
    if (hasText(bytes, at, end, 'User ')) return this.#notAllowed(batch, bytes, at + 5, end);
    if (hasText(bytes, at, end, 'Connection from ')) return this.#connection(batch, bytes, at + 16, end);
    if (hasText(bytes, at, end, 'Server listening on ')) {
      const mark = findText(bytes, at, end, ' port ');
      const own = mark < 0 ? -1 : readDecimal(bytes, mark + 6, end);
      if (own > 0 && own < 65_536) this.#serverPort = own;
      return '';
    }
    const initial = bytes[at];
    for (const { begins, flags } of visits) {
      if (initial !== begins.charCodeAt(0) || !hasText(bytes, at, end, begins)) continue;
      if (!this.#forward(bytes, at + begins.length, end)) return 'no address of a client';
      // Only before a login: behind one it is the end of a session.
      if (begins.startsWith('Received') && !isBefore(bytes, end)) return '';
      this.#append(batch, EventKind.contact, flags);
      return '';
    }
    if (hasText(bytes, at, end, 'Bad protocol version identification ')) {
      const last = lastText(bytes, at, end, "' from ");
      if (last < 0 || !this.#forward(bytes, last + 7, end)) return 'no address of a client';
      const row = this.#append(batch, EventKind.contact, sentBoth);
      putText(batch, row, Text.agent, bytes, at + 37, last);
      return '';
    }
    for (const begins of partings) {
      if (initial !== begins.charCodeAt(0) || !hasText(bytes, at, end, begins)) continue;
      // Behind a login a user stands before the address; in front of one nothing, or what kind of user it claims to be.
      const before = isBefore(bytes, end);
      if (!before && !this.#forward(bytes, at + begins.length, end)) return '';
      if (before && !this.#backward(bytes, at + begins.length, end)) return 'no address of a client';
      this.#append(batch, EventKind.contact, sentBoth);
      return '';
    }
    return '';
  }

  // 'password for [invalid user ]NAME from 192.0.2.7 port 40000 ssh2[: key]'. The name may hold all of that too.
  #attempt(batch: EventBatch, bytes: Uint8Array, at: number, end: number, success: number): string {
    const method = find(bytes, at, end, space);
    if (!hasText(bytes, method, end, ' for ')) return '';
    let user = method + 5;
    const from = lastText(bytes, user, end, ' from ');
    if (from < 0 || !this.#forward(bytes, from + 6, end)) return 'no address of a client';
    if (success === 0 && hasText(bytes, user, from, 'invalid user ')) {
      user += 13;
      const slot = this.#slot();
      // The attempt that was told when its user was called invalid.
      if (this.#invalid[slot] === this.#mark()) {
        this.#invalid[slot] = 0;
        return '';
      }
    }
    const row = this.#login(batch, bytes, user, from, success);
    putText(batch, row, Text.detail, bytes, at, method);
    return '';
  }

  #invalidUser(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const from = lastText(bytes, at - 1, end, ' from ');
    if (from < 0 || !this.#forward(bytes, from + 6, end)) return 'no address of a client';
    this.#invalid[this.#slot()] = this.#mark();
    this.#login(batch, bytes, at, from, 0);
    return '';
  }

  // 'User NAME from 192.0.2.7 not allowed because …'
  #notAllowed(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    const reason = lastText(bytes, at, end, ' not allowed because ');
    if (reason < 0) return '';
    const from = lastText(bytes, at, reason, ' from ');
    if (from < 0 || !this.#forward(bytes, from + 6, reason)) return 'no address of a client';
    this.#login(batch, bytes, at, from, 0);
    return '';
  }

  // '192.0.2.7 port 40000 on 198.51.100.4 port 22' (LogLevel VERBOSE)
  #connection(batch: EventBatch, bytes: Uint8Array, at: number, end: number): string {
    if (!this.#forward(bytes, at, end)) return 'no address of a client';
    const on = findText(bytes, at, end, ' on ');
    if (on >= 0) {
      const stop = find(bytes, on + 4, end, space);
      this.#hasTarget = address(bytes, on + 4, stop, this.#target);
      const own = hasText(bytes, stop, end, ' port ') ? readDecimal(bytes, stop + 6, end) : -1;
      if (own > 0 && own < 65_536) this.#serverPort = own;
    }
    this.#append(batch, EventKind.contact, 0);
    return '';
  }

  /** 'ADDRESS[ port N]' at `at`. */
  #forward(bytes: Uint8Array, at: number, end: number): boolean {
    this.#sourcePort = 0;
    let stop = addressTo(bytes, at, end, space, this.#source);
    if (stop < 0 || bytes[stop - 1] === colon) {
      stop = find(bytes, at, end, space) - 1;
      if (stop < at || bytes[stop] !== colon || !address(bytes, at, stop, this.#source)) return false;
    }
    if (hasText(bytes, stop, end, ' port ')) {
      let last = stop + 6;
      while (last < end && bytes[last] >= 48 && bytes[last] <= 57) last++;
      this.#sourcePort = Math.max(0, port(bytes, stop + 6, last));
    }
    return true;
  }

  /** The same in front of ' [preauth]', behind a name that may hold anything. */
  #backward(bytes: Uint8Array, at: number, end: number): boolean {
    const stop = end - preauth.length;
    const mark = lastText(bytes, at, stop, ' port ');
    const tail = mark < 0 ? stop : mark;
    let start = tail;
    while (start > at && bytes[start - 1] !== space) start--;
    return this.#forward(bytes, start, stop);
  }

  #login(batch: EventBatch, bytes: Uint8Array, start: number, end: number, success: number): number {
    const row = this.#append(batch, EventKind.login, sentBoth);
    batch.status[row] = success;
    batch.setScratchText(row, Text.name, service);
    putText(batch, row, Text.user, bytes, start, end);
    return row;
  }

  #append(batch: EventBatch, kind: number, flags: number): number {
    const row = batch.length;
    batch.kind[row] = kind;
    batch.time[row] = this.#line.time;
    batch.flags[row] = flags;
    if (this.#hasTarget) putAddresses(batch, row, this.#source, this.#target);
    else putSource(batch, row, this.#source);
    batch.sourcePort[row] = this.#sourcePort;
    batch.targetPort[row] = this.#serverPort;
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    batch.length = row + 1;
    return row;
  }

  /** Address and port of the client as one number, never 0. */
  #mark(): number {
    const source = this.#source;
    return (Math.imul(source[0] ^ source[1] ^ source[2] ^ source[3], 0x9e3779b1) ^ this.#sourcePort) | 1;
  }

  #slot(): number {
    return (this.#mark() >>> 8) & (invalidSlots - 1);
  }
}

const preauth = ' [preauth]';

function isBefore(bytes: Uint8Array, end: number): boolean {
  return end >= preauth.length && hasText(bytes, end - preauth.length, end, preauth);
}
