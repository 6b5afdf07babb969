import { parseAddress } from './cidr.ts';
import type { Linked, LinkedCorrelation, LinkedDetection, Part } from './collection.ts';
import { type Column, type MappedSource, type Mapping, columnsFor, sourceFor } from './mapping.ts';
import { literalOf, renderPattern, shapeOf } from './pattern.ts';
import { SigmaError, inRule } from './sigma-error.ts';
import { type Expression, type Logsource, type Place, type Predicate, type Test, join } from './tree.ts';

// The contract of query languages, and the renderer that they share. A language declares how it says each kind of
// test; what it cannot say it answers with `unsupported`, which becomes a fault with the rule's location. Nothing is
// left out silently, and what a query finds beyond the rule stands in its notes.

export interface Query {
  readonly text: string;
  /** What widens, what it rests on, what to configure: to be shown beside the query. */
  readonly notes: readonly string[];
}

export interface Language {
  readonly name: string;
  /** The vendor's name of it. */
  readonly title: string;
  /** Used where a site gives no mapping of its own. */
  readonly mapping: Mapping;
  /** A line of remark in front of a query. */
  readonly comment: (text: string) => string;
  /** @throws SigmaError when the language cannot say the rule */
  convert(rule: Linked, mapping: Mapping): Query;
}

/** The answer of a dialect that has no words for something. */
export class Unsupported {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}
export const unsupported = (reason: string): Unsupported => new Unsupported(reason);

type Kinds = Exclude<Test['kind'], 'placeholder'>;

/** How a language says conditions; T is what it builds them of (text, or JSON). */
export interface Dialect<T> {
  readonly name: string;
  readonly and: (of: readonly T[]) => T;
  readonly or: (of: readonly T[]) => T;
  /** True where the operand is false or unknown: Sigma's NOT has no third value. */
  readonly not: (of: T) => T;
  /** One function for every kind of test: none can be forgotten. */
  readonly tests: {
    readonly [K in Kinds]: (
      column: Column,
      test: Extract<Test, { kind: K }>,
      context: Context,
    ) => T | Unsupported;
  };
  /** Several whole values of one field, without case and wildcards; absent: an OR of equalities. */
  readonly oneOf?: (
    column: Column,
    texts: readonly string[],
    numbers: boolean,
    context: Context,
  ) => T | Unsupported;
  /** A keyword or expression over the whole message; absent: unsupported. */
  /** It cannot write control characters other than tab and line breaks in a text. */
  readonly noControls?: true;
  readonly keyword?: (
    column: Column,
    test: Extract<Test, { kind: 'like' | 'regex' }>,
    context: Context,
  ) => T | Unsupported;
}

/** What a test may need besides its column, and where it leaves its remarks. */
export interface Context {
  readonly source: MappedSource;
  readonly note: (text: string) => void;
  /** The one column of another field; throws when there are several. */
  readonly column: (field: string) => Column;
  /** The Sigma field that is being rendered. */
  readonly field: string;
}

/** The source of a detection. @throws SigmaError when the mapping has none */
export function sourceOf(rule: LinkedDetection, mapping: Mapping): MappedSource {
  const source = sourceFor(mapping, rule.rule.logsource);
  if (source !== undefined) return source;
  throw new SigmaError(
    `the mapping "${mapping.name}" has no source for ${sourceName(rule.rule.logsource)}`,
    rule.rule.place,
    rule.rule.title,
  );
}

/**
 * What a mapping has to say of itself, and what it leaves to chance: a log source that it does not name, fields that it does
 * not list. (Where it says to keep unknown fields, nothing.)
 */
export function remarkUnmapped(rule: Linked, mapping: Mapping, notes: Set<string>): void {
  const fields = new Set<string>();
  for (const [{ rule: detection }, read] of readsOf(rule)) {
    const source = sourceFor(mapping, detection.logsource);
    if (source?.remarks !== undefined)
      for (const [field, remark] of Object.entries(source.remarks))
        if (field === '' || read.has(field)) notes.add(remark);
    if (source?.unknownFields !== 'say') continue;
    if (Object.keys(source.logsource).length === 0)
      notes.add(
        `The mapping "${mapping.name}" has no source of its own for ${sourceName(detection.logsource)}: the query reads ${source.from}.`,
      );
    for (const field of read) if (!source.fields.has(field)) fields.add(field);
  }
  if (fields.size > 0)
    notes.add(
      `The mapping "${mapping.name}" does not list these fields, which keep the names that the rule gives them: ${[...fields].join(', ')}.`,
    );
}

