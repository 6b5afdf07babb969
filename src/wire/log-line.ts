import { braceOpen, space } from '../bytes/codes.ts';
import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json, JsonFields } from '../bytes/json-fields.ts';
import { decodedLine } from '../bytes/kernel.ts';
import { find, hasText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { Syslog } from './syslog.ts';

const Field = { journalTime: 0, message: 1, identifier: 2, log: 3, time: 4 } as const;
const paths = ['__REALTIME_TIMESTAMP', 'MESSAGE', 'SYSLOG_IDENTIFIER', 'log', 'time'];

/**
 * A daemon's message out of what carries it: syslog in any of its envelopes (see {@link Syslog}), journald as JSON, the log
 * files of Docker (JSON) and of Kubernetes ('2026-11-22T00:32:11.25Z stdout F …'). A message is at most as long as its line.
 */
export class LogLine {
  /** µs UTC; NaN when the carrier has none. */
  time = Number.NaN;
  /** What holds the message: the line's own bytes, or a buffer when it had to be decoded. Valid until the next line. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Where the message began before a header was looked for: daemons' own files have a stamp and nothing else. */
  own = 0;
  /** Program name, empty when the carrier names none. */
  tagStart = 0;
  tagEnd = 0;
  readonly #syslog: Syslog;
  readonly #iso: IsoTimes;
  readonly #json = new JsonFields(paths);

  constructor(info: InputInfo) {
    this.#syslog = new Syslog(info);
    this.#iso = new IsoTimes(new Zone(info.zone));
  }

  /** Unpacks `bytes[start, end)`; '' or why it cannot be. */
  read(bytes: Uint8Array, start: number, end: number): string {
    this.bytes = bytes;
    if (bytes[start] === braceOpen) return this.#object(bytes, start, end);
    const container = this.#container(bytes, start, end);
    if (container >= 0) {
      this.start = this.own = container;
      this.end = end;
      return '';
    }
    const host = this.#syslog.stamp(bytes, start, end);
    if (host < 0) return 'no time stamp';
    this.time = this.#syslog.time;
    this.own = host;
    this.start = this.#syslog.header(bytes, host, end);
    this.end = end;
    this.tagStart = this.#syslog.tagStart;
    this.tagEnd = this.#syslog.tagEnd;
    return '';
  }

  /** Whether the program is called so, or the carrier names none. */
  isFrom(name: string): boolean {
    const length = this.tagEnd - this.tagStart;
    return length === 0 || (length === name.length && hasText(this.bytes, this.tagStart, this.tagEnd, name));
  }

  // Kubernetes (CRI): stamp, stream, 'F' (full) or 'P' (partial), message.
  #container(bytes: Uint8Array, start: number, end: number): number {
    const stream = find(bytes, start, Math.min(end, start + 40), space) + 1;
    const tag = stream + 7;
    if (tag + 2 >= end || bytes[tag - 1] !== space || bytes[tag + 1] !== space) return -1;
    if (!hasText(bytes, stream, end, 'stdout') && !hasText(bytes, stream, end, 'stderr')) return -1;
    const time = this.#iso.read(bytes, start, end);
    if (Number.isNaN(time)) return -1;
    this.time = time;
    this.tagStart = this.tagEnd = start;
    return tag + 2;
  }

  #object(bytes: Uint8Array, start: number, end: number): string {
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    const docker = json.isString(Field.log);
    const field = docker ? Field.log : Field.message;
    if (!json.isString(field)) return 'no message';
    let time: number;
    if (docker) {
      time = json.isString(Field.time)
        ? this.#iso.read(bytes, json.start[Field.time], json.end[Field.time])
        : Number.NaN;
    } else {
      const micros = json.integer(Field.journalTime);
      time = micros < 0 ? Number.NaN : micros;
    }
    if (Number.isNaN(time)) return 'no time stamp';
    this.time = time;
    let from = json.start[field];
    let to = json.end[field];
    this.tagStart = this.tagEnd = 0;
    const named = !docker && json.kind[Field.identifier] === Json.string;
    if (json.kind[field] === Json.string) {
      if (named) {
        this.tagStart = json.start[Field.identifier];
        this.tagEnd = json.end[Field.identifier];
      }
    } else {
      const tag = named ? json.end[Field.identifier] - json.start[Field.identifier] : 0;
      const decoded = decodedLine(bytes);
      for (let i = 0; i < tag; i++) decoded[i] = bytes[json.start[Field.identifier] + i];
      this.tagEnd = tag;
      to = tag + unescapeJson(bytes, from, to, decoded, tag);
      from = tag;
      this.bytes = decoded;
      if (to > from && decoded[to - 1] === 10) to--;
    }
    this.start = this.own = from;
    this.end = to;
    return '';
  }
}

/** Takes the message in `line`; returns as {@link LineReader} does. */
export interface MessageReader {
  message(batch: EventBatch, line: LogLine): string;
}

/** Reads the messages of a daemon out of whatever carries them. */
export class CarriedLines implements LineReader {
  readonly #line: LogLine;
  readonly #messages: MessageReader;

  constructor(info: InputInfo, messages: MessageReader) {
    this.#line = new LogLine(info);
    this.#messages = messages;
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const wrong = this.#line.read(bytes, start, end);
    return wrong === '' ? this.#messages.message(batch, this.#line) : wrong;
  }
}
