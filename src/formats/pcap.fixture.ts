import { claims } from '../../test/format-fixture.ts';
import type { ExpectedEvent, FormatFixture } from '../../test/format-fixture.ts';
import {
  arp,
  bytesOf,
  dnsMessage,
  echo,
  ethernet,
  exampleHello,
  exampleJa4,
  icmpError,
  ip,
  mss,
  ngBlocks,
  pcapFile,
  tcp,
  udp,
} from '../../test/packets.ts';
import type { Frame, TcpOptions } from '../../test/packets.ts';

const scanner = '192.0.2.7';
const target = '198.51.100.4';

const there = (at: number, flags: string, port: number, more: TcpOptions = {}): Frame => ({
  at,
  bytes: ethernet(ip(scanner, target, 6, tcp(61000, port, flags, { sequence: 7, ...more }), { ttl: 49, id: 54321 })),
});
const back = (at: number, flags: string, port: number, more: TcpOptions = {}): Frame => ({
  at,
  bytes: ethernet(ip(target, scanner, 6, tcp(port, 61000, flags, more))),
});
const frame = (at: number, from: string, to: string, proto: number, body: Uint8Array): Frame => ({
  at,
  bytes: ethernet(ip(from, to, proto, body)),
});
/** Lets time pass, so that what was not answered is unanswered; it is a contact of its own. */
const later = frame(60, '203.0.113.1', '203.0.113.2', 17, udp(5000, 5001));
const end: ExpectedEvent = {
  kind: 'contact',
  time: '2026-01-02T03:05:05.000000Z',
  source: '203.0.113.1',
  target: '203.0.113.2',
  proto: 17,
  outcome: 'unknown',
  role: 'originator',
  flags: ['header'],
};

const probe = {
  kind: 'contact',
  source: scanner,
  target,
  sourcePort: 61000,
  proto: 6,
  role: 'originator',
  ttl: 49,
  window: 1024,
  ipId: 54321,
  sequence: 7,
} as const;
/** The connection that a request of {@link there} came by; {@link back} answered. */
const asking = {
  ...probe,
  time: '2026-01-02T03:04:05.000000Z',
  targetPort: 80,
  outcome: 'answered',
  flags: ['syn', 'tcpFlags', 'sentData', 'header'],
} as const;
const syn = ['syn', 'tcpFlags', 'noOptions', 'header'] as const;
const second = (text: string): string => `2026-01-02T03:04:${text}Z`;
const ng = ngBlocks(true);
const ngSyn = ethernet(ip('2001:db8::7', '2001:db8:1::4', 6, tcp(61000, 22, 'S', { options: mss })));
const ngRst = ethernet(ip('2001:db8:1::4', '2001:db8::7', 6, tcp(22, 61000, 'RA')));

const proxyLine = 'PROXY TCP4 203.0.113.99 198.51.100.9 61000 80\r\n';
const proxied = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';

