import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { bytesOf, dnsMessage, feed, readCapture, testInput, TestSink, u32 } from '../../test/packets.ts';
import { dnstap } from './dnstap.ts';
import { dnstapFrame, dnstapStart, dnstapStop } from './dnstap.fixture.ts';

/* dnstap that lies, made from whole streams: lengths, keys, numbers and pointers are changed where they stand. */

const seconds = Number(process.env.OFFTRAIL_FUZZ_SECONDS ?? 2);

const client = (i: number): number[] => [10, (i >>> 16) & 255, (i >>> 8) & 255, i & 255];

function stream(random: Random): Uint8Array {
  const frames = Array.from({ length: random.between(1, 12) }, (_, i) => {
    const id = random.below(4);
    const name = random.pick(['', 'a', 'vpn.example.com', `${'x'.repeat(63)}.example.com`]);
    const type = random.pick([1, 2, 3, 5, 6, 13]);
    const message = dnsMessage(
      id,
      name,
      random.pick([1, 28, 252]),
      type % 2 === 1 ? undefined : random.below(6),
    );
    return dnstapFrame({
      type,
      message: random.chance(0.5) ? lied(message, random) : message,
      at: random.chance(0.1) ? undefined : i,
      client: random.chance(0.2)
        ? Array.from({ length: random.below(20) }, () => random.below(256))
        : client(random.below(3)),
    });
  });
  return bytesOf(
    dnstapStart,
    ...frames.map((frame) => (random.chance(0.3) ? lied(frame, random) : frame)),
    dnstapStop,
  );
}

/** Bytes that are lengths, counts or pointers in what came, set to what hurts. */
function lied(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let edits = random.between(1, 4); edits > 0; edits--) {
    const at = random.below(Math.min(copy.length, 80));
    copy[at] = random.pick([0, 1, 0x7f, 0x80, 0xc0, 0xff, copy[at] + 1, copy[at] ^ 7]);
  }
  return copy;
}

test('mutated streams are read to the end: nothing is thrown, every row has a client and a time', () => {
  const end = performance.now() + seconds * 1000;
  let rows = 0;
  for (let seed = 1; performance.now() < end || seed < 300; seed++) {
    const random = new Random(seed);
    const bytes = stream(random);
    const whole = readCapture(dnstap, bytes);
    const cut = readCapture(dnstap, bytes, random.between(1, 97));
    expect({ seed, rows: cut.rows }).toEqual({ seed, rows: whole.rows });
    for (const { time, kind, source } of whole.rows) {
      expect(Number.isFinite(time)).toBe(true);
      expect([kind, typeof source]).toEqual(['query', 'string']);
    }
    rows += whole.rows.length;
  }
  expect(rows).toBeGreaterThan(300);
});

test('questions without answers wait, but not more than can be held', () => {
  const reader = dnstap.blocks!(testInput);
  const sink = new TestSink();
  const count = 20_000;
  const frames = Array.from({ length: count }, (_, i) =>
    dnstapFrame({ type: 1, message: dnsMessage(i & 0xffff, `h${i}.example.com`, 1), client: client(i) }),
  );
  feed(reader, sink, bytesOf(dnstapStart, ...frames), 1 << 20);
  expect(sink.rows).toHaveLength(count);
  expect(new Set(sink.rows.map(({ name }) => name)).size).toBe(count);
  expect(sink.rows.every(({ status }) => status === 255)).toBe(true);
  expect([...sink.notes]).toEqual([
    [
      'more unanswered queries than can be held: the oldest were written without their answer',
      count - 16_384,
    ],
  ]);
});

test('a stream of something else, and one behind the other', () => {
  const other = bytesOf(dnstapStart);
  other[other.length - 1] ^= 1;
  const frame = dnstapFrame({ type: 2, message: dnsMessage(7, 'a.example.com', 1, 0) });
  expect([...readCapture(dnstap, bytesOf(other, frame)).notes.keys()]).toEqual([
    'the stream holds something else than dnstap',
  ]);
  const twice = bytesOf(dnstapStart, frame, dnstapStop, dnstapStart, frame, dnstapStop);
  expect(readCapture(dnstap, twice).rows).toHaveLength(2);
  expect(readCapture(dnstap, bytesOf(dnstapStart, u32(0), u32(600), 'x')).notes.size).toBe(1);
});
