import { claims, inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, time: '2026-11-22T00:32:11.250000Z', sourcePort: 61000, status: 404, size: 2750, flags: ['noTarget', 'hasSize'] } as const;
const contact = { ...base, kind: 'contact', status: 0, size: 212 } as const;
const stamp = '[22/Nov/2026:00:32:11.250]';
const http = (request: string, { client = '192.0.2.7:61000', frontend = 'http-in', status = '404', captured = '' } = {}): string =>
  `${client} ${stamp} ${frontend} static/srv1 10/0/30/69/109 ${status} 2750 - - ---- 1/1/1/1/0 0/0 ${captured}"${request}"`;
const tcp = (state: string, frontend = 'fnt'): string =>
  `Nov 22 00:32:11 lb haproxy[14387]: 192.0.2.7:61000 ${stamp} ${frontend} bck/srv1 0/0/5007 212 ${state} 0/0/0/0/3 0/0`;
const asked = { method: 'GET', path: '/a' };

export const fixture: FormatFixture = {
  format: 'haproxy',
  cases: [
    {
      name: 'HTTP: with and without syslog, TLS frontends, IPv6, aborted, refused and broken requests, httpslog',
      input: [
        `Nov 22 00:32:12 lb haproxy[14389]: ${http('GET /admin/login.php?x=1 HTTP/1.1')}`,
        `<134>1 2026-11-22T00:32:12Z lb haproxy 14389 - - ${http('GET https://www.example.com/a HTTP/2.0', { frontend: 'https-in~' })}`,
        http('GET /a HTTP/1.1', { client: '2001:db8::7:6100', status: '-1' }),
        http('GET /a HTTP/1.1', { client: '::ffff:192.0.2.7:61000', captured: '{www.example.com|a "b} {nginx} ' }).replace('a "b', 'a #22b'),
        http('<BADREQ>', { status: '400' }),
        `${http('GET /a HTTP/1.1')} 0/0000000000000000/0/0/0 www.example.com/TLSv1.3/TLS_AES_256_GCM_SHA384`,
        http('GET /a HTTP/1.1').replace('2750', '+2750').replace('/109', '/+109'),
        http('GET /a HTTP/1.1').slice(0, -1),
      ].join('\n'),
      events: [
        { ...base, texts: { method: 'GET', path: '/admin/login.php', query: 'x=1' } },
        { ...base, texts: { ...asked, host: 'www.example.com' } },
        { ...base, source: '2001:db8::7', sourcePort: 6100, status: 0, texts: asked },
        { ...base, texts: asked },
        { ...base, status: 400, texts: { detail: '<BADREQ>' } },
        { ...base, texts: asked },
        { ...base, texts: asked },
        { ...base, texts: asked },
      ],
    },
    {
      name: 'as HAProxy itself sends it: without a host; and without any option for the log',
      input: [
        `<134>Nov 22 00:32:12 haproxy[14389]: ${http('GET /a HTTP/1.1')}`,
        tcp('SC').replace(' lb ', ' '),
        '<134>Nov 22 00:32:11 haproxy[14385]: Connect from 192.0.2.7:61000 to 198.51.100.4:80 (www/HTTP)',
        'Nov 22 00:32:11 lb haproxy[14385]: Connect from 2001:db8::7:61000 to 2001:db8:1::4:25 (mail/TCP)',
        'Nov 22 00:32:11 lb haproxy[14385]: Connect from 192.0.2.7:61000 to unix:1 (www/HTTP)',
      ].join('\n'),
      events: [
        { ...base, texts: asked },
        { ...contact, outcome: 'refused', texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, time: '2026-11-22T00:32:11.000000Z', target: '198.51.100.4', targetPort: 80, size: 0, flags: [], texts: { host: 'www' } },
        { ...contact, time: '2026-11-22T00:32:11.000000Z', source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 25, size: 0, flags: [], texts: { host: 'mail' } },
      ],
      skipped: { 'no address of the frontend': 1 },
    },
    {
      name: 'TCP: the termination state says what became of it; connection errors',
      input: [
        tcp('--'),
        tcp('CD'),
        tcp('SC'),
        tcp('sC'),
        tcp('PR'),
        tcp('RC'),
        `192.0.2.7:61000 ${stamp} https-in/1: SSL handshake failure`,
      ].join('\n'),
      events: [
        { ...contact, texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, outcome: 'refused', texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, outcome: 'unanswered', texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, outcome: 'denied', texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, outcome: 'unknown', texts: { host: 'fnt', detail: 'bck/srv1' } },
        { ...contact, size: 0, flags: ['noTarget'], texts: { host: 'https-in', detail: 'SSL handshake failure' } },
      ],
    },
    {
      name: 'configured: captured headers and where frontends listen; the zone; trusted peers only',
      options: { captures: ['Host', 'X-Forwarded-For', 'Cookie', 'User-Agent'], frontends: { fnt: '198.51.100.4:22', 'https-in': '[2001:db8:1::4]:443' } },
      zone: 'Europe/Berlin',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [
        http('GET /a HTTP/1.1', { frontend: 'https-in~', captured: '{www.example.com|198.51.100.66, 203.0.113.9|x|curl/8.5.0} {} ' }),
        http('GET /a HTTP/1.1', { client: '203.0.113.1:61000', captured: '{|203.0.113.9||} ' }),
        http('GET /a HTTP/1.1', { captured: '{www.example.com} ' }),
        tcp('--'),
      ].join('\n').replaceAll('00:32:11.250', '01:32:11.250'),
      events: [
        { ...base, source: '203.0.113.9', target: '2001:db8:1::4', sourcePort: 0, targetPort: 443, flags: ['hasSize', 'forwarded'], texts: { ...asked, host: 'www.example.com', agent: 'curl/8.5.0' } },
        { ...base, source: '203.0.113.1', texts: asked },
        { ...base, texts: { ...asked, host: 'www.example.com' } },
        { ...contact, target: '198.51.100.4', targetPort: 22, flags: ['hasSize'], texts: { host: 'fnt', detail: 'bck/srv1' } },
      ],
    },
    {
      name: 'lines that say too little',
      input: [
        http('GET /a HTTP/1.1'),
        'Nov 22 00:32:11 lb haproxy[1]: Server static/srv1 is DOWN.',
        http('GET /a HTTP/1.1').replace(stamp, '[now]'),
        http('GET /a HTTP/1.1').replace('10/0/30/69/109', '10/0/30/69'),
        http('x').slice(0, 90),
      ].join('\n'),
      events: [{ ...base, texts: asked }],
      skipped: { 'no client address and port': 1, 'no time stamp': 1, 'neither an HTTP nor a TCP log line': 1, 'no request in the line': 1 },
    },
    {
      name: 'out of the files of Kubernetes',
      grown: false,
      input: inPod('F', http('GET /a HTTP/1.1')),
      events: [{ ...base, texts: asked }],
    },
  ],
  malformed: { input: http('GET /a HTTP/1.1', { client: 'unix:1' }), reason: 'no client address and port' },
};
