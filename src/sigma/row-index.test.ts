import { expect, test } from 'vitest';
import { EventBatch, EventKind, Flag, Outcome, Proto, Role, Text } from '../model/event.ts';
import type { LinkedDetection } from './collection.ts';
import { RowSource, taxonomies } from './event-fields.ts';
import { compileMatcher } from './matcher.ts';
import { RowIndex } from './row-index.ts';
import { linked, seeded } from './sigma.fixture.ts';

// What scanning bytes and briefs finds is what every rule finds by itself.

const texts = [
  '/.ENV',
  '/a/.env',
  'nikto/2',
  'Nikto',
  '\u212a',
  'k',
  '\u0130',
  'É',
  'é',
  '/',
  'GET',
  'get',
  'x'.repeat(40),
  '\ufffd',
];
const pieces = [
  '.env',
  'nikto',
  'k',
  'i',
  'é',
  '/',
  'get',
  '*t*o*',
  '?',
  '',
  '/a/.env',
  'x'.repeat(40),
  '404',
  '\\*',
];
const fields = {
  webserver: ['cs-uri-stem', 'cs-user-agent', 'cs-method', 'cs-host', 'sc-status', 'c-ip', 'no-such-field'],
  firewall: ['action', 'src_ip', 'dst_port', 'src_port', 'username', 'network.transport', 'event.outcome'],
  dns: ['query', 'record_type', 'answer', 'rcode_name', 'src_ip'],
};

test('an index of rows finds what trying every rule finds', () => {
  const random = seeded(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const values: Record<string, readonly string[]> = {
    'sc-status': ['404', '200', '0'],
    action: ['deny', 'allowed', 'no'],
    'network.transport': ['tcp', 'icmp'],
    record_type: ['A', 'axfr', '1'],
    rcode_name: ['nxdomain', '3'],
    dst_port: ['80', '0', '1', '080', '8*'],
    src_port: ['40000', '3', '443'],
    src_ip: [
      '203.0.113.1',
      '203.0.113.2',
      '2001:db8::1',
      '203.0.113.*',
      '::ffff:203.0.113.1',
      '203.0.113.01',
    ],
    'c-ip': ['203.0.113.1', '2001:db8::1', '203.0.113.'],
    'event.outcome': ['failure'],
  };
  const line = (field: string): string => {
    const value = quoted(pick(values[field] ?? pieces));
    const more = quoted(pick(values[field] ?? pieces));
    // Keywords: the whole record.
    if (random() < 0.1) return `'|all': [${value}, ${more}]`;
    return pick([
      `${field}: ${value}`,
      `${field}|contains: [${value}, ${more}]`,
      `${field}|startswith: ${value}`,
      `${field}|endswith: [${value}, ${more}]`,
      `${field}|cased: ${value}`,
      `${field}|neq: ${value}`,
      `${field}|exists: ${random() < 0.5}`,
      `${field}|gte: ${pick(['1', '400'])}`,
      `${field}|re: ${quoted(pick(['nik', '^/', '(?i)k', 'env$', '[0-9]+']))}`,
      `${field}: null`,
    ]);
  };
  const document = (category: keyof typeof fields, index: number): string => {
    const [a, b] = [pick(fields[category]), pick(fields[category])];
    return `title: R${index}
name: r${index}
logsource: {category: ${category}}
detection:
  one:
    ${line(a)}
  two:
    ${line(b)}
  condition: ${pick(['one', 'one and two', 'one or two', 'one and not two', 'not one', 'not (one or two)'])}
`;
  };
  const categories = Object.keys(fields) as (keyof typeof fields)[];
  const rules = linked(
    Array.from({ length: 400 }, (_, index) => document(categories[index % 3], index)).join('---\n'),
  ) as LinkedDetection[];
  const batch = new EventBatch();
  const chunk = texts.filter((text) => /^[!-~]+$/.test(text)).join(' ');
  batch.bytes = Buffer.from(chunk);
  for (let row = 0; row < 600; row++) {
    batch.kind[row] = pick([EventKind.contact, EventKind.request, EventKind.query]);
    // 203.0.113.1 to .3, some as IPv6.
    const host = 1 + Math.floor(random() * 3);
    const isWide = random() < 0.3;
    batch.source[row] = isWide ? batch.pushWide(0x20010db8, 0, 0, host) : 0xcb007100 + host;
    batch.target[row] = isWide ? batch.source[row] : 0;
    batch.rawStart[row] = Math.floor(random() * chunk.length);
    batch.rawLength[row] = Math.floor(random() * (chunk.length - batch.rawStart[row]));
    batch.flags[row] =
      (random() < 0.5 ? Flag.noTarget : 0) | (random() < 0.5 ? Flag.passed : 0) | (isWide ? Flag.v6 : 0);
    batch.proto[row] = pick([Proto.tcp, Proto.udp, Proto.icmp, 47]);
    batch.outcome[row] = pick(Object.values(Outcome));
    batch.role[row] = Role.originator;
    batch.sourcePort[row] = pick([0, 3, 443, 40_000]);
    batch.targetPort[row] = pick([0, 1, 80]);
    batch.status[row] = pick([0, 200, 404, 3, 255]);
    batch.queryType[row] = pick([0, 1, 252, 40_000]);
    for (const field of Object.values(Text)) {
      const text = pick(['', ...texts]);
      // Texts that stand in the chunk itself are ASCII here, and are scanned in another way.
      if (/^[!-~]+$/.test(text))
        batch.setText(row, field, chunk.indexOf(text), chunk.indexOf(text) + text.length);
      else if (text !== '') batch.setScratchText(row, field, Buffer.from(text));
    }
  }
  batch.length = 600;
  let hits = 0;
  for (const [category, taxonomy] of [
    ['webserver', taxonomies[1]],
    ['firewall', taxonomies[0]],
    ['dns', taxonomies[2]],
  ] as const) {
    const own = rules.filter(({ rule }) => rule.logsource.category === category);
    const index = new RowIndex(own, taxonomy);
    expect(index.faults).toEqual([]);
    const matchers = own.map(({ rule }) => compileMatcher(rule.condition));
    const source = new RowSource(taxonomy);
    for (let row = 0; row < batch.length; row++) {
      if (batch.kind[row] !== taxonomy.kind) continue;
      source.show(batch, row);
      const expected = own.filter((_, at) => matchers[at](source)).map(({ rule }) => rule.name);
      expect(index.match(batch, row).map((at) => index.rules[at].rule.name)).toEqual(expected);
      hits += expected.length;
    }
  }
  expect(hits).toBeGreaterThan(5000);
});

test('many rows of few briefs, and rules of other fields, are not asked in full', () => {
  const [rule] = linked(
    'title: R\nlogsource: {category: firewall}\ndetection: {s: {action: deny, src_ip|startswith: "10."}, condition: s}\n',
  ) as LinkedDetection[];
  const index = new RowIndex([rule], taxonomies[0]);
  const batch = new EventBatch();
  batch.kind[0] = batch.kind[1] = EventKind.contact;
  batch.source[0] = batch.source[1] = 0x0a000001;
  batch.outcome[1] = Outcome.denied;
  batch.length = 2;
  expect([...index.match(batch, 0)]).toEqual([]);
  expect([...index.match(batch, 1)]).toEqual([0]);
});
