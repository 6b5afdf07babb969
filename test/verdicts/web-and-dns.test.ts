import { expect, test } from 'vitest';
import { expectBenign, expectScan, incidentsOf, only } from './judged.ts';
import {
  accessLog,
  chrome,
  dnsLog,
  firefox,
  minute,
  query,
  randomNumbers,
  request,
  shuffled,
  times,
  word,
} from '../../lab/log-lines.ts';

const scanner = '203.0.113.66';

/** What Nikto asks a site for (its public test list), on a site that has none of it. */
const niktoPaths = [
  '/',
  '/robots.txt',
  '/crossdomain.xml',
  '/clientaccesspolicy.xml',
  '/index.php?=PHPB8B5F2A0-3C92-11d3-A3A9-4C7B08C10000',
  '/cgi-bin/test.cgi',
  '/cgi-bin/printenv',
  '/cgi-bin/awstats.pl',
  '/cgi-bin/php.cgi',
  '/cgi-bin/htsearch?exclude=%60/etc/passwd%60',
  '/cgi-bin/webcart/webcart.cgi',
  '/../../../../../../../../../../etc/passwd',
  '/..%5c..%5c..%5c..%5cboot.ini',
  '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '/phpmyadmin/',
  '/phpMyAdmin/ChangeLog',
  '/phpinfo.php',
  '/info.php?file=http://cirt.net/rfiinc.txt',
  '/index.php?page=http://cirt.net/rfiinc.txt',
  '/forum/viewtopic.php?p=%3Cscript%3Ealert(document.cookie)%3C/script%3E',
  '/search.php?searchfor=%22%3E%3Cscript%3Ealert(1776)%3B%3C/script%3E',
  '/~root/',
  '/server-status',
  '/server-info',
  '/.htaccess',
  '/.htpasswd',
  '/.git/HEAD',
  '/.svn/entries',
  '/WEB-INF/web.xml',
  '/manager/html',
  '/jmx-console/',
  '/axis2/axis2-admin/',
  '/webmail/src/read_body.php?mailbox=%3Cscript%3Ealert(1)%3C/script%3E',
  '/guestbook/admin.php',
  '/wp-config.php~',
  '/config/database.yml',
  '/backup.sql',
  '/admin.php?id=1%27%20OR%201=1--',
  '/scripts/..%c0%af../winnt/system32/cmd.exe?/c+dir',
  '/msadc/samples/selector/showcode.asp',
];

test('15: Nikto with the agent of a browser: a vulnerability scan', async () => {
  const lines = niktoPaths.map((path, i) =>
    request({ at: i * 0.4, from: scanner, path, status: i === 0 ? 200 : 404, agent: chrome }),
  );
  expectScan(await incidentsOf({ 'access.log': accessLog(lines) }), scanner, 'vulnerability', 'T1595.002');
});

test('16: 300 missing paths of a word list at one a minute: a word list', async () => {
  const lines = times(300, (i) =>
    request({ at: i * minute, from: scanner, path: `/${word(i)}`, status: 404 }),
  );
  expectScan(await incidentsOf({ 'access.log': accessLog(lines) }), scanner, 'wordlist', 'T1595.003');
});

test('17: a word list on a site that answers 200 to everything: a word list', async () => {
  const random = randomNumbers(17);
  const page = (): number => 4100 + random(60);
  const lines = [
    ...times(40, (i) =>
      request({ at: i * 9, from: `192.0.2.${10 + (i % 8)}`, path: `/shop/${i % 10}.html` }),
    ),
    ...times(300, (i) => request({ at: 100 + i * 0.7, from: scanner, path: `/${word(i)}`, size: page() })),
  ];
  expectScan(await incidentsOf({ 'access.log': accessLog(lines) }), scanner, 'wordlist', 'T1595.003');
});

test('18: 2,000 names that do not exist: a DNS enumeration', async () => {
  const lines = times(2000, (i) =>
    query({
      at: i * 0.05,
      from: scanner,
      name: `${word(i)}.example.com`,
      rcode: i % 97 === 0 ? 'NOERROR' : 'NXDOMAIN',
    }),
  );
  const incident = expectScan(
    await incidentsOf({ 'dns.log': dnsLog(lines) }),
    scanner,
    'dns-enumeration',
    'T1595.003',
  );
  expect(incident.counts.names).toBeGreaterThan(1900);
  expect(incident.learned.names.length).toBeGreaterThan(0);
});

