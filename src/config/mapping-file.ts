import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../base/errors.ts';
import { ConfigDocument } from './document.ts';
import { documentProblems, problemText } from './load.ts';
import { mappingSchema } from './mapping-schema.ts';
import type { Mapping } from './mapping-schema.ts';

/** A mapping file is a page of YAML. */
const sizeLimit = 1 << 20;

/** Reads mapping files. Throws a UsageError that lists every problem of all of them, with file, line and key. */
export function loadMappings(files: readonly string[]): Mapping[] {
  const wrong: string[] = [];
  const mappings = files.flatMap((file) => {
    const { mapping, problems } = parseMapping(file, textOf(file));
    wrong.push(...problems);
    return mapping ?? [];
  });
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  return mappings;
}

export function parseMapping(
  file: string,
  text: string,
): { readonly mapping: Mapping | undefined; readonly problems: readonly string[] } {
  const document = new ConfigDocument(file, text);
  const { data, problems } = documentProblems(mappingSchema, document);
  return {
    mapping: problems.length === 0 ? (data as Mapping) : undefined,
    problems: problems.map((problem) => problemText(problem)),
  };
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > sizeLimit) throw new Error('it is longer than 1 MiB');
    return bytes.toString('utf8');
  } catch (error) {
    throw new UsageError(`cannot read the mapping ${file}: ${messageOf(error)}`);
  }
}
