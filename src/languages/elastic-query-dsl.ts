import { blockText, holdsMapped, parseAddress } from '../sigma/cidr.ts';
import type { LinkedCorrelation } from '../sigma/collection.ts';
import { hasOtherCases } from '../sigma/fold.ts';
import {
  type Dialect,
  type Feed,
  type Language,
  type Query,
  type Unsupported,
  refuse,
  remarkUnmapped,
  renderBounds,
  renderCondition,
  sourceOf,
  spanOf,
  unsupported,
} from '../sigma/language.ts';
import type { Column, MappedSource, Mapping } from '../sigma/mapping.ts';
import { literalOf, renderPattern, shapeOf } from '../sigma/pattern.ts';
import type { Pattern } from '../sigma/tree.ts';
import { escapeUnseen } from '../sigma/unseen.ts';
import { plainNumber, widerCorrelation } from '../sigma/wider-windows.ts';
import { elasticEcs } from './elastic-ecs.ts';
import { luceneRegex } from './elastic-regex.ts';

// Elasticsearch's Query DSL: the JSON body of a search. A rule is a filter; a correlation is an aggregation over the
// last two timespans, to be run once every timespan, so that every window of the rule lies within one run.
// https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-bool-query, …-term-query, …-wildcard-query,
// …-prefix-query, …-regexp-query, …-range-query, …-exists-query
// https://www.elastic.co/docs/reference/aggregations/search-aggregations-bucket-multi-terms-aggregation,
// …-pipeline-bucket-selector-aggregation; _bucket_count: …/reference/aggregations/pipeline (buckets_path syntax)

interface Json {
  readonly [key: string]: Json | readonly Json[] | readonly (string | number)[] | string | number | boolean;
}

const nulls = 'Elasticsearch keeps no null: an explicit null counts as a missing field.';
const letters = 'Letters beyond ASCII compare with case.';

function like(
  column: Column,
  pattern: Pattern,
  cased: boolean,
  note: (text: string) => void,
): Json | Unsupported {
  const shape = shapeOf(pattern);
  if (shape.kind === 'anything') return { exists: { field: column.name } };
  const literal = literalOf(pattern);
  if (column.type === 'address') {
    if (literal !== undefined && parseAddress(literal) !== undefined)
      return { term: { [column.name]: { value: literal } } };
    return unsupported('a part of an address, in a field of type ip');
  }
  if (column.type !== 'text') return unsupported('a text in a field that holds numbers');
  if (!cased && pattern.some((part) => part.kind === 'text' && hasOtherCases(part.text))) note(letters);
  const insensitive = cased ? {} : { case_insensitive: true };
  if (shape.kind === 'equal') return { term: { [column.name]: { value: shape.text, ...insensitive } } };
  if (shape.kind === 'startswith')
    return { prefix: { [column.name]: { value: shape.text, ...insensitive } } };
  const escaped = (text: string): string => text.replaceAll(/[\\*?]/g, String.raw`\$&`);
  return {
    wildcard: { [column.name]: { value: renderPattern(pattern, escaped, '*', '?'), ...insensitive } },
  };
}

const not = (of: Json): Json => ({ bool: { must_not: [of] } });
const or = (of: readonly Json[]): Json => ({ bool: { should: of, minimum_should_match: 1 } });

