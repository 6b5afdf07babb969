import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ask, Bench } from './bench.ts';
import { connCrossings, differences, plantsMissed, readCrossingsFile } from './conn-crossings.ts';
import type { Dataset } from './dataset.ts';
import { dataFolder, dataset } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import type { Contender, Timing } from './measure.ts';
import { interleave, median, runOnce } from './measure.ts';
import { circumstances, describeFile, table, timingTable } from './performance-page.ts';
import { profileTable } from './profile.ts';

const duckdb = 'DuckDB, best exact SQL';

/** Zeek conn.log: the main comparison, with proof that both find the same. */
export const connBench: Bench = {
  name: 'conn',
  title: 'Zeek conn.log',
  rows: 10_000_000,
  async run(ask: Ask, rows: number): Promise<string> {
    const data = dataset(connGenerator, rows);
    const node = process.execPath;
    const contenders: Contender[] = [
      { name: 'wc -l', command: ['wc', '-l', data.file], cores: 1 },
      {
        name: 'naive (readline, split, a Map per key)',
        command: [node, '--max-old-space-size=8192', ask.peer('naive-conn'), data.file],
        cores: 1,
      },
      { name: duckdb, command: [node, ask.peer('duckdb-conn'), data.file, '1'], cores: 1 },
      { name: `${duckdb}, two cores`, command: [node, ask.peer('duckdb-conn'), data.file, '2'], cores: 2 },
    ];
    if (ask.offtrail !== undefined) {
      contenders.push(
        { name: 'Offtrail', command: ask.detect(data.file), cores: 1 },
        { name: 'Offtrail, two cores', command: ask.detect(data.file), cores: 2 },
      );
    }
    const timings = await interleave(contenders, ask.runs);
    return [
      circumstances(ask.runs, ask.note),
      '',
      describeFile(data),
      'Offtrail runs all its detectors; DuckDB computes the crossings of two keys (source and target → ports; source and port → targets) in three windows (1 m, 5 m, 1 h), the short list of public ports standing for popularity.',
      '',
      timingTable(timings, rows, data.bytes, duckdb),
      '',
      ...targets(timings, rows),
      '',
      ...(await verification(ask, data)),
      '',
      ...(await otherForms(ask, data)),
      ...(ask.profile && ask.offtrail !== undefined
        ? [
            '',
            'Where the time goes, one core:',
            '',
            await profileTable('conn', ask.detect(data.file).slice(1)),
          ]
        : []),
    ].join('\n');
  },
};

function targets(timings: readonly Timing[], rows: number): string[] {
  const seconds = (name: string): number | undefined => {
    const found = timings.find((timing) => timing.name === name);
    return found === undefined ? undefined : median(found.seconds);
  };
  const one = seconds('Offtrail');
  const two = seconds('Offtrail, two cores');
  const peer = seconds(duckdb);
  if (one === undefined || two === undefined || peer === undefined)
    return ['Offtrail was not built: not measured.'];
  const verdict = (reached: boolean): string => (reached ? 'reached' : '**not reached**');
  const rate = rows / one / 1e6;
  const memory = (timings.find(({ name }) => name === 'Offtrail')?.peakBytes ?? 0) / 2 ** 20;
  return [
    `- At least 1.8 M records/s on one core: ${rate.toFixed(2)} M, ${verdict(rate >= 1.8)} (the aim is 3 M).`,
    `- At least twice DuckDB: ${(peer / one).toFixed(2)} ×, ${verdict(peer / one >= 2)}.`,
    `- Two cores at least 1.5 × one: ${(one / two).toFixed(2)} ×, ${verdict(one / two >= 1.5)}.`,
    `- Peak memory at most 300 MB (one core): ${memory.toFixed(0)} MiB, ${verdict(memory * 1.048576 <= 300)}.`,
  ];
}

/** Not timed: the same file, learned popularity, every crossing of either side. */
async function verification(ask: Ask, data: Dataset): Promise<string[]> {
  process.stderr.write('  exact SQL with learned popularity …\n');
  const expected = await connCrossings(data.file);
  const planted = data.plants.reduce((sum, plant) => sum + plant.crosses.length + plant.silent.length, 0);
  const missed = plantsMissed(data.plants, expected);
  const lines = [
    `Exactness (untimed): exact SQL with learned popularity finds ${expected.length} crossings in this file; of ${planted} planted crossings and near misses it misjudges ${missed.length}.`,
    ...missed.slice(0, 10).map((line) => `- ${line}`),
  ];
  if (ask.offtrail === undefined) return lines;
  const file = join(dataFolder, 'out', 'crossings.csv');
  for (const [words, cores] of [
    ['one core', 1],
    ['two cores', 2],
  ] as const) {
    rmSync(file, { force: true });
    await runOnce({
      name: `verify ${words}`,
      command: ask.detect(data.file, '--crossings', file),
      cores,
    });
    const actual = existsSync(file) ? readCrossingsFile(file) : [];
    const wrong = differences(expected, actual);
    lines.push(
      wrong.length === 0
        ? `Offtrail on ${words} finds the same ${actual.length} crossings: kind, key, window, first time and maximum are identical.`
        : `Offtrail on ${words}: ${actual.length} crossings, **${wrong.length} differences** from the SQL, the first of them:`,
      ...wrong.slice(0, 10).map((line) => `- ${line}`),
    );
  }
  return lines;
}

/** The claim that the timed query is DuckDB's best, kept checkable: the other exact forms, one run each. */
async function otherForms(ask: Ask, data: Dataset): Promise<string[]> {
  const rows: string[][] = [];
  for (const [form, what] of [
    ['pruned', 'keys that cannot cross are dropped, then changes (the one timed above)'],
    ['changes', 'changes for every key'],
    ['range', '`count(distinct …) over (… range between … preceding and current row)`'],
  ]) {
    const run = await runOnce({
      name: `duckdb form ${form}`,
      command: [process.execPath, ask.peer('duckdb-conn'), data.file, '1', form],
      cores: 1,
    });
    const found = readCrossingsFile(run.output).length;
    rows.push([what, run.seconds.toFixed(2), (run.peakBytes / 2 ** 20).toFixed(0), String(found)]);
  }
  return [
    "DuckDB's exact forms, one run each. All drop rows without worth while reading. Changes: with `lag` and `lead` per distinct value, when it enters and when it leaves the window; their running sum is the sliding score. A key whose worths in the whole file do not add up to the lowest threshold cannot cross; dropping those first needs the whole file before there is an answer, which a live detector does not have.",
    '',
    table(['form', 's', 'peak MiB', 'crossings'], rows),
  ];
}
