// Bundles src/cli.ts into dist/: one small entry, everything else loaded when a command needs it.
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install, root } from './install.mjs';
import { buildKernel } from './kernel.mjs';

/**
 * The same YAML library, built for everywhere: the build for Node looks into the environment (for a debugging aid) at every
 * token, which takes longer than parsing it, and is CommonJS, of which nothing can be left out.
 */
export const alias = { yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js') };

export async function build() {
  install();
  const { build: bundle } = await import('esbuild');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const kernel = buildKernel();
  await bundle({
    absWorkingDir: root,
    entryPoints: entries(),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    // Puts constants of other modules (character codes) into the byte loops as literals.
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [families],
    alias,
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
  await kernel;
  chmodSync(join(root, 'dist', 'cli.js'), 0o755);
}

/**
 * Recognition asks every format and the configuration every detector, so they are loaded together: each family becomes one
 * file, because a file costs milliseconds to find and link, and there are dozens.
 */
const families = {
  name: 'families',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]catalog\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll(
        /import\('\.\/(formats|detectors)\/([\w-]+)\.ts'\)/g,
        (_, family, file) => {
          members[family].add(file);
          return `import('family:${family}').then((all) => all['${file}'])`;
        },
      ),
    }));
    const members = { formats: new Set(), detectors: new Set() };
    build.onResolve({ filter: /^family:/ }, ({ path, importer }) => ({
      path: path.slice('family:'.length),
      namespace: 'family',
      pluginData: dirname(importer),
    }));
    build.onLoad({ filter: /.*/, namespace: 'family' }, ({ path, pluginData }) => ({
      loader: 'ts',
      resolveDir: pluginData,
      contents: [...members[path]]
        .map((file) => `export * as '${file}' from './${path}/${file}.ts';`)
        .join('\n'),
    }));
  },
};

/** The command, and the thread that parses for it. */
function entries() {
  const worker = 'src/pipeline/parse-worker.ts';
  return { cli: 'src/cli.ts', ...(existsSync(join(root, worker)) ? { 'parse-worker': worker } : {}) };
}

if (process.argv[1] === import.meta.filename) await build();
