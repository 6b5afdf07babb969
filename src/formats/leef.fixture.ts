import { firewallContact } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const head1 = 'LEEF:1.0|Example|Firewall|1.0|Deny|';
const head2 = 'LEEF:2.0|Example|Firewall|1.0|Deny|';
const pairs = [
  'devTime=1795307531250',
  'src=192.0.2.7',
  'srcPort=61000',
  'dst=198.51.100.4',
  'dstPort=22',
  'proto=TCP',
];
const at = (header: string, delimiter: string, ...more: string[]): string =>
  `<13>Nov 22 00:32:14 fw01 ${header}${[...pairs, ...more].join(delimiter)}`;
const base = { ...firewallContact, time: '2026-11-22T00:32:11.250000Z' } as const;
const withTime = (devTime: string): string =>
  `${head1}${['devTime=' + devTime, ...pairs.slice(1), 'action=deny'].join('\t')}`;

export const fixture: FormatFixture = {
  format: 'leef',
  cases: [
    {
      name: 'versions and delimiters: tab, a character, hexadecimal, none given, blanks',
      input: [
        at(head1, '\t', 'action=deny'),
        at(`${head2}^|`, '^', 'action=deny'),
        at(`${head2}x5E|`, '^', 'action=deny'),
        at(`${head2}0x7c|`, '|', 'action=deny'),
        at(`${head2}|`, '\t', 'action=deny'),
        at(head2, '\t', 'action=deny'),
        at(head1, ' ', 'action=deny', 'policy=block all'),
        at(head1, '\t', 'usrName=a = b', 'action=deny').replace('LEEF:1.0', 'LEEF: 1.0'),
        `<13>1 2026-11-22T00:32:14.000Z fw01 ${at(head1, '\t', 'action=deny').slice(25)}`,
      ].join('\n'),
      events: [{ ...base, record: 1 }, base, base, base, base, base, base, base, { ...base, record: 9 }],
    },
    {
      name: 'device times',
      zone: 'America/New_York',
      input: [
        withTime('1795307531'),
        withTime('Nov 21 2026 19:32:11.250'),
        withTime('Nov 22 2026 00:32:11.250 GMT'),
        withTime('Nov 22 2026 01:32:11.250 +0100'),
        withTime('2026-11-22T00:32:11.250Z'),
        withTime('2026-11-21 19:32:11.250'),
        `<13>Nov 21 19:32:11 fw01 ${withTime('at noon')}`,
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-22T00:32:11.000000Z' },
        base,
        base,
        base,
        base,
        base,
        { ...base, time: '2026-11-22T00:32:11.000000Z' },
      ],
    },
    {
      name: 'verdicts, counters, translation, ICMP, IPv6',
      input: [
        at(head1.replace('|Deny|', '|Accept|'), '\t'),
        at(head1, '\t'),
        at(head1, '\t', 'action=allow', 'srcBytes=900', 'dstBytes=2200'),
        at(head1, '\t', 'action=allow', 'srcBytes=180', 'dstBytes=0'),
        at(head1, '\t', 'action=allow', 'srcBytes=180', 'dstBytes=0', 'SessionEndReason=aged-out'),
        at(head1, '\t', 'action=allow', 'srcPackets=1', 'dstPackets=1'),
        at(head1, '\t', 'action=drop', 'srcPreNAT=192.0.2.9', 'dstPostNAT=10.0.0.4', 'dstPostNATPort=2222'),
        at(head1, '\t', 'action=drop').replace('proto=TCP', 'proto=ICMP'),
        at(head1, '\t', 'action=drop').replace('192.0.2.7', '2001:db8::7').replace('198.51.100.4', '2001:db8:1::4'),
      ].join('\n'),
      events: [
        { ...base, outcome: 'unknown', flags: ['passed'] },
        base,
        { ...base, outcome: 'answered', size: 2200, flags: ['hasSize'] },
        { ...base, outcome: 'unknown', size: 0, flags: ['hasSize', 'passed'] },
        { ...base, outcome: 'unanswered', size: 0, flags: ['hasSize'] },
        { ...base, outcome: 'answered' },
        { ...base, source: '192.0.2.9', target: '10.0.0.4', targetPort: 2222 },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048 },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4' },
      ],
    },
    {
      name: 'alerts; what is neither is passed over',
      input: [
        at(head1.replace('|Deny|', '|Port scan detected|'), '\t', 'cat=Reconnaissance', 'sev=8'),
        at(head1.replace('|Deny|', '|12345|'), '\t', 'cat=IPS', 'sev=5', 'action=dropped'),
        `<13>Nov 22 00:32:14 fw01 ${head1}devTime=1795307531250\tusrName=joe`,
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', outcome: 'unknown', status: 1, texts: { name: 'Port scan detected', detail: 'Reconnaissance' } },
        { ...base, kind: 'alert', status: 2, texts: { name: '12345', detail: 'IPS' } },
      ],
    },
    {
      name: 'among other lines',
      input: [
        at(head1, '\t', 'action=deny'),
        at(head1, '\t', 'action=deny'),
        'Nov 22 00:32:11 fw01 something: else',
        'Nov 22 00:32:11 fw01 LEEF:1.0|Example|Firewall',
        at(head1, '\t', 'action=deny').replace('src=192.0.2.7', 'src=gateway'),
      ].join('\n'),
      events: [base, base],
      skipped: { 'no LEEF header': 1, 'no whole LEEF header': 1, 'no source address': 1 },
    },
  ],
  malformed: {
    input: '<13>Nov 22 00:32:11 fw01 LEEF:2.0|Example|Firewall|1.0',
    reason: 'no whole LEEF header',
  },
};
