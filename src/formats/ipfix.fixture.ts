import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';
import { address, exported, flowCapture, ipfix, optionsTemplate, set, template, u64 } from '../../test/flows.ts';
import type { Field } from '../../test/flows.ts';
import { bytesOf, u16, u32 } from '../../test/packets.ts';

const scanner = '192.0.2.7';
const host = '198.51.100.4';
const start = exported - 5000;

const key: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
];
const keyOf = (proto: number, port = 22): number[] => [
  ...address(scanner),
  ...address(host),
  ...u16(61000),
  ...u16(port),
  proto,
];
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
  flags: ['oneSided'],
};
const seconds: readonly Field[] = [...key, [150, 4]];
const record = (proto: number, port?: number): number[] => [...keyOf(proto, port), ...u32(start / 1000)];

/** RFC 5103: both directions in one record. */
const biflow: readonly Field[] = [
  ...key,
  [6, 1],
  [6, 1, 29_305],
  [2, 8],
  [2, 8, 29_305],
  [1, 8],
  [1, 8, 29_305],
  [152, 8],
  [153, 8],
  [239, 1],
];
const both = (proto: number, tcp: number, back: number, packets: number, bytes: number, direction = 1): number[] => [
  ...keyOf(proto),
  tcp,
  back,
  ...u64(2),
  ...u64(packets),
  ...u64(88),
  ...u64(bytes),
  ...u64(start),
  ...u64(start + 10),
  direction,
];
const ntp = (ms: number, fraction: number): number[] => [...u32(Math.floor(ms / 1000) + 2_208_988_800), ...u32(fraction)];

