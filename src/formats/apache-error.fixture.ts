import { inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, time: '2026-11-22T00:32:11.250000Z', sourcePort: 61000, flags: ['noTarget'] } as const;
const row = (message: string, client = '192.0.2.7:61000', module = 'core:error'): string =>
  `[Sun Nov 22 00:32:11.250000 2026] [${module}] [pid 7005:tid 140667133085440] [client ${client}] ${message}`;
const old = (message: string): string => `[Sun Nov 22 00:32:11 2026] [error] [client 192.0.2.7] ${message}`;
const waf =
  'ModSecurity: Access denied with code 403 (phase 2). Pattern match "a" at REQUEST_FILENAME. [file "/etc/x.conf"] [line "1"] [id "930130"] [msg "Restricted File \\"Access\\" Attempt"] [data "Matched Data: .env"] [severity "CRITICAL"] [tag "attack-lfi"] [hostname "www.example.com"] [uri "/.env"] [unique_id "abc"]';

export const fixture: FormatFixture = {
  format: 'apache-error',
  cases: [
    {
      name: 'missing, forbidden and broken requests of 2.4, with the status that the client got',
      input: [
        row('AH00128: File does not exist: /var/www/html/admin/login.php, referer: https://example.com/', undefined, 'core:info'),
        row("script '/var/www/html/x.php' not found or unable to stat", '2001:db8::7:6100', 'php:error'),
        row('AH01630: client denied by server configuration: /srv/site/.htaccess', undefined, 'authz_core:error'),
        row('AH01276: Cannot serve directory /var/www/html/icons/: No matching DirectoryIndex (index.html) found, and server-generated directory index forbidden by Options directive', undefined, 'autoindex:error'),
        row('AH00126: Invalid URI in request GET /cgi-bin/.%2E/%2E%2E/etc/passwd HTTP/1.1 '),
        row('AH00135: Invalid method in request \\x16\\x03\\x01'),
        row('AH01618: user frank not found: /admin', undefined, 'auth_basic:error'),
        row('AH01617: user frank: authentication failure for "/admin": Password Mismatch', undefined, 'auth_basic:error'),
        `[Sun Nov 22 00:32:11.250000 2026] [cgi:error] [pid 7] (2)No such file or directory: [client 192.0.2.7:61000] AH01264: script not found or unable to stat: /var/www/html/cgi-bin/test`,
      ].join('\n'),
      events: [
        { ...base, status: 404, texts: { path: '/admin/login.php', referer: 'https://example.com/' } },
        { ...base, source: '2001:db8::7', sourcePort: 6100, status: 404, texts: { path: '/x.php' } },
        { ...base, status: 403, texts: { path: '/srv/site/.htaccess' } },
        { ...base, status: 403, texts: { path: '/icons/' } },
        { ...base, status: 400, texts: { method: 'GET', path: '/cgi-bin/.%2E/%2E%2E/etc/passwd' } },
        { ...base, status: 0, texts: { detail: '\\x16\\x03\\x01' } },
        { ...base, status: 401, texts: { path: '/admin', user: 'frank' } },
        { ...base, status: 401, texts: { path: '/admin', user: 'frank' } },
        { ...base, status: 404, texts: { path: '/cgi-bin/test' } },
      ],
    },
    {
      name: 'the form of 2.2, the zone, a root of its own, syslog',
      zone: 'Europe/Berlin',
      options: { document_roots: ['/home/site/', '/home/site/public'] },
      input: [
        old('File does not exist: /home/site/public/a').replace('00:32', '01:32'),
        old('File does not exist: /home/site/b').replace('00:32', '01:32').replace('192.0.2.7', '2001:db8::7'),
        old('File does not exist: /home/site2/c').replace('00:32', '01:32'),
        `Nov 22 01:32:12 web apache2[7]: ${old('File does not exist: /home/site/d').replace('00:32', '01:32')}`,
      ].join('\n'),
      events: [
        { ...base, time: '2026-11-22T00:32:11.000000Z', sourcePort: 0, status: 404, texts: { path: '/a' } },
        { ...base, time: '2026-11-22T00:32:11.000000Z', source: '2001:db8::7', sourcePort: 0, status: 404, texts: { path: '/b' } },
        { ...base, time: '2026-11-22T00:32:11.000000Z', sourcePort: 0, status: 404, texts: { path: '/home/site2/c' } },
        { ...base, time: '2026-11-22T00:32:11.000000Z', sourcePort: 0, status: 404, texts: { path: '/d' } },
      ],
    },
    {
      name: "ModSecurity's lines",
      input: [
        row(waf, undefined, ':error'),
        row('ModSecurity: Warning. Operator GE matched 5 at TX:anomaly_score. [id "980130"] [msg ""] [severity "NOTICE"] [hostname "www.example.com"] [uri "/a?x=1"]', undefined, 'security2:error'),
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', outcome: 'denied', status: 1, texts: { name: 'Restricted File \\"Access\\" Attempt', detail: '930130', host: 'www.example.com', path: '/.env' } },
        { ...base, kind: 'alert', outcome: 'unknown', status: 4, texts: { name: 'Warning. Operator GE matched 5 at TX:anomaly_score. [id "980130"] [msg ""] [severity "NOTICE"] [hostname "www.example.com"] [uri "/a?x=1"]', detail: '980130', host: 'www.example.com', path: '/a', query: 'x=1' } },
      ],
    },
    {
      name: "the server's own messages, and others about a client",
      input: [
        '[Sun Nov 22 00:32:11.250000 2026] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.62 (Unix) configured -- resuming normal operations',
        row('PHP Warning:  Undefined variable $x in /var/www/html/index.php on line 3', undefined, 'php:warn'),
        row('AH00128: File does not exist: /var/www/html/a'),
      ].join('\n'),
      events: [{ ...base, status: 404, texts: { path: '/a' } }],
      skipped: { 'a message that is not about what was asked for': 1 },
    },
    {
      name: 'out of the files of Kubernetes',
      grown: false,
      input: inPod('F', row('AH00128: File does not exist: /var/www/html/a'), 'stderr'),
      events: [{ ...base, status: 404, texts: { path: '/a' } }],
    },
  ],
  malformed: { input: row('AH00128: File does not exist: /var/www/html/a', 'client.example.com'), reason: 'no client address' },
};
