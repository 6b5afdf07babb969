import { type Node, LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { faultOf } from '../base/errors.ts';
import { SigmaError } from './sigma-error.ts';
import type { Place, Plain } from './tree.ts';

// YAML that keeps the text of every scalar. Sigma compares strings: `00000429`, `00e10` and integers above 2^53 must
// stay what the author wrote, so nothing is turned into a number here; who wants a number reads the text.

export interface SourceScalar {
  readonly kind: 'scalar';
  readonly text: string;
  /** Quoted and block scalars are always strings: '' is not null, "true" is not a boolean. */
  readonly quoted: boolean;
  readonly place: Place;
}
export interface SourceMap {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: SourceScalar; readonly value: SourceNode }[];
  readonly place: Place;
}
interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly place: Place;
}
export type SourceNode = SourceScalar | SourceMap | SourceList;

/** Caps on one file, so that nested aliases cannot grow without bound. */
const maxNodes = 200_000;
const maxDepth = 64;

/**
 * The documents of a YAML text. Each is a tree or the first fault found in it; one bad document leaves the others.
 * Empty documents are skipped.
 */
export function readYaml(source: string, file: string): (SourceNode | SigmaError)[] {
  // Some editors put a mark in front, which would count as a column.
  const text = source.replace(/^\ufeff/, '');
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

/** A bare `null`, `~` or nothing at all. */
export function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && !node.quoted && /^(?:null|Null|NULL|~|)$/.test(node.text);
}

/** A bare true or false, undefined for anything else. */
export function booleanOf(node: SourceNode): boolean | undefined {
  if (node.kind !== 'scalar' || node.quoted) return undefined;
  if (/^(?:true|True|TRUE|yes|Yes|YES)$/.test(node.text)) return true;
  return /^(?:false|False|FALSE|no|No|NO)$/.test(node.text) ? false : undefined;
}

/** A bare decimal number without leading zeros or exponent: what YAML 1.1 and 1.2 agree is a number. */
export function isNumber(node: SourceScalar): boolean {
  return !node.quoted && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(node.text);
}

/** The value of a key, or undefined. */
export function entry(map: SourceMap, key: string): SourceNode | undefined {
  return map.entries.find((each) => each.key.text === key)?.value;
}

export function asMap(node: SourceNode, what: string): SourceMap {
  if (node.kind !== 'map') throw new SigmaError(`${what} must be a map`, node.place);
  return node;
}

export function asText(node: SourceNode, what: string): string {
  if (node.kind !== 'scalar' || isNull(node)) throw new SigmaError(`${what} must be a text`, node.place);
  return node.text;
}

/** A text or a list of texts, each with its place. */
export function asTexts(node: SourceNode, what: string): { text: string; place: Place }[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.map((item) => ({ text: asText(item, what), place: item.place }));
}

/** Anything as plain values, for attributes that are only kept. */
export function plainOf(node: SourceNode): Plain {
  if (node.kind === 'scalar') return isNull(node) ? null : node.text;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plainOf(value)]));
}
