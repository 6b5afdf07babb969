import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';

const base = {
  time: '2026-11-22T00:32:11.000000Z',
  source: '192.0.2.7',
  target: '-',
  sourcePort: 40000,
  targetPort: 22,
  proto: 6,
  outcome: 'answered',
  role: 'originator',
} as const;
const login = (status: 0 | 1, user: string, detail?: string): ExpectedEvent => ({
  ...base,
  kind: 'login',
  status,
  flags: ['noTarget', 'sentData', 'gotData'],
  texts: { name: 'ssh', user, ...(detail !== undefined && { detail }) },
});
const visit: ExpectedEvent = { ...base, kind: 'contact', flags: ['noTarget', 'sentData', 'gotData'] };
const line = (message: string): string => `Nov 22 00:32:11 gw sshd[4711]: ${message}`;

export const fixture: FormatFixture = {
  format: 'sshd',
  cases: [
    {
      name: 'logins that succeed and fail',
      input: [
        line('Accepted publickey for root from 192.0.2.7 port 40000 ssh2: ED25519 SHA256:abc'),
        line('Accepted password for jo from 2001:db8:a::7 port 40000 ssh2'),
        line('Failed password for root from 192.0.2.7 port 40000 ssh2'),
        line('message repeated 2 times: [ Failed password for root from 192.0.2.7 port 40000 ssh2]'),
        line('User backup from 192.0.2.7 not allowed because not listed in AllowUsers'),
        line('pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=root'),
        line('error: maximum authentication attempts exceeded for root from 192.0.2.7 port 40000 ssh2 [preauth]'),
      ].join('\n'),
      events: [
        login(1, 'root', 'publickey'),
        { ...login(1, 'jo', 'password'), source: '2001:db8:a::7' },
        login(0, 'root', 'password'),
        login(0, 'root', 'password'),
        login(0, 'root', 'password'),
        { ...login(0, 'backup'), sourcePort: 0 },
      ],
    },
    {
      name: 'the host may be missing, or end in a colon',
      input: ['<38>Nov 22 00:32:11 sshd[4711]:', '<38>Nov 22 00:32:11 sshd:', 'Nov 22 00:32:11 gw: sshd[4711]:', 'Nov 22 00:32:11 2001:db8:1::4 sshd[4711]:', 'Nov 22 00:32:11 2001:db8:1:: sshd[4711]:']
        .map((head) => `${head} Failed password for root from 192.0.2.7 port 40000 ssh2`)
        .join('\n'),
      events: Array.from({ length: 5 }, () => login(0, 'root', 'password')),
    },
    {
      name: 'an invalid user is one attempt, a second password for it another; names that forge a source',
      input: [
        line('Invalid user admin from 192.0.2.7 port 40000'),
        line('Failed password for invalid user admin from 192.0.2.7 port 40000 ssh2'),
        line('Failed password for invalid user admin from 192.0.2.7 port 40000 ssh2'),
        line('Invalid user  from 192.0.2.7 port 40000'),
        line('Failed password for invalid user x from 203.0.113.1 port 22 ssh2 from 192.0.2.7 port 41000 ssh2'),
        line('Connection closed by invalid user x 203.0.113.1 port 22 [preauth] 192.0.2.7 port 40000 [preauth]'),
      ].join('\n'),
      events: [
        login(0, 'admin'),
        login(0, 'admin', 'password'),
        { ...login(0, ''), texts: { name: 'ssh' } },
        { ...login(0, 'x from 203.0.113.1 port 22 ssh2', 'password'), sourcePort: 41000 },
        visit,
      ],
    },
    {
      name: 'who only looked: no login',
      input: [
        line('Did not receive identification string from 192.0.2.7 port 40000'),
        line('error: kex_exchange_identification: Connection closed by remote host'),
        line('banner exchange: Connection from 192.0.2.7 port 40000: invalid format'),
        line("Bad protocol version identification 'GET / HTTP/1.0' from 192.0.2.7 port 40000"),
        line('Unable to negotiate with 192.0.2.7 port 40000: no matching key exchange method found. Their offer: x from 203.0.113.1 port 1 [preauth]'),
        line('Received disconnect from 192.0.2.7 port 40000:11: Bye Bye [preauth]'),
        line('Connection reset by authenticating user root 192.0.2.7 port 40000 [preauth]'),
        line('Connection closed by 192.0.2.7 [preauth]'),
        line('Connection closed by 192.0.2.7 port 40000'),
        line('Received disconnect from 192.0.2.7 port 40000:11: disconnected by user'),
        line('Disconnected from user jo 192.0.2.7 port 40000'),
      ].join('\n'),
      events: [
        { ...visit, flags: ['noTarget', 'gotData'] },
        visit,
        { ...visit, texts: { agent: 'GET / HTTP/1.0' } },
        visit,
        visit,
        visit,
        { ...visit, sourcePort: 0 },
        visit,
      ],
    },
    {
      name: 'RFC 5424, ISO stamps, the journal; a server of its own port; its address where it is told',
      zone: 'Europe/Berlin',
      input: [
        '2026-11-22T01:32:11+01:00 gw sshd[4711]: Server listening on 0.0.0.0 port 2222.',
        '<86>1 2026-11-22T00:32:11Z gw sshd-session 4711 - - Failed password for root from 192.0.2.7 port 40000 ssh2',
        'Nov 22 01:32:11 gw sshd-session[4711]: Connection from 192.0.2.7 port 40000 on 198.51.100.4 port 2222 rdomain ""',
        '{"__REALTIME_TIMESTAMP":"1795307531000000","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"Accepted password for root from 192.0.2.7 port 40000 ssh2"}',
        '{"__REALTIME_TIMESTAMP":"1795307531000000","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"Invalid user a\\"b from 192.0.2.7 port 40000"}',
        'Nov 22 01:32:11 gw cron[1]: Failed password for root from 192.0.2.7 port 40000 ssh2',
      ].join('\n'),
      events: [
        { ...login(0, 'root', 'password'), targetPort: 2222 },
        { ...base, kind: 'contact', target: '198.51.100.4', targetPort: 2222 },
        { ...login(1, 'root', 'password'), targetPort: 2222 },
        { ...login(0, 'a"b'), targetPort: 2222 },
      ],
      skipped: { 'not of sshd': 1 },
    },
  ],
  malformed: { input: line('Failed password for root from 192.0.2.777 port 40000 ssh2'), reason: 'no address of a client' },
};