const dialect: Dialect<Json> = {
  name: 'elastic-query-dsl',
  and: (of) => ({ bool: { filter: of } }),
  or,
  not,
  tests: {
    like: (column, { pattern, cased, number }, { note }) => {
      const text = literalOf(pattern);
      if (
        column.type === 'number' &&
        text !== undefined &&
        /^-?[0-9]+(?:\.[0-9]+)?$/.test(text) &&
        (number || /^(?:0|[1-9][0-9]*)$/.test(text))
      )
        return { term: { [column.name]: { value: exact(text) } } };
      return like(column, pattern, cased, note);
    },
    regex: (column, test, { note }) => {
      if (column.type !== 'text') return unsupported('a regular expression on a field that is no text');
      const found = luceneRegex(test.source, test);
      if ('reason' in found) return unsupported(`${found.reason} in a Lucene regular expression`);
      if (found.note !== undefined) note(found.note);
      return { regexp: { [column.name]: { value: found.text, flags: 'NONE' } } };
    },
    cidr: (column, test) => {
      if (holdsMapped(test))
        return unsupported('a block with IPv4-mapped addresses, which Elasticsearch takes for IPv4');
      if (column.type !== 'address')
        return unsupported('an address block, in a field that is not of type ip');
      return { term: { [column.name]: { value: blockText(test) } } };
    },
    compare: (column, { op, text }) =>
      column.type === 'number'
        ? { range: { [column.name]: { [op]: exact(plainNumber(text)) } } }
        : unsupported('a comparison of a text with a number'),
    time: () => unsupported('a part of a date, without a script'),
    field: () => unsupported('a comparison of two fields, without a script'),
    null: (column, _, { note }) => {
      note(nulls);
      return not({ exists: { field: column.name } });
    },
    exists: (column, { present }, { note }) => {
      note(nulls);
      return present ? { exists: { field: column.name } } : not({ exists: { field: column.name } });
    },
  },
  oneOf: (column, texts, numbers, { note }) => {
    if (numbers && column.type === 'number') return { terms: { [column.name]: texts.map(exact) } };
    const each = texts.map((text) =>
      dialect.tests.like(
        column,
        { kind: 'like', pattern: text === '' ? [] : [{ kind: 'text', text }], cased: false, number: false },
        { note } as never,
      ),
    );
    const found = each.find((answer) => !isJson(answer));
    return found ?? or(each.filter(isJson));
  },
  keyword: () => unsupported('a keyword in an analysed message'),
};

const isJson = (answer: Json | Unsupported): answer is Json => !('reason' in answer);
/** JSON numbers are doubles to many readers: larger integers stay text, which Elasticsearch takes as well. */
const exact = (text: string): string | number => (String(Number(text)) === text ? Number(text) : text);

function last(source: MappedSource, seconds: number): Json {
  return { range: { [source.time]: { gt: `now-${seconds}s`, lte: 'now' } } };
}

function correlate(whole: LinkedCorrelation, mapping: Mapping, notes: Set<string>): Json {
  const { rule, feeds } = widerCorrelation(whole, dialect.name, mapping, notes);
  const { timespan } = rule.rule;
  const refuseIt = (reason: string): never => refuse(whole, dialect.name, reason);
  const [first] = feeds;
  const same = (pick: (feed: Feed) => string): boolean => feeds.every((feed) => pick(feed) === pick(first));
  if (!same((feed) => feed.source.from)) refuseIt('rules that read different indices');
  if (!same((feed) => JSON.stringify([feed.group, feed.values])))
    refuseIt('groups or values that are called differently in its rules');
  const conditions = feeds.map((feed) => renderCondition(feed.part.rule, feed.source, dialect, notes));
  const present = [...first.group, ...first.values].map((column): Json => ({
    exists: { field: column.name },
  }));
  const counts = countsOf(rule, first, conditions);
  const keep: Json = { bucket_selector: { buckets_path: counts.paths, script: counts.script } };
  const aggs: Json = { ...counts.aggs, keep };
  const body: Json = {
    size: 0,
    query: {
      bool: {
        filter: [
          last(first.source, 2 * timespan),
          conditions.length === 1 ? conditions[0] : or(conditions),
          ...present,
        ],
      },
    },
    aggs: { group: { ...termsOf(first.group, 10_000), aggs } },
  };
  const { count, unit } = spanOf(timespan);
  notes.add(`Index: ${first.source.from}`);
  notes.add(
    `Run it every ${count} ${unit}${count === 1 ? '' : 's'}; it looks back over twice that time, so that every window of the rule lies within one run. Events that arrive later than they are stamped are missed unless both are given that much more.`,
  );
  notes.add(
    `Wider than the rule: what is spread over more than ${count} ${unit}${count === 1 ? '' : 's'}, up to twice that, may be found as well.`,
  );
  if (first.group.length > 0)
    notes.add(
      'At most 10,000 groups are looked at: the answer is complete when aggregations.group.sum_other_doc_count is 0.',
    );
  if (rule.rule.type === 'value_count')
    notes.add(
      'Groups times values may be more than search.max_buckets (65,536 unless raised): the search then fails, it does not answer with less.',
    );
  return body;
}

