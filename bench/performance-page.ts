import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Dataset } from './dataset.ts';
import type { Timing } from './measure.ts';
import { median, memoryBy, pinned } from './measure.ts';

const page = 'docs/performance.md';
const intro = `# Performance

Written by \`npm run bench\`; do not edit between the marks. Each section says when, where and on which file it was
measured. Whole processes, from start to exit, as \`node dist/cli.js\`; the programs of a table run in turns on the same
file, so that what disturbs the machine disturbs them alike. Figures are medians with the fastest and slowest run;
memory is the largest peak of resident memory of all runs. A target that was missed is written as it was measured.

Run it yourself: \`npm run bench -- conn --rows 1000000\` (\`npm run bench -- --help\` lists the rest).
`;

/** Replaces one section of docs/performance.md; the others stay as they were measured. */
export function writeSection(name: string, title: string, body: string): void {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : intro;
  writeFileSync(page, replaceSection(text, name, title, body));
}

/** `text` with the section between its marks replaced, or added at the end. */
export function replaceSection(text: string, name: string, title: string, body: string): string {
  const open = `<!-- bench:${name} -->`;
  const close = `<!-- /bench:${name} -->`;
  const section = `${open}\n## ${title}\n\n${body.trim()}\n${close}`;
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${section}\n`;
  return text.slice(0, from) + section + text.slice(to + close.length);
}

/** When and where: goes into every section. */
export function circumstances(runs: number, note = ''): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const pin = pinned ? 'pinned with taskset' : 'not pinned (no taskset here)';
  return `${date} UTC · ${model}, ${cpus().length} cores, ${memory} · Linux ${release()} · Node ${process.versions.node} · ${runs} interleaved runs, ${pin} · memory by ${memoryBy}${note === '' ? '' : ` · ${note}`}`;
}

export function describeFile(data: Dataset): string {
  return `${data.rows.toLocaleString('en')} records, ${(data.bytes / 1e6).toFixed(0)} MB, generated with seed 1 (\`bench/\`).`;
}

/** Times, spread, rates, memory; and how many times as fast as `reference`, where there is one. */
export function timingTable(
  timings: readonly Timing[],
  rows: number,
  bytes: number,
  reference?: string,
): string {
  const base = timings.find(({ name }) => name === reference);
  const lines = timings.map((timing) => {
    const middle = median(timing.seconds);
    const spread = `${Math.min(...timing.seconds).toFixed(2)}–${Math.max(...timing.seconds).toFixed(2)}`;
    const ratio = base === undefined ? [] : [`${(median(base.seconds) / middle).toFixed(2)} ×`];
    return [
      timing.name,
      middle.toFixed(2),
      spread,
      median(timing.cpuSeconds).toFixed(2),
      (rows / middle / 1e6).toFixed(2),
      (bytes / middle / 1e6).toFixed(0),
      (timing.peakBytes / 2 ** 20).toFixed(0),
      ...ratio,
    ];
  });
  const head = ['program', 'median s', 'spread s', 'CPU s', 'M records/s', 'MB/s', 'peak MiB'];
  return table(base === undefined ? head : [...head, `against ${reference}`], lines);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
