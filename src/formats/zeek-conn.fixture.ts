import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const head = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#open\t2026-11-22-00-00-00',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]',
].join('\n');

const row = (
  ports: string,
  proto: string,
  state: string,
  history: string,
  sent = '0',
  got = '0',
  packets = '1',
): string => {
  const [from, to] = ports.split(' ');
  return `1795307531.250000\tCwBp6Y\t192.0.2.7\t${from}\t198.51.100.4\t${to}\t${proto}\t-\t0.1\t${sent}\t${got}\t${state}\tF\tT\t0\t${history}\t${packets}\t44\t0\t0\t(empty)`;
};

const base = {
  kind: 'contact',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  role: 'originator',
} as const;

/** State, history, what becomes of it: outcome, role, flags. */
const tcp: readonly (readonly [string, string, ExpectedEvent['outcome'], ExpectedEvent['role'], ExpectedEvent['flags']])[] = [
  ['S0', 'S', 'unanswered', 'originator', ['syn', 'tcpFlags', 'hasSize']],
  ['REJ', 'Sr', 'refused', 'originator', ['syn', 'tcpFlags', 'hasSize']],
  ['S1', 'Sh', 'answered', 'originator', ['syn', 'tcpFlags', 'hasSize']],
  ['S2', 'ShAF', 'answered', 'originator', ['fin', 'syn', 'ack', 'tcpFlags', 'hasSize']],
  ['S3', 'ShAf', 'answered', 'originator', ['syn', 'ack', 'tcpFlags', 'hasSize']],
  ['SF', 'ShAFf', 'answered', 'originator', ['fin', 'syn', 'ack', 'tcpFlags', 'hasSize']],
  ['RSTO', 'ShAR', 'answered', 'originator', ['syn', 'rst', 'ack', 'tcpFlags', 'hasSize']],
  ['RSTR', 'ShAr', 'answered', 'originator', ['syn', 'ack', 'tcpFlags', 'hasSize']],
  ['RSTOS0', 'SR', 'unanswered', 'originator', ['syn', 'rst', 'tcpFlags', 'hasSize']],
  ['SH', 'SF', 'unanswered', 'originator', ['fin', 'syn', 'tcpFlags', 'hasSize']],
  // Answers without a question.
  ['SHR', '^hf', 'unknown', 'responder', ['tcpFlags', 'hasSize']],
  ['RSTRH', '^r', 'unknown', 'responder', ['tcpFlags', 'hasSize']],
  ['RSTOS0', 'R', 'unanswered', 'responder', ['rst', 'tcpFlags', 'hasSize']],
  ['OTH', 'H', 'unknown', 'responder', ['syn', 'ack', 'tcpFlags', 'hasSize']],
  // Stealth scans: FIN unanswered and refused, no flags, ACK unanswered and refused.
  ['SH', 'F', 'unanswered', 'originator', ['fin', 'tcpFlags', 'stealth', 'hasSize']],
  ['RSTR', 'Fr', 'refused', 'originator', ['fin', 'tcpFlags', 'stealth', 'hasSize']],
  ['OTH', 'F', 'unanswered', 'originator', ['fin', 'tcpFlags', 'stealth', 'hasSize']],
  ['OTH', '-', 'unanswered', 'originator', ['tcpFlags', 'stealth', 'hasSize']],
  ['OTH', 'C', 'unknown', 'unknown', ['tcpFlags', 'hasSize']],
  ['RSTRH', 'r', 'refused', 'originator', ['tcpFlags', 'stealth', 'hasSize']],
  ['OTH', 'A', 'unanswered', 'originator', ['ack', 'tcpFlags', 'stealth', 'hasSize']],
  ['RSTRH', 'Ar', 'refused', 'originator', ['ack', 'tcpFlags', 'stealth', 'hasSize']],
  // Picked up in the middle.
  ['OTH', 'DdA', 'unknown', 'unknown', ['ack', 'tcpFlags', 'sentData', 'gotData', 'hasSize']],
];

