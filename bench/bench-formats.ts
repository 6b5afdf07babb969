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

/** Rounds of one process: the first ones are start-up, the compiler's above all, and are not counted. */
const rounds = 8;
const startUp = 3;
/** Of the plain reading that formats are held against. */
const floorRounds = 3;
/** Records of the generated inputs for each line of a grown one. */
const generatedFactor = 5;
/** Packets: at 650 bytes each, 1.6 million are a capture of 1 GB. */
const packetFactor = 8;

const targets = { text: 1, JSON: 0.7, packets: 1.5, flows: 1.5 } as const;
/**
 * The machine that the targets were set on parsed 0.85 M JSON records a second with JSON.parse alone and split 1.1 M lines
 * with readline: the same share of what this machine does says what a format is worth on it.
 */
const shares: Readonly<Partial<Record<Family, number>>> = { JSON: 0.7 / 0.85, text: 1 / 1.1 };
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
    /** Those that no round of theirs reaches it in. */
    const never: string[] = [];
    /** M records a second of the plain reading, by row. */
    const floors = new Map<string, number>();
    const beside = {
      text: { of: 0, reach: 0, below: [] as string[] },
      JSON: { of: 0, reach: 0, below: [] as string[] },
    };
    for (const read of await inputs(rows)) {
      const { format, family, bytes } = read;
      let { records } = read;
      const seconds: number[] = [];
      const cpu: number[] = [];
      /** Plain reading, and how many times as fast the format was just before: both in the machine's same mood. */
      const plain: number[] = [];
      const times: number[] = [];
      const share = shares[family];
      const command = [process.execPath, ask.peer('read-format'), read.file, read.format, String(rounds)];
      if (read.options !== undefined) command.push(JSON.stringify(read.options));
      for (let run = 0; run < ask.runs; run++) {
        const { output } = await runOnce({ name: read.format, command, cores: 1 });
        const counted = seconds.length;
        for (const round of readFileSync(output, 'utf8').trim().split('\n').slice(startUp)) {
          const timed = JSON.parse(round) as Round;
          if (timed.skipped > 0)
            throw new Error(`${read.format}: ${timed.skipped} of the records were refused`);
          seconds.push(timed.seconds);
          cpu.push(timed.cpuSeconds);
          // A line may hold many records.
          records = Math.max(records, timed.records);
        }
        if (share === undefined) continue;
        const floor = await floorOf(ask, read);
        plain.push(floor);
        times.push(floor / median(seconds.slice(counted)));
      }
      const middle = median(seconds);
      const rate = records / middle / 1e6;
      const name = read.variant === undefined ? format : `${format}, ${read.variant}`;
      const best = records / Math.min(...seconds) / 1e6;
      if (rate < targets[family]) missed.push(name);
      if (best < targets[family]) never.push(name);
      let ratio = '';
      if (share !== undefined && (family === 'text' || family === 'JSON')) {
        floors.set(name, records / median(plain) / 1e6);
        ratio = `${median(times).toFixed(1)} ×`;
        beside[family].of++;
        if (median(times) >= share) beside[family].reach++;
        else beside[family].below.push(name);
      }
      process.stderr.write(`  ${name}: ${rate.toFixed(2)} M/s, ${ratio}\n`);
      lines.push([
        name,
        family,
        records.toLocaleString('en'),
        (bytes / 1e6).toFixed(0),
        middle.toFixed(2),
        `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
        median(cpu).toFixed(2),
        rate.toFixed(2),
        best.toFixed(2),
        (bytes / middle / 1e6).toFixed(0),
        ratio,
        String(targets[family]),
        rate >= targets[family] ? 'yes' : '**no**',
      ]);
    }
    const slower = [...beside.JSON.below, ...beside.text.below].join('; ');
    const head = [
      'format',
      'family',
      'records',
      'MB',
      'median s',
      'spread s',
      'CPU s',
      'M records/s',
      'best round',
      'MB/s',
    ];
    return [
      circumstances(ask.runs, ask.note),
      '',
      `One core, to events in columns; ${rounds - startUp} rounds of each run count, the first ${startUp} (start-up, the compiler's above all) do not. netfilter, zeek-conn, web-access, suricata-eve, packets and flows come from generators of their own; every other file is grown from the format's fixture: its lines drawn by lot, with varying addresses, ports and clocks (\`bench/grown-lines.ts\`).`,
      '',
      table([...head, '× plain', 'target', 'reached'], lines),
      '',
      `“× plain”: how many times as fast as reading the same lines with nothing done about them, in JavaScript: JSON.parse for JSON, \`node:readline\` and a split at blanks for text (\`bench/peers/plain-lines.ts\`), in turns with the format. The targets were set on a machine where these did 0.85 M JSON records and 1.1 M lines of conn.log a second; here they do ${floors.get('suricata-eve')?.toFixed(2)} M of suricata-eve and ${floors.get('zeek-conn')?.toFixed(2)} M of zeek-conn. So the targets stand for ${shares.JSON!.toFixed(2)} and ${shares.text!.toFixed(2)} × plain: ${beside.JSON.reach} of ${beside.JSON.of} JSON rows and ${beside.text.reach} of ${beside.text.of} text rows are that fast${slower === '' ? '' : `; ${slower} ${slower.includes(';') ? 'are' : 'is'} not`}.`,
      '',
      `${lines.length - missed.length} of ${lines.length} reach their target${missed.length === 0 ? '' : `; ${missed.join(', ')} ${missed.length === 1 ? 'does' : 'do'} not`}. In their best round ${lines.length - never.length} do${never.length === 0 ? '' : `, all but ${never.join(', ')}`}: machines that others share run the same program at half their speed for minutes at a time.`,
    ].join('\n');
  },
};

/** Seconds of the plain reading. */
async function floorOf(ask: Ask, { file, family }: Read): Promise<number> {
  const command = [process.execPath, ask.peer('plain-lines'), file, family, String(floorRounds)];
  const { output } = await runOnce({ name: 'plain-lines', command, cores: 1 });
  const lines = readFileSync(output, 'utf8').trim().split('\n');
  return median(lines.slice(1).map((line) => (JSON.parse(line) as Round).seconds));
}

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
