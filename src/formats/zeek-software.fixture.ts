import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tsoftware', '#fields\tts\thost\thost_p\tsoftware_type\tname\tversion.major\tversion.minor\tunparsed_version'].join('\n');
const base = {
  kind: 'alert',
  time: '2026-11-22T00:32:11.250000Z',
  source: '198.51.100.4',
  target: '-',
  proto: 0,
  outcome: 'unknown',
  role: 'unknown',
  status: 4,
  flags: ['noTarget'],
} as const;

export const fixture: FormatFixture = {
  format: 'zeek-software',
  cases: [
    {
      name: 'TSV',
      input: [
        head,
        '1795307531.250000\t198.51.100.4\t80\tHTTP::SERVER\tnginx\t1\t24\tnginx/1.24.0 (Ubuntu)',
        '1795307531.250000\t198.51.100.4\t-\tSSH::CLIENT\tOpenSSH\t9\t6\tOpenSSH_9.6',
      ].join('\n'),
      events: [
        { ...base, sourcePort: 80, texts: { name: 'HTTP::SERVER', detail: 'nginx/1.24.0 (Ubuntu)' } },
        { ...base, sourcePort: 0, texts: { name: 'SSH::CLIENT', detail: 'OpenSSH_9.6' } },
      ],
    },
    {
      name: 'JSON',
      input: '{"ts":1795307531.25,"host":"198.51.100.4","host_p":80,"software_type":"HTTP::SERVER","name":"nginx","unparsed_version":"nginx/1.24.0"}\n',
      events: [{ ...base, sourcePort: 80, texts: { name: 'HTTP::SERVER', detail: 'nginx/1.24.0' } }],
    },
  ],
  malformed: { input: '{"ts":1795307531.25,"host":"nobody","software_type":"x","unparsed_version":"y"}', reason: 'no source address' },
};
