import * as z from 'zod';
import { bracketClose, bracketOpen, colon, quote, slash, space } from '../bytes/codes.ts';
import { findText, lastText } from '../bytes/find-text.ts';
import { find, hasText } from '../bytes/numbers.ts';
import { Zone } from '../bytes/zone.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ContainerLines, outOfContainers } from '../wire/container-lines.ts';
import { WebTimes } from '../wire/web-times.ts';
import { Coding } from '../wire/coded-text.ts';
import { LineEnvelope } from '../wire/line-envelope.ts';
import { shareOf } from '../wire/recognition.ts';
import { Part, RequestParts } from '../wire/request-parts.ts';
import { putWafAlert } from '../wire/waf-message.ts';

const usualRoots = [
  '/var/www/html',
  '/var/www',
  '/usr/local/apache2/htdocs',
  '/srv/www/htdocs',
  '/srv/http',
  '/usr/local/www/apache24/data',
  '/opt/lampp/htdocs',
  'C:/Apache24/htdocs',
];

const config = z.object({
  document_roots: z
    .array(z.string().min(1))
    .default(usualRoots)
    .describe(
      'Folders that the site is served from. They are taken off the paths of missing files, so that these are the paths that were asked for, as the access log has them.',
    ),
});

/** Apache's error log: what it says of clients' requests, and ModSecurity's lines in it. */
export const apacheError: Format = {
  name: 'apache-error',
  title: 'Apache HTTP Server error log, with ModSecurity’s lines',
  lateness: 10,
  yields: ['request', 'alert'],
  blindness: [
    'requests that went well are not in an error log: nothing that looks at their share can be told',
    'Apache 2.4 logs missing files at level info only; the default is warn',
  ],
  sample:
    '[Sun Nov 22 00:32:11.250000 2026] [core:info] [pid 7005:tid 140667133085440] [client 192.0.2.7:61000] AH00128: File does not exist: /var/www/html/admin/login.php',
  config,
  recognise: (sample) => 0.95 * shareOf(outOfContainers(sample), (line) => row.test(line.slice(0, 200))),
  lines: (info) => new ContainerLines(new ErrorReader(info)),
};

/** Stamp, then level or module and level. */
const row =
  /(?:^|: )\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{6})? \d{4}\] \[[a-z\d_]*:?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\] /;

/** What a message says was asked for: the text before it and behind it, the status that the client got, and what it is. */
interface Meaning {
  readonly text: string;
  readonly behind?: string;
  readonly status: number;
  readonly names: 'file' | 'path' | 'request' | 'target';
}

