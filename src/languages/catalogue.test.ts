import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messageOf } from '../base/errors.ts';
import type { Linked, LinkedDetection } from '../sigma/collection.ts';
import { covers } from '../sigma/collection.ts';
import { Correlator } from '../sigma/correlator.ts';
import { type FieldScalar, objectSource } from '../sigma/field-source.ts';
import type { Language } from '../sigma/language.ts';
import { loadRules } from '../sigma/rule-files.ts';
import { RuleIndex } from '../sigma/rule-index.ts';
import { SigmaError } from '../sigma/sigma-error.ts';
import { seeded } from '../sigma/sigma.fixture.ts';
import { duckdbSql } from './duckdb-sql.ts';
import { type TestEvent, openDuckdb } from './duckdb.fixture.ts';
import { elasticEsql } from './elastic-esql.ts';
import { elasticQueryDsl } from './elastic-query-dsl.ts';
import { checkDsl, checkEsql, checkSpl } from './grammar.fixture.ts';
import { kustoFaults, sentinelTables } from './kusto.fixture.ts';
import { sentinelKql, sentinelKqlRaw } from './sentinel-kql.ts';
import { splunkSpl } from './splunk-spl.ts';

// The shipped rules in every language, with each language's own mapping.

const { rules } = loadRules([join(import.meta.dirname, '../../rules')]);
const ofKql = (text: string): void => {
  const faults = kustoFaults(sentinelTables, text);
  if (faults.length > 0) throw new Error(faults.join('; '));
};
const nested = ['block_scan', 'distributed_scan', 'scan_then_allowed'];
// The raw tables have no connection states and no ICMP types.
const noState = [
  'conn_failed',
  'conn_udp_unanswered',
  'conn_echo',
  'conn_vertical_scan',
  'conn_horizontal_scan',
  'conn_udp_scan',
  'conn_icmp_sweep',
];
const engines: readonly { language: Language; check: (text: string) => void; refused: readonly string[] }[] =
  [
    {
      language: splunkSpl,
      check: (text) =>
        checkSpl(text.replaceAll(/\btag=(?:network|communicate|web|resolution|dns) ?/g, 'SRC ')),
      refused: [],
    },
    { language: elasticEsql, check: checkEsql, refused: nested },
    { language: elasticQueryDsl, check: checkDsl, refused: nested },
    { language: sentinelKql, check: ofKql, refused: nested },
    { language: sentinelKqlRaw, check: ofKql, refused: [...nested, ...noState] },
    { language: duckdbSql, check: (text) => expect(text).not.toBe(''), refused: [] },
  ];

