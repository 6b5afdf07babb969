// What a mid-size site sees on a day without scans: visitors, staff, machines, and the noise of the Internet. Every
// behaviour writes what it does in one minute of the day; `scale` 1 is about five million lines.
import { accessLine, conn, hour, minute, query, randomNumbers, times, word } from './log-lines.ts';
import type { Line } from './log-lines.ts';

export interface Logs {
  readonly conn: Line[];
  readonly access: Line[];
  readonly dns: Line[];
}

type Random = (n: number) => number;
type Behaviour = (logs: Logs, at: number, busy: number, random: Random) => void;

const site = '198.51.100';
const inside = '10.20';
const web = [`${site}.3`, `${site}.4`, `${site}.5`];
const resolver = `${inside}.0.53`;
const controllers = [`${inside}.0.4`, `${inside}.0.5`];
const nameServer = `${site}.53`;
const browsers = times(
  24,
  (i) =>
    `Mozilla/5.0 (${['Windows NT 10.0; Win64; x64', 'X11; Linux x86_64', 'Macintosh; Intel Mac OS X 10_15_7', 'Android 14; Mobile'][i % 4]}; rv:${120 + i}.0) Gecko/20100101 Firefox/${120 + i}.0`,
);

/** Somebody in the world: not of any network that belongs to the site or to a planted scan. */
const stranger = (random: Random): string =>
  `${11 + random(87)}.${random(256)}.${random(256)}.${1 + random(254)}`;
const staff = (random: Random): string => `${inside}.${1 + random(4)}.${1 + random(200)}`;
const ephemeral = (random: Random): number => 32_768 + random(28_000);

/** `rate` things an hour as a whole number of things this minute. */
function count(rate: number, random: Random): number {
  const exact = rate / 60;
  return Math.floor(exact) + (random(1000) < (exact % 1) * 1000 ? 1 : 0);
}

