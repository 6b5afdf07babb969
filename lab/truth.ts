// Writes truth.json of a recording: who did what, from when to when, and what each sensor could have seen of it.
// Times come from the capture, what a sensor could show from counting what it wrote down.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from '../src/model/finding.ts';
import type { Actor } from './actor.ts';
import { SITE, SITE6 } from './actor.ts';
import { couldShow } from './could-show.ts';
import { FILES, SENSORS, readActivity, readSightings, recordedAs } from './sightings.ts';
import type { Sensor, Sighting } from './sightings.ts';

export interface TruthActor extends Omit<Actor, 'whole' | 'limit'> {
  /** First and last packet at the gateway, ISO with microseconds, UTC. */
  start: string;
  end: string;
  /** What a sensor wrote down of it. */
  records: Partial<Record<Sensor, number>>;
  /** Per kind, the sensors whose records are enough to say so. */
  expected: { kind: Kind; shownBy: Sensor[] }[];
  /** Sensors that can show at least one of the kinds. */
  shownBy: Sensor[];
}

export interface Truth {
  version: 1;
  recorded: string;
  home: string[];
  /** The files of each sensor, beside truth.json. */
  sensors: Partial<Record<Sensor, string[]>>;
  actors: TruthActor[];
}

/** ISO with six decimals, of milliseconds with fraction. */
export function isoMicros(time: number): string {
  const micros = Math.round(time * 1000);
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
}

type Played = Actor & { from: number; to: number };
type Sightings = Record<Sensor, Sighting[]>;

/** What the sensors of a recording wrote down of an actor, and which of its kinds that is enough for. */
export function judgeRecords(
  actor: Pick<Actor, 'sources' | 'kinds'>,
  sightings: Sightings,
): Pick<TruthActor, 'records' | 'expected' | 'shownBy'> {
  const seen = Object.fromEntries(
    SENSORS.map((sensor) => [sensor, sightings[sensor].filter((one) => actor.sources.includes(one.source))]),
  ) as Sightings;
  const expected = actor.kinds.map((kind) => ({
    kind,
    shownBy: SENSORS.filter((sensor) => couldShow(kind, sensor, seen[sensor])),
  }));
  // The site speaks HTTP and DNS in the clear: what its logs show, packets show too.
  for (const one of expected) {
    if (sightings.pcap.length > 0 && one.shownBy.some((sensor) => sensor === 'access' || sensor === 'dns')) {
      one.shownBy = [...new Set([...one.shownBy, 'pcap' as const])];
    }
  }
  return {
    records: Object.fromEntries(
      SENSORS.filter((sensor) => seen[sensor].length > 0).map((sensor) => [sensor, seen[sensor].length]),
    ),
    expected,
    shownBy: SENSORS.filter((sensor) => expected.some((one) => one.shownBy.includes(sensor))),
  };
}

function truthOf(
  actor: Played,
  activity: ReturnType<typeof readActivity>,
  sightings: Sightings,
): TruthActor | undefined {
  // A host of the site also answers others: only what it began counts.
  const begun = sightings.pcap.filter(
    (one) => actor.inside !== undefined && actor.sources.includes(one.source),
  );
  const active =
    actor.inside === undefined
      ? actor.sources.flatMap((source) => activity.get(source) ?? [])
      : begun.map(({ time }) => ({ first: time, last: time }));
  if (active.length === 0) return undefined;
  return {
    id: actor.id,
    benign: actor.benign,
    sources: actor.sources,
    tool: actor.tool,
    kinds: actor.kinds,
    targets: actor.targets,
    command: actor.command,
    ...(actor.decoys !== undefined && { decoys: actor.decoys }),
    ...(actor.inside !== undefined && { inside: actor.inside }),
    ...(actor.note !== undefined && { note: actor.note }),
    start: isoMicros(Math.min(...active.map((one) => one.first))),
    end: isoMicros(Math.max(...active.map((one) => one.last))),
    ...judgeRecords(actor, sightings),
  };
}

/** The truth of what was played into a folder. */
function writeTruth(folder: string): Truth {
  const played = JSON.parse(readFileSync(join(folder, 'played.json'), 'utf8')) as Played[];
  const sightings = readSightings(folder);
  const activity = readActivity(folder);
  const actors = played
    .flatMap((actor) => truthOf(actor, activity, sightings) ?? [])
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  const truth: Truth = {
    version: 1,
    recorded: new Date(Math.min(...played.map((actor) => actor.from))).toISOString(),
    home: [SITE, SITE6],
    sensors: Object.fromEntries(
      SENSORS.map((sensor) => [sensor, FILES[sensor].flatMap((file) => recordedAs(folder, file) ?? [])]),
    ),
    actors,
  };
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
  const silent = played
    .filter((actor) => !actors.some((one) => one.id === actor.id))
    .map((actor) => actor.id);
  if (silent.length > 0) process.stderr.write(`lab: nothing was heard of ${silent.join(', ')}\n`);
  for (const actor of actors) {
    const blind = actor.expected.filter((one) => one.shownBy.length === 0).map((one) => one.kind);
    if (blind.length > 0)
      process.stderr.write(`lab: no sensor could show ${actor.id} as ${blind.join(', ')}\n`);
  }
  return truth;
}

if (process.argv[1] === import.meta.filename) writeTruth(process.argv[2]);
