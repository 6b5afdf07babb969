import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { AddressSet, parseAddress, parseCidr } from './address.ts';
import { PrefixTable } from './prefix-table.ts';

const tableOf = (...texts: string[]): PrefixTable<string> =>
  new PrefixTable(texts.map((text) => ({ block: parseCidr(text)!, value: text })));

test('every block that holds the address, the smallest first', () => {
  const table = tableOf(
    '10.0.0.0/8',
    '10.9.0.0/16',
    '10.1.2.0/24',
    '10.1.0.0/16',
    '::/0',
    '10.1.2.3',
    '10.1.2.3',
  );
  const at = (text: string): string[] => table.at(parseAddress(text)!);
  expect(at('10.1.2.3')).toEqual(['10.1.2.3', '10.1.2.3', '10.1.2.0/24', '10.1.0.0/16', '10.0.0.0/8']);
  expect(at('10.9.255.255')).toEqual(['10.9.0.0/16', '10.0.0.0/8']);
  expect(at('10.200.0.1')).toEqual(['10.0.0.0/8']);
  expect(at('11.0.0.1')).toEqual([]);
  expect(at('2001:db8::1')).toEqual(['::/0']);
  expect(tableOf('10.0.0.0/8').at(parseAddress('2001:db8::1')!)).toEqual([]);
  expect(new PrefixTable([]).at(parseAddress('10.1.2.3')!)).toEqual([]);
});

test('a block is held by larger blocks only', () => {
  const table = tableOf('2001:db8::/32', '2001:db8:0:1::5');
  const words = parseAddress('2001:db8:0:1::')!;
  expect(table.holding(words, 64)).toEqual(['2001:db8::/32']);
  expect(table.at(parseAddress('2001:db8:0:1::5')!)).toEqual(['2001:db8:0:1::5', '2001:db8::/32']);
});

test('the same as ipaddr.js says, for any blocks', () => {
  const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
  const v6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }));
  // Few distinct high bits, so that blocks do nest.
  const near = fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 6, max: 32 }))
    .map(([b, d, bits]): [string, number] => [`10.${b}.0.${d}`, bits]);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(v4, v6, near, near)),
      fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        near.map(([ip]) => ip),
      ),
      (blocks, text) => {
        const texts = blocks.map(([ip, bits]) => `${ip}/${bits}`);
        // An IPv4-mapped text is an IPv4 address here and an IPv6 one there, and '::192.0.2.1' is mapped there only.
        fc.pre(
          [...texts, text].every(
            (one) => !/^::ffff|:0*:0*ffff:|:.*\./i.test(one) && parseCidr(one) !== undefined,
          ),
        );
        const address = ipaddr.parse(text);
        const wanted = blocks
          .filter(([ip, bits]) => {
            const block = ipaddr.parse(ip);
            return block.kind() === address.kind() && address.match(block, bits);
          })
          .map(([ip, bits]) => `${ip}/${bits}`)
          .sort();
        const words = parseAddress(text)!;
        expect(
          tableOf(...texts)
            .at(words)
            .sort(),
        ).toEqual(wanted);
        expect(AddressSet.parse(texts).has(words)).toBe(wanted.length > 0);
      },
    ),
    { numRuns: 500 },
  );
});
