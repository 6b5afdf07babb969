import { expect, test } from 'vitest';
import {
  bytesOf,
  echo,
  ethernet,
  icmpError,
  ip,
  ipv4,
  ipv6,
  mss,
  tcp,
  u16,
  u32,
  udp,
} from '../../test/packets.ts';
import { formatWords } from '../model/address.ts';
import { IcmpKind, LinkType, Packet, portsOnly } from './packet.ts';
import { viewOf } from './pcap-file.ts';

const a = '192.0.2.7';
const b = '198.51.100.4';
const a6 = '2001:db8::7';
const b6 = '2001:db8:1::4';

function decode(bytes: Uint8Array, link: number = LinkType.ethernet, packet = new Packet()): Packet | string {
  const problem = packet.decode(bytes, viewOf(bytes), 0, bytes.length, link);
  return problem === '' ? packet : problem;
}

function summary(decoded: Packet | string): string {
  if (typeof decoded === 'string') return decoded;
  const words = [...new Uint32Array(decoded.address)] as [number, number, number, number, ...number[]];
  const source = formatWords(words[0], words[1], words[2], words[3]);
  const target = formatWords(words[4], words[5], words[6], words[7]);
  return `${source}:${decoded.sourcePort} > ${target}:${decoded.targetPort} ${decoded.proto} +${decoded.payloadLength}`;
}

const segment = tcp(40000, 22, 'S', { options: mss, payload: 'hi' });
const v4 = ipv4(a, b, 6, segment);
const v6 = ipv6(a6, b6, 6, segment);
const said = '192.0.2.7:40000 > 198.51.100.4:22 6 +2';
const said6 = '2001:db8::7:40000 > 2001:db8:1::4:22 6 +2';

test('every link layer leads to the same packet', () => {
  const tag = (type: number, inner: number, rest: Uint8Array): Uint8Array =>
    bytesOf(new Uint8Array(12), u16(type), u16(0x0064), u16(inner), rest);
  const cases: [string, number, Uint8Array, string][] = [
    ['Ethernet', 1, ethernet(v4), said],
    ['Ethernet, IPv6', 1, ethernet(v6), said6],
    ['VLAN', 1, tag(0x8100, 0x0800, v4), said],
    ['QinQ', 1, tag(0x88a8, 0x8100, bytesOf(u16(5), u16(0x86dd), v6)), said6],
    ['PPPoE', 1, ethernet(bytesOf([0x11, 0], u16(1), u16(v4.length + 2), u16(0x21), v4), 0x8864), said],
    ['MPLS', 1, ethernet(bytesOf(u32(0x0001_0040), u32(0x0002_0140), v4), 0x8847), said],
    [
      'LLC/SNAP',
      1,
      ethernet(bytesOf(u32(0xaaaa0300), [0], u16(0), u16(0x0800), v4).subarray(0), 100),
      'neither IP nor ARP',
    ],
    ['LLC/SNAP of RFC 1042', 1, ethernet(bytesOf(u32(0xaaaa0300), u16(0), u16(0x0800), v4), 100), said],
    ['Linux cooked', 113, bytesOf(new Uint8Array(14), u16(0x0800), v4), said],
    ['Linux cooked 2', 276, bytesOf(u16(0x86dd), new Uint8Array(18), v6), said6],
    ['raw', 101, v4, said],
    ['raw, IPv6', 101, v6, said6],
    ['raw IPv4', 228, v4, said],
    ['BSD null, little', 0, bytesOf([2, 0, 0, 0], v4), said],
    ['BSD null, big, macOS IPv6', 0, bytesOf(u32(30), v6), said6],
    ['OpenBSD loop', 108, bytesOf(u32(24), v6), said6],
    ['PPP', 9, bytesOf(u16(0xff03), u16(0x0057), v6), said6],
    ['Cisco HDLC', 104, bytesOf([15, 0], u16(0x0800), v4), said],
    ['802.11', 105, v4, 'link type that is not supported'],
    ['a switch talking', 1, ethernet(v4, 0x88cc), 'neither IP nor ARP'],
  ];
  for (const [name, link, bytes, expected] of cases)
    expect([name, summary(decode(bytes, link))]).toEqual([name, expected]);
});

