import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announce, forget } from '../bytes/kernel.ts';
import { NamedFields } from './named-fields.ts';
import {
  readCommas,
  readDelimited,
  readExtension,
  readKeyValues,
  readPairs,
  readSemicolons,
} from './paired-fields.ts';

type Pair = readonly [key: string, start: number, end: number];
type Walk = (line: string) => Pair[];
type Syntax = readonly [name: string, walk: Walk, read: Read];
type Read = (fields: NamedFields, bytes: Uint8Array, start: number, end: number) => unknown;

/*
 * The same syntaxes, one character after the other. Lines are Latin-1 here: a character is a byte.
 */

/** The first place from `from` on whose character is one of `ends`; where the line ends when there is none. */
function until(line: string, from: number, ends: string): number {
  let at = from;
  while (at < line.length && !ends.includes(line[at])) at++;
  return Math.min(at, line.length);
}

function past(line: string, from: number, blanks: string): number {
  let at = from;
  while (at < line.length && blanks.includes(line[at])) at++;
  return at;
}

function closing(line: string, from: number, mark: string): number {
  let at = from;
  while (at < line.length && line[at] !== mark) at += line[at] === '\\' ? 2 : 1;
  return Math.min(at, line.length);
}

function trimmed(line: string, from: number, to: number): number {
  let stop = to;
  while (stop > from && line[stop - 1] === ' ') stop--;
  return stop;
}

function walkQuoted(line: string, separator: string, nameless: boolean): Pair[] {
  const pairs: Pair[] = [];
  const parts = ` \t${separator}`;
  let at = 0;
  for (;;) {
    at = past(line, at, parts);
    const key = at;
    at = until(line, at, `${parts}=`);
    if (at >= line.length) return pairs;
    if (line[at] !== '=') continue;
    at++;
    if (at - 1 === key && !nameless) continue;
    const mark = line[at];
    if (mark === '"' || mark === "'") {
      const close = closing(line, at + 1, mark);
      pairs.push([line.slice(key, at - 1), at + 1, close]);
      at = close + 1;
    } else {
      const stop = until(line, at, parts);
      pairs.push([line.slice(key, at - 1), at, stop]);
      at = stop;
    }
  }
}

function walkDelimited(line: string, delimiter: string): Pair[] {
  const pairs: Pair[] = [];
  let at = 0;
  while (at < line.length) {
    const key = past(line, at, ` ${delimiter}`);
    const stop = until(line, key, delimiter);
    const sign = until(line, key, '=');
    if (sign < stop) pairs.push([line.slice(key, sign), sign + 1, trimmed(line, sign + 1, stop)]);
    at = stop + 1;
  }
  return pairs;
}

function walkExtension(line: string): Pair[] {
  const pairs: Pair[] = [];
  const keys = [...line.matchAll(/(^| )([\w.\-[\]]+)=/g)].flatMap((match) => {
    const blank = match.index + match[1].length - 1;
    const slashes = /\\*$/.exec(line.slice(0, Math.max(0, blank)))![0].length;
    return slashes % 2 === 0 ? [{ blank, key: match[2], value: match.index + match[0].length }] : [];
  });
  for (const [i, { key, value }] of keys.entries())
    pairs.push([key, value, trimmed(line, value, keys[i + 1]?.blank ?? line.length)]);
  return pairs;
}

function walkSemicolons(line: string): Pair[] {
  const pairs: Pair[] = [];
  let at = 0;
  for (;;) {
    const key = past(line, at, ' ;');
    const sign = until(line, key, ':;');
    if (sign >= line.length) return pairs;
    at = sign;
    if (line[sign] === ';') continue;
    const value = past(line, sign + 1, ' ');
    const isQuoted = line[value] === '"';
    const from = isQuoted ? value + 1 : value;
    const stop = isQuoted ? closing(line, from, '"') : until(line, from, ';');
    pairs.push([line.slice(key, sign), from, stop]);
    at = until(line, stop, ';');
  }
}

