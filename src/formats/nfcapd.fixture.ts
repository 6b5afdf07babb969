import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';
import { block, extensionMap, file16, file17, firewall, flow16, flow17, misc, outCounters, statistics } from '../../test/nfcapd-files.ts';
import { bytesOf } from '../../test/packets.ts';

const first = 1_767_323_040_250;
const scanner = '192.0.2.7';
const host = '198.51.100.4';
const there = { from: scanner, to: host, ports: [61000, 22], first, received: first + 5000 } as const;
const back = { ...there, from: host, to: scanner, ports: [22, 61000] } as const;

const common: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:04:00.250000Z',
  source: scanner,
  target: host,
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'unpaired',
  size: 44,
};
const syn: ExpectedEvent = { ...common, outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] };
const reply = { source: host, target: scanner, sourcePort: 22, targetPort: 61000 } as const;
const replay = 20 * 86_400_000;

export const fixture: FormatFixture = {
  format: 'nfcapd',
  cases: [
    {
      name: 'layout 2 of nfdump 1.7: TCP, UDP, ICMP, IPv6, sampled, denied; other records and blocks are passed over',
      input: file17(
        {},
        block(
          3,
          bytesOf(7, 0, 32, 0, new Uint8Array(28)),
          flow17({ ...there, flags: 2 }),
          flow17({ ...back, flags: 0x14, bytes: 40 }),
          flow17({ ...there, proto: 17, ports: [5353, 161], sampled: true, last: first + 900 }),
          flow17({ ...there, proto: 1, ports: [0, 2048] }),
        ),
        block(4, bytesOf('nothing to read here')),
        block(3, flow17({ ...there, from: '2001:db8::7', to: '2001:db8:1::4', flags: 2 }), flow17({ ...there, flags: 2, status: 129 })),
        block(3, statistics(3)),
      ),
      events: [
        { ...syn, record: 1 },
        { ...common, ...reply, record: 2, outcome: 'refused', role: 'responder', size: 40, flags: ['rst', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, record: 3, proto: 17, sourcePort: 5353, targetPort: 161, flags: ['sampled', 'hasSize', 'oneSided'] },
        { ...common, record: 4, proto: 1, sourcePort: 0, targetPort: 2048, role: 'originator', flags: ['hasSize', 'oneSided'] },
        { ...syn, record: 5, source: '2001:db8::7', target: '2001:db8:1::4' },
        { ...syn, record: 6, outcome: 'denied' },
      ],
      notes: { 'gaps in the exporters’ sequences that nfcapd saw': 3 },
    },
    {
      name: 'layout 2: both directions in one record, of IPFIX and of a firewall',
      input: file17(
        {},
        block(
          3,
          flow17({ ...there, flags: 0x1b, elements: [[4, misc(1, 0)], [5, outCounters(3, 4000)]] }),
          flow17({ ...there, flags: 0x14, elements: [[4, misc(1, 0)], [5, outCounters(1, 40)]] }),
          flow17({ ...there, flags: 2, elements: [[4, misc(1, 0x14)], [5, outCounters(1, 40)]] }),
          flow17({ ...there, flags: 0, elements: [[4, misc(1, 0)], [5, outCounters(0, 0)]] }),
          flow17({ ...there, packets: 0, bytes: 100, elements: [[19, firewall(2, 0)], [5, outCounters(0, 1200)]] }),
          flow17({ ...there, packets: 0, bytes: 0, elements: [[19, firewall(3, 1001)]] }),
          flow17({ ...there, packets: 0, bytes: 0, elements: [[19, firewall(1, 0)]] }),
        ),
      ),
      events: [
        { ...common, outcome: 'answered', role: 'originator', size: 4000, flags: ['gotData', 'hasSize'] },
        { ...common, outcome: 'refused', role: 'originator', size: 40, flags: ['hasSize'] },
        { ...common, outcome: 'refused', role: 'originator', size: 40, flags: ['syn', 'tcpFlags', 'hasSize'] },
        { ...common, outcome: 'unanswered', role: 'originator', size: 0, flags: ['hasSize'] },
        { ...common, outcome: 'answered', role: 'originator', size: 1200, flags: ['hasSize'] },
        { ...common, outcome: 'denied', role: 'originator', size: 0, flags: ['hasSize'] },
      ],
      skipped: { 'firewall flow opened: its end is read': 1 },
    },
    {
      name: 'layout 2: impossible records; a first record of an impossible time is damage when the next is ordinary',
      input: file17(
        {},
        block(
          3,
          flow17({ ...there, flags: 2, first: first - replay }),
          flow17({ ...there, flags: 2 }),
          flow17({ ...there, flags: 2, first: first - replay }),
          flow17({ ...there, from: '0.0.0.0' }),
          flow17({ ...there, last: first - 1 }),
        ),
      ),
      events: [{ ...syn, record: 2 }],
      skipped: {
        'flow time outside of what its datagram can report': 2,
        'impossible address': 1,
        'flow ends before it starts': 1,
      },
    },
    {
      name: 'layout 2: a replayed capture, all times 20 days before they were received',
      input: file17({}, block(3, flow17({ ...there, flags: 2, received: first + replay }), flow17({ ...there, flags: 2, first: first + 10, received: first + replay }))),
      events: [
        { ...syn, record: 1 },
        { ...syn, record: 2, time: '2026-01-02T03:04:00.260000Z' },
      ],
      notes: { 'flow times do not fit the collector’s clock: a replayed capture?': 1 },
    },
    {
      name: 'layout 1 of nfdump 1.6, both record types',
      input: file16(
        { failures: 2 },
        block(
          2,
          extensionMap(),
          flow16({ ...there, flags: 2 }),
          flow16({ ...there, flags: 2, sampled: true }, true),
          flow16({ ...there, from: '2001:db8::7', to: '2001:db8:1::4', proto: 58, ports: [0, 0x8000] }),
        ),
      ),
      events: [
        { ...syn, record: 1 },
        { ...common, record: 2, role: 'originator', flags: ['syn', 'tcpFlags', 'sampled', 'hasSize', 'oneSided'] },
        { ...common, record: 3, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 0x8000, role: 'originator', flags: ['hasSize', 'oneSided'] },
      ],
      notes: { 'gaps in the exporters’ sequences that nfcapd saw': 2 },
    },
    {
      name: 'damage inside a block, and a file that ends early',
      input: file17(
        {},
        block(3, flow17({ ...there, flags: 2 }), bytesOf(11, 0, 2, 0, new Uint8Array(20))),
        block(3, flow17({ ...there, flags: 2 }), flow17({ ...there, flags: 2 })),
      ).subarray(0, -3),
      events: [
        { ...syn, record: 1 },
        { ...syn, record: 2 },
      ],
      skipped: { 'damaged record: the rest of its block is not read': 1, 'file ends in the middle of a record': 1 },
    },
    ...([['LZO', 1], ['BZ2', 2], ['LZ4', 3], ['ZSTD', 4]] as const).map(([name, compression]) => ({
      name: `compressed with ${name}: said, not read`,
      input: file17({ compression }, block(3, bytesOf('whatever'))),
      events: [],
      skipped: {
        [`nfcapd file compressed with ${name}, which is not built in: nfdump -r FILE -w PLAIN writes it without`]: 1,
      },
    })),
    {
      name: 'layout 1 compressed with LZO',
      input: file16({ compression: 1 }, block(2, bytesOf('whatever'))),
      events: [],
      skipped: {
        'nfcapd file compressed with LZO, which is not built in: nfdump -r FILE -w PLAIN writes it without': 1,
      },
    },
    {
      name: 'encrypted',
      input: file17({ encryption: 1 }),
      events: [],
      skipped: { 'encrypted nfcapd file': 1 },
    },
  ],
  malformed: { input: file17({ version: 9 }), reason: 'layout that is not read: not of nfdump 1.6 or 1.7' },
};