export const fixture: FormatFixture = {
  format: 'ipfix',
  cases: [
    {
      name: 'absolute times in seconds, milliseconds, microseconds, nanoseconds; before the export; by the boot time',
      input: flowCapture(
        [
          ipfix(
            {},
            set(
              2,
              template(300, seconds),
              template(301, [...key, [152, 8], [153, 8]]),
              template(302, [...key, [154, 8]]),
              template(303, [...key, [156, 8]]),
              template(304, [...key, [158, 4]]),
              template(305, [...key, [160, 8], [22, 4], [21, 4]]),
              template(306, [...key, [153, 8], [161, 4]]),
            ),
            set(300, record(17)),
            set(301, keyOf(17), u64(start + 7), u64(start + 8)),
            set(302, keyOf(17), ntp(start, 0x8000_0000)),
            set(303, keyOf(17), ntp(start, 0x4000_0000)),
            set(304, keyOf(17), u32(4_999_999)),
            set(305, keyOf(17), u64(start - 100_000), u32(100_003), u32(100_004)),
            set(306, keyOf(17), u64(start + 2000), u32(1995)),
          ),
        ],
        4739,
      ),
      events: ['00.000000', '00.007000', '00.500000', '00.250000', '00.000001', '00.003000', '00.005000'].map((second) => ({
        ...common,
        proto: 17,
        time: `2026-01-02T03:04:${second}Z`,
      })),
    },
    {
      name: 'biflow: the answering direction decides; stealth, backscatter, the source that is not the initiator',
      input: flowCapture([
        ipfix(
          {},
          set(2, template(400, biflow)),
          set(
            400,
            both(6, 0x1b, 0x1b, 3, 4000),
            both(6, 0x02, 0x14, 1, 40),
            both(6, 0x02, 0, 0, 0),
            both(6, 0x29, 0x14, 1, 40),
            both(6, 0x10, 0x04, 1, 40),
            both(6, 0x12, 0, 0, 0),
            both(17, 0, 0, 1, 100),
            both(17, 0, 0, 0, 0),
            both(6, 0x1b, 0x1b, 3, 4000, 2),
            both(17, 0, 0, 1, 100, 0),
          ),
        ),
      ]),
      events: [
        { ...common, outcome: 'answered', role: 'originator', size: 4000, flags: ['fin', 'syn', 'psh', 'ack', 'tcpFlags', 'sentData', 'gotData', 'hasSize'] },
        { ...common, outcome: 'refused', role: 'originator', size: 40, flags: ['syn', 'tcpFlags', 'hasSize'] },
        { ...common, outcome: 'unanswered', role: 'originator', size: 0, flags: ['syn', 'tcpFlags', 'hasSize'] },
        { ...common, outcome: 'refused', role: 'originator', size: 40, flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'sentData', 'hasSize'] },
        { ...common, outcome: 'refused', role: 'originator', size: 40, flags: ['ack', 'tcpFlags', 'stealth', 'hasSize'] },
        { ...common, role: 'responder', size: 0, flags: ['syn', 'ack', 'tcpFlags', 'hasSize'] },
        { ...common, proto: 17, outcome: 'answered', role: 'originator', size: 100, flags: ['gotData', 'hasSize'] },
        { ...common, proto: 17, outcome: 'unanswered', role: 'originator', size: 0, flags: ['hasSize'] },
        { ...common, source: host, target: scanner, sourcePort: 22, targetPort: 61000, outcome: 'answered', role: 'originator', size: 88, flags: ['fin', 'syn', 'psh', 'ack', 'tcpFlags', 'sentData', 'gotData', 'hasSize'] },
        { ...common, proto: 17, outcome: 'answered', size: 100, flags: ['gotData', 'hasSize'] },
      ],
    },
    {
      name: "YAF: the first packet's flags tell originator from responder",
      input: flowCapture([
        ipfix(
          {},
          set(2, template(401, [...seconds, [14, 1, 6871], [15, 1, 6871]])),
          set(401, record(6), 0x02, 0x1b, record(6), 0x12, 0x1b),
        ),
      ]),
      events: [
        { ...common, role: 'originator', flags: ['fin', 'syn', 'psh', 'ack', 'tcpFlags', 'sentData', 'oneSided'] },
        { ...common, role: 'responder', flags: ['fin', 'syn', 'psh', 'ack', 'tcpFlags', 'oneSided'] },
      ],
    },
    {
      name: 'variable length and enterprise fields are stepped over, short and long form',
      input: flowCapture([
        ipfix(
          {},
          set(2, template(402, [[82, 0xffff], ...key, [33, 0xffff, 5951], [150, 4]])),
          set(
            402,
            bytesOf(4, 'eth0', keyOf(17), 255, u16(300), new Uint8Array(300), u32(start / 1000)),
            bytesOf(0, keyOf(17, 161), 2, 'ab', u32(start / 1000)),
          ),
        ),
      ]),
      events: [
        { ...common, proto: 17 },
        { ...common, proto: 17, targetPort: 161 },
      ],
    },
    {
      name: 'withdrawn: one template, then all; what comes after waits in vain',
      input: flowCapture([
        ipfix({}, set(2, template(300, seconds), template(301, seconds))),
        ipfix({}, set(300, record(17))),
        ipfix({ sequence: 1 }, set(2, u16(300), u16(0))),
        ipfix({ sequence: 1 }, set(300, record(17)), set(301, record(17, 161))),
        ipfix({ sequence: 3 }, set(2, u16(2), u16(0))),
        ipfix({ sequence: 3 }, set(301, record(17))),
      ]),
      events: [
        { ...common, record: 2, proto: 17 },
        { ...common, record: 4, proto: 17, targetPort: 161 },
      ],
      skipped: { 'data whose template never came': 2 },
    },
    {
      name: 'options: one packet in ten, boot time for uptimes; both ICMP forms; lost records',
      input: flowCapture([
        ipfix(
          {},
          set(3, optionsTemplate(500, 1, [[143, 4], [160, 8], [305, 4], [306, 4]])),
          set(500, u32(1), u64(start - 100_000), u32(1), u32(9)),
          set(2, template(501, [[8, 4], [12, 4], [4, 1], [22, 4], [32, 2]]), template(502, [[27, 16], [28, 16], [4, 1], [22, 4], [178, 1], [179, 1]])),
          set(501, address(scanner), address(host), 1, u32(100_000), u16(2048)),
          set(502, address('2001:db8::7'), address('2001:db8::4'), 58, u32(100_000), 128, 0),
        ),
        ipfix({ sequence: 9 }, set(501, address(host), address(scanner), 1, u32(100_000), u16(0))),
      ]),
      events: [
        { ...common, proto: 1, sourcePort: 0, targetPort: 2048, role: 'originator', flags: ['sampled', 'oneSided'] },
        { ...common, source: '2001:db8::7', target: '2001:db8::4', proto: 58, sourcePort: 0, targetPort: 0x8000, role: 'originator', flags: ['sampled', 'oneSided'] },
        { ...common, record: 2, source: host, target: scanner, proto: 1, sourcePort: 0, targetPort: 0, role: 'responder', flags: ['sampled', 'oneSided'] },
      ],
      notes: {
        'exporter 192.0.2.254 id 0 samples packets': 1,
        'lost before the collector, of exporter 192.0.2.254 id 0': 6,
      },
    },
    {
      name: 'a file of messages (RFC 5655): MikroTik-like uptimes without a boot time',
      input: bytesOf(
        ipfix({}, set(2, template(300, [...key, [22, 4], [21, 4]]))),
        ipfix({}, set(300, keyOf(17), u32(0xffff_ff00), u32(0xffff_ff10), keyOf(17, 161), u32(90), u32(2000))),
      ),
      events: [
        { ...common, record: 2, proto: 17, time: '2026-01-02T03:04:02.744000Z' },
        { ...common, record: 2, proto: 17, targetPort: 161, time: '2026-01-02T03:04:03.090000Z' },
      ],
      notes: { 'exporter 0.0.0.0 id 0 does not say when it booted: flow times are estimates': 1 },
    },
    {
      name: 'damage: a message of impossible length, a set of an unknown kind, NAT events, one address only',
      input: flowCapture([
        ipfix({ length: 2000 }, set(2, template(300, seconds))),
        ipfix({}, set(2, template(300, seconds)), set(7, u32(0))),
        ipfix({}, set(2, template(301, [[8, 4], [150, 4]]), template(302, [...seconds, [230, 1]]))),
        ipfix({}, set(301, address(scanner), u32(start / 1000)), set(302, record(17), 2, record(17), 1)),
      ]),
      events: [{ ...common, record: 4, proto: 17, role: 'originator' }],
      skipped: {
        'datagram cut short': 1,
        'set of an unknown kind': 1,
        'record without two addresses': 1,
        'address translation event': 1,
      },
    },
  ],
  malformed: { input: ipfix({}, set(2, u16(300), u16(3), u16(8), u16(4))), reason: 'template cut short' },
};
