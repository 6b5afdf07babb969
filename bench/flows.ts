import { spawnSync } from 'node:child_process';
import type { Ask, Bench } from './bench.ts';
import { dataset } from './dataset.ts';
import { flowGenerator, nfcapdGenerator } from './generate-flows.ts';
import type { Contender } from './measure.ts';
import { interleave } from './measure.ts';
import { circumstances, describeFile, timingTable } from './performance-page.ts';

const inputs = [
  { format: 'netflow', title: 'NetFlow v5 in a capture', generator: flowGenerator('v5') },
  { format: 'netflow', title: 'NetFlow v9 in a capture, 14 fields', generator: flowGenerator('v9') },
  { format: 'ipfix', title: 'IPFIX in a capture, 14 fields', generator: flowGenerator('ipfix') },
  { format: 'nfcapd', title: 'nfcapd file, layout 2', generator: nfcapdGenerator },
] as const;

/** Flow records alone, from file to events, on one core; nfdump beside it where it is installed. */
export const flowsBench: Bench = {
  name: 'flows',
  title: 'Flow records, from file to events',
  rows: 6_000_000,
  async run(ask: Ask, rows: number): Promise<string> {
    const hasNfdump = spawnSync('nfdump', ['-V']).status === 0;
    const parts = [
      circumstances(ask.runs, ask.note),
      '',
      'One core, to events in columns, start-up of the program included. The aim is 1.5 M records/s.',
    ];
    for (const { format, title, generator } of inputs) {
      const data = dataset(generator, rows);
      const contenders: Contender[] = [
        { name: 'wc -l', command: ['wc', '-l', data.file], cores: 1 },
        {
          name: 'Offtrail',
          command: [process.execPath, ask.peer('read-format'), data.file, format],
          cores: 1,
        },
      ];
      if (format === 'nfcapd' && hasNfdump)
        contenders.push({
          name: 'nfdump',
          command: ['nfdump', '-r', data.file, '-q', '-o', 'null'],
          cores: 1,
        });
      const timings = await interleave(contenders, ask.runs);
      parts.push(
        '',
        `### ${title}`,
        '',
        describeFile(data),
        '',
        timingTable(timings, rows, data.bytes, 'wc -l'),
      );
    }
    return parts.join('\n');
  },
};
