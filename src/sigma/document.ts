import { parseCondition } from './condition.ts';
import { parseCorrelation } from './correlation-document.ts';
import { readItem, readKeyword } from './detection-item.ts';
import { SigmaError, inRule } from './sigma-error.ts';
import {
  type Expression,
  type Head,
  type Level,
  type Logsource,
  type Place,
  type Plain,
  type SigmaDocument,
  freeze,
  join,
} from './tree.ts';
import {
  type SourceMap,
  type SourceNode,
  asMap,
  asText,
  asTexts,
  entry,
  isNull,
  plainOf,
} from './source-node.ts';
import { readYaml } from './yaml-source.ts';

/** Attributes that Sigma defines; all others are kept as `custom`. */
const known = new Set(
  `title id name related taxonomy status description license author references date modified
  logsource detection correlation filter fields falsepositives level tags scope action`.split(/\s+/),
);
/** Most rules lack most of what a rule may have. */
const none: readonly never[] = Object.freeze([]);
const noCustom = Object.freeze(Object.create(null)) as Record<string, Plain>;
const levels: readonly string[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** What one file holds: the documents that could be read, and a fault for each that could not. */
interface Reading {
  readonly documents: readonly SigmaDocument[];
  readonly faults: readonly SigmaError[];
}

/**
 * Reads all Sigma documents of a text. Never throws for bad input: a fault names file, line, column and title, and
 * leaves the other documents alone.
 */
export function readSigma(text: string, file: string): Reading {
  const documents: SigmaDocument[] = [];
  const faults: SigmaError[] = [];
  for (const read of readYaml(text, file, documentOrFault))
    if (read instanceof SigmaError) faults.push(read);
    else documents.push(read);
  return { documents, faults };
}

function documentOrFault(found: SourceNode | SigmaError): SigmaDocument | SigmaError {
  if (found instanceof SigmaError) return found;
  try {
    return readDocument(found);
  } catch (thrown) {
    if (!(thrown instanceof SigmaError)) throw thrown;
    return thrown;
  }
}

function readDocument(node: SourceNode): SigmaDocument {
  const map = asMap(node, 'a Sigma document');
  const titleNode = entry(map, 'title');
  const title = titleNode?.kind === 'scalar' && !isNull(titleNode) ? titleNode.text : undefined;
  return inRule(title, () => {
    if (title === undefined) throw new SigmaError('the document has no title', map.place);
    const head = readHead(map, title);
    const kinds = ['detection', 'correlation', 'filter'].filter((kind) => entry(map, kind) !== undefined);
    if (entry(map, 'action') !== undefined)
      throw new SigmaError('"action" documents left Sigma with version 2', map.place, undefined, true);
    if (kinds.length !== 1)
      throw new SigmaError(
        'a document needs exactly one of "detection", "correlation" and "filter"',
        map.place,
      );
    if (kinds[0] === 'correlation')
      return freeze(parseCorrelation(asMap(required(map, 'correlation'), '"correlation"'), head));
    const logsource = readLogsource(required(map, 'logsource'));
    if (kinds[0] === 'detection') {
      const { condition, unused } = readDetection(asMap(required(map, 'detection'), '"detection"'), []);
      return freeze({ kind: 'detection', ...head, logsource, condition, unused });
    }
    const filter = asMap(required(map, 'filter'), '"filter"');
    const named = required(filter, 'rules');
    const rules = named.kind === 'scalar' && named.text === 'any' ? 'any' : asTexts(named, '"rules"');
    return freeze({
      kind: 'filter',
      ...head,
      logsource,
      rules,
      condition: readDetection(filter, ['rules']).condition,
    });
  });
}

function required(map: SourceMap, key: string): SourceNode {
  const found = entry(map, key);
  if (found === undefined) throw new SigmaError(`"${key}" is missing`, map.place);
  return found;
}

function readHead(map: SourceMap, title: string): Head {
  const text = (key: string): string | undefined => {
    const node = entry(map, key);
    return node === undefined || isNull(node) ? undefined : asText(node, `"${key}"`);
  };
  const texts = (key: string): readonly { text: string; place: Place }[] => {
    const node = entry(map, key);
    return node === undefined || isNull(node) ? none : asTexts(node, `"${key}"`);
  };
  const level = text('level');
  if (level !== undefined && !levels.includes(level))
    throw new SigmaError(
      `"${level}" is no level; there are ${levels.join(', ')}`,
      required(map, 'level').place,
    );
  let custom = noCustom;
  for (const { key, value } of map.entries)
    if (!known.has(key.text)) {
      if (custom === noCustom) custom = Object.create(null) as Record<string, Plain>;
      custom[key.text] = plainOf(value);
    }
  const [id, name] = [text('id'), text('name')];
  const [status, description] = [text('status'), text('description')];
  return {
    title,
    ...(id === undefined ? undefined : { id }),
    ...(name === undefined ? undefined : { name }),
    ...(status === undefined ? undefined : { status }),
    ...(description === undefined ? undefined : { description }),
    ...(level === undefined ? undefined : { level: level as Level }),
    tags: texts('tags'),
    references: textsAlone(texts('references')),
    falsepositives: textsAlone(texts('falsepositives')),
    custom,
    place: map.place,
  };
}

function textsAlone(placed: readonly { readonly text: string }[]): readonly string[] {
  return placed.length === 0 ? none : placed.map((each) => each.text);
}

function readLogsource(node: SourceNode): Logsource {
  const map = asMap(node, '"logsource"');
  const found: Record<string, string> = {};
  for (const { key, value } of map.entries)
    if (['category', 'product', 'service'].includes(key.text) && !isNull(value))
      found[key.text] = asText(value, `"${key.text}"`).toLowerCase();
  if (Object.keys(found).length === 0)
    throw new SigmaError('"logsource" needs a category, a product or a service', map.place);
  return found;
}

function readDetection(
  map: SourceMap,
  besides: readonly string[],
): { condition: Expression; unused: string[] } {
  const selections = new Map<string, Expression>();
  for (const { key, value } of map.entries)
    if (key.text !== 'condition' && key.text !== 'timeframe' && !besides.includes(key.text))
      selections.set(key.text, readSelection(value));
  for (const { key } of map.entries)
    if (key.text === 'timeframe')
      throw new SigmaError(
        '"timeframe" left Sigma with version 2; write a correlation document instead',
        key.place,
        undefined,
        true,
      );
  const node = required(map, 'condition');
  const conditions = node.kind === 'list' ? node.items : [node];
  if (conditions.length === 0) throw new SigmaError('"condition" is an empty list', node.place);
  const mentioned = new Set<string>();
  const each = conditions.map((source) => {
    if (source.kind !== 'scalar' || isNull(source))
      throw new SigmaError('a condition must be a text', source.place);
    return parseCondition(source, selections, mentioned);
  });
  return {
    condition: join('or', each),
    unused: [...selections.keys()].filter((name) => !mentioned.has(name)),
  };
}

/** A map is AND; a list is OR of maps, or of keywords. */
function readSelection(node: SourceNode): Expression {
  if (node.kind === 'map') {
    if (node.entries.length === 0) throw new SigmaError('a selection is empty', node.place);
    return join(
      'and',
      node.entries.map(({ key, value }) => readItem(key, value)),
    );
  }
  if (node.kind === 'list') {
    if (node.items.length === 0) throw new SigmaError('a selection is empty', node.place);
    return join('or', node.items.map(readSelection));
  }
  if (isNull(node)) throw new SigmaError('null is not allowed as a keyword', node.place);
  return readKeyword(node);
}
