import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const hour = 3600;
const contact = (given: PlainEvent): PlainEvent => ({ sourcePort: 40_000, outcome: 'unanswered', ...given });
const letters = 'abcdefghijklmnopqrstuvwxyz';
const word = (i: number): string => `/${letters[i % 26]}${letters[Math.floor(i / 26)]}dir`;
const request = (given: Partial<PlainEvent> & { at: number; from: string; path: string }): PlainEvent => ({
  event: 'request',
  method: 'GET',
  host: 'www.example.com',
  status: 404,
  size: 153,
  ...given,
});

const query = (at: number, from: string, name: string, status: number): PlainEvent => ({
  at,
  from,
  to: '198.51.100.53',
  event: 'query',
  proto: 'udp',
  port: 53,
  type: 1,
  name,
  status,
});

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'a port an hour for ten days',
      events: times(240, (i) =>
        contact({ at: i * hour, from: '203.0.113.9', to: '198.51.100.4', port: 1 + i }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'vertical', reason: 'within 24 hours' }],
    },
    {
      name: 'forty-six ports in a day, never ten in five minutes',
      events: times(46, (i) =>
        contact({ at: i * 1800, from: '203.0.113.9', to: '198.51.100.4', port: 20 + i, outcome: 'refused' }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'vertical', trait: 'pace: slow' }],
    },
    {
      name: 'two probes a day, three weeks long',
      events: times(42, (i) =>
        contact({ at: i * 12 * hour, from: '2001:db8:a:1::7', to: '2001:db8:51::4', port: 20 + i }),
      ),
      finds: [{ actor: '2001:db8:a:1::/64', kind: 'vertical', reason: 'within 30 days' }],
    },
    {
      name: 'eight hosts a day for five days, at different times',
      events: times(40, (i) =>
        contact({ at: Math.floor(i / 8) * 24 * hour + (i % 8) * 3 * hour, from: '203.0.113.9', to: `198.51.100.${i + 1}`, port: 5900 }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'horizontal', reason: 'within 7 days' }],
    },
    {
      name: 'twenty addresses of a /24 take turns, none does much',
      events: times(120, (i) =>
        contact({ at: i * 1200, from: `203.0.113.${1 + (i % 20)}`, to: `198.51.100.${1 + (i % 7)}`, port: 100 + i }),
      ),
      finds: [{ actor: '203.0.113.14', kind: 'vertical', reason: 'addresses of one /24 together', members: 20 }],
    },
    {
      name: 'workstations of one network at home, each with a little trouble of its own',
      events: times(120, (i) =>
        contact({ at: i * 1200, from: `10.1.1.${1 + (i % 40)}`, to: `10.2.0.${1 + (i % 40)}`, port: 100 + i }),
      ),
      finds: [],
    },
    {
      name: 'customers of one provider, all at the three services that are down',
      events: times(200, (i) =>
        contact({ at: i * 900, from: `203.0.113.${1 + ((i * 7) % 90)}`, to: `198.51.100.${1 + (i % 3)}`, port: 8443 }),
      ),
      finds: [],
    },
    {
      name: 'a client that retries a decommissioned network every hour',
      events: times(72, (h) =>
        times(16, (i) =>
          contact({ at: h * hour + i, from: '10.0.0.7', to: `10.9.0.${i + 1}`, port: 5044 }),
        ),
      ).flat(),
      finds: [],
    },
    {
      name: 'what leaves for the world and fails, and what is answered',
      events: times(200, (i) => [
        contact({ at: i * 600, from: '10.0.0.9', to: `192.0.2.${i + 1}`, port: 6881 + i }),
        contact({ at: i * 600, from: '192.0.2.9', to: '198.51.100.7', port: 50_000 + i, outcome: 'answered' }),
      ]).flat(),
      finds: [],
    },
    {
      name: 'everything within two hours is not slow',
      events: times(40, (i) =>
        contact({ at: i * 180, from: '203.0.113.9', to: '198.51.100.4', port: 20 + i }),
      ),
      finds: [],
    },
    {
      name: 'a word every fifteen minutes',
      events: times(90, (i) => request({ at: i * 900, from: '203.0.113.9', path: word(i) })),
      finds: [{ actor: '203.0.113.9', kind: 'wordlist', reason: 'slowly' }],
    },
    {
      name: 'guessed names, one in two minutes; a resolver whose users mistype and whose browsers make up names',
      events: [
        ...times(400, (i) => query(i * 120, '203.0.113.9', `${word(i).slice(1)}.example.com`, 3)),
        ...times(400, (i) => query(i * 120, '192.0.2.53', `${letters[i % 26]}${letters[(i * 7) % 26]}xq${letters[(i * 3) % 26]}zvk.example.com`, 3)),
        ...times(400, (i) => query(i * 120, '192.0.2.54', `${word(i).slice(1)}s.example.com`, i % 4 === 0 ? 3 : 0)),
      ].sort((x, y) => x.at - y.at),
      finds: [{ actor: '203.0.113.9', kind: 'dns-enumeration', reason: 'slowly' }],
    },
    {
      name: 'a crawler that meets dead links all day, an API client whose items are gone',
      events: times(100, (i) => [
        request({ at: i * 800, from: '192.0.2.20', path: word(i) }),
        request({ at: i * 800 + 1, from: '192.0.2.20', path: `/page${word(i)}`, status: 200 }),
        request({ at: i * 800 + 2, from: '192.0.2.20', path: `/more${word(i)}`, status: 200 }),
        request({ at: i * 800, from: '192.0.2.30', path: `/v1/items/${1000 + i}` }),
      ]).flat(),
      finds: [],
    },
  ],
};
