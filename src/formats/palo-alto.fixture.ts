import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const day = '2026/11/22 00:32:11';

interface Session {
  readonly subtype?: string;
  readonly action?: string;
  readonly sides?: string;
  readonly translated?: string;
  readonly application?: string;
  readonly ports?: string;
  readonly proto?: string;
  readonly counters?: string;
  readonly packetsBack?: number;
  readonly reason?: string;
}

/** From the field in front of the receive time on; the start is 30 s before the log. */
function traffic(given: Session = {}): string {
  const {
    subtype = 'end',
    action = 'allow',
    sides = '192.0.2.7,198.51.100.4',
    translated = '0.0.0.0,0.0.0.0',
    application = 'incomplete',
    ports = '61000,22,0,0',
    proto = 'tcp',
    counters = '60,60,0,1',
    packetsBack = 0,
    reason = 'aged-out',
  } = given;
  return `1,2026/11/22 00:32:42,007051000113358,TRAFFIC,${subtype},2560,2026/11/22 00:32:41,${sides},${translated},"rule, one",,,${application},vsys1,untrust,trust,ethernet1/1,ethernet1/2,default,2026/11/22 00:32:41,33568,1,${ports},0x19,${proto},${action},${counters},${day},30,any,0,4711,0x0,US,US,0,1,${packetsBack},${reason},0,0,0,0,,fw01,from-policy`;
}
const threat = (subtype: string, name: string, severity: string, action: string): string =>
  `1,2026/11/22 00:32:12,007051000113358,THREAT,${subtype},2560,${day},192.0.2.7,198.51.100.4,0.0.0.0,0.0.0.0,rule1,,,ssh,vsys1,untrust,trust,ethernet1/1,ethernet1/2,default,${day},0,1,61000,22,0,0,0x80,tcp,${action},"",${name},any,${severity},client-to-server,4711,0x0,US,US,0,`;
const at = (record: string): string => `<14>Nov 22 00:32:42 fw01 ${record}`;
const base = { ...firewallContact, outcome: 'unanswered', size: 0, flags: ['hasSize'] } as const;
const denied = { ...base, outcome: 'denied', flags: [] } as const;

