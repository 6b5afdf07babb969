import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import {
  arp,
  bytesOf,
  dnsMessage,
  echo,
  epoch,
  ethernet,
  exampleHello,
  feed,
  icmpError,
  ip,
  ipv4,
  ipv6,
  mss,
  ngBlocks,
  pcapFile,
  tcp,
  testInput,
  TestSink,
  u16,
  u32,
  udp,
} from '../../test/packets.ts';
import { latestTime } from '../wire/pcap-file.ts';
import { pcap } from './pcap.ts';

/*
 * Captures that lie, made from whole ones: every field that is a length, a count, an offset or a pointer is changed, in the
 * packets as well as in the files. Seeded; OFFTRAIL_FUZZ_SECONDS=600 makes it run longer, with other seeds.
 */

const a = '192.0.2.7';
const b = '198.51.100.4';
const a6 = '2001:db8::7';
const b6 = '2001:db8::4';
const request = 'GET /a?b HTTP/1.1\r\nHost: x\r\nUser-Agent: y\r\nContent-Length: 3\r\n\r\nabc';
const response = 'HTTP/1.1 404 Not Found\r\nServer: z\r\nContent-Length: 1\r\n\r\n';
const dns = dnsMessage(7, 'www.example.com', 1);
const segment = tcp(40000, 80, 'S', { options: mss });

/** Frames of a little of everything, in an order that opens, answers and talks. */
const frames: readonly Uint8Array[] = [
  ethernet(ip(a, b, 6, segment)),
  ethernet(ip(b, a, 6, tcp(80, 40000, 'SA'))),
  ethernet(ip(a, b, 6, tcp(40000, 80, 'PA', { sequence: 1001, payload: request }))),
  ethernet(ip(b, a, 6, tcp(80, 40000, 'PA', { payload: response }))),
  ethernet(ip(a, b, 6, tcp(40001, 443, 'S', { options: mss }))),
  ethernet(ip(b, a, 6, tcp(443, 40001, 'SA'))),
  ethernet(ip(a, b, 6, tcp(40001, 443, 'PA', { sequence: 1001, payload: exampleHello('www.example.com') }))),
  ethernet(ip(a6, b6, 6, tcp(40002, 22, 'S'))),
  ethernet(ip(b6, a6, 6, tcp(22, 40002, 'SA'))),
  ethernet(ip(b6, a6, 6, tcp(22, 40002, 'PA', { payload: 'SSH-2.0-x\r\n' }))),
  ethernet(ip(a, b, 17, udp(40000, 53, dns))),
  ethernet(ip(b, a, 17, udp(53, 40000, dnsMessage(7, 'www.example.com', 1, 3)))),
  ethernet(ip(a, b, 6, tcp(40003, 53, 'S'))),
  ethernet(ip(b, a, 6, tcp(53, 40003, 'SA'))),
  ethernet(ip(a, b, 6, tcp(40003, 53, 'PA', { sequence: 1001, payload: bytesOf(u16(dns.length), dns) }))),
  ethernet(ip(a, b, 1, echo(8, 1, 1))),
  ethernet(ip(b, a, 1, echo(0, 1, 1))),
  ethernet(ip(b, a, 1, icmpError(3, 3, ip(a, b, 17, udp(5000, 161))))),
  ethernet(ip(b6, a6, 58, icmpError(1, 4, ip(a6, b6, 6, segment), 60))),
  ethernet(ipv4(a, b, 6, segment.subarray(0, 8), { id: 9, more: true })),
  ethernet(ipv4(a, b, 6, segment.subarray(8), { id: 9, offset: 8 })),
  ethernet(
    ipv6(a6, b6, 6, segment, [
      [0, new Uint8Array(8)],
      [44, bytesOf([0, 0], u16(0), u32(1))],
    ]),
  ),
  arp(1, a, b),
  bytesOf(new Uint8Array(12), u16(0x8100), u16(5), u16(0x88a8), u16(6), u16(0x0800), ip(a, b, 6, segment)),
  ethernet(ip(a, b, 132, bytesOf(u16(40000), u16(2905), new Uint8Array(8), [1, 0, 0, 4]))),
];
/** Where lengths, counts and offsets stand in those frames, Ethernet included. */
const places = [
  12, 14, 16, 17, 18, 20, 21, 23, 34, 38, 39, 46, 47, 50, 54, 58, 59, 60, 61, 62, 63, 64, 65, 66, 97, 98,
];
const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 20, 31, 44, 63, 64, 127, 128, 192, 193, 240, 255];

