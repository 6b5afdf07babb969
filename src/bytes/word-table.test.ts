import { expect, test } from 'vitest';
import { WordTable } from './word-table.ts';

test('words of any case, and nothing that only looks like one', () => {
  const words = ['tcp', 'udp', 'ipv6-icmp', 'icmpv6', '*', 'a', 'AAAA'];
  const table = new WordTable(words.map((word, i) => [word, i - 3] as const));
  const find = (text: string): number => table.find(Buffer.from(`[${text}]`), 1, text.length + 1);
  expect(words.map(find)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  expect(['TCP', 'Udp', 'IPv6-ICMP', 'aaaa'].map(find)).toEqual([-3, -2, -1, 3]);
  for (const other of ['', 'tc', 'tcpp', 'ucp', 'IPV6\rICMP', '\n', 'aaa', 'ICMPV7'])
    expect(find(other)).toBeNaN();
});
