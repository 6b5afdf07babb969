import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'query',
  source: '192.0.2.7',
  sourcePort: 40000,
  targetPort: 53,
  proto: 17,
  role: 'originator',
} as const;
const asked = { ...base, target: '198.51.100.2', outcome: 'unknown', status: 255 } as const;
const told = { ...base, target: '-', outcome: 'answered', flags: ['noTarget', 'gotData'] } as const;
const client = 'client @0x7f91b8005490 192.0.2.7#40000';

export const fixture: FormatFixture = {
  format: 'bind',
  cases: [
    {
      name: 'the query log, with category and severity',
      input: [
        `22-Nov-2026 00:32:11.250 queries: info: ${client} (vpn.example.com): query: vpn.example.com IN A +E(0)K (198.51.100.2)`,
        `22-Nov-2026 00:32:11.251 queries: info: ${client} (example.com): view outside: query: example.com IN AXFR -T (198.51.100.2)`,
        '22-Nov-2026 00:32:11.252 queries: info: client @0x7f91b4007400 2001:db8:a::7#62537 (www.example.com): query: www.example.com IN AAAA +E(0)K (2001:db8:51::2) [ECS 192.0.2.0/24/24]',
        `22-Nov-2026 00:32:11.253 queries: info: client @0x7f91b8005490 192.0.2.7#40000/key hmac (version.bind): query: version.bind CH TXT + (198.51.100.2)`,
      ].join('\n'),
      events: [
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.251000Z', queryType: 252, proto: 6, texts: { name: 'example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.252000Z', source: '2001:db8:a::7', target: '2001:db8:51::2', sourcePort: 62537, queryType: 28, texts: { name: 'www.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.253000Z', queryType: 16, texts: { name: 'version.bind' } },
      ],
    },
    {
      name: 'stamps in a zone, ISO stamps, no class of message; releases without object and destination',
      zone: 'Europe/Berlin',
      input: [
        '22-Nov-2026 01:32:11.250 client 192.0.2.7#40000: query: vpn.example.com IN A +',
        '2026-11-22T01:32:11.250 queries: info: client 192.0.2.7#40000 (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)',
        '2026-11-22T00:32:11.250Z client @0x1 192.0.2.7#40000 (vpn.example.com): query: vpn.example.com IN TYPE65 + (198.51.100.2)',
      ].join('\n'),
      events: [
        { ...asked, time: '2026-11-22T00:32:11.250000Z', target: '-', flags: ['noTarget'], queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 65, texts: { name: 'vpn.example.com' } },
      ],
    },
    {
      name: 'what was denied, what failed, what was transferred',
      input: [
        `22-Nov-2026 00:32:11.250 security: info: ${client} (www.example.org): query (cache) 'www.example.org/A/IN' denied (allow-query-cache did not match)`,
        `22-Nov-2026 00:32:11.251 security: info: ${client} (a.example.com): query 'a.example.com/ANY/IN' denied`,
        `22-Nov-2026 00:32:11.252 security: error: ${client} (example.com): zone transfer 'example.com/AXFR/IN' denied`,
        `22-Nov-2026 00:32:11.253 xfer-out: error: ${client} (example.com): bad zone transfer request: 'example.com/IN': non-authoritative zone (NOTAUTH)`,
        `22-Nov-2026 00:32:11.254 xfer-out: info: ${client} (example.com): transfer of 'example.com/IN': AXFR started (serial 7)`,
        `22-Nov-2026 00:32:11.255 xfer-out: info: ${client} (example.com): transfer of 'example.com/IN': AXFR ended: 1 messages, 9 records, 300 bytes`,
        `22-Nov-2026 00:32:11.256 query-errors: info: ${client} (b.example.com): query failed (SERVFAIL) for b.example.com/IN/A at query.c:7823`,
        `22-Nov-2026 00:32:11.257 update-security: error: ${client} (example.com): update 'example.com/IN' denied`,
        '22-Nov-2026 00:32:11.258 zoneload: info: zone example.com/IN: loaded serial 7',
      ].join('\n'),
      events: [
        { ...told, time: '2026-11-22T00:32:11.250000Z', status: 5, queryType: 1, texts: { name: 'www.example.org' } },
        { ...told, time: '2026-11-22T00:32:11.251000Z', status: 5, queryType: 255, texts: { name: 'a.example.com' } },
        { ...told, time: '2026-11-22T00:32:11.252000Z', status: 5, queryType: 252, proto: 6, texts: { name: 'example.com' } },
        { ...told, time: '2026-11-22T00:32:11.253000Z', status: 9, queryType: 252, proto: 6, texts: { name: 'example.com' } },
        { ...told, time: '2026-11-22T00:32:11.254000Z', status: 0, queryType: 252, proto: 6, texts: { name: 'example.com' } },
        { ...told, time: '2026-11-22T00:32:11.256000Z', status: 2, queryType: 1, texts: { name: 'b.example.com' } },
      ],
      skipped: { 'no question of a client': 1 },
    },
    {
      name: 'by way of syslog and the journal, with and without its own stamp',
      input: [
        `Nov 22 00:32:11 ns1 named[77]: ${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)`,
        `<30>1 2026-11-22T00:32:11.250Z ns1 named 77 - - ${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)`,
        `Nov 22 01:00:00 ns1 named[77]: 22-Nov-2026 00:32:11.250 queries: info: ${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)`,
        `{"__REALTIME_TIMESTAMP":"1795307531250000","SYSLOG_IDENTIFIER":"named","MESSAGE":"${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)"}`,
        `{"__REALTIME_TIMESTAMP":"1795307531250000","SYSLOG_IDENTIFIER":"named","MESSAGE":"${client} (a\\\\\\"b.example.com): query: a\\\\\\"b.example.com IN A + (198.51.100.2)"}`,
        `2026-11-22T01:00:00+00:00 named[77]: 22-Nov-2026 00:32:11.250 queries: info: ${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)`,
        `2026-11-22T00:32:11.250+00:00 named: ${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)`,
        'Nov 22 00:32:11 ns1 sshd[78]: Server listening on 0.0.0.0 port 22.',
        `2026-11-22T00:32:11+00:00 other[78]: ${client} (vpn.example.com): query: vpn.example.com IN A + (198.51.100.2)`,
      ].join('\n'),
      events: [
        { ...asked, time: '2026-11-22T00:32:11.000000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'a\\"b.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
        { ...asked, time: '2026-11-22T00:32:11.250000Z', queryType: 1, texts: { name: 'vpn.example.com' } },
      ],
      skipped: { 'no question of a client': 2 },
    },
  ],
  malformed: {
    input: '22-Nov-2026 00:32:11.250 queries: info: client @0x1 192.0.2.777#40000 (a.example.com): query: a.example.com IN A + (198.51.100.2)',
    reason: 'no address of a client',
  },
};
