import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const account = '123456789010 eni-1235b8ca123456789';
const v2 = (rest: string, action = 'ACCEPT'): string => `2 ${account} ${rest} ${action} OK`;
const times = '1767323040 1767323100';
const there = '192.0.2.7 198.51.100.4 61000 22 6';
const back = '198.51.100.4 192.0.2.7 22 61000 6';

const common: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:04:00.000000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'unpaired',
  size: 4249,
  flags: ['hasSize', 'oneSided'],
};
const reply = { source: '198.51.100.4', target: '192.0.2.7', sourcePort: 22, targetPort: 61000 };

// Version 5 with its fields in an order of its own.
const header =
  'action tcp-flags flow-direction pkt-srcaddr pkt-dstaddr srcaddr dstaddr dstport srcport bytes packets protocol end start log-status version traffic-path';
const v5 = (flags: string, bytes: number, packets: number, more: Partial<Record<'action' | 'pkt' | 'ports' | 'addresses' | 'proto', string>> = {}): string =>
  `${more.action ?? 'ACCEPT'} ${flags} ingress ${more.pkt ?? '- -'} ${more.addresses ?? '192.0.2.7 198.51.100.4'} ${more.ports ?? '22 61000'} ${bytes} ${packets} ${more.proto ?? '6'} 1767323100 1767323040 OK 5 -`;

