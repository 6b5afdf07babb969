// Runs `offtrail detect --json` over a recording, sensor by sensor and over all of them together, scores what it says
// against truth.json, prints a summary and writes docs/accuracy.md. Usage: accuracy.ts [FOLDER] (default: samples)
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Incident, Summary } from '../src/model/incident.ts';
import { accuracyPage, summaryLines } from './accuracy-page.ts';
import { scoreView } from './score.ts';
import type { Run, View } from './score.ts';
import { SENSORS } from './sightings.ts';
import type { Truth } from './truth.ts';

const root = join(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? join(root, 'samples'));

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

function detect(view: View, files: readonly string[]): Run {
  const done = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'detect', '--json', ...files], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    cwd: folder,
  });
  const failed =
    done.status === 0
      ? undefined
      : `exit ${done.status ?? done.signal}: ${done.stderr.trim().split('\n').at(-1) ?? ''}`;
  return readRun(view, done.stdout, failed);
}

if (!existsSync(join(folder, 'truth.json'))) {
  process.stderr.write(
    `accuracy: ${folder} has no truth.json: record one with 'npm run lab', or name its folder\n`,
  );
  process.exit(2);
}
const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;
const files = SENSORS.map((sensor): [View, string[]] => [sensor, truth.sensors[sensor] ?? []]);
const views: [View, string[]][] = [...files, ['all', files.flatMap(([, names]) => names)]];
const scores = views.map(([view, names]) => {
  process.stderr.write(`accuracy: ${view}\n`);
  return scoreView(truth, detect(view, names));
});
const command = `npm run accuracy${process.argv[2] === undefined ? '' : ` ${relative(root, folder) || '.'}`}`;
const page = accuracyPage(truth, scores, {
  command,
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
});
writeFileSync(join(root, 'docs/accuracy.md'), page);
process.stdout.write(`${summaryLines(scores).join('\n')}\nwritten: docs/accuracy.md\n`);
