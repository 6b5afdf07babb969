import { tab } from '../bytes/codes.ts';
import type { Format } from '../model/format.ts';
import { Coding } from '../wire/coded-text.ts';
import { shareOf } from '../wire/recognition.ts';
import { w3cParts, W3cRequests } from '../wire/w3c-requests.ts';
import type { W3cTable } from '../wire/w3c-requests.ts';

/** CloudFront's standard log: W3C extended with tabs. */
export const cloudfront: Format = {
  name: 'cloudfront',
  title: 'Amazon CloudFront standard log (W3C, tab-separated)',
  // Edges hand in their lines when they can; a file is not in the order of time.
  lateness: 300,
  yields: ['request'],
  blindness: [
    'CloudFront delivers its logs on a best-effort basis, up to 24 hours late',
    'requests above 20 KB of headers or 8 KB of URL are not logged',
  ],
  sample:
    '2026-11-22\t00:32:11\tFRA56-P2\t703\t192.0.2.7\tGET\td111111abcdef8.cloudfront.net\t/admin\t404\t-\tcurl/8.5.0\tx=1\t-\tError\t375WZmnR4hhhnlZKNn0D_LvkWhAqvWvBsUqySq8f_GOoAPP3k8R8fw==\twww.example.com\thttps\t62\t0.113\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tError\tHTTP/2.0\t-\t-\t61000\t0.113\tError\ttext/html\t20\t-\t-',
  recognise: (sample) =>
    sample.lines.some((line) => line.startsWith('#Fields:') && line.includes(' x-edge-location'))
      ? 0.97
      : 0.95 * shareOf(sample, (line) => row.test(line)),
  lines: (info) => new W3cRequests(info, table),
};

/** Date, time, edge location ('FRA56-P2'), bytes, client, method. */
const row =
  /^\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}\d[^\t]{0,20}\t[\d-]{1,15}\t[\da-fA-F:.]{2,45}\t[A-Z]{1,16}\t/;

const table: W3cTable = {
  delimiter: tab,
  parts: {
    ...w3cParts,
    host: ['x-host-header', 'cs(host)'],
    forwardedFor: ['x-forwarded-for'],
  },
  coding: { agent: Coding.percent, referer: Coding.percent },
  columns:
    'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end',
};
