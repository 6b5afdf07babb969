import type { DetectorFixture, PlainEvent } from '../../test/detector-fixture.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const contact = (given: PlainEvent): PlainEvent => ({ sourcePort: 40_000, outcome: 'unanswered', ...given });
const scanner = '203.0.113.9';
const host = '198.51.100.4';
const word = (address: string): number => address.split('.').reduce((n, part) => n * 256 + Number(part), 0);

export const fixture: DetectorFixture = {
  cases: [
    ...(
      [
        ['FIN', ['fin']],
        ['NULL', []],
        ['Xmas', ['fin', 'psh', 'urg']],
      ] as const
    ).map(([name, shape]) => ({
      name: `ten ports with ${name} packets`,
      events: times(10, (i) =>
        contact({ at: i, from: scanner, to: host, port: 20 + i, flags: ['stealth', 'tcpFlags', ...shape] }),
      ),
      finds: [{ actor: scanner, kind: 'stealth' as const, reason: 'neither SYN nor ACK' }],
    })),
    {
      name: 'an ACK scan of sixty ports',
      events: times(60, (i) =>
        contact({ at: i, from: scanner, to: host, port: 20 + i, flags: ['stealth', 'tcpFlags', 'ack'] }),
      ),
      finds: [{ actor: scanner, kind: 'stealth', reason: 'ACK out of the blue' }],
    },
    {
      name: 'connections to three services of many hosts that began before the sensor did',
      events: times(60, (i) =>
        contact({
          at: i * 0.1,
          from: '192.0.2.50',
          to: `198.51.100.${1 + (i % 20)}`,
          port: [80, 443, 993][i % 3],
          flags: ['stealth', 'tcpFlags', 'ack'],
        }),
      ),
      finds: [],
    },
    {
      name: 'four broken FINs',
      events: times(4, (i) =>
        contact({ at: i, from: '192.0.2.51', to: host, port: 443 + i, flags: ['stealth', 'tcpFlags', 'fin'] }),
      ),
      finds: [],
    },
    {
      name: 'the probes of an OS detection',
      events: [
        contact({ at: 0, from: scanner, to: host, port: 22, window: 3, flags: ['header', 'tcpFlags', 'syn', 'ece', 'cwr'] }),
        contact({ at: 0.1, from: scanner, to: host, port: 22, window: 128, flags: ['header', 'tcpFlags'] }),
        contact({ at: 0.2, from: scanner, to: host, port: 22, window: 256, flags: ['header', 'tcpFlags', 'syn', 'fin', 'psh', 'urg'] }),
        contact({ at: 0.3, from: scanner, to: host, proto: 'icmp', port: 8 * 256 + 9, flags: ['header'] }),
      ],
      finds: [{ actor: scanner, kind: 'os-fingerprint', trait: 'Nmap OS detection' }],
    },
    {
      name: 'browsers that offer ECN, datagrams with an unlucky identification',
      events: times(30, (i) => [
        contact({ at: i, from: '192.0.2.52', to: host, port: 443, window: 64_240, outcome: 'answered', flags: ['header', 'tcpFlags', 'syn', 'ece', 'cwr'] }),
        contact({ at: i, from: '192.0.2.53', to: host, proto: 'udp', port: 53, ipId: 0x1042, flags: ['header'] }),
      ]).flat(),
      finds: [],
    },
    {
      name: 'forty greetings read',
      events: times(40, (i) =>
        contact({ at: i * 2, from: scanner, to: host, port: 20 + i * 7, outcome: 'answered', flags: ['gotData'] }),
      ),
      finds: [{ actor: scanner, kind: 'banner-grab', reason: 'speak first' }],
    },
    {
      name: 'passive FTP reads without a word, configuration management lets SSH speak first',
      events: times(40, (i) => [
        contact({ at: i * 9, from: '192.0.2.61', to: host, port: 50_000 + i, outcome: 'answered', flags: ['gotData'] }),
        contact({ at: i * 9, from: '192.0.2.62', to: `198.51.100.${i + 1}`, port: 22, outcome: 'answered', flags: ['gotData'] }),
      ]).flat(),
      finds: [],
    },
    {
      name: 'a handful of packets as masscan and as Mirai make them',
      events: times(6, (i) => [
        contact({
          at: i,
          from: scanner,
          to: `198.51.100.${i + 1}`,
          port: 8080,
          sequence: 0x12340000 + i * 77_777,
          ipId: (word(`198.51.100.${i + 1}`) ^ 8080 ^ (0x12340000 + i * 77_777)) & 0xffff,
          flags: ['header', 'tcpFlags', 'syn', 'noOptions'],
        }),
        contact({
          at: i,
          from: '203.0.113.77',
          to: `198.51.100.${i + 1}`,
          port: 23,
          sequence: word(`198.51.100.${i + 1}`),
          ipId: 7,
          flags: ['header', 'tcpFlags', 'syn'],
        }),
      ]).flat(),
      finds: [
        { actor: scanner, kind: 'horizontal', trait: 'packets: masscan' },
        { actor: '203.0.113.77', kind: 'horizontal', trait: 'packets: Mirai' },
      ],
    },
  ],
};
