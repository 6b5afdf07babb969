import type { Feed, Measure, RowColumn, SelectedCount } from '../model/detector.ts';
import type { Linked, LinkedCorrelation, LinkedDetection } from './collection.ts';
import { columnsOf, taxonomiesOf } from './event-fields.ts';
import { holds } from './sliding-group.ts';
import type { Bound } from './tree.ts';

// Correlations as counts that the engine declares: those over rules whose group and values are columns. What is left
// (ordered chains, correlations of correlations, sums over several rules, fields that are no column) is the Correlator's.

export interface CompiledCorrelation {
  readonly rule: LinkedCorrelation;
  readonly count: SelectedCount;
  readonly feeds: readonly CompiledFeed[];
}

export interface CompiledFeed {
  readonly feed: Feed;
  readonly rule: LinkedDetection;
  /** The kind of events whose rows it takes. */
  readonly kind: number;
  /** Fields of the group in those events, in the order of `group-by`. */
  readonly group: readonly string[];
}

/** @returns the correlations among the rules that compile; the others are in no result */
export function compileCounts(rules: readonly Linked[]): CompiledCorrelation[] {
  const correlations = rules.filter((rule): rule is LinkedCorrelation => rule.kind === 'correlation');
  // One that another is built on has to say at every instant whether it holds.
  const inner = new Set(correlations.flatMap(({ parts }) => parts.map(({ rule }) => rule)));
  // Correlations that read the same of the same rules share their feeds: the engine counts them together.
  const feedLists = new Map<readonly CompiledFeed[], Feed[]>();
  const same = new Map<string, CompiledFeed[]>();
  return correlations.flatMap((rule, index) => {
    const measure = measureOf(rule);
    const read = rule.rule.type === 'temporal_ordered' ? undefined : feedsOf(rule, measure !== undefined);
    if (read === undefined) return [];
    const shape = JSON.stringify(
      read.map(({ feed, rule: part, kind, group }) => [feed, rules.indexOf(part), kind, group]),
    );
    const feeds = same.get(shape) ?? read;
    same.set(shape, feeds);
    const lists = feedLists.get(feeds) ?? feeds.map(({ feed }) => feed);
    feedLists.set(feeds, lists);
    const { name, id, title, timespan, bounds } = rule.rule;
    const every = inner.has(rule);
    const common = { id: `sigma/${index}/${name ?? id ?? title}`, span: timespan, every, feeds: lists };
    if (measure === undefined && bounds.every(({ op }) => op === 'gt' || op === 'gte'))
      return [{ rule, count: { ...common, atLeast: leastOf(bounds) }, feeds }];
    const count = {
      ...common,
      atLeast: measure === undefined ? leastOf(bounds) : -Infinity,
      threshold: Math.max(1, ...bounds.map(({ value }) => value)),
      holds: (value: number) => holds(bounds, value),
      ...(measure !== undefined && { measure }),
    };
    return [{ rule, count, feeds }];
  });
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

function measureOf({ rule: { type, percentile = 0 } }: LinkedCorrelation): Measure | undefined {
  if (type === 'value_sum') return { of: 'sum' };
  if (type === 'value_avg') return { of: 'average' };
  return type === 'value_percentile' ? { of: 'percentile', percent: percentile } : undefined;
}

function feedsOf({ rule, parts }: LinkedCorrelation, measured: boolean): CompiledFeed[] | undefined {
  // An event that two rules match counts once: of numbers that is the Correlator's.
  if (measured && parts.length > 1) return undefined;
  const shapes: string[] = [];
  const feeds: CompiledFeed[] = [];
  for (const [index, { rule: part, group, values }] of parts.entries()) {
    if (part.kind === 'correlation') return undefined;
    const shape = group.join('\n');
    if (!shapes.includes(shape)) shapes.push(shape);
    for (const taxonomy of taxonomiesOf(part.rule.logsource)) {
      const by = columnsOf(taxonomy, group);
      const distinct = columnsOf(taxonomy, values);
      if (by === 'none' || distinct === 'none') return undefined;
      // Events without such a field belong to no group.
      if (by === 'missing' || distinct === 'missing') continue;
      if (measured && !distinct.every(isNumber)) return undefined;
      feeds.push({
        feed: feedOf(by, distinct, index, shapes.indexOf(shape)),
        rule: part,
        kind: taxonomy.kind,
        group,
      });
    }
  }
  return feeds;

  function feedOf(by: RowColumn[], distinct: RowColumn[], part: number, shape: number): Feed {
    if (measured || rule.type === 'value_count') return { by, distinct, tag: 0 };
    // An event that two rules match, read through the same fields, is one event.
    if (rule.type === 'event_count') return { by, distinct: undefined, tag: shape };
    return { by, distinct: [], tag: part };
  }
}

/** Columns whose value as text is their number. */
const isNumber = (column: RowColumn): boolean =>
  column === 'source-port' || column === 'target-port' || column === 'status';
