import { formatIPv4, formatWords } from '../model/address.ts';
import { EventKind, Flag, Outcome, Proto, Text, textLimit } from '../model/event.ts';
import type { EventBatch, TextName } from '../model/event.ts';
import type { DerivedColumn, PlainColumn, RowColumn } from '../model/detector.ts';
import { rcodeNames } from '../wire/dns-words.ts';
import { numberIn } from '../state/row-columns.ts';
import { covers } from './collection.ts';
import type { FieldSource, FieldValue } from './field-source.ts';
import { numberOf } from './predicate.ts';
import type { Logsource } from './tree.ts';

// Offtrail's events under the names that Sigma's taxonomies give them. A field that an event does not have is missing;
// nothing is null here. docs/sigma.md has the table.

type Getter = (batch: EventBatch, row: number) => FieldValue;

/** A field of a taxonomy. */
export interface EventField {
  readonly get: Getter;
  /** The column of the events that it is, if it is one and nothing else: what the engine can count by. */
  readonly column?: PlainColumn;
  /** The text that it is. */
  readonly text?: number;
  /** It follows from the few numbers that `Taxonomy.brief` puts together. */
  readonly brief?: boolean;
}

const text = (name: TextName): EventField => ({
  get: (batch, row) => decoded(batch, row, Text[name]),
  column: name,
  text: Text[name],
});

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

const source: EventField = {
  get: (batch, row) => address(batch, row, batch.source[row]),
  column: 'source-address',
};
const target: EventField = {
  get: (batch, row) =>
    (batch.flags[row] & Flag.noTarget) === 0 ? address(batch, row, batch.target[row]) : undefined,
  column: 'target-address',
};

function address(batch: EventBatch, row: number, value: number): string {
  if ((batch.flags[row] & Flag.v6) === 0) return formatIPv4(value);
  const at = value * 4;
  return formatWords(batch.wide[at], batch.wide[at + 1], batch.wide[at + 2], batch.wide[at + 3]);
}

const number = (column: Parameters<typeof numberIn>[2], brief = false): EventField => ({
  get: (batch, row) => {
    const found = numberIn(batch, row, column);
    return found < 0 ? undefined : found;
  },
  column,
  brief,
});
const sourcePort = number('source-port');
const targetPort = number('target-port');

const protocols: Readonly<Record<number, FieldValue>> = {
  [Proto.icmp]: 'icmp',
  [Proto.tcp]: 'tcp',
  [Proto.udp]: 'udp',
  [Proto.icmp6]: ['ipv6-icmp', 'icmp'],
  [Proto.sctp]: 'sctp',
};
const transport: EventField = { get: (batch, row) => protocols[batch.proto[row]], brief: true };

/** Firewalls have many words for two things: an event answers to all of them. */
const denied = ['deny', 'denied', 'drop', 'dropped', 'block', 'blocked', 'reject', 'rejected'];
const allowed = ['allow', 'allowed', 'accept', 'accepted', 'permit', 'permitted', 'pass', 'passed'];
const action: EventField = {
  get: (batch, row) => {
    if (batch.outcome[row] === Outcome.denied) return denied;
    return (batch.flags[row] & Flag.passed) === 0 ? undefined : allowed;
  },
  brief: true,
};

/** The state that stands for an outcome: several states of Zeek's are one outcome here. */
const states: Readonly<Record<number, FieldValue>> = {
  [Outcome.unanswered]: 'S0',
  [Outcome.refused]: 'REJ',
  [Outcome.answered]: 'SF',
};
const state: EventField = { get: (batch, row) => states[batch.outcome[row]], brief: true };
const outcomes: Readonly<Record<number, FieldValue>> = {
  [Outcome.unanswered]: 'failure',
  [Outcome.refused]: 'failure',
  [Outcome.denied]: 'failure',
  [Outcome.answered]: 'success',
};

