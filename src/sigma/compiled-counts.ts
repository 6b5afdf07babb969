import type { Feed, Measure, RowColumn, SelectedCount } from '../model/detector.ts';
import type { Linked, LinkedCorrelation, LinkedDetection, Part } from './collection.ts';
import { type EventField, amountColumn, columnClass, taxonomiesOf, textColumn } from './event-fields.ts';
import { holds } from './sliding-group.ts';
import type { Bound } from './tree.ts';

// Correlations as counts that the engine declares. A correlation of correlations is a count that is fed by counts; what it
// reads of them is their group, which stands in the columns of the row that they stand with.

export interface CompiledCorrelation {
  readonly rule: LinkedCorrelation;
  readonly count: SelectedCount;
  readonly feeds: readonly CompiledFeed[];
}

export interface CompiledFeed {
  readonly feed: Feed;
  /** Whose matches it takes, or whose instants. */
  readonly rule: Linked;
  /** The kind of events whose rows it takes. */
  readonly kind: number;
  /** Of those events: the fields of the group, in the order of `group-by`. */
  readonly group: readonly NamedField[];
}

/** A field of a row. */
export interface NamedField {
  readonly name: string;
  readonly field: EventField;
}

/** @returns the correlations among the rules, as counts */
export function compileCounts(rules: readonly Linked[]): CompiledCorrelation[] {
  const done = new Map<LinkedCorrelation, CompiledCorrelation>();
  // Correlations that read the same of the same rules share their feeds: the engine counts them together.
  const same = new Map<string, { readonly compiled: CompiledFeed[]; readonly list: Feed[] }>();
  const compile = (rule: LinkedCorrelation): CompiledCorrelation => {
    const known = done.get(rule);
    if (known !== undefined) return known;
    const read = feedsOf(rule, compile);
    const shape = JSON.stringify(
      read.map(({ feed: { by, distinct, tag, from }, rule: part, kind, group }) => [
        [by, distinct, tag, from?.count.id, from?.count.feeds.indexOf(from.feed)],
        [rules.indexOf(part), kind, group.map(({ name }) => name)],
      ]),
    );
    const feeds = same.get(shape) ?? { compiled: read, list: read.map(({ feed }) => feed) };
    same.set(shape, feeds);
    const compiled = { rule, count: countOf(rule, rules.indexOf(rule), feeds.list), feeds: feeds.compiled };
    done.set(rule, compiled);
    return compiled;
  };
  return rules.flatMap((rule) => (rule.kind === 'correlation' ? [compile(rule)] : []));
}

function countOf({ rule }: LinkedCorrelation, index: number, feeds: readonly Feed[]): SelectedCount {
  const { name, id, title, type, timespan, bounds, rules, percentile = 0 } = rule;
  const common = { id: `sigma/${index}/${name ?? id ?? title}`, span: timespan, feeds };
  const special = {
    threshold: Math.max(1, ...bounds.map(({ value }) => value)),
    holds: (value: number) => holds(bounds, value),
  };
  if (type === 'temporal_ordered')
    return { ...common, ...special, atLeast: leastOf(bounds), steps: rules.length };
  const measure = measureOf(type, percentile);
  if (measure !== undefined) return { ...common, ...special, atLeast: -Infinity, measure };
  const isLower = bounds.every(({ op }) => op === 'gt' || op === 'gte');
  return { ...common, ...(!isLower && special), atLeast: leastOf(bounds) };
}

/** The smallest count of events or values that may hold. */
function leastOf(bounds: readonly Bound[]): number {
  let least = 1;
  for (const { op, value } of bounds) {
    if (op === 'gt') least = Math.max(least, Math.floor(value) + 1);
    else if (op === 'gte' || op === 'eq') least = Math.max(least, Math.ceil(value));
  }
  return least;
}

function measureOf(type: string, percent: number): Measure | undefined {
  if (type === 'value_sum') return { of: 'sum' };
  if (type === 'value_avg') return { of: 'average' };
  return type === 'value_percentile' ? { of: 'percentile', percent } : undefined;
}

/** Where a feed's rows come from, and the fields of them that it reads. */
interface Draft {
  readonly part: Part;
  readonly tag: number;
  readonly kind: number;
  readonly from?: Feed['from'];
  readonly group: readonly NamedField[];
  readonly values: readonly NamedField[];
}

function feedsOf(
  { rule: { type }, parts }: LinkedCorrelation,
  compile: (rule: LinkedCorrelation) => CompiledCorrelation,
): CompiledFeed[] {
  const shapes: string[] = [];
  const drafts = parts.flatMap((part, index): Draft[] => {
    // An event that two rules match, read through the same fields, is one event.
    const shape = JSON.stringify([part.group, part.values]);
    if (!shapes.includes(shape)) shapes.push(shape);
    let tag = shapes.indexOf(shape);
    if (type === 'value_count') tag = 0;
    if (type === 'temporal' || type === 'temporal_ordered') tag = index;
    return sourcesOf(part, compile).map((source) => ({ ...source, part, tag }));
  });
  const groups = columnsOf(drafts.map(({ group }) => group));
  const isMeasured = measureOf(type, 0) !== undefined;
  const values = isMeasured
    ? drafts.map((draft) => draft.values.map(({ field, name }) => amountColumn(field, name)))
    : columnsOf(drafts.map((draft) => draft.values));
  return drafts.map(({ part, tag, kind, from, group }, index) => {
    const distinct = type === 'event_count' ? undefined : values[index];
    const feed = { by: groups[index], distinct, tag, ...(from !== undefined && { from }) };
    return { feed, rule: part.rule, kind, group };
  });
}

/** What a part takes: rows of the kinds of events that its rule is tried on, or all that its correlation stands with. */
function sourcesOf(
  { rule, group, values }: Part,
  compile: (rule: LinkedCorrelation) => CompiledCorrelation,
): Omit<Draft, 'part' | 'tag'>[] {
  if (rule.kind === 'detection')
    return taxonomiesOf(rule.rule.logsource).flatMap(({ kind, fields }) => {
      const named = (names: readonly string[]): NamedField[] =>
        names.flatMap((name) => {
          const field = fields.get(name);
          return field === undefined ? [] : [{ name, field }];
        });
      const [own, counted] = [named(group), named(values)];
      // Events without such a field belong to no group.
      if (own.length < group.length || counted.length < values.length) return [];
      return [{ kind, group: own, values: counted }];
    });
  const { count, feeds } = compile(rule);
  return feeds.map(({ feed, kind, group: inner }) => {
    const handed = (names: readonly string[]): NamedField[] =>
      names.map((name) => inner[rule.rule.groupBy.indexOf(name)]);
    return { kind, from: { count, feed }, group: handed(group), values: handed(values) };
  });
}

/** Columns of fields that stand for each other, feed by feed: what is not of one class is compared as text. */
function columnsOf(feeds: readonly (readonly NamedField[])[]): RowColumn[][] {
  return feeds.map((fields) =>
    fields.map(({ field, name }, place) => {
      const kind = columnClass(field);
      const isAlike = feeds.every((other) => columnClass(other[place].field) === kind);
      return isAlike && field.column !== undefined ? field.column : textColumn(field, name);
    }),
  );
}

/** The feeds of rows that a rule matches. */
export function rowFeedsOf(
  feeds: Iterable<CompiledFeed>,
  kind: number,
  rules: readonly LinkedDetection[],
): Feed[] {
  return [...feeds]
    .filter(({ kind: of, rule }) => of === kind && rule.kind === 'detection' && rules.includes(rule))
    .map(({ feed }) => feed);
}
