import { expect, test } from 'vitest';
import { EventBatch, EventKind, Flag, Outcome, Proto, Role } from '../model/event.ts';
import { Echoes } from './echoes.ts';

function rowOf(seconds: number, outcome: keyof typeof Outcome, flags = 0, port = 22): EventBatch {
  const batch = new EventBatch();
  const row = batch.length++;
  batch.kind[row] = EventKind.contact;
  batch.time[row] = 1_767_000_000_000_000 + seconds * 1_000_000;
  batch.source[row] = 0xc0000207;
  batch.target[row] = 0xc6336404;
  batch.targetPort[row] = port;
  batch.proto[row] = Proto.tcp;
  batch.role[row] = Role.originator;
  batch.outcome[row] = Outcome[outcome];
  batch.flags[row] = flags;
  return batch;
}

/** Which of the rows, one sensor each in turn, end up as echoes. */
function echoes(...rows: readonly EventBatch[]): boolean[] {
  const seen = new Echoes();
  for (const [sensor, batch] of rows.entries()) seen.add(batch, sensor % 2);
  return rows.map((batch) => (batch.flags[0] & Flag.echo) !== 0);
}

test('the stronger word stays, whichever came first', () => {
  expect(echoes(rowOf(0, 'unknown'), rowOf(1, 'answered'))).toEqual([true, false]);
  expect(echoes(rowOf(0, 'answered'), rowOf(1, 'denied'))).toEqual([false, true]);
});

test('of equal words the row that carries what the target said stays', () => {
  expect(echoes(rowOf(0, 'answered'), rowOf(0, 'answered', Flag.gotData))).toEqual([true, false]);
  expect(echoes(rowOf(0, 'answered', Flag.gotData), rowOf(0, 'answered'))).toEqual([false, true]);
});

test('more than five seconds apart, or at another port, they are two probes', () => {
  expect(echoes(rowOf(0, 'unknown'), rowOf(5.1, 'answered'))).toEqual([false, false]);
  expect(echoes(rowOf(0, 'unknown'), rowOf(1, 'answered', 0, 23))).toEqual([false, false]);
});

test('rows of one sensor never echo each other', () => {
  const seen = new Echoes();
  const rows = [rowOf(0, 'unknown'), rowOf(1, 'answered')];
  for (const batch of rows) seen.add(batch, 0);
  expect(rows.map((batch) => batch.flags[0] & Flag.echo)).toEqual([0, 0]);
});

test('a row that has gone is not touched: the newcomer is the echo', () => {
  const seen = new Echoes();
  const first = rowOf(0, 'unknown');
  seen.add(first, 0);
  first.clear();
  const second = rowOf(1, 'answered');
  seen.add(second, 1);
  expect([first.flags[0], second.flags[0]]).toEqual([0, Flag.echo]);
});
