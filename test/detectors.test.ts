import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detectors as plugins } from '../src/catalog.ts';
import { AddressSet } from '../src/model/address.ts';
import type { Context } from '../src/model/context.ts';
import type { Detector } from '../src/model/detector.ts';
import type { Finding } from '../src/model/finding.ts';
import { Engine } from '../src/pipeline/engine.ts';
import { Reorder } from '../src/state/reorder.ts';
import { buildBatches, fixtureHome } from './detector-fixture.ts';
import type { DetectorCase, DetectorFixture, ExpectedFinding, PlainEvent } from './detector-fixture.ts';

/*
 * One test for every detector of the catalogue: its fixture's events must become its fixture's findings, no more and no
 * fewer, in whatever order the events come within the lateness; and something must stay silent.
 */

const detectors: Detector[] = await Promise.all(plugins.map((plugin) => plugin.load()));

const context: Context = {
  home: AddressSet.parse(fixtureHome),
  homeSource: 'configured',
  allowlist: [],
  trustedProxies: AddressSet.parse([]),
};

interface Found {
  readonly actor: string;
  readonly finding: Finding;
}

function detect(detector: Detector, given: DetectorCase, events: readonly PlainEvent[]): Found[] {
  const running = detector.start(detector.config.parse(given.config), context);
  const engine = new Engine([{ name: detector.name, running }], context, {
    inputNames: ['fixture'],
    budget: 128 << 20,
    logCrossings: false,
    popularFrom: undefined,
  });
  const reorder = new Reorder(engine, () => undefined);
  for (const batch of buildBatches(events)) {
    engine.mark(batch);
    reorder.add(batch);
  }
  reorder.release(Infinity);
  return engine
    .finish()
    .flatMap(({ actor, findings }) =>
      findings.map((finding) => ({ actor: engine.slots.text(actor), finding })),
    );
}

const short = ({ actor, finding }: Found): string => `${actor} ${finding.kind}`;

/** The same events in another order: every run of a sliding ten seconds may swap. */
function shuffled(events: readonly PlainEvent[]): PlainEvent[] {
  let seed = 7;
  const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff) / 0x7fff_ffff;
  return [...events]
    .map((event) => ({ event, key: event.at + 9 * random() }))
    .sort((x, y) => x.key - y.key)
    .map(({ event }) => event);
}

const inOrder = (events: readonly PlainEvent[]): PlainEvent[] => [...events].sort((x, y) => x.at - y.at);

function expectFound(found: readonly Found[], expected: readonly ExpectedFinding[]): void {
  expect(found.map(short).sort()).toEqual(expected.map(({ actor, kind }) => `${actor} ${kind}`).sort());
  for (const { actor, kind, reason, trait, threshold, members } of expected) {
    const { finding } = found.find((one) => short(one) === `${actor} ${kind}`)!;
    expect(finding.reasons.length, `${kind} gives a reason`).toBeGreaterThan(0);
    if (reason !== undefined) expect(finding.reasons.join('\n')).toContain(reason);
    if (threshold !== undefined)
      expect(finding.crossings.map((crossing) => crossing.threshold)).toContain(threshold);
    if (trait !== undefined) expect(finding.traits.join('\n')).toContain(trait);
    if (members !== undefined) expect(finding.members).toHaveLength(members);
  }
}

/** What must not depend on the order of rows. */
const told = (found: readonly Found[]): unknown =>
  found
    .map((one) => ({
      name: short(one),
      time: one.finding.time,
      reasons: one.finding.reasons,
      traits: [...one.finding.traits].sort(),
      crossings: one.finding.crossings.map(({ count, keyText, window, time, value, max }) => [
        count,
        keyText,
        window,
        time,
        value,
        max,
      ]),
    }))
    .sort((x, y) => (x.name < y.name ? -1 : 1));

for (const detector of detectors) {
  const path = join(import.meta.dirname, '..', 'src', 'detectors', `${detector.name}.fixture.ts`);
  test(`${detector.name} has a fixture, and a case that stays silent`, async () => {
    expect(existsSync(path), `no fixture: src/detectors/${detector.name}.fixture.ts`).toBe(true);
    const { fixture } = (await import(path)) as { fixture: DetectorFixture };
    expect(fixture.cases.some(({ finds }) => finds.length > 0)).toBe(true);
    expect(fixture.cases.some(({ finds }) => finds.length === 0)).toBe(true);
  });
  if (!existsSync(path)) continue;
  const { fixture } = (await import(path)) as { fixture: DetectorFixture };
  for (const given of fixture.cases) {
    test(`${detector.name}: ${given.name}`, async () => {
      await detector.prepare?.(detector.config.parse(given.config));
      const found = detect(detector, given, inOrder(given.events));
      expectFound(found, given.finds);
      expect(told(detect(detector, given, shuffled(given.events)))).toEqual(told(found));
    });
  }
}
