import type { Feed, RowColumn, SelectedCount } from '../model/detector.ts';
import type { Linked, LinkedCorrelation, LinkedDetection } from './collection.ts';
import { columnsOf, taxonomiesOf } from './event-fields.ts';

// Correlations as counts that the engine declares: one with lower bounds over rules whose group and values are columns.
// What is left (ordered chains, sums, averages, percentiles, upper bounds, correlations of correlations, fields that are
// no column) is the Correlator's.

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
    const atLeast = lowerBound(rule);
    const read = atLeast === undefined ? undefined : feedsOf(rule);
    if (atLeast === undefined || read === undefined) return [];
    const shape = JSON.stringify(
      read.map(({ feed, rule: part, kind, group }) => [feed, rules.indexOf(part), kind, group]),
    );
    const feeds = same.get(shape) ?? read;
    same.set(shape, feeds);
    const lists = feedLists.get(feeds) ?? feeds.map(({ feed }) => feed);
    feedLists.set(feeds, lists);
    const { name, id, title, timespan } = rule.rule;
    const count = {
      id: `sigma/${index}/${name ?? id ?? title}`,
      span: timespan,
      atLeast,
      every: inner.has(rule),
      feeds: lists,
    };
    return [{ rule, count, feeds }];
  });
}

/** The smallest count that holds; undefined for conditions that a larger count may break. */
function lowerBound({ rule: { type, bounds } }: LinkedCorrelation): number | undefined {
  if (type !== 'event_count' && type !== 'value_count' && type !== 'temporal') return undefined;
  let least = 1;
  for (const { op, value } of bounds) {
    if (op !== 'gt' && op !== 'gte') return undefined;
    least = Math.max(least, op === 'gt' ? Math.floor(value) + 1 : Math.ceil(value));
  }
  return least;
}

function feedsOf({ rule, parts }: LinkedCorrelation): CompiledFeed[] | undefined {
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
    if (rule.type === 'value_count') return { by, distinct, tag: 0 };
    // An event that two rules match, read through the same fields, is one event.
    if (rule.type === 'event_count') return { by, distinct: undefined, tag: shape };
    return { by, distinct: [], tag: part };
  }
}