/** The detections of a rule, each with the fields that are read of its events. */
function readsOf(rule: Linked, read: readonly string[] = []): [LinkedDetection, Set<string>][] {
  if (rule.kind === 'correlation')
    return rule.parts.flatMap((part) =>
      readsOf(part.rule, part.rule.kind === 'detection' ? [...part.group, ...part.values] : []),
    );
  const named = new Set<string>();
  addFields(rule.rule.condition, named);
  for (const field of read) named.add(field);
  return [[rule, named]];
}

function addFields(expression: Expression, fields: Set<string>): void {
  if (expression.kind === 'not') addFields(expression.of, fields);
  else if (expression.kind !== 'predicate') for (const child of expression.of) addFields(child, fields);
  else {
    if (expression.field !== undefined) fields.add(expression.field);
    if (expression.test.kind === 'field') fields.add(expression.test.other);
  }
}

const sourceName = (logsource: Logsource): string =>
  Object.entries(logsource)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** A detection's condition in a language. */
export function renderCondition<T>(
  rule: LinkedDetection,
  source: MappedSource,
  dialect: Dialect<T>,
  notes: Set<string>,
): T {
  return inRule(rule.rule.title, () => render(rule.rule.condition, source, dialect, notes));
}

function render<T>(expression: Expression, source: MappedSource, dialect: Dialect<T>, notes: Set<string>): T {
  if (expression.kind === 'not') return dialect.not(render(expression.of, source, dialect, notes));
  if (expression.kind === 'predicate') return renderPredicate(expression, source, dialect, notes);
  const found: T[] = [];
  if (expression.kind === 'and') {
    for (const child of expression.of) found.push(render(child, source, dialect, notes));
    return dialect.and(found);
  }
  const { lists, others } =
    dialect.oneOf === undefined ? { lists: [], others: expression.of } : listsIn(expression.of);
  for (const list of lists)
    found.push(
      overColumns(list[0], source, dialect, notes, (column, context) =>
        renderList(list, column, context, dialect),
      ),
    );
  for (const child of others) found.push(render(child, source, dialect, notes));
  return found.length === 1 ? found[0] : dialect.or(found);
}

type Plain = Predicate & { test: Extract<Test, { kind: 'like' }> };

function isPlain(expression: Expression): expression is Plain {
  return (
    expression.kind === 'predicate' &&
    expression.field !== undefined &&
    expression.test.kind === 'like' &&
    !expression.test.cased &&
    shapeOf(expression.test.pattern).kind === 'equal'
  );
}

/** Gathers whole values of one field, two or more, so that they become a list. */
function listsIn(of: readonly Expression[]): { lists: Plain[][]; others: readonly Expression[] } {
  const byField = new Map<string, Plain[]>();
  let plain = 0;
  for (const child of of)
    if (isPlain(child)) {
      plain++;
      const key = `${child.test.number} ${child.field}`;
      const list = byField.get(key);
      if (list === undefined) byField.set(key, [child]);
      else list.push(child);
    }
  if (byField.size === plain) return { lists: [], others: of };
  const lists = [...byField.values()].filter((list) => list.length > 1);
  const listed = new Set<Expression>(lists.flat());
  return { lists, others: of.filter((child) => !listed.has(child)) };
}

function renderList<T>(
  list: readonly Plain[],
  column: Column,
  context: Context,
  dialect: Dialect<T>,
): T | Unsupported {
  const texts = list.map(({ test }) => {
    const shape = shapeOf(test.pattern);
    return shape.kind === 'equal' ? shape.text : '';
  });
  for (const { test, place } of list) {
    remarkText(column, test, context);
    if (dialect.noControls === true && hasControls(test))
      certain(unsupported('control characters in a text'), dialect, place);
  }
  return dialect.oneOf?.(column, texts, list[0].test.number, context) ?? unsupported('lists');
}

