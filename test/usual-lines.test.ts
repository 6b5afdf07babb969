import fc from 'fast-check';
import { expect, test } from 'vitest';
import { netfilter } from '../src/formats/netfilter.ts';
import { webAccess } from '../src/formats/web-access.ts';
import type { Format } from '../src/model/format.ts';
import { eventsRead } from './events-read.ts';
import type { ExpectedEvent } from './format-fixture.ts';

/*
 * Lines as most are are read in one call of the kernel, others part by part. Both ways must agree: a line is given once as it
 * is, and once with something in it that changes the way and not what it says.
 */

function read(
  format: Format,
  lines: readonly string[],
): { events: Required<ExpectedEvent>[]; skipped: number } {
  const { events, counters } = eventsRead(format, { name: 'lines', input: lines.join('\n') }, 1 << 20);
  return { events, skipped: counters.skipped };
}

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((all) => all.join('.'));
const quoted = fc.oneof(
  fc.constantFrom('', '-', '--', 'curl/8.5', 'a \\" b', 'back\\\\', 'a" b', 'é', 'x'.repeat(200)),
  fc.stringMatching(/^[ -~]{0,40}$/),
);

test('access lines say the same with a virtual host in front, except for it', () => {
  const line = fc
    .record({
      client: octets,
      user: fc.constantFrom('- -', '- -', '- -', '- bob', '- -\t', 'id -'),
      time: fc.constantFrom(
        '22/Nov/2026:00:32:11 +0000',
        '22/Nov/2026:00:32:11 +0130',
        '31/Feb/2026:00:32:11 +0000',
        '22/Nov/2026:00:32:11 -00x0',
      ),
      request: fc.oneof(
        fc.constantFrom(
          'GET / HTTP/1.1',
          'GET /a?b=c HTTP/2.0',
          'GET /a? HTTP/1.0',
          'HEAD /x HTTP/3',
          'GET /a b HTTP/1.1',
          '-',
          '',
          'GET',
          'GET * HTTP/1.1',
          'G3T /?? HTTP/1.1',
          'PROPFINDPROPFINDPROP /x HTTP/1.1',
          '\\x16\\x03',
          'GET /%22"x HTTP/1.1',
          'GET /' + 'p'.repeat(100) + '?q HTTP/1.1',
        ),
        fc.stringMatching(/^[A-Z]{1,7} \/[ -~]{0,40} HTTP\/[12]\.[01]$/),
        quoted,
      ),
      status: fc.constantFrom('200', '404', '-', '20', '2000', '20x', ''),
      size: fc.constantFrom('0', '-', '153', '99999999', '123456789012', '12a', '--', ''),
      rest: fc.constantFrom(
        '',
        ' "{r}" "{a}"',
        ' "{r}" "{a}" "198.51.100.9"',
        ' "{r}" "{a}',
        ' "{r}"',
        ' "-" "{a}" "-"',
        ' x',
      ),
      referer: quoted,
      agent: quoted,
    })
    .map(({ client, user, time, request, status, size, rest, referer, agent }) =>
      `${client} ${user} [${time}] "${request}" ${status} ${size}${rest}`
        .replace('{r}', () => referer)
        .replace('{a}', () => agent),
    );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const usual = read(webAccess, lines);
      const odd = read(
        webAccess,
        lines.map((text) => `www.example.com ${text}`),
      );
      for (const { texts } of [...usual.events, ...odd.events]) delete texts.host;
      expect(usual).toEqual(odd);
    }),
    { numRuns: 3000 },
  );
});

test('netfilter lines say the same with another field in front', () => {
  const number = fc.oneof(
    { weight: 12, arbitrary: fc.nat(70_000).map(String) },
    { weight: 1, arbitrary: fc.constantFrom('', '0', '123456789', '1a', '-') },
  );
  const line = fc
    .record({
      mac: fc.constantFrom('', 'MAC= ', 'MAC=00:16:3e:5e:6c:00:52:54:00:12:35:02:08:00 '),
      source: octets,
      target: fc.oneof({ weight: 6, arbitrary: octets }, { weight: 1, arbitrary: fc.ipV6() }),
      length: number,
      ttl: number,
      id: number,
      fragment: fc.constantFrom('', 'DF ', 'MF ', 'CE DF '),
      transport: fc.constantFrom('TCP', 'TCP', 'TCP', 'UDP', 'UDP', 'ICMP', 'SCTP', '47', 'TCPX'),
      from: number,
      to: number,
      window: number,
      flags: fc.constantFrom('SYN', 'ACK SYN', 'RST', 'ACK FIN', 'SYN FIN', ''),
      behind: fc.constantFrom('URGP=0 ', 'URGP=0', '', 'URGP=0 MARK=0x1 ', 'OPT (020405B4) URGP=0 '),
    })
    .map((packet) => {
      const ports = `SPT=${packet.from} DPT=${packet.to}`;
      const rest =
        packet.transport === 'UDP'
          ? `${ports} LEN=${packet.window} `
          : packet.transport.startsWith('TCP')
            ? `${ports} WINDOW=${packet.window} RES=0x00 ${packet.flags} ${packet.behind}`
            : 'TYPE=8 CODE=0 ID=1 SEQ=1 ';
      return `${packet.mac}SRC=${packet.source} DST=${packet.target} LEN=${packet.length} TOS=0x00 PREC=0x00 TTL=${packet.ttl} ID=${packet.id} ${packet.fragment}PROTO=${packet.transport} ${rest}`;
    });
  const start = 'Nov 22 00:32:11 gw kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= ';
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const usual = read(
        netfilter,
        lines.map((text) => start + text),
      );
      const odd = read(
        netfilter,
        lines.map((text) => `${start}PHYSIN=veth1 ${text}`),
      );
      expect(usual).toEqual(odd);
    }),
    { numRuns: 3000 },
  );
});
