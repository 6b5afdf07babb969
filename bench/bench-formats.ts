import { readFileSync, statSync } from 'node:fs';
import { formats } from '../src/catalog.ts';
import type { FormatFixture } from '../test/format-fixture.ts';
import type { Ask, Bench } from './bench.ts';
import type { Generator } from './dataset.ts';
import { dataset } from './dataset.ts';
import { connGenerator } from './generate-conn.ts';
import { eveGenerator } from './generate-eve.ts';
import { flowGenerator, nfcapdGenerator } from './generate-flows.ts';
import { netfilterGenerator } from './generate-netfilter.ts';
import { webGenerator } from './generate-web.ts';
import { grownLines } from './grown-lines.ts';
import { median, runOnce } from './measure.ts';
import { packetCapture } from './packets.ts';
import { circumstances, table } from './performance-page.ts';

/** Rounds of one process: the first is start-up (the compiler's too) and is not counted. */
const rounds = 4;
/** Records of the generated inputs for each line of a grown one. */
const generatedFactor = 5;
/** Packets: at 650 bytes each, 1.6 million are a capture of 1 GB. */
const packetFactor = 8;

const targets = { text: 1, JSON: 0.7, packets: 1.5, flows: 1.5 } as const;
type Family = keyof typeof targets;

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly records: number;
  readonly skipped: number;
}

interface Read {
  readonly format: string;
  readonly family: Family;
  /** What tells it from other rows of the same format. */
  readonly variant?: string;
  readonly file: string;
  readonly records: number;
  readonly bytes: number;
  readonly options?: unknown;
}

const generated: readonly [string, Family, Generator, string?][] = [
  ['netfilter', 'text', netfilterGenerator],
  ['zeek-conn', 'text', connGenerator],
  ['web-access', 'text', webGenerator],
  ['suricata-eve', 'JSON', eveGenerator],
  ['netflow', 'flows', flowGenerator('v5'), 'v5'],
  ['netflow', 'flows', flowGenerator('v9'), 'v9'],
  ['ipfix', 'flows', flowGenerator('ipfix')],
  ['nfcapd', 'flows', nfcapdGenerator],
];

/** Every format alone, from file to events, on one core. */
export const formatsBench: Bench = {
  name: 'formats',
  title: 'Formats alone, from file to events',
  rows: 200_000,
  async run(ask: Ask, rows: number): Promise<string> {
    const lines: string[][] = [];
    const missed: string[] = [];
    for (const read of await inputs(rows)) {
      const { format, family, bytes } = read;
      let { records } = read;
      const seconds: number[] = [];
      const cpu: number[] = [];
      const command = [process.execPath, ask.peer('read-format'), read.file, read.format, String(rounds)];
      if (read.options !== undefined) command.push(JSON.stringify(read.options));
      for (let run = 0; run < ask.runs; run++) {
        const { output } = await runOnce({ name: read.format, command, cores: 1 });
        for (const round of readFileSync(output, 'utf8').trim().split('\n').slice(1)) {
          const timed = JSON.parse(round) as Round;
          if (timed.skipped > 0)
            throw new Error(`${read.format}: ${timed.skipped} of the records were refused`);
          seconds.push(timed.seconds);
          cpu.push(timed.cpuSeconds);
          // A line may hold many records.
          records = Math.max(records, timed.records);
        }
      }
      const middle = median(seconds);
      const rate = records / middle / 1e6;
      const name = read.variant === undefined ? format : `${format}, ${read.variant}`;
      if (rate < targets[family]) missed.push(name);
      process.stderr.write(`  ${name}: ${rate.toFixed(2)} M/s\n`);
      lines.push([
        name,
        family,
        records.toLocaleString('en'),
        (bytes / 1e6).toFixed(0),
        middle.toFixed(2),
        `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
        median(cpu).toFixed(2),
        rate.toFixed(2),
        (bytes / middle / 1e6).toFixed(0),
        String(targets[family]),
        rate >= targets[family] ? 'yes' : '**no**',
      ]);
    }
    const head = [
      'format',
      'family',
      'records',
      'MB',
      'median s',
      'spread s',
      'CPU s',
      'M records/s',
      'MB/s',
    ];
    return [
      circumstances(ask.runs, ask.note),
      '',
      `One core, to events in columns; ${rounds - 1} rounds of each run count, the first one (start-up) does not. netfilter, zeek-conn, web-access, suricata-eve, packets and flows come from generators of their own; every other file is grown from the format's fixture: its lines drawn by lot, with varying addresses, ports and clocks (\`bench/grown-lines.ts\`).`,
      '',
      table([...head, 'target', 'reached'], lines),
      '',
      missed.length === 0
        ? `All ${lines.length} reach their target.`
        : `${lines.length - missed.length} of ${lines.length} reach their target; ${missed.join(', ')} ${missed.length === 1 ? 'does' : 'do'} not.`,
    ].join('\n');
  },
};

async function inputs(rows: number): Promise<Read[]> {
  const reads: Read[] = generated.map(([format, family, generator, variant]) => {
    const { file, rows: records, bytes } = dataset(generator, rows * generatedFactor);
    return { format, family, file, records, bytes, ...(variant !== undefined && { variant }) };
  });
  const packets = Math.round(rows * packetFactor);
  const capture = packetCapture(packets);
  reads.push({
    format: 'pcap',
    family: 'packets',
    file: capture,
    records: packets,
    bytes: statSync(capture).size,
  });
  const known = new Set(reads.map(({ format, family }) => `${format} ${family}`));
  for (const plugin of formats) {
    const { fixture } = (await import(`../src/formats/${plugin.name}.fixture.ts`)) as {
      fixture: FormatFixture;
    };
    const format = await plugin.load();
    for (const family of ['text', 'JSON'] as const) {
      if (known.has(`${plugin.name} ${family}`)) continue;
      const grown = grownLines(format, fixture, family);
      if (grown === undefined) continue;
      const { file, rows: records, bytes } = dataset(grown.generator, rows);
      const variant = family === 'JSON' && known.has(`${plugin.name} text`) ? { variant: 'JSON' } : {};
      known.add(`${plugin.name} ${family}`);
      reads.push({ format: plugin.name, family, ...variant, file, records, bytes, options: grown.options });
    }
  }
  return reads.sort(
    (x, y) => Object.keys(targets).indexOf(x.family) - Object.keys(targets).indexOf(y.family),
  );
}
