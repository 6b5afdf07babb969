import { formatIPv4, formatWords } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { FieldSource, FieldValue } from './field-source.ts';
import type { Logsource } from './tree.ts';

// Offtrail's events under the names that Sigma's taxonomies give them. A field that an event does not have is missing;
// nothing is null here. docs/sigma.md has the table.

type Getter = (batch: EventBatch, row: number) => FieldValue;

const text =
  (field: number): Getter =>
  (batch, row) =>
    decoded(batch, row, field);

// One view of the bytes that texts are cut from: a batch has one or two of them.
let viewed: Uint8Array | undefined;
let view: Buffer = Buffer.alloc(0);

function decoded(batch: EventBatch, row: number, field: number): string | undefined {
  const length = batch.textLengthOf(row, field);
  if (length === 0) return undefined;
  const bytes = batch.textBytesOf(row, field);
  if (bytes !== viewed) {
    viewed = bytes;
    view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  const start = batch.textStartOf(row, field);
  return view.toString('utf8', start, start + length);
}

const source: Getter = (batch, row) => address(batch, row, batch.source[row]);
const target: Getter = (batch, row) =>
  (batch.flags[row] & Flag.noTarget) === 0 ? address(batch, row, batch.target[row]) : undefined;

function address(batch: EventBatch, row: number, value: number): string {
  if ((batch.flags[row] & Flag.v6) === 0) return formatIPv4(value);
  const at = value * 4;
  return formatWords(batch.wide[at], batch.wide[at + 1], batch.wide[at + 2], batch.wide[at + 3]);
}

const isIcmp = (batch: EventBatch, row: number): boolean =>
  batch.proto[row] === Proto.icmp || batch.proto[row] === Proto.icmp6;
const hasPorts = (batch: EventBatch, row: number): boolean =>
  batch.proto[row] === Proto.tcp || batch.proto[row] === Proto.udp || batch.proto[row] === Proto.sctp;

/** As Zeek and ECS write it, an ICMP message's type stands for the source port and its code for the target's. */
const sourcePort: Getter = (batch, row) => {
  if (isIcmp(batch, row)) return batch.targetPort[row] >>> 8;
  return hasPorts(batch, row) && batch.sourcePort[row] !== 0 ? batch.sourcePort[row] : undefined;
};
const targetPort: Getter = (batch, row) => {
  if (isIcmp(batch, row)) return batch.targetPort[row] & 255;
  return hasPorts(batch, row) ? batch.targetPort[row] : undefined;
};

const protocols: Readonly<Record<number, FieldValue>> = {
  [Proto.icmp]: 'icmp',
  [Proto.tcp]: 'tcp',
  [Proto.udp]: 'udp',
  [Proto.icmp6]: ['ipv6-icmp', 'icmp'],
  [Proto.sctp]: 'sctp',
};
const transport: Getter = (batch, row) => protocols[batch.proto[row]];

/** Firewalls have many words for two things: an event answers to all of them. */
const denied = ['deny', 'denied', 'drop', 'dropped', 'block', 'blocked', 'reject', 'rejected'];
const allowed = ['allow', 'allowed', 'accept', 'accepted', 'permit', 'permitted', 'pass', 'passed'];
const action: Getter = (batch, row) => {
  if (batch.outcome[row] === Outcome.denied) return denied;
  return (batch.flags[row] & Flag.passed) === 0 ? undefined : allowed;
};

/** The state that stands for an outcome: several states of Zeek's are one outcome here. */
const states: Readonly<Record<number, FieldValue>> = {
  [Outcome.unanswered]: 'S0',
  [Outcome.refused]: 'REJ',
  [Outcome.answered]: 'SF',
};
const state: Getter = (batch, row) => states[batch.outcome[row]];
const outcomes: Readonly<Record<number, FieldValue>> = {
  [Outcome.unanswered]: 'failure',
  [Outcome.refused]: 'failure',
  [Outcome.denied]: 'failure',
  [Outcome.answered]: 'success',
};

const status: Getter = (batch, row) => (batch.status[row] === 0 ? undefined : batch.status[row]);
const size: Getter = (batch, row) => ((batch.flags[row] & Flag.hasSize) === 0 ? undefined : batch.size[row]);
const uri: Getter = (batch, row) => {
  const path = batch.text(row, Text.path);
  const query = batch.text(row, Text.query);
  if (path === '' && query === '') return undefined;
  return query === '' ? path : `${path}?${query}`;
};

/** IANA's names; a rule may also ask for the number. */
const queryTypes: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  50: 'NSEC3',
  52: 'TLSA',
  64: 'SVCB',
  65: 'HTTPS',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
  257: 'CAA',
};
const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];
const queryType: Getter = (batch, row) => {
  const type = batch.queryType[row];
  if (type === 0) return undefined;
  return type in queryTypes ? [queryTypes[type], type] : type;
};
const noAnswer = 255;
const rcode: Getter = (batch, row) => {
  const code = batch.status[row];
  if (code === noAnswer) return undefined;
  return code < rcodes.length ? [rcodes[code], code] : code;
};

