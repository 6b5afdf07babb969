import type { FormatFixture } from '../../test/format-fixture.ts';

const head = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\thttp', '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\tmethod\thost\turi\treferrer\tversion\tuser_agent\torigin\trequest_body_len\tresponse_body_len\tstatus_code\tstatus_msg\tusername'].join('\n');
const row = (rest: string): string => `1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t80\t${rest}`;
const base = {
  kind: 'request',
  time: '2026-11-22T00:32:11.250000Z',
  source: '192.0.2.7',
  target: '198.51.100.4',
  sourcePort: 61000,
  targetPort: 80,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
} as const;

export const fixture: FormatFixture = {
  format: 'zeek-http',
  cases: [
    {
      name: 'TSV: escapes, unset fields, a request without an answer, an absolute target',
      input: [
        head,
        row('1\tGET\twww.example.com\t/admin?x=1\thttps://example.com/\t1.1\tcurl/8.5.0\t-\t0\t153\t404\tNot Found\tfrank'),
        row('2\tGET\twww.example.com\t/a\\x09b?q=\\x09\t-\t1.1\tx\\x5cy\t-\t0\t0\t200\tOK\t-'),
        row('1\tHEAD\t-\t/\t-\t-\t-\t-\t0\t0\t-\t-\t-'),
        row('1\tGET\twww.example.com\thttp://www.example.com/p\t-\t1.1\t-\t-\t0\t7\t400\tBad\t-'),
        '#close\t2026-11-22-01-00-00',
      ].join('\n'),
      events: [
        { ...base, status: 404, size: 153, flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/admin', query: 'x=1', agent: 'curl/8.5.0', referer: 'https://example.com/', user: 'frank' } },
        { ...base, status: 200, size: 0, flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/a\tb', query: 'q=\t', agent: 'x\\y' } },
        { ...base, status: 0, outcome: 'unknown', texts: { method: 'HEAD', path: '/' } },
        { ...base, status: 400, size: 7, flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/p' } },
      ],
    },
    {
      name: 'JSON with escapes',
      input:
        '{"ts":1795307531.25,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"198.51.100.4","id.resp_p":80,"trans_depth":1,"method":"GET","host":"www.example.com","uri":"/a\\"b?c=\\u00e9","user_agent":"a\\/b","response_body_len":153,"status_code":404,"tags":[]}\n{"ts":1795307531.25,"id.orig_h":"192.0.2.7","id.orig_p":61000,"id.resp_h":"x","id.resp_p":80,"trans_depth":1}\n',
      events: [
        { ...base, status: 404, size: 153, flags: ['hasSize'], texts: { method: 'GET', host: 'www.example.com', path: '/a"b', query: 'c=é', agent: 'a/b' } },
      ],
      skipped: { 'no source or target address': 1 },
    },
  ],
  malformed: { input: '{"ts":1795307531.25,"id.orig_h":"192.0.2.7"', reason: 'not a whole JSON object' },
};
