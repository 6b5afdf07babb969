import { claims, inDocker, inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = webRequest;
const line = (fields: object): string =>
  JSON.stringify({ time_iso8601: '2026-11-22T01:32:11+01:00', remote_addr: '192.0.2.7', status: '404', ...fields });
const request = { request: 'GET /a HTTP/1.1' };
const asked = { method: 'GET', path: '/a' };

export const fixture: FormatFixture = {
  format: 'nginx-json',
  cases: [
    {
      name: "nginx's variables, every part",
      input: [
        line({
          msec: '1795307531.250',
          remote_port: '61000',
          remote_user: 'frank',
          request: 'GET /admin/login.php?x=1&y=%20 HTTP/1.1',
          uri: '/index.php',
          status: 404,
          body_bytes_sent: 153,
          http_referer: 'https://example.com/',
          http_user_agent: 'a "quoted" agent',
          host: 'www.example.com',
          server_port: '8443',
          server_addr: '198.51.100.4',
        }),
        line({ request_method: 'POST', request_uri: '/api?q', http_host: 'www.example.com:8080', body_bytes_sent: '0' }),
        line({ verb: 'GET', request: '/p?x=1' }),
        line({ request_method: 'GET', uri: '/p', args: 'x=1', remote_user: '-', http_referer: '', body_bytes_sent: '-' }),
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-22T00:32:11.250000Z', target: '198.51.100.4', sourcePort: 61000, targetPort: 8443, status: 404, size: 153, flags: ['hasSize'], texts: { method: 'GET', path: '/admin/login.php', query: 'x=1&y=%20', agent: 'a "quoted" agent', referer: 'https://example.com/', host: 'www.example.com', user: 'frank' } },
        { ...base, targetPort: 8080, status: 404, size: 0, flags: ['noTarget', 'hasSize'], texts: { method: 'POST', path: '/api', query: 'q', host: 'www.example.com' } },
        { ...base, status: 404, size: 0, flags: ['noTarget'], texts: { method: 'GET', path: '/p', query: 'x=1' } },
        { ...base, status: 404, size: 0, flags: ['noTarget'], texts: { method: 'GET', path: '/p', query: 'x=1' } },
      ],
    },
    {
      name: 'stamps: NCSA, epoch, no zone; addresses: IPv6, mapped, zone id; an envelope; broken requests',
      zone: 'Europe/Berlin',
      input: [
        '{"time_local":"22/Nov/2026:01:32:11 +0100","remote_addr":"2001:db8::7","request":"GET /a HTTP/1.1","status":404}',
        '{"timestamp":1795307531,"remote_addr":"::ffff:192.0.2.7","request":"GET /a HTTP/1.1","status":404}',
        '{"@timestamp":"2026-11-22T01:32:11.5","client_ip":"fe80::7%eth0","method":"GET","url":"/a","status":404}',
        '<190>Nov 22 00:32:12 web nginx: {"time":"2026/11/22 01:32:11","remote_addr":"192.0.2.7","request":"GET /a HTTP/1.1","status":404}',
        line({ request: '\u0016\u0003\u0001', status: 400 }),
        line({ request: 'GET http://www.example.com:8080/\u00fc" HTTP/1.1' }),
      ].join('\r\n'),
      events: [
        { ...base, source: '2001:db8::7', status: 404, flags: ['noTarget'], texts: asked },
        { ...base, status: 404, flags: ['noTarget'], texts: asked },
        { ...base, time: '2026-11-22T00:32:11.500000Z', source: 'fe80::7', status: 404, flags: ['noTarget'], texts: asked },
        { ...base, status: 404, flags: ['noTarget'], texts: asked },
        { ...base, status: 400, flags: ['noTarget'], texts: { detail: '\u0016\u0003\u0001' } },
        { ...base, targetPort: 8080, status: 404, flags: ['noTarget'], texts: { method: 'GET', host: 'www.example.com', path: '/\u00fc"' } },
      ],
    },
    {
      name: 'a header speaks for another client only when the peer is trusted',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(5),
      input: [
        line({ ...request, remote_port: '4711', http_x_forwarded_for: '198.51.100.66, 203.0.113.9, 192.0.2.9' }),
        line({ ...request, http_forwarded: 'for=198.51.100.66, For="[2001:db8::9]:4711";proto=https, for=192.0.2.9' }),
        line({ ...request, http_forwarded: 'for=203.0.113.9, for=_hidden' }),
        line({ ...request, http_cf_connecting_ip: '203.0.113.9' }),
        line({ ...request, proxy_protocol_addr: '203.0.113.9' }),
        line({ ...request, http_x_real_ip: '203.0.113.9', http_x_forwarded_for: '203.0.113.10' }),
        line({ ...request, http_x_forwarded_for: 'unknown' }),
        line({ ...request, remote_addr: undefined, proxy_add_x_forwarded_for: '10.9.9.9, 203.0.113.9' }),
        ...['http_x_forwarded_for', 'http_forwarded', 'http_cf_connecting_ip', 'http_true_client_ip', 'http_x_real_ip'].map(
          (key) => line({ ...request, remote_addr: '198.51.100.1', [key]: key === 'http_forwarded' ? 'for=203.0.113.9' : '203.0.113.9' }),
        ),
      ].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', status: 404, flags: ['noTarget', 'forwarded'], texts: asked },
        { ...base, source: '2001:db8::9', status: 404, flags: ['noTarget', 'forwarded'], texts: asked },
        { ...base, status: 404, flags: ['noTarget'], texts: asked },
        { ...base, source: '203.0.113.9', status: 404, flags: ['noTarget', 'forwarded'], texts: asked },
        { ...base, source: '203.0.113.9', status: 404, flags: ['noTarget', 'forwarded'], texts: asked },
        { ...base, source: '203.0.113.10', status: 404, flags: ['noTarget', 'forwarded'], texts: asked },
        { ...base, status: 404, flags: ['noTarget'], texts: asked },
        { ...base, source: '203.0.113.9', status: 404, flags: ['noTarget'], texts: asked },
        ...Array.from({ length: 5 }, () => ({ ...base, source: '198.51.100.1', status: 404, flags: ['noTarget'] as const, texts: asked })),
      ],
    },
    {
      name: 'out of the files of Docker and Kubernetes',
      grown: false,
      input: [
        inDocker(line({ ...request, http_user_agent: 'a "quoted" agent' })),
        inPod('F', line(request)),
        inPod('P', line(request).slice(0, 40)),
        inPod('F', line(request).slice(40)),
      ].join('\n'),
      events: [
        { ...base, status: 404, flags: ['noTarget'], texts: { ...asked, agent: 'a "quoted" agent' } },
        { ...base, status: 404, flags: ['noTarget'], texts: asked },
        { ...base, status: 404, flags: ['noTarget'], texts: asked },
      ],
    },
    {
      name: 'records that say too little',
      input: [
        line(request),
        line({ ...request, remote_addr: 'unix:' }),
        line({ ...request, time_iso8601: 'x' }),
        line({}),
        `${line(request)}}`,
      ].join('\n'),
      events: [{ ...base, status: 404, flags: ['noTarget'], texts: asked }],
      skipped: { 'no client address': 1, 'no time stamp': 1, 'no request in the record': 1, 'not a whole JSON object': 1 },
    },
  ],
  malformed: {
    input: '{"time_iso8601":"2026-11-22T00:32:11+00:00","remote_addr":"192.0.2.300","request":"GET / HTTP/1.1","status":200}',
    reason: 'no client address',
  },
};
