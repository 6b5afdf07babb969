import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../bench/random.ts';
import { parquet } from '../../test/parquet-writer.ts';
import { EventBatch } from '../model/event.ts';
import type { Format } from '../model/format.ts';
import { InputCounters, InputReader } from '../pipeline/input-reader.ts';
import { awsVpcParquet } from './aws-vpc-parquet.ts';
import { awsVpc } from './aws-vpc.ts';

const seconds = Number(process.env.OFFTRAIL_FUZZ_SECONDS ?? 2);

interface Read {
  readonly rows: string[];
  readonly skipped: Record<string, number>;
  readonly notes: string[];
  /** Rows of the largest part that was handed out at once. */
  readonly most: number;
}

function read(format: Format, bytes: Uint8Array, keep = true, name = 'x'): Read {
  const rows: string[] = [];
  let part = 0;
  let most = 0;
  const counters = new InputCounters();
  const info = {
    index: 0,
    name,
    modified: 0,
    zone: 'UTC',
    options: undefined,
    trustedProxies: { size: 0, has4: () => false, has6: () => false },
  };
  const reader = new InputReader(format, info, {
    take: () => new EventBatch(),
    emit(batch) {
      part += batch.length;
      if (!keep) return;
      const { time, source, target, sourcePort, targetPort, proto, outcome, role, flags, size } = batch;
      for (let i = 0; i < batch.length; i++)
        rows.push(
          [
            time[i],
            source[i],
            target[i],
            sourcePort[i],
            targetPort[i],
            proto[i],
            outcome[i],
            role[i],
            flags[i],
            size[i],
          ].join(' '),
        );
    },
    counters,
  });
  reader.feed(bytes, 0, bytes.length, true);
  most = part;
  while (reader.pending) {
    part = 0;
    reader.feed(bytes, bytes.length, bytes.length, true);
    most = Math.max(most, part);
  }
  return {
    rows,
    most,
    skipped: Object.fromEntries([...counters.reasons].map(([reason, { count }]) => [reason, count])),
    notes: [...counters.notes.keys()],
  };
}

