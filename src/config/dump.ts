import { stringify } from 'yaml';
import type * as z from 'zod';
import type { Loaded } from './load.ts';
import { nodeOf } from './schema.ts';

/** What is in force, as YAML that could be a configuration: each key with its description and where it comes from. */
export function dumpConfig(loaded: Loaded): string {
  const { schema, tree } = loaded;
  if (!tree) throw new Error('only a valid configuration can be dumped');
  const lines: string[] = [];
  const write = (at: z.ZodType, value: unknown, path: readonly string[], indent: string): void => {
    for (const [key, child] of nodeOf(at).children ?? []) {
      const { description, children } = nodeOf(child);
      const below = [...path, key];
      const item = (value as Record<string, unknown>)[key];
      if (indent === '' && lines.length > 0) lines.push('');
      for (const line of wrapped(description, 100 - indent.length)) lines.push(`${indent}# ${line}`);
      if (children && item !== false && item !== undefined) {
        // A section of which nothing is set must not read as null, and its keys must be ready to be uncommented.
        lines.push(`${indent}${isBlank(item) ? '# ' : ''}${key}:`);
        write(child, item, below, `${indent}  `);
        continue;
      }
      const origin = ` # ${loaded.originOf(below).text}`;
      if (item === undefined) {
        lines.push(`${indent}# ${key}: (not set)`);
        continue;
      }
      const [first, ...rest] = stringify({ [key]: item }, { lineWidth: 0 })
        .trimEnd()
        .split('\n');
      lines.push(`${indent}${first}${origin}`, ...rest.map((line) => indent + line));
    }
  };
  write(schema, tree, [], '');
  return `${lines.join('\n')}\n`;
}

function isBlank(section: unknown): boolean {
  return (
    section === undefined ||
    (typeof section === 'object' &&
      section !== null &&
      !Array.isArray(section) &&
      Object.values(section).every((part) => isBlank(part)))
  );
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
