import { claims, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  ...webRequest,
  sourcePort: 61000,
  status: 404,
  size: 703,
  flags: ['noTarget', 'hasSize'],
} as const;
const header = ['#Version: 1.0', '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end'];
const row = (client: string, path = '/a', query = '-', agent = 'curl/8.5.0', forwarded = '-', referer = '-'): string =>
  `2026-11-22\t00:32:11\tFRA56-P2\t703\t${client}\tGET\td111111abcdef8.cloudfront.net\t${path}\t404\t${referer}\t${agent}\t${query}\t-\tError\t375WZmnR4h==\twww.example.com\thttps\t62\t0.113\t${forwarded}\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tError\tHTTP/2.0\t-\t-\t61000\t0.113\tError\ttext/html\t20\t-\t-`;
const asked = { method: 'GET', path: '/a', host: 'www.example.com', agent: 'curl/8.5.0' };

export const fixture: FormatFixture = {
  format: 'cloudfront',
  cases: [
    {
      name: 'encoded and doubly encoded agents, IPv6, other columns',
      input: [
        ...header,
        row('192.0.2.7', '/admin/a%2520b', 'x=1', 'Mozilla/5.0%20(X11;%20Linux)', '-', 'https://example.com/%22x%22'),
        row('2001:db8::7', '/a', '-', 'Mozilla/5.0%2520(X11)'),
        row('192.0.2.7', '/a', '-', 'broken%2'),
        '#Fields: time date c-ip cs-method cs-uri-stem sc-status',
        '00:32:11\t2026-11-22\t192.0.2.7\tGET\t/a\t404',
      ].join('\n'),
      events: [
        { ...base, texts: { ...asked, path: '/admin/a%2520b', query: 'x=1', agent: 'Mozilla/5.0 (X11; Linux)', referer: 'https://example.com/"x"' } },
        { ...base, source: '2001:db8::7', texts: { ...asked, agent: 'Mozilla/5.0 (X11)' } },
        { ...base, texts: { ...asked, agent: 'broken%2' } },
        { ...base, sourcePort: 0, size: 0, flags: ['noTarget'], texts: { method: 'GET', path: '/a' } },
      ],
    },
    {
      name: 'without a header the documented columns hold; x-forwarded-for from a trusted peer only',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [
        row('192.0.2.7', '/a', '-', 'curl/8.5.0', '198.51.100.66,203.0.113.9'),
        row('203.0.113.1', '/a', '-', 'curl/8.5.0', '203.0.113.9'),
      ].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', sourcePort: 0, flags: ['noTarget', 'hasSize', 'forwarded'], texts: asked },
        { ...base, source: '203.0.113.1', texts: asked },
      ],
    },
  ],
  malformed: { input: row('nobody'), reason: 'no client address' },
};