function walkCommas(line: string): Pair[] {
  const pairs: Pair[] = [];
  let at = 0;
  for (;;) {
    const key = past(line, at, ' ,');
    const sign = until(line, key, ':,');
    if (sign >= line.length) return pairs;
    at = sign;
    if (line[sign] === ',') continue;
    const value = past(line, sign + 1, ' ');
    let stop = until(line, value, ',');
    while (stop + 1 < line.length && line[stop + 1] !== ' ') stop = until(line, stop + 1, ',');
    pairs.push([line.slice(key, sign), value, stop]);
    at = stop;
  }
}

const syntaxes: readonly Syntax[] = [
  ['pairs', (line) => walkQuoted(line, ',', false), readPairs],
  ...[' ', ';', '=', 'c', '"', '\u00e9'].map((separator): Syntax => [
    `key=value by ${JSON.stringify(separator)}`,
    (line) => walkQuoted(line, separator, true),
    (fields, bytes, start, end) => readKeyValues(fields, bytes, start, end, separator.charCodeAt(0)),
  ]),
  ...['\t', '|', '^', '=', 'c', ' ', '\u00e9'].map((delimiter): Syntax => [
    `delimited by ${JSON.stringify(delimiter)}`,
    (line) => walkDelimited(line, delimiter),
    (fields, bytes, start, end) => readDelimited(fields, bytes, start, end, delimiter.charCodeAt(0)),
  ]),
  ['an extension', walkExtension, readExtension],
  ['semicolons', walkSemicolons, readSemicolons],
  ['commas', walkCommas, readCommas],
];

const names = [
  'src|SourceAddress',
  'dst',
  'a',
  'proto',
  'ICMP Type',
  'ad.x[0]',
  'msg',
  'with-dash_1',
  'x'.repeat(70),
];

/** Of each name the value that its first key has, as the plain walk finds it. */
function expected(pairs: readonly Pair[], line: string): (string | undefined)[] {
  return names.map((name) => {
    const all = name.toLowerCase().split('|');
    const pair = pairs.find(([key]) => all.includes(key.replaceAll(/[A-Z]/g, (code) => code.toLowerCase())));
    return pair && `${pair[1]}: ${line.slice(pair[1], pair[2])}`;
  });
}

function found(fields: NamedFields, line: string, from: number): (string | undefined)[] {
  return names.map((_, i) =>
    fields.has(i)
      ? `${fields.start[i] - from}: ${line.slice(fields.start[i] - from, fields.end[i] - from)}`
      : undefined,
  );
}