export const fixture: FormatFixture = {
  format: 'pcap',
  cases: [
    {
      name: 'SYN scan: answered, refused, filtered by a firewall that says so, silent; a stealth probe',
      input: pcapFile([
        there(0, 'S', 22),
        back(0.001, 'SA', 22, { sequence: 1 }),
        there(0.002, 'R', 22),
        there(0.1, 'S', 23),
        back(0.101, 'RA', 23),
        there(0.2, 'S', 25),
        frame(0.201, '198.51.100.1', scanner, 1, icmpError(3, 13, ip(scanner, target, 6, tcp(61000, 25, 'S')))),
        there(0.3, 'S', 80),
        there(0.4, 'FPU', 81),
        later,
      ]),
      events: [
        { ...probe, record: 1, time: second('05.000000'), targetPort: 22, outcome: 'answered', flags: syn },
        { ...probe, record: 4, time: second('05.100000'), targetPort: 23, outcome: 'refused', flags: syn },
        { ...probe, record: 6, time: second('05.200000'), targetPort: 25, outcome: 'refused', flags: syn },
        { ...probe, record: 8, time: second('05.300000'), targetPort: 80, outcome: 'unanswered', flags: syn },
        {
          ...probe,
          record: 9,
          time: second('05.400000'),
          targetPort: 81,
          outcome: 'unanswered',
          flags: ['fin', 'psh', 'urg', 'tcpFlags', 'stealth', 'header'],
        },
        { ...end, record: 10 },
      ],
    },
    {
      name: 'what is said: a banner, a request and its response, a query and its answer, a TLS client',
      input: pcapFile([
        there(0, 'S', 22, { options: mss }),
        back(0.1, 'SA', 22),
        back(0.2, 'PA', 22, { payload: 'SSH-2.0-OpenSSH_9.2p1\r\n' }),
        there(1, 'S', 80, { options: mss }),
        back(1.1, 'SA', 80),
        there(1.2, 'PA', 80, {
          payload:
            'GET /admin.php?id=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: ffuf/2.1.0\r\nReferer: http://a/\r\n\r\n',
        }),
        back(1.3, 'PA', 80, {
          payload: 'HTTP/1.1 404 Not Found\r\nServer: nginx/1.22.1\r\nContent-Length: 153\r\n\r\n<html>',
        }),
        frame(2, scanner, target, 17, udp(5000, 53, dnsMessage(9, 'vpn.example.com', 28))),
        frame(2.1, target, scanner, 17, udp(53, 5000, dnsMessage(9, 'vpn.example.com', 28, 3))),
        there(3, 'S', 443, { options: mss }),
        back(3.1, 'SA', 443),
        there(3.2, 'PA', 443, { payload: exampleHello('www.example.com') }),
      ]),
      events: [
        {
          ...probe,
          record: 1,
          time: second('05.000000'),
          targetPort: 22,
          outcome: 'answered',
          size: 23,
          flags: ['syn', 'tcpFlags', 'gotData', 'hasSize', 'header'],
          texts: { detail: 'SSH-2.0-OpenSSH_9.2p1' },
        },
        {
          ...probe,
          record: 4,
          time: second('06.000000'),
          targetPort: 80,
          outcome: 'answered',
          flags: ['syn', 'tcpFlags', 'sentData', 'header'],
        },
        {
          kind: 'request',
          record: 6,
          time: second('06.200000'),
          source: scanner,
          target,
          sourcePort: 61000,
          targetPort: 80,
          proto: 6,
          outcome: 'answered',
          role: 'originator',
          status: 404,
          size: 153,
          flags: ['hasSize'],
          texts: {
            method: 'GET',
            host: 'www.example.com',
            path: '/admin.php',
            query: 'id=1',
            agent: 'ffuf/2.1.0',
            referer: 'http://a/',
            detail: 'nginx/1.22.1',
          },
        },
        {
          kind: 'contact',
          record: 8,
          time: second('07.000000'),
          source: scanner,
          target,
          sourcePort: 5000,
          targetPort: 53,
          proto: 17,
          outcome: 'answered',
          role: 'originator',
          size: 33,
          flags: ['sentData', 'gotData', 'hasSize', 'header'],
        },
        {
          kind: 'query',
          record: 8,
          time: second('07.000000'),
          source: scanner,
          target,
          sourcePort: 5000,
          targetPort: 53,
          proto: 17,
          outcome: 'answered',
          role: 'originator',
          status: 3,
          queryType: 28,
          texts: { name: 'vpn.example.com' },
        },
        {
          ...probe,
          record: 10,
          time: second('08.000000'),
          targetPort: 443,
          outcome: 'answered',
          flags: ['syn', 'tcpFlags', 'sentData', 'header'],
          texts: { detail: 'www.example.com', fingerprint: exampleJa4 },
        },
      ],
    },
    {
      name: 'a trusted proxy names the true client',
      trustedProxies: ['192.0.2.0/24'],
      input: pcapFile([
        there(0, 'S', 80, { options: mss }),
        back(0.1, 'SA', 80),
        there(0.2, 'PA', 80, {
          payload: 'GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.9.9.9, 203.0.113.99, 192.0.2.8\r\n\r\n',
        }),
        back(0.3, 'PA', 80, { payload: 'HTTP/1.1 200 OK\r\n\r\n' }),
      ]),
      events: [
        {
          ...probe,
          time: second('05.000000'),
          targetPort: 80,
          outcome: 'answered',
          flags: ['syn', 'tcpFlags', 'sentData', 'header'],
        },
        {
          kind: 'request',
          time: second('05.200000'),
          source: '203.0.113.99',
          target,
          proto: 6,
          outcome: 'answered',
          role: 'originator',
          status: 200,
          flags: ['forwarded'],
          texts: { method: 'GET', host: 'x', path: '/' },
        },
      ],
    },
    ...(
      [
        ['Forwarded: for="[2001:db8::9]:4711"', '2001:db8::9'],
        ['Forwarded: for=10.9.9.9, for=203.0.113.99;proto=https, for=192.0.2.8', '203.0.113.99'],
        ['X-Real-IP: 203.0.113.5\r\nCF-Connecting-IP: 2001:db8::9', '2001:db8::9'],
        ['True-Client-IP: 203.0.113.99', '203.0.113.99'],
        ['Fastly-Client-IP: 203.0.113.99\r\nForwarded: for=_hidden', '203.0.113.99'],
        ['X-Forwarded-For: 203.0.113.99\r\nForwarded: for=203.0.113.5\r\nX-Real-IP: 203.0.113.6', '203.0.113.99'],
        // Whom nobody can be told from does not hide the proxy.
        ['Forwarded: for=unknown', undefined],
      ] as const
    ).flatMap(([headers, client]) =>
      [true, false].map((trusts) => ({
        name: `${JSON.stringify(headers)} of ${trusts ? 'a trusted proxy' : 'anyone else is counted'}`,
        trustedProxies: [trusts ? '192.0.2.0/24' : '192.0.2.99'],
        input: pcapFile([
          there(0, 'S', 80, { options: mss }),
          back(0.1, 'SA', 80),
          there(0.2, 'PA', 80, { payload: `GET /a HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n` }),
          back(0.3, 'PA', 80, { payload: 'HTTP/1.1 200 OK\r\n\r\n' }),
        ]),
        events: [
          asking,
          {
            kind: 'request' as const,
            time: second('05.200000'),
            source: trusts && client ? client : scanner,
            target,
            sourcePort: trusts && client ? 0 : 61_000,
            proto: 6,
            outcome: 'answered' as const,
            role: 'originator' as const,
            status: 200,
            flags: trusts && client ? (['forwarded'] as const) : [],
            texts: { method: 'GET', host: 'x', path: '/a' },
          },
        ],
        ...(!trusts && client && { notes: claims(1) }),
      })),
    ),
    ...[
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ].map(([trusts, apart]) => ({
      name: `the PROXY protocol ${trusts ? 'of a trusted proxy names the true client' : 'of anyone else names nobody'}${apart ? ', in a segment of its own' : ''}`,
      trustedProxies: [trusts ? '192.0.2.0/24' : '192.0.2.99'],
      input: pcapFile([
        there(0, 'S', 80, { options: mss }),
        back(0.1, 'SA', 80),
        ...(apart
          ? [there(0.2, 'PA', 80, { payload: proxyLine }), there(0.2, 'PA', 80, { payload: proxied })]
          : [there(0.2, 'PA', 80, { payload: proxyLine + proxied })]),
        back(0.3, 'PA', 80, { payload: 'HTTP/1.1 200 OK\r\n\r\n' }),
      ]),
      events: [
        asking,
        {
          kind: 'request' as const,
          time: second('05.200000'),
          source: trusts ? '203.0.113.99' : scanner,
          target,
          ...(trusts && { sourcePort: 61_000 }),
          proto: 6,
          outcome: 'answered' as const,
          role: 'originator' as const,
          status: 200,
          flags: trusts ? (['forwarded'] as const) : [],
          texts: { method: 'GET', host: 'x', path: '/a' },
        },
      ],
    })),
    {
      name: 'backscatter, ping, ARP; Linux cooked capture would be the same',
      input: pcapFile(
        [
          back(0, 'SA', 80),
          frame(1, scanner, target, 1, echo(8, 77, 1)),
          frame(1.1, target, scanner, 1, echo(0, 77, 1)),
          { at: 2, bytes: arp(1, '198.51.100.1', '198.51.100.9') },
          later,
        ],
        { nano: true, big: true },
      ),
      events: [
        {
          kind: 'contact',
          record: 2,
          time: second('06.000000'),
          source: scanner,
          target,
          sourcePort: 0,
          targetPort: 8 * 256,
          proto: 1,
          outcome: 'answered',
          role: 'originator',
          sequence: 77 * 65_536 + 1,
          size: 8,
          flags: ['sentData', 'gotData', 'hasSize', 'header'],
        },
        {
          kind: 'contact',
          record: 1,
          time: second('05.000000'),
          source: target,
          target: scanner,
          sourcePort: 80,
          targetPort: 61000,
          proto: 6,
          outcome: 'unknown',
          role: 'responder',
          flags: ['syn', 'ack', 'tcpFlags', 'noOptions', 'header', 'oneSided'],
        },
        {
          kind: 'contact',
          record: 4,
          time: second('07.000000'),
          source: '198.51.100.1',
          target: '198.51.100.9',
          sourcePort: 0,
          targetPort: 0,
          proto: 255,
          outcome: 'unanswered',
          role: 'originator',
        },
        { ...end, record: 5 },
      ],
    },
    {
      name: 'pcapng of two interfaces, nanoseconds, IPv6; a packet of a switch is no event',
      input: bytesOf(
        ng.section(),
        ng.interface(113),
        ng.interface(1, ng.option(9, bytesOf(9))),
        ng.packet(1, 1_767_323_045_000_001_000n, ngSyn),
        ng.packet(1, 1_767_323_045_000_002_999n, ngRst),
        ng.packet(1, 1_767_323_046_000_000_000n, ethernet(bytesOf('spanning tree'), 0x88cc)),
      ),
      events: [
        {
          kind: 'contact',
          record: 1,
          time: second('05.000001'),
          source: '2001:db8::7',
          target: '2001:db8:1::4',
          sourcePort: 61000,
          targetPort: 22,
          proto: 6,
          outcome: 'refused',
          role: 'originator',
          flags: ['syn', 'tcpFlags', 'header'],
        },
      ],
      skipped: { 'neither IP nor ARP': 1 },
    },
  ],
  malformed: {
    input: pcapFile([{ at: 0, bytes: ethernet(bytesOf(0x41, new Uint8Array(40))) }]),
    reason: 'impossible IP header',
  },
};
