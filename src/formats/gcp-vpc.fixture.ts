import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

interface Connection {
  readonly src_ip: string;
  readonly dest_ip: string;
  readonly src_port?: number;
  readonly dest_port?: number;
  readonly protocol: number;
}
const there: Connection = { src_ip: '192.0.2.7', src_port: 61000, dest_ip: '198.51.100.4', dest_port: 22, protocol: 6 };
const back: Connection = { src_ip: '198.51.100.4', src_port: 22, dest_ip: '192.0.2.7', dest_port: 61000, protocol: 6 };

const flow = (connection: Connection, reporter: string, more: object = {}): object => ({
  insertId: 'ut8lbrffooxz5',
  jsonPayload: {
    bytes_sent: '11773',
    connection,
    end_time: '2026-01-02T03:04:05.821056075Z',
    packets_sent: '94',
    reporter,
    start_time: '2026-01-02T03:04:00.250622432Z',
    ...more,
  },
  logName: 'projects/example/logs/compute.googleapis.com%2Fvpc_flows',
  receiveTimestamp: '2026-01-02T03:04:11.032216421Z',
  resource: { labels: { location: 'us-east1-b', subnetwork_name: 'default' }, type: 'gce_subnetwork' },
  timestamp: '2026-01-02T03:04:10.845445834Z',
});
const firewall = (connection: Connection, disposition: string): object => ({
  insertId: '1f21ciqfpfssuo',
  jsonPayload: {
    connection,
    disposition,
    instance: { project_id: 'example', vm_name: 'test', zone: 'us-east1-b' },
    rule_details: { action: disposition === 'DENIED' ? 'DENY' : 'ALLOW', direction: 'INGRESS', reference: 'network:default/firewall:"x"' },
  },
  logName: 'projects/example/logs/compute.googleapis.com%2Ffirewall',
  timestamp: '2026-01-02T03:04:00.25Z',
});

const common: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:04:00.250622Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'unpaired',
  size: 11_773,
  flags: ['sampled', 'hasSize', 'oneSided'],
};
const decided: ExpectedEvent = { ...common, time: '2026-01-02T03:04:00.250000Z', role: 'originator', size: 0, flags: [] };

export const fixture: FormatFixture = {
  format: 'gcp-vpc',
  cases: [
    {
      name: 'flows, an entry a line: round trips, both ends reporting one flow, IPv6, ICMP',
      input: [
        flow(there, 'SRC', { rtt_msec: '201' }),
        flow(there, 'DEST'),
        flow(there, 'DEST', { start_time: '2026-01-02T03:05:30Z', end_time: '2026-01-02T03:05:31Z' }),
        flow(back, 'DEST', { round_trip_time: { median_msec: 1.5 } }),
        flow({ ...there, protocol: 17, dest_port: 161 }, 'DEST_GATEWAY', { rtt_msec: '5', bytes_sent: 0 }),
        flow({ src_ip: '192.0.2.7', dest_ip: '198.51.100.4', protocol: 1 }, 'DEST'),
        flow({ ...there, src_ip: '2001:db8::7', dest_ip: '2001:db8:1::4' }, 'DEST'),
      ]
        .map((entry) => JSON.stringify(entry))
        .join('\n'),
      events: [
        { ...common, outcome: 'answered', record: 1 },
        { ...common, flags: ['sampled', 'echo', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:05:30.000000Z' },
        { ...common, source: '198.51.100.4', target: '192.0.2.7', sourcePort: 22, targetPort: 61000, outcome: 'answered' },
        { ...common, proto: 17, targetPort: 161, size: 0 },
        { ...common, proto: 1, sourcePort: 0, targetPort: 0 },
        { ...common, source: '2001:db8::7', target: '2001:db8:1::4', record: 7 },
      ],
    },
    {
      name: 'firewall decisions, as gcloud logging read prints them',
      input: JSON.stringify([firewall(there, 'DENIED'), firewall({ ...there, dest_port: 23 }, 'ALLOWED'), firewall(there, 'INTERCEPTED')], null, 2),
      events: [
        { ...decided, outcome: 'denied', record: 1 },
        { ...decided, targetPort: 23, flags: ['passed'] },
        { ...decided, flags: ['passed'], record: 3 },
      ],
    },
    {
      name: 'entries that are none of these, and damage',
      input: [
        JSON.stringify(firewall(there, 'DENIED')),
        '{"jsonPayload":{"message":"x"},"logName":"projects/example/logs/other"}',
        JSON.stringify(firewall({ ...there, src_ip: '192.0.2.x' }, 'DENIED')),
        JSON.stringify(firewall({ ...there, protocol: 999 }, 'DENIED')),
        JSON.stringify(firewall({ ...there, dest_port: 99_999 }, 'DENIED')),
        JSON.stringify(firewall({ ...there, dest_ip: '0.0.0.0' }, 'DENIED')),
        JSON.stringify(flow(there, 'SRC', { packets_sent: '0' })),
        JSON.stringify(flow(there, 'SRC', { start_time: 'now' })),
        JSON.stringify(flow(there, 'SRC')).slice(0, 200),
        JSON.stringify(firewall(there, 'DENIED')).replace('"connection":', '"connection"'),
        JSON.stringify(firewall(there, 'DENIED')),
      ].join('\n'),
      events: [
        { ...decided, outcome: 'denied', record: 1 },
        { ...decided, outcome: 'denied', record: 11 },
      ],
      skipped: {
        'another kind of log entry': 1,
        'address that is none': 1,
        'protocol that is none': 1,
        'port that is none': 1,
        'impossible address': 1,
        'flow without packets': 1,
        'time that is none': 1,
        'JSON that is cut or damaged': 2,
      },
    },
  ],
  malformed: { input: JSON.stringify(firewall({ ...there, src_ip: 'host' }, 'DENIED')), reason: 'address that is none' },
};
