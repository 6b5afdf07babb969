import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

// Who may import whom. A folder imports folders of lower layers and itself; plugins never import one another.
const layers: readonly (readonly string[])[] = [
  ['base', 'bytes'],
  ['model'],
  ['wire', 'state'],
  ['config', 'sigma'],
  ['formats', 'sources', 'detectors', 'context', 'languages', 'outputs', 'stores'],
  ['judge', 'pipeline'],
  ['api', 'commands'],
  ['catalog.ts'],
  ['cli.ts'],
];
// commands receive the catalogue as an argument; the pipeline's worker entry loads it by itself.
const exceptions = new Set(['pipeline/parse-worker.ts → catalog.ts']);

const src = resolve(import.meta.dirname, '../src');
const layerOf = (folder: string): number => layers.findIndex((names) => names.includes(folder));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('.fixture.'))
  .map((name) => name.split(sep).join('/'));

/** Relative imports of a file, as paths below src/; type-only ones included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g);
  return [...found].map(([, path]) =>
    relative(src, resolve(src, dirname(file), path))
      .split(sep)
      .join('/'),
  );
}

test('every folder of src/ has a layer', () => {
  const folders = new Set(files.map((file) => file.split('/')[0]));
  expect([...folders].filter((folder) => layerOf(folder) < 0)).toEqual([]);
});

test('a folder imports lower layers only, and plugins never import plugins', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = file.split('/')[0];
    for (const target of importsOf(file)) {
      const to = target.split('/')[0];
      if (to === from || exceptions.has(`${file} → ${target}`)) continue;
      // The bottom layer's two folders know nothing of each other, except that bytes may raise base's errors.
      const allowed = layerOf(to) < layerOf(from) || (from === 'bytes' && to === 'base');
      if (!allowed) wrong.push(`${file} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no file is part of an import cycle', () => {
  const edges = new Map(files.map((file) => [file, importsOf(file)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test('only catalog.ts names plugins', () => {
  const plugins = new Set(layers[4]);
  const wrong = files
    .filter((file) => file !== 'catalog.ts' && !plugins.has(file.split('/')[0]))
    .flatMap((file) => importsOf(file).map((target) => [file, target] as const))
    .filter(([, target]) => plugins.has(target.split('/')[0]))
    .map(([file, target]) => `${file} → ${target}`);
  expect(wrong).toEqual([]);
});
