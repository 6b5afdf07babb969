import { expect, test } from 'vitest';
import { parseMapping } from './mapping-file.ts';

const problemsOf = (text: string): readonly string[] => parseMapping('vpn.yaml', text).problems;
const good = `
name: vpn
lines: json
event: login
time: at
fields: { source: ip, user: user }
outcome: { field: ok, success: yes, failure: no }
`;

test('a mapping that is right', () => {
  const { mapping, problems } = parseMapping('vpn.yaml', good);
  expect(problems).toEqual([]);
  expect(mapping).toMatchObject({ name: 'vpn', envelope: 'none', when: {}, time: 'at', constants: {} });
});

test('unknown keys, with a guess, wherever they stand', () => {
  expect(problemsOf(good.replace('lines:', 'line:'))).toEqual([
    'vpn.yaml:1:1: lines: Invalid option: expected one of "json"|"csv"|"key-value"',
    'vpn.yaml:3:1: line: unknown key; did you mean lines?',
  ]);
  expect(problemsOf(good.replace('source: ip', 'sorce: ip'))).toEqual([
    'vpn.yaml:6:11: fields.sorce: unknown key; did you mean source?',
    'vpn.yaml:6:9: fields: expected source: the key of who began',
  ]);
});

test('fields and outcomes that an event of the kind does not have', () => {
  expect(problemsOf(good.replace('user: user', 'rcode: r'))).toEqual([
    'vpn.yaml:6:30: fields.rcode: a login has no rcode; it has source, sourcePort, target, targetPort, protocol, user, service',
  ]);
  expect(problemsOf(good.replace('success: yes', 'denied: yes'))).toEqual([
    'vpn.yaml:7:10: outcome: a login ends as success, failure, not denied',
  ]);
  expect(problemsOf(good.replace(/outcome.*/, ''))).toEqual([
    'vpn.yaml:1:1: expected outcome: which words are success, which failure',
  ]);
});

test('what is missing or makes no sense', () => {
  expect(problemsOf(good.replace('source: ip, ', ''))).toEqual([
    'vpn.yaml:6:9: fields: expected source: the key of who began',
  ]);
  expect(problemsOf(good.replace('time: at', ''))).toEqual([
    'vpn.yaml:1:1: expected time: the key of the time stamp',
  ]);
  expect(problemsOf(good.replace('time: at', 'time: { field: at, format: "%d.%m.%Y" }'))).toEqual([
    'vpn.yaml:5:28: time.format: expected auto, syslog or a strptime pattern such as "%d.%m.%Y %H:%M:%S" (%H is missing)',
  ]);
  expect(problemsOf(good.replace('time: at', 'time: { field: at, zone: Mars }'))).toEqual([
    'vpn.yaml:5:26: time.zone: expected an IANA time zone such as UTC or Europe/Berlin',
  ]);
});

test('no YAML, and YAML that is something else', () => {
  expect(problemsOf('name: [')[0]).toMatch(/^vpn\.yaml:1:\d+: /);
  expect(problemsOf('- a\n- b')).toContain('vpn.yaml:1:1: expected keys and values');
});