/** Keys that are wanted, in several ways to write them, and ones that are not. */
const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('src', 'dst', 'proto', 'msg', 'action', 'with-dash_1') },
  fc.constantFrom(
    'Src',
    'SRC',
    'sourceaddress',
    'a',
    'A',
    'ICMP Type',
    'ad.x[0]',
    'ad.X[0]',
    's',
    'srcs',
    'ds',
    '',
    'sr\u00e9',
    'a,b',
    'a|b',
    '(a',
    'x'.repeat(70),
    'y'.repeat(64),
  ),
);
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '192.0.2.7',
      '22',
      '"two words"',
      "'it'",
      '2001:db8::1',
      'a-word-of-more-than-sixteen-bytes',
      '"a value in quotes, with a comma; and more"',
    ),
  },
  fc.constantFrom(
    String.raw`"say \"b=9\" now"`,
    String.raw`a\=b`,
    String.raw`x\ src=9`,
    String.raw`x\\ src=9`,
    '"open',
    "'open",
    '=x',
    'a=b',
    'two words ',
    '"',
    '"x\\',
    'http://h/?a=b&src=c',
    '[a]',
    'a,b',
    'a\nb',
    '\\',
  ),
  fc.string({ unit: fc.constantFrom(...Array.from(' \t,;:="\'\\abc|^\n\u00e9')), maxLength: 40 }),
);
const between = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(' ', ',', '\t', ';', '|', '^', '; ', ', ') },
  fc.constantFrom('', '  ', ' word ', ' = ', ',,', '\\ ', '"', 'c', '=', '\u00e9', '\n'),
);
/** The lines of one log: they have separators and signs in common, mostly; some are cut, some have a byte changed. */
const log = fc.record({
  part: between,
  sign: fc.constantFrom('=', '=', ':', ': '),
  lines: fc.array(
    fc.record({
      pairs: fc.array(fc.record({ key, value, odd: fc.option(between, { freq: 6 }) }), { maxLength: 12 }),
      head: fc.constantFrom('', '', '<189>', ' ', 'word '),
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
      change: fc.option(
        fc.tuple(fc.nat(400), fc.constantFrom(' ', '=', ',', ';', '"', '\\', ':', 'S', 'x', '|')),
        { freq: 3 },
      ),
      again: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

function linesOf({ part, sign, lines }: typeof log extends fc.Arbitrary<infer T> ? T : never): string[] {
  let before = '';
  return lines.map(({ pairs, head, keep, change, again }) => {
    let line = head + pairs.map((pair) => `${pair.key}${sign}${pair.value}${pair.odd ?? part}`).join('');
    // The line before once more, or the beginning of one.
    if (again) line = before;
    else if (keep < 0.2) line = line.slice(0, Math.floor(line.length * keep * 5));
    if (change && change[0] < line.length)
      line = line.slice(0, change[0]) + change[1] + line.slice(change[0] + 1);
    before = line;
    return line;
  });
}

/** Reads every line with the syntax of its number: what is not as a plain walk finds it. */
function mistaken(
  fields: NamedFields,
  lines: readonly string[],
  syntaxOf: (line: number) => Syntax,
): unknown[] {
  const differing: unknown[] = [];
  const chunk = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  // As lines of a chunk, and each for itself with other bytes right around it.
  for (const held of [true, false]) {
    if (held) announce(chunk, 0, chunk.length);
    let from = 0;
    for (const [i, line] of lines.entries()) {
      const [, walk, read] = syntaxOf(i);
      const bytes = held ? chunk : Buffer.from(`=x ${line}=" src=1`, 'latin1');
      const start = held ? from : 3;
      read(fields, bytes, start, start + line.length);
      const [is, should] = [found(fields, line, start), expected(walk(line), line)];
      if (is.some((value, name) => value !== should[name])) differing.push({ line, is, should });
      from += line.length + 1;
    }
    forget();
  }
  return differing;
}

test.each(syntaxes)('%s: what a plain walk finds, whatever lines were read before', (...syntax) => {
  const fields = new NamedFields(names);
  fc.assert(
    fc.property(log, (logged) => {
      expect(mistaken(fields, linesOf(logged), () => syntax)).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('lines of several syntaxes by one reader: no key that one of them knows is mistaken in another', () => {
  const fields = new NamedFields(names);
  const some = fc.array(fc.constantFrom(...syntaxes), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(log, some, (logged, mixed) => {
      expect(mistaken(fields, linesOf(logged), (line) => mixed[line])).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('whether a line has any pair', () => {
  const fields = new NamedFields(['a']);
  const any = (line: string): boolean => readKeyValues(fields, Buffer.from(line), 0, line.length);
  expect(['', 'words only', '  ', 'a=1', '=5', 'x a='].map(any)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

test('more keys than there is room for: all are forgotten, none is mistaken', () => {
  const fields = new NamedFields(['key7', 'last']);
  for (let round = 0; round < 3; round++) {
    for (let from = 0; from < 2000; from += 50) {
      const keys = Array.from({ length: 50 }, (_, i) => `key${from + i}=${from + i}`);
      const line = Buffer.from(`${keys.join(' ')} last=${from}`);
      readPairs(fields, line, 0, line.length);
      expect([fields.has(0), fields.integer(line, 0), fields.integer(line, 1)]).toEqual([
        from === 0,
        from === 0 ? 7 : -1,
        from,
      ]);
    }
  }
  // In one line too.
  const line = Buffer.from(Array.from({ length: 3000 }, (_, i) => `KEY${i}=${i}`).join(','));
  for (let round = 0; round < 2; round++) {
    readPairs(fields, line, 0, line.length);
    expect([fields.integer(line, 0), fields.has(1)]).toEqual([7, false]);
  }
});

test('readers of the same names share where their fields are, others do not', () => {
  const one = new NamedFields(['a', 'b']);
  const other = new NamedFields(['b', 'a']);
  const line = Buffer.from('a=1 b=2');
  readPairs(one, line, 0, line.length);
  readPairs(other, line, 4, line.length);
  expect([one.integer(line, 0), one.integer(line, 1), other.integer(line, 0), other.has(1)]).toEqual([
    1,
    2,
    2,
    false,
  ]);
});
