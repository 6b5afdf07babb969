import type { Sample } from '../model/format.ts';

/** The share (0 … 1) of the sample's lines that `test` accepts; blank lines and comments ('#') do not count. */
export function shareOf(sample: Sample, test: (line: string) => boolean): number {
  let seen = 0;
  let fitting = 0;
  for (const line of sample.lines) {
    if (line === '' || line.startsWith('#')) continue;
    seen++;
    if (test(line)) fitting++;
  }
  // The last line of a sample may be cut.
  return seen === 0 ? 0 : fitting / seen;
}
