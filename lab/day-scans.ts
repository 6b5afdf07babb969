// The scans that are planted in a generated day, with the truth about them.
import type { Kind } from '../src/model/finding.ts';
import type { Logs } from './day-benign.ts';
import { accessLine, conn, hour, minute, query, shuffled, times, word } from './log-lines.ts';

export interface Planted {
  readonly id: string;
  readonly sources: readonly string[];
  readonly kinds: readonly Kind[];
}

const site = '198.51.100';
const first = 1000;
const topPorts = [
  21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 995, 1723, 3306, 3389, 5900, 8080,
];
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const attacks = [
  '/index.php?page=../../../../etc/passwd',
  '/?x=${jndi:ldap://203.0.113.9/a}',
  '/search?q=1%27%20UNION%20SELECT%20password%20FROM%20users--',
  '/item?id=1%20AND%20SLEEP(5)',
  '/view?f=%3Cscript%3Ealert(1)%3C/script%3E',
  '/run?cmd=;cat%20/etc/passwd',
  '/t?n={{7*7}}',
];

/** All of a scan's lines. */
type Plant = (logs: Logs, from: readonly string[]) => void;

/** `at`: seconds after the day's start. The number gives each its own address, 203.0.113.x or as named. */
const plants: readonly (readonly [
  id: string,
  kinds: readonly Kind[],
  plant: Plant,
  sources?: readonly string[],
])[] = [
  [
    'fast ports',
    ['vertical'],
    ({ conn: log }, [from]) =>
      times(600, (i) =>
        log.push(conn({ at: 3 * hour + i * 0.05, from, to: `${site}.10`, port: 1 + i, state: 'REJ' })),
      ),
  ],
  [
    'filtered ports',
    ['vertical'],
    ({ conn: log }, [from]) =>
      times(120, (i) => log.push(conn({ at: 11 * hour + i * 0.3, from, to: `${site}.77`, port: 1 + i * 3 }))),
  ],
  [
    'a port in 20 minutes',
    ['vertical'],
    ({ conn: log }, [from]) =>
      times(70, (i) =>
        log.push(conn({ at: first + i * 20 * minute, from, to: `${site}.12`, port: 100 + i })),
      ),
  ],
  [
    'a host in 12 minutes',
    ['horizontal'],
    ({ conn: log }, [from]) =>
      times(110, (i) =>
        log.push(conn({ at: first + i * 12 * minute, from, to: `${site}.${100 + i}`, port: 5900 })),
      ),
  ],
  [
    '445 everywhere',
    ['horizontal'],
    ({ conn: log }, [from]) =>
      times(256, (i) => log.push(conn({ at: 7 * hour + i * 0.04, from, to: `${site}.${i}`, port: 445 }))),
  ],
  [
    '22 everywhere, known hosts among them',
    ['horizontal'],
    ({ conn: log }, [from]) =>
      times(120, (i) =>
        log.push(
          conn({
            at: 15 * hour + i * 0.4,
            from,
            to: `${site}.${i + 1}`,
            port: 22,
            state: i % 2 === 0 ? 'SF' : 'S0',
          }),
        ),
      ),
  ],
  [
    'block',
    ['block'],
    ({ conn: log }, [from]) =>
      shuffled(
        times(320, (i) => i),
        5,
      ).forEach((cell, i) =>
        log.push(
          conn({
            at: 13 * hour + i * 0.2,
            from,
            to: `${site}.${80 + (cell % 16)}`,
            port: topPorts[cell >> 4],
          }),
        ),
      ),
  ],
  [
    'UDP',
    ['vertical'],
    ({ conn: log }, [from]) =>
      times(60, (i) =>
        log.push(
          conn({ at: 14 * hour + i * 0.5, from, to: `${site}.33`, port: 7 + i * 11, proto: 'udp', sent: 0 }),
        ),
      ),
  ],
  [
    'ping sweep',
    ['icmp-sweep'],
    ({ conn: log }, [from]) =>
      times(256, (i) =>
        log.push(
          conn({
            at: 16 * hour + i * 0.05,
            from,
            to: `${site}.${i}`,
            sourcePort: 8,
            port: 0,
            proto: 'icmp',
            state: 'OTH',
            sent: 56,
            got: 0,
            duration: 0.001,
          }),
        ),
      ),
  ],
  [
    'banners',
    ['banner-grab'],
    ({ conn: log }, [from]) =>
      times(24, (i) =>
        log.push(
          conn({
            at: 17 * hour + i * 3,
            from,
            to: `${site}.10`,
            port: topPorts[i % 20] + (i >= 20 ? 1000 : 0),
            state: 'SF',
            history: 'ShAdFaf',
            sent: 0,
            got: 80,
          }),
        ),
      ),
  ],
  [
    'IPv6 ports, its address changing',
    ['vertical'],
    ({ conn: log }) =>
      times(150, (i) =>
        log.push(
          conn({
            at: 18 * hour + i * 0.4,
            from: `2001:db8:bad:1::${(256 + i * 7).toString(16)}`,
            to: '2001:db8:51::10',
            port: 20 + i,
            state: 'REJ',
          }),
        ),
      ),
    ['2001:db8:bad:1::/64'],
  ],
  [
    'worm at home',
    ['horizontal'],
    ({ conn: log }, [from]) =>
      times(300, (i) =>
        log.push(conn({ at: 10 * hour + i * 0.5, from, to: `10.20.${4 + (i >> 8)}.${i % 256}`, port: 445 })),
      ),
    ['10.20.2.250'],
  ],
  [
    'campaign, tiling',
    ['campaign'],
    ({ conn: log }, from) =>
      shuffled(from, 3).forEach((source, i) =>
        log.push(
          conn({
            at: 6 * hour + i * 20,
            from: source,
            to: `${site}.${(i * 77) % 256}`,
            port: 5061,
            proto: 'udp',
          }),
        ),
      ),
    times(260, (i) => `${100 + (i % 20)}.${i % 7}.9.${1 + (i % 250)}`),
  ],
  [
    'campaign, ports of a host',
    ['campaign'],
    ({ conn: log }, from) =>
      from.forEach((source, n) =>
        times(5, (i) =>
          log.push(
            conn({
              at: 12 * hour + n * 30 + i,
              from: source,
              to: `${site}.44`,
              port: 1 + n * 5 + i,
              state: 'REJ',
            }),
          ),
        ),
      ),
    times(24, (i) => `${130 + i}.8.7.${1 + i}`),
  ],
  [
    'word list',
    ['wordlist'],
    ({ access }, [from]) =>
      times(500, (i) =>
        access.push(
          accessLine({ at: 8 * hour + i * 0.2, from, path: `/${word(i * 3)}`, status: 404, agent: firefox }),
        ),
      ),
  ],
  [
    'word list, one a minute',
    ['wordlist'],
    ({ access }, [from]) =>
      times(300, (i) =>
        access.push(
          accessLine({
            at: 9 * hour + i * minute,
            from,
            path: `/${word(i * 5)}/`,
            status: 404,
            agent: firefox,
          }),
        ),
      ),
  ],
  [
    'word list, one in 8 minutes',
    ['wordlist'],
    ({ access }, [from]) =>
      times(160, (i) =>
        access.push(
          accessLine({
            at: first + i * 8 * minute,
            from,
            path: `/${word(i * 7)}.php`,
            status: 404,
            agent: firefox,
          }),
        ),
      ),
  ],
  [
    'word list, soft 404',
    ['wordlist'],
    ({ access }, [from]) =>
      times(200, (i) =>
        access.push(
          accessLine({
            at: 20 * hour + i * 0.3,
            from,
            host: 'soft.example.com',
            path: `/${word(i * 11)}`,
            size: 4100 + (i % 40),
            agent: firefox,
          }),
        ),
      ),
  ],
  [
    'word list, shared out',
    ['campaign', 'wordlist'],
    ({ access }, from) =>
      from.forEach((source, n) =>
        times(12, (i) =>
          access.push(
            accessLine({
              at: 19 * hour + i * 20 + n,
              from: source,
              path: `/${word(2000 + n * 12 + i)}`,
              status: 404,
              agent: firefox,
            }),
          ),
        ),
      ),
    times(25, (i) => `${160 + i}.5.4.${1 + i}`),
  ],
  [
    'vulnerabilities, as a browser',
    ['vulnerability'],
    ({ access }, [from]) =>
      attacks.forEach((path, i) =>
        access.push(accessLine({ at: 21 * hour + i * 4, from, path, status: 404, agent: firefox })),
      ),
  ],
  [
    'secrets',
    ['vulnerability'],
    ({ access }, [from]) =>
      ['/.env', '/.git/config', '/backup.sql', '/.aws/credentials', '/wp-config.php.bak'].forEach((path, i) =>
        access.push(accessLine({ at: 22 * hour + i * 5, from, path, status: 404, agent: firefox })),
      ),
  ],
  [
    'host names',
    ['wordlist'],
    ({ access }, [from]) =>
      times(120, (i) =>
        access.push(
          accessLine({
            at: 4 * hour + i * 0.5,
            from,
            host: `${word(i * 9)}.example.com`,
            path: '/',
            size: 612,
            agent: firefox,
          }),
        ),
      ),
  ],
  [
    'names',
    ['dns-enumeration'],
    ({ dns }, [from]) =>
      times(800, (i) =>
        dns.push(
          query({
            at: 5 * hour + i * 0.1,
            from,
            to: `${site}.53`,
            name: `${word(i)}.example.com`,
            rcode: i % 90 === 0 ? 'NOERROR' : 'NXDOMAIN',
          }),
        ),
      ),
  ],
  [
    'zone transfer',
    ['zone-transfer'],
    ({ dns }, [from]) =>
      dns.push(
        query({ at: 6 * hour, from, to: `${site}.53`, name: 'example.com', type: 'AXFR', rcode: 'REFUSED' }),
      ),
  ],
  [
    'addresses to names',
    ['reverse-sweep'],
    ({ dns }, [from]) =>
      times(120, (i) =>
        dns.push(
          query({
            at: 7 * hour + i * 0.3,
            from,
            to: `${site}.53`,
            name: `${i}.100.51.198.in-addr.arpa`,
            type: 'PTR',
            rcode: i % 3 === 0 ? 'NOERROR' : 'NXDOMAIN',
          }),
        ),
      ),
  ],
];

/** Plants all scans; returns what was planted. */
export function plantScans(logs: Logs): Planted[] {
  return plants.map(([id, kinds, plant, sources], i) => {
    const from = sources ?? [`203.0.113.${100 + i}`];
    plant(logs, from);
    return { id, sources: from, kinds };
  });
}