export const fixture: FormatFixture = {
  format: 'aws-vpc',
  cases: [
    {
      name: 'version 2 in its own order, without a header',
      input: [
        v2(`${there} 20 4249 ${times}`),
        v2(`${there} 20 4249 ${times}`, 'REJECT'),
        v2(`${back} 1 40 ${times}`),
        v2(`${back} 1 44 ${times}`),
        v2(`198.51.100.4 192.0.2.7 53 61000 17 1 80 ${times}`, 'REJECT'),
        v2(`192.0.2.7 198.51.100.4 0 0 1 4 336 ${times}`),
        v2(`192.0.2.7 198.51.100.4 0 0 1 4 336 ${times}`, 'REJECT'),
        v2(`2001:db8::7 2001:db8:1::4 61000 443 6 1 80 ${times}`, 'REJECT'),
        v2(`192.0.2.7 198.51.100.4 - - 47 1 80 ${times}`),
        `2026-01-02T03:06:00.000Z ${v2(`${there} 20 4249 ${times}`)}`,
        '',
      ].join('\n'),
      events: [
        common,
        { ...common, outcome: 'denied', role: 'originator' },
        { ...common, ...reply, outcome: 'refused', role: 'responder', size: 40 },
        { ...common, ...reply, size: 44 },
        { ...common, ...reply, sourcePort: 53, proto: 17, outcome: 'denied', size: 80 },
        { ...common, proto: 1, sourcePort: 0, targetPort: 0, size: 336 },
        { ...common, proto: 1, sourcePort: 0, targetPort: 0, outcome: 'denied', role: 'originator', size: 336 },
        { ...common, source: '2001:db8::7', target: '2001:db8:1::4', targetPort: 443, outcome: 'denied', role: 'originator', size: 80 },
        { ...common, proto: 47, sourcePort: 0, targetPort: 0, size: 80 },
        { ...common, record: 10 },
      ],
    },
    {
      name: 'version 5, fields in another order, flags and true endpoints; a second header in the same file',
      input: [
        header,
        v5('2', 60, 1),
        v5('2', 4249, 20),
        v5('3', 4249, 20),
        v5('6', 84, 2),
        v5('18', 60, 1, { addresses: '198.51.100.4 192.0.2.7', ports: '61000 22' }),
        v5('19', 4249, 20, { addresses: '198.51.100.4 192.0.2.7', ports: '61000 22' }),
        v5('4', 40, 1, { addresses: '198.51.100.4 192.0.2.7', ports: '61000 22' }),
        v5('4', 4249, 20),
        v5('0', 40, 1, { addresses: '198.51.100.4 192.0.2.7', ports: '61000 22' }),
        v5('-', 4249, 20),
        v5('2', 44, 1, { action: 'REJECT' }),
        v5('18', 44, 1, { action: 'REJECT', addresses: '198.51.100.4 192.0.2.7', ports: '61000 22' }),
        v5('2', 60, 1, { pkt: '192.0.2.7 198.51.100.4', addresses: '10.0.0.9 10.0.1.7' }),
        'srcaddr dstaddr protocol start',
        '192.0.2.7 198.51.100.4 17 1767323040',
        '192.0.2.7 198.51.100.4 TCP 1767323040',
      ].join('\n'),
      events: [
        { ...common, outcome: 'unanswered', role: 'originator', size: 60, flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, role: 'originator', flags: ['fin', 'syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, role: 'originator', size: 84, flags: ['syn', 'rst', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, role: 'responder', size: 60, flags: ['syn', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, role: 'responder', flags: ['fin', 'syn', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, role: 'responder', outcome: 'refused', size: 40, flags: ['rst', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, flags: ['rst', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, size: 40 },
        common,
        { ...common, outcome: 'denied', role: 'originator', size: 44, flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, outcome: 'denied', role: 'responder', size: 44, flags: ['syn', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, outcome: 'unanswered', role: 'originator', size: 60, flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, proto: 17, sourcePort: 0, targetPort: 0, size: 0, flags: ['oneSided'] },
        { ...common, sourcePort: 0, targetPort: 0, size: 0, flags: ['oneSided'], record: 17 },
      ],
    },
    {
      name: 'fields that the configuration declares, behind the stamp of an export or not',
      options: { fields: '${version} ${srcaddr} ${dstaddr} ${dstport} ${protocol} ${start} ${action}' },
      input: ['3 192.0.2.7 198.51.100.4 22 6 1767323040 REJECT', '2026-01-02T03:06:00.000Z 3 192.0.2.7 198.51.100.4 22 6 1767323040 REJECT', '3 192.0.2.7 198.51.100.4 22 6 1767323040'].join('\n'),
      events: [
        { ...common, sourcePort: 0, outcome: 'denied', role: 'originator', size: 0, flags: ['oneSided'], record: 1 },
        { ...common, sourcePort: 0, outcome: 'denied', role: 'originator', size: 0, flags: ['oneSided'], record: 2 },
      ],
      skipped: { 'another number of fields than the header names': 1 },
    },
    {
      name: 'intervals without records, and lines that are none',
      input: [
        `2 ${account} - - - - - - - 1767323040 1767323100 - NODATA`,
        `2 ${account} - - - - - - - 1767323040 1767323100 - SKIPDATA`,
        `2 ${account} - - - - - - - 1767323040 1767323100 - LOST`,
        v2(`${there} 20 4249 17673230 17673231`),
        v2(`192.0.2.x 198.51.100.4 61000 22 6 20 4249 ${times}`),
        v2(`0.0.0.0 198.51.100.4 61000 22 6 20 4249 ${times}`),
        v2(`${there} 20 4249 yesterday 1767323100`),
        v2(`192.0.2.7 198.51.100.4 61000 ssh 6 20 4249 ${times}`),
        v2(`192.0.2.7 198.51.100.4 61000 99999 6 20 4249 ${times}`),
        v2(`192.0.2.7 198.51.100.4 61000 22 999 20 4249 ${times}`),
        v2(`192.0.2.7 198.51.100.4 61000 22 6 0 0 ${times}`),
        v2(`${there} 20 4249 ${times} extra`),
        '3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 192.0.2.7 198.51.100.4 5001 22',
      ].join('\n'),
      events: [],
      skipped: {
        'no traffic in the interval (NODATA)': 1,
        'AWS could not keep up and skipped records (SKIPDATA)': 1,
        'unknown log-status': 1,
        'time that is none': 2,
        'address that is none': 1,
        'impossible address': 1,
        'port that is none': 2,
        'protocol that is none': 1,
        'flow without packets': 1,
        'no header line before it': 2,
      },
    },
  ],
  malformed: {
    input: `srcaddr dstaddr start end action packets protocol\n192.0.2.7 198.51.100.4 ${times} ACCEPT 1`,
    reason: 'another number of fields than the header names',
  },
};
