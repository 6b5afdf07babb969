import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const nsg = (version: number, ...tuples: string[]): object => ({
  time: '2026-01-02T03:05:00.0000000Z',
  systemId: '55ff55ff-aa66-bb77-cc88-99dd99dd99dd',
  category: 'NetworkSecurityGroupFlowEvent',
  resourceId: '/SUBSCRIPTIONS/0/RESOURCEGROUPS/EXAMPLE/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/EXAMPLE-NSG',
  operationName: 'NetworkSecurityGroupFlowEvents',
  properties: { Version: version, flows: [{ rule: 'DefaultRule_"Deny"AllInBound', flows: [{ mac: '000D3AF8801A', flowTuples: tuples }] }] },
});
const vnet = (...tuples: string[]): object => ({
  time: '2026-01-02T03:05:00.5625085Z',
  flowLogVersion: 4,
  flowLogGUID: '66aa66aa-bb77-cc88-dd99-00ee00ee00ee',
  macAddress: '112233445566',
  category: 'FlowLogFlowEvent',
  flowLogResourceID: '/SUBSCRIPTIONS/0/RESOURCEGROUPS/NETWORKWATCHERRG/FLOWLOGS/VNETFLOWLOG',
  targetResourceID: '/subscriptions/0/resourceGroups/example/providers/Microsoft.Network/virtualNetworks/vnet',
  operationName: 'FlowLogFlowEvent',
  flowRecords: { flows: [{ aclID: '00aa00aa-bb11-cc22-dd33-44ee44ee44ee', flowGroups: [{ rule: 'Internet', flowTuples: tuples }] }] },
});

const common: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:04:00.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'originator',
  size: 0,
  flags: ['passed'],
};
const denied: ExpectedEvent = { ...common, outcome: 'denied', flags: [] };
const counted: ExpectedEvent = { ...common, flags: ['hasSize'] };
const there = '192.0.2.7,198.51.100.4,61000';

export const fixture: FormatFixture = {
  format: 'azure-flow',
  cases: [
    {
      name: 'NSG version 1: allowed or denied',
      input: JSON.stringify({ records: [nsg(1, `1767323040,${there},22,T,I,A`, `1767323040,${there},22,T,I,D`, `1767323040,${there},161,U,I,D`)] }),
      events: [{ ...common, record: 1 }, denied, { ...denied, proto: 17, targetPort: 161, record: 3 }],
    },
    {
      name: 'NSG version 2, a record a line: beginnings wait for their statistics, and go without when none come',
      input: [
        nsg(2, `1767323040,${there},22,T,I,A,B,,,,`, `1767323040,${there},23,T,I,A,B,,,,`, `1767323040,${there},24,T,I,A,B,,,,`, `1767323040,${there},25,T,I,A,B,,,,`, `1767323040,${there},25,T,I,A,B,,,,`),
        nsg(2, `1767323100,${there},22,T,I,A,E,10,2000,9,4000`, `1767323100,${there},23,T,I,A,E,3,180,0,0`, `1767323100,${there},24,T,I,A,E,1,60,1,54`, `1767323100,${there},53,U,I,D,B,,,,`),
        nsg(2, `1767323100,192.0.2.7,198.51.100.4,61000,443,T,O,A,C,10,2000,0,0`, `1767323100,192.0.2.7,198.51.100.4,61000,443,T,O,A,E,1,54,1,54`),
      ]
        .map((record) => JSON.stringify(record))
        .join('\n'),
      events: [
        { ...counted, outcome: 'answered', size: 4000, record: 6 },
        { ...counted, outcome: 'unanswered', targetPort: 23 },
        { ...counted, outcome: 'refused', targetPort: 24, size: 54 },
        { ...denied, time: '2026-01-02T03:05:00.000000Z', proto: 17, targetPort: 53 },
        { ...common, time: '2026-01-02T03:05:00.000000Z', targetPort: 443, flags: ['hasSize', 'passed'] },
        { ...counted, time: '2026-01-02T03:05:00.000000Z', targetPort: 443, outcome: 'answered', size: 54 },
        { ...common, targetPort: 25, record: 0 },
      ],
    },
    {
      name: 'virtual network version 4, indented, with the comma too many of the published sample; IPv6, ICMP',
      input: JSON.stringify(
        {
          records: [
            vnet(`1767323040250,${there},22,6,I,B,NX,0,0,0,0`, `1767323040250,192.0.2.7,198.51.100.4,0,0,1,I,D,NX,0,0,0,0`, `1767323040250,2001:db8::7,2001:db8:1::4,61000,443,6,I,D,NX_DISCARD,0,0,0,0`, `1767323040300,${there},161,17,I,B,NX,0,0,0,0`),
            vnet(`1767323041000,${there},22,6,I,E,NX,3,767,2,1580`, `1767323341000,${there},161,17,I,C,X,1,76,1,90`),
          ],
        },
        null,
        2,
      ).replace('1580"', '1580",'),
      events: [
        { ...denied, time: '2026-01-02T03:04:00.250000Z', proto: 1, sourcePort: 0, targetPort: 0 },
        { ...denied, time: '2026-01-02T03:04:00.250000Z', source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443 },
        { ...counted, time: '2026-01-02T03:04:00.250000Z', outcome: 'answered', size: 1580 },
        { ...counted, time: '2026-01-02T03:04:00.300000Z', outcome: 'answered', proto: 17, targetPort: 161, size: 90 },
      ],
    },
    {
      name: 'tuples that are none, a flow that waits too long, and a document that is cut',
      input: [
        JSON.stringify(
          nsg(2, `17673,${there},22,T,I,D`, `1767323040,192.0.2.x,198.51.100.4,61000,22,T,I,D`, `1767323040,192.0.2.7,198.51.100.4,61000,99999,T,I,D`, `1767323040,${there},22,X,I,D`, `1767323040,${there},22,T,I,Z`, `1767323040,0.0.0.0,198.51.100.4,61000,22,T,I,D`, `1767323040,${there},22,T,I,A,B,,,,`, `1767323500,${there},23,T,I,D,B,,,,`),
        ),
        '{"records":[{"flowTuples":["1767323040,192.0.2.7',
        JSON.stringify(nsg(2, `1767323500,${there},24,T,I,D`)).slice(0, -2),
      ].join('\n'),
      events: [
        { ...common, record: 0 },
        { ...denied, time: '2026-01-02T03:11:40.000000Z', targetPort: 23, record: 8 },
        { ...denied, time: '2026-01-02T03:11:40.000000Z', targetPort: 24, record: 10 },
      ],
      skipped: {
        'time that is none': 1,
        'address that is none': 1,
        'port that is none': 1,
        'protocol that is none': 1,
        'unknown state of a flow': 1,
        'impossible address': 1,
        'a string that is never closed': 1,
      },
      notes: { 'the document ends before it is closed': 1 },
    },
  ],
  malformed: {
    input: JSON.stringify(vnet('1767323040250,192.0.2.7')),
    reason: 'flow tuple with too few fields',
  },
};
