import { readFileSync } from 'node:fs';
import type { Ask, Bench } from './bench.ts';
import { dataset } from './dataset.ts';
import type { Generator } from './dataset.ts';
import { floodGenerator, floodOfTwoGenerator } from './generate-flood.ts';
import { interleave } from './measure.ts';
import { circumstances, describeFile, timingTable } from './performance-page.ts';

function floodBenchOf(generator: Generator, title: string): Bench {
  return {
    name: generator.name,
    title,
    rows: 10_000_000,
    async run(ask: Ask, rows: number): Promise<string> {
      if (ask.offtrail === undefined) return 'Offtrail was not built: not measured.';
      const data = dataset(generator, rows);
      const detect = ask.detect(data.file);
      const timings = await interleave(
        [
          { name: 'wc -l', command: ['wc', '-l', data.file], cores: 1 },
          { name: 'Offtrail', command: detect, cores: 1 },
        ],
        Math.min(ask.runs, 3),
      );
      const [scanner] = data.plants[0].sources;
      const found = incidentsOf(timings[1].output, scanner);
      const peak = timings[1].peakBytes / 1e6;
      return [
        circumstances(Math.min(ask.runs, 3), ask.note),
        '',
        describeFile(data),
        '',
        timingTable(timings, rows, data.bytes),
        '',
        `- The one real scanner (${scanner}, a port of one host every ${(3590 / data.plants[0].rows).toFixed(1)} s) is ${found.length > 0 ? `found: ${found.join('; ')}` : '**not found**'}.`,
        `- Peak memory at most 512 MB: ${peak.toFixed(0)} MB, ${peak <= 512 ? 'reached' : '**not reached**'}.`,
      ].join('\n');
    },
  };
}

/** Spoofed sources of one probe each within an hour: the ceiling holds and the scanner is found. */
export const floodBench = floodBenchOf(floodGenerator, 'A flood of spoofed one-probe sources');
/** Harder: every source comes back once, with another port. */
export const floodOfTwoBench = floodBenchOf(floodOfTwoGenerator, 'A flood of spoofed two-probe sources');

/** Kinds and verdicts of the incidents that name `address` as their actor, from NDJSON. */
function incidentsOf(output: string, address: string): string[] {
  return readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"type":"incident"') && line.includes(`"${address}"`))
    .map(
      (line) => JSON.parse(line) as { verdict: string; kinds: string[]; actor: { address: string | null } },
    )
    .filter((incident) => incident.actor.address === address)
    .map((incident) => `${incident.verdict} (${incident.kinds.join(', ')})`);
}