test('IPv4 with options, and padding of short frames that is not payload', () => {
  const options = ipv4(a, b, 6, segment, { options: bytesOf([7, 7, 4, 0, 0, 0, 0, 0]), ttl: 3, id: 777 });
  const packet = decode(bytesOf(ethernet(options), new Uint8Array(20)));
  expect(summary(packet)).toBe(said);
  expect(packet).toMatchObject({
    ttl: 3,
    ipId: 777,
    sequence: 1000,
    window: 1024,
    noOptions: false,
    flags: 2,
  });
});

test('IPv6 extension headers are passed, a chain without an end is not', () => {
  const header = (length: number): Uint8Array => {
    const body = new Uint8Array(length);
    body[1] = length / 8 - 1;
    return body;
  };
  const authentication = new Uint8Array(16);
  authentication[1] = 2;
  const atomic = new Uint8Array(8);
  const chain: [number, Uint8Array][] = [
    [0, header(8)],
    [43, header(24)],
    [60, header(8)],
    [51, authentication],
    [44, atomic],
  ];
  expect(summary(decode(ipv6(a6, b6, 6, segment, chain), LinkType.raw))).toBe(said6);
  const endless = Array.from({ length: 30 }, (): [number, Uint8Array] => [60, header(8)]);
  expect(summary(decode(ipv6(a6, b6, 6, segment, endless), LinkType.raw))).toBe('impossible IP header');
});

test('mapped addresses in IPv6 are the IPv4 ones', () => {
  expect(summary(decode(ipv6('::ffff:192.0.2.7', '::ffff:198.51.100.4', 6, segment), 101))).toBe(said);
});

test('a header cut into tiny fragments is put together, in any order, once', () => {
  const bytes = tcp(40000, 22, 'S', { sequence: 5, options: mss });
  const piece = (from: number, to: number): Uint8Array =>
    ipv4(a, b, 6, bytes.subarray(from, to), { id: 9, offset: from, more: to < bytes.length });
  const pieces = [piece(0, 8), piece(8, 16), piece(16, 24)];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [0, 0, 1, 2, 2],
  ]) {
    const packet = new Packet();
    const seen = order.map((i) => summary(decode(pieces[i], LinkType.raw, packet)));
    expect(seen.filter((text) => text.startsWith(a))).toEqual(['192.0.2.7:40000 > 198.51.100.4:22 6 +0']);
    expect(packet).toMatchObject({ fragment: true, flags: 2, sequence: 5 });
  }
});

test('fragments that overlap cannot rewrite what was seen', () => {
  const packet = new Packet();
  const first = tcp(40000, 22, 'S');
  const second = tcp(40000, 23, 'S');
  decode(ipv4(a, b, 6, first.subarray(0, 8), { id: 9, more: true }), 101, packet);
  decode(ipv4(a, b, 6, second.subarray(0, 8), { id: 9, more: true }), 101, packet);
  expect(summary(decode(ipv4(a, b, 6, first.subarray(8), { id: 9, offset: 8 }), 101, packet))).toContain(
    ':22 ',
  );
});

test('a first fragment with a whole header needs no table; later ones are named', () => {
  const packet = new Packet();
  const long = udp(53, 40000, 'x'.repeat(2000));
  expect(summary(decode(ipv4(a, b, 17, long.subarray(0, 1480), { more: true }), 101, packet))).toBe(
    '192.0.2.7:53 > 198.51.100.4:40000 17 +1472',
  );
  expect(decode(ipv4(a, b, 17, long.subarray(1480), { offset: 1480 }), 101, packet)).toBe('later fragment');
});

test('fragments of IPv6', () => {
  const bytes = tcp(40000, 22, 'S', { options: mss });
  const piece = (from: number, to: number): Uint8Array =>
    ipv6(a6, b6, 6, bytes.subarray(from, to), [
      [44, bytesOf([0, 0], u16(from | (to < bytes.length ? 1 : 0)), u32(0xabcdef01))],
    ]);
  const packet = new Packet();
  expect(decode(piece(0, 16), 101, packet)).toBe('fragment without the header');
  expect(summary(decode(piece(16, 24), 101, packet))).toBe('2001:db8::7:40000 > 2001:db8:1::4:22 6 +0');
});

