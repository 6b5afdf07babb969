import type { Ask, Bench } from './bench.ts';
import type { Generator } from './dataset.ts';
import { dataset } from './dataset.ts';
import { netfilterGenerator } from './generate-netfilter.ts';
import { webGenerator } from './generate-web.ts';
import type { Contender } from './measure.ts';
import { interleave, median } from './measure.ts';
import { circumstances, describeFile, timingTable } from './performance-page.ts';
import { profileTable } from './profile.ts';

/** Access logs and netfilter lines: text that has to be taken apart. */
function linesBench(
  name: 'web' | 'netfilter',
  title: string,
  generator: Generator,
  aim: string,
  peers: string,
): Bench {
  return {
    name,
    title,
    rows: 5_000_000,
    async run(ask: Ask, rows: number): Promise<string> {
      const data = dataset(generator, rows);
      const node = process.execPath;
      const contenders: Contender[] = [
        { name: 'wc -l', command: ['wc', '-l', data.file], cores: 1 },
        {
          name: 'naive (readline, one RegExp, Sets)',
          command: [node, '--max-old-space-size=8192', ask.peer('naive-lines'), data.file, name],
          cores: 1,
        },
        { name: 'DuckDB', command: [node, ask.peer(`duckdb-${name}`), data.file, '1'], cores: 1 },
      ];
      const detect = ask.detect(data.file);
      if (ask.offtrail !== undefined) {
        contenders.push(
          { name: 'Offtrail', command: detect, cores: 1 },
          { name: 'Offtrail, two cores', command: detect, cores: 2 },
        );
      }
      const timings = await interleave(contenders, ask.runs);
      const one = timings.find((timing) => timing.name === 'Offtrail');
      const rate = one === undefined ? 0 : rows / median(one.seconds) / 1e6;
      return [
        circumstances(ask.runs, ask.note),
        '',
        describeFile(data),
        peers,
        '',
        timingTable(timings, rows, data.bytes, 'DuckDB'),
        '',
        one === undefined
          ? 'Offtrail was not built: not measured.'
          : `- At least 1.5 M lines/s on one core: ${rate.toFixed(2)} M, ${rate >= 1.5 ? 'reached' : '**not reached**'} (the aim is ${aim}).`,
        ...(ask.profile && one !== undefined
          ? ['', 'Where the time goes, one core:', '', await profileTable(name, detect.slice(1))]
          : []),
      ].join('\n');
    },
  };
}

export const webBench = linesBench(
  'web',
  'Web access log (nginx combined)',
  webGenerator,
  '2.5 M',
  'DuckDB splits at quotes and blanks and counts distinct missing paths per client in two windows; the naive program counts them without windows.',
);
export const netfilterBench = linesBench(
  'netfilter',
  'Linux netfilter lines in syslog',
  netfilterGenerator,
  '3 M',
  'DuckDB splits out source, target, protocol and port and computes the crossings of two keys in three windows; the naive program counts distinct ports without windows.',
);
