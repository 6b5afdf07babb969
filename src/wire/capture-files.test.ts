import { expect, test } from 'vitest';
import { bytesOf, epoch, ngBlocks, pcapFile, TestSink } from '../../test/packets.ts';
import { isPcap, PcapReader } from './pcap-file.ts';
import type { CaptureReader } from './pcap-file.ts';
import { isPcapng, PcapngReader } from './pcapng-file.ts';

interface Seen {
  readonly frames: string[];
  readonly sink: TestSink;
}

/** Reads in pieces, as from a pipe; frames as 'seconds link record bytes'. */
function take(reader: CaptureReader, bytes: Uint8Array, piece = bytes.length): Seen {
  const sink = new TestSink();
  const frames: string[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < bytes.length; at += piece) {
    const last = at + piece >= bytes.length;
    const chunk = bytesOf(rest, bytes.subarray(at, at + piece));
    const next = reader.read(
      sink,
      {
        frame: (from, _view, start, end, time, link, record) =>
          frames.push(
            `${(time - epoch) / 1e6} ${link} ${record} ${Buffer.from(from.subarray(start, end)).toString('latin1')}`,
          ),
      },
      chunk,
      0,
      chunk.length,
      last,
    );
    rest = chunk.slice(next);
  }
  expect(rest.length).toBe(0);
  return { frames, sink };
}

const three = ['one', 'two two', 'three'].map((text, i) => ({ at: i + 0.25, bytes: bytesOf(text) }));
const expected = ['0.25 1 1 one', '1.25 1 2 two two', '2.25 1 3 three'];

test('pcap: both byte orders, micro- and nanoseconds, in pieces of any size', () => {
  for (const big of [false, true])
    for (const nano of [false, true]) {
      const bytes = pcapFile(three, { big, nano });
      expect(isPcap(bytes)).toBe(true);
      for (const piece of [1, 7, 64, 10_000])
        expect(take(new PcapReader(), bytes, piece).frames).toEqual(expected);
    }
});

test('pcap: the link type without the bits of the frame check sequence', () => {
  expect(take(new PcapReader(), pcapFile(three, { link: 0x1400_0071 })).frames[0]).toBe('0.25 113 1 one');
});

test('pcap: a file that ends in a record says so and keeps what is whole', () => {
  const bytes = pcapFile(three);
  for (const cut of [1, 4, 6, 12]) {
    const { frames, sink } = take(new PcapReader(), bytes.subarray(0, bytes.length - cut), 16);
    expect(frames).toEqual(expected.slice(0, 2));
    expect([...sink.skips]).toEqual([['capture ends in the middle of a record', 1]]);
  }
  expect([...take(new PcapReader(), bytes.subarray(0, 20)).sink.skips]).toEqual([
    ['capture ends in the middle of a record', 1],
  ]);
});

test('pcap: an absurd length is no allocation, and the next record is found', () => {
  const frames = Array.from({ length: 40 }, (_, i) => ({
    at: i,
    bytes: bytesOf(`packet ${i} ${'.'.repeat(60)}`),
  }));
  const bytes = pcapFile(frames).slice();
  const record = (bytes.length - 24) / 40; // not all are of one length: near enough to be inside the twentieth
  const at = 24 + Math.floor(20 * record);
  bytes.fill(0xff, at, at + 40);
  for (const piece of [50, 100_000]) {
    const { frames: seen, sink } = take(new PcapReader(), bytes, piece);
    expect(seen.length).toBeGreaterThanOrEqual(37);
    expect(seen.at(-1)).toContain('packet 39 ');
    expect(sink.skips.get('damaged record: searched for the next one')).toBe(1);
  }
});

test('pcap: impossible times are left out', () => {
  const bytes = pcapFile(three).slice();
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(24 + 4, 2_000_000, true);
  const { frames, sink } = take(new PcapReader(), bytes);
  expect(frames).toEqual(expected.slice(1));
  expect(sink.skips.get('impossible time of a packet')).toBe(1);
});

const micros = BigInt(epoch);

