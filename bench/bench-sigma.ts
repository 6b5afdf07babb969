import { readFileSync } from 'node:fs';
import type { Ask, Bench } from './bench.ts';
import { dataset } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import { netfilterGenerator } from './generate-netfilter.ts';
import { webGenerator } from './generate-web.ts';
import { interleave, median } from './measure.ts';
import type { Contender } from './measure.ts';
import { circumstances, describeFile, table } from './performance-page.ts';

const many = 3000;
const few = 30;
const events = 1_000_000;

/** Sigma rules: many against few, the shipped catalogue on three logs, conversions. */
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
    const logs = [
      { name: 'web log', data: dataset(webGenerator, rows) },
      { name: 'firewall log', data: dataset(netfilterGenerator, rows) },
      { name: 'conn.log', data: dataset(connGenerator, rows) },
    ];
    const whole = await interleave(
      logs.flatMap(({ name, data: { file } }) => [
        { name, command: ask.detect(file), cores: 1 },
        { name: `${name}, with the catalogue`, command: ask.detect(file, '--rules', 'shipped'), cores: 1 },
      ]),
      ask.runs,
    );
    const costs = logs.map(({ name }, i) => {
      const [without, withRules] = [whole[2 * i], whole[2 * i + 1]].map(({ seconds }) => median(seconds));
      return { name, without, withRules, cost: 1 - without / withRules };
    });
    return [
      ...lines,
      '- The catalogue costs ≤ 30 % of the throughput:',
      '',
      table(
        ['log', 'without, median s', 'with, median s', 'cost', '≤ 30 %'],
        costs.map(({ name, without, withRules, cost }) => [
          name,
          without.toFixed(2),
          withRules.toFixed(2),
          `${(cost * 100).toFixed(0)} %`,
          cost <= 0.3 ? 'reached' : '**not reached**',
        ]),
      ),
      '',
      ...logs.map(({ data }) => describeFile(data)),
    ].join('\n');
  },
};
