import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cuts } from './cuts.ts';
import { announce, forget } from './kernel.ts';

const comma = 44;
const quote = 34;

function columns(cuts: Cuts, text: string, held: boolean, most?: number): string[] {
  // Bytes in front of the line and behind it are not of the line.
  const bytes = Buffer.from(`,"${text},"`, 'latin1');
  if (held) announce(bytes, 0, bytes.length);
  const count = cuts.find(bytes, 2, bytes.length - 2, comma, quote, most);
  forget();
  return Array.from({ length: count }, (_, i) => bytes.toString('latin1', cuts.at[i] + 1, cuts.at[i + 1]));
}

test('cuts a line where split does, and sees the odd byte in it', () => {
  const cuts = new Cuts(128);
  fc.assert(
    fc.property(fc.stringMatching(/^[,"\-\n\u0000\u00ac\u00a2x]{0,300}$/), fc.boolean(), (text, held) => {
      expect(columns(cuts, text, held)).toEqual(text.split(','));
      expect(cuts.odd).toBe(text.includes('"'));
    }),
    { numRuns: 3000 },
  );
});

test('columns behind the last that is wanted, or kept, are left out, and what is odd in them does not count', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[,x"]{0,200}$/),
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom(1, 6, 256),
      fc.boolean(),
      (text, most, capacity, held) => {
        const cuts = new Cuts(capacity);
        const kept = text.split(',').slice(0, Math.min(most, capacity));
        expect(columns(cuts, text, held, most)).toEqual(kept);
        expect(cuts.odd).toBe(kept.some((column) => column.includes('"')));
      },
    ),
    { numRuns: 3000 },
  );
  expect(() => new Cuts(257)).toThrow(RangeError);
});
