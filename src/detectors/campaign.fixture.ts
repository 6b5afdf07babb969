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

export const fixture: DetectorFixture = {
  cases: [
    {
      name: 'three hundred sources, one probe each, tile a /24',
      events: times(300, (i) =>
        contact({ at: i * 40, from: source(i), to: `198.51.100.${(i * 77) % 256}`, port: 5060, proto: 'udp', window: 0, flags: ['header'] }),
      ),
      finds: [{ actor: source(123), kind: 'campaign', reason: 'covering more than chance would', members: 300 }],
    },
    {
      name: 'three hundred unrelated sources at random addresses',
      events: times(300, (i) =>
        contact({ at: i * 40, from: source(i), to: `198.51.100.${random(i, 256)}`, port: 23, window: 1024 + random(i * 3, 2) }),
      ),
      finds: [],
    },
    {
      name: 'a hundred visitors of two hosts that are down',
      events: times(100, (i) => contact({ at: i * 30, from: source(i), to: `198.51.100.${4 + (i % 2)}`, port: 8443 })),
      finds: [],
    },
  ],
};
