import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatMicros } from '../src/bytes/times.ts';
import { formats as plugins } from '../src/catalog.ts';
import { AddressSet, formatIPv4, formatWords } from '../src/model/address.ts';
import { EventBatch, EventKind, Flag, outcomeNames, roleNames, textNames } from '../src/model/event.ts';
import type { EventKindName } from '../src/model/event.ts';
import type { Format } from '../src/model/format.ts';
import { InputCounters, InputReader } from '../src/pipeline/input-reader.ts';
import { recognise } from '../src/pipeline/recognise.ts';
import type { ExpectedEvent, FixtureCase, FormatFixture } from './format-fixture.ts';

/*
 * One test for every format of the catalogue: its fixture's bytes must become its fixture's events, field by field, however
 * the bytes are cut into chunks; recognition must pick it out of all formats.
 */

const formats: Format[] = await Promise.all(plugins.map((plugin) => plugin.load()));
const root = join(import.meta.dirname, '..');
const kindNames = Object.keys(EventKind) as EventKindName[];
const flagNames = (Object.keys(Flag) as (keyof typeof Flag)[]).filter((name) => name !== 'v6');

async function fixtureOf(name: string): Promise<FormatFixture> {
  const path = join(root, 'src', 'formats', `${name}.fixture.ts`);
  expect(existsSync(path), `no fixture: src/formats/${name}.fixture.ts`).toBe(true);
  const { fixture } = (await import(path)) as { fixture: FormatFixture };
  return fixture;
}

const bytesOf = (input: string | Uint8Array): Uint8Array =>
  typeof input === 'string' ? new TextEncoder().encode(input) : input;

interface Seen {
  readonly events: Required<ExpectedEvent>[];
  readonly counters: InputCounters;
}

function read(format: Format, given: Omit<FixtureCase, 'events'>, piece: number): Seen {
  const bytes = bytesOf(given.input);
  const counters = new InputCounters();
  const events: Seen['events'] = [];
  const info = {
    index: 0,
    name: given.fileName ?? 'fixture',
    modified: Date.parse(given.modified ?? '2026-12-01T00:00:00Z') * 1000,
    zone: given.zone ?? 'UTC',
    options: given.options,
    trustedProxies: AddressSet.parse(given.trustedProxies ?? []),
  };
  const reader = new InputReader(format, info, {
    take: () => new EventBatch(),
    emit(batch) {
      for (let row = 0; row < batch.length; row++) events.push(rowOf(batch, row));
    },
    counters,
  });
  let rest: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < bytes.length || at === 0; at += piece) {
    const last = at + piece >= bytes.length;
    const chunk = new Uint8Array(rest.length + Math.min(piece, bytes.length - at));
    chunk.set(rest);
    chunk.set(bytes.subarray(at, at + piece), rest.length);
    rest = chunk.subarray(reader.feed(chunk, 0, chunk.length, last));
  }
  while (reader.pending) reader.feed(rest, rest.length, rest.length, true);
  return { events, counters };
}

function rowOf(batch: EventBatch, row: number): Required<ExpectedEvent> {
  const flags = batch.flags[row];
  const address = (at: number): string =>
    (flags & Flag.v6) === 0
      ? formatIPv4(at)
      : formatWords(
          ...(Array.from(batch.wide.subarray(at * 4, at * 4 + 4)) as [number, number, number, number]),
        );
  const texts = textNames
    .map((name, field) => [name, batch.text(row, field)] as const)
    .filter(([, text]) => text !== '');
  return {
    record: batch.record[row],
    kind: kindNames.find((name) => EventKind[name] === batch.kind[row]) ?? ('none' as EventKindName),
    time: formatMicros(batch.time[row]),
    source: address(batch.source[row]),
    target: (flags & Flag.noTarget) === 0 ? address(batch.target[row]) : '-',
    sourcePort: batch.sourcePort[row],
    targetPort: batch.targetPort[row],
    proto: batch.proto[row],
    outcome: outcomeNames[batch.outcome[row]],
    role: roleNames[batch.role[row]],
    flags: flagNames.filter((name) => (flags & Flag[name]) !== 0),
    status: batch.status[row],
    size: batch.size[row],
    queryType: batch.queryType[row],
    ttl: batch.ttl[row],
    window: batch.window[row],
    ipId: batch.ipId[row],
    sequence: batch.sequence[row],
    texts: Object.fromEntries(texts),
  };
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
      const { events, counters } = read(format, given, 1 << 20);
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
      const whole = read(format, given, 1 << 20);
      const cut = read(format, given, 61);
      expect(cut.events).toEqual(whole.events);
      expect(countsOf(cut.counters)).toEqual(countsOf(whole.counters));
    }
  });

  test('fixture: a malformed record is refused with its reason', async () => {
    const { malformed } = await fixtureOf(format.name);
    const { events, counters } = read(format, { name: 'malformed', ...malformed }, 1 << 20);
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
    expect(read(format, given, 1 << 20).events.length).toBeGreaterThan(0);
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
      const { counters } = read(
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
