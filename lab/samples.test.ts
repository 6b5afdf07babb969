import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { readSensor } from './sightings.ts';
import type { Sensor } from './sightings.ts';
import type { Truth } from './truth.ts';

const samples = join(import.meta.dirname, '../samples');
const truth = JSON.parse(readFileSync(join(samples, 'truth.json'), 'utf8')) as Truth;

// NetFlow is left out: reading it takes nfdump, which not every machine has.
test.each(['netfilter', 'access', 'dns', 'pcap'] as Sensor[])(
  'the samples are whole: %s holds as many records of every actor as its truth says',
  (sensor) => {
    const sightings = readSensor(samples, sensor);
    const counts = new Map<string, number>();
    for (const { source } of sightings) counts.set(source, (counts.get(source) ?? 0) + 1);
    const found = truth.actors.map((actor) => [
      actor.id,
      actor.sources.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0),
    ]);
    expect(found).toEqual(truth.actors.map((actor) => [actor.id, actor.records[sensor] ?? 0]));
    expect(sightings.length).toBeGreaterThan(400);
  },
);

test('everyone has an address of his own, and the decoys are nobody', () => {
  const sources = truth.actors
    .filter((actor) => actor.inside === undefined)
    .flatMap((actor) => actor.sources);
  expect(new Set(sources).size).toBe(sources.length);
  const decoys = truth.actors.flatMap((actor) => actor.decoys ?? []);
  expect(decoys).toHaveLength(4);
  expect(decoys.filter((one) => sources.includes(one))).toEqual([]);
});

test('every scan but the one below all thresholds can be shown by some sensor', () => {
  const scans = truth.actors.filter((actor) => !actor.benign);
  expect(scans.length).toBeGreaterThan(80);
  expect(scans.filter((actor) => actor.shownBy.length === 0).map((actor) => actor.id)).toEqual(['six-ports']);
});
