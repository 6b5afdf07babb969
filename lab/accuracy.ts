// Runs `offtrail detect --json` over recordings, sensor by sensor and over all of them together, scores what it says against
// truth.json, prints a summary and writes docs/accuracy.md.
// Usage: accuracy.ts [FOLDER…]     default: samples, and the ten days made of it by slow.ts
//        accuracy.ts --day [EVENTS]    a generated day of a mid-size site (default 5,000,000 events); writes no page
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Incident, Summary } from '../src/model/incident.ts';
import { accuracyPage, summaryLines } from './accuracy-page.ts';
import type { Part } from './accuracy-page.ts';
import { dayFiles, dayHome, othersAtMost, scoreDay, writeDay } from './day.ts';
import { scoreView } from './score.ts';
import type { Run, View } from './score.ts';
import { SENSORS } from './sightings.ts';
import { makeSlow } from './slow.ts';
import type { Truth } from './truth.ts';

const root = join(import.meta.dirname, '..');
const samples = join(root, 'samples');
/** Where the ten days are made anew. */
const slow = join(root, 'lab/out/slow');

function readRun(view: View, stdout: string, error: string | undefined): Run {
  const run: Run = { view, incidents: [], summary: undefined, ...(error !== undefined && { error }) };
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    const object = JSON.parse(line) as Incident | Summary;
    if (object.type === 'incident') run.incidents.push(object);
    else run.summary = object;
  }
  return run;
}

function detect(folder: string, view: View, files: readonly string[]): Run {
  const done = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'detect', '--json', ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    cwd: folder,
  });
  const said = done.stderr.trim().split('\n');
  const why = said.find((line) => /error|offtrail/i.test(line)) ?? said[0] ?? '';
  const failed = done.status === 0 ? undefined : `exit ${done.status ?? done.signal}: ${why}`;
  return readRun(view, done.stdout, failed);
}

/** A generated day: every planted scan, and at most five other incidents above low. */
async function scoreGeneratedDay(): Promise<void> {
  const folder = join(root, 'lab/out/day');
  const events = await writeDay(folder, Number(process.argv[3] ?? 5_000_000));
  const done = spawnSync(
    process.execPath,
    [join(root, 'dist/cli.js'), 'detect', '--json', '--home', dayHome.join(','), ...Object.values(dayFiles)],
    { encoding: 'utf8', maxBuffer: 2 ** 30, cwd: folder },
  );
  const { incidents, summary } = readRun('all', done.stdout, undefined);
  const { found, missed, others, low } = scoreDay(incidents);
  process.stdout.write(
    `generated day: ${events} events, read in ${((summary?.took ?? NaN) / 1000).toFixed(0)} s\n` +
      `  planted scans found: ${found.length} of ${found.length + missed.length}${missed.length > 0 ? `, missed: ${missed.join('; ')}` : ''}\n` +
      `  other incidents above low: ${others.length} (at most ${othersAtMost}), low: ${low}\n`,
  );
  for (const { severity, verdict, kinds, actor } of others)
    process.stdout.write(`    ${severity} ${verdict} ${actor.address}: ${kinds.join(', ')}\n`);
  if (done.status !== 0 || missed.length > 0 || others.length > othersAtMost) process.exitCode = 1;
}

function scorePart(folder: string): Part {
  if (!existsSync(join(folder, 'truth.json'))) {
    process.stderr.write(
      `accuracy: ${folder} has no truth.json: record one with 'npm run lab', or name its folder\n`,
    );
    process.exit(2);
  }
  const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;
  const views: [View, string[]][] = SENSORS.flatMap((sensor) => {
    const files = truth.sensors[sensor] ?? [];
    return files.length === 0 ? [] : [[sensor, files]];
  });
  views.push(['all', views.flatMap(([, files]) => files)]);
  const name = relative(root, folder);
  const scores = views.map(([view, files]) => {
    process.stderr.write(`accuracy: ${name}, ${view}\n`);
    return scoreView(truth, detect(folder, view, files));
  });
  return { name, truth, scores };
}

if (process.argv[2] === '--day') {
  await scoreGeneratedDay();
  process.exit();
}
const named = process.argv.slice(2);
if (named.length === 0) makeSlow(samples, slow);
const parts = (named.length === 0 ? [samples, slow] : named.map((folder) => resolve(folder))).map(scorePart);
const command = ['npm run accuracy', ...(named.length === 0 ? [] : ['--', ...named])].join(' ');
const page = accuracyPage(parts, {
  command,
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
});
writeFileSync(join(root, 'docs/accuracy.md'), page);
for (const { name, scores } of parts) process.stdout.write(`${name}\n${summaryLines(scores).join('\n')}\n`);
process.stdout.write('written: docs/accuracy.md\n');
if (parts.some(({ scores }) => scores.some((score) => score.state === 'failed'))) process.exitCode = 1;
