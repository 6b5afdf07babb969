import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formats as plugins } from '../src/catalog.ts';
import type { Format } from '../src/model/format.ts';
import type { InputCounters } from '../src/pipeline/input-reader.ts';
import { recognise } from '../src/pipeline/recognise.ts';
import { bytesOf, eventsRead } from './events-read.ts';
import type { ExpectedEvent, FormatFixture } from './format-fixture.ts';

/*
 * One test for every format of the catalogue: its fixture's bytes must become its fixture's events, field by field, however
 * the bytes are cut into chunks; recognition must pick it out of all formats.
 */

const formats: Format[] = await Promise.all(plugins.map((plugin) => plugin.load()));
const root = join(import.meta.dirname, '..');

async function fixtureOf(name: string): Promise<FormatFixture> {
  const path = join(root, 'src', 'formats', `${name}.fixture.ts`);
  expect(existsSync(path), `no fixture: src/formats/${name}.fixture.ts`).toBe(true);
  const { fixture } = (await import(path)) as { fixture: FormatFixture };
  return fixture;
}

/** The seen event with only those fields that the expectation names (flags and texts always). */
function comparable(
  seen: Required<ExpectedEvent>,
  expected: ExpectedEvent | undefined,
): Partial<ExpectedEvent> {
  if (expected === undefined) return seen;
  const keys = new Set([...Object.keys(expected), 'flags', 'texts']);
  return Object.fromEntries(Object.entries(seen).filter(([key]) => keys.has(key)));
}

const complete = (expected: ExpectedEvent): ExpectedEvent => ({
  ...expected,
  flags: expected.flags ?? [],
  texts: expected.texts ?? {},
});

const countsOf = (counters: InputCounters): Record<string, number> =>
  Object.fromEntries([...counters.reasons].map(([reason, { count }]) => [reason, count]));

describe.each(formats)('$name', (format) => {
  test('fixture: events field by field', async () => {
    const fixture = await fixtureOf(format.name);
    expect(fixture.format).toBe(format.name);
    expect(fixture.cases.length).toBeGreaterThan(0);
    for (const given of fixture.cases) {
      const { events, counters } = eventsRead(format, given, 1 << 20);
      const seen = events.map((event, i) => comparable(event, given.events.at(i)));
      expect({ case: given.name, events: seen }).toEqual({
        case: given.name,
        events: given.events.map(complete),
      });
      expect({ case: given.name, skipped: countsOf(counters) }).toEqual({
        case: given.name,
        skipped: given.skipped ?? {},
      });
      expect({ case: given.name, notes: Object.fromEntries(counters.notes) }).toEqual({
        case: given.name,
        notes: given.notes ?? {},
      });
      expect(counters.bytes).toBe(bytesOf(given.input).length);
    }
  });

  test('fixture: the same in chunks of 61 bytes', async () => {
    const fixture = await fixtureOf(format.name);
    for (const given of fixture.cases) {
      const whole = eventsRead(format, given, 1 << 20);
      const cut = eventsRead(format, given, 61);
      expect(cut.events).toEqual(whole.events);
      expect(countsOf(cut.counters)).toEqual(countsOf(whole.counters));
    }
  });

  test('fixture: a malformed record is refused with its reason', async () => {
    const { malformed } = await fixtureOf(format.name);
    const { events, counters } = eventsRead(format, { name: 'malformed', ...malformed }, 1 << 20);
    expect(events).toEqual([]);
    expect(countsOf(counters)).toEqual({ [malformed.reason]: 1 });
  });

  test('recognition picks it out of all formats', async () => {
    const fixture = await fixtureOf(format.name);
    for (const given of fixture.cases) {
      if (given.recognised === false) continue;
      const found = recognise(bytesOf(given.input), given.fileName ?? 'fixture', formats, {
        [format.name]: given.options,
      });
      expect({
        case: given.name,
        format: found.format?.name,
        score: found.score,
        alternatives: found.alternatives,
      }).toMatchObject({
        case: given.name,
        format: format.name,
      });
    }
    expect(fixture.cases.some(({ recognised }) => recognised !== false)).toBe(true);
  });

  test('its sample record yields an event and is recognised', () => {
    const given = { name: 'sample', input: `${format.sample}\n` };
    if (format.lines === undefined) return;
    expect(recognise(bytesOf(given.input), 'sample', formats).format?.name).toBe(format.name);
    expect(eventsRead(format, given, 1 << 20).events.length).toBeGreaterThan(0);
  });

  test('it has a page', () => {
    expect(existsSync(join(root, 'docs', 'inputs', `${format.name}.md`))).toBe(true);
  });

  test('random damage to its fixture never throws and never hangs', async () => {
    const fixture = await fixtureOf(format.name);
    let seed = 0x0ff7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 0x1_0000_0000) * below);
    };
    for (let round = 0; round < 200; round++) {
      const { input, ...rest } = fixture.cases[round % fixture.cases.length];
      const damaged = Uint8Array.from(bytesOf(input));
      for (let i = random(8) + 1; i > 0; i--) damaged[random(damaged.length)] = random(256);
      const { counters } = eventsRead(
        format,
        { ...rest, input: damaged.subarray(0, random(damaged.length) + 1) },
        1 << 20,
      );
      expect(counters.records).toBeGreaterThanOrEqual(0);
    }
  });
});

test('format names are unique and every format reads in exactly one way', () => {
  expect(new Set(formats.map(({ name }) => name)).size).toBe(formats.length);
  expect(plugins.map(({ name }) => name)).toEqual(formats.map(({ name }) => name));
  expect(formats.filter((format) => 'lines' in format === 'blocks' in format)).toEqual([]);
});