function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  for (let changes = random.below(3); changes >= 0; changes--) {
    const at = random.below(2) === 0 ? places[random.below(places.length)] : random.below(copy.length);
    if (at < copy.length)
      copy[at] = random.below(4) === 0 ? random.below(256) : values[random.below(values.length)];
  }
  return random.below(8) === 0 ? copy.slice(0, random.below(copy.length)) : copy;
}

function capture(random: Random): Uint8Array {
  let at = 0;
  const packets = Array.from({ length: 4 + random.below(30) }, (_, i) => {
    at += random.below(10) === 0 ? random.between(-80, 80) : random.unit() / 100;
    if (at < 0) at = 0;
    const whole = frames[random.below(3) === 0 ? random.below(frames.length) : i % frames.length];
    return { at, bytes: random.below(2) === 0 ? mutated(random, whole) : whole };
  });
  const big = random.below(2) === 0;
  const link = random.below(6) === 0 ? [0, 9, 101, 104, 113, 276, 51][random.below(7)] : 1;
  let file: Uint8Array;
  if (random.below(2) === 0) {
    file = pcapFile(packets, {
      big,
      link,
      nano: random.below(2) === 0,
      snap: random.below(3) === 0 ? 96 : 262_144,
    });
  } else {
    const ng = ngBlocks(big);
    const resolution = [6, 9, 3, 0, 12, 0x80 | 10, 0x80 | 32, 0xff, 127][random.below(9)];
    file = bytesOf(
      ng.section(),
      ng.interface(link, ng.option(9, bytesOf(resolution))),
      ng.interface(1),
      ...packets.map((packet) =>
        ng.packet(random.below(3), BigInt(epoch) + BigInt(Math.round(packet.at * 1e6)), packet.bytes),
      ),
    );
  }
  const bytes = file.slice();
  // Lengths and counts of the file's own headers stand at multiples of four.
  if (random.below(2) === 0)
    for (let changes = random.below(3); changes >= 0; changes--) {
      const word = random.below(Math.floor(bytes.length / 4)) * 4;
      bytes.set(
        big ? u32(random.uint32() >>> random.below(32)) : u32(random.uint32() >>> random.below(32)).reverse(),
        word,
      );
    }
  return random.below(6) === 0 ? bytes.slice(0, random.below(bytes.length)) : bytes;
}

test('captures that lie: nothing thrown, all bytes taken, every row within its bounds', () => {
  const seconds = Number(process.env.OFFTRAIL_FUZZ_SECONDS ?? 0);
  const end = performance.now() + seconds * 1000;
  let rows = 0;
  let skips = 0;
  for (let seed = 1; seed <= 400 || performance.now() < end; seed++) {
    const random = new Random(seed);
    const bytes = capture(random);
    const sink = new TestSink();
    try {
      feed(
        pcap.blocks!(testInput),
        sink,
        bytes,
        random.below(3) === 0 ? bytes.length : 1 + random.below(300),
      );
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    for (const row of sink.rows) {
      const time = Number(row.time) + epoch;
      const sound =
        time >= 0 && time <= latestTime && Number(row.record) >= 1 && Number(row.record) <= 10_000;
      expect([seed, sound, row.role !== undefined]).toEqual([seed, true, true]);
    }
    rows += sink.rows.length;
    for (const count of sink.skips.values()) skips += count;
  }
  expect(rows).toBeGreaterThan(1000);
  expect(skips).toBeGreaterThan(300);
});
