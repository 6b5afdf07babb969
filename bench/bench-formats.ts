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
const rounds = 12;
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
    const reads = await inputs(rows);
    const timings = reads.map((): Timings => ({ seconds: [], cpu: [], plain: [], times: [], records: 0 }));
    // Minutes lie between two runs of a row, so that what disturbs the machine does not disturb all of them.
    for (let run = 0; run < ask.runs; run++) {
      for (const [i, read] of reads.entries()) {
        await time(ask, read, timings[i]);
        const best = timings[i].records / Math.min(...timings[i].seconds) / 1e6;
        process.stderr.write(`  run ${run + 1}/${ask.runs}  ${nameOf(read)}: best ${best.toFixed(2)} M/s\n`);
      }
    }
    return page(ask, reads, timings);
  },
};

interface Timings {
  /** Of the rounds that count. */
  readonly seconds: number[];
  readonly cpu: number[];
  /** Seconds of the plain reading, a run each, and how many times as long as the format took just before. */
  readonly plain: number[];
  readonly times: number[];
  records: number;
}

const nameOf = ({ format, variant }: Read): string =>
  variant === undefined ? format : `${format}, ${variant}`;

/** One run: the format, then the plain reading of the same lines, both in the machine's same mood. */
async function time(ask: Ask, read: Read, timings: Timings): Promise<void> {
  const command = [process.execPath, ask.peer('read-format'), read.file, read.format, String(rounds)];
  if (read.options !== undefined) command.push(JSON.stringify(read.options));
  const { output } = await runOnce({ name: read.format, command, cores: 1 });
  const counted = timings.seconds.length;
  for (const round of readFileSync(output, 'utf8').trim().split('\n').slice(startUp)) {
    const timed = JSON.parse(round) as Round;
    if (timed.skipped > 0) throw new Error(`${read.format}: ${timed.skipped} of the records were refused`);
    timings.seconds.push(timed.seconds);
    timings.cpu.push(timed.cpuSeconds);
    // A line may hold many records.
    timings.records = Math.max(timings.records, read.records, timed.records);
  }
  if (shares[read.family] === undefined) return;
  const floor = await floorOf(ask, read);
  timings.plain.push(floor);
  timings.times.push(floor / median(timings.seconds.slice(counted)));
}

function page(ask: Ask, reads: readonly Read[], timings: readonly Timings[]): string {
  const missed: string[] = [];
  /** Whose median round misses it. */
  const missedMidway: string[] = [];
  /** M records a second of the plain reading, by row. */
  const floors = new Map<string, number>();
  const beside = {
    text: { of: 0, reach: 0, below: [] as string[] },
    JSON: { of: 0, reach: 0, below: [] as string[] },
  };
  const lines = reads.map((read, i): string[] => {
    const { family, bytes } = read;
    const { seconds, cpu, plain, times, records } = timings[i];
    const name = nameOf(read);
    const middle = median(seconds);
    const least = Math.min(...seconds);
    const rate = records / middle / 1e6;
    const best = records / least / 1e6;
    if (rate < targets[family]) missedMidway.push(name);
    if (best < targets[family]) missed.push(name);
    let ratio = '';
    const share = shares[family];
    if (share !== undefined && (family === 'text' || family === 'JSON')) {
      floors.set(name, records / Math.min(...plain) / 1e6);
      ratio = `${median(times).toFixed(1)} ×`;
      beside[family].of++;
      if (median(times) >= share) beside[family].reach++;
      else beside[family].below.push(name);
    }
    return [
      name,
      family,
      records.toLocaleString('en'),
      (bytes / 1e6).toFixed(0),
      least.toFixed(3),
      middle.toFixed(3),
      Math.max(...seconds).toFixed(3),
      median(cpu).toFixed(3),
      (bytes / least / 1e6).toFixed(0),
      rate.toFixed(2),
      best.toFixed(2),
      String(targets[family]),
      best >= targets[family] ? 'yes' : '**no**',
      ratio,
    ];
  });
  const slower = [...beside.JSON.below, ...beside.text.below].join('; ');
  const head = ['format', 'family', 'records', 'MB', 'least s', 'median s', 'most s', 'CPU s', 'MB/s'];
  const counted = (rounds - startUp) * ask.runs;
  return [
    circumstances(ask.runs, ask.note),
    '',
    `One core, to events in columns; ${rounds - startUp} rounds of each run count, the first ${startUp} (start-up, the compiler's above all) do not, and the runs of a row are minutes apart. netfilter, zeek-conn, web-access, suricata-eve, packets and flows come from generators of their own; every other file is grown from the format's fixture: its lines drawn by lot, with varying addresses, ports and clocks (\`bench/grown-lines.ts\`).`,
    '',
    `A row is judged by the least of its ${counted} rounds: what others do on a machine that is shared adds time and never takes any away (J. Chen and J. Revels, “Robust benchmarking in noisy environments”, 2016), and a virtual machine's core is half of a core for as long as a neighbour works on the other half. The median and the most tell how it was during this run.`,
    '',
    table([...head, 'M/s, median', 'M/s', 'target', 'reached', '× plain'], lines),
    '',
    `${reads.length - missed.length} of ${reads.length} reach their target${missed.length === 0 ? '' : `, all but ${missed.join('; ')}`}. In their median round ${reads.length - missedMidway.length} do${missedMidway.length === 0 ? '' : `, all but ${missedMidway.join('; ')}`}.`,
    '',
    `“× plain”: how many times as fast as reading the same lines with nothing done about them, in JavaScript: JSON.parse for JSON, \`node:readline\` and a split at blanks for text (\`bench/peers/plain-lines.ts\`), in turns with the format, medians of both. The targets were set on a machine where these did 0.85 M JSON records and 1.1 M lines of conn.log a second; here they do ${floors.get('suricata-eve')?.toFixed(2)} M of suricata-eve and ${floors.get('zeek-conn')?.toFixed(2)} M of zeek-conn at best. So the targets stand for ${shares.JSON!.toFixed(2)} and ${shares.text!.toFixed(2)} × plain: ${beside.JSON.reach} of ${beside.JSON.of} JSON rows and ${beside.text.reach} of ${beside.text.of} text rows are that fast${slower === '' ? '' : `; ${slower} ${slower.includes(';') ? 'are' : 'is'} not`}.`,
  ].join('\n');
}

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
