import type { FormatFixture } from '../../test/format-fixture.ts';

const record = (more: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    version: '1.100000',
    account_id: '111122223333',
    region: 'us-east-1',
    vpc_id: 'vpc-0a1b',
    query_timestamp: '2026-11-22T00:32:11Z',
    query_name: 'vpn.example.com.',
    query_type: 'A',
    query_class: 'IN',
    rcode: 'NXDOMAIN',
    answers: [],
    srcaddr: '192.0.2.7',
    srcport: '40000',
    transport: 'UDP',
    srcids: { instance: 'i-0a1b' },
    ...more,
  });
const event = {
  kind: 'query',
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 40000,
  targetPort: 53,
  proto: 17,
  outcome: 'answered',
  role: 'originator',
  status: 3,
  queryType: 1,
  flags: ['noTarget', 'gotData'],
  texts: { name: 'vpn.example.com' },
} as const;

export const fixture: FormatFixture = {
  format: 'route53',
  cases: [
    {
      name: 'Resolver: an answer, none yet, IPv6 over TCP',
      input: [
        record({}),
        record({ query_name: 'www.example.com.', rcode: 'NOERROR', answers: [{ Rdata: '198.51.100.5', Type: 'A', Class: 'IN' }] }),
        record({ rcode: undefined, srcaddr: '2001:db8:a::7', transport: 'TCP', query_type: 'AAAA' }),
      ].join('\n'),
      events: [
        event,
        { ...event, status: 0, texts: { name: 'www.example.com', detail: '198.51.100.5' } },
        { ...event, source: '2001:db8:a::7', proto: 6, outcome: 'unknown', status: 255, queryType: 28, flags: ['noTarget'] },
      ],
    },
    {
      name: 'public hosted zones',
      input: [
        '1.0 2026-11-22T00:32:11.250Z Z123412341234 vpn.example.com A NXDOMAIN UDP FRA6 192.0.2.7 203.0.113.0/24',
        '1.0 2026-11-22T00:32:11.250Z Z123412341234 example.com ANY NOERROR TCP FRA6 2001:db8:a::7 -',
      ].join('\n'),
      events: [
        { ...event, time: '2026-11-22T00:32:11.250000Z', sourcePort: 0 },
        { ...event, time: '2026-11-22T00:32:11.250000Z', source: '2001:db8:a::7', sourcePort: 0, proto: 6, status: 0, queryType: 255, texts: { name: 'example.com' } },
      ],
    },
  ],
  malformed: { input: record({ srcaddr: '192.0.2' }), reason: 'no source address' },
};
