import { inPod, webRequest } from '../../test/format-fixture.ts';
import type { FormatFixture } from '../../test/format-fixture.ts';

const base = { ...webRequest, flags: ['noTarget'] } as const;
const row = (message: string, { client = '192.0.2.7', request = 'GET /a HTTP/1.1', more = '' } = {}): string =>
  `2026/11/22 00:32:11 [error] 31#31: *46 ${message}, client: ${client}, server: www.example.com, request: "${request}"${more}, host: "www.example.com:8443"`;
const missing = 'open() "/usr/share/nginx/html/a" failed (2: No such file or directory)';
const asked = { method: 'GET', path: '/a', host: 'www.example.com' };
const known = { ...base, targetPort: 8443, texts: asked } as const;

export const fixture: FormatFixture = {
  format: 'nginx-error',
  cases: [
    {
      name: 'what the client got, by what nginx says; users, referrers, IPv6, upstreams, syslog, the zone',
      zone: 'Europe/Berlin',
      input: [
        row(missing, { request: 'GET /admin/login.php?x=1 HTTP/1.1' }),
        row('"/usr/share/nginx/html/a/index.html" is not found (2: No such file or directory)', { client: '2001:db8::7' }),
        row('access forbidden by rule'),
        row('directory index of "/usr/share/nginx/html/" is forbidden'),
        row('user "frank": password mismatch'),
        row('FastCGI sent in stderr: "Primary script unknown" while reading response header from upstream', { more: ', upstream: "fastcgi://unix:/run/php.sock:"' }),
        row('connect() failed (111: Connection refused) while connecting to upstream', { more: ', upstream: "http://10.0.0.1:80/a"' }),
        row('something else'),
        `<171>1 2026-11-22T00:32:12Z web nginx - - - ${row(missing)}`,
        `${row(missing)}, referrer: "https://example.com/"`,
      ].join('\n').replaceAll('2026/11/22 00', '2026/11/22 01'),
      events: [
        { ...known, status: 404, texts: { ...asked, path: '/admin/login.php', query: 'x=1' } },
        { ...known, source: '2001:db8::7', status: 404 },
        { ...known, status: 403 },
        { ...known, status: 403 },
        { ...known, status: 401, texts: { ...asked, user: 'frank' } },
        { ...known, status: 404 },
        { ...known, status: 502 },
        { ...known, status: 0 },
        { ...known, status: 404 },
        { ...known, status: 404, texts: { ...asked, referer: 'https://example.com/' } },
      ],
    },
    {
      name: "ModSecurity's lines",
      input: row('[client 192.0.2.7] ModSecurity: Access denied with code 403 (phase 2). Matched "Operator `Rx\'" [file "/etc/x.conf"] [line "1"] [id "930130"] [rev ""] [msg "Restricted File Access Attempt"] [severity "2"] [hostname "www.example.com"] [uri "/.env"] [unique_id "1"]'),
      events: [
        { ...base, kind: 'alert', outcome: 'denied', status: 1, texts: { name: 'Restricted File Access Attempt', detail: '930130', host: 'www.example.com', path: '/.env' } },
      ],
    },
    {
      name: 'out of the files of Kubernetes',
      grown: false,
      input: [inPod('F', row(missing), 'stderr'), inPod('P', row(missing).slice(0, 99)), inPod('F', row(missing).slice(99))].join('\n'),
      events: [
        { ...known, status: 404 },
        { ...known, status: 404 },
      ],
    },
    {
      name: "the server's own messages, others about a client, a path that names another client",
      input: [
        '2026/11/22 00:32:11 [notice] 1#1: signal process started',
        '2026/11/22 00:32:11 [info] 31#31: *46 SSL_do_handshake() failed (SSL: error:0A00006C) while SSL handshaking, client: 192.0.2.7, server: 0.0.0.0:443',
        row('open() "/usr/share/nginx/html/a", client: 203.0.113.9, server: x" failed (2: No such file or directory)'),
        row(missing),
      ].join('\n'),
      events: [{ ...known, status: 404 }],
      skipped: { 'a message that is not about a request': 1, 'two clients in one line: one is forged': 1 },
    },
  ],
  malformed: { input: row(missing, { client: 'unix:' }), reason: 'no client address' },
};
