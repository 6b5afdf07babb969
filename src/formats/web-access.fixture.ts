import { claims, inDocker, inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = webRequest;
const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const line = (request: string, rest = '404 153 "-" "-"', client = '192.0.2.7 - -'): string =>
  `${client} [22/Nov/2026:01:32:11 +0100] "${request}" ${rest}`;
const missing = { ...base, status: 404, size: 153, flags: ['noTarget', 'hasSize'] } as const;

export const fixture: FormatFixture = {
  format: 'web-access',
  cases: [
    {
      name: 'common and combined, of nginx and Apache',
      input: [
        line('GET /index.html HTTP/1.1', '200 5120'),
        line('GET /admin/login.php?x=1&y=%20 HTTP/1.1', `404 153 "https://example.com/a?b" "${agent}"`),
        line('HEAD / HTTP/2.0', '304 - "-" "curl/8.5.0"'),
        line('POST /api HTTP/1.1', '499 0 "-" "-" "-"'),
        line('GET / HTTP/1.1', '200 12 "-" "x" rt=0.003 uct="-"'),
        '',
      ].join('\n'),
      events: [
        { ...base, status: 200, size: 5120, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', path: '/index.html' } },
        { ...missing, texts: { method: 'GET', path: '/admin/login.php', query: 'x=1&y=%20', agent, referer: 'https://example.com/a?b' } },
        { ...base, status: 304, size: 0, flags: ['noTarget'], texts: { method: 'HEAD', path: '/', agent: 'curl/8.5.0' } },
        { ...base, status: 499, size: 0, flags: ['noTarget', 'hasSize'], texts: { method: 'POST', path: '/api' } },
        { ...base, status: 200, size: 12, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', path: '/', agent: 'x' } },
      ],
    },
    {
      name: 'virtual hosts, users with blanks, IPv6, mapped addresses, zone ids, syslog',
      input: [
        line('GET /a HTTP/1.1', undefined, 'www.example.com:8443 192.0.2.7 - frank'),
        line('GET /a HTTP/1.1', undefined, 'www.example.com 192.0.2.7 - frank smith'),
        line('GET /a HTTP/1.1', undefined, '2001:db8::7 - -'),
        line('GET /a HTTP/1.1', undefined, '::ffff:192.0.2.7 - -'),
        line('GET /a HTTP/1.1', undefined, 'fe80::7%eth0 - -'),
        line('GET /a HTTP/1.1', undefined, '192.0.2.7 ident [x]'),
        `Nov 22 00:32:12 web nginx[7]: ${line('GET /a HTTP/1.1')}`,
        `<190>Nov 22 00:32:12 web nginx: ${line('GET /a HTTP/1.1')}`,
      ].join('\r\n'),
      events: [
        { ...missing, targetPort: 8443, texts: { method: 'GET', path: '/a', host: 'www.example.com', user: 'frank' } },
        { ...missing, texts: { method: 'GET', path: '/a', host: 'www.example.com', user: 'frank smith' } },
        { ...missing, source: '2001:db8::7', texts: { method: 'GET', path: '/a' } },
        { ...missing, texts: { method: 'GET', path: '/a' } },
        { ...missing, source: 'fe80::7', texts: { method: 'GET', path: '/a' } },
        { ...missing, texts: { method: 'GET', path: '/a', user: '[x]' } },
        { ...missing, texts: { method: 'GET', path: '/a' } },
        { ...missing, texts: { method: 'GET', path: '/a' } },
      ],
    },
    {
      name: 'quoted oddities and broken requests',
      input: [
        line('GET /a\\"b HTTP/1.1', '404 153 "-" "a \\"quoted\\" agent"'),
        line('GET /a\\x22b HTTP/1.1', '404 153 "-" "\\x22agent\\x22"'),
        line('GET /say"hi" HTTP/1.1'),
        line('GET /two words HTTP/1.1'),
        line('GET /old'),
        line('\\x16\\x03\\x01\\x02', '400 157 "-" "-"'),
        line('-', '408 0 "-" "-"'),
        line('', '400 0 "-" "-"'),
        line('GET http://www.example.com:8080/proxy?q HTTP/1.1'),
        line('GET http://www.example.com HTTP/1.1'),
        line('OPTIONS * HTTP/1.0'),
        line('CONNECT www.example.com:443 HTTP/1.1'),
        line('PROPFIND /dav HTTP/1.1'),
        line('GET /?q=1 HTTP/1.1'),
        line('GET /a HTTP/1.1', '404 153 "-" "never closed'),
      ].join('\n'),
      events: [
        { ...missing, texts: { method: 'GET', path: '/a\\"b', agent: 'a \\"quoted\\" agent' } },
        { ...missing, texts: { method: 'GET', path: '/a\\x22b', agent: '\\x22agent\\x22' } },
        { ...missing, texts: { method: 'GET', path: '/say"hi"' } },
        { ...missing, texts: { method: 'GET', path: '/two words' } },
        { ...missing, texts: { method: 'GET', path: '/old' } },
        { ...base, status: 400, size: 157, flags: ['noTarget', 'hasSize'], texts: { detail: '\\x16\\x03\\x01\\x02' } },
        { ...base, status: 408, size: 0, flags: ['noTarget', 'hasSize'] },
        { ...base, status: 400, size: 0, flags: ['noTarget', 'hasSize'] },
        { ...missing, texts: { method: 'GET', host: 'www.example.com', path: '/proxy', query: 'q' } },
        { ...missing, texts: { method: 'GET', host: 'www.example.com', path: '/' } },
        { ...missing, texts: { method: 'OPTIONS', path: '*' } },
        { ...missing, texts: { method: 'CONNECT', path: 'www.example.com:443' } },
        { ...missing, texts: { method: 'PROPFIND', path: '/dav' } },
        { ...missing, texts: { method: 'GET', path: '/', query: 'q=1' } },
        { ...missing, texts: { method: 'GET', path: '/a', agent: 'never closed' } },
      ],
    },
    {
      name: 'X-Forwarded-For is believed from trusted proxies only, from the right',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [
        line('GET /a HTTP/1.1', '404 153 "-" "x" "203.0.113.9"'),
        line('GET /a HTTP/1.1', '404 153 "-" "x" "198.51.100.66, 203.0.113.9, 192.0.2.9"'),
        line('GET /a HTTP/1.1', '404 153 "-" "x" "nonsense"'),
        line('GET /a HTTP/1.1', '404 153 "-" "x" "2001:db8::9"'),
        line('GET /a HTTP/1.1', '404 153 "-" "x" "203.0.113.9"', '198.51.100.1 - -'),
      ].join('\n'),
      events: [
        { ...missing, source: '203.0.113.9', flags: ['noTarget', 'hasSize', 'forwarded'], texts: { method: 'GET', path: '/a', agent: 'x' } },
        { ...missing, source: '203.0.113.9', flags: ['noTarget', 'hasSize', 'forwarded'], texts: { method: 'GET', path: '/a', agent: 'x' } },
        { ...missing, texts: { method: 'GET', path: '/a', agent: 'x' } },
        { ...missing, source: '2001:db8::9', flags: ['noTarget', 'hasSize', 'forwarded'], texts: { method: 'GET', path: '/a', agent: 'x' } },
        { ...missing, source: '198.51.100.1', texts: { method: 'GET', path: '/a', agent: 'x' } },
      ],
    },
    {
      name: 'X-Forwarded-For in the place of the peer: the last hop that is not trusted',
      trustedProxies: ['198.51.100.0/24'],
      input: ['203.0.113.66, 203.0.113.9, 198.51.100.2', '203.0.113.9,198.51.100.2', 'unknown, 203.0.113.9', '198.51.100.2, 203.0.113.9:4711', '203.0.113.66, unknown']
        .map((list) => line('GET /a HTTP/1.1', '404 153', `${list} - -`))
        .join('\n'),
      events: ['203.0.113.9', '203.0.113.9', '203.0.113.9', '203.0.113.9'].map((source) => ({ ...missing, source, texts: { method: 'GET', path: '/a' } })),
      skipped: { 'no client address': 1 },
    },
    {
      name: 'no zone in the stamp: the configured one',
      zone: 'Europe/Berlin',
      input: '192.0.2.7 - - [22/Nov/2026:01:32:11] "GET /a HTTP/1.1" 404 153\n',
      events: [{ ...missing, texts: { method: 'GET', path: '/a' } }],
    },
    {
      name: 'declared layouts that begin with a host or a client, behind a syslog header with and without a host',
      options: {
        log_format: [
          '$http_host$request_uri [$time_iso8601] $request_method $status $remote_addr',
          '$remote_addr|$time_iso8601|$host|$request|$status',
        ],
      },
      input: ['', '<190>Nov 22 00:32:11 gw nginx: ', '<190>Nov 22 00:32:11 nginx: ']
        .flatMap((head) => [
          `${head}www.example.com/a [2026-11-22T00:32:11+00:00] GET 404 192.0.2.7`,
          `${head}192.0.2.7|2026-11-22T00:32:11+00:00|www.example.com|GET /a HTTP/1.1|404`,
        ])
        .join('\n'),
      events: Array.from({ length: 6 }, () => ({ ...base, status: 404, flags: ['noTarget'], texts: { method: 'GET', host: 'www.example.com', path: '/a' } })),
    },
    {
      name: "nginx's log_format, declared: any order, names of its own, path right behind the host",
      options: {
        log_format: [
          'log_format upstream \'$http_host$request_uri [$time_iso8601] $request_method $status "$http_user_agent" \' \'rt=$request_time c=$remote_addr:$remote_port xff="$http_x_forwarded_for" $bytes_sent\';',
          'escape=json {"t":"$msec","ip":"$remote_addr","r":"$request","s":$status,"cookie":"$http_cookie","ua":"$http_user_agent"}',
        ],
      },
      trustedProxies: ['192.0.2.99'],
      notes: claims(1),
      input: [
        'www.example.com/admin?x=1 [2026-11-22T01:32:11+01:00] GET 404 "an \\x22agent\\x22" rt=0.003 c=192.0.2.7:61000 xff="-" 153',
        'www.example.com/a [2026-11-22T01:32:11+01:00] GET 404 "x" rt=0.003 c=2001:db8::7:6100 xff="-" 153',
        'www.example.com/a [2026-11-22T01:32:11+01:00] GET 404 "x" rt=0.003 c=192.0.2.99:61000 xff="198.51.100.66, 203.0.113.9" 153',
        'www.example.com/a [2026-11-22T01:32:11+01:00] GET 404 "x" rt=0.003 c=192.0.2.98:61000 xff="203.0.113.9" 153',
        '{"t":"1795307531.250","ip":"192.0.2.7","r":"GET /\\"a HTTP/1.1","s":404,"cookie":"a=\\"b\\",\\"","ua":"x \\"y\\""}',
        line('GET /combined HTTP/1.1'),
        'www.example.com [2026-11-22T01:32:11+01:00] GET 404',
      ].join('\n'),
      events: [
        { ...base, sourcePort: 61000, status: 404, size: 153, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/admin', query: 'x=1', agent: 'an \\x22agent\\x22' } },
        { ...base, source: '2001:db8::7', sourcePort: 6100, status: 404, size: 153, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/a', agent: 'x' } },
        { ...base, source: '203.0.113.9', status: 404, size: 153, flags: ['noTarget', 'hasSize', 'forwarded'], texts: { method: 'GET', host: 'www.example.com', path: '/a', agent: 'x' } },
        { ...base, source: '192.0.2.98', sourcePort: 61000, status: 404, size: 153, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/a', agent: 'x' } },
        { ...base, time: '2026-11-22T00:32:11.250000Z', status: 404, flags: ['noTarget'], texts: { method: 'GET', path: '/"a', agent: 'x "y"' } },
        { ...missing, texts: { method: 'GET', path: '/combined' } },
      ],
      skipped: { 'not in this layout': 1 },
    },
    {
      name: "Apache's LogFormat, declared: strftime, fractions, path and query apart, a user with blanks",
      options: {
        log_format: 'LogFormat "%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t %v:%p %a %u [%m] %U%q %>s %b/%O %D \\"%{Referer}i\\" \\"%{User-Agent}i\\" %{UNIQUE_ID}e" site',
      },
      input: [
        '2026-11-22T01:32:11.250000+0100 www.example.com:443 192.0.2.7 frank smith [GET] /admin?x=1 404 153/400 812 "-" "curl/8.5.0" abc def',
        '2026-11-22T01:32:11.250000+0100 www.example.com:443 2001:db8::7 - [GET] /a 404 -/400 812 "https://example.com/" "-" -',
      ].join('\r\n'),
      events: [
        { ...base, time: '2026-11-22T00:32:11.250000Z', targetPort: 443, status: 404, size: 153, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/admin', query: 'x=1', agent: 'curl/8.5.0', user: 'frank smith' } },
        { ...base, time: '2026-11-22T00:32:11.250000Z', source: '2001:db8::7', targetPort: 443, status: 404, flags: ['noTarget'], texts: { method: 'GET', host: 'www.example.com', path: '/a', referer: 'https://example.com/' } },
      ],
    },
    {
      name: "Traefik's common form: more fields behind the agent",
      input: line('GET /a HTTP/1.1', '404 153 "-" "curl/8.5.0" 500 "site@docker" "http://198.51.100.4:80" 0ms'),
      events: [{ ...missing, texts: { method: 'GET', path: '/a', agent: 'curl/8.5.0' } }],
    },
    {
      name: 'out of the files of Docker and Kubernetes, whole and in pieces',
      grown: false,
      input: [
        inDocker(line('GET /a HTTP/1.1', '404 153 "-" "a \\"quoted\\" agent"')),
        inDocker(line('GET /wörter HTTP/1.1')),
        inPod('F', line('GET /a?x=1 HTTP/1.1', '404 153 "-" "curl/8.5.0"')),
        inPod('P', line('GET /long HTTP/1.1').slice(0, 60)),
        inPod('F', line('GET /long HTTP/1.1').slice(60)),
        inDocker(line('GET /a HTTP/1.1', undefined, 'www.example.com:8443 2001:db8::7 - frank')),
        inDocker('/docker-entrypoint.sh: Configuration complete; ready for start up'),
        inDocker(line('GET /cut HTTP/1.1')).slice(0, 70),
      ].join('\n'),
      events: [
        { ...missing, record: 1, texts: { method: 'GET', path: '/a', agent: 'a \\"quoted\\" agent' } },
        { ...missing, texts: { method: 'GET', path: '/wörter' } },
        { ...missing, texts: { method: 'GET', path: '/a', query: 'x=1', agent: 'curl/8.5.0' } },
        { ...missing, record: 5, texts: { method: 'GET', path: '/long' } },
        { ...missing, source: '2001:db8::7', targetPort: 8443, texts: { method: 'GET', path: '/a', host: 'www.example.com', user: 'frank' } },
      ],
      skipped: { 'no client address': 1, 'not a whole JSON object': 1 },
    },
    {
      name: 'lines that say too little',
      input: [
        line('GET /a HTTP/1.1'),
        line('GET /a HTTP/1.1'),
        line('GET /a HTTP/1.1', undefined, 'client.example.com - -'),
        '192.0.2.7 - - "GET /a HTTP/1.1" 404 153',
        '192.0.2.7 - - [31/Nov/2026:01:32:11 +0100] "GET /a HTTP/1.1" 404 153',
        '192.0.2.7 - - [22/Nov/2026:01:32:11 +0100] GET /a',
        '192.0.2.7 - - [22/Nov/2026:01:32:11 +0100] "GET /a HTTP/1.1',
      ].join('\n'),
      events: [
        { ...missing, texts: { method: 'GET', path: '/a' } },
        { ...missing, texts: { method: 'GET', path: '/a' } },
      ],
      skipped: {
        'no client address': 1,
        'no time stamp in brackets': 2,
        'no request in quotes': 1,
        'no status after the request': 1,
      },
    },
  ],
  malformed: {
    input: '192.0.2.7 - - [22/Nov/2026:01:32:11 +0100] "GET /a HTTP/1.1" OK',
    reason: 'no status after the request',
  },
};