test('25: a burst of PROPFIND by a Nextcloud client, a deploy whose assets are missing: benign', async () => {
  const sync = times(80, (i) =>
    request({
      at: i * 0.2,
      from: '192.0.2.31',
      method: 'PROPFIND',
      path: `/remote.php/dav/files/ana/folder-${i}/`,
      status: i % 3 === 0 ? 404 : 207,
      agent: 'Mozilla/5.0 (Linux) mirall/3.13.0 (Nextcloud)',
    }),
  );
  const visitors = times(10, (v) => [
    request({ at: 30 + v * 40, from: `192.0.2.${100 + v}`, path: '/app/', agent: chrome }),
    ...times(30, (i) =>
      request({
        at: 31 + v * 40 + i * 0.05,
        from: `192.0.2.${100 + v}`,
        path: `/app/assets/${word(i)}.${word(i * 7)}.js`,
        status: 404,
        referer: 'http://www.example.com/app/',
        agent: chrome,
      }),
    ),
  ]).flat();
  expectBenign(await incidentsOf({ 'access.log': accessLog([...sync, ...visitors]) }));
});

test('29: subscribers behind one address: benign', async () => {
  const random = randomNumbers(29);
  const users = times(60, (user) => {
    const agent = `Mozilla/5.0 (Android ${10 + (user % 5)}; Mobile; rv:${90 + user}.0) Firefox/${90 + user}.0`;
    const from = '100.64.9.9';
    return times(12, (i) => {
      const at = user * 8 + i * (40 + random(60));
      const page = request({ at, from, path: `/pages/${random(200)}.html`, agent });
      // Each has an old link or a typing error now and then.
      return i % 5 === 4
        ? [page, request({ at: at + 3, from, path: `/${word(user * 12 + i)}.html`, status: 404, agent })]
        : [
            page,
            request({
              at: at + 1,
              from,
              path: '/static/main.css',
              agent,
              referer: 'http://www.example.com/',
            }),
          ];
    }).flat();
  }).flat();
  expectBenign(await incidentsOf({ 'access.log': accessLog(users) }));
});

test('30: edges of a CDN, and no header says who is behind them: insufficient evidence', async () => {
  const random = randomNumbers(30);
  const agents = times(
    30,
    (i) => `Mozilla/5.0 (Windows NT 10.0; rv:${100 + i}.0) Gecko/20100101 Firefox/${100 + i}.0`,
  );
  const lines = times(6, (edge) =>
    times(400, (i) => {
      const missing = random(3) > 0;
      return request({
        at: i * 2 + random(2),
        from: `192.0.2.${200 + edge}`,
        path: missing ? `/${word(random(4000))}.html` : `/pages/${random(300)}.html`,
        status: missing ? 404 : 200,
        agent: agents[random(agents.length)],
      });
    }),
  ).flat();
  const incidents = await incidentsOf({ 'access.log': accessLog(lines) });
  expect(incidents.length).toBeGreaterThan(0);
  for (const { verdict, severity, reasons, blindness } of incidents) {
    expect(verdict).toBe('insufficient');
    expect(['info', 'low']).toContain(severity);
    expect([...reasons, ...blindness].join(' ')).toMatch(/behind|forwarded/i);
  }
});

/** Random letters, as a browser makes them up. */
function letters(random: (n: number) => number, length: number): string {
  return times(length, () => String.fromCharCode(97 + random(26))).join('');
}

test('41: Chrome’s random host names and search suffixes: benign', async () => {
  const random = randomNumbers(41);
  const popular = [
    'www.example.org',
    'mail.example.net',
    'api.example.net',
    'cdn.example.org',
    'login.example.org',
  ];
  const discovery = ['wpad', 'isatap', '_ldap._tcp.dc._msdcs', 'autodiscover'];
  const lines = times(150, (browser) => {
    const at = browser * 15 + random(9);
    const from = browser % 2 === 0 ? '192.0.2.53' : '198.51.100.20';
    return [
      ...times(3, (i) => `${letters(random, 7 + random(9))}${i === 2 ? '' : '.example.com'}`),
      ...popular.map((name) => `${name}.example.com`),
      `${discovery[random(4)]}.example.com`,
    ].map((name, i) => query({ at: at + i * 0.05, from, name, rcode: 'NXDOMAIN' }));
  }).flat();
  expectBenign(await incidentsOf({ 'dns.log': dnsLog(lines) }));
});

test('the word list of 16 would be one on its own, whoever else is there', async () => {
  // Without this, a mistake in the builder could make the benign verdicts above trivially true.
  const lines = shuffled(
    times(60, (i) => i),
    5,
  ).map((n, i) => request({ at: i, from: scanner, path: `/${word(n)}`, status: 404, agent: firefox }));
  expect(only(await incidentsOf({ 'access.log': accessLog(lines) })).kinds).toContain('wordlist');
});