describe('files that DuckDB wrote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'offtrail-parquet-'));
  const count = 100_000;
  let text: Read;

  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE flows AS SELECT
      5::INTEGER AS version, '192.0.2.' || (i % 250 + 1) AS srcaddr, '198.51.100.' || (i % 7 + 1) AS dstaddr,
      (CASE WHEN i % 11 = 0 THEN NULL ELSE 30000 + i % 30000 END)::INTEGER AS srcport, (i % 1000)::INTEGER AS dstport,
      (CASE i % 3 WHEN 0 THEN 17 ELSE 6 END)::INTEGER AS protocol, (1 + i % 40)::BIGINT AS packets, (40 + (i * 7919) % 100000)::BIGINT AS bytes,
      (1767323040 + i // 50)::BIGINT AS start, (1767323100 + i // 50)::BIGINT AS "end",
      CASE WHEN i % 5 = 0 THEN 'REJECT' ELSE 'ACCEPT' END AS action, 'OK' AS log_status, (i % 20)::INTEGER AS tcp_flags
      FROM range(${count}) t(i)`);
    const file = (name: string): string => join(folder, name);
    for (const codec of ['snappy', 'gzip', 'uncompressed', 'zstd'])
      await connection.run(
        `COPY flows TO '${file(codec)}' (FORMAT parquet, COMPRESSION '${codec}', ROW_GROUP_SIZE 20000)`,
      );
    await connection.run(`COPY (SELECT version, srcaddr, dstaddr, coalesce(srcport::VARCHAR, '-') AS srcport, dstport, protocol, packets, bytes, start, "end", action, log_status AS "log-status", tcp_flags AS "tcp-flags" FROM flows)
      TO '${file('text')}' (FORMAT csv, DELIMITER ' ', HEADER)`);
    connection.closeSync();
    instance.closeSync();
    text = read(awsVpc, readFileSync(file('text')));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['snappy', 'gzip', 'uncompressed'])('%s: row for row what the same log says as text', (codec) => {
    expect(text.rows).toHaveLength(count);
    const { rows, skipped, most } = read(awsVpcParquet, readFileSync(join(folder, codec)));
    expect(skipped).toEqual({});
    expect(rows.length).toBe(count);
    expect(rows.findIndex((row, i) => row !== text.rows[i])).toBe(-1);
    // Handed out in parts: rows wait for nobody in memory.
    expect(most).toBeLessThanOrEqual(32_768);
  });

  test('a file on disk is read where it is wanted: of what is fed only the beginning is looked at', () => {
    const path = join(folder, 'gzip');
    const head = Uint8Array.from(readFileSync(path).subarray(0, 64));
    const { rows, most } = read(awsVpcParquet, head, true, path);
    expect(rows.length).toBe(count);
    expect(rows.findIndex((row, i) => row !== text.rows[i])).toBe(-1);
    expect(most).toBeLessThanOrEqual(32_768);
    // Another file of that name is not the input.
    head[20] ^= 1;
    expect(read(awsVpcParquet, head, true, path).skipped).toEqual({
      'damaged Parquet file: not a whole Parquet file': 1,
    });
  });

  test('zstd is refused with a clear word', () => {
    const { rows, skipped } = read(awsVpcParquet, readFileSync(join(folder, 'zstd')));
    expect(rows).toEqual([]);
    expect(skipped).toEqual({ 'damaged Parquet file: Zstandard compression is not built in': 5 });
  });
});

test('of a pipe more than 96 MiB are refused, and not kept', () => {
  const bytes = new Uint8Array(97 << 20);
  bytes.set(Buffer.from('PAR1'));
  const { rows, notes } = read(awsVpcParquet, bytes);
  expect(rows).toEqual([]);
  expect(notes).toEqual([
    'more than 96 MiB of Parquet in a pipe or a compressed file are not read: give the file itself',
  ]);
});

test(
  'any number of the format may be wrong: nothing is thrown, nothing hangs, nothing grows',
  { timeout: (seconds + 60) * 1000 },
  () => {
    const column = (
      name: string,
      type: 'int32' | 'int64' | 'bytes',
      value: (i: number) => number | string | null,
      dictionary = false,
    ) => ({
      name,
      type,
      dictionary,
      values: Array.from({ length: 40 }, (_, i) => value(i)),
    });
    const columns = [
      column('srcaddr', 'bytes', (i) => `192.0.2.${i % 4}`, true),
      column('dstaddr', 'bytes', (i) => (i % 9 === 0 ? null : `198.51.100.${i % 5}`)),
      column('protocol', 'int32', () => 6, true),
      column('start', 'int64', (i) => 1_767_323_040 + i),
      column('action', 'bytes', (i) => (i % 7 === 0 ? null : 'REJECT'), true),
    ];
    const end = performance.now() + seconds * 1000;
    const before = process.memoryUsage.rss();
    let seen = 0;
    let rounds = 0;
    let slowest = 0;
    for (let seed = 1; performance.now() < end || rounds < 400; seed++, rounds++) {
      const random = new Random(seed);
      const chance = random.pick([0.002, 0.01, 0.05]);
      const bytes = parquet(columns, {
        codec: random.pick(['none', 'snappy', 'gzip']),
        version2: random.chance(0.5),
        rowsPerGroup: random.pick([7, 40]),
        rowsPerPage: random.pick([3, 40]),
        tamper: (name, value) => {
          if (!random.chance(chance)) return value;
          seen++;
          // Widths and lengths that are written as bytes stay writable.
          const limits =
            name === 'index width'
              ? [0, 1, 7, 31, 33, 200]
              : [0, 1, -1, 2, 7, value - 1, value + 1, value * 2, 0x7fff_ffff, 0xffff_ffff, 2 ** 40];
          return name.includes('run') || name.includes('length') || name === 'level bytes'
            ? Math.abs(random.pick(limits))
            : random.pick(limits);
        },
      });
      const start = performance.now();
      const { skipped } = read(awsVpcParquet, bytes, false);
      slowest = Math.max(slowest, performance.now() - start);
      for (const n of Object.values(skipped)) expect(n, `seed ${seed}`).toBeGreaterThan(0);
    }
    expect(seen).toBeGreaterThan(100);
    expect(slowest).toBeLessThan(5000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 << 20);
  },
);
