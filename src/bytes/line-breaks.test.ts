import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announce, forget } from './kernel.ts';
import { LineBreaks } from './line-breaks.ts';

/** All breaks of `bytes[start, end)` as they are asked for one after another. */
function found(bytes: Uint8Array, start: number, end: number): number[] {
  const breaks = new LineBreaks();
  breaks.begin(bytes, end);
  const places: number[] = [];
  for (let at = start; ;) {
    const stop = breaks.after(at);
    if (stop === end) return places;
    places.push(stop);
    at = stop + 1;
  }
}

function plainly(bytes: Uint8Array, start: number, end: number): number[] {
  return [...bytes.keys()].filter((at) => at >= start && at < end && bytes[at] === 10);
}

test('every line break is found, in the announced chunk and elsewhere', () => {
  const text = fc.array(fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('\n', '\n\n\n', '\r\n')), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(text, fc.nat(20), fc.nat(20), fc.boolean(), (parts, before, behind, held) => {
      const bytes = Buffer.from(parts.join('\n'));
      const start = Math.min(before, bytes.length);
      const end = Math.max(start, bytes.length - behind);
      if (held) announce(bytes, start, end);
      expect(found(bytes, start, end)).toEqual(plainly(bytes, start, end));
      forget();
    }),
    { numRuns: 1000 },
  );
});

test('thousands of them are found in several goes', () => {
  for (const [line, count] of [
    ['\n', 5000],
    ['x\n', 1024],
    ['fifteen bytes..\n', 3001],
    [`${'long'.repeat(50)}\n`, 1025],
  ] as const) {
    const bytes = Buffer.from(`${line.repeat(count)}rest`);
    announce(bytes, 0, bytes.length);
    expect(found(bytes, 0, bytes.length)).toEqual(plainly(bytes, 0, bytes.length));
    forget();
  }
});

test('without the chunk what was begun is gone on with', () => {
  const bytes = Buffer.from('a\nb\n'.repeat(3000));
  const breaks = new LineBreaks();
  announce(bytes, 0, bytes.length);
  breaks.begin(bytes, bytes.length);
  expect(breaks.after(0)).toBe(1);
  forget();
  for (let at = 2; at < bytes.length; at += 2) expect(breaks.after(at)).toBe(at + 1);
  expect(breaks.after(bytes.length)).toBe(bytes.length);
});
