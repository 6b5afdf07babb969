import { claims, inDocker, inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  ...webRequest,
  time: '2026-11-22T00:32:11.250000Z',
  status: 404,
  size: 153,
  flags: ['noTarget', 'hasSize'],
} as const;
const text = (forwarded: string, request = 'GET /a HTTP/2', agent = 'curl/8.5.0'): string =>
  `[2026-11-22T00:32:11.250Z] "${request}" 404 NR 0 153 1 - "${forwarded}" "${agent}" "cc21d9b0" "www.example.com:8443" "-"`;
const istio = (forwarded: string, peer = '192.0.2.7:61000'): string =>
  `[2026-11-22T00:32:11.250Z] "GET /a HTTP/1.1" 404 - via_upstream - "-" 0 153 1 0 "${forwarded}" "curl/8.5.0" "cc21d9b0" "www.example.com" "10.1.2.3:8080" inbound|8080|| 127.0.0.6:4711 198.51.100.4:8443 ${peer} outbound_.80_._.a.svc default`;
const json = (fields: object = {}): string =>
  JSON.stringify({
    ':authority': 'www.example.com',
    bytes_received: 0,
    bytes_sent: 153,
    downstream_local_address: '198.51.100.4:8443',
    downstream_remote_address: '192.0.2.7:61000',
    duration: 1,
    method: 'GET',
    protocol: 'HTTP/2',
    response_code: 404,
    response_flags: 'NR',
    start_time: '2026-11-22T00:32:11.250Z',
    upstream_host: null,
    'user-agent': 'curl/8.5.0',
    'x-envoy-origin-path': '/a',
    ...fields,
  });
const asked = { method: 'GET', path: '/a', host: 'www.example.com', agent: 'curl/8.5.0' };
const known = { ...base, target: '198.51.100.4', sourcePort: 61000, targetPort: 8443, flags: ['hasSize'], texts: asked } as const;

export const fixture: FormatFixture = {
  format: 'envoy',
  cases: [
    {
      name: "Envoy's default text: the client is the list's last entry",
      input: [
        text('192.0.2.7', 'GET /admin/login.php?x=1 HTTP/1.1', 'a \\"quoted agent'),
        text('203.0.113.66, 2001:db8::7'),
        `2026-11-22T01:32:12.310000000+01:00 stdout F ${text('192.0.2.7')}`,
      ].join('\n'),
      events: [
        { ...base, targetPort: 8443, texts: { ...asked, path: '/admin/login.php', query: 'x=1', agent: 'a \\"quoted agent' } },
        { ...base, source: '2001:db8::7', targetPort: 8443, texts: asked },
        { ...base, targetPort: 8443, texts: asked },
      ],
    },
    {
      name: "Istio's text and JSON name the peer",
      input: [istio('-'), json(), json({ 'x-envoy-origin-path': undefined, path: '/p?q=1', referer: 'https://example.com/', downstream_remote_address: '[2001:db8::7]:61000', downstream_local_address: '[2001:db8:1::4]:443' })].join('\n'),
      events: [
        known,
        known,
        { ...known, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443, texts: { ...asked, path: '/p', query: 'q=1', referer: 'https://example.com/' } },
      ],
    },
    {
      name: 'behind a trusted proxy, and a peer that only claims to be one',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [
        text('203.0.113.66, 203.0.113.9, 192.0.2.7'),
        istio('203.0.113.66,203.0.113.9'),
        json({ 'x-forwarded-for': '203.0.113.66,203.0.113.9' }),
        json({ 'x-forwarded-for': '203.0.113.9', downstream_remote_address: '203.0.113.1:61000' }),
      ].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', targetPort: 8443, texts: asked },
        { ...known, source: '203.0.113.9', sourcePort: 0, flags: ['hasSize', 'forwarded'] },
        { ...known, source: '203.0.113.9', sourcePort: 0, flags: ['hasSize', 'forwarded'] },
        { ...known, source: '203.0.113.1' },
      ],
    },
    {
      name: 'lines that say too little',
      input: [text('192.0.2.7'), text('-'),
        // Envoy escapes nothing: a request that would end the line and name another client.
        text('192.0.2.7', 'GET /a HTTP/2" 404 NR 0 153 1 - "203.0.113.9" "x" "x" "www.example.com" "-" HTTP/2'), '[2026-11-22T00:32:11.250Z] "GET /a HTTP/2" 404'].join('\n'),
      events: [{ ...base, targetPort: 8443, texts: asked }],
      skipped: { 'no client address': 1, 'not in this layout': 2 },
    },
    {
      name: 'out of the files of Docker and Kubernetes',
      grown: false,
      input: [inDocker(json()), inPod('F', json()), inPod('F', istio('-'))].join('\n'),
      events: [known, known, known],
    },
  ],
  malformed: { input: json({ start_time: 'now' }), reason: 'no time stamp' },
};
