import fc from 'fast-check';
import { expect, test } from 'vitest';
import { address } from './addresses.ts';
import { As, Cells } from './cells.ts';
import { announce, forget } from './kernel.ts';
import { decimal } from './numbers.ts';
import { readEpoch } from './times.ts';

const letters = Uint16Array.from({ length: 256 }, (_, code) =>
  code >= 65 && code < 75 ? 1 << (code - 65) : 0,
);

const value = fc.oneof(
  fc.constantFrom('', '-', '0', '00', '256.1.1.1', '1.2.3', '1.2.3.4.5', '1..2.3', '1.2.3.4 ', '1.2.3.1000'),
  fc.tuple(fc.nat(300), fc.nat(255), fc.nat(255), fc.nat(260)).map((octets) => octets.join('.')),
  fc.ipV6(),
  fc.maxSafeNat().map(String),
  fc.nat(70_000).map(String),
  fc.stringMatching(/^[0-9]{1,18}$/),
  fc.stringMatching(/^[0-9./:;-]{1,17}$/),
  fc.stringMatching(/^1[0-9]{9}\.[0-9]{5,7}$/),
  fc.stringMatching(/^[A-L]{0,40}$/),
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\t', ' ')),
);

/** As the columns would be read one by one. */
function plainly(columns: readonly string[], column: number, as: number): unknown {
  const text = columns[column];
  if (text === undefined) return 'nothing';
  const bytes = Buffer.from(text, 'latin1');
  const words = new Uint32Array(4);
  if (as === As.address) {
    const isAddress = !text.includes(':') && address(bytes, 0, bytes.length, words);
    return isAddress ? [...words] : text;
  }
  if (as === As.integer) return bytes.length > 15 ? -1 : decimal(bytes, 0, bytes.length);
  if (as === As.stamp) return /^\d{10}\.\d{6}$/.test(text) ? exactEpoch(bytes) : Number.NaN;
  if (as === As.letters) return bytes.reduce((bits, code) => bits | letters[code], 0);
  return text;
}

/** readEpoch takes a leading zero for another unit. */
function exactEpoch(bytes: Buffer): number {
  const text = bytes.toString();
  return text.startsWith('0') ? Number(text.replace('.', '')) : readEpoch(bytes, 0, bytes.length);
}

test('columns are read as they would be one by one', () => {
  const plan = fc.array(fc.record({ column: fc.integer({ min: -1, max: 24 }), as: fc.nat(4) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      plan,
      fc.array(fc.array(value, { minLength: 1, maxLength: 24 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (plan, lines, held) => {
        const cells = new Cells(plan, letters);
        const bytes = Buffer.from(lines.map((columns) => columns.join('\t')).join('\n'), 'latin1');
        if (held) announce(bytes, 0, bytes.length);
        const most = Math.max(0, ...plan.map(({ column }) => column + 1));
        let start = 0;
        for (const columns of lines) {
          const end = start + columns.join('\t').length;
          expect(cells.read(bytes, start, end, 9)).toBe(Math.min(columns.length, most));
          const got = plan.map(({ column, as }, field) => {
            const text = bytes.toString('latin1', cells.start[field], cells.end[field]);
            if (column < 0 || column >= columns.length) return text === '' ? 'nothing' : text;
            expect(text).toBe(columns[column]);
            if (as === As.text) return text;
            if (as !== As.address) return cells.number[field];
            return cells.isAddress(field) ? [...cells.addresses[field]] : text;
          });
          expect(got).toEqual(plan.map(({ column, as }) => plainly(columns, column, as)));
          start = end + 1;
        }
        forget();
      },
    ),
    { numRuns: 2000 },
  );
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
