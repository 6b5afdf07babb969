import { expect, test } from 'vitest';
import { EventBatch, EventKind, Flag, Text } from './event.ts';

test.each([
  ['with a header', Flag.header | Flag.v6],
  ['without', Flag.hasSize],
])('a row that is repeated says the same again, %s', (_, flags) => {
  const batch = EventBatch.ofRows(8);
  batch.bytes = Buffer.from('GET /a');
  // A row that others stand around.
  batch.length = 2;
  const columns = Object.entries(batch).filter(
    (column): column is [string, Uint32Array] => ArrayBuffer.isView(column[1]) && column[0] !== 'bytes',
  );
  const own = new Set(['record', 'rawStart', 'rawLength', 'marks']);
  const header = new Set(['ttl', 'window', 'ipId', 'sequence']);
  const repeated = columns.filter(
    ([name, column]) => column.length === 8 && !own.has(name) && !header.has(name),
  );
  expect(repeated.length).toBeGreaterThan(10);
  for (const [i, [, column]] of repeated.entries()) column[1] = i + 1;
  if ((flags & Flag.header) !== 0) {
    batch.ttl[1] = 64;
    batch.window[1] = 1024;
    batch.ipId[1] = 54_321;
    batch.sequence[1] = 7;
  }
  batch.flags[1] = flags;
  batch.kind[1] = EventKind.request;
  batch.setText(1, Text.method, 0, 3);
  batch.setScratchText(1, Text.path, Buffer.from('/decoded'));
  const row = batch.repeat(1);
  expect([row, batch.length]).toEqual([2, 3]);
  for (const [name, column] of columns) {
    if (column.length === 8 && !own.has(name)) expect([name, column[2]]).toEqual([name, column[1]]);
  }
  expect([batch.text(2, Text.method), batch.text(2, Text.path), batch.text(2, Text.query)]).toEqual([
    'GET',
    '/decoded',
    '',
  ]);
});
