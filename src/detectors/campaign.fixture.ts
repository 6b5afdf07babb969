import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const contact = (given: PlainEvent): PlainEvent => ({
  sourcePort: 40_000,
  outcome: 'unanswered',
  ttl: 50,
  window: 1024,
  flags: ['header', 'tcpFlags', 'syn'],
  ...given,
});
const source = (i: number): string => `203.0.${100 + Math.floor(i / 200)}.${1 + (i % 200)}`;
/** Pseudo-random below n. */
const random = (i: number, n: number): number => {
  let h = Math.imul(i + 11, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % n;
};

const word = (i: number): string => `/${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + (Math.floor(i / 26) % 26))}word`;
const request = (given: Partial<PlainEvent> & { at: number; from: string; path: string }): PlainEvent => ({
  event: 'request',
  method: 'GET',
  host: 'www.example.com',
  agent: 'Mozilla/5.0 Firefox/128.0',
  status: 404,
  size: 153,
  ...given,
});
/** The forty ports that lists begin with; no two in a row. */
const listed = times(120, (i) => (i < 90 ? 3 + i * 11 : 1100 + i * 337));

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'three hundred sources, one probe each, tile a /24',
      events: times(300, (i) =>
        contact({ at: i * 40, from: source(i), to: `198.51.100.${(i * 77) % 256}`, port: 5060, proto: 'udp', window: 0, flags: ['header'] }),
      ),
      finds: [{ actor: source(0), kind: 'campaign', reason: 'covering more than chance would', members: 300 }],
    },
    {
      name: 'the same in order, one after another, by half of them',
      events: times(120, (i) => contact({ at: i * 40, from: source((i * 37) % 120), to: `198.51.100.${i * 2}`, port: 8291 })),
      finds: [{ actor: source(0), kind: 'campaign', members: 120 }],
    },
    {
      name: 'the ports of one host shared out: thirty sources, four of a list each',
      events: times(120, (i) => contact({ at: i * 7, from: source(i % 30), to: '198.51.100.4', port: listed[i], outcome: 'refused' })),
      finds: [{ actor: source(0), kind: 'campaign', reason: 'ports of one host', members: 30 }],
    },
    {
      name: 'several ports over a network, three probes each, none twice; from as many /64',
      events: times(96, (i) =>
        contact({
          at: i * 5,
          from: `2001:db8:${(0x100 + Math.floor(i / 3)).toString(16)}::1`,
          to: `2001:db8:51::${((i * 7) % 32).toString(16)}`,
          port: [2375, 6379, 9200][Math.floor(i / 32)],
        }),
      ),
      finds: [{ actor: '2001:db8:100::/64', kind: 'campaign', members: 32 }],
    },
    {
      name: 'a wave: sixty sources with one make within an hour, where two a day are usual',
      events: [
        ...times(8, (i) => contact({ at: i * 43_200, from: source(100 + i), to: `198.51.100.${random(i, 256)}`, port: 7547, window: 100 + i })),
        ...times(60, (i) => contact({ at: 4 * 86_400 + i * 50, from: source(i), to: `198.51.100.${random(i, 256)}`, port: 7547 })),
      ],
      finds: [
        { actor: source(0), kind: 'campaign', reason: 'within an hour', members: 60 },
      ],
    },
    {
      name: 'three hundred unrelated sources at random addresses: background',
      events: times(300, (i) =>
        contact({ at: i * 40, from: source(i), to: `198.51.100.${random(i, 256)}`, port: 23, window: 1024 + random(i * 3, 2) }),
      ),
      finds: [{ actor: source(0), kind: 'background', reason: '300 sources' }],
    },
    {
      name: 'a hundred visitors of two hosts that are down; peers of one client; clients of a few ports of a host',
      events: [
        ...times(100, (i) => contact({ at: i * 30, from: source(i), to: `198.51.100.${4 + (i % 2)}`, port: 8443 })),
        ...times(100, (i) => contact({ at: i * 30, from: source(200 + i), to: '198.51.100.9', port: 51_413 + (i % 2), proto: 'udp' })),
        ...times(200, (i) => contact({ at: i * 30, from: source(400 + (i % 50)), to: '198.51.100.10', port: [143, 993, 587, 25][Math.floor(i / 50)], outcome: 'refused' })),
      ],
      finds: [],
    },
    {
      name: 'a word list shared out among twenty-five with one agent',
      events: times(200, (i) => request({ at: i * 9, from: source(i % 25), path: word(i) })),
      finds: [
        { actor: source(0), kind: 'campaign', reason: 'each asked for by one of them alone', members: 25 },
        { actor: source(0), kind: 'wordlist', members: 25 },
      ],
    },
    {
      name: 'one list of twelve, worked through by twenty-five',
      events: times(300, (i) => request({ at: i * 9, from: source(i % 25), path: word(Math.floor(i / 25) * 7) })),
      finds: [
        { actor: source(0), kind: 'campaign', reason: 'the same 12 paths' },
        { actor: source(0), kind: 'wordlist' },
      ],
    },
    {
      name: 'a site that lost its pages: crawlers, old links, a broken deploy',
      events: [
        // Series and titles of an old sitemap, by thirty addresses of one crawler.
        ...times(300, (i) => request({ at: i * 9, from: source(i % 30), path: `/2018/note-${i}.html`, agent: 'examplebot/2.1' })),
        ...times(300, (i) => request({ at: i * 9, from: source(30 + (i % 30)), path: `/blog/how-to-${word(i).slice(1)}-at-home`, agent: 'examplebot/2.1' })),
        // Visitors with two old links each, who are served other pages.
        ...times(240, (i) => request({ at: i * 9, from: source(60 + (i % 40)), path: word(i), status: i % 6 < 4 ? 200 : 404 })),
        // Twelve assets that are missing for everybody, with the page that names them.
        ...times(360, (i) => request({ at: i * 9, from: source(100 + (i % 30)), path: word(Math.floor(i / 30)), referer: 'http://www.example.com/app/' })),
      ],
      finds: [],
    },
  ],
};
