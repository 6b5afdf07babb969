import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tnotice', '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tnote\tmsg\tsub\tsrc\tdst\tp\tn\tpeer_descr\tactions\tsuppress_for'].join('\n');
const base = {
  kind: 'alert',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  outcome: 'unknown',
  role: 'originator',
  proto: 0,
  status: 3,
} as const;

export const fixture: FormatFixture = {
  format: 'zeek-notice',
  cases: [
    {
      name: 'TSV: about a source, about a connection, about nobody',
      input: [
        head,
        '1795307531.250000\t-\t-\t-\t-\t-\t-\tScan::Address_Scan\t192.0.2.7 scanned at least 25 unique hosts\tremote\t192.0.2.7\t-\t22\t-\t-\tNotice::ACTION_LOG\t3600.0',
        '1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t443\ttcp\tSSL::Invalid_Server_Cert\tbad\t-\t-\t-\t-\t-\t-\tNotice::ACTION_LOG\t3600.0',
        '1795307531.250000\t-\t-\t-\t-\t-\t-\tCaptureLoss::Too_Much_Loss\tloss\t-\t-\t-\t-\t-\t-\tNotice::ACTION_LOG\t3600.0',
      ].join('\n'),
      events: [
        { ...base, target: '-', targetPort: 22, flags: ['noTarget'], texts: { name: 'Scan::Address_Scan', detail: '192.0.2.7 scanned at least 25 unique hosts' } },
        { ...base, proto: 6, sourcePort: 61000, targetPort: 443, texts: { name: 'SSL::Invalid_Server_Cert', detail: 'bad' } },
      ],
      skipped: { 'no source address': 1 },
    },
    {
      name: 'JSON',
      input:
        '{"ts":"2026-11-22T00:32:11.250000Z","note":"Scan::Port_Scan","msg":"m","src":"192.0.2.7","dst":"198.51.100.4","actions":["Notice::ACTION_LOG"],"suppress_for":3600.0}\n',
      events: [{ ...base, texts: { name: 'Scan::Port_Scan', detail: 'm' } }],
    },
  ],
  malformed: { input: '{"ts":1795307531.25,"note":"x","suppress_for":1}', reason: 'no source address' },
};
