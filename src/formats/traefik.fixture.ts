import { claims, inDocker, inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, time: '2026-11-22T00:32:11.250000Z', sourcePort: 61000, status: 404, size: 153, flags: ['noTarget', 'hasSize'] } as const;
const line = (fields: object = {}): string =>
  JSON.stringify({
    ClientAddr: '192.0.2.7:61000',
    ClientHost: '192.0.2.7',
    ClientPort: '61000',
    ClientUsername: '-',
    DownstreamContentSize: 153,
    DownstreamStatus: 404,
    Duration: 357_313,
    OriginStatus: 404,
    RequestAddr: 'www.example.com',
    RequestHost: 'www.example.com',
    RequestMethod: 'GET',
    RequestPath: '/a',
    RequestPort: '-',
    RequestProtocol: 'HTTP/1.1',
    ServiceURL: { Scheme: 'http', User: null, Host: '198.51.100.4:80', Path: '' },
    StartLocal: '2026-11-22T01:32:11.250000789+01:00',
    StartUTC: '2026-11-22T00:32:11.250000789Z',
    entryPointName: 'web',
    level: 'info',
    msg: '',
    time: '2026-11-22T00:32:12Z',
    ...fields,
  });
const asked = { method: 'GET', path: '/a', host: 'www.example.com' };

export const fixture: FormatFixture = {
  format: 'traefik',
  cases: [
    {
      name: 'every part; without the start stamps; IPv6',
      input: [
        line({ RequestPath: '/admin/login.php?x=1', RequestPort: '8443', ClientUsername: 'frank', 'request_User-Agent': 'curl/8.5.0', request_Referer: 'https://example.com/' }),
        line({ StartUTC: undefined, StartLocal: undefined, DownstreamContentSize: 0 }),
        line({ ClientHost: '2001:db8::7', ClientAddr: '[2001:db8::7]:61000' }),
        line({ ClientHost: undefined, ClientPort: undefined, ClientAddr: '[2001:db8::7]:61000' }),
      ].join('\n'),
      events: [
        { ...base, targetPort: 8443, texts: { method: 'GET', path: '/admin/login.php', query: 'x=1', host: 'www.example.com', agent: 'curl/8.5.0', referer: 'https://example.com/', user: 'frank' } },
        { ...base, time: '2026-11-22T00:32:12.000000Z', size: 0, texts: asked },
        { ...base, source: '2001:db8::7', texts: asked },
        { ...base, source: '2001:db8::7', texts: asked },
      ],
    },
    {
      name: 'kept headers speak for another client only when the peer is trusted',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(2),
      input: [
        line({ ClientHost: '198.51.100.66, 203.0.113.9' }),
        line({ 'request_X-Forwarded-For': '203.0.113.9' }),
        line({ 'request_X-Real-Ip': '203.0.113.9' }),
        line({ ClientAddr: '198.51.100.1:61000', ClientHost: '203.0.113.9' }),
        line({ ClientAddr: '198.51.100.1:61000', ClientHost: '198.51.100.1', 'request_X-Forwarded-For': '203.0.113.9', 'request_X-Real-Ip': '203.0.113.9' }),
      ].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', sourcePort: 0, flags: ['noTarget', 'hasSize', 'forwarded'], texts: asked },
        { ...base, source: '203.0.113.9', sourcePort: 0, flags: ['noTarget', 'hasSize', 'forwarded'], texts: asked },
        { ...base, source: '203.0.113.9', sourcePort: 0, flags: ['noTarget', 'hasSize', 'forwarded'], texts: asked },
        { ...base, source: '198.51.100.1', texts: asked },
        { ...base, source: '198.51.100.1', texts: asked },
      ],
    },
    {
      name: 'ClientAddr left out by the configuration: ClientHost is the peer where it names one',
      grown: false,
      input: [line({ ClientAddr: undefined }), line({ ClientAddr: undefined, ClientHost: '203.0.113.9, 192.0.2.7' })].join('\n'),
      events: [{ ...base, texts: asked }],
      skipped: { 'no client address': 1 },
    },
    {
      name: 'out of the files of Docker and Kubernetes',
      grown: false,
      input: [inDocker(line()), inPod('F', line())].join('\n'),
      events: [{ ...base, texts: asked }, { ...base, texts: asked }],
    },
  ],
  malformed: { input: line({ StartUTC: 'x', StartLocal: 'x', time: 'x' }), reason: 'no time stamp' },
};