const contactFields: Readonly<Record<string, Getter>> = {
  src_ip: source,
  dst_ip: target,
  src_port: sourcePort,
  dst_port: targetPort,
  action,
  username: text(Text.user),
  'source.ip': source,
  'destination.ip': target,
  'source.port': sourcePort,
  'destination.port': targetPort,
  'network.transport': transport,
  'network.state': state,
  'event.outcome': (batch, row) => outcomes[batch.outcome[row]],
  'event.action': action,
  'id.orig_h': source,
  'id.resp_h': target,
  'id.orig_p': sourcePort,
  'id.resp_p': targetPort,
  proto: transport,
  conn_state: state,
};
const requestFields: Readonly<Record<string, Getter>> = {
  'c-ip': source,
  's-ip': target,
  's-port': targetPort,
  'cs-method': text(Text.method),
  'cs-uri-stem': text(Text.path),
  'cs-uri-query': text(Text.query),
  'sc-status': status,
  'cs-host': text(Text.host),
  'cs-user-agent': text(Text.agent),
  'cs-referer': text(Text.referer),
  'cs-username': text(Text.user),
  'sc-bytes': size,
  'c-uri': uri,
  'c-uri-stem': text(Text.path),
  'c-uri-query': text(Text.query),
  'c-useragent': text(Text.agent),
  'cs-referrer': text(Text.referer),
  src_ip: source,
  dst_ip: target,
  'r-dns': text(Text.host),
  'id.orig_h': source,
  'id.resp_h': target,
  'id.resp_p': targetPort,
  method: text(Text.method),
  host: text(Text.host),
  uri,
  user_agent: text(Text.agent),
  referrer: text(Text.referer),
  status_code: status,
};
const queryFields: Readonly<Record<string, Getter>> = {
  query: text(Text.name),
  record_type: queryType,
  answer: text(Text.detail),
  src_ip: source,
  dst_ip: target,
  'source.ip': source,
  'destination.ip': target,
  'dns.question.name': text(Text.name),
  'dns.question.type': queryType,
  'dns.response.code': rcode,
  'dns.answers.data': text(Text.detail),
  'id.orig_h': source,
  'id.resp_h': target,
  qtype_name: queryType,
  qtype: queryType,
  rcode_name: rcode,
  rcode,
  answers: text(Text.detail),
};

export interface Taxonomy {
  readonly kind: number;
  /** Log sources whose rules are tried on these events. */
  readonly logsources: readonly Logsource[];
  readonly fields: ReadonlyMap<string, Getter>;
}

/** The kinds of events that rules run on. */
export const taxonomies: readonly Taxonomy[] = [
  {
    kind: EventKind.contact,
    logsources: [
      { category: 'firewall' },
      { category: 'network', service: 'connection' },
      { product: 'zeek', service: 'conn' },
    ],
    fields: new Map(Object.entries(contactFields)),
  },
  {
    kind: EventKind.request,
    logsources: [{ category: 'webserver' }, { category: 'proxy' }, { product: 'zeek', service: 'http' }],
    fields: new Map(Object.entries(requestFields)),
  },
  {
    kind: EventKind.query,
    logsources: [
      { category: 'dns' },
      { category: 'network', service: 'dns' },
      { product: 'zeek', service: 'dns' },
    ],
    fields: new Map(Object.entries(queryFields)),
  },
];

/** A row of a batch as rules see it; reused from row to row. */
export class RowSource implements FieldSource {
  readonly #fields: Taxonomy['fields'];
  #batch: EventBatch | undefined;
  #row = 0;

  constructor({ fields }: Taxonomy) {
    this.#fields = fields;
  }

  show(batch: EventBatch, row: number): void {
    this.#batch = batch;
    this.#row = row;
  }

  get(field: string): FieldValue {
    return this.#batch && this.#fields.get(field)?.(this.#batch, this.#row);
  }

  message(): string | undefined {
    return this.#batch?.raw(this.#row);
  }
}
