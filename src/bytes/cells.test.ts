import fc from 'fast-check';
import { expect, test } from 'vitest';
import { address } from './addresses.ts';
import { As, Cells, CellWords, Trim, Way } from './cells.ts';
import { CsvFields } from './csv.ts';
import { announce, forget } from './kernel.ts';
import { cursor, decimal, fraction, port } from './numbers.ts';
import { IsoTimes, readEpoch } from './times.ts';
import { Words } from './words.ts';
import { Zone } from './zone.ts';

const letters = Uint16Array.from({ length: 256 }, (_, code) =>
  code >= 65 && code < 75 ? 1 << (code - 65) : 0,
);
const known = ['tcp', 'UDP', 'a', 'ABcd', 'info-events-lost', 'INFO-EVENTS-LOST', 'icmpv6', 'aa', 'b'];
const asWritten = new CellWords(known.map((word, i) => [word, i + 1]));
const folded = new CellWords(
  [...new Set(known.map((word) => word.toLowerCase()))].map((word, i) => [word, -i]),
  true,
);

const two = fc.integer({ min: 0, max: 69 }).map((value) => String(value).padStart(2, '0'));
const value = fc.oneof(
  fc.constantFrom('', '-', '0', '00', '256.1.1.1', '1.2.3', '1.2.3.4.5', '1..2.3', '1.2.3.4 ', '1.2.3.1000'),
  fc.constantFrom(
    '::',
    '::1',
    '1::',
    ':::',
    '1:2:3:4:5:6:7:8:',
    '1:2:3:4:5:6:7::',
    '::1:2:3:4:5:6:7:8',
    '[::1]',
  ),
  fc.constantFrom('(empty)', '(empt)', '(empty', '(empty))', 'a\\x09b', '\\'),
  fc.constantFrom('::ffff:1.2.3.4', '12345::', '1::2::3', 'fe80::1%eth0', '1:2', ':1', 'FE80::ABCD', 'g::1'),
  fc.constantFrom(
    ...known,
    'tcp\0',
    '\0',
    'TCP',
    'Udp',
    'information-events',
    '........',
    'CEUAPRSF',
    '...AP.SF',
  ),
  fc.tuple(fc.nat(300), fc.nat(255), fc.nat(255), fc.nat(260)).map((octets) => octets.join('.')),
  fc.ipV6(),
  fc.array(fc.stringMatching(/^[0-9a-fA-F]{0,5}$/), { maxLength: 9 }).map((groups) => groups.join(':')),
  fc.maxSafeNat().map(String),
  fc.nat(70_000).map(String),
  fc.stringMatching(/^[0-9]{1,18}$/),
  fc.stringMatching(/^[0-9./:;-]{1,17}$/),
  fc.stringMatching(/^1[0-9]{9}\.[0-9]{5,7}$/),
  fc.stringMatching(/^[0-9]{9,11}(\.[0-9]{0,11})?$/),
  fc.stringMatching(/^[0-9]{0,9}(\.[0-9]{0,8})?$/),
  fc.stringMatching(
    /^20[0-2][0-9]([-/])[01][0-9]([-/])[0-3][0-9][ Tx][0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.,][0-9]{0,7})?(Z|\+01:00|x)?$/,
  ),
  fc.stringMatching(/^20[0-2][0-9]-[01][0-9]-[0-3][0-9]x?$/),
  fc.tuple(two, two, two).map((parts) => parts.join(':')),
  fc.stringMatching(/^[A-L]{0,40}$/),
  fc.stringMatching(/^[.CEUAPRSF]{6,9}$/),
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\t', ' ')),
);

const iso = new IsoTimes(new Zone('UTC'));