test('a flood of fragments stays within the table, and what it pushes out is counted', () => {
  const packet = new Packet();
  const tiny = tcp(40000, 22, 'S').subarray(0, 8);
  for (let i = 0; i < 20_000; i++) {
    packet.time = i;
    decode(
      ipv4(a, `10.0.${(i >> 8) & 255}.${i & 255}`, 6, tiny, { id: i & 0xffff, more: true }),
      101,
      packet,
    );
  }
  expect(packet.fragments.bytes.length).toBe(4096 * 64);
  expect(packet.fragments.dropped).toBeGreaterThanOrEqual(20_000 - 4096);
  expect(packet.fragments.dropped).toBeLessThan(20_000);
});

test('ICMP: identifiers of requests and replies mirror each other, errors quote', () => {
  const request = decode(ip(a, b, 1, echo(8, 77, 3)), 101) as Packet;
  expect(request).toMatchObject({ icmp: 0x0800, icmpKind: IcmpKind.request, sourcePort: 77, targetPort: 3 });
  const reply = decode(ip(b, a, 1, echo(0, 77, 3)), 101) as Packet;
  expect(reply).toMatchObject({ icmp: 0, icmpKind: IcmpKind.reply, sourcePort: 3, targetPort: 77 });
  const error = decode(ip(b, a, 1, icmpError(3, 3, ip(a, b, 17, udp(5000, 161)))), 101) as Packet;
  expect(error).toMatchObject({
    icmpKind: IcmpKind.unreachable,
    quotedProto: 17,
    quotedSourcePort: 5000,
    quotedTargetPort: 161,
  });
  const error6 = decode(ip(b6, a6, 58, icmpError(1, 4, ip(a6, b6, 6, segment), 60)), 101) as Packet;
  expect(error6).toMatchObject({ icmpKind: IcmpKind.unreachable, quotedProto: 6, quotedTargetPort: 22 });
  const short = decode(ip(b, a, 1, icmpError(3, 3, ip(a, b, 17, udp(5000, 161)), 20)), 101) as Packet;
  expect(short).toMatchObject({ quotedProto: 17, quotedSourcePort: -1 });
  const bare = decode(ip(b, a, 1, icmpError(3, 2, ip(a, b, 47, new Uint8Array(0)), 20)), 101) as Packet;
  expect(bare).toMatchObject({ quotedProto: 47, quotedSourcePort: 0, quotedTargetPort: 0 });
  const bare6 = decode(ip(b6, a6, 58, icmpError(4, 1, ip(a6, b6, 47, new Uint8Array(0)), 40)), 101) as Packet;
  expect(bare6).toMatchObject({ icmpKind: IcmpKind.unreachable, quotedProto: 47 });
  const problem6 = decode(ip(b6, a6, 58, icmpError(4, 0, ip(a6, b6, 6, segment), 60)), 101) as Packet;
  expect(problem6.icmpKind).toBe(IcmpKind.error);
  expect(decode(ip(a6, b6, 58, bytesOf([135, 0], u16(0), u32(0), new Uint8Array(16))), 101)).toMatch(
    /neighbour/,
  );
});

test('headers that lie are named, and cut packets say so', () => {
  const cases: [Uint8Array, string][] = [
    [v4.subarray(0, 19), 'packet cut short before its ports'],
    [v4.subarray(0, 23), 'packet cut short before its ports'],
    [v6.subarray(0, 39), 'packet cut short before its ports'],
    [bytesOf(0x44, v4.subarray(1)), 'impossible IP header'],
    [ipv4(a, b, 6, segment, { total: 19 }), 'impossible IP header'],
    [ipv4(a, b, 6, segment, { total: 30 }), 'impossible transport header'],
    [ipv4(a, b, 17, new Uint8Array(4)), 'impossible transport header'],
    [bytesOf(v4.subarray(0, 32), 0x10, v4.subarray(33)), 'impossible transport header'],
    [bytesOf(0x50), 'neither IP nor ARP'],
    [new Uint8Array(0), 'packet cut short before its ports'],
  ];
  for (const [bytes, reason] of cases) expect(decode(bytes, LinkType.raw)).toBe(reason);
});