test('pcapng: both byte orders, several sections and interfaces, resolutions and offsets', () => {
  const parts = [false, true].map((big) => {
    const ng = ngBlocks(big);
    const option = (code: number, value: Uint8Array): Uint8Array => ng.option(code, value);
    const offset = big ? bytesOf([0, 0, 0, 0], ng.n32(3600)) : bytesOf(ng.n32(3600), [0, 0, 0, 0]);
    return bytesOf(
      ng.section(),
      ng.interface(1, option(2, bytesOf('eth0'))),
      ng.interface(113, bytesOf(option(9, bytesOf(9)), option(0, bytesOf()))),
      ng.interface(101, bytesOf(option(9, bytesOf(3)), option(14, offset))),
      ng.interface(276, option(9, bytesOf(0x80 | 20))),
      ng.packet(0, micros + 250_000n, bytesOf('micro'), option(1, bytesOf('a comment'))),
      ng.packet(1, (micros + 1_000_001n) * 1000n + 999n, bytesOf('nano')),
      ng.packet(2, micros / 1000n - 3_600_000n + 1500n, bytesOf('milli')),
      ng.packet(3, ((micros + 2_000_000n) << 20n) / 1_000_000n, bytesOf('binary')),
      ng.block(0x0bad, bytesOf('some block of a vendor')),
      ng.packet(7, micros, bytesOf('nobody described it')),
    );
  });
  const bytes = bytesOf(...parts);
  expect(isPcapng(bytes)).toBe(true);
  for (const piece of [3, 64, 100_000]) {
    const { frames, sink } = take(new PcapngReader(), bytes, piece);
    expect(frames).toEqual([
      '0.25 1 1 micro',
      '1.000001 113 2 nano',
      '1.5 101 3 milli',
      '2 276 4 binary',
      '0.25 1 6 micro',
      '1.000001 113 7 nano',
      '1.5 101 8 milli',
      '2 276 9 binary',
    ]);
    expect(sink.skips.get('packet of an interface that was not described')).toBe(2);
  }
});

test('pcapng: simple and obsolete packet blocks, and what the capturing system lost', () => {
  const ng = ngBlocks(false);
  const drop = ng.option(5, bytesOf(ng.n32(12), ng.n32(0)));
  const old = (drops: number, text: string): Uint8Array =>
    ng.block(
      2,
      bytesOf(
        ng.n16(0),
        ng.n16(drops),
        ng.n32(Number(micros >> 32n)),
        ng.n32(Number(micros & 0xffffffffn)),
        ng.n32(text.length),
        ng.n32(text.length),
        text,
      ),
    );
  const simple = (text: string): Uint8Array => ng.block(3, bytesOf(ng.n32(text.length), text));
  const { frames, sink } = take(
    new PcapngReader(),
    bytesOf(
      ng.section(),
      ng.interface(1, undefined, 6),
      simple('too early'),
      old(0xffff, 'old'),
      old(3, 'older'),
      simple('longer than the snap length'),
      ng.block(5, bytesOf(ng.n32(0), ng.n32(0), ng.n32(0), drop)),
    ),
  );
  expect(frames).toEqual(['0 1 2 old', '0 1 3 older', '0 1 4 longer']);
  expect(sink.skips.get('packet without a time')).toBe(1);
  expect(sink.notes.get('packets lost by the capturing system')).toBe(15);
});

test('pcapng: long blocks of no interest are passed over without being held', () => {
  const ng = ngBlocks(false);
  const bytes = bytesOf(
    ng.section(),
    ng.interface(1),
    ng.block(10, new Uint8Array(3_000_000)),
    ng.packet(0, micros, bytesOf('after')),
  );
  const reader = new PcapngReader();
  const sink = new TestSink();
  let held = 0;
  let rest: Uint8Array = new Uint8Array(0);
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const chunk = bytesOf(rest, bytes.subarray(at, at + 65_536));
    const handler = {
      frame: (from: Uint8Array, _v: DataView, start: number, end: number): unknown =>
        frames.push(Buffer.from(from.subarray(start, end)).toString()),
    };
    rest = chunk.slice(reader.read(sink, handler, chunk, 0, chunk.length, at + 65_536 >= bytes.length));
    held = Math.max(held, rest.length);
  }
  expect(frames).toEqual(['after']);
  expect(held).toBeLessThan(65_536);
});

test('pcapng: damage is searched through, cuts are named, interfaces are capped', () => {
  const ng = ngBlocks(false);
  const packet = (i: number): Uint8Array =>
    ng.packet(0, micros + BigInt(i) * 1_000_000n, bytesOf(`packet ${i}`));
  const head = bytesOf(ng.section(), ng.interface(1));
  const bad = packet(1).slice();
  bad[4] = 0xff;
  bad[7] = 0x7f;
  const lying = packet(3).slice();
  lying[lying.length - 4] ^= 8;
  for (const piece of [9, 100_000]) {
    const { frames, sink } = take(
      new PcapngReader(),
      bytesOf(head, packet(0), bad, packet(2), lying, packet(4)),
      piece,
    );
    expect(frames.map((frame) => frame.slice(-8))).toEqual(['packet 0', 'packet 2', 'packet 4']);
    expect(sink.skips.get('damaged record: searched for the next one')).toBe(2);
  }
  const cut = take(new PcapngReader(), bytesOf(head, packet(0), packet(1).subarray(0, 20)));
  expect(cut.frames).toHaveLength(1);
  expect(cut.sink.skips.get('capture ends in the middle of a record')).toBe(1);
  const many = bytesOf(ng.section(), ...Array.from({ length: 5000 }, () => ng.interface(1)));
  expect(take(new PcapngReader(), many).sink.skips.get('more interfaces than can be kept')).toBe(904);
});
