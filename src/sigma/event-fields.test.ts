import { expect, test } from 'vitest';
import { EventBatch, EventKind, Text } from '../model/event.ts';
import { RowSource, taxonomiesOf, unboundReason } from './event-fields.ts';
import { lint } from './lint.ts';
import { readSigma } from './document.ts';
import type { Logsource } from './tree.ts';

// Log sources as the rules of SigmaHQ write them, and the events that they are tried on.
test.each<[Logsource, string]>([
  [{ category: 'webserver' }, 'requests'],
  [{ category: 'webserver', product: 'nginx' }, 'requests'],
  [{ category: 'webserver', product: 'apache', service: 'access' }, 'requests'],
  [{ category: 'webserver', product: 'iis' }, 'requests'],
  [{ product: 'apache' }, 'requests'],
  [{ service: 'nginx' }, 'requests'],
  [{ product: 'nginx', service: 'error' }, 'requests'],
  [{ category: 'proxy' }, 'requests'],
  [{ category: 'proxy', product: 'squid' }, 'requests'],
  [{ product: 'zeek', service: 'http' }, 'requests'],
  [{ category: 'firewall' }, 'connections'],
  [{ category: 'firewall', product: 'fortinet' }, 'connections'],
  [{ product: 'zeek', service: 'conn' }, 'connections'],
  [{ category: 'network', product: 'zeek', service: 'connection' }, 'connections'],
  [{ category: 'network' }, 'connections DNS queries'],
  [{ category: 'dns' }, 'DNS queries'],
  [{ category: 'dns', product: 'bind' }, 'DNS queries'],
  [{ product: 'zeek', service: 'dns' }, 'DNS queries'],
  [{ product: 'zeek' }, 'connections requests DNS queries alerts logins'],
  [{ product: 'zeek', service: 'notice' }, 'alerts'],
  [{ product: 'suricata', service: 'alert' }, 'alerts'],
  [{ product: 'linux', service: 'sshd' }, 'logins'],
  [{ product: 'linux', service: 'auth' }, 'logins'],
  [{ product: 'windows', service: 'security' }, 'logins'],
  [{ category: 'authentication', product: 'windows' }, 'logins'],
])('%j is tried on %s', (logsource, titles) => {
  expect(
    taxonomiesOf(logsource)
      .map(({ title }) => title)
      .join(' '),
  ).toBe(titles);
  expect(unboundReason(logsource)).toBeUndefined();
});

test.each<[Logsource, string]>([
  [{ category: 'process_creation', product: 'windows' }, 'categories that are: firewall, network/connection'],
  [{ category: 'process_creation', product: 'nginx' }, 'of the log source process_creation/nginx'],
  [{ category: 'dns_query', product: 'windows' }, 'categories that are'],
  [{ category: 'network', service: 'http' }, 'of the log source network/http'],
  [{ product: 'windows', service: 'system' }, 'services of windows that are: security'],
  [{ product: 'windows', service: 'iis-configuration' }, 'services of windows that are: security'],
  [{ product: 'zeek', service: 'dce_rpc' }, 'services of zeek that are: conn, http, dns, notice'],
  [{ product: 'linux', service: 'auditd' }, 'services of linux that are: auth, sshd'],
  [{ product: 'aws', service: 'cloudtrail' }, 'categories that are'],
])('%j is tried on nothing, and that is said', (logsource, words) => {
  expect(taxonomiesOf(logsource)).toEqual([]);
  expect(unboundReason(logsource)).toContain(words);
});

test('logons of Windows have the fields of its Security log, and logins of others do not', () => {
  const batch = new EventBatch();
  for (const [row, [service, status]] of (
    [
      ['rdp', 0],
      ['network', 1],
      ['windows', 0],
      ['ssh', 0],
      ['toString', 0],
    ] as const
  ).entries()) {
    batch.kind[row] = EventKind.login;
    batch.status[row] = status;
    batch.source[row] = 0xc0000207;
    batch.setScratchText(row, Text.name, Buffer.from(service));
    batch.setScratchText(row, Text.user, Buffer.from('bob'));
  }
  const source = new RowSource(taxonomiesOf({ product: 'windows', service: 'security' })[0]);
  const fields = [0, 1, 2, 3, 4].map((row) => {
    source.show(batch, row);
    return ['EventID', 'LogonType', 'Channel', 'IpAddress', 'TargetUserName'].map((name) => source.get(name));
  });
  expect(fields).toEqual([
    [4625, 10, 'Security', '192.0.2.7', 'bob'],
    [4624, 3, 'Security', '192.0.2.7', 'bob'],
    [4625, undefined, 'Security', '192.0.2.7', 'bob'],
    [undefined, undefined, undefined, '192.0.2.7', 'bob'],
    [undefined, undefined, undefined, '192.0.2.7', 'bob'],
  ]);
});

test('lint says which rules meet no event, and which fields no event has', () => {
  const said = (logsource: string, detection: string): string[] =>
    lint(readRules(`title: R\nlogsource: ${logsource}\ndetection: {s: ${detection}, condition: s}\n`))
      .map(({ fault }) => fault.message)
      .filter((message) => !/the rule (?:has no|names no)/.test(message));
  const readRules = (text: string): Parameters<typeof lint>[0] => ({
    ...readSigma(text, 'r.yml'),
    rules: [],
    files: [],
  });
  expect(said('{category: webserver, product: nginx}', '{cs-method: GET}')).toEqual([]);
  expect(said('{category: webserver}', '{cs-methods: GET}')).toEqual([
    'r.yml:3:29: requests have no field "cs-methods": it is always missing (rule "R")',
  ]);
  // Once, however many values are asked for.
  expect(said('{category: webserver}', '{cs-methods: [GET, PUT, null_]}')).toHaveLength(1);
  expect(said('{category: firewall}', '{src_ip|fieldref: dest_ip}')[0]).toContain('no field "dest_ip"');
  const [unbound, ...more] = said('{category: process_creation, product: windows}', '{Image: a}');
  expect(unbound).toContain('no event that Offtrail reads is of the log source process_creation/windows');
  expect(more).toEqual([]);
});
