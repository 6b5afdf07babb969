import { address } from '../bytes/addresses.ts';
import { braceOpen, space } from '../bytes/codes.ts';
import { JsonFields } from '../bytes/json-fields.ts';
import { find, hasText, isText, port } from '../bytes/numbers.ts';
import { IsoTimes } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Format, LineReader } from '../model/format.ts';
import { queryTypeOf, rcodeOf } from '../wire/dns-words.ts';
import { setJsonText } from '../wire/json-text.ts';
import { QueryRow } from '../wire/query-row.ts';
import { shareOf } from '../wire/recognition.ts';

/** Amazon Route 53: the resolver's query logs (JSON) and those of public hosted zones (text). */
export const route53: Format = {
  name: 'route53',
  title: 'Amazon Route 53 query logs (Resolver as JSON, public hosted zones as text)',
  lateness: 60,
  yields: ['query'],
  blindness: [
    'the Resolver logs a name once while its answer is cached',
    'the source of a public zone’s query is a resolver',
  ],
  sample:
    '{"version":"1.100000","account_id":"111122223333","region":"us-east-1","vpc_id":"vpc-0a1b","query_timestamp":"2026-11-22T00:32:11Z","query_name":"vpn.example.com.","query_type":"A","query_class":"IN","rcode":"NXDOMAIN","answers":[],"srcaddr":"192.0.2.7","srcport":"40000","transport":"UDP","srcids":{"instance":"i-0a1b"}}',
  recognise(sample) {
    const share = shareOf(sample, (line) => isResolver(line) || zoneLine.test(line.slice(0, 500)));
    return share === 0 ? 0 : 0.5 + 0.45 * share;
  },
  lines: () => new Route53Reader(),
};

const zoneLine =
  /^1\.\d \d{4}-\d\d-\d\dT[0-9:.]{8,20}Z Z[A-Z0-9]{1,32} [^ ]{1,255} [A-Z0-9]{1,12} [A-Z]{1,12} (?:UDP|TCP) [^ ]{1,16} /;
const isResolver = (line: string): boolean =>
  line.startsWith('{') &&
  ['"query_timestamp"', '"query_name"', '"srcaddr"'].every((key) => line.includes(key));

const at = { time: 0, name: 1, type: 2, rcode: 3, source: 4, port: 5, transport: 6, answer: 7 } as const;
const paths = [
  'query_timestamp',
  'query_name',
  'query_type',
  'rcode',
  'srcaddr',
  'srcport',
  'transport',
  'answers/[0]/Rdata',
];

class Route53Reader implements LineReader {
  readonly #json = new JsonFields(paths);
  readonly #iso = new IsoTimes(new Zone('UTC'));
  readonly #row = new QueryRow();

  line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    return bytes[start] === braceOpen
      ? this.#resolver(batch, bytes, start, end)
      : this.#zone(batch, bytes, start, end);
  }

  #resolver(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    const json = this.#json;
    if (!json.read(bytes, start, end)) return 'not a whole JSON object';
    if (!json.isString(at.time)) return 'no time stamp';
    const row = this.#row;
    row.begin(this.#iso.read(bytes, json.start[at.time], json.end[at.time]));
    if (Number.isNaN(row.time)) return 'no time stamp';
    if (!json.address(at.source, row.source)) return 'no source address';
    if (!json.isString(at.name)) return 'no name asked for';
    row.sourcePort = Math.max(
      0,
      json.isString(at.port) ? port(bytes, json.start[at.port], json.end[at.port]) : 0,
    );
    if (!json.is(at.transport, 'UDP')) row.proto = Proto.tcp;
    row.type = queryTypeOf(bytes, json.start[at.type], json.end[at.type]);
    row.status = rcodeOf(bytes, json.start[at.rcode], json.end[at.rcode], json.isString(at.rcode));
    row.nameStart = json.start[at.name];
    row.nameEnd = json.end[at.name];
    const added = row.append(batch, bytes);
    if (json.isString(at.answer)) setJsonText(batch, added, Text.detail, json, at.answer, bytes);
    return '';
  }

  // '1.0 2026-11-22T00:32:11.250Z Z123412341234 vpn.example.com A NXDOMAIN UDP FRA6 192.0.2.7 203.0.113.0/24'
  #zone(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
    if (!hasText(bytes, start, end, '1.')) return 'no time stamp';
    const stamp = find(bytes, start, end, space) + 1;
    const zone = find(bytes, stamp, end, space) + 1;
    const name = find(bytes, zone, end, space) + 1;
    const type = find(bytes, name, end, space) + 1;
    const rcode = find(bytes, type, end, space) + 1;
    const proto = find(bytes, rcode, end, space) + 1;
    const edge = find(bytes, proto, end, space) + 1;
    const source = find(bytes, edge, end, space) + 1;
    const row = this.#row;
    row.begin(this.#iso.read(bytes, stamp, zone - 1));
    if (Number.isNaN(row.time)) return 'no time stamp';
    if (source >= end || !address(bytes, source, find(bytes, source, end, space), row.source))
      return 'no source address';
    row.nameStart = name;
    row.nameEnd = type - 1;
    row.type = queryTypeOf(bytes, type, rcode - 1);
    row.status = rcodeOf(bytes, rcode, proto - 1, true);
    if (!isText(bytes, proto, edge - 1, 'UDP')) row.proto = Proto.tcp;
    row.append(batch, bytes);
    return '';
  }
}
