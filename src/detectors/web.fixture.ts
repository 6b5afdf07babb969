import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Words as a word list has them: no numbers, no titles. */
const letters = 'abcdefghijklmnopqrstuvwxyz';
const word = (i: number): string =>
  `${letters[i % 26]}${letters[Math.floor(i / 26) % 26]}${letters[(i * 7) % 26]}dir`;

type Request = Partial<PlainEvent> & { readonly at: number; readonly from: string; readonly path: string };
const request = (given: Request): PlainEvent => ({
  event: 'request',
  method: 'GET',
  host: 'www.example.com',
  status: 200,
  size: 5000,
  agent: browser,
  ...given,
});

/** Visitors that read pages which exist. */
const visitors = (n: number, pages: number, every = 3): PlainEvent[] =>
  times(n, (v) =>
    times(pages, (p) =>
      request({
        at: p * every + v * 0.1,
        from: `192.0.2.${v + 1}`,
        path: `/page/${word(p)}`,
        size: 2000 + 700 * p,
      }),
    ),
  ).flat();

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'a word list tried with a browser’s agent',
      events: [
        ...visitors(5, 20),
        ...times(60, (i) => request({ at: 100 + i, from: '203.0.113.9', path: `/${word(i)}`, status: 404, size: 153 })),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'wordlist', reason: 'threshold 20' }],
    },
    {
      name: 'a word a minute, from an IPv6 network whose addresses rotate',
      events: times(50, (i) =>
        request({
          at: i * 60,
          from: `2001:db8:a:1::${(i + 1).toString(16)}`,
          path: `/${word(i)}.php`,
          status: i % 3 === 0 ? 403 : 404,
        }),
      ),
      finds: [{ actor: '2001:db8:a:1::/64', kind: 'wordlist', reason: 'within 1 hour' }],
    },
    {
      name: 'all of a second’s requests carry one stamp',
      events: times(45, (i) =>
        request({ at: Math.floor(i / 15), from: '203.0.113.9', path: `/${word(i)}`, status: 404 }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'wordlist' }],
    },
    {
      name: 'nineteen missing paths stay below',
      events: times(19, (i) => request({ at: i, from: '203.0.113.9', path: `/${word(i)}`, status: 404 })),
      finds: [],
    },
    {
      name: 'a crawler follows links, a third of them dead',
      events: times(90, (i) =>
        request({
          at: i * 2,
          from: '203.0.113.20',
          path: `/archive/${word(i)}/${word(i * 3)}`,
          status: i % 3 === 0 ? 404 : 200,
          size: 900 + 37 * i,
          agent: 'examplebot/2.1',
        }),
      ),
      finds: [],
    },
    {
      name: 'a broken deploy: a page whose twenty assets are missing for everybody',
      events: times(6, (v) => [
        request({ at: v * 40, from: `192.0.2.${v + 1}`, path: '/dashboard/' }),
        ...times(20, (i) =>
          request({
            at: v * 40 + 1,
            from: `192.0.2.${v + 1}`,
            path: `/static/${word(i)}.js`,
            status: 404,
            size: 153,
            referer: 'https://www.example.com/dashboard/?tab=1',
          }),
        ),
      ]).flat(),
      finds: [],
    },
    {
      name: 'a forged referer excuses no more than a page has links',
      events: [
        request({ at: 0, from: '203.0.113.9', path: '/' }),
        ...times(60, (i) =>
          request({
            at: 1 + i,
            from: '203.0.113.9',
            path: `/${word(i)}`,
            status: 404,
            referer: 'http://www.example.com/',
          }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'wordlist', reason: '20 linked from pages it was served' }],
    },
    {
      name: 'files that every visitor’s browser asks for are the site’s fault',
      events: [
        ...visitors(5, 40, 2),
        ...times(5, (v) =>
          times(25, (i) => request({ at: 60 + v, from: `192.0.2.${v + 1}`, path: `/icons/${word(i)}.png`, status: 404 })),
        ).flat(),
        // Whoever comes later and reads nothing else is excused by the others, who mostly get what they ask for.
        ...visitors(5, 40, 2).map((event) => ({ ...event, at: event.at + 100 })),
        ...times(25, (i) => request({ at: 300 + i, from: '192.0.2.99', path: `/icons/${word(i)}.png`, status: 404 })),
      ],
      finds: [],
    },
    {
      name: 'an API client whose items are gone, a bot with an old sitemap, a moved WebDAV server',
      events: [
        ...times(60, (i) => request({ at: i, from: '192.0.2.30', path: `/v1/items/${1000 + i}`, status: 404 })),
        ...times(60, (i) =>
          request({ at: i, from: '192.0.2.31', path: `/2018/${word(i)}-and-${word(i + 9)}-in-the-city.html`, status: 410 }),
        ),
        ...times(60, (i) =>
          request({ at: i, from: '192.0.2.32', method: 'PROPFIND', path: `/dav/folder-${i}`, status: 405 }),
        ),
      ],
      finds: [],
    },
    {
      name: 'pages that were there before: a 403 where others got 200',
      events: [
        ...visitors(3, 40),
        ...times(40, (i) => request({ at: 400 + i, from: '203.0.113.50', path: `/page/${word(i)}`, status: 403 })),
      ],
      finds: [],
    },
    {
      name: 'a word list on a site that answers 200 to everything',
      events: [
        ...visitors(5, 20),
        ...times(80, (i) =>
          request({ at: 100 + i, from: '203.0.113.9', path: `/${word(i)}`, status: 200, size: 1480 + (i % 5) }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'wordlist', reason: 'answers 200 to what is not there' }],
    },
    {
      name: 'the same with a referer, which excuses no more than two pages could',
      events: [
        ...visitors(4, 3),
        ...times(90, (i) =>
          request({
            at: 100 + i,
            from: '203.0.113.9',
            path: `/${word(i)}`,
            size: 4100 + (i % 30),
            referer: `http://www.example.com/page/${word(i % 3)}`,
          }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'wordlist', reason: 'answers 200 to what is not there' }],
    },
    {
      name: 'the first visitor of a gallery: tiles of one size, each on its page',
      events: times(4, (page) =>
        times(18, (i) =>
          request({
            at: 100 + page * 60 + i * 0.1,
            from: '192.0.2.9',
            path: `/tiles/${word(page * 18 + i)}.png`,
            size: 20_000 + i,
            referer: `http://www.example.com/gallery/${page}`,
          }),
        ).slice(0, page < 2 ? 18 : 6),
      ).flat(),
      finds: [],
    },
    {
      name: 'which program, which version: files that no page links to, a method that nobody uses',
      events: [
        ...['/readme.html', '/CHANGELOG.txt', '/license.txt', '/misc/drupal.js'].map((path, i) =>
          request({ at: i * 4, from: '203.0.113.9', path, status: i === 2 ? 200 : 404 }),
        ),
        ...times(4, (i) =>
          request({ at: i * 4, from: '203.0.113.10', path: `/a${i}`, method: ['TRACE', 'TRACK', 'DEBUG', 'ABCD'][i], status: 405 }),
        ),
      ],
      finds: [
        { actor: '203.0.113.9', kind: 'web-fingerprint', reason: 'within 10 minutes' },
        { actor: '203.0.113.10', kind: 'web-fingerprint' },
      ],
    },
    {
      name: 'WebDAV, an API’s methods, somebody who reads two licences',
      events: [
        ...['PROPFIND', 'MKCOL', 'REPORT', 'LOCK', 'PATCH', 'DELETE', 'OPTIONS'].map((method, i) =>
          request({ at: i, from: '192.0.2.31', path: `/dav/${word(i)}`, method, status: 207 }),
        ),
        request({ at: 1, from: '192.0.2.32', path: '/license.txt' }),
        request({ at: 2, from: '192.0.2.32', path: '/docs/readme.html' }),
      ],
      finds: [],
    },
    {
      name: 'a reader of many new pages, each of its own size',
      events: times(80, (i) =>
        request({ at: i, from: '192.0.2.7', path: `/read/${word(i)}`, size: 3000 + ((i * 7919) % 40_000) }),
      ),
      finds: [],
    },
    {
      name: 'names of virtual hosts, all answered by the default one',
      events: times(40, (i) =>
        request({ at: i, from: '203.0.113.9', host: `${word(i)}.example.com`, path: '/', size: 612 }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'wordlist', reason: 'host names' }],
    },
    {
      name: 'files with secrets, by hand, as a browser',
      events: ['/.env', '/.git/config', '/api/.ENV', '/backup/dump.sql'].map((path, i) =>
        request({ at: i * 60, from: '203.0.113.9', path, status: 404 }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'vulnerability', reason: 'files with secrets' }],
    },
    {
      name: 'hidden files of a home directory that are not there; /.well-known/ is for everybody',
      events: [
        ...['/.profile', '/.listing', '/.old/.rhosts'].map((path, i) =>
          request({ at: i * 30, from: '203.0.113.9', path, status: 404 }),
        ),
        ...['security.txt', 'assetlinks.json', 'openid-configuration', 'change-password'].map((name, i) =>
          request({ at: i * 30, from: '192.0.2.8', path: `/.well-known/${name}`, status: 404 }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'vulnerability', reason: 'asked for 3 hidden files' }],
    },
    {
      name: 'the owner of a WordPress site at work',
      events: ['/wp-login.php', '/wp-admin/', '/wp-admin/edit.php', '/wp-admin/post.php', '/wp-admin/upload.php'].map(
        (path, i) => request({ at: i * 5, from: '192.0.2.8', path, status: 200, size: 9000 + 500 * i }),
      ),
      finds: [],
    },
    {
      name: 'attack strings, encoded, on one page',
      events: [
        'id=1%27%20UNION%20SELECT%201,2--',
        'id=1+union+select+null,null',
        'id=1%27+AND+SLEEP(5)--',
        'id=..%2f..%2f..%2fetc%2fpasswd',
        'id=1) AND 7=7',
        "id=1' OR '1'='1",
      ].map((query, i) => request({ at: i * 20, from: '203.0.113.9', path: '/search', query, size: 800 + 100 * i })),
      finds: [{ actor: '203.0.113.9', kind: 'vulnerability', reason: 'SQL injection' }],
    },
    {
      name: 'attack strings of one class stand against the threshold of requests',
      events: times(8, (i) =>
        request({ at: i * 20, from: '203.0.113.9', path: '/issues/', query: `q=1%27%20OR%201%3D1%20ORDER%20BY%20${word(i)}`, size: 900 + 50 * i }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'vulnerability', reason: 'SQL injection', threshold: 5 }],
    },
    {
      name: 'one request of each class on one page: a firewall is fingerprinted',
      events: [
        'a=%3Cscript%3Ealert(1)%3C/script%3E',
        'a=../../../../etc/passwd',
        "a=' UNION ALL SELECT 1--",
        'a=/bin/cat%20x',
        'a=%3C!ENTITY%20xxe',
      ].map((query, i) => request({ at: i, from: '203.0.113.9', path: '/', query, status: 403 })),
      finds: [{ actor: '203.0.113.9', kind: 'web-fingerprint', threshold: 3 }],
    },
    {
      name: 'tools that say who they are',
      events: [
        request({ at: 1, from: '203.0.113.1', path: '/', agent: 'sqlmap/1.7.2#stable (https://sqlmap.org)' }),
        request({ at: 2, from: '203.0.113.2', path: '/', agent: 'Fuzz Faster U Fool v2.1.0-dev' }),
        request({ at: 3, from: '203.0.113.3', path: '/', agent: 'WhatWeb/0.5.5' }),
        request({ at: 4, from: '203.0.113.4', path: '/', agent: 'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)' }),
        request({ at: 5, from: '203.0.113.5', path: '/', agent: '() { :; }; /bin/bash -c id' }),
        request({ at: 6, from: '203.0.113.6', path: '/nice%20ports%2C/Tri%6Eity.txt%2ebak', agent: '', status: 404 }),
      ],
      finds: [
        { actor: '203.0.113.1', kind: 'vulnerability', reason: 'calls itself sqlmap' },
        { actor: '203.0.113.2', kind: 'wordlist', trait: 'agent: ffuf' },
        { actor: '203.0.113.3', kind: 'web-fingerprint' },
        { actor: '203.0.113.4', kind: 'service-fingerprint' },
        { actor: '203.0.113.5', kind: 'vulnerability', reason: 'attack string' },
        { actor: '203.0.113.6', kind: 'service-fingerprint', trait: 'requests: Nmap' },
      ],
    },
    {
      name: 'clients whose names only resemble those of tools',
      events: ['Zapier', 'python-httpx/0.27.0', 'Mozilla/5.0 (compatible; Googlebot/2.1)', 'curl/8.5.0', 'Dirbuilder 2'].map(
        (agent, i) => request({ at: i, from: '192.0.2.9', path: '/feed', agent }),
      ),
      finds: [],
    },
  ],
};
