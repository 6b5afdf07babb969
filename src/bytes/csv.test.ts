import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvFields } from './csv.ts';
import { announce, forget } from './kernel.ts';

interface Field {
  readonly start: number;
  readonly end: number;
  readonly doubled: number;
}

/** RFC 4180 one byte after the other; undefined for a quote that never closes. */
function fieldsOf(
  bytes: Buffer,
  from: number,
  to: number,
  delimiter: number,
  most: number,
): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = from; ; at++) {
    let start = at;
    let end = -1;
    let doubled = 0;
    if (at < to && bytes[at] === 34) {
      start = ++at;
      for (; at < to; at++) {
        if (bytes[at] !== 34) continue;
        if (at + 1 >= to || bytes[at + 1] !== 34) break;
        doubled = 1;
        at++;
      }
      if (at >= to) return undefined;
      end = at++;
    }
    while (at < to && bytes[at] !== delimiter) at++;
    fields.push({ start, end: end < 0 ? at : end, doubled });
    if (at >= to || fields.length >= most) return fields;
  }
}

/** Splits the text, in an announced chunk or outside of one; bytes in front of it and behind it are not of the line. */
function expectSame(
  csv: CsvFields,
  capacity: number,
  text: string,
  delimiter: number,
  most: number,
  held: boolean,
) {
  const bytes = Buffer.from(`,"${text}",,"`, 'latin1');
  const to = bytes.length - 4;
  if (held) announce(bytes, 0, bytes.length);
  const count = csv.split(bytes, 2, to, delimiter, most);
  forget();
  const fields = fieldsOf(bytes, 2, to, delimiter, most);
  const kept = fields?.slice(0, capacity) ?? [];
  expect(count).toBe(kept.length);
  expect(csv.count).toBe(count);
  const found = kept.map((_, i) => ({ start: csv.start[i], end: csv.end[i], doubled: csv.doubled[i] }));
  expect(found).toEqual(kept);
}

test('splits where RFC 4180 does, lines of every length, in a chunk and outside of one', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.stringMatching(/^[,"x\u00ac\n-]{0,80}$/),
        // Mostly well-formed, so that what stands behind the first quotes matters.
        fc
          .array(fc.oneof(fc.stringMatching(/^[x; ]{0,20}$/), fc.stringMatching(/^"([x,]|"")*"x?$/)), {
            maxLength: 20,
          })
          .map((fields) => fields.join(',')),
      ),
      fc.constantFrom(1, 2, 5, 64, 256),
      fc.oneof(fc.constant(1 << 30), fc.integer({ min: 1, max: 12 })),
      fc.constantFrom(44, 34, 59, 0xac),
      fc.boolean(),
      (text, capacity, most, delimiter, held) => {
        expectSame(new CsvFields(capacity), capacity, text, delimiter, most, held);
      },
    ),
    { numRuns: 5000 },
  );
});

test('fields that are not kept are looked at all the same: one of them may never close', () => {
  const csv = new CsvFields(2);
  for (const held of [true, false]) {
    expectSame(csv, 2, 'a,b,c,d', 44, 1 << 30, held);
    expectSame(csv, 2, 'a,b,c,"d', 44, 1 << 30, held);
    expectSame(csv, 2, 'a,b,c,"d', 44, 3, held);
  }
  expect(() => new CsvFields(258)).toThrow(RangeError);
});

test('what was doubled in one line is not in the next', () => {
  const csv = new CsvFields();
  for (const text of ['"a""b","c""d"', 'a,b', '"a","b"', '"a""b', 'a,b'])
    expectSame(csv, 128, text, 44, 128, true);
});
