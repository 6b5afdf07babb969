import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tweird', '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tname\taddl\tnotice\tpeer'].join('\n');
const base = {
  kind: 'alert',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 80,
  proto: 0,
  outcome: 'unknown',
  role: 'unknown',
  status: 4,
} as const;

export const fixture: FormatFixture = {
  format: 'zeek-weird',
  cases: [
    {
      name: 'TSV',
      input: [
        head,
        `1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t80\tbad_HTTP_request\tdetail\tF\tzeek`,
        '1795307531.250000\t-\t-\t-\t-\t-\tunknown_protocol_2\t-\tF\tzeek',
      ].join('\n'),
      events: [{ ...base, texts: { name: 'bad_HTTP_request', detail: 'detail' } }],
      skipped: { 'no source or target address': 1 },
    },
    {
      name: 'JSON',
      input:
        '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":80,"name":"above_hole_data_without_any_acks","notice":false,"peer":"zeek"}\n',
      events: [{ ...base, texts: { name: 'above_hole_data_without_any_acks' } }],
    },
  ],
  malformed: { input: '[1,2]', reason: 'no #fields line before it' },
};
