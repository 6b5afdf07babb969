import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ask, Bench } from './bench.ts';
import { dataFolder, dataset } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import { interleave, median } from './measure.ts';
import { circumstances, table } from './performance-page.ts';
import { profileTable } from './profile.ts';

/** How long a person waits for the small things. */
export const startupBench: Bench = {
  name: 'startup',
  title: 'Start-up',
  rows: 1000,
  async run(ask: Ask): Promise<string> {
    if (ask.offtrail === undefined) return 'Offtrail was not built: not measured.';
    const node = process.execPath;
    const log = readFileSync(dataset(connGenerator, 20_000).file, 'latin1').split('\n');
    const small = join(dataFolder, 'thousand-lines.log');
    writeFileSync(small, `${log.slice(0, 1000).join('\n')}\n`, 'latin1');
    const runs = Math.max(ask.runs, 15);
    const timings = await interleave(
      [
        { name: '`node -e 0`', command: [node, '-e', '0'], cores: 1 },
        { name: '`node dist/cli.js --help`', command: [node, ask.offtrail, '--help'], cores: 1 },
        {
          name: '`node dist/cli.js detect` on 1,000 lines of conn.log',
          command: ask.detect(small),
          cores: 1,
        },
      ],
      runs,
    );
    const limits = ['', '120', '400'];
    const rows = timings.map(({ name, seconds, peakBytes }, i) => {
      const middle = median(seconds) * 1000;
      const reached =
        limits[i] === ''
          ? ''
          : middle <= Number(limits[i])
            ? `≤ ${limits[i]}: reached`
            : `≤ ${limits[i]}: **not reached**`;
      const spread = `${(Math.min(...seconds) * 1000).toFixed(0)}–${(Math.max(...seconds) * 1000).toFixed(0)}`;
      return [name, middle.toFixed(0), spread, (peakBytes / 2 ** 20).toFixed(0), reached];
    });
    return [
      circumstances(runs, ask.note),
      '',
      table(['command', 'median ms', 'spread ms', 'peak MiB', 'target'], rows),
      ...(ask.profile
        ? [
            '',
            'Where the time goes in the 1,000 lines:',
            '',
            await profileTable('startup', ask.detect(small).slice(1)),
          ]
        : []),
    ].join('\n');
  },
};
