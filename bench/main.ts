import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { homeNetworks } from './address-pools.ts';
import type { Bench } from './bench.ts';
import { connBench } from './bench-conn.ts';
import { contextBench } from './bench-context.ts';
import { floodBench, floodOfTwoBench } from './bench-flood.ts';
import { formatsBench } from './bench-formats.ts';
import { flowsBench } from './flows.ts';
import { netfilterBench, webBench } from './bench-lines.ts';
import { sigmaBench } from './bench-sigma.ts';
import { startupBench } from './bench-startup.ts';
import { dataFolder } from './dataset.ts';
import { packetsBench } from './packets.ts';
import { writeSection } from './performance-page.ts';

const benches: readonly Bench[] = [
  connBench,
  webBench,
  netfilterBench,
  formatsBench,
  flowsBench,
  floodBench,
  floodOfTwoBench,
  startupBench,
  packetsBench,
  sigmaBench,
  contextBench,
];

const usage = `npm run bench [-- NAME… [options]]

${benches.map(({ name, title, rows }) => `  ${name.padEnd(13)} ${title} (${rows.toLocaleString('en')} rows)`).join('\n')}

  --rows N     rows to generate instead (figures of small files are start-up, mostly)
  --runs N     interleaved runs (5)
  --profile    add the functions with the most time of their own
  --note TEXT  goes into the page: what else the machine was doing
  --dry-run    print the sections, leave docs/performance.md alone
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    runs: { type: 'string', default: '5' },
    profile: { type: 'boolean', default: false },
    note: { type: 'string', default: '' },
    'dry-run': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const whole = (option: string, text: string): number => {
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(value) || value < 1) {
    console.error(`--${option} takes a whole number above 0, not ${text}`);
    process.exit(2);
  }
  return value;
};
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}\n\n${usage}`);
  process.exit(2);
}
const runs = whole('runs', values.runs);
const rows = values.rows === undefined ? undefined : whole('rows', values.rows);
const built = dirname(fileURLToPath(import.meta.url));
const cli = join('dist', 'cli.js');
const settings = join(dataFolder, 'offtrail.yaml');
mkdirSync(dataFolder, { recursive: true });
writeFileSync(
  settings,
  `# The generated site.\nhome:\n${homeNetworks.map((network) => `  - ${network}\n`).join('')}`,
);
for (const bench of benches) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  console.error(`${bench.name}: ${bench.title}`);
  // One that cannot be measured does not keep the others from it.
  const body = await bench
    .run(
      {
        runs,
        profile: values.profile,
        note: values.note,
        detect: (file, ...more) => [
          process.execPath,
          cli,
          'detect',
          file,
          '--json',
          '--config',
          settings,
          ...more,
        ],
        peer: (name) => join(built, 'peers', `${name}.js`),
        ...(existsSync(cli) ? { offtrail: cli } : {}),
      },
      rows ?? bench.rows,
    )
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  if (body === undefined) continue;
  console.log(`## ${bench.title}\n\n${body}\n`);
  if (!values['dry-run']) writeSection(bench.name, bench.title, body);
}
