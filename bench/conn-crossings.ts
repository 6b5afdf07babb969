import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Crossing, Popularity } from './crossings.ts';
import { sortCrossings } from './crossings.ts';
import { readCrossings, worthSql } from './crossings-sql.ts';
import type { Plant } from './dataset.ts';
import { fanOutThresholds } from './fan-out-thresholds.ts';
import { popularPorts } from './popular-ports.ts';
import {
  connActorSql,
  connFullAnsweredSql,
  connFullProbeSql,
  connInboundSql,
  connPortSql,
  connTimeSql,
  readConnSql,
} from './zeek-conn-sql.ts';

/** As the engine learns it: answered to 20 other sources in the 24 whole hours before (docs/detectors/fan-out.md). */
const learnedPopularity: Popularity = {
  ports: popularPorts,
  learned: { sources: 20, hours: 24 },
};
/** Seconds that conn.log rows may come late before they are context only. */
const lateness = 120;

/**
 * The crossings of a generated conn.log by exact SQL, with learned popularity and lateness. A row is late when it
 * starts more than `lateness` before the latest start in the lines above it.
 */
export async function connCrossings(
  file: string,
  popularity: Popularity = learnedPopularity,
): Promise<Crossing[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`
      create temp table line as
      select ${connTimeSql} as time, ${connActorSql} as actor, resp_h as target, ${connPortSql} as port,
        not (${connFullAnsweredSql}) as failed, ${connInboundSql} as inbound, ${connFullProbeSql} as probe
      from ${readConnSql(file)}`);
    await connection.run(`
      create temp table contact as
      select time, actor, target, port, failed, inbound from (
        select *, max(time) over (order by rowid rows between unbounded preceding and 1 preceding) as newest from line
      ) where probe and (newest is null or time >= newest - ${lateness * 1_000_000})`);
    await connection.run(
      `create temp table scored as select * from (${worthSql('contact', popularity)}) where worth > 0`,
    );
    return await readCrossings(connection, fanOutThresholds);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * Reads crossings as CSV, `count,actor,key,window,time,max`: what `offtrail detect --crossings` writes (counts are called
 * 'fan-out/vertical' …) and what the peers print. Other counts are left out.
 */
export function readCrossingsFile(file: string): Crossing[] {
  const byKey = new Map<string, Crossing>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [count, actor, of, window, first, max] = line.split(',');
    const kind = count.replace('fan-out/', '');
    if (kind !== 'vertical' && kind !== 'horizontal') continue;
    const key = `${kind} ${actor} ${of} ${window}`;
    const before = byKey.get(key);
    byKey.set(key, {
      kind,
      actor,
      of,
      window: Number(window),
      first: Math.min(Number(first), before?.first ?? Infinity),
      max: Math.max(Number(max), before?.max ?? 0),
    });
  }
  return sortCrossings([...byKey.values()]);
}

/** Differences between two lists of crossings, as lines to read; empty when they are identical. */
export function differences(expected: readonly Crossing[], actual: readonly Crossing[]): string[] {
  const text = (c: Crossing): string => [c.kind, c.actor, c.of, c.window, c.first, c.max].join(',');
  const left = new Set(expected.map(text));
  const right = new Set(actual.map(text));
  return [
    ...[...left].filter((line) => !right.has(line)).map((line) => `only SQL: ${line}`),
    ...[...right].filter((line) => !left.has(line)).map((line) => `only Offtrail: ${line}`),
  ].sort((a, b) => (a.slice(a.indexOf(':')) < b.slice(b.indexOf(':')) ? -1 : 1));
}

/** Planted scans whose crossings are missing, and those that crossed though they stay one step below. */
export function plantsMissed(plants: readonly Plant[], found: readonly Crossing[]): string[] {
  const keys = new Set(found.map((c) => [c.kind, c.actor, c.of, c.window].join(' ')));
  const text = (c: { kind: string; key: readonly string[]; window: number }): string =>
    [c.kind, ...c.key, c.window].join(' ');
  return plants.flatMap((plant) => [
    ...plant.crosses.filter((c) => !keys.has(text(c))).map((c) => `${plant.name} not found: ${text(c)}`),
    ...plant.silent.filter((c) => keys.has(text(c))).map((c) => `${plant.name} found: ${text(c)}`),
  ]);
}
