import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const server = '198.51.100.2';
const query = (given: Partial<PlainEvent> & { at: number; from: string; name: string }): PlainEvent => ({
  event: 'query',
  to: server,
  proto: 'udp',
  port: 53,
  status: 3,
  type: 1,
  ...given,
});

const starts = ['mail', 'dev', 'test', 'stage', 'admin', 'web', 'proxy', 'backup', 'files', 'portal'];
const ends = ['', '1', '2', 'east', 'west', 'old', '-new', 'db', 'api', 'lab', 'host', '-int'];
const guess = (i: number): string => `${starts[i % 10]}${ends[Math.floor(i / 10) % 12]}.example.com`;
const longList = (i: number): string => `${i < 120 ? '' : 'my-'}${guess(i)}`;
/** Words that every searcher's list holds. */
// prettier-ignore
const listed = [
  'www', 'mail', 'ftp', 'smtp', 'ns1', 'vpn', 'api', 'shop', 'app', 'imap', 'admin', 'backup', 'beta', 'blog', 'cache', 'calendar',
  'chat', 'cisco', 'citrix', 'client', 'corp', 'crm', 'db', 'demo', 'dev', 'dns', 'download', 'email', 'exchange', 'extranet',
  'files', 'firewall', 'forum', 'gateway1', 'git', 'help', 'home', 'hr', 'images', 'info', 'intranet', 'jobs', 'lab', 'ldap',
  'linux', 'lists', 'login', 'mailer', 'manage', 'media', 'mobile', 'monitor', 'mssql', 'mysql', 'news', 'ns2', 'ntp', 'oracle',
  'owa', 'partner', 'phone', 'portal', 'proxy', 'search', 'secure', 'server', 'sql', 'staging', 'stats', 'support',
  'syslog', 'test', 'upload', 'voip', 'webmail',
];
const letters = (i: number, n: number): string =>
  times(n, (k) => 'qxzjvkwbfpgyhmcu'[(i * 31 + k * (i + 7) + k * k * 5) % 16]).join('');

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'a word list of names, none of which exists',
      events: times(110, (i) => query({ at: i * 0.5, from: '203.0.113.9', name: guess(i) })),
      finds: [{ actor: '203.0.113.9', kind: 'dns-enumeration', reason: 'example.com' }],
    },
    {
      name: 'the log does not say what exists: a list, and a second searcher with the same list',
      events: ['203.0.113.9', '203.0.113.10'].flatMap((from, late) =>
        times(240, (i) => query({ at: late * 900 + i * 0.5, from, name: longList(i), status: 255 })),
      ),
      finds: [
        { actor: '203.0.113.9', kind: 'dns-enumeration', reason: 'nobody had asked for' },
        { actor: '203.0.113.10', kind: 'dns-enumeration', reason: 'threshold 100' },
      ],
    },
    {
      name: 'the log does not say what exists: sixty new names are too few, two hundred that others ask for too',
      events: [
        ...times(60, (i) => query({ at: i, from: '203.0.113.9', name: longList(i), status: 255 })),
        ...times(240, (i) => query({ at: 4000 + i, from: `192.0.2.${i % 60}`, name: longList(i), status: 255 })),
        ...times(240, (i) => query({ at: 4300 + i, from: '192.0.2.200', name: longList(i), status: 255 })),
      ],
      finds: [],
    },
    {
      name: 'the log does not say what exists: seventy names that every list holds, of which others asked for ten',
      events: [
        ...times(40, (i) => query({ at: i * 20, from: '192.0.2.53', name: `${listed[i % 10]}.example.com`, status: 255 })),
        ...times(140, (i) =>
          query({ at: 900 + i * 0.5, from: '203.0.113.9', name: `${listed[i % 70]}.example.com`, status: 255, type: i < 70 ? 1 : 28 }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'dns-enumeration', reason: 'word lists' }],
    },
    {
      name: 'the log does not say what exists: a resolver of a large zone that has forty such names, departments with a www each, a cluster, a mail server, a browser’s, a block list’s, a tunnel’s and a network’s names',
      events: times(300, (i) =>
        [
          ['192.0.2.53', `${listed[i % 40]}.example.com`],
          ['192.0.2.53', `${letters(i, 7 + (i % 9))}.example.com`],
          ['192.0.2.53', `www.site${i}.org.example.com`],
          ['192.0.2.54', `mail.site${i}.net`],
          ['192.0.2.58', `web${i % 60}.example.com`],
          ['192.0.2.58', `db-${i % 30}.example.com`],
          ['192.0.2.57', `${listed[i % 2]}.department${i % 80}.example.com`],
          ['192.0.2.54', `${i % 250}.2.0.192.bl.example.com`],
          ['192.0.2.55', `${i}a9f8e7d6c5b4a39281${i}.t.example.com`],
          ['192.0.2.56', `${i}.cdn-edge-${(i * 7919).toString(16)}.example.com`],
        ].map(([from, name]) => query({ at: i, from, name, status: 255 })),
      ).flat(),
      finds: [],
    },
    {
      name: 'question and answer are lines of their own: a busy resolver of a large zone',
      events: times(240, (i) => [
        query({ at: i * 0.5, from: '192.0.2.54', name: longList(i), status: 255 }),
        query({ at: i * 0.5 + 0.1, from: '192.0.2.54', name: longList(i), status: 0 }),
      ]).flat(),
      finds: [],
    },
    {
      name: 'one missing name in many spellings',
      events: times(128, (i) =>
        query({
          at: i,
          from: '192.0.2.54',
          name: `${'typing'.split('').map((letter, k) => ((i >> k) & 1 ? letter.toUpperCase() : letter)).join('')}.example.com`,
        }),
      ),
      finds: [],
    },
    {
      name: 'a resolver: browsers’ random names, search suffixes, discovery, block lists, a tunnel',
      events: times(400, (i) => [
        query({ at: i * 0.6, from: '192.0.2.53', name: `${letters(i, 7 + (i % 9))}.example.com` }),
        query({ at: i * 0.6, from: '192.0.2.53', name: `www.site${i}.org.example.com` }),
        query({ at: i * 0.6, from: '192.0.2.53', name: `_ldap._tcp.dc${i}.example.com`, type: 33 }),
        query({ at: i * 0.6, from: '192.0.2.53', name: `${i % 250}.2.0.192.bl.example.com` }),
        query({ at: i * 0.6, from: '192.0.2.53', name: `${i}a9f8e7d6c5b4a39281${i}.t.example.com` }),
      ]).flat(),
      finds: [],
    },
    {
      name: 'people behind a resolver ask for what exists, and mistype now and then',
      events: times(600, (i) =>
        query({ at: i, from: '192.0.2.54', name: guess(i % 40), status: i % 15 === 0 ? 3 : 0 }),
      ),
      finds: [],
    },
    {
      name: 'an insider’s crawler meets dead names all over the world',
      events: times(200, (i) => query({ at: i, from: '10.0.0.7', name: `${starts[i % 10]}.shop${i}.net` })),
      finds: [],
    },
    {
      name: 'zones asked for as a whole, by a stranger and by a secondary',
      events: [
        query({ at: 0, from: '203.0.113.9', name: 'example.com', type: 252, status: 5 }),
        query({ at: 5, from: '192.0.2.2', name: 'example.com', type: 252, status: 0 }),
        query({ at: 9, from: '10.0.0.2', name: 'example.com', type: 252, status: 0 }),
      ],
      config: { secondaries: ['192.0.2.2'] },
      finds: [{ actor: '203.0.113.9', kind: 'zone-transfer', reason: 'in vain' }],
    },
    {
      name: 'the server’s version',
      events: [
        query({ at: 0, from: '203.0.113.9', name: 'VERSION.bind', type: 16, status: 0 }),
        query({ at: 1, from: '10.0.0.3', name: 'version.bind', type: 16, status: 0 }),
        query({ at: 2, from: '192.0.2.9', name: 'example.com', type: 16, status: 0 }),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'service-fingerprint', reason: 'VERSION.bind' }],
    },
    {
      name: 'thirty-two addresses of a network turned into names',
      events: times(32, (i) =>
        query({ at: i, from: '203.0.113.9', name: `${i}.100.51.198.in-addr.arpa`, type: 12, status: i % 3 === 0 ? 0 : 3 }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'reverse-sweep', reason: '20 of them in one' }],
    },
    {
      name: 'a mail server looks up who visits it',
      events: times(60, (i) =>
        query({ at: i, from: '192.0.2.55', name: `${i}.${i % 9}.${(i * 7) % 250}.100.in-addr.arpa`, type: 12, status: 0 }),
      ),
      finds: [],
    },
  ],
};