// Statuses: ap_default_handler and the like in server/core.c, ap_process_request_internal in server/request.c,
// ap_read_request in server/protocol.c; mod_authz_core, mod_auth_basic, mod_cgi, mod_negotiation, mod_proxy.
const meanings: readonly Meaning[] = [
  { text: 'File does not exist: ', status: 404, names: 'file' },
  { text: 'script not found or unable to stat: ', status: 404, names: 'file' },
  { text: 'script ', status: 404, names: 'file' },
  { text: 'client denied by server configuration: uri ', status: 403, names: 'path' },
  { text: 'client denied by server configuration: ', status: 403, names: 'file' },
  { text: 'Directory index forbidden by Options directive: ', status: 403, names: 'file' },
  { text: 'Cannot serve directory ', status: 403, names: 'file' },
  { text: 'Symbolic link not allowed or link target not accessible: ', status: 403, names: 'file' },
  { text: 'Invalid URI in request ', status: 400, names: 'request' },
  { text: 'Invalid method in request ', status: 0, names: 'request' },
  { text: 'invalid URI path (', behind: ')', status: 400, names: 'target' },
  { text: "HTTP Request Line; URI incorrectly encoded: '", behind: "'", status: 400, names: 'target' },
  { text: "found %2f (encoded '/') in URI path (", behind: '), returning 404', status: 404, names: 'path' },
  {
    text: "found %2f (encoded '/') in URI (decoded='",
    behind: "'), returning 404",
    status: 404,
    names: 'path',
  },
  { text: 'Cannot map ', behind: ' to file', status: 403, names: 'request' },
  { text: 'access to ', behind: " denied (filesystem path '", status: 403, names: 'path' },
  { text: 'access to ', behind: ' denied because search permissions ', status: 403, names: 'path' },
  { text: 'access to ', behind: " failed (filesystem path '", status: 403, names: 'path' },
  { text: 'file permissions deny server access: ', status: 403, names: 'file' },
  { text: 'Options ExecCGI is off in this directory: ', status: 403, names: 'file' },
  { text: 'attempt to invoke directory as script: ', status: 403, names: 'file' },
  { text: 'Attempt to serve directory: ', status: 404, names: 'file' },
  { text: "AcceptPathInfo off disallows user's path: ", status: 404, names: 'file' },
  {
    text: 'Negotiation: discovered file(s) matching request: ',
    behind: ' (None could be negotiated)',
    status: 404,
    names: 'file',
  },
  { text: 'authorization failure (no authenticated user): ', status: 401, names: 'path' },
  { text: 'client used wrong authentication scheme: ', status: 401, names: 'path' },
  { text: 'No protocol handler was valid for the URL ', behind: ' (scheme ', status: 500, names: 'path' },
  { text: 'No protocol handler was valid for the URL ', behind: '. If you are ', status: 500, names: 'path' },
  { text: 'Error reading from remote server returned by ', status: 502, names: 'path' },
];

const otherwise = 'a message that is not about what was asked for';

class ErrorReader implements LineReader {
  readonly #times: WebTimes;
  readonly #parts: RequestParts;
  readonly #envelope: LineEnvelope;
  /** Longest first. */
  readonly #roots: readonly string[];

  constructor(info: InputInfo) {
    const { document_roots: roots } = config.parse(info.options ?? {});
    this.#times = new WebTimes(new Zone(info.zone));
    this.#parts = new RequestParts(info);
    this.#envelope = new LineEnvelope(info);
    this.#roots = roots.map((root) => root.replace(/\/+$/, '')).sort((x, y) => y.length - x.length);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    let body = start;
    if (bytes[body] !== bracketOpen) {
      body = this.#envelope.body(bytes, start, end);
      if (body < 0 || bytes[body] !== bracketOpen) return 'no time stamp';
    }
    const stampEnd = find(bytes, body, end, bracketClose);
    const time = this.#times.read(bytes, body + 1, stampEnd);
    if (Number.isNaN(time)) return 'no time stamp';
    // '[core:error]' since 2.4, which also writes the port behind the client.
    const level = stampEnd + 2;
    const levelEnd = find(bytes, level, end, bracketClose);
    const client = findText(bytes, levelEnd, end, '[client ');
    // The server's own: starts, stops, certificates.
    if (client < 0) return '';
    const clientEnd = find(bytes, client, end, bracketClose);
    const parts = this.#parts;
    parts.clear();
    parts.set(Part.client, client + 8, clientEnd, bytes);
    parts.coding[Part.client] =
      find(bytes, level, levelEnd, colon) < levelEnd ? Coding.portBehind : Coding.plain;
    let at = clientEnd + 2;
    // ModSecurity 2 before 2.9.8 names the client a second time.
    if (hasText(bytes, at, end, '[client ')) at = find(bytes, at, end, bracketClose) + 2;
    // 'AH00128: '
    if (hasText(bytes, at, end, 'AH') && bytes[at + 7] === colon) at += 9;
    if (hasText(bytes, at, end, 'ModSecurity: ')) return putWafAlert(parts, batch, bytes, time, at + 13, end);
    const stop = this.#referer(bytes, at, end);
    if (hasText(bytes, at, stop, 'user ')) return this.#login(batch, bytes, time, at + 5, stop);
    for (const { text, behind, status, names } of meanings) {
      if (!hasText(bytes, at, stop, text)) continue;
      const from = at + text.length;
      let to = stop;
      if (behind !== undefined) {
        to = lastText(bytes, from, stop, behind);
        if (to < 0) continue;
      }
      if (names === 'request') this.#request(bytes, from, to);
      else if (names === 'file') this.#file(bytes, from, to);
      else parts.set(names === 'path' ? Part.path : Part.target, from, to, bytes);
      return this.#put(batch, bytes, time, status);
    }
    return otherwise;
  }

