import type { FormatFixture } from '../../test/format-fixture.ts';

const base = {
  kind: 'alert',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'unknown',
  role: 'originator',
} as const;

export const fixture: FormatFixture = {
  format: 'snort-json',
  cases: [
    {
      name: 'default fields, and a richer choice',
      input: [
        '{ "timestamp" : "11/22-00:32:11.250000", "pkt_num" : 7, "proto" : "TCP", "pkt_gen" : "raw", "pkt_len" : 44, "dir" : "C2S", "src_ap" : "192.0.2.7:61000", "dst_ap" : "198.51.100.4:22", "rule" : "1:469:5", "action" : "allow" }',
        '{ "timestamp" : "26/11/22-00:32:11.250000", "proto" : "TCP", "dir" : "S2C", "src_ap" : "2001:db8::7:61000", "dst_ap" : "2001:db8:1::4:22", "rule" : "1:469:5" }',
        '{ "seconds" : 1795307531, "timestamp" : "x", "action" : "allow", "class" : "Attempted Information Leak", "dir" : "C2S", "dst_addr" : "198.51.100.4", "dst_port" : 22, "msg" : "ICMP PING \\"NMAP\\"", "priority" : 2, "proto" : "TCP", "src_addr" : "192.0.2.7", "src_port" : 61000, "rule" : "1:469:5", "ttl" : 49 }',
        '{ "seconds" : 1795307531, "class" : "none", "proto" : "ICMP", "icmp_type" : 8, "icmp_code" : 0, "src_addr" : "192.0.2.7", "dst_addr" : "198.51.100.4", "msg" : "m" }',
      ].join('\n'),
      events: [
        { ...base, status: 4, texts: { name: '1:469:5' } },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', role: 'responder', status: 4, texts: { name: '1:469:5' } },
        { ...base, time: '2026-11-22T00:32:11.000000Z', status: 2, ttl: 49, flags: ['header'], texts: { name: 'ICMP PING "NMAP"', detail: 'Attempted Information Leak' } },
        { ...base, time: '2026-11-22T00:32:11.000000Z', proto: 1, sourcePort: 0, targetPort: 2048, status: 4, texts: { name: 'm' } },
      ],
    },
  ],
  malformed: {
    input: '{ "timestamp" : "11/22-00:32:11.250000", "src_ap" : "192.0.2.7:61000", "rule" : "1:469:5" }',
    reason: 'no source or target address',
  },
};
