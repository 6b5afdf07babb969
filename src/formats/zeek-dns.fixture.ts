import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tdns', '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqclass\tqclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\trejected'].join('\n');
const row = (rest: string): string => `1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t53\t${rest}`;
const base = {
  kind: 'query',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 53,
  proto: 17,
  outcome: 'answered',
  role: 'originator',
} as const;

export const fixture: FormatFixture = {
  format: 'zeek-dns',
  cases: [
    {
      name: 'TSV: answered, missing, unanswered, zone transfer over TCP, no name',
      input: [
        head,
        row('udp\t7\twww.example.com\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t198.51.100.5,198.51.100.6\t60.0,60.0\tF'),
        row('udp\t7\tvpn.example.com\t1\tC_INTERNET\t28\tAAAA\t3\tNXDOMAIN\tF\tF\tT\tT\t0\t-\t-\tF'),
        row('udp\t7\tvpn.example.com\t1\tC_INTERNET\t1\tA\t-\t-\tF\tF\tT\tF\t0\t-\t-\tF'),
        row('tcp\t7\texample.com\t1\tC_INTERNET\t252\tAXFR\t5\tREFUSED\tF\tF\tF\tF\t0\t-\t-\tT'),
        row('udp\t0\t-\t-\t-\t-\t-\t-\t-\tF\tF\tF\tF\t0\t-\t-\tF'),
      ].join('\n'),
      events: [
        { ...base, status: 0, queryType: 1, flags: ['gotData'], texts: { name: 'www.example.com', detail: '198.51.100.5,198.51.100.6' } },
        { ...base, status: 3, queryType: 28, flags: ['gotData'], texts: { name: 'vpn.example.com' } },
        { ...base, status: 255, queryType: 1, outcome: 'unanswered', texts: { name: 'vpn.example.com' } },
        { ...base, proto: 6, status: 5, queryType: 252, flags: ['gotData'], texts: { name: 'example.com' } },
      ],
      skipped: { 'no name asked for': 1 },
    },
    {
      name: 'JSON: answers as an array',
      input:
        '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":53,"proto":"udp","trans_id":7,"query":"www.example.com","qtype":1,"rcode":0,"answers":["198.51.100.5","198.51.100.6"]}\n',
      events: [{ ...base, status: 0, queryType: 1, flags: ['gotData'], texts: { name: 'www.example.com', detail: '198.51.100.5' } }],
    },
  ],
  malformed: { input: '{"ts":true,"id.orig_h":"192.0.2.7"}', reason: 'no time stamp' },
};
