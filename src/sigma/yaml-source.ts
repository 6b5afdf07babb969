import { type Node, LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { faultOf } from '../base/errors.ts';
import { plainYaml } from './plain-yaml.ts';
import { SigmaError } from './sigma-error.ts';
import { type SourceNode, maxDepth, maxNodes } from './source-node.ts';
import type { Place } from './tree.ts';

/**
 * The documents of a YAML text. Each is a tree or the first fault found in it; one bad document leaves the others.
 * Empty documents are skipped.
 *
 * @param take what to make of one. Trees are large beside what is kept of them, so each is handed on at once; a document
 * may be handed on twice, when one that comes later is read another way.
 */
export function readYaml<T>(source: string, file: string, take: (found: SourceNode | SigmaError) => T): T[] {
  // Some editors put a mark in front, which would count as a column.
  const text = source.replace(/^\ufeff/, '');
  return plainYaml(text, file, take) ?? composedYaml(text, file).map(take);
}

/** The same from the library's documents: all that YAML has, and all that can be wrong. */
export function composedYaml(text: string, file: string): (SourceNode | SigmaError)[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    lineCounter: lines,
    merge: true,
    uniqueKeys: true,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const found: (SourceNode | SigmaError)[] = [];
  if (!Array.isArray(documents)) return found;
  let nodes = 0;
  for (const document of documents) {
    const [fault] = document.errors;
    if (fault) {
      found.push(
        new SigmaError(
          faultOf(fault.message.split('\n')[0].replace(/ at line .*$/, '')),
          placeAt(fault.pos[0]),
          titleNear(text, fault.pos[0]),
        ),
      );
      continue;
    }
    const convert = (node: Node | null, depth: number, fallback: Place): SourceNode => {
      const place = node?.range ? placeAt(node.range[0]) : fallback;
      if (++nodes > maxNodes) throw new SigmaError(`more than ${maxNodes} YAML nodes`, place);
      if (depth > maxDepth) throw new SigmaError(`nested more than ${maxDepth} deep`, place);
      if (node === null) return { kind: 'scalar', text: '', quoted: false, place };
      if (isAlias(node)) return convert(node.resolve(document) ?? null, depth + 1, place);
      if (isScalar(node)) {
        const quoted = node.type !== undefined && node.type !== 'PLAIN';
        return { kind: 'scalar', text: typeof node.value === 'string' ? node.value : '', quoted, place };
      }
      if (isSeq(node)) {
        const items = node.items.map((item) => convert(item as Node | null, depth + 1, place));
        return { kind: 'list', items, place };
      }
      if (!isMap(node)) throw new SigmaError('unexpected YAML node', place);
      const entries = node.items.map((pair) => {
        const key = convert(pair.key as Node | null, depth + 1, place);
        if (key.kind !== 'scalar') throw new SigmaError('a key must be a plain word', key.place);
        return { key, value: convert(pair.value as Node | null, depth + 1, key.place) };
      });
      return { kind: 'map', entries, place };
    };
    try {
      if (document.contents !== null) found.push(convert(document.contents, 0, placeAt(0)));
    } catch (thrown) {
      if (!(thrown instanceof SigmaError)) throw thrown;
      found.push(thrown);
    }
  }
  return found;
}

/** The title of the document that holds an offset, of which no tree could be made. */
function titleNear(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n---', offset) + 1;
  const end = text.indexOf('\n---', start);
  const title = /^title:[ \t]*(\S[^\r\n]{0,300})/m.exec(text.slice(start, end < 0 ? undefined : end))?.[1];
  return title?.replace(/^(['"])(.*)\1[ \t]*$/, '$2').trim();
}
