import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slot, TupleTable } from './tuple-table.ts';
import type { Hit, TableSpec } from './tuple-table.ts';

const second = 1_000_000;
const windows = [10 * second, 30 * second, 100 * second];
const spec = (over: Partial<TableSpec> = {}): TableSpec => ({
  windows,
  least: [
    [4, 6, 8],
    [4, 6, 8],
    [6, 9, 12],
    [4, 6, 8],
    [4, 6, 8],
  ],
  high: [false, false, false, false, false],
  plain: false,
  withC: true,
  singles: true,
  budget: 1e9,
  ...over,
});

interface Sighting {
  time: number;
  a: number;
  b: number;
  c: number;
  worth: number;
}

interface Crossed {
  first: number;
  max: number;
}

/** The definition, word for word: at each sighting's time, count what lies in (t − W, t]. */
function naive(sightings: readonly Sighting[], least: readonly (readonly number[])[]): Map<string, Crossed> {
  const crossed = new Map<string, Crossed>();
  for (const { time } of sightings) {
    for (const [w, span] of windows.entries()) {
      const held = sightings.filter((s) => s.time > time - span && s.time <= time);
      const worth = new Map<string, number>();
      for (const s of held) {
        const put = (key: string): unknown => worth.set(key, Math.max(worth.get(key) ?? 0, s.worth));
        put(`ab|${s.a},${s.b}|${s.c}`);
        put(`ac|${s.a},${s.c}|${s.b}`);
        put(`a|${s.a}|${s.b},${s.c}`);
        put(`aToB|${s.a}|${s.b}`);
        put(`aToC|${s.a}|${s.c}`);
      }
      const value = new Map<string, number>();
      for (const [key, n] of worth) {
        const group = key.slice(0, key.lastIndexOf('|'));
        value.set(group, (value.get(group) ?? 0) + n);
      }
      for (const [group, n] of value) {
        const slot = Slot[group.split('|')[0] as keyof typeof Slot];
        if (n < least[slot][w]) continue;
        const name = `${group}|${w}`;
        const known = crossed.get(name);
        if (known) known.max = Math.max(known.max, n);
        else crossed.set(name, { first: time, max: n });
      }
    }
  }
  return crossed;
}

function counted(sightings: readonly Sighting[], table: TupleTable): Map<string, Crossed> {
  const crossed = new Map<string, Crossed>();
  const live = new Map<string, string>();
  const slots = Object.keys(Slot);
  let now = 0;
  const decide = (hit: Hit): boolean => {
    const key = hit.slot < Slot.a ? `${hit.a},${hit.key}` : `${hit.a}`;
    const name = `${slots[hit.slot]}|${key}|${hit.window}`;
    live.set(`${hit.slot}/${hit.record}/${hit.window}`, name);
    if (!crossed.has(name)) crossed.set(name, { first: now, max: 0 });
    return true;
  };
  table.onGone = (slot, record, window, max) => {
    const entry = crossed.get(live.get(`${slot}/${record}/${window}`)!)!;
    entry.max = Math.max(entry.max, max);
  };
  for (const s of sightings) {
    if (s.time !== now) table.flush(decide);
    now = s.time;
    table.advance(now);
    table.see(s.a, 0, s.b, s.c, 0, s.worth, 0, -1);
  }
  table.flush(decide);
  table.finish();
  return crossed;
}

const sightings = fc
  .array(
    fc.record({
      pause: fc.oneof(
        fc.constant(0),
        fc.nat(3 * second),
        fc.constant(10 * second),
        fc.constant(30 * second),
        fc.nat(120 * second),
      ),
      a: fc.nat(1),
      b: fc.nat(6),
      c: fc.nat(6),
      worth: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 40, maxLength: 120 },
  )
  .map((steps) => {
    let time = 1_767_000_000 * second;
    return steps.map(({ pause, ...rest }) => ({ ...rest, time: (time += pause) }));
  });

for (const singles of [true, false]) {
  test(`agrees with the definition on random sightings, ${singles ? 'with' : 'without'} singles`, () => {
    fc.assert(
      fc.property(sightings, (rows) => {
        const { least } = spec();
        const sorted = (map: Map<string, Crossed>): unknown => [...map].sort(([x], [y]) => (x < y ? -1 : 1));
        expect(sorted(counted(rows, new TupleTable(spec({ singles }))))).toEqual(sorted(naive(rows, least)));
      }),
      { numRuns: 400, seed: 1595 },
    );
  });
}

test('a window is half-open: a value seen exactly one span ago no longer counts', () => {
  const rows = [0, 1, 2, 10].map((s, i) => ({ time: (100 + s) * second, a: 1, b: 1, c: i, worth: 1 }));
  const names = [...counted(rows, new TupleTable(spec())).keys()];
  expect(names).not.toContain('ab|1,1|0');
  const earlier = rows.map((row, i) => (i === 3 ? { ...row, time: row.time - 1 } : row));
  expect([...counted(earlier, new TupleTable(spec())).keys()]).toContain('ab|1,1|0');
});

test('under its budget a flood of one-value actors does not push out the one with many', () => {
  const table = new TupleTable(
    spec({ windows: [3_600 * second], least: [[100], [100], [100], [100], [100]], budget: 4_000_000 }),
  );
  const crossed: number[] = [];
  let now = 1_767_000_000 * second;
  for (let i = 0; i < 400_000; i++) {
    now += 1_000;
    table.flush((hit) => {
      crossed.push(hit.a);
      return true;
    });
    table.advance(now);
    table.see(1_000 + i, 0, 1, 445, 0, 2, 0, -1);
    if (i % 6_000 === 0) table.see(7, 0, 1, i, 0, 2, 0, -1);
  }
  table.flush((hit) => {
    crossed.push(hit.a);
    return true;
  });
  expect(table.evicted).toBeGreaterThan(100_000);
  // The ring grows by segments of a mebibyte.
  expect(table.bytes).toBeLessThan(4_000_000 + 2 * 1_048_576);
  expect(crossed).toContain(7);
});

test('a flood of two-value actors is bounded too', () => {
  const table = new TupleTable(
    spec({ windows: [3_600 * second], least: [[100], [100], [100], [100], [100]], budget: 8_000_000 }),
  );
  let now = 1_767_000_000 * second;
  for (let i = 0; i < 100_000; i++) {
    now += 1_000;
    table.advance(now);
    table.see(1_000 + i, 0, 1, 445, 0, 2, 0, -1);
    table.see(1_000 + i, 0, 1, 446, 0, 2, 0, -1);
  }
  expect(table.evicted).toBeGreaterThan(10_000);
  expect(table.bytes).toBeLessThan(16_000_000);
});
