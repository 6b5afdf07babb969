import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';
import {
  address,
  commonFields,
  commonRecord,
  exported,
  flowCapture,
  optionsTemplate9,
  set,
  template,
  u64,
  v5,
  v9,
} from '../../test/flows.ts';
import type { Field } from '../../test/flows.ts';
import { bytesOf, u16, u32 } from '../../test/packets.ts';

const scanner = '192.0.2.7';
const host = '198.51.100.4';
const there = { from: scanner, to: host, ports: [61000, 22] } as const;
const back = { from: host, to: scanner, ports: [22, 61000] } as const;

const common: ExpectedEvent = {
  kind: 'contact',
  record: 1,
  time: '2026-01-02T03:04:00.000000Z',
  source: scanner,
  target: host,
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'unpaired',
  size: 44,
  flags: ['tcpFlags', 'hasSize', 'oneSided'],
};
const reply = { source: host, target: scanner, sourcePort: 22, targetPort: 61000 } as const;
const uptime = 100_000;
const first = 95_000;
const flags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;
const one = (tcp: number, more: object = {}): object => ({ ...there, first, flags: tcp, ...more });
const withTemplate = v9({ uptime, domain: 7, sequence: 1 }, set(0, template(256, commonFields)));

const nsel: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [233, 1],
  [33_002, 2],
  [323, 8],
  [152, 8],
  [231, 4],
  [232, 4],
];
const nselRecord = (event: number, extended: number, sent: number, returned: number): number[] => [
  ...address(scanner),
  ...address(host),
  ...u16(61000),
  ...u16(22),
  6,
  event,
  ...u16(extended),
  ...u64(exported - 1000),
  ...u64(exported - 5000),
  ...u32(sent),
  ...u32(returned),
];