/** As the columns would be read one by one; undefined: the kernel may leave it to others. */
function plainly(text: string | undefined, as: number): unknown {
  if (text === undefined) return 'nothing';
  const bytes = Buffer.from(text, 'latin1');
  const { length } = bytes;
  const words = new Uint32Array(4);
  switch (as) {
    case As.address: {
      // In brackets, with a zone, with dots behind colons: another reader's.
      const usual = !/[[%]|:.*\./.test(text);
      return usual && address(bytes, 0, length, words) ? [...words] : text;
    }
    case As.integer:
      return length > 15 ? -1 : decimal(bytes, 0, length);
    case As.port:
      return port(bytes, 0, length);
    case As.stamp:
      return /^\d{10}\.\d{6}$/.test(text) ? exactEpoch(bytes) : Number.NaN;
    case As.epoch:
      return /^[1-9]\d{9}(\.\d{1,9})?$/.test(text) ? readEpoch(bytes, 0, length) : Number.NaN;
    case As.micros:
      return /^\d{1,7}(\.\d{1,6})?$/.test(text) ? Math.round(fraction(bytes, 0, length) * 1e6) : Number.NaN;
    case As.date: {
      const micros = /^\d{4}([-/])\d\d\1/.test(text) ? iso.readAnyDate(bytes, 0, length) : Number.NaN;
      return cursor.at === length ? micros : Number.NaN;
    }
    case As.day: {
      const day = Buffer.from(`${text} 00:00:00`, 'latin1');
      return length === 10 ? iso.read(day, 0, day.length) : Number.NaN;
    }
    case As.clock: {
      const day = Buffer.from(`1970-01-01 ${text}`, 'latin1');
      return length === 8 ? iso.read(day, 0, day.length) : Number.NaN;
    }
    case As.word:
      return known.includes(text) ? known.indexOf(text) + 1 : Number.NaN;
    case As.places:
      return /^[C.][E.][U.][A.][P.][R.][S.][F.]$/.test(text)
        ? Number.parseInt(text.replaceAll(/[^.]/g, '1').replaceAll('.', '0'), 2)
        : -1;
    case As.zeek:
      if (['', '-', '(empty)'].includes(text)) return 'nothing';
      return { text, escaped: text.includes('\\') };
    case As.part:
      return text === '' || text === '-' ? 'nothing' : text;
    case As.letters:
      return bytes.reduce((bits, code) => bits | letters[code], 0);
    default:
      return text;
  }
}

/** readEpoch takes a leading zero for another unit. */
function exactEpoch(bytes: Buffer): number {
  const text = bytes.toString();
  return text.startsWith('0') ? Number(text.replace('.', '')) : readEpoch(bytes, 0, bytes.length);
}

const columnPlan = fc.array(
  fc.record({ column: fc.integer({ min: -1, max: 24 }), as: fc.constantFrom(...Object.values(As)) }),
  { minLength: 1, maxLength: 12 },
);

/** What the cells made of a field. */
function made(cells: Cells, field: number, as: number, bytes: Buffer): unknown {
  const text = bytes.toString('latin1', cells.start[field], cells.end[field]);
  expect((cells.shown >>> field) & 1).toBe(cells.has(field) ? 1 : 0);
  if (!cells.has(field)) return text === '' || as === As.zeek || as === As.part ? 'nothing' : text;
  if (as === As.zeek) return { text, escaped: cells.kind[field] === 2 };
  if (as === As.text || as === As.part) return text;
  if (as !== As.address) return cells.number[field];
  return cells.isAddress(field) ? [...cells.addresses[field]] : text;
}

test('columns are read as they would be one by one', () => {
  fc.assert(
    fc.property(
      columnPlan,
      fc.array(fc.array(value, { minLength: 1, maxLength: 24 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (plan, lines, held) => {
        const cells = new Cells(
          plan.map((cell) => ({ ...cell, words: asWritten })),
          { letters },
        );
        const bytes = Buffer.from(lines.map((columns) => columns.join('\t')).join('\n'), 'latin1');
        if (held) announce(bytes, 0, bytes.length);
        const most = Math.max(1, ...plan.map(({ column }) => column + 1));
        let start = 0;
        for (const columns of lines) {
          const end = start + columns.join('\t').length;
          expect(cells.read(bytes, start, end, 9)).toBe(Math.min(columns.length, most));
          const got = plan.map(({ as }, field) => made(cells, field, as, bytes));
          expect(got).toEqual(plan.map(({ column, as }) => plainly(columns[column], as)));
          start = end + 1;
        }
        forget();
      },
    ),
    { numRuns: 3000 },
  );
});

test('quoted columns, and words, are those that others find', () => {
  const csvFields = new CsvFields(200);
  const words = new Words(200);
  const text = fc.array(fc.oneof(value, fc.constantFrom('"', '""', ',', '  ', '"a,b"')), { maxLength: 12 });
  fc.assert(
    fc.property(
      // Zeek quotes nothing.
      columnPlan.map((plan) => plan.filter(({ as }) => as !== As.zeek)),
      text,
      fc.constantFrom(...Object.values(Trim)),
      fc.boolean(),
      (plan, parts, trim, csv) => {
        const line = Buffer.from(parts.join(csv ? ',' : ' ').replaceAll('\n', ' '), 'latin1');
        const most = 30;
        const counted = csv
          ? csvFields.split(line, 0, line.length, 44, most)
          : words.find(line, 0, line.length, most);
        const { start, end } = csv ? csvFields : words;
        const expected = plan.map(({ column, as }) => {
          if (column < 0 || column >= counted) return 'nothing';
          let found = line.toString('latin1', start[column], end[column]);
          if (trim === Trim.leading) found = found.replace(/^ +/, '');
          if (trim === Trim.both) found = found.replace(/^[ \t]+/, '').replace(/ +$/, '');
          return plainly(found, as);
        });
        const cells = new Cells(
          plan.map((cell) => ({ ...cell, words: asWritten })),
          { way: csv ? Way.csv : Way.words, trim, most, letters },
        );
        expect(cells.read(line, 0, line.length, 44)).toBe(counted);
        expect(plan.map(({ as }, field) => made(cells, field, as, line))).toEqual(expected);
      },
    ),
    { numRuns: 3000 },
  );
});

test('words of any case', () => {
  const cells = new Cells([{ column: 0, as: As.word, words: folded }]);
  for (const [text, number] of [
    ['TcP', -0],
    ['INFO-Events-lost', -4],
    ['INFO-EVENTS-LOS', Number.NaN],
    ['IN@O-EVENTS-LOST', Number.NaN],
    ['[cp', Number.NaN],
  ] as const) {
    const bytes = Buffer.from(text);
    cells.read(bytes, 0, bytes.length, 9);
    expect(cells.number[0]).toBe(number);
  }
});

test('long integers are read as well', () => {
  const cells = new Cells([{ column: 0, as: As.integer }]);
  for (const text of ['12', '9007199254740991', '9007199254740993', '000000000000000000017', 'x', '']) {
    const bytes = Buffer.from(text);
    cells.read(bytes, 0, bytes.length, 9);
    expect(cells.integer(0, bytes)).toBe(decimal(bytes, 0, bytes.length));
  }
});

test('an offset to UTC is told', () => {
  const cells = new Cells([{ column: 0, as: As.date }]);
  for (const [text, isUtc] of [
    ['2026-11-22 00:32:11', false],
    ['2026-11-22T00:32:11Z', true],
    ['2026-11-22T00:32:11.5-05:30', true],
  ] as const) {
    const bytes = Buffer.from(text);
    cells.read(bytes, 0, bytes.length, 9);
    expect(cells.isUtc(0)).toBe(isUtc);
    expect(cells.number[0]).toBe(iso.read(bytes, 0, bytes.length));
  }
});

test('another reader’s plan does not stay', () => {
  const bytes = Buffer.from('1,2,3');
  const first = new Cells([{ column: 0, as: As.integer }]);
  const second = new Cells([
    { column: 2, as: As.integer },
    { column: 1, as: As.text },
  ]);
  first.read(bytes, 0, 5, 44);
  second.read(bytes, 0, 5, 44);
  expect([second.number[0], second.start[1]]).toEqual([3, 2]);
  first.read(bytes, 0, 5, 44);
  expect(first.number[0]).toBe(1);
});