function renderPredicate<T>(
  predicate: Predicate,
  source: MappedSource,
  dialect: Dialect<T>,
  notes: Set<string>,
): T {
  const { test, place } = predicate;
  if (dialect.noControls === true && hasControls(test))
    throw new SigmaError(`${dialect.name} cannot say this: control characters in a text`, place);
  if (test.kind === 'placeholder')
    throw new SigmaError(`the placeholder "%${test.name}%" has no value`, place);
  if (predicate.field === undefined) {
    if (
      source.message === undefined ||
      dialect.keyword === undefined ||
      (test.kind !== 'like' && test.kind !== 'regex')
    )
      throw new SigmaError(
        `${dialect.name} is given no column with the whole message, which keywords need ("message" in a mapping)`,
        place,
      );
    const column: Column = { name: source.message, type: 'text' };
    return certain(dialect.keyword(column, test, contextOf('', source, notes, place)), dialect, place);
  }
  // The table of tests is typed by kind; the compiler cannot see that key and argument are the same one.
  const say = dialect.tests[test.kind] as (column: Column, test: Test, context: Context) => T | Unsupported;
  return overColumns(predicate, source, dialect, notes, (column, context) => {
    if (test.kind === 'like') remarkText(column, test, context);
    return say(column, test, context);
  });
}

const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function hasControls(test: Test): boolean {
  if (test.kind === 'regex') return controls.test(test.source);
  return (
    test.kind === 'like' && test.pattern.some((part) => part.kind === 'text' && controls.test(part.text))
  );
}

/** A mapping that keeps numbers where a rule has a word is a slip that no query shows. */
function remarkText(column: Column, { pattern }: Extract<Test, { kind: 'like' }>, { note }: Context): void {
  if (column.type !== 'number' && column.type !== 'address') return;
  const text = renderPattern(pattern, (part) => part, '*', '?');
  const whole = literalOf(pattern) !== undefined;
  const found =
    column.type === 'number'
      ? whole
        ? /^-?[0-9]+(?:\.[0-9]+)?$/.test(text)
        : /^[-0-9.*?]*$/.test(text)
      : whole
        ? parseAddress(text) !== undefined
        : /^[0-9a-f:.*?]*$/i.test(text);
  const kinds = column.type === 'number' ? 'numbers' : 'addresses';
  if (!found)
    note(`The mapping says that ${column.name} holds ${kinds}: the text "${text}" is never found there.`);
}

function overColumns<T>(
  predicate: Predicate,
  source: MappedSource,
  dialect: Dialect<T>,
  notes: Set<string>,
  say: (column: Column, context: Context) => T | Unsupported,
): T {
  const { field = '', place, test } = predicate;
  const columns = columnsFor(source, field);
  if (columns === undefined)
    throw new SigmaError(`the mapping has no column for the field "${field}"`, place);
  for (const column of columns) refuseOdd(column, place);
  const context = contextOf(field, source, notes, place);
  const each: T[] = [];
  for (const column of columns) each.push(certain(say(column, context), dialect, place));
  if (each.length === 1) return each[0];
  return test.kind === 'exists' && !test.present ? dialect.and(each) : dialect.or(each);
}

function contextOf(field: string, source: MappedSource, notes: Set<string>, place: Place): Context {
  return {
    source,
    field,
    note: (text) => notes.add(text),
    column: (other) => {
      const columns = columnsFor(source, other);
      if (columns?.length === 1) return refuseOdd(columns[0], place);
      throw new SigmaError(
        `the field "${other}" has ${columns === undefined ? 'no column' : 'several columns'} in the mapping`,
        place,
      );
    },
  };
}

