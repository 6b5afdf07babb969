// Draws docs/report.svg, the picture in the README, from what `offtrail detect` really prints for the samples.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './install.mjs';

await build();
const args = [
  'dist/cli.js',
  'detect',
  '--home',
  '198.51.100.0/27,2001:db8:51::/64',
  'samples/firewall.log.gz',
];
const { stdout, status } = spawnSync(process.execPath, args, {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '', COLUMNS: '100' },
  maxBuffer: 64 << 20,
});
if (status !== 0) process.exit(status ?? 1);

// The opening and the first incident.
const lines = stdout.split('\n');
const heads = lines.flatMap((line, i) => (line.startsWith('── ') ? [i] : []));
const shown = lines.slice(0, heads[1] ?? lines.length);
while (shown.at(-1) === '') shown.pop();

const cell = { width: 7.8, height: 18 };
const width = 100 * cell.width + 40;
const height = (shown.length + 1) * cell.height + 50;
const classes = { 1: 'b', 2: 'd', 31: 'r', 32: 'g', 33: 'y', 35: 'm', 36: 'c' };
const escape = (text) => text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);

const body = [`$ npx offtrail detect samples/firewall.log.gz`, ...shown].map((line, row) => {
  const spans = [];
  let style = '';
  // oxlint-disable-next-line no-control-regex
  for (const part of line.split(/(\u001b\[[\d;]+m)/)) {
    // oxlint-disable-next-line no-control-regex
    const code = /^\u001b\[([\d;]+)m$/.exec(part);
    if (code) {
      style = code[1]
        .split(';')
        .map((number) => classes[number] ?? '')
        .join(' ')
        .trim();
    } else if (part !== '') {
      spans.push(style === '' ? escape(part) : `<tspan class="${style}">${escape(part)}</tspan>`);
    }
  }
  return `<text x="20" y="${52 + row * cell.height}" xml:space="preserve">${spans.join('')}</text>`;
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal with the report of offtrail detect">
<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d8dee6}.b{font-weight:700}.d{fill:#8b97a5}.r{fill:#ff8a80}.y{fill:#f0bf62}.m{fill:#f19ae6}.c{fill:#74d3e6}.g{fill:#8bd49c}</style>
<rect width="100%" height="100%" rx="10" fill="#14191f"/><circle cx="20" cy="18" r="5" fill="#ff6b5f"/><circle cx="38" cy="18" r="5" fill="#f5bf4f"/><circle cx="56" cy="18" r="5" fill="#62c554"/>
${body.join('\n')}
</svg>
`;
writeFileSync(join(root, 'docs', 'report.svg'), svg);
console.log(`docs/report.svg: ${shown.length} lines`);
