import { claims, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, target: '198.51.100.4', targetPort: 443, status: 404 } as const;
const usual =
  '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken';
const row = (rest: string): string => `2026-11-22 00:32:11 198.51.100.4 ${rest}`;
const asked = { method: 'GET', path: '/a', agent: 'curl/8.5.0' };

export const fixture: FormatFixture = {
  format: 'iis-w3c',
  cases: [
    {
      name: "IIS's usual columns, then others after a restart; blanks written as '+'",
      zone: 'Europe/Berlin',
      input: [
        '#Software: Microsoft Internet Information Services 10.0',
        '#Version: 1.0',
        '#Date: 2026-11-22 00:00:00',
        usual,
        row('GET /admin/login.aspx x=1&y=%20 443 DOMAIN\\frank 192.0.2.7 Mozilla/5.0+(X11;+Linux+x86_64) https://example.com/a+b 404 0 2 15'),
        row('GET /a - 443 - 192.0.2.7 curl/8.5.0 - 404 0 2 15'),
        row('GET /a - 443 - fe80::7%3 curl/8.5.0 - 404 0 2 15').replace('198.51.100.4', 'fe80::4%3'),
        '#Software: Microsoft Internet Information Services 10.0',
        '#Date: 2026-11-23 00:00:00',
        '#Fields: time c-ip cs-method cs-uri-stem sc-status sc-bytes cs-host cs(User-Agent)',
        '00:32:11 192.0.2.7 GET /a 404 153 www.example.com:8080 -',
        '',
      ].join('\r\n'),
      events: [
        { ...base, texts: { method: 'GET', path: '/admin/login.aspx', query: 'x=1&y=%20', agent: 'Mozilla/5.0 (X11; Linux x86_64)', referer: 'https://example.com/a b', user: 'DOMAIN\\frank' } },
        { ...base, texts: asked },
        { ...base, source: 'fe80::7', target: 'fe80::4', texts: asked },
        { ...base, time: '2026-11-23T00:32:11.000000Z', target: '-', targetPort: 8080, size: 153, flags: ['noTarget', 'hasSize'], texts: { method: 'GET', path: '/a', host: 'www.example.com' } },
      ],
    },
    {
      name: 'HTTP.sys: what never reached IIS',
      input: [
        '#Software: Microsoft HTTP API 2.0',
        '#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename',
        '2026-11-22 00:32:11 192.0.2.7 61000 198.51.100.4 443 HTTP/1.1 GET /a?x=1 - 400 - URL -',
        '2026-11-22 00:32:11 192.0.2.7 61000 198.51.100.4 443 - - - - - - Timer_ConnectionIdle -',
      ].join('\n'),
      events: [
        { ...base, sourcePort: 61000, status: 400, texts: { method: 'GET', path: '/a', query: 'x=1' } },
        { ...base, sourcePort: 61000, status: 0 },
      ],
    },
    {
      name: 'the X-Forwarded-For column, from a trusted peer and from another',
      trustedProxies: ['192.0.2.0/24'],
      notes: claims(1),
      input: [
        usual.replace('cs(Referer)', 'cs(Referer) X-Forwarded-For'),
        row('GET /a - 443 - 192.0.2.7 curl/8.5.0 - 198.51.100.66,+203.0.113.9:4711 404 0 2 15'),
        row('GET /a - 443 - 203.0.113.1 curl/8.5.0 - 203.0.113.9 404 0 2 15'),
      ].join('\n'),
      events: [
        { ...base, source: '203.0.113.9', flags: ['forwarded'], texts: asked },
        { ...base, source: '203.0.113.1', texts: asked },
      ],
    },
    {
      name: 'lines that say too little',
      input: [
        row('GET /a - 443 - 192.0.2.7 curl/8.5.0 - 404 0 2 15'),
        usual,
        row('GET /a - 443'),
        row('GET /a - 443 - nobody curl/8.5.0 - 404 0 2 15'),
        '2026-11-22 0:32 198.51.100.4 GET /a - 443 - 192.0.2.7 curl/8.5.0 - 404 0 2 15',
      ].join('\n'),
      events: [],
      skipped: { 'no #Fields line before it': 1, 'fewer columns than #Fields names': 1, 'no client address': 1, 'no time stamp': 1 },
    },
  ],
  malformed: { input: `${usual}\n2026-11-22 00:32:11 - GET`, reason: 'fewer columns than #Fields names' },
};
