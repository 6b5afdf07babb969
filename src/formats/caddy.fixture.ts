import { claims, inDocker, inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, time: '2026-11-22T00:32:11.250000Z', sourcePort: 61000, status: 404, size: 153, flags: ['noTarget', 'hasSize'] } as const;
const line = (request: object, top: object = {}): string =>
  JSON.stringify({
    level: 'info',
    ts: 1_795_307_531.25,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: { remote_ip: '192.0.2.7', remote_port: '61000', client_ip: '192.0.2.7', proto: 'HTTP/2.0', method: 'GET', host: 'www.example.com', uri: '/a', ...request },
    bytes_read: 0,
    user_id: '',
    duration: 0.000_5,
    size: 153,
    status: 404,
    resp_headers: { Server: ['Caddy'] },
    ...top,
  });
const asked = { method: 'GET', path: '/a', host: 'www.example.com' };

export const fixture: FormatFixture = {
  format: 'caddy',
  cases: [
    {
      name: 'every part; stamps as text; Caddy before 2.5',
      input: [
        line({ uri: '/admin/login.php?x=1', host: 'www.example.com:8443', headers: { 'User-Agent': ['curl/8.5.0', 'second'], Accept: ['*/*'], Referer: ['https://example.com/"x"'] } }, { user_id: 'frank' }),
        line({}, { ts: '2026-11-22T01:32:11.250+0100' }),
        line({}, { ts: '22/Nov/2026:01:32:11 +0100' }),
        line({}, { ts: 1_795_307_531_250.125 }),
        line({ remote_ip: undefined, remote_port: undefined, client_ip: undefined, remote_addr: '[2001:db8::7]:61000' }),
        line({}, { status: 0, size: 0 }),
      ].join('\n'),
      events: [
        { ...base, targetPort: 8443, texts: { method: 'GET', path: '/admin/login.php', query: 'x=1', host: 'www.example.com', agent: 'curl/8.5.0', referer: 'https://example.com/"x"', user: 'frank' } },
        { ...base, texts: asked },
        { ...base, time: '2026-11-22T00:32:11.000000Z', texts: asked },
        { ...base, time: '2026-11-22T00:32:11.250125Z', texts: asked },
        { ...base, source: '2001:db8::7', texts: asked },
        { ...base, status: 0, size: 0, texts: asked },
      ],
    },
    {
      name: 'out of the files of Docker and Kubernetes',
      grown: false,
      input: [inDocker(line({}), 'stderr'), inPod('F', line({}), 'stderr')].join('\n'),
      events: [
        { ...base, texts: asked },
        { ...base, texts: asked },
      ],
    },
    {
      name: "whom Caddy took for the client; headers from a peer that only Offtrail's configuration trusts",
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [
        line({ client_ip: '203.0.113.9' }),
        line({ headers: { 'X-Forwarded-For': ['198.51.100.66, 203.0.113.9'] } }),
        line({ headers: { Forwarded: ['for="203.0.113.9:1234"'] } }),
        line({ headers: { 'Cf-Connecting-Ip': ['203.0.113.9'] } }),
        line({ remote_ip: '198.51.100.1', client_ip: '198.51.100.1', headers: { 'X-Forwarded-For': ['203.0.113.9'], 'X-Real-Ip': ['203.0.113.9'] } }),
      ].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', texts: asked },
        ...Array.from({ length: 3 }, () => ({ ...base, source: '203.0.113.9', sourcePort: 0, flags: ['noTarget', 'hasSize', 'forwarded'] as const, texts: asked })),
        { ...base, source: '198.51.100.1', texts: asked },
      ],
    },
    {
      name: "Caddy's other messages",
      input: [line({}), '{"level":"info","ts":1795307531.25,"logger":"tls","msg":"cleaning storage unit"}', line({}).slice(0, -1)].join('\n'),
      events: [{ ...base, texts: asked }],
      skipped: { 'no request in the record': 1, 'not a whole JSON object': 1 },
    },
  ],
  malformed: { input: line({ client_ip: 'nobody' }), reason: 'no client address' },
};
