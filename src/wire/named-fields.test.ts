import { expect, test } from 'vitest';
import { LearnedWords } from '../bytes/learned-words.ts';
import { NamedFields } from './named-fields.ts';
import { readDelimited, readExtension, readPairs } from './paired-fields.ts';
import { siemNames } from './siem-event.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(names: readonly string[], line: string): Record<string, string> {
  const fields = new NamedFields(names);
  const bytes = bytesOf(line.padEnd(line.length + 64, '\n'));
  readPairs(fields, bytes, 0, line.length);
  const first = valuesOf(fields, names, line);
  // Again, now that the keys are known.
  readPairs(fields, bytes, 0, line.length);
  expect(valuesOf(fields, names, line)).toEqual(first);
  return first;
}

function valuesOf(fields: NamedFields, names: readonly string[], line: string): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name, i) => (fields.has(i) ? [[name, line.slice(fields.start[i], fields.end[i])]] : [])),
  );
}

test('every name of a long list is found, in any case, and no other word', () => {
  const all = siemNames.flatMap((text) => text.split('|'));
  const fields = new NamedFields(siemNames);
  for (const name of all) {
    const field = siemNames.findIndex((text) => text.split('|').includes(name));
    for (const written of [name, name.toUpperCase()]) {
      const bytes = bytesOf(`${written}=1234`);
      readPairs(fields, bytes, 0, bytes.length);
      expect(siemNames.map((_, i) => fields.has(i))).toEqual(siemNames.map((_, i) => i === field));
      expect([fields.start[field], fields.end[field]]).toEqual([name.length + 1, name.length + 5]);
    }
    const bytes = bytesOf(`${name}x=1`);
    readPairs(fields, bytes, 0, bytes.length);
    expect(siemNames.some((_, i) => fields.has(i) && !all.includes(`${name}x`))).toBe(false);
  }
});

test('a line forgets the one before; of a key that comes twice the first counts', () => {
  const fields = new NamedFields(['a', 'b']);
  const first = bytesOf('a=1 b=2 a=3');
  readPairs(fields, first, 0, first.length);
  expect(valuesOf(fields, ['a', 'b'], 'a=1 b=2 a=3')).toEqual({ a: '1', b: '2' });
  const second = bytesOf('b=4');
  readPairs(fields, second, 0, second.length);
  expect(valuesOf(fields, ['a', 'b'], 'b=4')).toEqual({ b: '4' });
});

test('pairs: quotes, escapes, commas, empty values, words without a sign, unclosed quotes', () => {
  const names = ['a', 'b', 'c', 'd'];
  expect(read(names, `x a="two words" b='it' c= d=4`)).toEqual({ a: 'two words', b: 'it', c: '', d: '4' });
  expect(read(names, 'a=1,b="2,3",word,c=3\td=4')).toEqual({ a: '1', b: '2,3', c: '3', d: '4' });
  expect(read(names, String.raw`a="say \"b=9\" now" b=2`)).toEqual({
    a: String.raw`say \"b=9\" now`,
    b: '2',
  });
  expect(read(names, 'a=1 =5 b==6 c="open d=4')).toEqual({ a: '1', b: '=6', c: 'open d=4' });
  expect(read(names, 'a=1 b')).toEqual({ a: '1' });
  expect(read(names, 'a="x\\')).toEqual({ a: 'x\\' });
});

test('delimited pairs keep what another delimiter would part', () => {
  const line = 'a=1 x^ b=two words ^c=http://h/?d=5^^d=4';
  const fields = new NamedFields(['a', 'b', 'c', 'd']);
  const bytes = bytesOf(line);
  readDelimited(fields, bytes, 0, bytes.length, 94);
  expect(valuesOf(fields, ['a', 'b', 'c', 'd'], line)).toEqual({
    a: '1 x',
    b: 'two words',
    c: 'http://h/?d=5',
    d: '4',
  });
});

test('an extension: values with blanks, escaped and second signs, odd keys; the same when its keys are known', () => {
  const names = ['src', 'msg', 'request', 'cs1', 'ad.x[0]'];
  const fields = new NamedFields(names);
  const readExt = (line: string): Record<string, string> => {
    const bytes = bytesOf(line.padEnd(line.length + 64, '\n'));
    readExtension(fields, bytes, 0, line.length);
    return valuesOf(fields, names, line);
  };
  const cases: [string, Record<string, string>][] = [
    [
      'src=1 msg=two words  request=http://h/?a=b&c=d cs1=',
      { src: '1', msg: 'two words', request: 'http://h/?a=b&c=d', cs1: '' },
    ],
    [String.raw`msg=a\=b src\=9 src=1`, { msg: String.raw`a\=b src\=9`, src: '1' }],
    ['ad.x[0]=5 msg=odd (key=7 src=2', { 'ad.x[0]': '5', msg: 'odd (key=7', src: '2' }],
    ['words src=3 msg==x', { src: '3', msg: '=x' }],
    ['src=4 srcx=5 msg=6', { src: '4', msg: '6' }],
    ['src=1 src=2', { src: '1' }],
    // Words are cut by the dozen: where one lot ends makes no difference.
    ...Array.from({ length: 70 }, (_, more): [string, Record<string, string>] => {
      const value = String.raw`${'x '.repeat(more)}y\ src=9`;
      return [`msg=${value} cs1=`, { msg: value, cs1: '' }];
    }),
  ];
  for (let round = 0; round < 3; round++) {
    for (const [line, values] of cases) expect(readExt(line)).toEqual(values);
  }
});

