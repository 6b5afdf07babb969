import type { Format } from '../model/format.ts';
import { ContainerLines, outOfContainers } from '../wire/container-lines.ts';
import { FieldSteps, layoutOf } from '../wire/field-steps.ts';
import { isJsonLine, JsonRequests } from '../wire/json-requests.ts';
import type { HasKey, JsonRequestTable } from '../wire/json-requests.ts';
import { shareOf } from '../wire/recognition.ts';
import type { EventBatch } from '../model/event.ts';
import type { InputInfo, LineReader } from '../model/format.ts';
import { braceClose } from '../bytes/codes.ts';

/** Envoy's access log: its default text, Istio's, and JSON with the operators' usual names. */
export const envoy: Format = {
  name: 'envoy',
  title: 'Envoy access log, text or JSON (Istio, Envoy Gateway and others)',
  // The stamp is the start of the request, the line is written at its end.
  lateness: 60,
  yields: ['request'],
  blindness: [
    'the default text names no peer: the client is the last entry of X-Forwarded-For, which is Envoy’s own only with use_remote_address',
    'the default text has no referer',
  ],
  sample:
    '[2026-11-22T00:32:11.250Z] "GET /admin?x=1 HTTP/2" 404 NR 0 153 1 - "192.0.2.7" "curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "www.example.com" "-"',
  recognise: (sample) =>
    0.95 *
    shareOf(
      outOfContainers(sample),
      (line) => textLine.test(line.slice(0, 160)) || isJsonLine(line, isEnvoy),
    ),
  lines: (info) => new ContainerLines(new EnvoyReader(info)),
};

const textLine = /^\[\d{4}-\d\d-\d\dT[\d:.]{8,18}Z\] "/;

function isEnvoy(has: HasKey): boolean {
  return (
    has('response_code') &&
    has('start_time') &&
    (has('response_flags') || has('upstream_cluster') || has('route_name'))
  );
}

const head = '[{time}] "{request}" {status} {}';
const tail = '{} {size} {} {} "{forwardedFor}" "{agent}" "{}" "{host}" "{}"';

const layouts = [
  // Istio's: reason, termination and transport failure behind the flags; addresses at the end.
  layoutOf(`${head} {} {} "{}" ${tail} {} {} {server} {client} {…}`),
  // Envoy's own names no peer but the list that Envoy appended it to.
  layoutOf(`${head} ${tail.replace('forwardedFor', 'appendedFor')}`),
];

const table: JsonRequestTable = {
  time: ['start_time'],
  client: ['downstream_remote_address', 'downstream_direct_remote_address'],
  server: ['downstream_local_address'],
  host: ['authority', ':authority', 'host'],
  method: ['method', ':method'],
  target: ['x-envoy-origin-path', 'x-envoy-original-path', 'path', ':path'],
  status: ['response_code'],
  size: ['bytes_sent'],
  agent: ['user_agent', 'user-agent'],
  referer: ['referer'],
  forwardedFor: ['x_forwarded_for', 'x-forwarded-for'],
  realIp: ['cf-connecting-ip', 'true-client-ip', 'fastly-client-ip', 'x-real-ip'],
};

class EnvoyReader implements LineReader {
  readonly #json: JsonRequests;
  readonly #text: FieldSteps;

  constructor(info: InputInfo) {
    this.#json = new JsonRequests(info, table);
    this.#text = new FieldSteps(info, layouts);
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    return end > start && bytes[end - 1] === braceClose
      ? this.#json.line(batch, bytes, start, end)
      : this.#text.line(batch, bytes, start, end);
  }
}