export const fixture: FormatFixture = {
  format: 'zeek-conn',
  cases: [
    {
      name: 'every connection state of TCP',
      input: [head, ...tcp.map(([state, history]) => row('61000 22', 'tcp', state, history)), '#close\t2026-11-22-01-00-00', ''].join('\n'),
      events: tcp.map(([, , outcome, role, flags]) => ({ ...base, outcome, role, flags: flags ?? [] })),
    },
    {
      name: 'backscatter, and an ACK from a service',
      input: [head, row('61000 22', 'tcp', 'RSTRH', 'r', '0', '0', '0'), row('443 61000', 'tcp', 'OTH', 'A')].join('\n'),
      events: [
        { ...base, outcome: 'unknown', role: 'responder', flags: ['tcpFlags', 'hasSize'] },
        { ...base, sourcePort: 443, targetPort: 61000, outcome: 'unknown', role: 'unknown', flags: ['ack', 'tcpFlags', 'hasSize'] },
      ],
    },
    {
      name: 'sizes and data',
      input: [head, row('61000 22', 'tcp', 'SF', 'ShADadFf', '126', '21212', '6'), row('61000 22', 'tcp', 'S0', 'S', '-', '-')].join('\n'),
      events: [
        { ...base, outcome: 'answered', size: 21212, flags: ['fin', 'syn', 'ack', 'tcpFlags', 'sentData', 'gotData', 'hasSize'] },
        { ...base, outcome: 'unanswered', size: 0, flags: ['syn', 'tcpFlags'] },
      ],
    },
    {
      name: 'UDP and ICMP, whose ports are type and code',
      input: [
        head,
        row('40000 161', 'udp', 'S0', 'D', '40'),
        row('40000 53', 'udp', 'SF', 'Dd', '40', '120'),
        row('53 40000', 'udp', 'S0', 'D', '40'),
        row('40000 53', 'udp', 'SHR', '^d', '0', '120'),
        row('8 0', 'icmp', 'OTH', '-', '56', '56'),
        row('8 0', 'icmp', 'OTH', '-', '56', '0'),
        row('3 3', 'icmp', 'OTH', '-', '56', '0'),
        row('0 0', 'unknown_transport', 'OTH', '-', '0', '0'),
      ].join('\r\n'),
      events: [
        { ...base, proto: 17, sourcePort: 40000, targetPort: 161, outcome: 'unanswered', flags: ['sentData', 'hasSize'] },
        { ...base, proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'answered', size: 120, flags: ['sentData', 'gotData', 'hasSize'] },
        { ...base, proto: 17, sourcePort: 53, targetPort: 40000, outcome: 'unanswered', role: 'responder', flags: ['sentData', 'hasSize'] },
        { ...base, proto: 17, sourcePort: 40000, targetPort: 53, outcome: 'answered', role: 'responder', size: 120, flags: ['gotData', 'hasSize'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, outcome: 'answered', size: 56, flags: ['sentData', 'gotData', 'hasSize'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 2048, outcome: 'unanswered', flags: ['sentData', 'hasSize'] },
        { ...base, proto: 1, sourcePort: 0, targetPort: 771, outcome: 'unknown', role: 'responder', flags: ['sentData', 'hasSize'] },
        { ...base, proto: 0, sourcePort: 0, targetPort: 0, outcome: 'unknown', flags: ['hasSize'] },
      ],
    },
    {
      name: 'other columns in another order, another separator, a second header in the middle',
      input: [
        '#separator \\x7c',
        '#path|conn',
        '#fields|proto|id.resp_p|id.resp_h|id.orig_p|id.orig_h|conn_state|ts',
        'tcp|22|2001:db8:1::4|61000|2001:db8::7|REJ|1795307531.25',
        '#separator \\x09',
        '#path\tconn',
        '#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\tip_proto',
        '2026-11-22T00:32:11.250000Z\t::ffff:192.0.2.7\t61000\t198.51.100.4\t22\tunknown_transport\tOTH\t132',
      ].join('\n'),
      events: [
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', outcome: 'refused', flags: ['tcpFlags'], record: 4 },
        { ...base, proto: 132, outcome: 'unknown', flags: [], record: 8 },
      ],
    },
    {
      name: 'JSON, epoch and ISO stamps, a stream with _path, IPv6 ping',
      input: [
        '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":22,"proto":"tcp","service":"ssh","duration":1.5,"orig_bytes":126,"resp_bytes":21212,"conn_state":"SF","local_orig":false,"missed_bytes":0,"history":"ShADadFf","orig_pkts":6,"resp_pkts":20}',
        '{"_path":"conn","_write_ts":"2026-11-22T00:32:41.000000Z","ts":"2026-11-22T00:32:11.250000Z","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":22,"proto":"tcp","conn_state":"S0","history":"S"}',
        '{"ts":1795307531.25,"id.orig_h":"2001:db8::7","id.orig_p":128,"id.resp_h":"2001:db8:1::4","id.resp_p":0,"proto":"icmp","conn_state":"OTH"}',
        '{"_path":"dns","ts":1795307531.25,"id.orig_h":"192.0.2.7"}',
      ].join('\n'),
      events: [
        { ...base, outcome: 'answered', size: 21212, flags: ['fin', 'syn', 'ack', 'tcpFlags', 'sentData', 'gotData', 'hasSize'] },
        { ...base, outcome: 'unanswered', flags: ['syn', 'tcpFlags'] },
        { ...base, source: '2001:db8::7', target: '2001:db8:1::4', proto: 58, sourcePort: 0, targetPort: 32768, outcome: 'unanswered', flags: [] },
      ],
      skipped: { 'not a conn record': 1 },
    },
    {
      name: 'rows that say too little',
      input: [
        head,
        row('61000 22', 'tcp', 'S0', 'S').replace('1795307531.250000', '-'),
        row('61000 22', 'tcp', 'S0', 'S').replace('192.0.2.7', '192.0.2'),
        row('61000 99999', 'tcp', 'S0', 'S'),
        row('61000 22', '-', 'S0', 'S'),
        '1795307531.250000\tCwBp6Y\t192.0.2.7\t61000',
      ].join('\n'),
      events: [],
      skipped: {
        'no time stamp': 1,
        'no source or target address': 1,
        'no port': 1,
        'no protocol': 1,
        'fewer columns than the #fields line names': 1,
      },
    },
  ],
  malformed: { input: '1795307531.250000\tCwBp6Y\t192.0.2.7\t61000', reason: 'no #fields line before it' },
};
