import { SigmaError } from './sigma-error.ts';
import type { Place, Plain } from './tree.ts';

// What a YAML document says, as nodes that keep the text of every scalar. Sigma compares strings: `00000429`, `00e10` and
// integers above 2^53 must stay what the author wrote, so nothing is turned into a number here; who wants a number reads
// the text.

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
export const maxNodes = 200_000;
export const maxDepth = 64;

const nulls: readonly string[] = ['', '~', 'null', 'Null', 'NULL'];

/** A bare `null`, `~` or nothing at all. */
export function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && !node.quoted && nulls.includes(node.text);
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
  for (const each of map.entries) if (each.key.text === key) return each.value;
  return undefined;
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
