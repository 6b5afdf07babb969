import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formats } from '../src/catalog.ts';
import { eventsRead } from './events-read.ts';
import type { FormatFixture } from './format-fixture.ts';

// A stamp that says a time past the year 9999, or of a year that is no number, is damage: no event has it, whatever else
// the record says.

const noNumber = '20x6';
const numbers = [noNumber, '99999', '2026526', '9007199254740991', '99999999999999999999', '1e300'];

test.each(formats.map(({ name }) => name))('%s', async (name) => {
  const format = await formats.find((entry) => entry.name === name)!.load();
  const path = join(import.meta.dirname, '..', 'src', 'formats', `${name}.fixture.ts`);
  const { fixture } = (await import(path)) as { fixture: FormatFixture };
  const texts = fixture.cases.filter(({ input }) => typeof input === 'string').slice(0, 3);
  const late: string[] = [];
  let read = 0;
  for (const given of texts) {
    const input = (given.input as string).slice(0, 4000);
    // Each number of the head of the input in turn: a stamp is among them.
    const runs = [...input.matchAll(/\d{4,}/g)].slice(0, 24);
    for (const { index, 0: run } of runs) {
      for (const number of numbers) {
        const damaged = input.slice(0, index) + number + input.slice(index + run.length);
        const { events } = eventsRead(format, { ...given, input: damaged }, 1 << 20);
        read += events.length;
        for (const { time } of events)
          if (!(number === noNumber ? /^[0-2]\d{3}-/ : /^-?\d{4}-/).test(time))
            late.push(`${time}: ${damaged.slice(0, 300)}`);
      }
    }
  }
  expect(late).toEqual([]);
  if (texts.length > 0) expect(read).toBeGreaterThan(0);
});
