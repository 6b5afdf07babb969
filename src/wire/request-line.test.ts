import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget, kernel, place } from '../bytes/kernel.ts';
import { EventBatch, Text } from '../model/event.ts';
import { putRequestLine } from './request-line.ts';

test('request lines are split alike with and without the kernel', () => {
  const random = new Random(19);
  const batch = new EventBatch();
  const split = (bytes: Uint8Array, end: number): readonly unknown[] => {
    batch.clear();
    batch.bytes = bytes;
    batch.length = 1;
    const port = putRequestLine(batch, 0, bytes, 1, end);
    const texts = [Text.method, Text.host, Text.path, Text.query, Text.detail].map((field) =>
      batch.text(0, field),
    );
    return [port, ...texts];
  };
  let byKernel = 0;
  let absolute = 0;
  for (let round = 0; round < 20_000; round++) {
    const method = random.pick([
      'GET',
      'POST',
      'get',
      'PROPFIND',
      'M-SEARCH',
      'G3T',
      '',
      'ABCDEFGHIJKLMNOPQRS',
    ]);
    const target = random.pick([
      '/',
      '/a',
      '/a b',
      '*',
      '//x',
      'http://h:81/a',
      'https://www.example.com:8443/a/b',
      'http://x',
      'https://h#f/',
      'https://',
      'http:/x',
      `http://${'h'.repeat(random.below(40))}/${'p'.repeat(random.below(40))}`,

      `/${'x'.repeat(random.below(40))}`,
    ]);
    const query = random.pick(['', '', '?', '?x=1', `?${'y'.repeat(random.below(30))}?`]);
    const version = random.pick([
      ' HTTP/1.1',
      ' HTTP/1.0',
      ' HTTP/2.0',
      ' HTTP/2',
      ' HTTP/3',
      ' HTTP/',
      '',
      ' HTTP/10.1',
    ]);
    let text = `${method} ${target}${query}${version}`;
    // One byte is another one.
    const at = random.below(text.length * 4);
    if (at < text.length)
      text = text.slice(0, at) + random.pick([' ', '?', 'x', '/', '']) + text.slice(at + 1);
    const bytes = Buffer.from(`"${text}" 404`);
    const end = random.below(6) === 0 ? random.between(1, text.length + 1) : text.length + 1;
    const plain = split(bytes, end);
    announce(bytes, 0, bytes.length);
    expect(split(bytes, end)).toEqual(plain);
    if (kernel().requestUsual(place(bytes, 1, end), 1, end)) byKernel++;
    if (plain[2] !== '') absolute++;
    forget();
  }
  // Often enough to mean something.
  expect(byKernel).toBeGreaterThan(1000);
  expect(absolute).toBeGreaterThan(1000);
});
