import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'query',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  targetPort: 53,
  proto: 17,
  role: 'originator',
} as const;
const asked = { ...base, outcome: 'unknown', status: 255, flags: ['noTarget'] } as const;
const told = { ...base, outcome: 'answered', flags: ['noTarget', 'gotData'] } as const;

export const fixture: FormatFixture = {
  format: 'unbound',
  cases: [
    {
      name: 'its own file, replies at the time of the question; what local zones did is left out',
      input: [
        '[1795307531] unbound[77:0] info: start of service (unbound 1.17.1).',
        '[1795307531] unbound[77:0] info: example.com. static 192.0.2.7@35742 vpn.example.com. A IN',
        '[1795307531] unbound[77:0] info: 192.0.2.7 vpn.example.com. A IN NXDOMAIN 0.000000 1 44',
        '[1795307532] unbound[77:0] info: 192.0.2.7 www.example.org. HTTPS IN NOERROR 0.750000 0 60',
        '[1795307531] unbound[77:0] info: 2001:db8:a::7 version.bind. TXT CH REFUSED 0.000000 1 30',
        '[1795307531] unbound[77:0] info: 192.0.2.7 . NS IN SERVFAIL 0.000000 0 30',
      ].join('\n'),
      events: [
        { ...told, status: 3, queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...told, time: '2026-11-22T00:32:11.250000Z', status: 0, queryType: 65, texts: { name: 'www.example.org' } },
        { ...told, source: '2001:db8:a::7', status: 5, queryType: 16, texts: { name: 'version.bind' } },
        { ...told, status: 2, queryType: 2, texts: { name: '.' } },
      ],
      skipped: { 'not a question of a client': 2 },
    },
    {
      name: 'questions, as long as no reply is logged; log-time-ascii, log-tag-queryreply',
      input: [
        'Nov 22 00:32:11 ub[77:0] query: 192.0.2.7 a.example.com. A IN',
        'Nov 22 00:32:11 ub[77:0] query: 192.0.2.7 b.example.com. AAAA IN',
        'Nov 22 00:32:11 ub[77:0] reply: 192.0.2.7 b.example.com. AAAA IN NOERROR 0.000000 0 60',
        'Nov 22 00:32:11 ub[77:0] query: 192.0.2.7 c.example.com. A IN',
      ].join('\n'),
      events: [
        { ...asked, queryType: 1, texts: { name: 'a.example.com' } },
        { ...asked, queryType: 28, texts: { name: 'b.example.com' } },
        { ...told, status: 0, queryType: 28, texts: { name: 'b.example.com' } },
      ],
    },
    {
      name: 'by syslog, from the journal, from a container',
      zone: 'Europe/Berlin',
      input: [
        'Nov 22 01:32:11 ns unbound[77]: [77:0] info: 192.0.2.7 a.example.com. A IN',
        '{"__REALTIME_TIMESTAMP":"1795307531000000","SYSLOG_IDENTIFIER":"unbound","MESSAGE":"[77:0] info: 192.0.2.7 a.example.com. A IN"}',
        '2026-11-22T00:33:00.5Z stderr F [1795307531] unbound[1:0] info: 192.0.2.7 a.example.com. A IN',
        '2026-11-22T01:32:11.000+01:00 unbound[77:0] info: 192.0.2.7 a.example.com. A IN',
      ].join('\n'),
      events: Array.from({ length: 4 }, () => ({ ...asked, queryType: 1, texts: { name: 'a.example.com' } })),
    },
  ],
  malformed: {
    input: '[1795307531] unbound[77:0] info: 192.0.2.777 a.example.com. A IN',
    reason: 'no address of a client',
  },
};
