import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget } from '../bytes/kernel.ts';
import type { InputInfo } from '../model/format.ts';
import { Coding } from './coded-text.ts';
import { JsonRequestParts } from './json-requests.ts';
import type { JsonRequestTable } from './json-requests.ts';
import { Part } from './request-parts.ts';
import type { PartName } from './request-parts.ts';

const info: InputInfo = {
  index: 0,
  name: '-',
  modified: 0,
  zone: 'UTC',
  options: undefined,
  trustedProxies: { size: 0, has4: () => false, has6: () => false },
};

const names = (count: number, letter: string): string[] =>
  Array.from({ length: count }, (_, i) => `${letter}${i}`);

const table: JsonRequestTable = {
  time: ['t0', 't1'],
  client: names(3, 'c'),
  clientPort: ['p0'],
  host: names(18, 'h'),
  // A field may say two parts.
  server: ['h3', 's1'],
  target: names(2, 'u'),
  status: ['n0'],
  agent: names(9, 'a'),
  realIp: names(5, 'r'),
};
const keys = [...new Set(Object.values(table).flat())];
const values = [
  'x',
  '-',
  '',
  '--',
  'a\\"b',
  7,
  0,
  -1,
  1.5,
  true,
  false,
  null,
  [1],
  { x: 1 },
  '2026-11-22T00:32:11Z',
];
const json = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

test('of the names that a part may have the first that holds something counts', () => {
  const random = new Random(3);
  const record = new JsonRequestParts(info, table, ['h2', 'more']);
  for (let round = 0; round < 4000; round++) {
    const object = new Map(
      keys.filter(() => random.below(3) > 0).map((key) => [key, values[random.below(values.length)]]),
    );
    const text = `{${[...object].map(([key, value]) => `"${key}":${json(value)}`).join()}}`;
    const bytes = Buffer.from(`before\n${text}\n`);
    if (round % 2 === 0) announce(bytes, 0, bytes.length);
    const reason = record.read(bytes, 7, bytes.length - 1);
    for (const name of Object.keys(Part) as PartName[]) {
      const held = (table[name] ?? [])
        .map((key) => object.get(key))
        .find(
          (value): value is string | number =>
            typeof value === 'number' || (typeof value === 'string' && !/^-?$/.test(value)),
        );
      const part = Part[name];
      expect(record.parts.has(part)).toBe(held !== undefined);
      if (held === undefined) continue;
      const { start, end, coding } = record.parts;
      expect(bytes.toString('utf8', start[part], end[part])).toBe(`${held}`);
      expect(coding[part]).toBe(`${held}`.includes('\\') ? Coding.json : Coding.plain);
    }
    expect(reason).toBe(record.parts.has(Part.target) ? '' : 'no request in the record');
    const stamped = ['t0', 't1'].some((key) => object.get(key) === '2026-11-22T00:32:11Z');
    if (stamped) expect(record.time).not.toBeNaN();
    forget();
  }
});
