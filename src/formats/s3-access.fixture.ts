import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const owner = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const line = (
  what: string,
  request: string,
  result: string,
  rest = '"-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader example-backups.s3.us-west-1.amazonaws.com TLSv1.2 - -',
  bucket = 'example-backups',
  who = `192.0.2.3 ${owner}`,
): string => `${owner} ${bucket} [06/Feb/2026:00:00:38 +0000] ${who} 3E57427F3EXAMPLE ${what} "${request}" ${result} 7 - ${rest}`;

const common: ExpectedEvent = {
  kind: 'request',
  time: '2026-02-06T00:00:38.000000Z',
  source: '192.0.2.3',
  target: '-',
  sourcePort: 0,
  targetPort: 443,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
  status: 200,
  size: 113,
  flags: ['noTarget', 'hasSize'],
};
const texts = { method: 'GET', host: 'example-backups', path: '/', agent: 'S3Console/0.4', user: owner };

export const fixture: FormatFixture = {
  format: 's3-access',
  cases: [
    {
      name: 'requests for the bucket and its objects, named in the path or by the host',
      input: [
        line('REST.GET.VERSIONING -', 'GET /example-backups?versioning HTTP/1.1', '200 - 113 -'),
        line('REST.GET.OBJECT db/dump.sql', 'GET /example-backups/db/dump.sql HTTP/1.1', '404 NoSuchKey 297 -'),
        line('REST.GET.OBJECT db/dump.sql', 'GET /db/dump.sql?X-Amz-Expires=9 HTTP/1.1', '403 AccessDenied 243 -', '"https://example.com/a b" "Mozilla/5.0 (X11; \\"x\\")" - id= - - - - - - -', 'example-backups', '192.0.2.3 -'),
        line('REST.PUT.OBJECT s3-dg.pdf', 'PUT /example-backups/s3-dg.pdf HTTP/1.1', '200 - - 4406583'),
        line('WEBSITE.GET.OBJECT example-backups/x', 'GET /example-backups/x HTTP/1.1', '200 - 113 113'),
        line('WEBSITE.GET.OBJECT example-backups/x', 'GET /example-backups/example-backups/x HTTP/1.1', '200 - 113 113'),
        line('REST.HEAD.OBJECT a%2520b', 'HEAD /a%20b HTTP/1.1', '404 NoSuchKey - -', '"-" "-" -'),
        line('REST.GET.BUCKET -', 'GET /?list-type=2&prefix= HTTP/1.1', '403 AccessDenied 243 -', undefined, 'example-logs', '2001:db8::7 arn:aws:iam::123456789012:user/frank'),
        '',
      ].join('\n'),
      events: [
        { ...common, texts: { ...texts, query: 'versioning' } },
        { ...common, status: 404, size: 297, texts: { ...texts, path: '/db/dump.sql' } },
        { ...common, status: 403, size: 243, targetPort: 80, texts: { method: 'GET', host: 'example-backups', path: '/db/dump.sql', query: 'X-Amz-Expires=9', referer: 'https://example.com/a b', agent: 'Mozilla/5.0 (X11; \\"x\\")' } },
        { ...common, size: 0, texts: { ...texts, method: 'PUT', path: '/s3-dg.pdf' } },
        { ...common, texts: { ...texts, path: '/example-backups/x' } },
        { ...common, texts: { ...texts, path: '/example-backups/x' } },
        { ...common, status: 404, size: 0, targetPort: 0, texts: { method: 'HEAD', host: 'example-backups', path: '/a%20b', user: owner } },
        { ...common, source: '2001:db8::7', status: 403, size: 243, texts: { ...texts, host: 'example-logs', query: 'list-type=2&prefix=', user: 'arn:aws:iam::123456789012:user/frank' }, record: 8 },
      ],
    },
    {
      name: 'what S3 did by itself is no request; lines that are none',
      input: [
        line('S3.EXPIRE.OBJECT old.log', '-', '- - - -', undefined, undefined, '- AmazonS3').replace('"-"', '-'),
        line('REST.GET.OBJECT x', 'GET /x HTTP/1.1', '200 - 113 -', undefined, undefined, '192.0.2.x -'),
        line('REST.GET.OBJECT x', 'GET /x HTTP/1.1', 'none - 113 -'),
        line('REST.GET.OBJECT x', 'GET /x HTTP/1.1', '200 - 113 -').replace('Feb', 'Fxb'),
        line('REST.GET.OBJECT x', 'GET /x HTTP/1.1', '200 - 113 -').replace('"GET', 'GET'),
        `${owner} example-backups`,
      ].join('\n'),
      events: [],
      skipped: {
        'no client address': 1,
        'no status after the request': 1,
        'no time stamp in brackets': 2,
        'no request in quotes': 1,
      },
    },
  ],
  malformed: { input: `${owner} example-backups [06/Feb/2026:00:00:38 +0000] 192.0.2.3 -`, reason: 'too few fields' },
};
