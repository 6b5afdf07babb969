import { CST, Parser } from 'yaml';
import { type SourceMap, type SourceNode, type SourceScalar, maxDepth, maxNodes } from './source-node.ts';
import type { Place } from './tree.ts';

// Trees straight from the tokens of the YAML library, for the few constructs that rules are made of: block maps and lists,
// lists in brackets, scalars. Composing the library's documents first takes as long as parsing, and makes objects for what
// nobody asks here (anchors, tags, comments, formatting). Whatever is rare or may be a fault is not judged here but left to
// the library, which then composes the whole text: so every fault is said in its words.

/**
 * What `take` makes of the trees of a text's documents, each as soon as it is read; undefined when there is anything in the
 * text that is not plain.
 */
export function plainYaml<T>(text: string, file: string, take: (tree: SourceNode) => T): T[] | undefined {
  if (text.includes('\t')) return undefined;
  const reader = new PlainReader(file);
  const found: T[] = [];
  for (const token of new Parser(reader.beginLine).parse(text)) {
    if (token.type === 'document') {
      const tree = reader.document(token);
      if (tree === undefined) return undefined;
      found.push(take(tree));
    } else if (!isBlank(token.type)) return undefined;
  }
  return found;
}

/** A key that cannot be a plain word: the library has a rule about its length, and `<<` merges maps. */
const longestKey = 1_000;
const mergeKey = '<<';
/** Keys of a map that are compared with each other; from more on they are looked up. */
const fewKeys = 32;

