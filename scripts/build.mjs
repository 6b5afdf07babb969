// Bundles src/cli.ts into dist/: one small entry, everything else loaded when a command needs it.
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { install, root } from './install.mjs';

export async function build() {
  install();
  const { build: bundle } = await import('esbuild');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await bundle({
    absWorkingDir: root,
    entryPoints: entries(),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    // Puts constants of other modules (character codes) into the byte loops as literals.
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    chunkNames: 'part/[name]-[hash]',
    legalComments: 'linked',
    sourcemap: 'linked',
    sourcesContent: false,
    // Native; loaded only where it was installed.
    external: ['@duckdb/node-api'],
    // CommonJS packages inside an ESM bundle ask for require().
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  chmodSync(join(root, 'dist', 'cli.js'), 0o755);
}

/** The command, and the thread that parses for it. */
function entries() {
  const worker = 'src/pipeline/parse-worker.ts';
  return { cli: 'src/cli.ts', ...(existsSync(join(root, worker)) ? { 'parse-worker': worker } : {}) };
}

if (process.argv[1] === import.meta.filename) await build();
