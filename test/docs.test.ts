import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * Runs the commands of the ```console blocks in the pages. `$ ` begins a command, `> ` continues it; what follows is what it prints, compared
 * line by line. A line '…' stands for any number of lines, '…' inside a line for any text. A block without output only has
 * to run. Commands of one page share a folder with samples/ and rules/ in it; npx offtrail is the built program.
 */
const root = resolve(import.meta.dirname, '..');
/** The two commands of the README and their kin are followed by .ci/run: they install and build. */
const elsewhere = /^(?:npm |git clone |cd |\.ci\/run)/;

interface Step {
  readonly command: string;
  readonly line: number;
  readonly output: readonly string[];
}

function stepsOf(markdown: string): Step[] {
  const steps: { command: string; line: number; output: string[] }[] = [];
  let inside = false;
  for (const [i, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) inside = !inside && line.trim() === '```console';
    else if (inside && line.startsWith('$ ')) steps.push({ command: line.slice(2), line: i + 1, output: [] });
    // Continued input, a here-document for instance, as shells show it.
    else if (inside && line.startsWith('> ')) steps.at(-1)!.command += `\n${line.slice(2)}`;
    else if (inside) steps.at(-1)?.output.push(line);
  }
  return steps;
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join('docs', name)),
].filter((page) => existsSync(join(root, page)));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-docs-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script('offtrail', `exec "${process.execPath}" "${join(root, 'dist', 'cli.js')}" "$@"`);
  script(
    'npx',
    '[ "$1" = offtrail ] || { echo "npx: only offtrail here" >&2; exit 127; }\nshift\nexec offtrail "$@"',
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the commands of the pages', () => {
  for (const page of pages) {
    const steps = stepsOf(readFileSync(join(root, page), 'utf8')).filter(
      ({ command }) => !elsewhere.test(command),
    );
    if (steps.length === 0) continue;
    test(`of ${page}`, { timeout: 300_000 }, () => {
      const cwd = join(folder, page.replaceAll('/', '-'));
      mkdirSync(cwd);
      for (const name of ['samples', 'rules']) symlinkSync(join(root, name), join(cwd, name));
      for (const { command, line, output } of steps) {
        const { stdout, stderr, status } = spawnSync('sh', ['-c', command], {
          cwd,
          encoding: 'utf8',
          env: { HOME: cwd, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter), COLUMNS: '100' },
          timeout: 50_000,
        });
        const where = `${page}:${line}: ${command}`;
        if (output.length === 0) {
          // 10 is --fail-on doing its work.
          expect([0, 10], `${where}\n${stderr}`).toContain(status);
          continue;
        }
        const printed = `${stdout}${stderr}`
          .trimEnd()
          .split('\n')
          .map((text) => text.trimEnd());
        expect({ where, printed: matches(printed, trimmed(output)) ? 'as shown' : printed }).toEqual({
          where,
          printed: 'as shown',
        });
      }
    });
  }
});

function trimmed(output: readonly string[]): string[] {
  return output
    .join('\n')
    .trimEnd()
    .split('\n')
    .map((text) => text.trimEnd());
}

/** Greedy match with '…' as a wildcard, of lines and within lines. */
function matches(printed: readonly string[], shown: readonly string[]): boolean {
  if (shown.length === 0) return printed.length === 0;
  const [first, ...rest] = shown;
  if (first.trim() === '…') {
    for (let skip = 0; skip <= printed.length; skip++) {
      if (matches(printed.slice(skip), rest)) return true;
    }
    return false;
  }
  return printed.length > 0 && lineMatches(printed[0], first) && matches(printed.slice(1), rest);
}

function lineMatches(printed: string, shown: string): boolean {
  const parts = shown.split('…');
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found = i === parts.length - 1 && i > 0 ? printed.length - part.length : printed.indexOf(part, at);
    if (found < at || (i === 0 && found !== 0) || !printed.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return at === printed.length;
}

test('links between the pages lead somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
      .filter(([, target]) => !existsSync(join(root, dirname(page), target)))
      .map(([, target]) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});
