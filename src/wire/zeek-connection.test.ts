import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventBatch, EventKind, Outcome, Proto, Text } from '../model/event.ts';
import { ZeekConnection } from './zeek-connection.ts';
import { connectionFields, ZeekRows } from './zeek-log.ts';

const columns = ['ts', 'uid', ...connectionFields.slice(1), 'name', 'unused'];

/** What is read of rows whose columns stand in the given order. */
function read(rows: readonly (readonly string[])[], order: readonly number[]): unknown[] {
  const batch = EventBatch.ofRows(8);
  const fields = new ZeekRows('x', [...connectionFields, 'name']);
  const connection = new ZeekConnection(fields);
  const answers: unknown[] = [];
  for (const row of [columns, ...rows]) {
    const line = `${row === columns ? '#fields\t' : ''}${order.map((column) => row[column]).join('\t')}`;
    const bytes = Buffer.from(`${line}\n`);
    batch.clear();
    batch.bytes = bytes;
    const answer = connection.read(bytes, 0, bytes.length - 1);
    answers.push(answer);
    if (answer !== 'row') continue;
    const at = connection.append(batch, EventKind.contact, Proto.tcp, Outcome.unknown, 0);
    fields.setText(batch, at, Text.name, 5);
    const { wide, wideLength, flags } = batch;
    answers.push({
      time: batch.time[at],
      addresses: [batch.source[at], batch.target[at], ...wide.subarray(0, 4 * wideLength)],
      ports: [batch.sourcePort[at], batch.targetPort[at]],
      flags: flags[at],
      name: batch.text(at, Text.name),
    });
  }
  return answers;
}

test('the columns of a connection mean the same in their usual order and in any other', () => {
  const address = fc.constantFrom(
    '192.0.2.7',
    '10.0.0.255',
    '2001:db8::7',
    '::ffff:192.0.2.9',
    '-',
    '1.2.3',
    '1.2.3.4x',
    '',
  );
  const port = fc.constantFrom('0', '53', '65535', '65536', '99999999', '-', '', '8x');
  const row = fc.tuple(
    fc.constantFrom(
      '1795307531.250000',
      '1795307531',
      '2026-11-22T00:32:11.25Z',
      '1795307531.25',
      '-',
      '',
      '1795307531.250000x',
    ),
    fc.constantFrom('C1', 'CwBp6Y', '', '-'),
    address,
    port,
    address,
    port,
    fc.constantFrom('a', '-', '(empty)', 'a\\x09b', 'a\\', ''),
    fc.constantFrom('', 'T'),
  );
  const likely = fc.tuple(
    fc.constant('1795307531.250000'),
    fc.constant('C1'),
    fc.constantFrom('192.0.2.7', '2001:db8::7'),
    fc.constantFrom('53', '65535'),
    fc.constantFrom('198.51.100.4', '2001:db8::8'),
    port,
    fc.constantFrom('a', '-', 'a\\x09b'),
    fc.constantFrom('', 'T'),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(likely, row), { minLength: 1, maxLength: 8 }), (rows) => {
      const usual = read(rows, [0, 1, 2, 3, 4, 5, 6, 7]);
      expect(usual).toEqual(read(rows, [1, 0, 2, 3, 4, 5, 6, 7]));
      expect(usual).toEqual(read(rows, [7, 6, 5, 4, 3, 2, 1, 0]));
    }),
    { numRuns: 200 },
  );
});

test('rows behind the header of another log are not read, whether or not that names its columns', () => {
  const connection = new ZeekConnection(new ZeekRows('x', [...connectionFields, 'name']));
  const answer = (line: string): string => connection.read(Buffer.from(line), 0, line.length);
  const row = '1795307531.250000\tC1\t192.0.2.7\t61000\t198.51.100.4\t53\ta\tT';
  expect(
    ['#path\tx', `#fields\t${columns.join('\t')}`, row, '#path\ty', row, '#path\tx', row].map(answer),
  ).toEqual(['', '', 'row', '', 'not a x record', '', 'row']);
});