  #put(batch: EventBatch, bytes: Uint8Array, time: number, status: number): string {
    const index = batch.length;
    const reason = this.#parts.put(batch, bytes, time);
    if (reason === '') batch.status[index] = status;
    return reason;
  }

  /** Takes ', referer: …' off; returns where the message ends. */
  #referer(bytes: Uint8Array, at: number, end: number): number {
    const mark = findText(bytes, at, end, ', referer: ');
    if (mark < 0) return end;
    this.#parts.set(Part.referer, mark + 11, end, bytes);
    return mark;
  }

  // 'GET /a HTTP/1.1'; since 2.5 "'the path' 'the request line'".
  #request(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = bytes[end - 1] === space ? end - 1 : end;
    if (bytes[from] === apostrophe && bytes[to - 1] === apostrophe) {
      const line = lastText(bytes, from, to, "' '");
      to--;
      from = line < 0 ? from + 1 : line + 3;
    }
    this.#parts.set(Part.request, from, to, bytes);
  }

  /** A file's path as the path that was asked for; PHP puts it in quotes with words behind it. */
  #file(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = end;
    if (bytes[from] === apostrophe || bytes[from] === quote) {
      const close = find(bytes, from + 1, end, bytes[from]);
      from++;
      to = close;
    }
    const words = findText(bytes, from, to, ': No matching DirectoryIndex');
    if (words >= 0) to = words;
    for (const root of this.#roots) {
      if (!hasText(bytes, from, to, root)) continue;
      const behind = from + root.length;
      if (behind < to && bytes[behind] === slash) {
        from = behind;
        break;
      }
    }
    this.#parts.set(Part.path, from, to, bytes);
  }

  // 'frank not found: /admin', 'frank: authentication failure for "/admin": Password Mismatch', and of Digest
  // "`frank' in realm `staff' not found: /admin", 'frank: password mismatch: /admin'.
  #login(batch: EventBatch, bytes: Uint8Array, time: number, at: number, end: number): string {
    const parts = this.#parts;
    if (bytes[at] === backquote) {
      const close = find(bytes, at, end, apostrophe);
      const path = lastText(bytes, close, end, ': /');
      if (path < 0) return otherwise;
      parts.set(Part.user, at + 1, close, bytes);
      parts.set(Part.path, path + 2, end, bytes);
      return this.#put(batch, bytes, time, 401);
    }
    let mark = findText(bytes, at, end, ' not found: ');
    const mismatch = mark < 0 ? findText(bytes, at, end, ': password mismatch: ') : -1;
    if (mark >= 0) parts.set(Part.path, mark + 12, end, bytes);
    else if (mismatch >= 0) {
      parts.set(Part.path, mismatch + 21, end, bytes);
      mark = mismatch;
    } else {
      mark = findText(bytes, at, end, ': authentication failure for "');
      if (mark < 0) mark = findText(bytes, at, end, ': authorization failure for "');
      if (mark < 0) return otherwise;
      const path = find(bytes, mark, end, quote) + 1;
      parts.set(Part.path, path, find(bytes, path, end, quote), bytes);
    }
    parts.set(Part.user, at, mark, bytes);
    return this.#put(batch, bytes, time, 401);
  }
}

const apostrophe = 39;
const backquote = 96;
