import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget, kernel, place } from '../bytes/kernel.ts';
import { AsaSides, Between } from './asa-sides.ts';

test('two sides are read alike with and without the kernel', () => {
  const random = new Random(29);
  const hex = (): string => random.below(0x1_0000).toString(16);
  const side = (): string => {
    if (random.below(2) === 0)
      return `${random.pick(['', 'inside:', 'dmz/'])}192.0.2.7/${random.below(70_000)}`;
    const name = random.pick([
      '',
      '',
      'outside:',
      'dmz/',
      'NP Identity Ifc:',
      'abc:',
      'a::b:',
      'wan,x:',
      'in(x:',
    ]);
    const address = random.pick([
      `192.0.${random.below(300)}.${random.below(300)}`,
      `192.0.2.${random.below(256)}`,
      `2001:db8::${hex()}`,
      Array.from({ length: 8 }, hex).join(':'),
      '::ffff:192.0.2.9',
      'fe80::1%eth0',
      'host',
    ]);
    const port = random.pick([
      '',
      `/${random.below(80_000)}`,
      `(${random.below(70_000)})`,
      '/22',
      '/ssh',
      '/',
    ]);
    const behind = random.pick([
      '',
      '',
      ' (203.0.113.9/1)',
      '(LOCAL\\user)',
      ' (a) (b',
      ' (type 8, code 0)',
      '  ',
      ' (typ',
    ]);
    return name + address + port + behind;
  };
  const sides = new AsaSides();
  let byKernel = 0;
  for (let round = 0; round < 30_000; round++) {
    const between = random.pick([Between.to, Between.dst, Between.arrow]);
    let text = `${side()}${between}${side()}${random.pick(['', ' ', ' by x', ' (c)'])}`;
    // One byte is another one.
    const at = random.below(text.length * 4);
    if (at < text.length)
      text =
        text.slice(0, at) + random.pick([':', '.', '/', '(', ')', ' ', '1', ',', '']) + text.slice(at + 1);
    const bytes = Buffer.from(`  ${text}`);
    const end = random.below(6) === 0 ? random.between(2, bytes.length) : bytes.length;
    const arrow = bytes.indexOf(between, 2);
    const read = (around: boolean): readonly unknown[] => {
      const into = { source: new Uint32Array(4), target: new Uint32Array(4) };
      const behind =
        around && arrow >= 0 && arrow < end
          ? sides.readAround(bytes, 2, arrow, end, into)
          : sides.read(bytes, 2, end, between, into);
      return behind < 0 ? [] : [behind, sides.sourcePort, sides.targetPort, ...into.source, ...into.target];
    };
    const plain = [text, read(false), read(true)];
    announce(bytes, 0, bytes.length);
    expect([text, read(false), read(true)]).toEqual(plain);
    const base = place(bytes, 2, end);
    if (between === Between.to && kernel().sidesRead(base, 2, end, 0x206f_7420, 4) > 0) byKernel++;
    forget();
  }
  // Often enough to mean something.
  expect(byKernel).toBeGreaterThan(1000);
});