test.each(engines)(
  '$language.name says the shipped rules, or refuses them with a reason',
  ({ language, check, refused }) => {
    const said: string[] = [];
    const wrong: string[] = [];
    for (const rule of rules) {
      const { name = '' } = rule.rule;
      try {
        const { text, notes } = language.convert(rule, language.mapping);
        check(text);
        if (rule.kind === 'correlation' && language !== duckdbSql && notes.length === 0)
          wrong.push(`${name}: no word on the window`);
      } catch (thrown) {
        if (thrown instanceof SigmaError) said.push(name);
        else wrong.push(`${name}: ${messageOf(thrown)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(said.toSorted()).toEqual([...refused].toSorted());
  },
);

const sourceOf = ({ t: _, ...fields }: TestEvent) => objectSource(fields);
const random = seeded(1595);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
const maybe = (list: readonly FieldScalar[]): FieldScalar | undefined =>
  random() < 0.05 ? undefined : pick(list);
const hosts = [
  '198.51.100.1',
  '198.51.100.2',
  '2001:db8:51::3',
  '198.51.100.4',
  '198.51.100.5',
  '198.51.100.6',
];
const many = (text: string, n: number): string[] =>
  Array.from({ length: n }, (_, i) => text.replace('#', String(i)));

/** For each of the default mapping's tables: its columns, its log source, and random events that reach every threshold. */
const tables = [
  {
    name: 'firewall',
    logsource: { category: 'firewall' },
    columns: {
      action: 'VARCHAR',
      src_ip: 'VARCHAR',
      dst_ip: 'VARCHAR',
      dst_port: 'INTEGER',
      src_port: 'INTEGER',
    },
    step: 120,
    event: (i: number) => ({
      action: maybe(['deny', 'DROP', 'Blocked', 'allow', 'reject', 'x']),
      // One of the hosts is scanned by many together.
      src_ip: maybe(
        i < 1800 && Math.floor(i / 150) % 6 === 0
          ? many('203.0.112.#', 90)
          : ['203.0.113.9', '203.0.113.9', '2001:db8:a::9'],
      ),
      dst_ip: maybe(i < 1800 ? [hosts[Math.floor(i / 150) % 6]] : many('198.51.100.#', 60)),
      dst_port: maybe(i < 1800 ? Array.from({ length: 300 }, (_, p) => p + 1) : [22, 445]),
      src_port: 40_000,
    }),
  },
  {
    name: 'connection',
    logsource: { category: 'network', service: 'connection' },
    columns: {
      'network.transport': 'VARCHAR',
      'network.state': 'VARCHAR',
      'source.ip': 'VARCHAR',
      'source.port': 'INTEGER',
      'destination.ip': 'VARCHAR',
      'destination.port': 'INTEGER',
    },
    step: 100,
    event: (i: number) => ({
      'network.transport': maybe(['tcp', 'TCP', 'udp', 'icmp']),
      'network.state': maybe(['S0', 'REJ', 'SF', 'SHR', 'sh']),
      'source.ip': maybe(['203.0.113.9', '203.0.113.8']),
      'source.port': maybe([8, 0, 40_000]),
      'destination.ip': maybe(i < 1800 ? [hosts[Math.floor(i / 300) % 6]] : many('198.51.100.#', 60)),
      'destination.port': maybe(i < 1800 ? Array.from({ length: 60 }, (_, p) => p + 1) : [22]),
    }),
  },
  {
    name: 'webserver',
    logsource: { category: 'webserver' },
    columns: {
      'c-ip': 'VARCHAR',
      's-ip': 'VARCHAR',
      'cs-method': 'VARCHAR',
      'cs-host': 'VARCHAR',
      'cs-uri-stem': 'VARCHAR',
      'cs-uri-query': 'VARCHAR',
      'sc-status': 'INTEGER',
      'cs-user-agent': 'VARCHAR',
      'cs-referer': 'VARCHAR',
    },
    step: 400,
    event: () => ({
      'c-ip': maybe(['203.0.113.9', '203.0.113.8']),
      's-ip': maybe(['198.51.100.3']),
      'cs-method': maybe(['GET', 'GET', 'GET', 'TRACE', 'debug', 'PROPFIND', 'SEARCH', 'OPTIONS']),
      'cs-host': maybe(random() < 0.5 ? ['www.example.com'] : many('h#.example.com', 40)),
      'cs-uri-stem': maybe([
        ...many('/p#', 300),
        ...many('/.git/#', 30),
        '/.git/HEAD',
        '/.ENV',
        '/wp-config.php',
        '/../etc/passwd',
        '/%2E%2E/',
        '/ä/İ',
      ]),
      'cs-uri-query': maybe([
        '',
        'q=1',
        "a=' OR 1=1",
        'q=<SCRIPT>',
        '${JNDI:ldap://x}',
        '{{7*7}}',
        '{{7x7}}',
        '`id`',
        'a=1&amp;id=2',
        '%_',
        'f=..%2F',
        'union select',
      ]),
      'sc-status': maybe([404, 404, 404, 200, 403, 410]),
      'cs-user-agent': maybe(['Mozilla/5.0', 'SQLMAP/1.7', '', '${jndi:x}', 'Nuclei - x', null]),
      'cs-referer': maybe(['-']),
    }),
  },
  {
    name: 'dns',
    logsource: { category: 'network', service: 'dns' },
    columns: {
      'source.ip': 'VARCHAR',
      'dns.question.name': 'VARCHAR',
      'dns.question.type': 'VARCHAR',
      'dns.response.code': 'VARCHAR',
    },
    step: 1_000,
    event: () => ({
      'source.ip': maybe(['203.0.113.9']),
      'dns.question.name': maybe(many('h#.example.com', 800)),
      'dns.question.type': maybe(['A', 'PTR', 'ptr', 'AXFR', '252', '12']),
      'dns.response.code': maybe(['NXDOMAIN', 'nxdomain', '3', 'NOERROR']),
    }),
  },
] as const;

test.each(tables)(
  'DuckDB finds in $name what the matcher and the correlator find, for every shipped rule',
  async ({ name, logsource, columns, step, event }) => {
    // Milliseconds apart, with many at one instant.
    let clock = 0;
    const events: TestEvent[] = Array.from({ length: 2_500 }, (_, i) => {
      clock += random() < 0.2 ? 0 : Math.floor(random() * step) * 1000;
      return { t: clock, ...event(i) };
    });
    const here = (rule: Linked): boolean =>
      rule.kind === 'detection'
        ? covers(rule.rule.logsource, logsource)
        : rule.parts.every((part) => here(part.rule));
    const own = rules.filter(here);
    const index = new RuleIndex(own.filter((rule): rule is LinkedDetection => rule.kind === 'detection'));
    const correlator = new Correlator<TestEvent>(own);
    const expected = new Map<Linked, string[]>(own.map((rule) => [rule, []]));
    for (let at = 0; at < events.length;) {
      const { t } = events[at];
      const matched = [];
      for (; at < events.length && events[at].t === t; at++) {
        const source = sourceOf(events[at]);
        const hits = [...index.match(source)];
        for (const hit of hits) expected.get(hit)?.push(String(at));
        matched.push({ event: events[at], source, rules: hits });
      }
      for (const hit of correlator.at(t, matched))
        expected
          .get(hit.rule)
          ?.push(
            `${t} ${hit.group.join(',')}${hit.rule.rule.type === 'temporal_ordered' ? '' : ` ${hit.measure}`}`,
          );
    }
    const database = await openDuckdb({ name, columns }, events);
    const silent: string[] = [];
    const wrong: string[] = [];
    try {
      for (const rule of own) {
        const rows = await database.rows(duckdbSql.convert(rule, duckdbSql.mapping).text);
        const found = rows.map((row) => {
          if (rule.kind === 'detection') return String(row.n);
          const group = rule.rule.groupBy.map((field) => row[field]).join(',');
          return `${row.ts} ${group}${rule.rule.type === 'temporal_ordered' ? '' : ` ${row[rule.rule.type]}`}`;
        });
        const wanted = expected.get(rule) ?? [];
        if (JSON.stringify(found.toSorted()) !== JSON.stringify(wanted.toSorted()))
          wrong.push(`${rule.rule.name}: ${found.length} rows, ${wanted.length} expected`);
        if (found.length === 0) silent.push(rule.rule.name ?? '');
      }
    } finally {
      database.close();
    }
    expect(wrong).toEqual([]);
    // A proof on nothing proves nothing.
    expect(silent).toEqual([]);
  },
);
