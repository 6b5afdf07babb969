import { expect, test } from 'vitest';
import { EventBatch } from '../model/event.ts';
import { AzureTuples } from './azure-tuples.ts';

interface Found {
  readonly tuples: string[];
  readonly skipped: string[];
  readonly notes: string[];
  /** Bytes that had to be given again, at most. */
  readonly most: number;
}

function found(text: string, piece: number): Found {
  const bytes = new TextEncoder().encode(text);
  const tuples: string[] = [];
  const skipped: string[] = [];
  const notes: string[] = [];
  const reader = new AzureTuples(
    (_sink, _record, from, start, end) => {
      tuples.push(new TextDecoder().decode(from.subarray(start, end)));
      return '';
    },
    () => undefined,
  );
  const sink = {
    room: () => new EventBatch(),
    skip: (reason: string, record: number) => skipped.push(`${record} ${reason}`),
    note: (reason: string) => notes.push(reason),
  };
  let rest = new Uint8Array(0);
  let most = 0;
  for (let at = 0; at < bytes.length; at += piece) {
    const chunk = new Uint8Array(Buffer.concat([rest, bytes.subarray(at, at + piece)]));
    rest = chunk.slice(reader.read(sink, chunk, 0, chunk.length, at + piece >= bytes.length));
    most = Math.max(most, rest.length);
  }
  expect(rest.length).toBe(0);
  return { tuples, skipped, notes, most };
}

const document = (tuples: readonly string[]): string =>
  JSON.stringify({
    records: [{ rule: 'flowTuples', flowTuples: tuples, other: ['x'], flows: [{ flowTuples: [] }] }],
  });

test('of a document of any size no more is kept than a string', () => {
  const tuples = Array.from(
    { length: 20_000 },
    (_, i) => `1767323040250,192.0.2.7,198.51.100.4,61000,${i},6,I,D,NX,0,0,0,0`,
  );
  const { tuples: seen, most, notes } = found(document(tuples), 5000);
  expect(seen).toEqual(tuples);
  expect(most).toBeLessThan(100);
  expect(notes).toEqual([]);
});

test.each([1, 7, 1000])(
  'only strings of flowTuples, whatever else is called so; pieces of %i bytes',
  (piece) => {
    const text = `${document(['a', 'b'])}\n{"flowTuples":"c","x":{"flowTuples" : [ "d\\"" , "e",]},"y":["f"]}`;
    expect(found(text, piece)).toMatchObject({ tuples: ['a', 'b', 'd\\"', 'e'], skipped: [], notes: [] });
  },
);

test.each([50_000, 1 << 20])('a string of a megabyte is passed over; pieces of %i bytes', (piece) => {
  const text = `{"rule":"${'x'.repeat(1 << 20)}","flowTuples":["a"]}`;
  const { tuples, most } = found(text, piece);
  expect(tuples).toEqual(['a']);
  expect(most).toBeLessThanOrEqual(65_536 + 1);
});

test('a line break in a string is damage, and the next line is read', () => {
  expect(found('{"flowTuples":["a","b\n{"flowTuples":["c"]}\n{"flowTuples":["d"', 9)).toMatchObject({
    tuples: ['a', 'c', 'd'],
    skipped: ['2 a string that is never closed'],
    notes: ['the document ends before it is closed'],
  });
});
