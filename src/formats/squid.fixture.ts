import { webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, time: '2026-11-22T00:32:11.250000Z', status: 404, size: 507, flags: ['noTarget', 'hasSize'] } as const;
const row = (result: string, asked: string, rest: string, client = '192.0.2.7'): string =>
  `1795307531.250    921 ${client} ${result} 507 ${asked} ${rest}`;

export const fixture: FormatFixture = {
  format: 'squid',
  cases: [
    {
      name: 'misses, hits, refusals, tunnels, parents, IPv6, no request at all, syslog',
      input: [
        row('TCP_MISS/404', 'GET http://www.example.com/admin?x=1', 'frank HIER_DIRECT/198.51.100.4 text/html'),
        row('TCP_MISS/404', 'GET http://www.example.com:8080', '- DIRECT/198.51.100.4 text/html'),
        row('TCP_HIT/404', 'GET http://www.example.com/a', '- HIER_NONE/- text/html'),
        row('TCP_DENIED/403', 'CONNECT www.example.com:22', '- HIER_NONE/- text/html'),
        row('TCP_TUNNEL/200', 'CONNECT www.example.com:443', '- HIER_DIRECT/2001:db8:1::4 -', '2001:db8::7'),
        row('TCP_MISS/404', 'GET http://www.example.com/a', '- FIRSTUP_PARENT/198.51.100.9 text/html'),
        row('NONE_NONE/000', '- error:transaction-end-before-headers', '- HIER_NONE/- -'),
        `Nov 22 00:32:12 proxy squid[99]: ${row('TCP_HIT/404', 'GET http://www.example.com/a', '- HIER_NONE/- text/html')}`,
      ].join('\n'),
      events: [
        { ...base, target: '198.51.100.4', flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/admin', query: 'x=1', user: 'frank', detail: 'TCP_MISS' } },
        { ...base, target: '198.51.100.4', targetPort: 8080, flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/', detail: 'TCP_MISS' } },
        { ...base, texts: { method: 'GET', host: 'www.example.com', path: '/a', detail: 'TCP_HIT' } },
        { ...base, status: 403, targetPort: 22, texts: { method: 'CONNECT', host: 'www.example.com', path: 'www.example.com:22', detail: 'TCP_DENIED' } },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443, status: 200, flags: ['hasSize'], texts: { method: 'CONNECT', host: 'www.example.com', path: 'www.example.com:443', detail: 'TCP_TUNNEL' } },
        { ...base, texts: { method: 'GET', host: 'www.example.com', path: '/a', detail: 'TCP_MISS' } },
        { ...base, status: 0, texts: { detail: 'NONE_NONE' } },
        { ...base, texts: { method: 'GET', host: 'www.example.com', path: '/a', detail: 'TCP_HIT' } },
      ],
    },
  ],
  malformed: { input: row('TCP_MISS/404', 'GET http://www.example.com/a', '- HIER_NONE/- -', 'client.example.com'), reason: 'no client address' },
};