/** Names with quotes, backslashes or controls: languages differ in how they take them, and no log has them. */
function refuseOdd(column: Column, place: Place, title?: string): Column {
  if (/["'`\\\x00-\x1f\x7f]/.test(column.name))
    throw new SigmaError(
      `the name ${JSON.stringify(column.name)} of a column has a quote, a backslash or a control character`,
      place,
      title,
    );
  return column;
}

function certain<T>(answer: T | Unsupported, { name }: { readonly name: string }, place: Place): T {
  if (answer instanceof Unsupported) throw new SigmaError(`${name} cannot say this: ${answer.reason}`, place);
  return answer;
}

/** Refuses a correlation. */
export function refuse(rule: LinkedCorrelation, language: string, reason: string): never {
  throw new SigmaError(`${language} cannot say this: ${reason}`, rule.rule.place, rule.rule.title);
}

/** A part of a correlation that is a detection, ready to be queried. */
export interface Feed {
  readonly part: Part & { readonly rule: LinkedDetection };
  readonly source: MappedSource;
  readonly group: readonly Column[];
  readonly values: readonly Column[];
  /** Index of the part in the correlation's list of rules. */
  readonly index: number;
}

/** Where a detection part's events come from, and the columns that the correlation reads. */
export function feedOf(rule: LinkedCorrelation, index: number, mapping: Mapping): Feed {
  const part = rule.parts[index];
  if (part.rule.kind !== 'detection') throw new Error('not a detection');
  const source = sourceOf(part.rule, mapping);
  const only = (field: string): Column => {
    const columns = columnsFor(source, field);
    if (columns?.length === 1) return refuseOdd(columns[0], rule.rule.place, rule.rule.title);
    const reason = columns === undefined ? 'no column' : 'several columns';
    throw new SigmaError(
      `the field "${field}" of "${part.name}" has ${reason} in the mapping`,
      rule.rule.place,
      rule.rule.title,
    );
  };
  return {
    part: { ...part, rule: part.rule },
    source,
    group: part.group.map(only),
    values: part.values.map(only),
    index,
  };
}

/**
 * The correlation with parts that read one place through the same fields made one part: an event that two of its rules
 * match is one event. Temporal correlations tell their parts apart and stay as they are.
 */
export function mergeParts(rule: LinkedCorrelation, mapping: Mapping): LinkedCorrelation {
  const { type } = rule.rule;
  if (type === 'temporal' || type === 'temporal_ordered') return rule;
  const merged = new Map<string, Part>();
  for (const [index, part] of rule.parts.entries()) {
    if (part.rule.kind === 'correlation') {
      merged.set(String(index), part);
      continue;
    }
    const key = JSON.stringify([sourceOf(part.rule, mapping).from, part.group, part.values]);
    const other = merged.get(key)?.rule;
    const condition = join('or', [
      ...(other?.kind === 'detection' ? [other.rule.condition] : []),
      part.rule.rule.condition,
    ]);
    merged.set(key, { ...part, rule: { ...part.rule, rule: { ...part.rule.rule, condition } } });
  }
  return merged.size === rule.parts.length ? rule : { ...rule, parts: [...merged.values()] };
}

/** `value_count > 20`, for all bounds; `and` joins them. */
export function renderBounds(
  rule: LinkedCorrelation,
  measure: string,
  and: string,
  operators: Readonly<Record<string, string>> = {},
): string {
  const signs: Record<string, string> = {
    gt: '>',
    gte: '>=',
    lt: '<',
    lte: '<=',
    eq: '=',
    neq: '!=',
    ...operators,
  };
  return rule.rule.bounds.map(({ op, value }) => `${measure} ${signs[op]} ${value}`).join(` ${and} `);
}

/** Whether seeing more events can only make the condition truer: then a wider window finds all, and perhaps more. */
export function isMonotone(rule: LinkedCorrelation): boolean {
  const counts = ['event_count', 'value_count', 'temporal', 'temporal_ordered'].includes(rule.rule.type);
  return counts && rule.rule.bounds.every(({ op }) => op === 'gt' || op === 'gte');
}

/** The largest unit that a span is a whole number of. */
export function spanOf(seconds: number): { count: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  if (seconds % 86_400 === 0) return { count: seconds / 86_400, unit: 'day' };
  if (seconds % 3600 === 0) return { count: seconds / 3600, unit: 'hour' };
  return seconds % 60 === 0 ? { count: seconds / 60, unit: 'minute' } : { count: seconds, unit: 'second' };
}

/** An identifier that every language takes unquoted, for names that a query makes up. */
export function identifier(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return plain === '' || /^[0-9]/.test(plain) ? `r_${plain}` : plain;
}