const scaled = (scale: number): readonly Behaviour[] => {
  const per = (perHour: number): number => perHour * scale;
  return [
    // Visitors: a page, its assets, now and then an old link or a typing error.
    (logs, at, busy, random) => {
      for (let n = count(per(14_000) * busy, random); n > 0; n--) {
        const from = random(12) === 0 ? `100.64.9.${1 + random(6)}` : stranger(random);
        const agent = browsers[random(browsers.length)];
        const time = at + random(600) / 10;
        const page = `/pages/${random(900)}.html`;
        const referer = `http://www.example.com${page}`;
        logs.conn.push(
          conn({
            at: time,
            from,
            to: web[random(3)],
            port: random(9) === 0 ? 80 : 443,
            sourcePort: ephemeral(random),
            state: 'SF',
            duration: 4,
            sent: 2000,
            got: 60_000,
          }),
        );
        logs.access.push(accessLine({ at: time, from, path: page, agent }));
        for (let a = 0; a < 6; a++)
          logs.access.push(
            accessLine({
              at: time + 0.3,
              from,
              path: `/static/${a}-${random(4)}.js`,
              agent,
              referer,
              status: random(5) === 0 ? 304 : 200,
            }),
          );
        if (random(14) === 0)
          logs.access.push(
            accessLine({ at: time + 5, from, path: `/${word(random(6000))}.html`, agent, status: 404 }),
          );
        if (random(60) === 0)
          logs.access.push(
            accessLine({ at: time + 6, from, path: '/favicon.ico', agent, referer, status: 404 }),
          );
      }
    },
    // Crawlers that follow links, some of which lead nowhere; one with an old sitemap; feeds.
    (logs, at, _busy, random) => {
      for (let n = count(per(1500), random); n > 0; n--) {
        const from = `192.0.2.${20 + random(3)}`;
        const gone = random(9) === 0;
        logs.access.push(
          accessLine({
            at: at + random(60),
            from,
            path: gone ? `/${word(random(3000))}/` : `/pages/${random(900)}.html`,
            status: gone ? 404 : 200,
            agent: 'Mozilla/5.0 (compatible; examplebot/2.1; +http://bot.example.net/)',
          }),
        );
      }
      for (let n = count(per(300), random); n > 0; n--) {
        const gone = random(2) === 0;
        logs.access.push(
          accessLine({
            at: at + random(60),
            from: '192.0.2.25',
            path: gone ? `/2018/note-${random(4000)}.html` : `/pages/${random(900)}.html`,
            status: gone ? 404 : 200,
            agent: 'feedreader-bot/1.4',
          }),
        );
      }
    },
    // Programs: an API client whose items are gone, WebDAV, health checks of a balancer.
    (logs, at, _busy, random) => {
      for (let n = count(per(4000), random); n > 0; n--)
        logs.access.push(
          accessLine({
            at: at + random(60),
            from: `192.0.2.${30 + random(4)}`,
            host: 'api.example.com',
            path: `/v1/items/${random(90_000)}`,
            status: random(5) === 0 ? 404 : 200,
            agent: 'inventory-sync/3.2',
          }),
        );
      if (random(40) === 0)
        for (let i = 0; i < 60; i++)
          logs.access.push(
            accessLine({
              at: at + i * 0.3,
              from: `192.0.2.${36 + random(2)}`,
              host: 'cloud.example.com',
              method: 'PROPFIND',
              path: `/remote.php/dav/files/ana/folder-${i}/`,
              status: i % 3 === 0 ? 404 : 207,
              agent: 'Mozilla/5.0 (Linux) mirall/3.13.0',
            }),
          );
      for (let s = 0; s < 60; s += 5)
        for (const to of web)
          logs.conn.push(
            conn({
              at: at + s,
              from: `${site}.2`,
              to,
              port: 8080,
              state: 'SF',
              duration: 0.01,
              sent: 90,
              got: 300,
            }),
          );
    },
    // A deploy whose new assets are missing for an hour.
    (logs, at, busy, random) => {
      if (at < 5 * hour || at >= 6 * hour) return;
      for (let n = count(per(900) * busy, random); n > 0; n--) {
        const from = stranger(random);
        const agent = browsers[random(browsers.length)];
        const time = at + random(60);
        logs.access.push(accessLine({ at: time, from, path: '/app/', agent }));
        for (let i = 0; i < 14; i++)
          logs.access.push(
            accessLine({
              at: time + 0.4,
              from,
              path: `/app/assets/${word(i * 17)}.js`,
              status: 404,
              agent,
              referer: 'http://www.example.com/app/',
            }),
          );
      }
    },
    // A CDN in front of one host.
    (logs, at, busy, random) => {
      for (let n = count(per(2500) * busy, random); n > 0; n--) {
        const gone = random(4) === 0;
        logs.access.push(
          accessLine({
            at: at + random(60),
            from: `192.0.2.${200 + random(6)}`,
            host: 'shop.example.com',
            path: gone ? `/old/${word(random(5000))}.html` : `/item/${random(4000)}.html`,
            status: gone ? 404 : 200,
            agent: 'Amazon CloudFront',
          }),
        );
      }
    },
    // Noise on the web: one or two of the usual names by whoever.
    (logs, at, _busy, random) => {
      for (let n = count(per(120), random); n > 0; n--)
        logs.access.push(
          accessLine({
            at: at + random(60),
            from: stranger(random),
            path: ['/wp-login.php', '/.env', '/xmlrpc.php', '/robots.txt', '/administrator/'][random(5)],
            status: 404,
            agent: browsers[random(browsers.length)],
          }),
        );
    },
    // Staff at work: names, the web, domain controllers.
    (logs, at, busy, random) => {
      for (let n = count(per(45_000) * busy, random); n > 0; n--) {
        const from = staff(random);
        const time = at + random(600) / 10;
        const what = random(10);
        if (what < 3)
          logs.conn.push(
            conn({
              at: time,
              from,
              to: resolver,
              port: 53,
              proto: 'udp',
              sourcePort: ephemeral(random),
              state: 'SF',
              duration: 0.02,
              sent: 40,
              got: 120,
            }),
          );
        else if (what < 5)
          logs.conn.push(
            conn({
              at: time,
              from,
              to: controllers[random(2)],
              port: [88, 135, 389, 445, 464, 3268, 49_664, 49_667][random(8)],
              sourcePort: ephemeral(random),
              state: random(200) === 0 ? 'S0' : 'SF',
            }),
          );
        else
          logs.conn.push(
            conn({
              at: time,
              from,
              to: stranger(random),
              port: random(12) === 0 ? 80 : 443,
              sourcePort: ephemeral(random),
              state: random(60) === 0 ? 'S0' : 'SF',
              duration: 8,
              sent: 3000,
              got: 90_000,
            }),
          );
      }
    },
    // The resolver asks the world; mail comes and goes; time.
    (logs, at, busy, random) => {
      for (let n = count(per(12_000) * busy, random); n > 0; n--)
        logs.conn.push(
          conn({
            at: at + random(600) / 10,
            from: resolver,
            to: stranger(random),
            port: 53,
            proto: 'udp',
            sourcePort: ephemeral(random),
            state: random(12) === 0 ? 'S0' : 'SF',
            duration: 0.03,
            sent: 40,
            got: 120,
          }),
        );
      for (let n = count(per(1500) * busy, random); n > 0; n--) {
        const outward = random(2) === 0;
        logs.conn.push(
          conn({
            at: at + random(60),
            from: outward ? `${site}.25` : stranger(random),
            to: outward ? stranger(random) : `${site}.25`,
            port: 25,
            sourcePort: ephemeral(random),
            state: outward && random(8) === 0 ? 'S0' : 'SF',
          }),
        );
      }
      for (let n = count(per(600), random); n > 0; n--)
        logs.conn.push(
          conn({
            at: at + random(60),
            from: staff(random),
            to: `${11 + random(4)}.1.2.3`,
            port: 123,
            proto: 'udp',
            sourcePort: 123,
            state: 'SF',
            duration: 0.02,
            sent: 48,
            got: 48,
          }),
        );
    },
    // Monitoring: every exporter and every check, some of which fail all day.
    (logs, at) => {
      const exporters = Math.max(8, Math.round(40 * Math.min(1, scale * 4)));
      for (let n = 0; n < exporters; n++)
        logs.conn.push(
          conn({
            at: at + n * 0.7,
            from: `${inside}.0.9`,
            to: `${inside}.3.${1 + n}`,
            port: [9090, 9100, 9115, 9256, 9187][n % 5],
            state: n % 13 === 0 ? 'REJ' : 'SF',
            duration: 0.02,
          }),
        );
      if (Math.round(at / minute) % 5 === 0)
        for (let n = 0; n < exporters; n++)
          for (const [c, port] of [22, 80, 443, 5432].entries())
            logs.conn.push(
              conn({
                at: at + n * 1.2 + c * 0.2,
                from: `${inside}.0.10`,
                to: `${inside}.3.${1 + n}`,
                port,
                state: (n + c) % 17 === 0 ? 'S0' : 'SF',
                duration: 0.02,
              }),
            );
      for (const n of [24, 25, 26, 27])
        logs.conn.push(
          conn({ at: at + n, from: `${inside}.0.44`, to: `${inside}.9.${n}`, port: 5044, state: 'S0' }),
        );
    },
    // Peer to peer, inside and towards the inside; calls; files by passive FTP; knocking; a traceroute.
    (logs, at, busy, random) => {
      for (let n = count(per(9000) * busy, random); n > 0; n--) {
        const peer = random(600);
        const to = `${20 + (peer % 70)}.${(peer * 7) % 256}.${(peer * 13) % 256}.${1 + (peer % 250)}`;
        const alive = peer % 2 === 0;
        logs.conn.push(
          conn({
            at: at + random(600) / 10,
            from: `${inside}.7.${7 + random(2)}`,
            to,
            port: 1025 + ((peer * 331) % 60_000),
            proto: random(3) === 0 ? 'tcp' : 'udp',
            sourcePort: random(3) === 0 ? 51_413 : ephemeral(random),
            state: alive ? 'SF' : 'S0',
            got: alive ? 90_000 : 0,
            sent: alive ? 4000 : 0,
            duration: alive ? 20 : undefined,
          }),
        );
      }
      for (let n = count(per(500) * busy, random); n > 0; n--)
        logs.conn.push(
          conn({
            at: at + random(60),
            from: stranger(random),
            to: `${inside}.7.7`,
            port: 51_413,
            proto: 'udp',
            state: 'SF',
          }),
        );
      for (let n = count(per(250) * busy, random); n > 0; n--)
        logs.conn.push(
          conn({
            at: at + random(60),
            from: `192.0.2.${60 + random(3)}`,
            to: `${site}.20`,
            port: 10_000 + random(20_000),
            proto: 'udp',
            state: 'SF',
            duration: 60,
            sent: 90_000,
            got: 90_000,
          }),
        );
      for (let n = count(per(200), random); n > 0; n--)
        logs.conn.push(
          conn({
            at: at + random(60),
            from: '192.0.2.61',
            to: `${site}.6`,
            port: 40_000 + random(20_000),
            state: 'SF',
            got: 50_000,
          }),
        );
      if (random(30) === 0)
        for (const [i, port] of [7000, 8000, 9000].entries())
          logs.conn.push(conn({ at: at + i * 0.3, from: '192.0.2.63', to: `${site}.10`, port, state: 'S0' }));
      if (random(240) === 0)
        for (let hop = 0; hop < 30; hop++)
          logs.conn.push(
            conn({
              at: at + hop * 0.1,
              from: '192.0.2.62',
              to: web[0],
              port: 33_434 + hop,
              proto: 'udp',
              state: 'S0',
              sent: 32,
            }),
          );
    },
    // The Internet's noise at dark addresses; the backscatter of somebody's flood.
    (logs, at, _busy, random) => {
      const ports = [23, 23, 23, 22, 445, 8080, 80, 443, 5555, 3389, 6379, 2323, 5060];
      for (let n = count(per(2600), random); n > 0; n--)
        logs.conn.push(
          conn({
            at: at + random(600) / 10,
            from: stranger(random),
            to: `${site}.${random(256)}`,
            port: random(4) === 0 ? 1 + random(65_000) : ports[random(ports.length)],
            sourcePort: ephemeral(random),
            state: 'S0',
          }),
        );
      if (at > 9 * hour && at < 9.5 * hour)
        for (let n = count(per(4000), random); n > 0; n--)
          logs.conn.push(
            conn({
              at: at + random(60),
              from: '203.0.113.80',
              to: `${site}.${random(256)}`,
              sourcePort: 80,
              port: 1024 + random(60_000),
              state: random(2) === 0 ? 'SHR' : 'RSTRH',
              duration: 0.1,
              sent: 0,
              got: 0,
            }),
          );
    },
    // Names: resolvers of the world ask for what is there, for browsers' random names, search suffixes, discovery.
    (logs, at, busy, random) => {
      for (let n = count(per(24_000) * busy, random); n > 0; n--) {
        const from = `${60 + random(20)}.${random(12)}.0.53`;
        const what = random(30);
        const letters = String.fromCharCode(...times(8 + random(6), () => 97 + random(26)));
        if (what === 0)
          logs.dns.push(
            query({
              at: at + random(600) / 10,
              from,
              to: nameServer,
              name: `${letters}.example.com`,
              rcode: 'NXDOMAIN',
            }),
          );
        else if (what === 1)
          logs.dns.push(
            query({
              at: at + random(600) / 10,
              from,
              to: nameServer,
              name: `${['www.example.org', 'mail.example.net', 'wpad', '_ldap._tcp', 'isatap'][random(5)]}.example.com`,
              rcode: 'NXDOMAIN',
            }),
          );
        else
          logs.dns.push(
            query({
              at: at + random(600) / 10,
              from,
              to: nameServer,
              name: `${['www', 'shop', 'api', 'mail', 'cloud', 'app', 'ns1', 'files'][random(8)]}.example.com`,
              rcode: 'NOERROR',
            }),
          );
      }
      for (let n = count(per(300), random); n > 0; n--)
        logs.dns.push(
          query({
            at: at + random(60),
            from: `${60 + random(20)}.${random(12)}.0.53`,
            to: nameServer,
            name: `${1 + random(60)}.100.51.198.in-addr.arpa`,
            type: 'PTR',
          }),
        );
    },
  ];
};

/** Office hours: the site is at its busiest in the afternoon, and asleep at night. Mean about 1. */
const busyAt = (at: number): number => 1 + 0.85 * Math.sin(((at / hour) * Math.PI) / 12);

/** What everybody harmless does in the minute that begins at `at`. */
export function benignMinutes(seed: number, scale: number): (logs: Logs, at: number) => void {
  const random = randomNumbers(seed);
  const behaviours = scaled(scale);
  return (logs, at) => {
    for (const behave of behaviours) behave(logs, at, busyAt(at), random);
  };
}
