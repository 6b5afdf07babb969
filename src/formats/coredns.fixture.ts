import type { FormatFixture } from '../../test/format-fixture.ts';

const entry = '192.0.2.7:40000 - 29008 "A IN vpn.example.com. udp 41 false 4096" NXDOMAIN qr,rd,ra 116 0.037500251s';
const event = {
  kind: 'query',
  time: '2026-11-22T00:32:11.250000Z',
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
  format: 'coredns',
  cases: [
    {
      name: 'Kubernetes, Docker, journal, older releases with a stamp of their own; the question’s time',
      input: [
        `2026-11-22T00:32:11.287500251Z stdout F [INFO] ${entry}`,
        `{"log":"[INFO] ${entry.replaceAll('"', '\\"')}\\n","stream":"stdout","time":"2026-11-22T00:32:11.287500251Z"}`,
        `{"__REALTIME_TIMESTAMP":"1795307531287500","SYSLOG_IDENTIFIER":"coredns","MESSAGE":"[INFO] ${entry.replaceAll('"', '\\"')}"}`,
        `2026-11-22T00:32:11.287500Z [INFO] ${entry}`,
      ].join('\n'),
      events: [event, event, event, event],
    },
    {
      name: 'IPv6 over TCP, the opcode of the combined form; other messages; no stamp at all',
      input: [
        '2026-11-22T00:32:11.25Z stdout F [INFO] [2001:db8:a::7]:40000 - 1 0 "TYPE65 IN www.example.com. tcp 41 true 65535" NOERROR qr,aa 116 0s',
        '2026-11-22T00:32:11.25Z stdout F [INFO] 192.0.2.7:40000 - 1 "AXFR IN example.com. tcp 41 false 65535" REFUSED qr 116 0s',
        '2026-11-22T00:32:11.25Z stdout F [ERROR] plugin/errors: 2 example.com. A: read udp: i/o timeout',
        '2026-11-22T00:32:11.25Z stdout F [INFO] plugin/reload: Running configuration SHA512 = 1',
        `[INFO] ${entry}`,
      ].join('\n'),
      events: [
        { ...event, source: '2001:db8:a::7', proto: 6, status: 0, queryType: 65, texts: { name: 'www.example.com' } },
        { ...event, proto: 6, status: 5, queryType: 252, texts: { name: 'example.com' } },
      ],
      skipped: { 'not an answered question': 2, 'no time stamp': 1 },
    },
  ],
  malformed: {
    input: '2026-11-22T00:32:11.25Z stdout F [INFO] 192.0.2.777:1 - 1 "A IN example.com. udp 41 false 512" NOERROR qr 116 0s',
    reason: 'no address of a client',
  },
};
