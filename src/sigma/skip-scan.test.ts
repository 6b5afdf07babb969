import { expect, test } from 'vitest';
import { Automaton } from './automaton.ts';
import { seeded } from './sigma.fixture.ts';
import { SkipScan } from './skip-scan.ts';

test('a scan that jumps finds what the automaton finds, in any bytes of ASCII', () => {
  const random = seeded(5);
  const letters = 'abAB/.*';
  const word = (least: number, more: number): string =>
    Array.from(
      { length: least + Math.floor(random() * more) },
      () => letters[Math.floor(random() * letters.length)],
    ).join('');
  let hits = 0;
  for (let round = 0; round < 60; round++) {
    const needles = Array.from({ length: 1 + Math.floor(random() * 12) }, (_, output) => ({
      text: word(3, 1 + (round % 7)).toLowerCase(),
      output,
    }));
    const automaton = new Automaton(needles);
    const skip = SkipScan.of(needles);
    for (let each = 0; each < 40; each++) {
      const bytes = Buffer.from(`xx${word(0, 30)}yy`);
      const [slow, fast] = [new Set<number>(), new Set<number>()];
      automaton.scanBytes(bytes, 2, bytes.length - 4, (outputs) =>
        outputs.forEach((output) => slow.add(output)),
      );
      skip?.scan(bytes, 2, bytes.length - 4, (outputs) => outputs.forEach((output) => fast.add(output)));
      expect(fast).toEqual(slow);
      hits += slow.size;
    }
  }
  expect(hits).toBeGreaterThan(500);
});

test('anchored literals are found wherever they stand, others than ASCII never', () => {
  const skip = SkipScan.of([
    { text: '/admin', output: 0, first: true },
    { text: 'café', output: 1 },
  ]);
  const found: number[] = [];
  skip?.scan(Buffer.from('/x/ADMIN café'), 0, 9, (outputs) => found.push(...outputs));
  expect(found).toEqual([0]);
});

test('short and numerous literals are left to the automaton', () => {
  expect(SkipScan.of([{ text: 'ab', output: 0 }])).toBeUndefined();
  expect(
    SkipScan.of(Array.from({ length: 300 }, (_, output) => ({ text: `word${output}`, output }))),
  ).toBeUndefined();
});