test('a total length of 0 is what a card would have filled in', () => {
  expect(summary(decode(ipv4(a, b, 6, segment, { total: 0 }), 101))).toBe(said);
});

test('a packet that was cut by the snap length still says how much it carried', () => {
  const bytes = ipv4(a, b, 6, tcp(1, 2, 'PA', { payload: 'x'.repeat(1000) })).subarray(0, 96);
  const packet = decode(bytes, 101) as Packet;
  expect(packet.payloadLength).toBe(1000);
  expect(packet.payloadEnd - packet.payloadStart).toBe(56);
});

test('a packet that was cut behind its ports shows them, and of its flags only what was captured', () => {
  const short = (bytes: Uint8Array, length: number): Packet | string => decode(bytes.subarray(0, length));
  const packet = (length: number): Packet | string => short(ethernet(v4), length);
  expect(summary(short(ethernet(ip(a, b, 17, udp(5000, 161, '12345678'))), 40))).toBe(
    '192.0.2.7:5000 > 198.51.100.4:161 17 +8',
  );
  expect(packet(47)).toBe(portsOnly);
  expect(packet(37)).toBe('packet cut short before its ports');
  expect(summary(packet(48))).toBe(said);
  expect(packet(48)).toMatchObject({ flags: 2, sequence: 1000, window: 0, noOptions: false });
  expect(packet(50)).toMatchObject({ flags: 2, sequence: 1000, window: 1024 });
  expect(summary(short(ethernet(v6), 68))).toBe(said6);
  expect(short(ethernet(v6), 68)).toMatchObject({ flags: 2 });
  const sctp = bytesOf(u16(40000), u16(2905), new Uint8Array(8), [1, 0, 0, 4]);
  expect(short(ethernet(ip(a, b, 132, sctp)), 46)).toBe(portsOnly);
  const seen = new Packet();
  expect(decode(ethernet(v4).subarray(0, 40), 1, seen)).toBe(portsOnly);
  expect(summary(seen)).toBe('192.0.2.7:40000 > 198.51.100.4:22 6 +0');
});

test('flags that were cut off a fragment are not put together from nothing', () => {
  const bytes = tcp(40000, 22, 'S', { options: mss });
  const fragment = (from: number, to: number, length: number): Uint8Array =>
    ipv4(a, b, 6, bytes.subarray(from, to), { id: 9, offset: from, more: to < bytes.length }).subarray(
      0,
      20 + length,
    );
  const packet = new Packet();
  // 13 of 16 bytes: the flags are the fourteenth.
  expect(decode(fragment(0, 16, 13), 101, packet)).toBe('fragment without the header');
  expect(decode(fragment(16, 24, 8), 101, packet)).toBe('fragment without the header');
  const first = decode(ipv4(a, b, 6, bytes, { more: true }).subarray(0, 34), 101, packet);
  expect(summary(first)).toBe('192.0.2.7:40000 > 198.51.100.4:22 6 +0');
  expect(first).toMatchObject({ flags: 2, fragment: true });
});

test('no prefix and no single changed byte of any packet throws', () => {
  const all = [
    ethernet(v4),
    ethernet(v6),
    ethernet(ip(b, a, 1, icmpError(3, 3, ip(a, b, 17, udp(5000, 161))))),
    ethernet(ip(b6, a6, 58, icmpError(1, 4, ip(a6, b6, 6, segment), 60))),
  ];
  const packet = new Packet();
  let decoded = 0;
  for (const bytes of all) {
    for (let end = 0; end <= bytes.length; end++) decode(bytes.slice(0, end), 1, packet);
    for (let at = 0; at < bytes.length; at++)
      for (const value of [0, 1, 0x0f, 0x44, 0x45, 0x60, 0x7f, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at] = value;
        if (typeof decode(changed, 1, packet) !== 'string') decoded++;
      }
  }
  expect(decoded).toBeGreaterThan(300);
});
