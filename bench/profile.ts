import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './dataset.ts';
import { runOnce } from './measure.ts';
import { table } from './performance-page.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * Runs a Node program once more under V8's sampling profiler: the functions with the most time of their own, all
 * threads together.
 */
export async function profileTable(name: string, args: readonly string[], top = 15): Promise<string> {
  const folder = join(dataFolder, 'profile');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await runOnce({
    name: `${name} profile`,
    command: [process.execPath, '--cpu-prof', `--cpu-prof-dir=${folder}`, ...args],
    cores: 1,
  });
  const own = new Map<string, number>();
  let total = 0;
  for (const file of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
    const nameOf = new Map(
      profile.nodes.map(({ id, callFrame }) => {
        const where = callFrame.url.split('/').at(-1) ?? '';
        const line = callFrame.lineNumber < 0 ? '' : `:${callFrame.lineNumber + 1}`;
        return [id, `\`${callFrame.functionName || '(anonymous)'}\` ${where}${line}`.trim()];
      }),
    );
    for (const [i, id] of profile.samples.entries()) {
      const key = nameOf.get(id) ?? '?';
      // A thread that waits for another one.
      if (key === '`(idle)`') continue;
      own.set(key, (own.get(key) ?? 0) + profile.timeDeltas[i]);
      total += profile.timeDeltas[i];
    }
  }
  const rows = [...own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, top)
    .map(([key, time]) => [key, (time / 1e6).toFixed(2), `${((100 * time) / total).toFixed(1)} %`]);
  return table(['function', 'own s', 'share'], rows);
}
