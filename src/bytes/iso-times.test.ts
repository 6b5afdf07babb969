import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announce, forget, kernel, place } from './kernel.ts';
import { cursor } from './numbers.ts';
import { IsoTimes } from './times.ts';
import { Zone } from './zone.ts';

const two = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.nat(most).map((value) => String(value).padStart(2, '0')) },
    { weight: 1, arbitrary: fc.constantFrom('99', '1a', ' 1', '0') },
  );
const stamp = fc
  .record({
    year: fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.constantFrom(1900, 2000, 2024, 2026)),
    parts: fc.tuple(two(13), two(32), two(24), two(60), two(61)),
    signs: fc.constantFrom('--T::', '--T::', '-- ::', '--t::', '//T::', '--_::', '--T:.'),
    fraction: fc.oneof(
      fc.constantFrom('', '.', ',', '.x', ',5'),
      fc.stringMatching(/^[.,]\d{1,18}$/),
      fc.stringMatching(/^\.\d{3}$|^\.\d{6}$|^\.\d{9}$/),
    ),
    zone: fc.constantFrom(
      '',
      'Z',
      'z',
      '+0000',
      '+01:30',
      '-0230',
      '-02',
      '+24:00',
      '+1',
      '+01:6',
      '+0160',
      ' ',
      'x',
    ),
    behind: fc.constantFrom('', ' next', '9', '"', ':'),
  })
  .map(
    ({ year, parts: [month, day, hour, minute, second], signs, fraction, zone, behind }) =>
      `${String(year).padStart(4, '0')}${signs[0]}${month}${signs[1]}${day}${signs[2]}${hour}${signs[3]}${minute}${signs[4]}${second}${fraction}${zone}${behind}`,
  );

test('ISO 8601 is read alike with and without the kernel', () => {
  const times = new IsoTimes(new Zone('Europe/Berlin'));
  let byKernel = 0;
  fc.assert(
    fc.property(stamp, fc.nat(4), fc.nat(40), (text, before, cut) => {
      const bytes = Buffer.from('#'.repeat(before) + text);
      const end = Math.max(before, bytes.length - (cut > 30 ? cut - 30 : 0));
      cursor.at = -1;
      const plain = times.readAnyDate(bytes, before, end);
      const plainEnd = cursor.at;
      announce(bytes, 0, bytes.length);
      const fast = times.readAnyDate(bytes, before, end);
      if (!Number.isNaN(kernel().isoRead(place(bytes, before, end), before, end))) byKernel++;
      forget();
      expect(fast).toBe(plain);
      if (!Number.isNaN(plain)) expect(cursor.at).toBe(plainEnd);
    }),
    { numRuns: 10_000 },
  );
  expect(byKernel).toBeGreaterThan(1000);
});
