import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const contact = (given: PlainEvent): PlainEvent => ({ sourcePort: 40_000, outcome: 'unanswered', ...given });
/** Somebody is answered: the sensor logs successes. */
const proof = contact({ at: 0, from: '192.0.2.1', to: '198.51.100.4', port: 443, outcome: 'answered' });

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'nine dead hosts on as many services, two minutes apart',
      events: [
        proof,
        ...times(9, (i) =>
          contact({ at: 60 + i * 120, from: '203.0.113.9', to: `198.51.100.${30 + i}`, port: 1000 + i * 7 }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'first-contact', reason: '8 did not answer' }],
    },
    {
      name: 'an hour of good contacts buys no scan',
      events: [
        ...times(40, (i) =>
          contact({ at: i * 20, from: '203.0.113.9', to: `198.51.100.${100 + i}`, port: 8081, outcome: 'answered' }),
        ),
        ...times(16, (i) =>
          contact({ at: 900 + i * 20, from: '203.0.113.9', to: `198.51.100.${30 + i}`, port: 9000 + i }),
        ),
      ],
      finds: [{ actor: '203.0.113.9', kind: 'first-contact' }],
    },
    {
      name: 'the same where no sensor logs successes',
      events: times(9, (i) =>
        contact({ at: 60 + i * 120, from: '203.0.113.9', to: `198.51.100.${30 + i}`, port: 1000 + i * 7, outcome: 'denied' }),
      ),
      finds: [],
    },
    {
      name: 'a client of many hosts, a third of them down; and peers in the world that are gone',
      events: [
        ...times(30, (i) =>
          contact({
            at: i * 100,
            from: '198.51.100.7',
            to: `198.51.100.${40 + i}`,
            port: 8080,
            outcome: i % 3 === 0 ? 'refused' : 'answered',
          }),
        ),
        ...times(30, (i) =>
          contact({ at: i * 100, from: '198.51.100.8', to: `192.0.2.${40 + i}`, port: 6881 + i }),
        ),
      ],
      finds: [],
    },
    {
      name: 'three sampled openings that nothing followed',
      events: times(3, (i) =>
        contact({ at: i, from: '203.0.113.9', to: '198.51.100.4', port: [22, 445, 3389][i], outcome: 'unknown', flags: ['sampled', 'tcpFlags', 'syn'] }),
      ),
      finds: [{ actor: '203.0.113.9', kind: 'vertical', reason: '3 openings' }],
    },
    {
      name: 'a busy client, sampled: openings among much else',
      events: times(40, (i) =>
        contact({ at: i, from: '203.0.113.9', to: `198.51.100.${1 + i}`, port: 443, outcome: 'unknown', flags: i % 10 === 0 ? ['sampled', 'tcpFlags', 'syn'] : ['sampled', 'tcpFlags', 'ack', 'psh'] }),
      ),
      finds: [],
    },
  ],
};
