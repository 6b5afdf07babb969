import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { address } from './addresses.ts';
import { decimal } from './numbers.ts';
import { Json, JsonFields } from './json-fields.ts';

const names = [
  'a',
  'ab',
  'abc',
  'src_ip',
  'src_port',
  'dest_ip',
  'event_type',
  'é',
  'q"\\',
  'long'.repeat(20),
];
const paths = [
  'a',
  'ab',
  'src_ip',
  'src_port',
  'é',
  'long'.repeat(20),
  'event_type/a',
  'event_type/src_ip',
  'event_type/abc/a',
  'abc/[0]/a',
  'abc/[0]/[0]',
  'dest_ip',
  'dest_ip/a',
];

/** An object as text: blanks and the order of its keys are part of it. */
function randomObject(random: Random, depth: number): string {
  const blank = random.below(3) === 0 ? ' ' : '';
  const keys = shuffled(random, names).slice(0, random.below(names.length + 1));
  const members = keys.map(
    (key) => `${JSON.stringify(key)}${blank}:${blank}${randomValue(random, depth - 1)}`,
  );
  return `{${blank}${members.join(`${blank},${blank}`)}${blank}}`;
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  // Mostly in order, as programs write.
  if (random.below(4) > 0) return list.filter(() => random.below(3) > 0);
  return list
    .map((item) => ({ item, key: random.below(1000) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function randomValue(random: Random, depth: number): string {
  switch (random.below(depth > 0 ? 9 : 6)) {
    case 0:
      return String(random.below(100_000));
    case 1:
      return random.pick(['true', 'false', 'null', '-1.5e3', '0.25', '-7']);
    case 2:
      return JSON.stringify(random.pick(['', 'x', '{"a":1}', '",', '\\"', 'tab\t', 'ü€😀', '\u0001']));
    case 3:
    case 4:
    case 5:
      return JSON.stringify('abcdefghijklmnopqrstuvwxyz'.slice(0, random.below(27)));
    case 6:
      return `[${Array.from({ length: random.below(3) }, () => randomValue(random, depth - 1)).join(',')}]`;
    default:
      return randomObject(random, depth);
  }
}

function valueAt(object: unknown, path: string): unknown {
  let at = object;
  for (const step of path.split('/')) {
    if (step === '[0]') at = Array.isArray(at) ? (at as unknown[])[0] : undefined;
    else {
      const isObject = typeof at === 'object' && at !== null && !Array.isArray(at);
      at = isObject ? (at as Record<string, unknown>)[step] : undefined;
    }
  }
  return at;
}

function valueOf(json: JsonFields, field: number): unknown {
  switch (json.kind[field]) {
    case Json.absent:
      return undefined;
    case Json.string:
    case Json.escaped:
      return json.text(field);
    default:
      return JSON.parse(json.text(field));
  }
}

test('keys in any order, in any place, are read as JSON.parse reads them', () => {
  const random = new Random(11);
  const json = new JsonFields(paths);
  let found = 0;
  for (let round = 0; round < 3000; round++) {
    const text = randomObject(random, 4);
    // What stands in front of the object and behind it must not matter.
    const bytes = Buffer.from(`"x":{${text}\n"}]`);
    const end = bytes.length - 4;
    expect(json.read(bytes, 5, end)).toBe(true);
    const parsed: unknown = JSON.parse(text);
    for (const [field, path] of paths.entries()) {
      const value = valueOf(json, field);
      expect(value).toEqual(valueAt(parsed, path));
      if (value !== undefined) found++;
    }
    // Cut anywhere it is no object any more.
    expect(json.read(bytes, 5, 5 + random.below(end - 5))).toBe(false);
  }
  expect(found).toBeGreaterThan(5000);
});

test('more keys than are remembered, made up anew in every line, hide nothing', () => {
  const random = new Random(12);
  const json = new JsonFields(['a', 'headers/host', 'headers/agent/[0]', 'z']);
  for (let line = 0; line < 200; line++) {
    const made = (): string =>
      Array.from({ length: 30 }, () => `"x${random.below(1e6)}":${random.below(9)},`).join('');
    const text = `{"a":1,${made()}"headers":{${made()}"host":"h${line}",${made()}"agent":["c",2]},"z":${line}}`;
    const bytes = Buffer.from(text);
    expect(json.read(bytes, 0, bytes.length)).toBe(true);
    expect([0, 1, 2, 3].map((field) => json.text(field))).toEqual(['1', `h${line}`, 'c', String(line)]);
  }
});

test('a key means what it means in the object that it stands in', () => {
  const json = new JsonFields(['name', 'dns/name', 'dns/inner/name']);
  const lines = [
    '{"name":1,"dns":{"name":2,"inner":{"name":3}}}',
    '{"x":{"name":9},"name":1,"dns":{"x":{"name":9},"name":2,"inner":{"x":[{"name":9}],"name":3}}}',
    '{"dns":{"inner":{"name":3},"name":2},"name":1}',
  ];
  for (const line of [...lines, ...lines]) {
    const bytes = Buffer.from(line);
    expect(json.read(bytes, 0, bytes.length)).toBe(true);
    expect([0, 1, 2].map((field) => json.text(field))).toEqual(['1', '2', '3']);
  }
});

test('an object is read up to its own end, and refused where its brackets do not match', () => {
  const json = new JsonFields(['a']);
  const bytes = Buffer.from('{"a":{"b":[1,"]"]}} {"a":2}');
  expect(json.readFrom(bytes, 0, bytes.length)).toBe(19);
  expect(json.readFrom(bytes, 20, bytes.length)).toBe(bytes.length);
  expect(json.integer(0)).toBe(2);
  for (const text of ['{"a":[1}}', '{"a":{"b":1]}', '{"b":[[1]}', '{"b":{"a":[}]}}', '{"b":"x\n"}']) {
    expect(json.readFrom(Buffer.from(text), 0, text.length)).toBe(-1);
  }
});

test('integers and addresses are the same when they are read with the object as when they are read by themselves', () => {
  const random = new Random(14);
  const values =
    '1 22 "22" -1 1.5 1e3 123456789012345 1234567890123456 "12a" "" null true "192.0.2.7" "0.0.0.0" "256.1.1.1" "1.2.3" "01.002.3.4" "2001:db8::1" "[2001:db8::1]" "::ffff:192.0.2.7" "192.0.2\\u002e7" [22] {"a":22} "0022" 0022'.split(
      ' ',
    );
  const words = new Uint32Array(4);
  const known = new JsonFields(['known', 'known', 'last']);
  for (let round = 0; round < 4000; round++) {
    const value = values[random.below(values.length)];
    const before = random.below(4) === 0 ? '"known":1,' : '';
    const text = `{${before}${random.below(9) === 0 ? '' : `"known":${value},`}"last":"192.0.2.1"}`;
    const bytes = Buffer.from(text);
    expect(known.read(bytes, 0, bytes.length)).toBe(true);
    const expected = round % 500 < 250 ? plainInteger(known, bytes) : plainAddress(known, bytes);
    const ask = (field: number): unknown =>
      round % 500 < 250 ? known.integer(field) : known.address(field, words) && words.join();
    expect(ask(0)).toEqual(expected);
    expect(ask(0)).toEqual(expected);
    // The second field of one path has what the first has.
    expect(ask(1)).toEqual(expected);
    if (round % 100 === 0) {
      expect(known.address(2, words)).toBe(true);
      expect(known.integer(2)).toBe(-1);
    }
  }
});

/** Field 0, of what stands there. */
function plainInteger({ kind, start, end }: JsonFields, bytes: Uint8Array): number {
  return kind[0] === Json.number || kind[0] === Json.string ? decimal(bytes, start[0], end[0]) : -1;
}

function plainAddress({ kind, start, end }: JsonFields, bytes: Uint8Array): unknown {
  const words = new Uint32Array(4);
  return kind[0] === Json.string && address(bytes, start[0], end[0], words) && words.join();
}
