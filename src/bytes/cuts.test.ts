import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cuts } from './cuts.ts';

function columns(cuts: Cuts, text: string, most?: number): string[] {
  // Bytes in front of the line and behind it are not of the line.
  const bytes = Buffer.from(`,"${text},"`, 'latin1');
  const count = cuts.find(bytes, 2, bytes.length - 2, 44, 34, most);
  return Array.from({ length: count }, (_, i) => bytes.toString('latin1', cuts.at[i] + 1, cuts.at[i + 1]));
}

test('cuts a line where split does, and sees the odd byte in it', () => {
  const cuts = new Cuts(64);
  fc.assert(
    fc.property(fc.stringMatching(/^[,"\-\u0000\u00ac\u00a2x]{0,40}$/), (text) => {
      expect(columns(cuts, text)).toEqual(text.split(','));
      expect(cuts.odd).toBe(text.includes('"'));
    }),
    { numRuns: 2000 },
  );
});

test('columns behind the last that is wanted, or kept, are left out', () => {
  const cuts = new Cuts(6);
  fc.assert(
    fc.property(fc.stringMatching(/^[,x]{0,40}$/), fc.integer({ min: 1, max: 9 }), (text, most) => {
      expect(columns(cuts, text, most)).toEqual(text.split(',').slice(0, Math.min(most, 6)));
    }),
    { numRuns: 2000 },
  );
});
