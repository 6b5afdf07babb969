import { unescapeJson } from '../bytes/json-escapes.ts';
import { Json } from '../bytes/json-fields.ts';
import { decodedLine } from '../bytes/kernel.ts';
import { EventKind, Flag, Outcome, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { ContainerLines, outOfContainers } from '../wire/container-lines.ts';
import { isJsonLine, JsonRequestParts } from '../wire/json-requests.ts';
import type { JsonRequestTable } from '../wire/json-requests.ts';
import { setJsonText } from '../wire/json-text.ts';
import { shareOf } from '../wire/recognition.ts';
import { findTag, severityOf, tagged } from '../wire/waf-message.ts';

/** The audit log of ModSecurity 2 and 3 and of Coraza in JSON: what the firewall saw, and what it made of it. */
export const modsecurityJson: Format = {
  name: 'modsecurity-json',
  title: 'ModSecurity 2 and 3, Coraza: audit log in JSON',
  lateness: 10,
  yields: ['request', 'alert'],
  blindness: [
    'with SecAuditEngine RelevantOnly only what a rule or a status marked is seen: successes and most misses (404) are missing',
    'of several rules that matched one request the first is named',
  ],
  sample:
    '{"transaction":{"client_ip":"192.0.2.7","time_stamp":"Sun Nov 22 00:32:11 2026","server_id":"70cb38a1","client_port":61000,"host_ip":"198.51.100.4","host_port":443,"unique_id":"1795307531","request":{"method":"GET","http_version":1.1,"uri":"/.env?x=1","headers":{"Host":"www.example.com","User-Agent":"curl/8.5.0"}},"response":{"http_code":403,"headers":{}},"producer":{"modsecurity":"ModSecurity v3.0.12 (Linux)"},"messages":[{"message":"Restricted File Access Attempt","details":{"match":"x","ruleId":"930130","severity":"2","tags":[]}}]}}',
  recognise: (sample) =>
    0.95 *
    shareOf(outOfContainers(sample), (line) =>
      isJsonLine(
        line,
        (has) => has('transaction') && has('request') && (has('client_ip') || has('remote_address')),
      ),
    ),
  lines: (info) => new ContainerLines(new AuditReader(info)),
};

/** A request header under the names and shapes that the three give it. */
function header(name: string): string[] {
  const lower = name.toLowerCase();
  return ['transaction/request/headers/', 'request/headers/'].flatMap((folder) =>
    [name, lower].flatMap((key) => [`${folder}${key}`, `${folder}${key}/[0]`]),
  );
}

const table: JsonRequestTable = {
  time: ['transaction/unix_timestamp', 'transaction/time_stamp', 'transaction/timestamp', 'transaction/time'],
  client: ['transaction/client_ip', 'transaction/remote_address'],
  clientPort: ['transaction/client_port', 'transaction/remote_port'],
  server: ['transaction/host_ip', 'transaction/local_address'],
  serverPort: ['transaction/host_port', 'transaction/local_port'],
  request: ['request/request_line'],
  method: ['transaction/request/method'],
  target: ['transaction/request/uri'],
  status: ['transaction/response/http_code', 'transaction/response/status', 'response/status'],
  host: header('Host'),
  agent: header('User-Agent'),
  referer: header('Referer'),
  forwardedFor: header('X-Forwarded-For'),
  forwarded: header('Forwarded'),
  realIp: [
    ...header('CF-Connecting-IP'),
    ...header('True-Client-IP'),
    ...header('Fastly-Client-IP'),
    ...header('X-Real-IP'),
  ],
};

const more = [
  // ModSecurity 3
  'transaction/messages/[0]/message',
  'transaction/messages/[0]/details/ruleId',
  'transaction/messages/[0]/details/severity',
  // Coraza
  'messages/[0]/data/msg',
  'messages/[0]/data/id',
  'messages/[0]/data/severity',
  'transaction/is_interrupted',
  // ModSecurity 2
  'audit_data/messages/[0]',
  'audit_data/action/intercepted',
];
const at = { message: 0, coraza: 3, interrupted: 6, text: 7, intercepted: 8 } as const;
const id = 1;
const severity = 2;
/** As much of a message is looked at; matched data may make them long. */
const messageLimit = 8192;

class AuditReader implements LineReader {
  readonly #record: JsonRequestParts;

  constructor(info: InputInfo) {
    this.#record = new JsonRequestParts(info, table, more);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    const record = this.#record;
    const reason = record.read(bytes, start, end) || record.parts.put(batch, bytes, record.time);
    if (reason !== '') return reason;
    const { json, more: first } = record;
    const group = json.isString(first + at.message) ? at.message : at.coraza;
    const described = json.isString(first + group);
    if (!described && !json.isString(first + at.text)) return '';
    const row = batch.repeat(batch.length - 1);
    batch.kind[row] = EventKind.alert;
    batch.flags[row] &= ~Flag.hasSize;
    const denied =
      json.kind[first + at.interrupted] === Json.true || json.kind[first + at.intercepted] === Json.true;
    batch.outcome[row] = denied ? Outcome.denied : Outcome.unknown;
    if (!described) {
      this.#tagged(batch, row, bytes);
      return '';
    }
    const level = first + group + severity;
    batch.status[row] = severityOf(bytes, json.start[level], json.end[level]);
    setJsonText(batch, row, Text.name, json, first + group, bytes);
    setJsonText(batch, row, Text.detail, json, first + group + id, bytes);
    return '';
  }

  // 'Access denied with code 403 (phase 2). Pattern match … [id "930130"] [msg "…"] [severity "CRITICAL"]'
  #tagged(batch: EventBatch, row: number, bytes: Uint8Array): void {
    const { json, more: first } = this.#record;
    const field = first + at.text;
    const message = decodedLine(bytes);
    const stop = Math.min(json.end[field], json.start[field] + messageLimit);
    const length = unescapeJson(bytes, json.start[field], stop, message, 0);
    findTag(message, 0, length, 'severity');
    batch.status[row] = severityOf(message, tagged.start, tagged.end);
    const named = findTag(message, 0, length, 'msg') && tagged.end > tagged.start;
    batch.setScratchText(row, Text.name, message, named ? tagged.start : 0, named ? tagged.end : length);
    if (findTag(message, 0, length, 'id'))
      batch.setScratchText(row, Text.detail, message, tagged.start, tagged.end);
  }
}
