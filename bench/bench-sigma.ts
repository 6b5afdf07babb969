import { readFileSync } from 'node:fs';
import type { Ask, Bench } from './bench.ts';
import { dataset } from './dataset.ts';
import { webGenerator } from './generate-web.ts';
import { interleave, median } from './measure.ts';
import type { Contender } from './measure.ts';
import { circumstances, describeFile, table } from './performance-page.ts';

const many = 3000;
const few = 30;
const events = 1_000_000;

/** Sigma rules: many against few, the shipped catalogue on a log, conversions. */
export const sigmaBench: Bench = {
  name: 'sigma',
  title: 'Sigma rules',
  rows: 1_000_000,
  async run(ask: Ask, rows: number): Promise<string> {
    const node = process.execPath;
    const program = (name: string, ...more: number[]): string[] => [
      node,
      ask.peer(name),
      ...more.map(String),
    ];
    const inner: Contender[] = [
      { name: `${many} rules`, command: program('sigma-match', many, events), cores: 1 },
      { name: `${few} rules`, command: program('sigma-match', few, events), cores: 1 },
      { name: `${many} conversions`, command: program('sigma-convert', many), cores: 1 },
    ];
    const timings = await interleave(inner, ask.runs);
    // What the matching itself took, start-up and generation of the events left out: of the last run.
    const last = timings.map(
      ({ output }) => (JSON.parse(readFileSync(output, 'utf8')) as { seconds: number }).seconds,
    );
    const lines = [
      circumstances(ask.runs, ask.note),
      '',
      `${many.toLocaleString('en')} and ${few} seeded single-event rules over ${events.toLocaleString('en')} web events in columns, and ${many.toLocaleString('en')} conversions (reading included), one core.`,
      '',
      table(
        ['what', 'process, median s', 'itself, last run s', 'per second'],
        timings.map(({ name, seconds }, i) => [
          name,
          median(seconds).toFixed(2),
          last[i].toFixed(2),
          Math.round((i < 2 ? events : many) / last[i]).toLocaleString('en'),
        ]),
      ),
      '',
      `- ≥ 100,000 events/s with ${many.toLocaleString('en')} rules: ${Math.round(events / last[0]).toLocaleString('en')}, ${events / last[0] >= 100_000 ? 'reached' : '**not reached**'}; ${(last[0] / last[1]).toFixed(1)} × the time of ${few} rules.`,
      `- ${many.toLocaleString('en')} conversions ≤ 3 s: ${last[2].toFixed(2)} s, ${last[2] <= 3 ? 'reached' : '**not reached**'}.`,
    ];
    if (ask.offtrail === undefined)
      return [...lines, '', 'Offtrail was not built: the catalogue was not measured.'].join('\n');
    const data = dataset(webGenerator, rows);
    const whole = await interleave(
      [
        { name: 'without rules', command: ask.detect(data.file), cores: 1 },
        { name: 'with the catalogue', command: ask.detect(data.file, '--rules', 'shipped'), cores: 1 },
      ],
      ask.runs,
    );
    const [without, withRules] = whole.map(({ seconds }) => median(seconds));
    const cost = 1 - without / withRules;
    return [
      ...lines,
      `- The catalogue costs ≤ 30 % of the throughput: ${(cost * 100).toFixed(0)} % (${without.toFixed(2)} s without, ${withRules.toFixed(2)} s with), ${cost <= 0.3 ? 'reached' : '**not reached**'}.`,
      '',
      describeFile(data),
    ].join('\n');
  },
};
