import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const contact = (given: PlainEvent): PlainEvent => ({ sourcePort: 40_000, outcome: 'unanswered', ...given });
const scanner = '203.0.113.9';

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'forty closed ports of one host',
      events: times(40, (i) => contact({ at: i * 0.2, from: scanner, to: '198.51.100.4', port: 1000 + i, outcome: 'refused' })),
      finds: [{ actor: scanner, kind: 'vertical', reason: '198.51.100.4' }],
    },
    {
      name: 'a port every two minutes, from rotating addresses of a /64',
      events: times(30, (i) =>
        contact({ at: i * 110, from: `2001:db8:a:1::${(i + 1).toString(16)}`, to: '2001:db8:51::4', port: 1000 + i }),
      ),
      finds: [{ actor: '2001:db8:a:1::/64', kind: 'vertical', reason: '1 hour' }],
    },
    {
      name: 'one port of sixty hosts',
      events: times(60, (i) => contact({ at: i * 0.1, from: scanner, to: `198.51.100.${i + 1}`, port: 445 })),
      finds: [{ actor: scanner, kind: 'horizontal', reason: 'port 445/tcp' }],
    },
    {
      name: 'eight hosts, twelve ports each',
      events: times(96, (i) =>
        contact({ at: i * 0.5, from: scanner, to: `198.51.100.${1 + (i % 8)}`, port: 20 + Math.floor(i / 8) * 100 }),
      ),
      finds: [
        { actor: scanner, kind: 'block' },
        { actor: scanner, kind: 'vertical' },
      ],
    },
    {
      name: 'who is alive: sixty hosts on four ports in turn',
      events: times(60, (i) => contact({ at: i * 4, from: scanner, to: `198.51.100.${i + 1}`, port: [22, 80, 443, 3389][i % 4] })),
      finds: [{ actor: scanner, kind: 'sweep' }],
    },
    {
      name: 'echo requests to sixty hosts',
      events: times(60, (i) =>
        contact({ at: i * 0.05, from: scanner, to: `198.51.100.${i + 1}`, proto: 'icmp', port: 8 * 256 }),
      ),
      finds: [{ actor: scanner, kind: 'icmp-sweep' }],
    },
    {
      name: 'forty IP protocols of one host',
      events: times(40, (i) => contact({ at: i * 0.3, from: scanner, to: '198.51.100.4', proto: 60 + i, port: 0 })),
      finds: [{ actor: scanner, kind: 'ip-protocol' }],
    },
    {
      name: 'a poller of two hundred hosts that answer, two of them dead',
      events: times(400, (i) =>
        contact({
          at: i * 0.5,
          from: '10.0.0.5',
          to: `10.1.0.${i % 200}`,
          port: 9100,
          outcome: i % 90 === 57 ? 'unanswered' : 'answered',
        }),
      ),
      finds: [],
    },
    {
      name: 'a peer-to-peer program: many strangers, each on a port of its own, half of them gone',
      events: times(150, (i) =>
        contact({
          at: i * 1.5,
          from: '10.0.0.9',
          to: `192.0.2.${i + 1}`,
          proto: 'udp',
          port: 20_000 + ((i * 7919) % 40_000),
          outcome: i % 2 === 0 ? 'unanswered' : 'answered',
        }),
      ),
      finds: [],
    },
    {
      name: 'traceroute',
      events: times(90, (i) =>
        contact({ at: i * 0.3, from: '192.0.2.62', to: '198.51.100.3', proto: 'udp', port: 33_434 + i }),
      ),
      finds: [],
    },
    {
      name: 'passive FTP: every transfer goes to a new port that the server named, and is answered',
      events: times(60, (i) => [
        contact({ at: i * 10, from: '192.0.2.61', to: '198.51.100.7', port: 21, outcome: 'answered' }),
        contact({ at: i * 10 + 1, from: '192.0.2.61', to: '198.51.100.7', port: 50_000 + i * 3, outcome: 'answered' }),
      ]).flat(),
      finds: [],
    },
    {
      name: 'replies and rows whose opener is unknown are no probes',
      events: [
        ...times(80, (i) => contact({ at: i * 0.1, from: '192.0.2.80', to: '198.51.100.4', port: 40_000 + i, role: 'responder' })),
        ...times(80, (i) => contact({ at: i * 0.1, from: '192.0.2.81', to: '198.51.100.4', port: 40_000 + i, role: 'unknown' })),
      ],
      finds: [],
    },
  ],
};
