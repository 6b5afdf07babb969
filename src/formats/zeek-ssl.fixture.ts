import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tssl', '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tcipher\tcurve\tserver_name\tresumed\tlast_alert\tnext_protocol\testablished\tja3'].join('\n');
const row = (rest: string): string => `1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t443\t${rest}`;
const base = {
  kind: 'contact',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 443,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
} as const;

export const fixture: FormatFixture = {
  format: 'zeek-ssl',
  cases: [
    {
      name: 'TSV: a handshake, and one that the server broke off',
      input: [
        head,
        row('TLSv13\tTLS_AES_128_GCM_SHA256\tx25519\twww.example.com\tF\t-\th2\tT\td41d8cd98f00b204e9800998ecf8427e'),
        row('-\t-\t-\t-\tF\thandshake_failure\t-\tF\t-'),
      ].join('\n'),
      events: [
        { ...base, flags: ['sentData', 'gotData'], texts: { detail: 'www.example.com', fingerprint: 'd41d8cd98f00b204e9800998ecf8427e' } },
        { ...base, outcome: 'unknown', flags: ['sentData'] },
      ],
    },
    {
      name: 'JSON with JA4',
      input:
        '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":443,"version":"TLSv12","cipher":"X","server_name":"www.example.com","established":true,"ja3":"x","ja4":"t13d1516h2_8daaf6152771_02713d6af862"}\n',
      events: [{ ...base, flags: ['sentData', 'gotData'], texts: { detail: 'www.example.com', fingerprint: 't13d1516h2_8daaf6152771_02713d6af862' } }],
    },
  ],
  malformed: { input: '1795307531.250000\tC1\t192.0.2.7', reason: 'no #fields line before it' },
};
