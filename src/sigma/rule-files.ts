import { isUtf8 } from 'node:buffer';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError, messageOf } from '../base/errors.ts';
import { type Collection, type Placeholders, link } from './collection.ts';
import { readSigma } from './document.ts';
import { SigmaError } from './sigma-error.ts';
import type { SigmaDocument } from './tree.ts';

export interface RuleSet extends Collection {
  readonly documents: readonly SigmaDocument[];
  readonly files: readonly string[];
}

/** Rule files at most in one run, and bytes of one: enough for all of SigmaHQ, and an end for a mistyped path. */
const maxFiles = 20_000;
const maxBytes = 4 << 20;

/** The rule files that some paths name; folders are searched, `*.test.yml` (tests of rules) left out. */
export function ruleFiles(paths: readonly string[]): string[] {
  return yamlFiles(paths, (path) => !/\.test\.ya?ml$/i.test(path));
}

/** The tests of rules that stand in some folders. */
export function testFiles(paths: readonly string[]): string[] {
  return yamlFiles(paths, (path) => /\.test\.ya?ml$/i.test(path)).filter((path) =>
    /\.test\.ya?ml$/i.test(path),
  );
}

function yamlFiles(paths: readonly string[], wanted: (path: string) => boolean): string[] {
  const found: string[] = [];
  const visit = (path: string, named: boolean): void => {
    let isFolder: boolean;
    try {
      isFolder = statSync(path).isDirectory();
    } catch (thrown) {
      throw new UsageError(`cannot read ${path}: ${messageOf(thrown)}`);
    }
    if (!isFolder) {
      if (named || (/\.ya?ml$/i.test(path) && wanted(path))) found.push(path);
    } else
      for (const name of readdirSync(path).toSorted())
        if (!name.startsWith('.')) visit(join(path, name), false);
    if (found.length > maxFiles) throw new UsageError(`more than ${maxFiles} rule files`);
  };
  for (const path of paths) visit(path, true);
  return found;
}

/** The text of a rule file, or why it is none. */
function textOf(file: string): string | SigmaError {
  const fault = (reason: string): SigmaError => new SigmaError(reason, { file, line: 1, column: 1 });
  if (statSync(file).size > maxBytes) return fault(`the file is larger than ${maxBytes >> 20} MiB`);
  const bytes = readFileSync(file);
  if (bytes.length >= 2 && [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0)))
    return fault('the file is UTF-16: rules are UTF-8');
  if (!isUtf8(bytes)) return fault('the file is not UTF-8');
  return bytes.toString('utf8');
}

/** Reads and links the rules of files and folders. Faults of rules are returned, those of the file system thrown. */
export function loadRules(paths: readonly string[], placeholders?: Placeholders): RuleSet {
  const files = ruleFiles(paths);
  const documents: SigmaDocument[] = [];
  const faults: SigmaError[] = [];
  for (const file of files) {
    const text = textOf(file);
    if (text instanceof SigmaError) {
      faults.push(text);
      continue;
    }
    const reading = readSigma(text, file);
    documents.push(...reading.documents);
    faults.push(...reading.faults);
  }
  const linked = link(documents, placeholders);
  return { documents, files, rules: linked.rules, faults: [...faults, ...linked.faults] };
}
