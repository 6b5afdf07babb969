// npm run bench [-- NAME… --rows N]: bundles bench/ and the peers to plain JavaScript, as dist/ is, and runs it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { alias, build } from './build.mjs';
import { install, root, run } from './install.mjs';

install();
const { build: bundle } = await import('esbuild');
if (existsSync(join(root, 'src', 'cli.ts'))) await build();
const peers = readdirSync(join(root, 'bench', 'peers')).filter((name) => name.endsWith('.ts'));
const outdir = join(root, 'bench', 'data', 'built');
await bundle({
  absWorkingDir: root,
  entryPoints: ['bench/main.ts', ...peers.map((name) => `bench/peers/${name}`)],
  outbase: 'bench',
  outdir,
  bundle: true,
  splitting: true,
  minifySyntax: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  alias,
  logLevel: 'warning',
});
// The generators make short-lived strings by the million: a larger nursery halves their time.
run(process.execPath, ['--max-semi-space-size=128', join(outdir, 'main.js'), ...process.argv.slice(2)]);