class PlainReader {
  readonly #file: string;
  /** Offsets at which lines begin, as far as the parser has come. */
  readonly #lines: number[] = [];
  /** The line of the last place, from 1: nodes come in the order of the text. */
  #line = 1;
  #nodes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  readonly beginLine = (offset: number): void => {
    this.#lines.push(offset);
  };

  document({ start, value, end }: CST.Document): SourceNode | undefined {
    if (value?.type !== 'block-map' && value?.type !== 'block-seq') return undefined;
    const marker = indexOf(start, 'doc-start');
    if (!areBlank(start, 0, marker < 0 ? start.length : marker, true)) return undefined;
    if (marker >= 0 && !(areBlank(start, marker + 1, start.length, false) && hasNewline(start)))
      return undefined;
    return end === undefined || areBlank(end, 0, end.length, true) ? this.#node(value, 0, false) : undefined;
  }

  #node(token: CST.Token, depth: number, inFlow: boolean): SourceNode | undefined {
    if (++this.#nodes > maxNodes || depth > maxDepth) return undefined;
    if (isFlowScalar(token)) return this.#scalar(token);
    if (token.type === 'flow-collection')
      return token.start.source === '[' ? this.#brackets(token, depth) : undefined;
    if (inFlow) return undefined;
    if (token.type === 'block-map') return this.#map(token, depth);
    if (token.type === 'block-seq') return this.#list(token, depth);
    return token.type === 'block-scalar' ? this.#scalar(token) : undefined;
  }

  #map({ offset, indent, items }: CST.BlockMap, depth: number): SourceMap | undefined {
    const place = this.#placeAt(offset);
    const entries: { key: SourceScalar; value: SourceNode }[] = [];
    let names: Set<string> | undefined;
    for (let at = 0; at < items.length; at++) {
      const { start, key, sep, value } = items[at];
      if (!areBlank(start, 0, start.length, true)) return undefined;
      // Comments after the last entry.
      if (key === undefined && sep === undefined && at === items.length - 1) break;
      if (key === undefined || key === null || value === undefined || sep === undefined) return undefined;
      if (!isWord(key) || key.indent !== indent || sep[0]?.type !== 'map-value-ind') return undefined;
      if (!areBlank(sep, 1, sep.length, false)) return undefined;
      if (value.type === 'block-map' && !hasNewline(sep)) return undefined;
      this.#nodes++;
      const name = this.#scalar(key);
      if (name === undefined || (name.text === mergeKey && !name.quoted)) return undefined;
      if (entries.length === fewKeys) names = new Set(entries.map((each) => each.key.text));
      if (names === undefined ? entries.some((each) => each.key.text === name.text) : names.has(name.text))
        return undefined;
      names?.add(name.text);
      const node = this.#node(value, depth + 1, false);
      if (node === undefined) return undefined;
      entries.push({ key: name, value: node });
    }
    return { kind: 'map', entries, place };
  }

  #list({ offset, items }: CST.BlockSequence, depth: number): SourceNode | undefined {
    const place = this.#placeAt(offset);
    const nodes: SourceNode[] = [];
    for (let at = 0; at < items.length; at++) {
      const { start, value } = items[at];
      const dash = indexOf(start, 'seq-item-ind');
      if (!areBlank(start, 0, dash < 0 ? start.length : dash, true)) return undefined;
      if (dash < 0 && value === undefined && at === items.length - 1) break;
      if (dash < 0 || value === undefined || !areBlank(start, dash + 1, start.length, false))
        return undefined;
      const node = this.#node(value, depth + 1, false);
      if (node === undefined) return undefined;
      nodes.push(node);
    }
    return { kind: 'list', items: nodes, place };
  }

  #brackets({ offset, items, end }: CST.FlowCollection, depth: number): SourceNode | undefined {
    const place = this.#placeAt(offset);
    const nodes: SourceNode[] = [];
    for (let at = 0; at < items.length; at++) {
      const { start, key, sep, value } = items[at];
      const comma = indexOf(start, 'comma');
      for (let i = 0; i < start.length; i++)
        if (i !== comma && start[i].type !== 'space' && start[i].type !== 'newline') return undefined;
      if (key !== undefined || sep !== undefined || (comma >= 0 && at === 0)) return undefined;
      // Blanks or a comma before the bracket that closes.
      if (value === undefined && at === items.length - 1) break;
      if (value === undefined || (comma < 0 && at > 0)) return undefined;
      const node = this.#node(value, depth + 1, true);
      if (node === undefined) return undefined;
      nodes.push(node);
    }
    if (end[0]?.source !== ']' || !areBlank(end, 1, end.length, false)) return undefined;
    return { kind: 'list', items: nodes, place };
  }

  #scalar(token: CST.FlowScalar | CST.BlockScalar): SourceScalar | undefined {
    const text = textOf(token);
    if (text === undefined) return undefined;
    return { kind: 'scalar', text, quoted: token.type !== 'scalar', place: this.#placeAt(token.offset) };
  }

  #placeAt(offset: number): Place {
    const lines = this.#lines;
    if (offset < lines[this.#line - 1]) this.#line = 1;
    while (lines[this.#line] <= offset) this.#line++;
    return { file: this.#file, line: this.#line, column: offset - lines[this.#line - 1] + 1 };
  }
}

/** What a scalar says: read here when it stands on one line without an escape, else by the library. */
function textOf(token: CST.FlowScalar | CST.BlockScalar): string | undefined {
  const { source } = token;
  if (token.type === 'block-scalar' || source.includes('\n')) return resolve(token);
  if (token.end !== undefined && !areBlank(token.end, 0, token.end.length, false)) return undefined;
  // The library says which characters a word cannot begin with.
  if (token.type === 'scalar') return source === '' || ',%|>@`'.includes(source[0]) ? undefined : source;
  const quote = token.type === 'single-quoted-scalar' ? "'" : '"';
  const closed = source.length > 1 && source.indexOf(quote, 1) === source.length - 1;
  return closed && (quote === "'" || !source.includes('\\')) ? source.slice(1, -1) : resolve(token);
}

function resolve(token: CST.FlowScalar | CST.BlockScalar): string | undefined {
  let faults = 0;
  const { value } = CST.resolveAsScalar(token, true, () => faults++);
  return faults > 0 ? undefined : value;
}

function isFlowScalar(token: CST.Token): token is CST.FlowScalar {
  const { type } = token;
  return type === 'scalar' || type === 'single-quoted-scalar' || type === 'double-quoted-scalar';
}

/** A scalar on one line that the key of a map may be. */
function isWord(key: CST.Token): key is CST.FlowScalar {
  return (
    isFlowScalar(key) &&
    key.end === undefined &&
    key.source.length <= longestKey &&
    !key.source.includes('\n')
  );
}

const isBlank = (type: CST.Token['type']): boolean =>
  type === 'space' || type === 'newline' || type === 'comment';

/** Whether there is nothing but blanks and comments, each comment after a blank. @param spaced one stands before `from` */
function areBlank(tokens: readonly CST.SourceToken[], from: number, to: number, spaced: boolean): boolean {
  for (let at = from; at < to; at++) {
    const { type } = tokens[at];
    if (!isBlank(type) || (type === 'comment' && !spaced)) return false;
    if (type !== 'comment') spaced = true;
  }
  return true;
}

function hasNewline(tokens: readonly CST.SourceToken[]): boolean {
  return indexOf(tokens, 'newline') >= 0;
}

function indexOf(tokens: readonly CST.SourceToken[], type: CST.SourceToken['type']): number {
  for (let at = 0; at < tokens.length; at++) if (tokens[at].type === type) return at;
  return -1;
}
