import { claims, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, target: '198.51.100.4', sourcePort: 61000, targetPort: 443, status: 403 } as const;
const asked = { method: 'GET', path: '/.env', query: 'x=1', host: 'www.example.com', agent: 'curl/8.5.0' };
const rule = { name: 'Restricted File "Access" Attempt', detail: '930130' };
const alert = { ...base, kind: 'alert', outcome: 'unknown', status: 1, texts: { ...asked, ...rule } } as const;

/** ModSecurity 3: everything in the transaction, local time without zone. */
const three = (headers: object = {}, messages: object[] = [{ message: rule.name, details: { match: 'x', ruleId: rule.detail, severity: '2', tags: ['a'] } }, { message: 'Inbound Anomaly Score Exceeded', details: { ruleId: '949110' } }], top: object = {}): string =>
  JSON.stringify({
    transaction: {
      client_ip: '192.0.2.7',
      time_stamp: 'Sun Nov 22 00:32:11 2026',
      server_id: '70cb38a1',
      client_port: 61_000,
      host_ip: '198.51.100.4',
      host_port: 443,
      unique_id: '1795307531.25',
      request: { method: 'GET', http_version: 1.1, uri: '/.env?x=1', headers: { Host: 'www.example.com', 'User-Agent': 'curl/8.5.0', ...headers } },
      response: { body: '', http_code: 403, headers: { Server: 'nginx' } },
      producer: { modsecurity: 'ModSecurity v3.0.12 (Linux)', components: [] },
      messages,
      ...top,
    },
  });
/** ModSecurity 2: the request line, tags inside the messages. */
const two = (message: string): string =>
  JSON.stringify({
    transaction: { time: '22/Nov/2026:01:32:11.250000 +0100', transaction_id: 'abc', remote_address: '192.0.2.7', remote_port: 61_000, local_address: '198.51.100.4', local_port: 443 },
    request: { request_line: 'GET /.env?x=1 HTTP/1.1', headers: { Host: 'www.example.com', 'User-Agent': 'curl/8.5.0' } },
    response: { protocol: 'HTTP/1.1', status: 403, headers: {} },
    audit_data: { messages: [message], action: { intercepted: true, phase: 2 }, producer: ['ModSecurity for Apache/2.9.7'] },
  });
const coraza = JSON.stringify({
  transaction: {
    timestamp: '2026/11/22 00:32:11',
    unix_timestamp: 1,
    id: 'abc',
    client_ip: '192.0.2.7',
    client_port: 61_000,
    host_ip: '198.51.100.4',
    host_port: 443,
    request: { method: 'GET', protocol: 'HTTP/1.1', uri: '/.env?x=1', headers: { host: ['www.example.com'], 'user-agent': ['curl/8.5.0'] } },
    response: { status: 403, headers: {} },
    is_interrupted: true,
  },
  messages: [{ actionset: '', message: '', data: { file: 'x.conf', line: 1, id: 930_130, msg: rule.name, severity: 2 } }],
}).replace('"unix_timestamp":1', '"unix_timestamp":1795307531250000789');

export const fixture: FormatFixture = {
  format: 'modsecurity-json',
  cases: [
    {
      name: 'ModSecurity 3: the request and one alert; without a match the request alone; HTTP/2 header names; the zone',
      input: [
        three(),
        three({ Host: undefined, host: 'www.example.com' }, []),
        three({}, [{ message: 'm', details: { ruleId: '1', severity: '5' } }], { time_stamp: 'Sun Nov  1 00:32:11 2026', client_ip: '2001:db8::7', host_ip: '2001:db8:1::4' }),
      ].join('\n'),
      events: [
        { ...base, texts: asked },
        alert,
        { ...base, texts: asked },
        { ...base, time: '2026-11-01T00:32:11.000000Z', source: '2001:db8::7', target: '2001:db8:1::4', texts: asked },
        { ...alert, time: '2026-11-01T00:32:11.000000Z', source: '2001:db8::7', target: '2001:db8:1::4', status: 4, texts: { ...asked, name: 'm', detail: '1' } },
      ],
    },
    {
      name: 'ModSecurity 2: tags inside the message; a message without any',
      input: [
        two('Access denied with code 403 (phase 2). Pattern match "x" at REQUEST_FILENAME. [file "/etc/x.conf"] [line "1"] [id "930130"] [msg "Restricted File \\"Access\\" Attempt"] [severity "CRITICAL"]'),
        two('Failed to parse request body.'),
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-22T00:32:11.250000Z', texts: asked },
        { ...alert, time: '2026-11-22T00:32:11.250000Z', outcome: 'denied', texts: { ...asked, name: 'Restricted File \\"Access\\" Attempt', detail: '930130' } },
        { ...base, time: '2026-11-22T00:32:11.250000Z', texts: asked },
        { ...alert, time: '2026-11-22T00:32:11.250000Z', outcome: 'denied', status: 4, texts: { ...asked, name: 'Failed to parse request body.' } },
      ],
    },
    {
      name: 'Coraza: nanoseconds, lists of header values',
      input: coraza,
      events: [
        { ...base, time: '2026-11-22T00:32:11.250000Z', texts: asked },
        { ...alert, time: '2026-11-22T00:32:11.250000Z', outcome: 'denied' },
      ],
    },
    {
      name: 'headers speak for another client only when the peer is trusted',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [three({ 'X-Forwarded-For': '198.51.100.66, 203.0.113.9' }, []), three({ 'x-forwarded-for': '203.0.113.9' }, [], { client_ip: '203.0.113.1' })].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', sourcePort: 0, flags: ['forwarded'], texts: asked },
        { ...base, source: '203.0.113.1', texts: asked },
      ],
    },
  ],
  malformed: { input: three({}, [], { time_stamp: 'Sun Nov 31 00:32:11 2026' }), reason: 'no time stamp' },
};
