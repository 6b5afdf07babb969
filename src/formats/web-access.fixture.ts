import { webRequest } from '../../test/format-fixture.ts';
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
      name: 'no zone in the stamp: the configured one',
      zone: 'Europe/Berlin',
      input: '192.0.2.7 - - [22/Nov/2026:01:32:11] "GET /a HTTP/1.1" 404 153\n',
      events: [{ ...missing, texts: { method: 'GET', path: '/a' } }],
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
