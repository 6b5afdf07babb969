import { expect, test } from 'vitest';
import { EventBatch, EventKind } from '../model/event.ts';
import type { Format, InputInfo } from '../model/format.ts';
import { InputCounters, InputReader, lineLimit } from './input-reader.ts';
import { recognise } from './recognise.ts';

/** A toy format: lines 'LETTER number' are events of status `number`. */
function letterFormat(name: string, letter: string): Format {
  const code = letter.charCodeAt(0);
  return {
    name,
    title: name,
    lateness: 10,
    yields: ['contact'],
    blindness: [],
    sample: `${letter} 1`,
    recognise: ({ lines }) => (lines.length > 0 && lines.every((line) => line.startsWith(letter)) ? 1 : 0),
    lines: () => ({
      line(batch: EventBatch, bytes: Uint8Array, start: number, end: number): string {
        if (start === end) return '';
        if (bytes[start] !== code) return `not ${name}`;
        const row = batch.length++;
        batch.kind[row] = EventKind.contact;
        batch.status[row] = Number(Buffer.from(bytes.subarray(start + 2, end)).toString());
        return '';
      },
    }),
  };
}

const a = letterFormat('a', 'A');
const b = letterFormat('b', 'B');
const info: InputInfo = {
  index: 3,
  name: 'x',
  modified: 0,
  zone: 'UTC',
  options: undefined,
  trustedProxies: { size: 0, has4: () => false, has6: () => false },
};

interface Seen {
  readonly rows: { status: number; record: number; raw: string; input: number }[];
  readonly counters: InputCounters;
  readonly batches: number;
}

/** Feeds `text` in pieces of `size` bytes, carrying the rest as the engine does. */
function readAll(text: string | Uint8Array, size: number, others: readonly Format[] = []): Seen {
  const all = typeof text === 'string' ? Buffer.from(text) : text;
  const counters = new InputCounters();
  const rows: Seen['rows'] = [];
  let batches = 0;
  const reader = new InputReader(a, info, {
    take: () => new EventBatch(),
    emit(batch) {
      batches++;
      for (let row = 0; row < batch.length; row++) {
        rows.push({
          status: batch.status[row],
          record: batch.record[row],
          raw: batch.raw(row),
          input: batch.input,
        });
      }
    },
    counters,
    others,
  });
  let rest: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < all.length || at === 0; at += size) {
    const last = at + size >= all.length;
    const bytes = Buffer.concat([rest, all.subarray(at, at + size)]);
    rest = bytes.subarray(reader.feed(bytes, 0, bytes.length, last));
  }
  expect(rest).toHaveLength(0);
  return { rows, counters, batches };
}

test('lines are the same however the bytes are cut; CRLF, BOM and a missing last newline are fine', () => {
  const text = '\uFEFFA 1\r\nA 2\n\nA 3';
  const whole = readAll(text, 1000);
  expect(whole.rows).toEqual([
    { status: 1, record: 1, raw: 'A 1', input: 3 },
    { status: 2, record: 2, raw: 'A 2', input: 3 },
    { status: 3, record: 4, raw: 'A 3', input: 3 },
  ]);
  expect(whole.counters.records).toBe(4);
  expect(whole.counters.bytes).toBe(Buffer.byteLength(text));
  for (const size of [1, 2, 3, 7]) {
    const cut = readAll(text, size);
    expect(cut.rows).toEqual(whole.rows);
    expect(cut.counters).toEqual(whole.counters);
  }
});

test('more rows than a batch holds', () => {
  const { rows, batches } = readAll('A 7\n'.repeat(40_000), 1 << 20);
  expect(rows).toHaveLength(40_000);
  expect(rows[39_999].record).toBe(40_000);
  expect(batches).toBe(3);
});

test('skipped lines are counted by reason, the first three kept', () => {
  const { counters } = readAll(`${'x\n'.repeat(5)}A 1\n${'y'.repeat(500)}\n`, 16);
  expect(counters.skipped).toBe(6);
  expect(counters.reasons.get('not a')?.count).toBe(6);
  expect(counters.reasons.get('not a')?.examples).toEqual([1, 2, 3].map((record) => ({ record, text: 'x' })));
});

test('a line past 1 MiB is passed over without being kept, at its start, middle and end', () => {
  const long = 'z'.repeat(lineLimit + 5);
  for (const text of [`A 1\n${long}\nA 2\n`, `${long}\nA 1\nA 2`, `A 1\nA 2\n${long}`]) {
    const { rows, counters } = readAll(text, 1 << 16);
    expect(rows.map(({ status }) => status)).toEqual([1, 2]);
    expect(counters.reasons.get('line longer than 1 MiB')?.count).toBe(1);
    expect(counters.records).toBe(3);
  }
});

test('lines of another format of the run are read by it, strangers stay counted', () => {
  const { rows, counters } = readAll('A 1\nB 2\nC 9\nB 3\nA 4\n', 1000, [a, b]);
  expect(rows.map(({ status, record, raw }) => [status, record, raw])).toEqual([
    [1, 1, 'A 1'],
    [2, 2, 'B 2'],
    [3, 4, 'B 3'],
    [4, 5, 'A 4'],
  ]);
  expect(counters.guests.get('b')).toBe(2);
  expect(counters.reasons.get('not a')?.count).toBe(1);
});

test('UTF-16 is refused with a word', () => {
  const { rows, counters } = readAll(Buffer.from('\uFEFFA 1\nA 2\n', 'utf16le'), 1000);
  expect(rows).toEqual([]);
  expect([...counters.notes.keys()]).toEqual(['the text is UTF-16: convert it to UTF-8']);
  expect(readAll(Buffer.from('A 1\nA 2\nA 3\n', 'utf16le'), 1000).counters.notes.size).toBe(1);
});

test('recognition takes the best, says when it is unsure, and knows when nothing fits', () => {
  const formats = [a, b, { ...letterFormat('c', 'A'), name: 'c' }];
  expect(recognise(Buffer.from('B 1\nB 2\n'), 'x', formats)).toMatchObject({ format: b, sure: true });
  expect(recognise(Buffer.from('A 1\n'), 'x', formats)).toMatchObject({
    format: a,
    sure: false,
    alternatives: ['c'],
  });
  expect(recognise(Buffer.from('Q\n'), 'x', formats).format).toBeUndefined();
  expect(recognise(new Uint8Array(0), 'x', formats).format).toBeUndefined();
});
