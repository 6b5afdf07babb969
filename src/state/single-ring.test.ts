import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SingleRing } from './single-ring.ts';

const span = 60_000_000;

test('a record is found until its window has passed, and not after', () => {
  const ring = new SingleRing(span);
  ring.add(7, 8, 9, 2, 1_000);
  ring.advance(1_000 + span - 1);
  expect(ring.find(7, 0)).toBeGreaterThanOrEqual(0);
  expect([ring.b, ring.c, ring.tag, ring.time]).toEqual([8, 9, 2, 1_000]);
  ring.advance(1_000 + span);
  expect(ring.find(7, 0)).toBe(-1);
  expect(ring.size).toBe(0);
});

test('the clock wraps every 71 minutes without losing or keeping anything', () => {
  const ring = new SingleRing(3_600_000_000);
  const start = 1_767_000_000_000_000;
  ring.add(1, 1, 1, 0, start);
  ring.advance(start + 3_599_999_999);
  ring.find(1, 0);
  expect(ring.time).toBe(start);
  ring.advance(start + 90_000_000_000);
  expect(ring.size).toBe(0);
});

test('agrees with a Map under random adds, removals, evictions and time', () => {
  const step = fc.record({ actor: fc.nat(400), family: fc.nat(1), pause: fc.nat(3_000_000), act: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const ring = new SingleRing(span);
      const model = new Map<string, number>();
      let now = 1_767_000_000_000_000;
      for (const { actor, family, pause, act } of steps) {
        now += pause;
        ring.advance(now);
        for (const [key, time] of model) if (time <= now - span) model.delete(key);
        const key = `${actor}/${family}`;
        const at = ring.find(actor, family);
        expect(at >= 0).toBe(model.has(key));
        if (at >= 0) expect(ring.time).toBe(model.get(key));
        if (act === 0 && at >= 0) {
          ring.remove(at);
          model.delete(key);
        } else if (act === 1) {
          const gone = ring.evict(3);
          const oldest = [...model].sort((x, y) => x[1] - y[1]).slice(0, 3);
          expect(gone).toBe(oldest.length);
          // Ties in time may go in either order; the ring keeps the order of arrival, as the Map does.
          for (const [name] of [...model.keys()].slice(0, 3).entries())
            model.delete([...model.keys()][0] ?? String(name));
        } else if (at < 0) {
          ring.add(actor, actor + 1, actor + 2, family, now);
          model.set(key, now);
        }
        expect(ring.size).toBe(model.size);
      }
    }),
    { numRuns: 60, seed: 1595 },
  );
});

test('a million records cost about 24 bytes each', () => {
  const ring = new SingleRing(3_600_000_000);
  for (let i = 0; i < 1_000_000; i++) ring.add(i, 1, 1, 0, i * 3_000);
  expect(ring.size).toBe(1_000_000);
  expect(ring.bytes / 1_000_000).toBeLessThan(26);
  expect(ring.find(999_999, 0)).toBeGreaterThanOrEqual(0);
  expect(ring.find(0, 0)).toBeGreaterThanOrEqual(0);
});
