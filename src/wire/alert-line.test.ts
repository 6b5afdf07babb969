import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget, kernel, place } from '../bytes/kernel.ts';
import { endpoint, readEndpoint, readEndpointTo } from './alert-line.ts';

test('endpoints are read alike with and without the kernel', () => {
  const random = new Random(17);
  const hex = (): string => random.below(0x1_0000).toString(16);
  const address = (): string =>
    random.pick([
      () => `192.0.${random.below(300)}.${random.below(300)}`,
      () => `2001:db8::${hex()}`,
      () => `${hex()}::`,
      () => Array.from({ length: 8 }, hex).join(':'),
      () => `[2001:db8::${hex()}]`,
      () => `::ffff:192.0.2.${random.below(256)}`,
      () => 'fe80::1%eth0',
    ])();
  const port = (): string =>
    random.pick(['', ':', `:${random.below(80_000)}`, `:${random.below(100)}`, ':1x']);
  let byKernel = 0;
  for (let round = 0; round < 20_000; round++) {
    let text = address() + port();
    // One byte is another one.
    const at = random.below(text.length * 6);
    if (at < text.length)
      text = text.slice(0, at) + random.pick([':', '.', '1', ']', '']) + text.slice(at + 1);
    const mark = random.pick([' ', ',', '-']);
    const bytes = Buffer.from(`  ${text}${random.pick(['', mark, `${mark}198.51.100.4`, ':443'])}`);
    const end = random.below(9) === 0 ? random.between(2, bytes.length) : bytes.length;
    const hasPort = random.below(2) === 0;
    const words = new Uint32Array(4);
    const read = (): readonly unknown[] | undefined =>
      readEndpoint(bytes, 2, end, hasPort, words) ? [...words, endpoint.port, endpoint.end] : undefined;
    const readTo = (): readonly unknown[] | undefined =>
      readEndpointTo(bytes, 2, end, mark.charCodeAt(0), hasPort, words)
        ? [...words, endpoint.port, endpoint.end]
        : undefined;
    const plain = [read(), readTo()];
    announce(bytes, 0, bytes.length);
    expect([read(), readTo()]).toEqual(plain);
    if (kernel().endpointRead(place(bytes, 2, end), 2, end, hasPort, mark.charCodeAt(0)) >= 0) byKernel++;
    forget();
  }
  // Often enough to mean something.
  expect(byKernel).toBeGreaterThan(4000);
});