function termsOf(columns: readonly Column[], size: number): Json {
  if (columns.length === 0) return { filters: { filters: { all: { match_all: {} } } } };
  if (columns.length === 1) return { terms: { field: columns[0].name, size } };
  return { multi_terms: { terms: columns.map((column) => ({ field: column.name })), size } };
}

/** What is counted in a group, where the selector finds it, and its script. */
function countsOf(
  rule: LinkedCorrelation,
  feed: Feed,
  conditions: readonly Json[],
): { aggs: Json; paths: Json; script: string } {
  const { type, bounds } = rule.rule;
  const bound = (measure: string): string => renderBounds(rule, measure, '&&', { eq: '==' });
  if (type === 'event_count') return { aggs: {}, paths: { n: '_count' }, script: bound('params.n') };
  if (type === 'value_count') {
    // cardinality is an estimate. Buckets of the values, one more than the bound asks for, decide exactly: a shard that
    // has more returns that many, and one that has fewer returns all of them.
    const size = Math.max(
      ...bounds.map(({ op, value }) => (op === 'gt' ? Math.floor(value) + 1 : Math.ceil(value))),
      1,
    );
    return {
      aggs: {
        values: termsOf(feed.values, size),
      },
      paths: { n: 'values._bucket_count' },
      script: bound('params.n'),
    };
  }
  const numbers = conditions.map((_, index) => index);
  const times: Json = {
    first: { min: { field: feed.source.time } },
    last: { max: { field: feed.source.time } },
  };
  const ordered = type === 'temporal_ordered';
  const aggs = Object.fromEntries(
    numbers.map((index): [string, Json] => [
      `p${index}`,
      { filter: conditions[index], ...(ordered ? { aggs: times } : {}) },
    ]),
  );
  const paths = Object.fromEntries(
    numbers.flatMap((index) => [
      [`n${index}`, `p${index}._count`],
      ...(ordered
        ? [
            [`f${index}`, `p${index}>first`],
            [`l${index}`, `p${index}>last`],
          ]
        : []),
    ]),
  ) as Json;
  const seen = `(${numbers.map((index) => `(params.n${index} > 0 ? 1 : 0)`).join(' + ')})`;
  const order = numbers.slice(1).map((index) => `params.f${index - 1} <= params.l${index}`);
  return { aggs, paths, script: [bound(seen), ...(ordered ? order : [])].join(' && ') };
}

export const elasticQueryDsl: Language = {
  name: 'elastic-query-dsl',
  title: 'Elasticsearch Query DSL',
  comment: (text) => `// ${text}`,
  mapping: elasticEcs,
  convert(rule, mapping): Query {
    const notes = new Set<string>();
    remarkUnmapped(rule, mapping, notes);
    if (rule.kind === 'correlation') {
      const body = correlate(rule, mapping, notes);
      return { text: escapeUnseen(JSON.stringify(body, undefined, 2)), notes: [...notes] };
    }
    const source = sourceOf(rule, mapping);
    const condition = renderCondition(rule, source, dialect, notes);
    notes.add(`Index: ${source.from}`);
    notes.add('The search answers with 10 documents unless its size says more.');
    return {
      text: escapeUnseen(JSON.stringify({ query: { bool: { filter: [condition] } } }, undefined, 2)),
      notes: [...notes],
    };
  },
};
