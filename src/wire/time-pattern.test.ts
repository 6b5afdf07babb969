import { expect, test } from 'vitest';
import { formatMicros } from '../bytes/times.ts';
import { Zone } from '../bytes/zone.ts';
import { patternProblem, TimePattern } from './time-pattern.ts';

function read(pattern: string, text: string, zone = 'UTC'): string {
  const bytes = Buffer.from(`..${text}..`, 'latin1');
  const micros = new TimePattern(pattern, new Zone(zone)).read(bytes, 2, bytes.length - 2);
  return Number.isNaN(micros) ? 'none' : formatMicros(micros);
}

test.each([
  ['%d.%m.%Y %H:%M:%S', '22.11.2026 00:32:11', '2026-11-22T00:32:11.000000Z'],
  ['%m/%d/%Y %I:%M:%S %p', '11/22/2026 12:32:11 AM', '2026-11-22T00:32:11.000000Z'],
  ['%m/%d/%Y %I:%M:%S %p', '1/2/2026 3:04:05 pm', '2026-01-02T15:04:05.000000Z'],
  ['%b %e %Y %H:%M:%S.%f', 'Nov  2 2026 00:32:11.25', '2026-11-02T00:32:11.250000Z'],
  ['%d/%b/%y %H:%M %z', '22/nov/26 01:32 +0100', '2026-11-22T00:32:00.000000Z'],
  ['%Y%m%d%H%M%S', '20261122003211', '2026-11-22T00:32:11.000000Z'],
  ['at %H%%%M on %Y-%m-%d', 'at 00%32 on 2026-11-22', '2026-11-22T00:32:00.000000Z'],
])('%s reads %s', (pattern, text, expected) => {
  expect(patternProblem(pattern)).toBe('');
  expect(read(pattern, text)).toBe(expected);
});

test('a zone for stamps without one', () => {
  expect(read('%Y-%m-%d %H:%M:%S', '2026-07-22 02:00:00', 'Europe/Berlin')).toBe(
    '2026-07-22T00:00:00.000000Z',
  );
});

test.each([
  ['%d.%m.%Y %H:%M:%S', '31.02.2026 00:00:00'],
  ['%d.%m.%Y %H:%M:%S', '22.11.2026 24:00:00'],
  ['%d.%m.%Y %H:%M:%S', '22.11.2026 00:32:11 '],
  ['%d.%m.%Y %H:%M:%S', '22-11-2026 00:32:11'],
  ['%d.%m.%Y %I:%M %p', '22.11.2026 13:00 PM'],
  ['%d.%m.%Y %H:%M:%S.%f', '22.11.2026 00:32:11.'],
])('%s refuses %s', (pattern, text) => {
  expect(read(pattern, text)).toBe('none');
});

test('patterns that cannot name a moment', () => {
  expect(patternProblem('%d.%m.%Y')).toBe('%H is missing');
  expect(patternProblem('%d.%m %H:%M')).toBe('%Y is missing');
  expect(patternProblem('%Q')).toBe('%Q is not known');
  expect(patternProblem('%d %b %Y %H:%M %')).toBe('% is not known');
});
