import { expect, test } from 'vitest';
import { progressLine } from './progress.ts';

test('share, amount, rate and time left; without a total no bar', () => {
  expect(progressLine({ bytes: 250e6, totalBytes: 1e9, records: 1_234_567 }, 5000)).toBe(
    '██████░░░░░░░░░░░░░░░░░░ 25 %  250 MB, 1,234,567 records, 50.0 MB/s, 15 s left',
  );
  expect(progressLine({ bytes: 3e6, totalBytes: undefined, records: 10 }, 1000)).toBe(
    '3 MB, 10 records, 3.0 MB/s',
  );
});
