import { expect, test } from 'vitest';
import { JsonFields } from './json-fields.ts';
import { announce, forget, kernel, place, scratchSize } from './kernel.ts';

const at = (address: number, length: number): string =>
  Buffer.from(kernel().memory.buffer, address, length).toString('latin1');

test('bytes are found at their place, in an announced chunk and outside of one', () => {
  const bytes = Buffer.from('first line\nsecond line\nthird line\n');
  const alone = place(bytes, 11, 22);
  expect(at(alone + 11, 13)).toBe('second line\n\n');
  announce(bytes, 0, bytes.length);
  const base = place(bytes, 11, 22);
  expect(base).not.toBe(alone);
  expect(at(base, bytes.length + 2)).toBe('first line\nsecond line\nthird line\n\n\n');
  // Of another chunk, and of what is outside of the announced part, there is a copy of its own.
  expect(at(place(Buffer.from('elsewhere'), 4, 9) + 4, 5)).toBe('where');
  announce(bytes, 11, 22);
  expect(at(place(bytes, 11, 22) + 11, 12)).toBe('second line\n');
  expect(at(place(bytes, 0, 10), 11)).toBe('first line\n');
  forget();
});

test('a chunk that was forgotten is copied anew: its memory may hold something else by then', () => {
  const bytes = Buffer.from('{"a":"old"}\n');
  const json = new JsonFields(['a']);
  announce(bytes, 0, bytes.length);
  json.read(bytes, 0, 11);
  expect(json.text(0)).toBe('old');
  forget();
  bytes.write('new', 6);
  expect(json.read(bytes, 0, 11)).toBe(true);
  expect([json.end[0] - json.start[0], json.text(0)]).toEqual([3, 'new']);
  bytes.write('x"}', 6);
  announce(bytes, 0, bytes.length);
  expect(json.read(bytes, 0, 9)).toBe(true);
  expect(json.text(0)).toBe('x');
  forget();
});

test('an object ends where it is said to, whatever stands behind it in the chunk', () => {
  const bytes = Buffer.from('{"a":1,"b":"x\n"}\n{"a":2}');
  const json = new JsonFields(['a', 'b']);
  for (const held of [true, false]) {
    if (held) announce(bytes, 0, bytes.length);
    expect(json.read(bytes, 0, 13)).toBe(false);
    expect(json.read(bytes, 17, 23)).toBe(false);
    expect(json.read(bytes, 17, 24)).toBe(true);
    expect(json.integer(0)).toBe(2);
    forget();
  }
});

test('what is longer than the memory for it is no object, in no chunk', () => {
  const json = new JsonFields(['a']);
  const fits = Buffer.from(`{"a":"${'x'.repeat(scratchSize - 8)}"}`);
  expect(json.read(fits, 0, fits.length)).toBe(true);
  expect(json.end[0] - json.start[0]).toBe(scratchSize - 8);
  const long = Buffer.from(`{"a":"${'x'.repeat(scratchSize)}"}`);
  expect(json.read(long, 0, long.length)).toBe(false);
  announce(long, 0, long.length);
  expect(json.read(long, 0, long.length)).toBe(true);
  // What stands behind that memory is not read on.
  const other = Buffer.from(' "b":2}');
  announce(other, 0, other.length);
  place(other, 0, 1);
  const blank = Buffer.from(`{"a":1,${' '.repeat(scratchSize)}"b":2}`);
  expect(json.read(blank, 0, blank.length)).toBe(false);
  forget();
});
