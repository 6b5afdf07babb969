import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const header =
  '"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"';
const row = (ip: string, method: string, uri: string, status: string, bytes: string, referer: string, agent: string, operation: string, bucket: string, object: string): string =>
  ['1767323040250000', ip, '1', '', method, uri, status, '0', bytes, '14000', 'storage.googleapis.com', referer, agent, 'ADPycduvExample', operation, bucket, object].map((value) => `"${value}"`).join(',');

const common: ExpectedEvent = {
  kind: 'request',
  time: '2026-01-02T03:04:00.250000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 0,
  targetPort: 0,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
  status: 404,
  size: 127,
  flags: ['noTarget', 'hasSize'],
};

export const fixture: FormatFixture = {
  format: 'gcs-usage',
  cases: [
    {
      name: 'objects over the XML and JSON interfaces, a bucket, quotes in an agent',
      input: [
        header,
        '',
        row('192.0.2.7', 'GET', '/example-backups/db/dump.sql?x=1', '404', '127', '', 'curl/8.5.0', 'GET_Object', 'example-backups', 'db/dump.sql'),
        row('192.0.2.7', 'GET', '/storage/v1/b/example-backups/o/db%2Fdump.sql?alt=json', '404', '127', 'https://example.com/a, b', 'Mozilla/5.0 ""x"" (X11)', 'storage.objects.get', 'example-backups', 'db/dump.sql'),
        row('2001:db8::7', 'GET', '/?prefix=a', '403', '0', '', '', 'GET_Bucket', 'example-logs', ''),
        row('192.0.2.7', 'PUT', '/example-backups/a', '200', '', '', '', 'PUT_Object', 'example-backups', 'a ""b""/ä'),
        row('192.0.2.7', 'GET', '/', '200', '9', '', '', 'GET_Service', '', ''),
        row('', 'GET', '/', '200', '9', '', '', 'GET_Service', '', ''),
      ].join('\n'),
      events: [
        { ...common, texts: { method: 'GET', host: 'example-backups', path: '/db/dump.sql', query: 'x=1', agent: 'curl/8.5.0' }, record: 3 },
        { ...common, texts: { method: 'GET', host: 'example-backups', path: '/db/dump.sql', query: 'alt=json', agent: 'Mozilla/5.0 "x" (X11)', referer: 'https://example.com/a, b' } },
        { ...common, source: '2001:db8::7', status: 403, size: 0, texts: { method: 'GET', host: 'example-logs', path: '/', query: 'prefix=a' } },
        { ...common, status: 200, size: 0, flags: ['noTarget'], texts: { method: 'PUT', host: 'example-backups', path: '/a "b"/ä' } },
        { ...common, status: 200, size: 9, texts: { method: 'GET', host: 'storage.googleapis.com', path: '/' } },
      ],
    },
    {
      name: 'lines that are no requests',
      input: [
        header,
        row('192.0.2.x', 'GET', '/', '200', '9', '', '', '', '', ''),
        row('192.0.2.7', 'GET', '/', 'x', '9', '', '', '', '', ''),
        row('192.0.2.7', 'GET', '/', '200', '9', '', '', '', '', '').replace('1767323040250000', '1767323040'),
        '"1767323040250000","192.0.2.7"',
        '"1767323040250000","192.0.2.7',
      ].join('\n'),
      events: [],
      skipped: {
        'no client address': 1,
        'status that is none': 1,
        'time that is none': 1,
        'fewer fields than the header names': 1,
        'a quote that is never closed': 1,
      },
    },
  ],
  malformed: { input: row('192.0.2.7', 'GET', '/', '200', '9', '', '', '', '', ''), reason: 'no header line before it' },
};
