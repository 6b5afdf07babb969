import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventBatch, Flag } from '../model/event.ts';
import { Reorder } from './reorder.ts';

const start = 1_767_000_000_000_000;

function batchOf(times: readonly number[]): EventBatch {
  const batch = new EventBatch();
  for (const time of times) batch.time[batch.length++] = time;
  return batch;
}

/** Feeds batches with a watermark that trails the largest time by `lateness`; returns times as handed out, in and late. */
function run(batches: readonly (readonly number[])[], lateness: number, cap = Infinity) {
  const inOrder: number[] = [];
  const late: number[] = [];
  let recycled = 0;
  const seen = new Set<EventBatch>();
  const reorder = new Reorder(
    {
      row(batch, row) {
        expect(seen.has(batch)).toBe(false);
        (batch.flags[row] & Flag.late ? late : inOrder).push(batch.time[row]);
      },
      settle: () => undefined,
    },
    (batch) => {
      seen.add(batch);
      recycled++;
    },
  );
  let newest = -Infinity;
  for (const times of batches) {
    reorder.add(batchOf(times));
    newest = Math.max(newest, ...times);
    reorder.release(newest - lateness);
    reorder.shrink(cap);
  }
  reorder.release(Infinity);
  return { inOrder, late, recycled, waiting: reorder.waiting, forced: reorder.forced };
}

const jitter = fc.array(
  fc.array(
    fc.record({
      step: fc.oneof(fc.nat(50_000), fc.nat(5_000_000), fc.constant(20_000_000_000)),
      back: fc.nat(9_999_999),
    }),
    { maxLength: 60 },
  ),
  { maxLength: 12 },
);

function timesOf(shape: readonly (readonly { step: number; back: number }[])[]): number[][] {
  let clock = start;
  return shape.map((rows) => rows.map(({ step, back }) => (clock += Math.min(step, 20_000_000_000)) - back));
}

test('rows disordered within the lateness come out in order, none late', () => {
  fc.assert(
    fc.property(jitter, (shape) => {
      const batches = timesOf(shape).filter((times) => times.length > 0);
      const { inOrder, late, recycled, waiting } = run(batches, 10_000_000);
      expect(late).toEqual([]);
      expect(inOrder).toEqual(batches.flat().sort((x, y) => x - y));
      expect(recycled).toBe(batches.length);
      expect(waiting).toBe(0);
    }),
    { numRuns: 300, seed: 1595 },
  );
});

test('no row is lost or doubled, whatever the order; what is handed out in order is in order', () => {
  const wild = fc.array(fc.array(fc.integer({ min: 0, max: 40_000_000_000 }), { maxLength: 40 }), {
    maxLength: 10,
  });
  fc.assert(
    fc.property(wild, fc.constantFrom(20, 1e9), (shape, cap) => {
      const batches = shape.map((times) => times.map((t) => start + t)).filter((times) => times.length > 0);
      const { inOrder, late, recycled } = run(batches, 1_000_000, cap);
      expect([...inOrder, ...late].sort((x, y) => x - y)).toEqual(batches.flat().sort((x, y) => x - y));
      expect(inOrder).toEqual([...inOrder].sort((x, y) => x - y));
      expect(recycled).toBe(batches.length);
    }),
    { numRuns: 300, seed: 1595 },
  );
});

test('a full buffer hands out its oldest rows early and counts them', () => {
  const times = Array.from({ length: 100 }, (_, i) => start + (i % 2 === 0 ? i : 100 - i) * 1_000_000);
  const { forced, inOrder, late } = run([times], 3_600_000_000, 10);
  expect(forced).toBeGreaterThanOrEqual(90);
  expect(inOrder.length + late.length).toBe(100);
});

// Each far row went through a list of all of them for every day that passed: minutes for a month of a quiet site.
test(
  'rows far apart, out of order, are each put in their place a few times at most',
  { timeout: 30_000 },
  () => {
    let last = -Infinity;
    let n = 0;
    const reorder = new Reorder(
      {
        row({ time }, row) {
          if (time[row] < last) throw new Error('out of order');
          last = time[row];
          n++;
        },
        settle: () => undefined,
      },
      () => undefined,
    );
    const rows = 16_000;
    for (let batch = 0; batch < 20; batch++) {
      const times = Array.from(
        { length: rows },
        (_, i) => start + (batch * rows + i) * 10_000_000 - ((i * 7919) % 59) * 1_000_000,
      );
      reorder.add(batchOf(times));
      reorder.release(times[rows - 1] - 120_000_000);
    }
    reorder.release(Infinity);
    expect(n).toBe(20 * rows);
  },
);
