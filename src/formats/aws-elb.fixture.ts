import { webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  ...webRequest,
  time: '2026-11-22T00:32:11.250000Z',
  sourcePort: 61000,
  targetPort: 443,
  status: 404,
  size: 366,
  flags: ['noTarget', 'hasSize'],
} as const;
const rest =
  'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "www.example.com" "-" 0 2026-11-22T00:32:11.249000Z "waf,forward" "-" "-" "10.0.0.1:80" "404" "-" "-"';
const alb = (request: string, client = '192.0.2.7:61000', status = '404 404', type = 'https'): string =>
  `${type} 2026-11-22T00:32:11.250000Z app/my-alb/50dc6c495c0c9188 ${client} 10.0.0.1:80 0.000 0.001 0.000 ${status} 34 366 "${request}" "curl/8.5.0" ${rest}`;
const request = 'GET https://www.example.com:443/a HTTP/1.1';
const asked = { method: 'GET', path: '/a', host: 'www.example.com', agent: 'curl/8.5.0' };
const tls =
  'tls 2.0 2026-11-22T00:32:11 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.7:61000 198.51.100.4:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - www.example.com - - - 2026-11-22T00:32:11';

export const fixture: FormatFixture = {
  format: 'aws-elb',
  cases: [
    {
      name: 'ALB: types, IPv6, no answer from the target, broken requests, older and newer lines',
      input: [
        alb('GET https://www.example.com:443/admin/login.php?x=1 HTTP/1.1'),
        alb('GET http://www.example.com:80/ HTTP/1.1', undefined, undefined, 'http'),
        alb(request, '[2001:db8::7]:61000', '460 -', 'h2'),
        alb(request, '2001:db8:5::f215:5071', '460 -', 'h2'),
        alb(request, undefined, '101 101', 'wss'),
        alb('- http://www.example.com:80- -', undefined, '400 -'),
        `https 2026-11-22T00:32:11.250000Z app/my-alb/50dc6c495c0c9188 192.0.2.7:61000 - -1 -1 -1 404 - 34 366 "${request}" "curl/8.5.0" - - - "Root=1"`,
        `${alb(request)} TID_1 "-" "-" "-"`,
      ].join('\n'),
      events: [
        { ...base, texts: { ...asked, path: '/admin/login.php', query: 'x=1' } },
        { ...base, targetPort: 80, texts: { ...asked, path: '/' } },
        { ...base, source: '2001:db8::7', status: 460, texts: asked },
        { ...base, source: '2001:db8:5::f215', sourcePort: 5071, status: 460, texts: asked },
        { ...base, status: 101, texts: asked },
        { ...base, targetPort: 0, status: 400, texts: { detail: '- http://www.example.com:80- -', agent: 'curl/8.5.0' } },
        { ...base, texts: asked },
        { ...base, texts: asked },
      ],
    },
    {
      name: 'the classic load balancer',
      input: ['192.0.2.7:61000', '2001:db8::7:61000']
        .map((client) => `2026-11-22T00:32:11.250000Z my-loadbalancer ${client} 10.0.0.1:80 0.000073 0.001048 0.000057 404 404 0 366 "${request}" "curl/8.5.0" - -`)
        .join('\n'),
      events: [
        { ...base, texts: asked },
        { ...base, source: '2001:db8::7', texts: asked },
      ],
    },
    {
      name: 'a TLS listener of a network load balancer: a contact with the listener',
      input: [tls, tls.replace('192.0.2.7:61000', '[2001:db8::7]:61000').replace('198.51.100.4:443', '[2001:db8:1::4]:443').replace('www.example.com', '-')].join('\n'),
      events: [
        { kind: 'contact', time: '2026-11-22T00:32:11.000000Z', source: '192.0.2.7', target: '198.51.100.4', sourcePort: 61000, targetPort: 443, proto: 6, outcome: 'answered', role: 'originator', size: 246, flags: ['hasSize'], texts: { detail: 'www.example.com' } },
        { kind: 'contact', time: '2026-11-22T00:32:11.000000Z', source: '2001:db8::7', target: '2001:db8:1::4', sourcePort: 61000, targetPort: 443, proto: 6, outcome: 'answered', role: 'originator', size: 246, flags: ['hasSize'] },
      ],
    },
    {
      name: 'a balancer behind a CDN does not log whom that speaks for',
      trustedProxies: ['192.0.2.0/24'],
      input: alb(request),
      events: [{ ...base, texts: asked }],
    },
  ],
  malformed: { input: alb(request, '-'), reason: 'no client address' },
};
