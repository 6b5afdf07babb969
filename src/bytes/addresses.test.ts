import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { parseAddress } from '../model/address.ts';
import { readIPv6 } from './addresses.ts';
import { announce, forget, kernel, place } from './kernel.ts';
import { cursor } from './numbers.ts';

/** What `text` from `start` on is read as: the words and where they end; undefined for no address. */
function readOf(bytes: Uint8Array, start: number, end: number): readonly number[] | undefined {
  const words = new Uint32Array(4);
  cursor.at = -1;
  return readIPv6(bytes, start, end, words) ? [...words, cursor.at] : undefined;
}

test('IPv6 addresses are read alike with and without the kernel', () => {
  const random = new Random(11);
  const group = (): string =>
    random.below(20) === 0 ? random.pick(['', '12345', 'g', '1.2.3.4']) : random.below(0x1_0000).toString(16);
  const groups = (count: number): string => Array.from({ length: count }, group).join(':');
  const texts = (): string => {
    const gap = random.below(3) > 0;
    const text = gap
      ? `${groups(random.below(6))}::${groups(random.below(4))}`
      : groups(random.pick([8, 8, 8, 8, 7, 9]));
    const cased = random.below(4) === 0 ? text.toUpperCase() : text;
    if (random.below(6) > 0) return cased;
    // One byte is another one.
    const at = random.below(cased.length + 1);
    return `${cased.slice(0, at)}${random.pick([':', '.', 'f', '%', '/', '@', 'G', '`', ''])}${cased.slice(at + random.below(2))}`;
  };
  const behind = ['', '', ' next', ':443', '%eth0', ']', '.53', '#1', 'x', '\n', '/64'];
  let byKernel = 0;
  let whole = 0;
  for (let round = 0; round < 20_000; round++) {
    const text = texts();
    const bytes = Buffer.from(`##${text}${random.pick(behind)}`);
    const end = random.below(8) === 0 ? random.between(2, bytes.length) : bytes.length;
    const plain = readOf(bytes, 2, end);
    announce(bytes, 0, bytes.length);
    expect(readOf(bytes, 2, end)).toEqual(plain);
    if (kernel().ipv6Read(place(bytes, 2, end), 2, end) >= 0) {
      byKernel++;
      // And both as a reader that works on strings has it.
      if (plain?.[4] === 2 + text.length) {
        expect(plain.slice(0, 4)).toEqual(parseAddress(text));
        whole++;
      }
    }
    forget();
  }
  // Most of what is an address is the kernel's.
  expect(byKernel).toBeGreaterThan(8000);
  expect(whole).toBeGreaterThan(6000);
});