const status = number('status', true);
const size: EventField = {
  get: (batch, row) => ((batch.flags[row] & Flag.hasSize) === 0 ? undefined : batch.size[row]),
};
const uri: EventField = {
  get: (batch, row) => {
    const path = batch.text(row, Text.path);
    const query = batch.text(row, Text.query);
    if (path === '' && query === '') return undefined;
    return query === '' ? path : `${path}?${query}`;
  },
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
const named = (
  column: 'query-type' | 'rcode',
  names: Readonly<Record<number, string | undefined>>,
): EventField => ({
  get: (batch, row) => {
    const code = numberIn(batch, row, column);
    if (code < 0) return undefined;
    const name = names[code];
    return name === undefined ? code : [name, code];
  },
  column,
  brief: true,
});
const queryType = named('query-type', queryTypes);
const rcode = named('rcode', rcodeNames);

const contactFields: Readonly<Record<string, EventField>> = {
  src_ip: source,
  dst_ip: target,
  src_port: sourcePort,
  dst_port: targetPort,
  action,
  username: text('user'),
  detail: text('detail'),
  fingerprint: text('fingerprint'),
  'source.ip': source,
  'destination.ip': target,
  'source.port': sourcePort,
  'destination.port': targetPort,
  'network.transport': transport,
  'network.state': state,
  'event.outcome': { get: (batch, row) => outcomes[batch.outcome[row]], brief: true },
  'event.action': action,
  'id.orig_h': source,
  'id.resp_h': target,
  'id.orig_p': sourcePort,
  'id.resp_p': targetPort,
  proto: transport,
  conn_state: state,
};
const requestFields: Readonly<Record<string, EventField>> = {
  'c-ip': source,
  's-ip': target,
  's-port': targetPort,
  'cs-method': text('method'),
  'cs-uri-stem': text('path'),
  'cs-uri-query': text('query'),
  'sc-status': status,
  'cs-host': text('host'),
  'cs-user-agent': text('agent'),
  'cs-referer': text('referer'),
  'cs-username': text('user'),
  'sc-bytes': size,
  'c-uri': uri,
  'c-uri-stem': text('path'),
  'c-uri-query': text('query'),
  'c-useragent': text('agent'),
  'cs-referrer': text('referer'),
  src_ip: source,
  dst_ip: target,
  'r-dns': text('host'),
  'id.orig_h': source,
  'id.resp_h': target,
  'id.resp_p': targetPort,
  method: text('method'),
  host: text('host'),
  uri,
  user_agent: text('agent'),
  referrer: text('referer'),
  status_code: status,
  detail: text('detail'),
  fingerprint: text('fingerprint'),
};
const queryFields: Readonly<Record<string, EventField>> = {
  query: text('name'),
  record_type: queryType,
  answer: text('detail'),
  src_ip: source,
  dst_ip: target,
  'source.ip': source,
  'destination.ip': target,
  'dns.question.name': text('name'),
  'dns.question.type': queryType,
  'dns.response.code': rcode,
  'dns.answers.data': text('detail'),
  'id.orig_h': source,
  'id.resp_h': target,
  qtype_name: queryType,
  qtype: queryType,
  rcode_name: rcode,
  rcode,
  answers: text('detail'),
};

const severity = number('severity', true);
/** Another sensor's verdict: its name, and what it says of it. The names are those of Zeek, Suricata and ECS. */
const alertFields: Readonly<Record<string, EventField>> = {
  note: text('name'),
  name: text('name'),
  software_type: text('name'),
  signature: text('name'),
  'alert.signature': text('name'),
  'rule.name': text('name'),
  msg: text('detail'),
  addl: text('detail'),
  detail: text('detail'),
  category: text('detail'),
  'alert.category': text('detail'),
  'rule.category': text('detail'),
  'software.name': text('detail'),
  severity,
  'alert.severity': severity,
  'event.severity': severity,
  src: source,
  dst: target,
  p: targetPort,
  host: source,
  proto: transport,
  src_ip: source,
  dst_ip: target,
  dest_ip: target,
  src_port: sourcePort,
  dst_port: targetPort,
  dest_port: targetPort,
  'source.ip': source,
  'destination.ip': target,
  'source.port': sourcePort,
  'destination.port': targetPort,
  'network.transport': transport,
  'id.orig_h': source,
  'id.resp_h': target,
  'id.orig_p': sourcePort,
  'id.resp_p': targetPort,
};
const loginResult: EventField = {
  get: (batch, row) => (batch.status[row] === 1 ? 'success' : 'failure'),
  brief: true,
};
/** The events of Windows' Security log that are read, told from other logins by what the reader calls their service. */
const windowsLogons: Readonly<Record<string, number | undefined>> = {
  network: 3,
  rdp: 10,
  windows: undefined,
};
const ofWindows = (get: (batch: EventBatch, row: number, service: string) => FieldValue): EventField => ({
  get: (batch, row) => {
    const service = batch.text(row, Text.name);
    return Object.hasOwn(windowsLogons, service) ? get(batch, row, service) : undefined;
  },
});
const loginFields: Readonly<Record<string, EventField>> = {
  user: text('user'),
  username: text('user'),
  'user.name': text('user'),
  src_ip: source,
  dst_ip: target,
  src_port: sourcePort,
  'source.ip': source,
  'destination.ip': target,
  'source.port': sourcePort,
  service: text('name'),
  'service.name': text('name'),
  detail: text('detail'),
  action: loginResult,
  'event.outcome': loginResult,
  EventID: ofWindows((batch, row) => (batch.status[row] === 1 ? 4624 : 4625)),
  LogonType: ofWindows((_batch, _row, service) => windowsLogons[service]),
  Channel: ofWindows(() => 'Security'),
  Provider_Name: ofWindows(() => 'Microsoft-Windows-Security-Auditing'),
  TargetUserName: text('user'),
  IpAddress: source,
  IpPort: sourcePort,
};

export interface Taxonomy {
  readonly kind: number;
  /** In the plural, for messages. */
  readonly title: string;
  /** Log sources whose rules are tried on these events whatever else they name: events do not keep the product. */
  readonly families: readonly Logsource[];
  /** Other log sources whose rules are tried on them, to the letter. */
  readonly logsources: readonly Logsource[];
  readonly fields: ReadonlyMap<string, EventField>;
  /** All that brief fields depend on, as one integer: rows that share it share those fields. */
  readonly brief: (batch: EventBatch, row: number) => number;
}

/** The kinds of events that rules run on. */
export const taxonomies: readonly Taxonomy[] = [
  {
    kind: EventKind.contact,
    title: 'connections',
    families: [{ category: 'firewall' }, { category: 'network', service: 'connection' }],
    logsources: [{ product: 'zeek', service: 'conn' }],
    fields: new Map(Object.entries(contactFields)),
    brief: (batch, row) =>
      batch.proto[row] | (batch.outcome[row] << 8) | ((batch.flags[row] & Flag.passed) === 0 ? 0 : 1 << 16),
  },
  {
    kind: EventKind.request,
    title: 'requests',
    families: [
      { category: 'webserver' },
      { category: 'proxy' },
      ...['apache', 'nginx', 'iis'].flatMap((name) => [{ product: name }, { service: name }]),
    ],
    logsources: [{ product: 'zeek', service: 'http' }],
    fields: new Map(Object.entries(requestFields)),
    brief: (batch, row) => batch.status[row],
  },
  {
    kind: EventKind.query,
    title: 'DNS queries',
    families: [{ category: 'dns' }, { category: 'network', service: 'dns' }],
    logsources: [{ product: 'zeek', service: 'dns' }],
    fields: new Map(Object.entries(queryFields)),
    brief: (batch, row) => batch.queryType[row] * 0x1_0000 + batch.status[row],
  },
  {
    kind: EventKind.alert,
    title: 'alerts',
    families: [{ category: 'ids' }],
    logsources: [
      { product: 'suricata', service: 'alert' },
      { product: 'snort', service: 'alert' },
      { product: 'zeek', service: 'notice' },
      { product: 'zeek', service: 'weird' },
      { product: 'zeek', service: 'software' },
    ],
    fields: new Map(Object.entries(alertFields)),
    brief: (batch, row) => batch.proto[row] | (batch.status[row] << 8),
  },
  {
    kind: EventKind.login,
    title: 'logins',
    families: [{ category: 'authentication' }],
    logsources: [
      { product: 'linux', service: 'auth' },
      { product: 'linux', service: 'sshd' },
      { product: 'windows', service: 'security' },
      { product: 'zeek', service: 'ssh' },
    ],
    fields: new Map(Object.entries(loginFields)),
    brief: (batch, row) => batch.status[row],
  },
];

/** The kinds of events that rules of a log source are tried on. */
export function taxonomiesOf(logsource: Logsource): Taxonomy[] {
  return taxonomies.filter(
    ({ families, logsources }) =>
      families.some((family) => isOf(logsource, family)) ||
      [...families, ...logsources].some((each) => covers(logsource, each)),
  );
}

/** Whether a log source is one of a family: what the family names is so; a category that it does not name is another thing. */
function isOf(logsource: Logsource, family: Logsource): boolean {
  if (family.category === undefined && logsource.category !== undefined) return false;
  return (['category', 'product', 'service'] as const).every(
    (key) => family[key] === undefined || family[key] === logsource[key],
  );
}

/** Why no event is of a log source, in words; undefined when some are. */
export function unboundReason(logsource: Logsource): string | undefined {
  if (taxonomiesOf(logsource).length > 0) return undefined;
  const { category, product, service } = logsource;
  const named = [category, product, service].filter((each) => each !== undefined).join('/');
  const listed = (of: (each: Logsource) => string | undefined): string =>
    [
      ...new Set(
        taxonomies
          .flatMap(({ families, logsources }) => [...families, ...logsources])
          .flatMap((each) => of(each) ?? []),
      ),
    ].join(', ');
  const services =
    product === undefined || category !== undefined
      ? ''
      : listed((each) => (each.product === product ? each.service : undefined));
  const known =
    services === ''
      ? `categories that are: ${listed((each) => (each.category === 'network' ? `network/${each.service}` : each.category))}`
      : `services of ${product} that are: ${services}`;
  return `no event that Offtrail reads is of the log source ${named}: detect does not run the rule (${known})`;
}

/** A field has one value to group by and to count: of several words for one thing the first. */
function identityOf(value: FieldValue): string | number | undefined {
  return (typeof value === 'object' && value !== null ? value[0] : value) ?? undefined;
}

const texts = new WeakMap<EventField, DerivedColumn>();
const amounts = new WeakMap<EventField, DerivedColumn>();

/** A field that is no column, or is compared with one that is none: as the text that it reads as. */
export function textColumn(field: EventField, name: string): DerivedColumn {
  let column = texts.get(field);
  if (column === undefined)
    texts.set(field, (column = { name, value: (batch, row) => identityOf(field.get(batch, row)) }));
  return column;
}

/** A field as the number that it reads as. */
export function amountColumn(field: EventField, name: string): RowColumn {
  if (columnClass(field) === 'number') return field.column!;
  let column = amounts.get(field);
  if (column === undefined)
    amounts.set(
      field,
      (column = {
        name: `${name} as a number`,
        value: (batch, row) => numberOf(identityOf(field.get(batch, row))),
      }),
    );
  return column;
}

const classes: Partial<Record<PlainColumn, string>> = {
  'source-address': 'address',
  'target-address': 'address',
  'source-port': 'number',
  'target-port': 'number',
  status: 'number',
  severity: 'number',
  rcode: 'rcode',
  'query-type': 'query type',
};

/** Columns of one class hold the same thing where they read as the same text; undefined: it is no column. */
export function columnClass({ column }: EventField): string | undefined {
  return column && (classes[column] ?? 'text');
}

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
    return this.#batch && this.#fields.get(field)?.get(this.#batch, this.#row);
  }

  identity(field: string): string | number | undefined {
    return identityOf(this.get(field));
  }

  message(): string | undefined {
    return this.#batch?.raw(this.#row, textLimit);
  }
}
