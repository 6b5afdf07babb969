import type { Ask, Bench } from './bench.ts';
import type { Generator } from './dataset.ts';
import { dataset } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import { eveGenerator } from './generate-eve.ts';
import { netfilterGenerator } from './generate-netfilter.ts';
import { webGenerator } from './generate-web.ts';
import type { Contender } from './measure.ts';
import { interleave } from './measure.ts';
import { circumstances, describeFile, timingTable } from './performance-page.ts';

interface Read {
  readonly format: string;
  readonly generator: Generator;
  readonly aim: string;
  /** A program that does the least that the same input needs. */
  readonly floor?: string;
}

const reads: readonly Read[] = [
  { format: 'netfilter', generator: netfilterGenerator, aim: '3 M lines/s' },
  { format: 'zeek-conn', generator: connGenerator, aim: '4 M records/s' },
  { format: 'web-access', generator: webGenerator, aim: '2.5 M lines/s' },
  { format: 'suricata-eve', generator: eveGenerator, aim: '0.9 M records/s', floor: 'json-parse' },
];

/** Every hot text format alone, from file to events, on one core: start-up of the program included. */
export const formatsBench: Bench = {
  name: 'formats',
  title: 'Formats alone, from file to events',
  rows: 2_000_000,
  async run(ask: Ask, rows: number): Promise<string> {
    const parts = [circumstances(ask.runs, ask.note)];
    for (const { format, generator, aim, floor } of reads) {
      const data = dataset(generator, rows);
      const node = process.execPath;
      const contenders: Contender[] = [
        { name: 'wc -l', command: ['wc', '-l', data.file], cores: 1 },
        { name: format, command: [node, ask.peer('read-format'), data.file, format], cores: 1 },
      ];
      if (floor !== undefined) {
        contenders.push({ name: floor, command: [node, ask.peer(floor), data.file], cores: 1 });
      }
      const timings = await interleave(contenders, ask.runs);
      parts.push(
        '',
        `### ${format}`,
        '',
        `${describeFile(data)} The aim is ${aim}.`,
        '',
        timingTable(timings, rows, data.bytes, floor ?? 'wc -l'),
      );
    }
    return parts.join('\n');
  },
};