test('a delimiter that keys may hold parts them all the same', () => {
  const fields = new NamedFields(['src', 'dst']);
  const values = (line: string, delimiter: string): Record<string, string> => {
    const bytes = bytesOf(line.padEnd(line.length + 64, '\n'));
    readDelimited(fields, bytes, 0, line.length, delimiter.charCodeAt(0));
    return valuesOf(fields, ['src', 'dst'], line);
  };
  for (let round = 0; round < 2; round++) {
    expect(values('src=1^dst=2', '^')).toEqual({ src: '1', dst: '2' });
    expect(values('src=1xdst=2', 'x')).toEqual({ src: '1', dst: '2' });
    expect(values('src=1=dst=2', '=')).toEqual({});
    expect(values('src=1sdst=2', 's')).toEqual({});
  }
});

test('numbers, ports and addresses are the same when they are read with the line as when they are read by themselves', () => {
  const words = new Uint32Array(4);
  const values = [
    '0',
    '7',
    '22',
    '65535',
    '65536',
    '99999',
    '123456',
    '4294967296',
    '123456789012345',
    '9007199254740991',
    '9007199254740993',
    '12345678901234567890',
    '00022',
    '000022',
    '',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '2 2',
    'a',
    '12345678a',
    '192.0.2.7',
    '0.0.0.0',
    '255.255.255.255',
    '1.2.3.4',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    '1..2.3',
    '01.002.3.4',
    '1.2.3.4 ',
    '0001.2.3.4',
    '2001:db8::1',
    '::',
    '[2001:db8::1]',
    '[192.0.2.7]',
    '::ffff:192.0.2.7',
    '::ffff:0.0.0.0',
  ];
  const asked: Record<string, (fields: NamedFields, line: Uint8Array) => unknown> = {
    integer: (fields, line) => fields.integer(line, 0),
    port: (fields, line) => fields.port(line, 0),
    address: (fields, line) => (fields.address(line, 0, words) ? words.join() : 'none'),
    meaning: (fields, line) => fields.meaning(line, 0, lengths),
  };
  for (const [what, ask] of Object.entries(asked)) {
    // A name of its own, for readers of the same names share what is read with the line.
    const anew = values.map((value, i) => {
      const line = bytesOf(`${what}${i}="${value}"`);
      const fields = new NamedFields([`${what}${i}`]);
      readPairs(fields, line, 0, line.length);
      return ask(fields, line);
    });
    const again = new NamedFields([what]);
    for (let round = 0; round < 2; round++) {
      const read = values.map((value) => {
        const line = bytesOf(`${what}="${value}"`);
        readPairs(again, line, 0, line.length);
        return ask(again, line);
      });
      expect(read).toEqual(anew);
    }
    // Asked for something else, it is that.
    for (const other of Object.values(asked)) {
      const line = bytesOf(`${what}=22`);
      const fields = new NamedFields([`other-${what}`]);
      readPairs(again, line, 0, line.length);
      const plain = bytesOf(`other-${what}=22`);
      readPairs(fields, plain, 0, plain.length);
      expect(other(again, line)).toBe(other(fields, plain));
    }
  }
});

const lengths = new LearnedWords((_bytes, start, end) => end - start);

test('what a value stands for is found out once, of as many as are kept; two meanings of one field are kept apart', () => {
  let asked = 0;
  const sums = new LearnedWords((bytes, start, end) => {
    asked++;
    return bytes.subarray(start, end).reduce((sum, code) => sum + code, 0);
  });
  const fields = new NamedFields(['value']);
  const words = Array.from({ length: 60 }, (_, i) => `word-${i}`);
  const all = [...words, 'word', 'Word-1', 'longer than sixteen', 'sixteen letters!', '', 'word-1'];
  for (let round = 0; round < 3; round++) {
    for (const word of all) {
      const line = bytesOf(`value="${word}"`);
      readPairs(fields, line, 0, line.length);
      const sum = Buffer.from(word).reduce((total, code) => total + code, 0);
      expect(fields.meaning(line, 0, sums)).toBe(sum);
      expect(fields.meaning(line, 0, sums)).toBe(sum);
    }
  }
  // The first forty were asked for once or, the very first, until the kernel looked for them; the rest each time.
  const kept = 40;
  expect(asked).toBeLessThan(kept + 10 + 3 * 2 * (all.length - kept));
  expect(asked).toBeGreaterThanOrEqual(all.length);
  const line = bytesOf('value="word-1"');
  readPairs(fields, line, 0, line.length);
  expect(fields.meaning(line, 0, lengths)).toBe(6);
  expect(fields.meaning(line, 0, lengths)).toBe(6);
  expect(fields.meaning(line, 0, sums)).toBe(sums.of(line, 7, 13));
  const none = bytesOf('other=1');
  readPairs(fields, none, 0, none.length);
  expect(fields.meaning(none, 0, sums)).toBe(-1);
});
