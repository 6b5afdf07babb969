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
      name: 'probes of the path itself, files that are no pages, logins of other modules, a proxy',
      input: [
        row('AH10244: invalid URI path (/cgi-bin/.%2e/.%2e/bin/sh?a=(b))'),
        row("AH00026: found %2f (encoded '/') in URI path (/a%2f..), returning 404", undefined, 'core:info'),
        row("AH00026: found %2f (encoded '/') in URI (decoded='/a%2f..'), returning 404", undefined, 'core:info'),
        row("AH03454: HTTP Request Line; URI incorrectly encoded: '/%zz'", undefined, 'core:debug'),
        row("AH00126: Invalid URI in request 'x' 'GET x HTTP/1.1'"),
        row('AH00127: Cannot map GET /nul:x HTTP/1.1 to file'),
        row("AH00035: access to /secret denied (filesystem path '/var/www/html/secret') because search permissions are missing on a component of the path"),
        row("AH00036: access to /a.php/b failed (filesystem path '/var/www/html/a.php/b')"),
        row('AH00132: file permissions deny server access: /var/www/html/b'),
        row('AH02809: Options ExecCGI is off in this directory: /var/www/html/c.cgi', undefined, 'cgid:error'),
        row('AH00687: Negotiation: discovered file(s) matching request: /var/www/html/config (None could be negotiated).', undefined, 'negotiation:error'),
        row('AH01630: client denied by server configuration: uri /server-status', undefined, 'authz_core:error'),
        row('AH01631: user frank: authorization failure for "/admin": ', undefined, 'authz_core:error'),
        row("AH01790: user `frank' in realm `staff' not found: /admin", undefined, 'auth_digest:error'),
        row("AH01792: user frank: password mismatch: /admin", undefined, 'auth_digest:error'),
        row('AH01614: client used wrong authentication scheme: /admin', undefined, 'auth_basic:error'),
        row('AH00898: Error reading from remote server returned by /api', undefined, 'proxy:error'),
        row("AH01144: No protocol handler was valid for the URL /y. If you are using a DSO version of mod_proxy, make sure the proxy submodules are included in the configuration using LoadModule.", undefined, 'proxy:warn'),
        row('AH00035: access to /old denied because search permissions are missing on a component of the path'),
        row("AH01144: No protocol handler was valid for the URL /x (scheme 'ajp'). If you are using a DSO version of mod_proxy, make sure the proxy submodules are included in the configuration using LoadModule.", undefined, 'proxy:warn'),
      ].join('\n'),
      events: [
        { ...base, status: 400, texts: { path: '/cgi-bin/.%2e/.%2e/bin/sh', query: 'a=(b)' } },
        { ...base, status: 404, texts: { path: '/a%2f..' } },
        { ...base, status: 404, texts: { path: '/a%2f..' } },
        { ...base, status: 400, texts: { path: '/%zz' } },
        { ...base, status: 400, texts: { method: 'GET', path: 'x' } },
        { ...base, status: 403, texts: { method: 'GET', path: '/nul:x' } },
        { ...base, status: 403, texts: { path: '/secret' } },
        { ...base, status: 403, texts: { path: '/a.php/b' } },
        { ...base, status: 403, texts: { path: '/b' } },
        { ...base, status: 403, texts: { path: '/c.cgi' } },
        { ...base, status: 404, texts: { path: '/config' } },
        { ...base, status: 403, texts: { path: '/server-status' } },
        { ...base, status: 401, texts: { path: '/admin', user: 'frank' } },
        { ...base, status: 401, texts: { path: '/admin', user: 'frank' } },
        { ...base, status: 401, texts: { path: '/admin', user: 'frank' } },
        { ...base, status: 401, texts: { path: '/admin' } },
        { ...base, status: 502, texts: { path: '/api' } },
        { ...base, status: 500, texts: { path: '/y' } },
        { ...base, status: 403, texts: { path: '/old' } },
        { ...base, status: 500, texts: { path: '/x' } },
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
        row(`[client 192.0.2.7] ${waf}`, undefined, ':error'),
        row(`[client 2001:db8::7] ${waf}`, '2001:db8::7:6100', 'security2:error'),
        row('ModSecurity: Warning. Operator GE matched 5 at TX:anomaly_score. [id "980130"] [msg ""] [severity "NOTICE"] [hostname "www.example.com"] [uri "/a?x=1"]', undefined, 'security2:error'),
      ].join('\n'),
      events: [
        { ...base, kind: 'alert', outcome: 'denied', status: 1, texts: { name: 'Restricted File \\"Access\\" Attempt', detail: '930130', host: 'www.example.com', path: '/.env' } },
        { ...base, kind: 'alert', outcome: 'denied', status: 1, texts: { name: 'Restricted File \\"Access\\" Attempt', detail: '930130', host: 'www.example.com', path: '/.env' } },
        { ...base, source: '2001:db8::7', sourcePort: 6100, kind: 'alert', outcome: 'denied', status: 1, texts: { name: 'Restricted File \\"Access\\" Attempt', detail: '930130', host: 'www.example.com', path: '/.env' } },
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