export const fixture: FormatFixture = {
  format: 'palo-alto',
  cases: [
    {
      name: 'headers: none, RFC 3164, RFC 5424, the logging service with ISO stamps, zone of the others',
      zone: 'America/New_York',
      input: [
        traffic(),
        at(traffic()),
        `<14>1 2026-11-22T00:32:42Z fw01 - - - - ${traffic()}`,
        `Nov 22 00:32:42 pool-1 953 <142>1 2026-11-22T00:32:42.110Z stream-logfwd20-1 logforwarder - panwlogs - ${traffic()
          .replaceAll(/(\d{4})\/(\d\d)\/(\d\d) ([\d:]{8})/g, '$1-$2-$3T$4.000000Z')}`,
        `900 <14>Nov 22 00:32:42 fw01 ${traffic()}`,
        `<14>Nov 22 00:32:42 fw01 ${traffic().slice(1)}`,
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-22T05:32:11.000000Z', record: 1 },
        { ...base, time: '2026-11-22T05:32:11.000000Z' },
        { ...base, time: '2026-11-22T05:32:11.000000Z' },
        base,
        { ...base, time: '2026-11-22T05:32:11.000000Z' },
        { ...base, time: '2026-11-22T05:32:11.000000Z', record: 6 },
      ],
    },
    {
      name: "PAN-OS 10's stamp with a zone: the others are in it too",
      zone: 'America/New_York',
      input: [
        at(`${traffic()}${','.repeat(49)}2026-11-22T00:32:41.250+08:00,,,unknown`),
        at(`${traffic()}${','.repeat(50)}2026-11-22T00:32:41.250+08:00,,,unknown`),
        at(`${traffic()}${','.repeat(49)}2026-11-22T00:32:41.250,,,unknown`),
        at(`${threat('scan', 'SCAN: TCP Port Scan(8001)', 'medium', 'alert')}${','.repeat(66)}2026-11-22T00:32:11.250+08:00,,`),
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-21T16:32:11.000000Z' },
        { ...base, time: '2026-11-21T16:32:11.000000Z' },
        { ...base, time: '2026-11-22T05:32:11.000000Z' },
        { ...base, time: '2026-11-21T16:32:11.000000Z', kind: 'alert', outcome: 'unknown', status: 2, size: 0, flags: [], texts: { name: 'SCAN: TCP Port Scan(8001)', detail: 'scan' } },
      ],
    },
    {
      name: 'outcomes by subtype, action, reason and counters',
      input: [
        at(traffic({ subtype: 'drop', action: 'deny', reason: 'policy-deny' })),
        at(traffic({ subtype: 'drop', action: 'drop' })),
        at(traffic({ subtype: 'end', action: 'reset-both', counters: '900,500,400,9', packetsBack: 4, reason: 'threat' })),
        at(traffic({ subtype: 'deny', action: 'allow', counters: '900,500,400,9', packetsBack: 4, reason: 'policy-deny' })),
        at(traffic({ subtype: 'start', reason: 'n/a' })),
        at(traffic({ counters: '134,74,60,2', packetsBack: 1, reason: 'tcp-rst-from-server' })),
        at(traffic({ counters: '214,140,74,3', packetsBack: 1, reason: 'tcp-rst-from-client' })),
        at(traffic({ counters: '134,60,74,2', packetsBack: 1, reason: 'aged-out' })),
        at(traffic({ application: 'ssh', counters: '9000,5000,4000,19', packetsBack: 9, reason: 'tcp-fin' })),
        at(traffic({ proto: 'udp', ports: '40000,161,0,0', counters: '82,82,0,1', application: 'snmp-base' })),
        at(traffic({ proto: 'udp', ports: '40000,161,0,0', counters: '182,82,100,2', packetsBack: 1 })),
      ].join('\n'),
      events: [
        denied,
        denied,
        denied,
        denied,
        { ...base, outcome: 'unknown', flags: ['passed'] },
        { ...base, outcome: 'refused', size: 60 },
        { ...base, outcome: 'answered', size: 74 },
        { ...base, outcome: 'answered', size: 74 },
        { ...base, outcome: 'answered', size: 4000, flags: ['gotData', 'hasSize'] },
        { ...base, proto: 17, sourcePort: 40000, targetPort: 161, flags: ['sentData', 'hasSize'] },
        { ...base, proto: 17, sourcePort: 40000, targetPort: 161, outcome: 'answered', size: 100, flags: ['sentData', 'gotData', 'hasSize'] },
      ],
    },
    {
      name: 'translation, ICMP, IPv6, other protocols',
      input: [
        at(traffic({ translated: '192.0.2.7,10.0.0.4', ports: '61000,22,61000,2222' })),
        at(traffic({ translated: '203.0.113.9,0.0.0.0', ports: '61000,22,40000,22' })),
        at(traffic({ sides: '2001:db8::7,2001:db8:1::4', translated: '::,::', ports: '61000,443,0,0' })),
        at(traffic({ proto: 'icmp', ports: '0,0,0,0', application: 'ping' })),
        at(traffic({ sides: '2001:db8::7,2001:db8:1::4', translated: '', proto: 'ipv6-icmp', ports: '0,0,0,0' }).replace(',,"rule', ',,,"rule')),
        at(traffic({ proto: 'gre', ports: '0,0,0,0' })),
      ].join('\n'),
      events: [
        { ...base, target: '10.0.0.4', targetPort: 2222 },
        base,
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 32_768 },
        { ...base, proto: 47, sourcePort: 0, targetPort: 0 },
      ],
    },
    {
      name: 'threats are alerts; URL filtering and the logs of the system are passed over',
      input: [
        at(threat('scan', 'SCAN: TCP Port Scan(8001)', 'medium', 'alert')),
        at(threat('flood', 'TCP Flood(8501)', 'critical', 'drop')),
        at(threat('vulnerability', 'SSH User Authentication Brute Force Attempt(40015)', 'high', 'reset-both')),
        at(threat('url', '(9999)', 'informational', 'alert')),
        at(`1,${day},007051000113358,SYSTEM,general,0,${day},,general,,0,0,general,informational,"User admin logged in"`),
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', outcome: 'unknown', status: 2, size: 0, flags: [], texts: { name: 'SCAN: TCP Port Scan(8001)', detail: 'scan' } },
        { ...base, kind: 'alert', outcome: 'denied', status: 1, flags: [], texts: { name: 'TCP Flood(8501)', detail: 'flood' } },
        {
          ...base,
          kind: 'alert',
          outcome: 'denied',
          status: 1,
          flags: [],
          texts: { name: 'SSH User Authentication Brute Force Attempt(40015)', detail: 'vulnerability' },
        },
      ],
    },
    {
      name: 'among other lines',
      input: [
        at(traffic()),
        at(traffic()),
        at(traffic()),
        'Nov 22 00:32:11 fw01 crond[1]: nothing',
        at(traffic().slice(0, 200)),
        at(traffic({ sides: '192.0.2.777,198.51.100.4' })),
        at(traffic({ proto: 'what' })),
        at(traffic().replace('2560,2026/11/22', '2560,2026/11/32')),
      ].join('\n'),
      events: [base, base, base],
      skipped: {
        'no PAN-OS record': 1,
        'too few fields': 1,
        'no source or target address': 1,
        'no protocol': 1,
        'no time stamp': 1,
      },
    },
  ],
  malformed: {
    input: `<14>Nov 22 00:32:42 fw01 1,${day},007051000113358,TRAFFIC,end,2560,${day},192.0.2.7,198.51`,
    reason: 'too few fields',
  },
};
