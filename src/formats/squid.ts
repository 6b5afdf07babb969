import { colon, slash } from '../bytes/codes.ts';
import { find, hasText, isText } from '../bytes/numbers.ts';
import { readEpoch } from '../bytes/times.ts';
import { Words } from '../bytes/words.ts';
import { Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { LineEnvelope } from '../wire/line-envelope.ts';
import { shareOf } from '../wire/recognition.ts';
import { Part, RequestParts } from '../wire/request-parts.ts';

/** Squid's native access log: what clients asked a forward proxy for. */
export const squid: Format = {
  name: 'squid',
  title: 'Squid access log (native format)',
  lateness: 10,
  yields: ['request'],
  blindness: [
    'only what went through the proxy is seen',
    'inside a CONNECT tunnel nothing is',
    'there is no user agent and no referer',
  ],
  sample:
    '1795307531.250      1 192.0.2.7 TCP_DENIED/403 3893 GET http://www.example.com/admin? - HIER_NONE/- text/html',
  recognise: (sample) => 0.95 * shareOf(sample, (line) => row.test(line)),
  lines: (info) => new SquidReader(info),
};

/** Stamp, elapsed ms, client, 'TCP_MISS/200', bytes, method. */
const row = /\b\d{9,11}\.\d{3} +-?\d{1,9} [\da-fA-F:.]{2,45} [A-Z_]{3,60}\/\d{3} \d{1,15} [A-Z_]{1,20} /;

const fields = {
  time: 0,
  elapsed: 1,
  client: 2,
  result: 3,
  size: 4,
  method: 5,
  url: 6,
  user: 7,
  peer: 8,
} as const;
const fieldCount = 9;

class SquidReader implements LineReader {
  readonly #parts: RequestParts;
  readonly #envelope: LineEnvelope;
  readonly #words = new Words(fieldCount);
  /** The slash behind the result. */
  #code = 0;

  constructor(info: InputInfo) {
    this.#parts = new RequestParts(info);
    this.#envelope = new LineEnvelope(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    let time = readEpoch(bytes, start, end);
    let body = start;
    // A stamp of its own looks like a syslog stamp of `journalctl -o short-unix`: only a line that is not Squid's is unwrapped.
    if (!this.#split(bytes, start, end) || Number.isNaN(time)) {
      body = this.#envelope.body(bytes, start, end);
      if (body < 0 || !this.#split(bytes, body, end)) return 'fewer fields than the native format has';
      time = readEpoch(bytes, body, end);
    }
    const parts = this.#parts;
    const { start: from, end: to } = this.#words;
    parts.clear();
    parts.set(Part.client, from[fields.client], to[fields.client], bytes);
    const code = this.#code;
    parts.set(Part.status, code + 1, to[fields.result], bytes);
    parts.set(Part.size, from[fields.size], to[fields.size], bytes);
    parts.set(Part.method, from[fields.method], to[fields.method], bytes);
    parts.set(Part.user, from[fields.user], to[fields.user], bytes);
    const url = from[fields.url];
    const urlEnd = to[fields.url];
    // 'error:transaction-end-before-headers' and the like are what Squid says where there was no request.
    if (!hasText(bytes, url, urlEnd, 'error:')) {
      parts.set(Part.target, url, urlEnd, bytes);
      if (isText(bytes, from[fields.method], to[fields.method], 'CONNECT'))
        parts.set(Part.host, url, urlEnd, bytes);
    }
    // Whom Squid asked; a parent or sibling is not the target.
    const peer = find(bytes, from[fields.peer], to[fields.peer], slash);
    if (isText(bytes, peer - 6, peer, 'DIRECT') || isText(bytes, peer - 12, peer, 'ORIGINAL_DST'))
      parts.set(Part.server, peer + 1, to[fields.peer], bytes);
    const row = batch.length;
    const reason = parts.put(batch, bytes, time);
    if (reason === '') batch.setText(row, Text.detail, from[fields.result], code);
    return reason;
  }

  /** Notes where the fields stand; the elapsed time is padded with blanks. */
  #split(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#words.find(bytes, start, end, fieldCount) < fieldCount) return false;
    const { start: from, end: to } = this.#words;
    this.#code = find(bytes, from[fields.result], to[fields.result], slash);
    return this.#code < to[fields.result] && bytes[from[fields.time] + 10] !== colon;
  }
}
