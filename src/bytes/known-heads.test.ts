import { expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { announce, forget } from './kernel.ts';
import { KnownHeads } from './known-heads.ts';

test('a kept beginning is known by all of its bytes, wherever the text ends', () => {
  const random = new Random(11);
  const heads = new KnownHeads();
  const kept: string[] = [];
  let found = 0;
  for (let round = 0; round < 4000; round++) {
    const length = 1 + random.below(110);
    // Few different bytes, and beginnings of others with one byte changed.
    let text = Array.from({ length }, () => random.pick(['a', 'b'])).join('');
    const known = kept[random.below(kept.length + 1)];
    if (known !== undefined && random.below(4) > 0) {
      text = known + random.pick(['', ' ', ' tail of the line']);
      if (random.below(2) === 0) {
        const at = random.below(known.length);
        text = `${text.slice(0, at)}X${text.slice(at + 1)}`;
      }
    }
    const bytes = Buffer.from(`${text}${known ?? ''}\n`);
    const end = random.below(3) === 0 ? Math.max(1, text.length - random.below(20)) : text.length;
    const line = text.slice(0, end);
    announce(bytes, 0, bytes.length);
    const index = heads.find(bytes, 0, end);
    expect(index).toBe(kept.findIndex((head) => line.startsWith(head)));
    if (index >= 0) found++;
    if (index < 0 && random.below(8) === 0) {
      const place = heads.keep(bytes, 0, end);
      expect(place >= 0).toBe(end >= 16 && end <= 96);
      if (place >= 0) kept[place] = line;
    }
    forget();
    // What nobody announced is never known.
    expect(heads.find(Buffer.from(text), 0, text.length)).toBe(-1);
  }
  expect(kept).toHaveLength(16);
  expect(found).toBeGreaterThan(500);
});
