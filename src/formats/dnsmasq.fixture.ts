import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'query',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 0,
  targetPort: 53,
  proto: 17,
  role: 'originator',
} as const;
const asked = { ...base, outcome: 'unknown', status: 255, flags: ['noTarget'] } as const;
const told = { ...base, outcome: 'answered', flags: ['noTarget', 'gotData'] } as const;
const line = (message: string, second = 11): string => `Nov 22 00:32:${second} dnsmasq[77]: ${message}`;

export const fixture: FormatFixture = {
  format: 'dnsmasq',
  cases: [
    {
      name: 'question and answer become one, at the time of the question; names, aliases, addresses, errors',
      input: [
        line('started, version 2.90 cachesize 150'),
        line('query[A] first.example.com from 192.0.2.7'),
        line('reply first.example.com is NODATA-IPv4', 12),
        line('query[A] www.example.com from 192.0.2.7'),
        line('forwarded www.example.com to 198.51.100.53'),
        line('reply www.example.com is <CNAME>', 12),
        line('reply target.example.com is 198.51.100.5', 12),
        line('query[AAAA] vpn.example.com from 2001:db8:a::7'),
        line('config vpn.example.com is NXDOMAIN', 12),
        line('query[PTR] 5.100.51.198.in-addr.arpa from 192.0.2.7'),
        line('reply 198.51.100.5 is NXDOMAIN', 12),
        line('query[type=65] x.example.com from 192.0.2.7'),
        line('reply error is SERVFAIL', 12),
        line('validation com is SECURE', 12),
        line('gravity blocked never-asked.example.com is 0.0.0.0', 12),
      ].join('\n'),
      events: [
        { ...asked, queryType: 1, texts: { name: 'first.example.com' } },
        { ...told, status: 0, queryType: 1, texts: { name: 'first.example.com' } },
        { ...told, status: 0, queryType: 1, texts: { name: 'www.example.com' } },
        { ...told, source: '2001:db8:a::7', status: 3, queryType: 28, texts: { name: 'vpn.example.com' } },
        { ...told, status: 3, queryType: 12, texts: { name: '5.100.51.198.in-addr.arpa' } },
        { ...told, status: 2, queryType: 65, texts: { name: 'x.example.com' } },
      ],
      skipped: { 'not a question of a client': 1 },
    },
    {
      name: 'log-queries=extra: serials and ports; two clients of one name; by syslog',
      input: [
        'Nov 22 00:32:11 gw dnsmasq[77]: 1 192.0.2.7/40000 query[A] vpn.example.com from 192.0.2.7',
        'Nov 22 00:32:11 gw dnsmasq[77]: 2 192.0.2.8/41000 query[A] vpn.example.com from 192.0.2.8',
        'Nov 22 00:32:11 gw dnsmasq[77]: 1 192.0.2.7/40000 config vpn.example.com is NXDOMAIN',
        'Nov 22 00:32:11 gw dnsmasq[77]: 2 192.0.2.8/41000 config error is REFUSED (EDE: not ready)',
        'Nov 22 00:32:11 gw dnsmasq-dhcp[77]: DHCPACK(eth0) 192.0.2.7 52:54:00:12:34:56',
      ].join('\n'),
      events: [
        { ...asked, sourcePort: 40000, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, source: '192.0.2.8', sourcePort: 41000, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, sourcePort: 40000, status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, source: '192.0.2.8', sourcePort: 41000, status: 5, queryType: 1, texts: { name: 'vpn.example.com' } },
      ],
      skipped: { 'not a question of a client': 1 },
    },
    {
      name: 'two clients of one name without serials get one answer',
      input: [
        line('query[A] a.example.com from 192.0.2.7'),
        line('cached a.example.com is 198.51.100.1'),
        line('query[A] vpn.example.com from 192.0.2.7'),
        line('query[A] vpn.example.com from 192.0.2.8'),
        line('reply vpn.example.com is NXDOMAIN', 12),
      ].join('\n'),
      events: [
        { ...asked, queryType: 1, texts: { name: 'a.example.com' } },
        { ...told, status: 0, queryType: 1, texts: { name: 'a.example.com' } },
        { ...told, source: '192.0.2.8', status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
      ],
    },
  ],
  malformed: { input: line('query[A] a.example.com from 192.0.2.777'), reason: 'no address of a client' },
};
