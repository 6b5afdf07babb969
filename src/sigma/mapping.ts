import { covers } from './collection.ts';
import type { Placeholders } from './collection.ts';
import { SigmaError } from './sigma-error.ts';
import type { Logsource, Place } from './tree.ts';
import { type SourceMap, type SourceNode, asMap, asText, asTexts, entry, isNull } from './source-node.ts';
import { readYaml } from './yaml-source.ts';

// A mapping says where a site keeps the events of a log source and what their fields are called there. Its YAML is
// described in docs/sigma-mappings.md; the languages bring one each as a start.

type ColumnType = 'text' | 'number' | 'address' | 'time';
const columnTypes: readonly string[] = ['text', 'number', 'address', 'time'];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface MappedSource {
  readonly logsource: Logsource;
  /** Table, index, search or function, in the words of the target language. */
  readonly from: string;
  /** The column with the time of the event. */
  readonly time: string;
  /** The column with the whole message, for keywords. */
  readonly message?: string;
  /** A column that lists the names of fields whose value was an explicit null (DuckDB only). */
  readonly nulls?: string;
  /** Sigma field → columns; a predicate holds when it holds for one of them. */
  readonly fields: ReadonlyMap<string, readonly Column[]>;
  /** What to say beside a query that reads a field; under the empty name, beside every one. */
  readonly remarks?: Readonly<Record<string, string>>;
  /** A field that is not listed: refuse the rule, keep its name, or keep it and say so beside the query. */
  readonly unknownFields: 'refuse' | 'keep' | 'say';
}

export interface Mapping {
  readonly name: string;
  readonly sources: readonly MappedSource[];
  readonly placeholders: Placeholders;
}

/** The first source whose attributes the rule's log source has; undefined when there is none. */
export function sourceFor(mapping: Mapping, logsource: Logsource): MappedSource | undefined {
  return mapping.sources.find((source) => covers(source.logsource, logsource));
}

/** The columns that hold a field, or undefined when the mapping does not know it. */
export function columnsFor(source: MappedSource, field: string): readonly Column[] | undefined {
  return (
    source.fields.get(field) ??
    (source.unknownFields === 'refuse' ? undefined : [{ name: field, type: 'text' }])
  );
}

/** @throws SigmaError at what is wrong */
export function readMapping(text: string, file: string): Mapping {
  const [found, second] = readYaml(text, file, (each) => each);
  const start: Place = { file, line: 1, column: 1 };
  if (found === undefined) throw new SigmaError('the mapping is empty', start);
  if (found instanceof SigmaError) throw found;
  if (second !== undefined) throw new SigmaError('a mapping is one document', second.place);
  const map = asMap(found, 'a mapping');
  known(map, ['name', 'placeholders', 'sources'], 'a mapping');
  const nameNode = entry(map, 'name');
  const sources = entry(map, 'sources');
  if (sources?.kind !== 'list') throw new SigmaError('a mapping needs a list of "sources"', map.place);
  return {
    name: nameNode === undefined ? file : asText(nameNode, '"name"'),
    sources: sources.items.map(readSource),
    placeholders: readPlaceholders(entry(map, 'placeholders')),
  };
}

function known(map: SourceMap, keys: readonly string[], what: string): void {
  for (const { key } of map.entries)
    if (!keys.includes(key.text))
      throw new SigmaError(`${what} has no "${key.text}"; it has ${keys.join(', ')}`, key.place);
}

function readPlaceholders(node: SourceNode | undefined): Placeholders {
  const values = new Map<string, readonly string[]>();
  if (node === undefined || isNull(node)) return values;
  for (const { key, value } of asMap(node, '"placeholders"').entries)
    values.set(
      key.text,
      asTexts(value, `the placeholder "${key.text}"`).map((each) => each.text),
    );
  return values;
}

function readSource(node: SourceNode): MappedSource {
  const map = asMap(node, 'a source');
  known(map, ['logsource', 'from', 'time', 'message', 'nulls', 'unknown-fields', 'fields'], 'a source');
  const text = (key: string): string | undefined => {
    const value = entry(map, key);
    return value === undefined ? undefined : asText(value, `"${key}"`);
  };
  const from = text('from');
  if (from === undefined) throw new SigmaError('a source needs "from"', map.place);
  const logsource: Record<string, string> = {};
  const source = entry(map, 'logsource');
  if (source !== undefined && !isNull(source)) {
    known(asMap(source, '"logsource"'), ['category', 'product', 'service'], 'a logsource');
    for (const { key, value } of asMap(source, '"logsource"').entries)
      logsource[key.text] = asText(value, key.text).toLowerCase();
  }
  const unknown = text('unknown-fields') ?? 'say';
  if (unknown !== 'say' && unknown !== 'keep' && unknown !== 'refuse')
    throw new SigmaError('"unknown-fields" is say, keep or refuse', map.place);
  const message = text('message');
  const nulls = text('nulls');
  return {
    logsource,
    from,
    time: text('time') ?? 'time',
    ...(message === undefined ? {} : { message }),
    ...(nulls === undefined ? {} : { nulls }),
    fields: readFields(entry(map, 'fields')),
    unknownFields: unknown,
  };
}

function readFields(node: SourceNode | undefined): ReadonlyMap<string, readonly Column[]> {
  const fields = new Map<string, readonly Column[]>();
  if (node === undefined || isNull(node)) return fields;
  for (const { key, value } of asMap(node, '"fields"').entries) {
    let names = value;
    let type: ColumnType = 'text';
    if (value.kind === 'map') {
      known(value, ['column', 'type'], `the field "${key.text}"`);
      const column = entry(value, 'column');
      if (column === undefined) throw new SigmaError(`the field "${key.text}" has no "column"`, value.place);
      names = column;
      const typeNode = entry(value, 'type');
      if (typeNode !== undefined) type = asText(typeNode, '"type"') as ColumnType;
      if (!columnTypes.includes(type))
        throw new SigmaError(`"type" is one of ${columnTypes.join(', ')}`, typeNode?.place ?? value.place);
    }
    fields.set(
      key.text,
      asTexts(names, `the field "${key.text}"`).map((each) => ({ name: each.text, type })),
    );
  }
  return fields;
}

/** A mapping written in code, for a language's own. Fields are words, `field=column` or `field=column:type`. */
export function builtInMapping(
  name: string,
  sources: readonly (Omit<MappedSource, 'fields' | 'unknownFields'> & {
    readonly fields?: string;
    readonly unknownFields?: MappedSource['unknownFields'];
  })[],
): Mapping {
  const read = (word: string): readonly [string, readonly Column[]] => {
    const [, field = '', column = '', type = 'text'] =
      /^([^=]+)=(.*?)(?::(text|number|address|time))?$/.exec(word) ?? [];
    return [field, [{ name: column, type: type as ColumnType }]];
  };
  return {
    name,
    placeholders: new Map(),
    sources: sources.map(({ fields = '', unknownFields = 'say', ...source }) => ({
      ...source,
      unknownFields,
      fields: new Map(
        fields
          .split(/\s+/)
          .filter((word) => word !== '')
          .map(read),
      ),
    })),
  };
}
