import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';
import { address, flowCapture, sflow, sflowSample } from '../../test/flows.ts';
import { arp, bytesOf, echo, ethernet, ip, tcp, u32, udp } from '../../test/packets.ts';

const scanner = '192.0.2.7';
const host = '198.51.100.4';
const frame = (proto: number, body: Uint8Array, from = scanner, to = host): Uint8Array =>
  ethernet(ip(from, to, proto, body));

const common: ExpectedEvent = {
  kind: 'contact',
  record: 1,
  time: '2026-01-02T03:04:05.000000Z',
  source: scanner,
  target: host,
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'originator',
  flags: ['syn', 'tcpFlags', 'sampled', 'hasSize', 'oneSided'],
};

export const fixture: FormatFixture = {
  format: 'sflow',
  cases: [
    {
      name: 'headers of sampled packets: TCP SYN, SYN-ACK, UDP, echo request, IPv6; counters are passed over',
      input: flowCapture(
        [
          sflow(
            { sequence: 5 },
            bytesOf(u32(2), u32(8), u32(0), u32(0)),
            sflowSample({ rate: 256, frame: frame(6, tcp(61000, 22, 'S')) }),
            sflowSample({ rate: 256, frame: frame(6, tcp(22, 61000, 'SA'), host, scanner) }),
            sflowSample({ rate: 256, expanded: true, frame: frame(17, udp(61000, 161, 'abc')) }),
            sflowSample({ rate: 256, frame: frame(1, echo(8, 1, 1)) }),
            sflowSample({ rate: 256, frame: frame(6, tcp(61000, 22, 'S'), '2001:db8::7', '2001:db8::4') }),
          ),
        ],
        6343,
      ),
      events: [
        { ...common, size: 54 },
        { ...common, source: host, target: scanner, sourcePort: 22, targetPort: 61000, role: 'responder', flags: ['syn', 'ack', 'tcpFlags', 'sampled', 'hasSize', 'oneSided'] },
        { ...common, proto: 17, targetPort: 161, role: 'unpaired', flags: ['sampled', 'hasSize', 'oneSided'] },
        { ...common, proto: 1, sourcePort: 0, targetPort: 2048, flags: ['sampled', 'hasSize', 'oneSided'] },
        { ...common, source: '2001:db8::7', target: '2001:db8::4' },
      ],
      notes: { 'exporter 192.0.2.254 id 0 samples packets': 1 },
    },
    {
      name: 'headers that the agent cut behind the TCP flags, and between ports and flags',
      input: flowCapture(
        [
          sflow(
            { sequence: 5 },
            sflowSample({ rate: 256, frame: frame(6, tcp(61000, 22, 'S')).subarray(0, 48) }),
            sflowSample({ rate: 256, frame: frame(6, tcp(61000, 22, 'S')).subarray(0, 44) }),
          ),
        ],
        6343,
      ),
      events: [
        { ...common, size: 48 },
        { ...common, size: 44, role: 'unpaired', flags: ['sampled', 'hasSize', 'oneSided'] },
      ],
      notes: { 'exporter 192.0.2.254 id 0 samples packets': 1 },
    },
    {
      name: 'every packet sampled; an IPv4 record instead of a header; other records in front; lost datagrams',
      input: flowCapture(
        [
          sflow({ sequence: 1 }, sflowSample({ rate: 1, others: [[1001, bytesOf(u32(0), u32(0), u32(0), u32(0))]], frame: frame(6, tcp(61000, 22, 'S')) })),
          sflow(
            { sequence: 4 },
            sflowSample({ rate: 1, others: [[3, bytesOf(u32(60), u32(6), address(scanner), address(host), u32(61000), u32(23), u32(2), u32(0))]] }),
          ),
        ],
        6343,
      ),
      events: [
        { ...common, outcome: 'unanswered', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
        { ...common, record: 2, targetPort: 23, size: 60, outcome: 'unanswered', flags: ['syn', 'tcpFlags', 'hasSize', 'oneSided'] },
      ],
      notes: { 'lost before the collector, of exporter 192.0.2.254 id 0': 2 },
    },
    {
      name: 'what is no IP flow, and damage',
      input: flowCapture(
        [
          sflow({ sequence: 1 }, sflowSample({ frame: arp(1, scanner, host) }), sflowSample({})),
          sflow({ sequence: 2 }, sflowSample({ protocol: 5, frame: frame(6, tcp(61000, 22, 'S')) }), bytesOf(u32(9), u32(0))),
          sflow({ sequence: 3 }, bytesOf(u32(1), u32(900), u32(0))),
        ],
        6343,
      ),
      events: [],
      skipped: {
        'sampled frame that is not IP': 1,
        'flow sample without a packet': 1,
        'sampled frame of another link type': 1,
        'sample of an unknown kind': 1,
        'datagram cut short': 1,
      },
    },
  ],
  malformed: {
    input: flowCapture([sflow({ sequence: 3 }, bytesOf(u32(1), u32(900), u32(0)))], 6343),
    reason: 'datagram cut short',
  },
};