export const fixture: FormatFixture = {
  format: 'netflow',
  cases: [
    {
      name: 'v5 in a capture: what TCP flags say about who began and how it ended',
      input: flowCapture([
        v5({ uptime, nanos: 250_000_000 }, [
          one(flags.syn),
          one(flags.syn | flags.ece | flags.cwr),
          one(flags.syn | flags.rst),
          { ...back, first, flags: flags.rst | flags.ack, bytes: 40 },
          { ...back, first, flags: flags.rst | flags.ack, bytes: 1500 },
          one(flags.syn | flags.ack | flags.psh | flags.fin, { bytes: 5000, packets: 9 }),
          one(flags.fin),
          one(0),
          one(flags.fin | flags.psh | flags.urg),
          one(flags.fin | flags.ack),
          one(flags.ack),
        ] as never),
      ]),
      events: [
        { ...common, time: '2026-01-02T03:04:00.250000Z', outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', outcome: 'unanswered', role: 'originator', flags: ['syn', 'ece', 'cwr', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', outcome: 'unknown', role: 'originator', flags: ['syn', 'rst', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, time: '2026-01-02T03:04:00.250000Z', outcome: 'refused', role: 'responder', size: 40, flags: ['rst', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, ...reply, time: '2026-01-02T03:04:00.250000Z', size: 1500, flags: ['rst', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', size: 5000, flags: ['fin', 'syn', 'psh', 'ack', 'tcpFlags', 'sentData', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', role: 'originator', flags: ['fin', 'tcpFlags', 'stealth', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', role: 'originator', flags: ['tcpFlags', 'stealth', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', role: 'originator', flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'sentData', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', flags: ['fin', 'ack', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:00.250000Z', flags: ['ack', 'tcpFlags', 'hasSize', 'oneSided'] },
      ],
    },
    {
      name: 'an exporter that never shows TCP flags writes 0: no NULL scan',
      input: flowCapture([v5({ uptime }, [{ ...there, first, flags: 0 }])]),
      events: [{ ...common, flags: ['hasSize', 'oneSided'] }],
    },
    {
      name: 'v5, bare: UDP, ICMP requests, replies and errors, another protocol; the uptime wrapped',
      input: v5({ uptime: 3000 }, [
        { ...there, proto: 17, ports: [5353, 161], first: 0xffff_ffff - 1999 },
        { ...there, proto: 1, ports: [0, 0x0800], first: 0 },
        { ...back, proto: 1, ports: [0, 0], first: 0 },
        { ...back, proto: 1, ports: [0, 0x0303], first: 0 },
        { ...there, proto: 1, ports: [0, 0x0500], first: 0 },
        { ...there, proto: 47, first: 0 },
      ]),
      events: [
        { ...common, proto: 17, sourcePort: 5353, targetPort: 161, flags: ['hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:02.000000Z', proto: 1, sourcePort: 0, targetPort: 2048, role: 'originator', flags: ['hasSize', 'oneSided'] },
        { ...common, ...reply, time: '2026-01-02T03:04:02.000000Z', proto: 1, sourcePort: 0, targetPort: 0, role: 'responder', flags: ['hasSize', 'oneSided'] },
        { ...common, ...reply, time: '2026-01-02T03:04:02.000000Z', proto: 1, sourcePort: 0, targetPort: 0x0303, role: 'responder', flags: ['hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:02.000000Z', proto: 1, sourcePort: 0, targetPort: 0x0500, role: 'unknown', flags: ['hasSize', 'oneSided'] },
        { ...common, time: '2026-01-02T03:04:02.000000Z', proto: 47, sourcePort: 0, targetPort: 0, flags: ['hasSize', 'oneSided'] },
      ],
    },
    {
      name: 'v5: impossible records are refused, sampling is shown, lost flows are counted',
      input: flowCapture([
        v5({ uptime, sampling: 0x4000 | 100 }, [
          one(flags.syn),
          { ...there, from: '0.0.0.0', first },
          { ...there, from: '239.1.2.3', first },
          { ...there, to: '0.1.2.3', first },
          { ...there, first, last: first - 1 },
          { ...there, first: uptime + 120_000 },
          { ...there, first: uptime - 0x4000_0000 },
          { ...there, first, packets: 0 },
        ] as never),
        v5({ uptime, sequence: 12, sampling: 0x4000 | 100 }, [{ ...back, first, flags: flags.rst | flags.ack }]),
      ]),
      events: [
        { ...common, role: 'originator', flags: ['syn', 'tcpFlags', 'sampled', 'hasSize', 'oneSided'] },
        { ...common, ...reply, record: 2, flags: ['rst', 'ack', 'tcpFlags', 'sampled', 'hasSize', 'oneSided'] },
      ],
      skipped: {
        'impossible address': 3,
        'flow ends before it starts': 1,
        'flow time outside of what its datagram can report': 2,
        'flow without packets': 1,
      },
      notes: { 'lost before the collector, of exporter 192.0.2.254 id 0': 4 },
    },
    {
      name: 'v5 of a replayed capture: flow times 20 days before the export, their distances kept',
      input: flowCapture([
        v5({ uptime: 1_900_000_000 }, [
          { ...there, flags: flags.syn, first: 100_000_000 },
          { ...there, flags: flags.syn, first: 100_001_500 },
        ]),
      ]),
      events: [
        { ...common, time: '2025-12-12T07:04:05.000000Z', outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, time: '2025-12-12T07:04:06.500000Z', outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
      ],
      notes: { 'flow times of exporter 192.0.2.254 id 0 do not fit its clock: a replayed capture?': 1 },
    },
    {
      name: 'v9: template after its data, another exporter with another template of the same number, IPv6',
      input: flowCapture([
        v9({ uptime, domain: 7 }, set(256, commonRecord({ ...there, flags: flags.syn, first }))),
        { from: '192.0.2.253', datagram: v9({ uptime, domain: 7 }, set(0, template(256, [[27, 16], [28, 16], [4, 1], [7, 2], [11, 2], [150, 4]]))) },
        withTemplate,
        {
          from: '192.0.2.253',
          datagram: v9(
            { uptime, domain: 7, sequence: 1 },
            set(256, address('2001:db8::7'), address('2001:db8:1::4'), 17, u16(61000), u16(161), u32(exported / 1000 - 5)),
          ),
        },
        v9({ uptime, domain: 7, sequence: 2 }, set(256, commonRecord({ ...there, flags: flags.syn, first, last: first + 900 }))),
      ]),
      events: [
        { ...common, outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, record: 4, source: '2001:db8::7', target: '2001:db8:1::4', proto: 17, targetPort: 161, size: 0, flags: ['oneSided'] },
        { ...common, record: 5, outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
      ],
    },
    {
      name: 'v9: options state the sampling, by sampler and for the exporter; a record may name its sampler',
      input: flowCapture([
        v9(
          { uptime, domain: 7 },
          set(1, optionsTemplate9(300, [[1, 4]], [[48, 1], [49, 1], [50, 4]])),
          set(300, u32(0), 3, 2, u32(1), u32(0), 4, 2, u32(512)),
          set(0, template(256, [...commonFields, [48, 1]])),
          set(256, commonRecord({ ...there, flags: flags.syn, first }), 3, commonRecord({ ...there, flags: flags.syn, first }), 4),
        ),
      ]),
      events: [
        { ...common, outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, role: 'originator', flags: ['syn', 'tcpFlags', 'sampled', 'hasSize', 'oneSided'] },
      ],
      notes: { 'exporter 192.0.2.254 id 7 samples packets': 1 },
    },
    {
      name: 'v9 of a Cisco ASA: denied, denied as no first packet, torn down with and without an answer, opened',
      input: flowCapture([
        v9(
          { uptime, domain: 0 },
          set(0, template(265, nsel)),
          set(265, nselRecord(3, 1001, 0, 0), nselRecord(3, 1004, 0, 0), nselRecord(2, 0, 100, 1200), nselRecord(2, 0, 0, 0), nselRecord(1, 0, 0, 0)),
        ),
      ]),
      events: [
        { ...common, outcome: 'denied', role: 'originator', size: 0, flags: ['hasSize'] },
        { ...common, outcome: 'denied', role: 'unpaired', size: 0, flags: ['hasSize'] },
        { ...common, outcome: 'answered', role: 'originator', size: 1200, flags: ['hasSize'] },
        { ...common, outcome: 'unanswered', role: 'originator', size: 0, flags: ['hasSize'] },
      ],
      skipped: { 'firewall flow opened: its end is read': 1 },
    },
    {
      name: 'v9: forwarding status says refused by a filter, or dropped for another reason',
      input: flowCapture([
        v9(
          { uptime, domain: 0 },
          set(0, template(260, [...commonFields, [89, 1]])),
          set(260, commonRecord({ ...there, flags: flags.syn, first }), 129, commonRecord({ ...there, proto: 17, first }), 131),
        ),
      ]),
      events: [
        { ...common, outcome: 'denied', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, proto: 17, outcome: 'unanswered', flags: ['hasSize', 'oneSided'] },
      ],
    },
    {
      name: 'v9, bare, of an exporter whose clock was never set: read from its template on, and said',
      input: bytesOf(
        v9({ uptime, at: 502_000, sequence: 1 }, set(0, template(256, commonFields))),
        v9({ uptime, at: 503_000, sequence: 2 }, set(256, commonRecord({ ...there, flags: 2, first }))),
      ),
      events: [{ ...common, record: 2, time: '1970-01-01T00:08:18.000000Z', outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] }],
      notes: { 'clock of exporter 0.0.0.0 id 0 was never set: it stands before the year 2000': 1 },
    },
    {
      name: 'v9, damage: sets and templates of impossible length, data without template, a cut datagram, another port',
      input: flowCapture([
        withTemplate,
        v9({ uptime, domain: 7, sequence: 2 }, set(0, template(256, commonFields)), bytesOf(u16(256), u16(2), u32(1))),
        v9({ uptime, domain: 7, sequence: 3 }, set(0, template(257, [[1, 0], [2, 0]]))),
        v9({ uptime, domain: 7, sequence: 4 }, set(0, u16(258), u16(9), u16(8), u16(4))),
        v9({ uptime, domain: 7, sequence: 5 }, set(258, u32(1), u32(2))),
        v9({ uptime, domain: 7, sequence: 6 }, set(256, commonRecord({ ...there, flags: flags.syn, first })).subarray(0, 30)),
        v9({ uptime, domain: 7, sequence: 7 }, bytesOf(set(256, commonRecord({ ...there, flags: flags.syn, first })), new Uint8Array(400))),
        { port: 53, datagram: bytesOf('no flow') },
        { datagram: bytesOf('no flow either') },
      ]),
      events: [{ ...common, record: 7, outcome: 'unanswered', role: 'originator', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] }],
      skipped: {
        'impossible length of a set': 1,
        'template of impossible length': 1,
        'template cut short': 1,
        'data whose template never came': 1,
        'datagram cut short': 1,
        'packet to another port than those of flow collectors': 1,
        'not NetFlow v5, v9, IPFIX or sFlow v5': 1,
      },
    },
  ],
  malformed: { input: flowCapture([bytesOf(u16(7), new Uint8Array(70))]), reason: 'not NetFlow v5, v9, IPFIX or sFlow v5' },
};
