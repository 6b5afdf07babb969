import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { interleave, median, runOnce } from './measure.ts';
import { replaceSection, timingTable } from './performance-page.ts';

const node = (name: string, code: string, codes?: number[]) => ({
  name,
  command: [process.execPath, '-e', code],
  cores: 1 as const,
  ...(codes === undefined ? {} : { codes }),
});

test('a run says how long it took, how much memory it held, and what it wrote', async () => {
  const run = await runOnce(
    node('test holds', 'Buffer.alloc(150e6, 1); setTimeout(() => console.log("done"), 200)'),
  );
  expect(run.seconds).toBeGreaterThan(0.2);
  expect(run.seconds).toBeLessThan(20);
  expect(run.peakBytes).toBeGreaterThan(150e6);
  expect(run.peakBytes).toBeLessThan(400e6);
  expect(readFileSync(run.output, 'utf8')).toBe('done\n');
});

test('a program that fails is no measurement', async () => {
  await expect(runOnce(node('test fails', 'console.error("no such file"); process.exit(3)'))).rejects.toThrow(
    /ended with 3[^]*no such file/,
  );
  await expect(runOnce(node('test fails as it may', 'process.exit(3)', [0, 3]))).resolves.toBeDefined();
});

test('interleaved runs, median and spread', async () => {
  const timings = await interleave([node('test a', ''), node('test b', '')], 2);
  expect(timings.map(({ name, seconds }) => [name, seconds.length])).toEqual([
    ['test a', 2],
    ['test b', 2],
  ]);
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  const fixed = [
    { name: 'slow', seconds: [4, 5, 3], cpuSeconds: [4, 5, 3], peakBytes: 2 ** 20, output: '' },
    { name: 'fast', seconds: [1, 2, 2], cpuSeconds: [1, 2, 2], peakBytes: 2 ** 21, output: '' },
  ];
  expect(timingTable(fixed, 4_000_000, 80_000_000, 'slow').split('\n').at(-1)).toBe(
    '| fast | 2.00 | 1.00–2.00 | 2.00 | 2.00 | 40 | 2 | 2.00 × |',
  );
});

test('a section of the page is replaced where it stands, and added once', () => {
  const one = replaceSection('# Page\n\nwords\n', 'a', 'A', 'first');
  const two = replaceSection(replaceSection(one, 'b', 'B', 'other'), 'a', 'A', 'second');
  expect(two).toBe(
    '# Page\n\nwords\n\n<!-- bench:a -->\n## A\n\nsecond\n<!-- /bench:a -->\n\n<!-- bench:b -->\n## B\n\nother\n<!-- /bench:b -->\n',
  );
});
