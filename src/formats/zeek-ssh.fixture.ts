import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tssh', '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tauth_success\tauth_attempts\tdirection\tclient\tserver\tcipher_alg\thassh'].join('\n');
const row = (rest: string): string => `1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t22\t${rest}`;
const base = {
  kind: 'login',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 22,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
  flags: ['sentData', 'gotData'],
} as const;
const texts = { name: 'ssh', agent: 'SSH-2.0-Go', detail: 'SSH-2.0-OpenSSH_9.6' };

export const fixture: FormatFixture = {
  format: 'zeek-ssh',
  cases: [
    {
      name: 'TSV: failed, succeeded, banner only',
      input: [
        head,
        row('2\tF\t3\t-\tSSH-2.0-Go\tSSH-2.0-OpenSSH_9.6\tx\t-'),
        row('2\tT\t1\t-\tSSH-2.0-Go\tSSH-2.0-OpenSSH_9.6\tx\taa'),
        row('2\t-\t0\t-\tSSH-2.0-Go\tSSH-2.0-OpenSSH_9.6\tx\t-'),
        row('-\t-\t0\t-\t-\tSSH-2.0-OpenSSH_9.6\t-\t-'),
      ].join('\n'),
      events: [
        { ...base, status: 0, texts },
        { ...base, status: 1, texts: { ...texts, fingerprint: 'aa' } },
        { ...base, kind: 'contact', status: 0, texts: { agent: 'SSH-2.0-Go', detail: 'SSH-2.0-OpenSSH_9.6' } },
        { ...base, kind: 'contact', status: 0, flags: ['gotData'], texts: { detail: 'SSH-2.0-OpenSSH_9.6' } },
      ],
    },
    {
      name: 'JSON',
      input:
        '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":22,"version":2,"auth_success":true,"auth_attempts":3,"client":"SSH-2.0-Go","server":"SSH-2.0-OpenSSH_9.6"}\n',
      events: [{ ...base, status: 1, texts }],
    },
  ],
  malformed: { input: '{"ts":1795307531.25,"id.orig_h":"192.0.2.7","id.orig_p":61000,"auth_attempts":1}', reason: 'no source or target address' },
};
