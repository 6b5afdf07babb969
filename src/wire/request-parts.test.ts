import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget } from '../bytes/kernel.ts';
import { EventBatch, textNames } from '../model/event.ts';
import type { InputInfo } from '../model/format.ts';
import { Coding } from './coded-text.ts';
import { Part, RequestParts } from './request-parts.ts';
import type { PartName } from './request-parts.ts';

const info: Pick<InputInfo, 'trustedProxies'> = {
  trustedProxies: { size: 1, has4: (address) => address >>> 16 === 0xc000, has6: () => false },
};
const addresses = [
  '192.0.2.7',
  '198.51.100.8',
  '198.51.100.8:443',
  '[2001:db8::7]:8080',
  '2001:db8::7',
  '2001:db8::7:443',
  '::ffff:192.0.2.9',
  '2001:db8::1%eth0',
  'localhost',
];
const targets = [
  '/',
  '/a?x=1',
  '/a?x=1?y',
  '*',
  'http://h:81/a',
  'https://www.example.com:8443/a?b',
  'http://x',
  'https://h#f/',
  'https://',
  'h',
  'www.example.com:443',
  `/${'p'.repeat(40)}?${'q'.repeat(20)}`,
];
const values: Readonly<Record<PartName, readonly string[]>> = {
  client: addresses,
  clientPort: ['1', '65535', '65536', '070000', '00080'],
  server: addresses,
  serverPort: ['443', 'x', '8443', '9'.repeat(5)],
  host: [
    'www.example.com',
    'h:8080',
    'h:',
    'h:9090',
    'h:80800',
    '[2001:db8::1]:81',
    '[2001:db8::1]',
    '12345',
    ':1',
  ],
  method: ['GET', 'PROPFIND'],
  target: targets,
  path: ['/x'],
  query: ['?a=b', 'c'],
  request: [...targets, ...targets.map((target) => `GET ${target} HTTP/1.1`), '\u0016\u0003\u0001'],
  status: ['200', '0', '999', '1000', '2.0', '9'.repeat(20)],
  size: ['0', '153', '9007199254740993', '12x', '-1', '9'.repeat(15), '9'.repeat(16)],
  agent: ['curl/8.5.0'],
  referer: ['-'],
  user: ['root'],
  forwardedFor: ['203.0.113.9', '192.0.2.1, 203.0.113.4'],
  forwarded: ['for=203.0.113.5'],
  realIp: ['203.0.113.6'],
  appendedFor: ['203.0.113.7'],
};
const names = Object.keys(Part) as PartName[];

test('a request is the same, read at once by the kernel or part by part', () => {
  const random = new Random(23);
  const batch = EventBatch.ofRows(8);
  let put = 0;
  for (let round = 0; round < 20_000; round++) {
    const chosen = names.filter((name) => random.below(name === 'client' ? 20 : 3) > 0);
    const texts = chosen.map((name) => {
      const text = random.pick(values[name]);
      const at = random.below(text.length * 8);
      // One byte is another one.
      return at < text.length
        ? text.slice(0, at) + random.pick([' ', '?', 'x', '/', ':', '-', '']) + text.slice(at + 1)
        : text;
    });
    const coded = random.below(4) === 0 ? random.pick(names) : undefined;
    const coding = random.pick([Coding.json, Coding.plus, Coding.percent, Coding.portBehind]);
    const bytes = Buffer.from(`"${texts.join('" "')}"`, 'latin1');
    const read = (): unknown => {
      batch.clear();
      batch.bytes = bytes;
      const parts = new RequestParts(info);
      if (coded !== undefined) parts.coding[Part[coded]] = coding;
      parts.clear();
      let at = 1;
      for (const [i, name] of chosen.entries()) {
        parts.set(Part[name], at, at + texts[i].length, bytes);
        at += texts[i].length + 3;
      }
      const reason = parts.put(batch, bytes, 1);
      if (reason !== '') return [reason, batch.length];
      const { source, target, sourcePort, targetPort, flags, size, status, wide, wideLength } = batch;
      return [
        [source[0], target[0], sourcePort[0], targetPort[0], flags[0], size[0], status[0]],
        [...wide.subarray(0, 4 * wideLength)],
        textNames.map((_, field) => batch.text(0, field)),
      ];
    };
    const plain = read();
    announce(bytes, 0, bytes.length);
    expect(read()).toEqual(plain);
    forget();
    if (batch.length > 0) put++;
  }
  expect(put).toBeGreaterThan(10_000);
});
