import { expect, test } from 'vitest';
import { JsonFields } from '../bytes/json-fields.ts';
import { EventBatch } from '../model/event.ts';
import { JsonObjects } from './json-objects.ts';

/** The objects found, with what was skipped, when `text` comes in pieces of `piece` bytes. */
function found(text: string, piece: number): { objects: string[]; skipped: string[] } {
  const bytes = new TextEncoder().encode(text);
  const objects: string[] = [];
  const skipped: string[] = [];
  const reader = new JsonObjects(new JsonFields(['a', 'b/c/[0]']), (_sink, record, from, start, end) => {
    objects.push(`${record} ${new TextDecoder().decode(from.subarray(start, end))}`);
    return '';
  });
  const sink = {
    room: () => new EventBatch(),
    skip: (reason: string, record: number) => skipped.push(`${record} ${reason}`),
    note: () => undefined,
  };
  let rest = new Uint8Array(0);
  for (let at = 0; at < bytes.length; at += piece) {
    const chunk = new Uint8Array(Buffer.concat([rest, bytes.subarray(at, at + piece)]));
    rest = chunk.slice(reader.read(sink, chunk, 0, chunk.length, at + piece >= bytes.length));
  }
  expect(rest.length).toBe(0);
  return { objects, skipped };
}

test.each([3, 7, 1000])('objects a line, in an array, indented; pieces of %i bytes', (piece) => {
  const text = '{"a":"}{\\"","b":{"c":[{}]}}\n[\n  {\n    "d": 1\n  },\n  {"e":2}\n]\n';
  expect(found(text, piece)).toEqual({
    objects: ['1 {"a":"}{\\"","b":{"c":[{}]}}', '2 {\n    "d": 1\n  }', '3 {"e":2}'],
    skipped: [],
  });
});

test.each([3, 1000])('damage costs the object it is in, not those behind it; pieces of %i bytes', (piece) => {
  const text = '{"a":"cut\n{"b":1}\n{"c":{"d":1}\n{"e":2}\n{"f":';
  expect(found(text, piece)).toEqual({
    objects: ['2 {"b":1}', '4 {"e":2}'],
    skipped: [
      '1 JSON that is cut or damaged',
      '3 JSON that is cut or damaged',
      '5 JSON that is cut or damaged',
    ],
  });
});

test.each([1 << 19, 1 << 22])('an object of more than 1 MiB is passed over; pieces of %i bytes', (piece) => {
  const text = `{"a":"${'x'.repeat((1 << 20) + 9)}"}\n{"b":1}\n`;
  const { objects, skipped } = found(text, piece);
  expect(objects.map((object) => object.slice(0, 20))).toEqual(['2 {"b":1}']);
  expect(skipped).toEqual(['1 JSON object longer than 1 MiB']);
});
