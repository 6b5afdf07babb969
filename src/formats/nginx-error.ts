import { comma, quote } from '../bytes/codes.ts';
import { find, hasText } from '../bytes/numbers.ts';
import { TextMarks } from '../bytes/text-marks.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ContainerLines, outOfContainers } from '../wire/container-lines.ts';
import { WebTimes } from '../wire/web-times.ts';
import { LineEnvelope } from '../wire/line-envelope.ts';
import { shareOf } from '../wire/recognition.ts';
import { Part, RequestParts } from '../wire/request-parts.ts';
import { putWafAlert } from '../wire/waf-message.ts';

/** nginx's error log: what it says of clients' requests, and ModSecurity's lines in it. */
export const nginxError: Format = {
  name: 'nginx-error',
  title: 'nginx error log, with ModSecurity’s lines',
  lateness: 10,
  yields: ['request', 'alert'],
  blindness: [
    'requests that went well are not in an error log: nothing that looks at their share can be told',
    'missing files are logged only where nginx itself looks for them, and not with log_not_found off',
  ],
  sample:
    '2026/11/22 00:32:11 [error] 31#31: *46 open() "/usr/share/nginx/html/admin" failed (2: No such file or directory), client: 192.0.2.7, server: _, request: "GET /admin?x=1 HTTP/1.1", host: "www.example.com"',
  recognise: (sample) => 0.95 * shareOf(outOfContainers(sample), (line) => row.test(line.slice(0, 200))),
  lines: (info) => new ContainerLines(new ErrorReader(info)),
};

/** Stamp, level, process#thread. */
const row =
  /(?:^|[ :])\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(?:emerg|alert|crit|error|warn|notice|info|debug)\] \d+#\d+: /;

/** What the client got, by what the message says; the first that fits. */
const statuses: readonly { readonly text: string; readonly status: number }[] = [
  { text: '(2: No such file or directory)', status: 404 },
  { text: '(20: Not a directory)', status: 404 },
  { text: '(36: File name too long)', status: 404 },
  { text: 'Primary script unknown', status: 404 },
  { text: '(13: Permission denied)', status: 403 },
  { text: 'access forbidden by rule', status: 403 },
  { text: 'directory index of ', status: 403 },
  { text: ' was not found in ', status: 401 },
  { text: 'password mismatch', status: 401 },
  { text: 'no user/password was provided', status: 401 },
  { text: 'client intended to send too large body', status: 413 },
  { text: 'client sent ', status: 400 },
  { text: 'limiting requests', status: 503 },
  { text: 'limiting connections', status: 503 },
  { text: 'upstream timed out', status: 504 },
  { text: 'while connecting to upstream', status: 502 },
];

/** What is looked for in a line, in front of what {@link statuses} look for. */
const parting = [', client: ', ', host: "', ', referrer: "', ' ModSecurity: ', ', request: "', ' user "'];
const Mark = { client: 0, host: 1, referer: 2, waf: 3, request: 4, user: 5, statuses: 6 } as const;

class ErrorReader implements LineReader {
  readonly #marks = TextMarks.of([...parting, ...statuses.map(({ text }) => text)]);
  readonly #times: WebTimes;
  readonly #parts: RequestParts;
  readonly #envelope: LineEnvelope;

  constructor(info: InputInfo) {
    this.#times = new WebTimes(new Zone(info.zone));
    this.#parts = new RequestParts(info);
    this.#envelope = new LineEnvelope(info);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    let body = start;
    let time = this.#times.read(bytes, start, end);
    if (Number.isNaN(time) || bytes[start + 4] !== 47) {
      body = this.#envelope.body(bytes, start, end);
      if (body < 0) return 'no time stamp';
      time = this.#times.read(bytes, body, end);
      if (Number.isNaN(time)) return 'no time stamp';
    }
    const marks = this.#marks;
    marks.find(bytes, body, end);
    const client = this.#client(bytes, body, end);
    // The server's own: starts, stops, upstreams.
    if (client < 0) return '';
    if (this.#client(bytes, client, end) >= 0) return 'two clients in one line: one is forged';
    const parts = this.#parts;
    parts.clear();
    const clientEnd = find(bytes, client, end, comma);
    parts.set(Part.client, client, clientEnd, bytes);
    this.#quoted(Part.host, Mark.host, bytes, clientEnd, end);
    this.#quoted(Part.referer, Mark.referer, bytes, clientEnd, end);
    const waf = marks.in(Mark.waf, bytes, body, client);
    if (waf >= 0) return putWafAlert(parts, batch, bytes, time, waf + 14, client - 10);
    this.#quoted(Part.request, Mark.request, bytes, clientEnd, end);
    if (!parts.has(Part.request)) return 'a message that is not about a request';
    const user = marks.in(Mark.user, bytes, body, client);
    if (user >= 0) parts.set(Part.user, user + 7, find(bytes, user + 7, client, quote), bytes);
    const index = batch.length;
    const reason = parts.put(batch, bytes, time);
    if (reason === '') {
      for (let i = 0; i < statuses.length; i++) {
        if (marks.in(Mark.statuses + i, bytes, body, client) < 0) continue;
        batch.status[index] = statuses[i].status;
        break;
      }
    }
    return reason;
  }

  #quoted(part: number, mark: number, bytes: Uint8Array, start: number, end: number): void {
    const at = this.#marks.in(mark, bytes, start, end);
    if (at < 0) return;
    const from = at + parting[mark].length;
    this.#parts.set(part, from, find(bytes, from, end, quote), bytes);
  }

  /** Where the address of the next ', client: ADDRESS, server: ' stands; -1 when there is none. */
  #client(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (;;) {
      at = this.#marks.in(Mark.client, bytes, at, end);
      if (at < 0) return -1;
      at += 10;
      if (hasText(bytes, find(bytes, at, end, comma), end, ', server: ')) return at;
    }
  }
}
