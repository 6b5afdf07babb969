import type { EventBatch } from '../model/event.ts';
import { EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { Format, InputInfo, LineReader } from '../model/format.ts';
import { putAddresses } from '../model/address.ts';
import { space } from '../bytes/codes.ts';
import { CsvFields } from '../bytes/csv.ts';
import { decimal, hasText } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { endpoint, readEndpoint } from '../wire/alert-line.ts';
import { FieldSteps, layoutOf } from '../wire/field-steps.ts';
import { shareOf } from '../wire/recognition.ts';

/** Access logs of AWS's load balancers: application (ALB), classic (HTTP listeners), and network (TLS listeners). */
export const awsElb: Format = {
  name: 'aws-elb',
  title: 'AWS load balancer access log (ALB, classic ELB, NLB TLS)',
  lateness: 60,
  yields: ['request', 'contact'],
  blindness: [
    'connections that never became a request are not in an ALB’s access log',
    'an NLB logs TLS listeners only',
    'the load balancer’s own address is not in an ALB’s log',
  ],
  sample:
    'https 2026-11-22T00:32:11.250000Z app/my-alb/50dc6c495c0c9188 192.0.2.7:61000 10.0.0.1:80 0.000 0.001 0.000 404 404 34 366 "GET https://www.example.com:443/admin?x=1 HTTP/1.1" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "www.example.com" "-" 0 2026-11-22T00:32:11.249000Z "forward" "-" "-" "10.0.0.1:80" "404" "-" "-"',
  recognise: (sample) => 0.96 * shareOf(sample, isElb),
  lines: (info) => new ElbReader(info),
};

function isElb(line: string): boolean {
  const words = line.split(' ', 6);
  const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z?$/;
  if (words[0] === 'tls') return stamp.test(words[2] ?? '') && (words[3] ?? '').startsWith('net/');
  if (/^(?:https?|h2|grpcs?|wss?)$/.test(words[0]))
    return stamp.test(words[1] ?? '') && (words[2] ?? '').startsWith('app/');
  return (
    stamp.test(words[0]) &&
    /^[\da-f.:[\]]+:\d+$/.test(words[2] ?? '') &&
    / "[^"]*" "[^"]*" \S+ \S+$/.test(line.slice(0, 4096))
  );
}

const layouts = [
  // type, time, name, client, target, three durations, status of the balancer and of the target, bytes, request, agent …
  layoutOf('{} {time} {} {client:port} {} {} {} {} {status} {} {} {size} "{request}" "{agent}" {…}'),
  // Classic: the same without type, and the name first known from the third field on.
  layoutOf('{time} {} {client:port} {} {} {} {} {status} {} {} {size} "{request}" "{agent}" {…}'),
];

class ElbReader implements LineReader {
  readonly #steps: FieldSteps;
  readonly #times: IsoTimes;
  readonly #fields = new CsvFields(24);
  readonly #source = new Uint32Array(4);
  readonly #target = new Uint32Array(4);

  constructor(info: InputInfo) {
    this.#steps = new FieldSteps(info, layouts);
    this.#times = new IsoTimes(new Zone('UTC'));
  }

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    return hasText(bytes, start, end, 'tls ')
      ? this.#tls(batch, bytes, start, end)
      : this.#steps.line(batch, bytes, start, end);
  }

  // type, version, time, elb, listener, client, destination, connection ms, handshake ms, bytes in, bytes out, alert, …
  #tls(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const fields = this.#fields;
    if (fields.split(bytes, start, end, space) < 12) return 'fewer fields than a TLS listener logs';
    const time = this.#times.read(bytes, fields.start[2], fields.end[2]);
    if (Number.isNaN(time)) return 'no time stamp';
    if (!readEndpoint(bytes, fields.start[5], fields.end[5], true, this.#source)) return 'no client address';
    const sourcePort = Math.max(0, endpoint.port);
    if (!readEndpoint(bytes, fields.start[6], fields.end[6], true, this.#target))
      return 'no listener address';
    const row = batch.length++;
    batch.kind[row] = EventKind.contact;
    batch.time[row] = time;
    batch.flags[row] = 0;
    putAddresses(batch, row, this.#source, this.#target);
    batch.sourcePort[row] = sourcePort;
    batch.targetPort[row] = Math.max(0, endpoint.port);
    batch.proto[row] = Proto.tcp;
    batch.outcome[row] = Outcome.answered;
    batch.role[row] = Role.originator;
    const size = decimal(bytes, fields.start[10], fields.end[10]);
    if (size >= 0) batch.flags[row] |= Flag.hasSize;
    if (size > 0) batch.size[row] = size;
    const name = 17;
    if (fields.count > name && fields.end[name] - fields.start[name] > 1)
      batch.setText(row, Text.detail, fields.start[name], fields.end[name]);
    return '';
  }
}
