import { blockText, holdsMapped, parseAddress } from '../sigma/cidr.ts';
import type { LinkedCorrelation } from '../sigma/collection.ts';
import { fold } from '../sigma/fold.ts';
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
import type { Column, Mapping } from '../sigma/mapping.ts';
import { literalOf, renderPattern, shapeOf } from '../sigma/pattern.ts';
import type { Pattern } from '../sigma/tree.ts';
import { numbersInTexts, plainNumber, quoted, signs, widerCorrelation } from '../sigma/wider-windows.ts';
import { elasticEcs } from './elastic-ecs.ts';
import { luceneRegex } from './elastic-regex.ts';

// Elasticsearch's piped language. It compares with case, so both sides are put in lower case; NOT of NULL is NULL, so
// NOT stands before COALESCE(…, false). It has no sliding window: each event is put into every window of twice the
// timespan that begins at a multiple of it, one of which holds any window of the rule.
// https://www.elastic.co/docs/reference/query-languages/esql/esql-functions-operators (LIKE, RLIKE, CIDR_MATCH, COALESCE,
// DATE_TRUNC, MV_APPEND, DATE_EXTRACT), …/esql/commands/stats-by, …/esql/limitations, …/esql/esql-multivalued-fields

/** Words of the grammar of expressions. */
const reserved =
  /^(?:and|as|asc|by|desc|false|first|from|in|info|is|last|like|metadata|not|null|nulls|on|or|rlike|true|where|with)$/i;
const name = (column: Column): string =>
  /^[A-Za-z_@][A-Za-z0-9_@]*(?:\.[A-Za-z_@][A-Za-z0-9_@]*)*$/.test(column.name) && !reserved.test(column.name)
    ? column.name
    : `\`${column.name.replaceAll('`', '``')}\``;
const asText = (column: Column): string =>
  column.type === 'text' ? name(column) : `TO_STRING(${name(column)})`;
const lower = (column: Column): string => `TO_LOWER(${asText(column)})`;
const nulls = 'Elasticsearch keeps no null: an explicit null counts as a missing field.';
const several = 'ES|QL takes a field that holds several values for null: such events are not found.';

function like(column: Column, pattern: Pattern, cased: boolean): string {
  const shape = shapeOf(pattern);
  if (shape.kind === 'anything') return `${name(column)} IS NOT NULL`;
  const value = cased ? asText(column) : lower(column);
  const literal = (text: string): string => (cased ? text : fold(text));
  if (shape.kind === 'equal') return `${value} == ${quoted(literal(shape.text))}`;
  const escaped = (text: string): string => literal(text).replaceAll(/[\\*?]/g, String.raw`\$&`);
  return `${value} LIKE ${quoted(renderPattern(pattern, escaped, '*', '?'))}`;
}

const chrono = {
  minute: 'minute_of_hour',
  hour: 'hour_of_day',
  day: 'day_of_month',
  month: 'month_of_year',
  year: 'year',
} as const;

function regex(
  value: string,
  test: Parameters<typeof luceneRegex>[1] & { readonly source: string },
  note: (text: string) => void,
): string | Unsupported {
  const found = luceneRegex(test.source, test);
  if ('reason' in found) return unsupported(`${found.reason} in a Lucene regular expression`);
  if (found.note !== undefined) note(found.note);
  return `${value} RLIKE ${quoted(found.text)}`;
}

const dialect: Dialect<string> = {
  name: 'elastic-esql',
  noControls: true,
  and: (of) => `(${of.join(' AND ')})`,
  or: (of) => `(${of.join(' OR ')})`,
  not: (of) => `NOT COALESCE(${of}, false)`,
  tests: {
    like: (column, { pattern, cased, number }, { note }) => {
      note(several);
      if (number && column.type === 'number') return `${name(column)} == ${literalOf(pattern)}`;
      const text = literalOf(pattern);
      if (column.type === 'address' && text !== undefined && parseAddress(text) !== undefined)
        return `${name(column)} == TO_IP(${quoted(text)})`;
      return like(column, pattern, cased);
    },
    regex: (column, test, { note }) => {
      note(several);
      return regex(asText(column), test, note);
    },
    cidr: (column, test) => {
      if (holdsMapped(test))
        return unsupported('a block with IPv4-mapped addresses, which Elasticsearch takes for IPv4');
      return `CIDR_MATCH(${column.type === 'address' ? name(column) : `TO_IP(${name(column)})`}, ${quoted(blockText(test))})`;
    },
    compare: (column, { op, text }, { note }) => {
      if (column.type === 'number') return `${name(column)} ${signs[op]} ${plainNumber(text)}`;
      note(numbersInTexts);
      return `TO_DOUBLE(${name(column)}) ${signs[op]} ${plainNumber(text)}`;
    },
    time: (column, { part, op, value }, { note }) => {
      if (part === 'week') return unsupported('weeks as ISO 8601 counts them');
      note('Parts of a time are taken in UTC.');
      return `DATE_EXTRACT("${chrono[part]}", ${column.type === 'time' ? name(column) : `TO_DATETIME(${name(column)})`}) ${signs[op]} ${value}`;
    },
    field: (column, { other, reach, cased }, context) => {
      const [left, right] = [column, context.column(other)].map(cased ? asText : lower);
      if (reach === 'equal') return `${left} == ${right}`;
      if (reach === 'contains') return `LOCATE(${left}, ${right}) > 0`;
      return `${reach === 'startswith' ? 'STARTS_WITH' : 'ENDS_WITH'}(${left}, ${right})`;
    },
    null: (column, _, { note }) => {
      note(nulls);
      return `${name(column)} IS NULL`;
    },
    exists: (column, { present }, { note }) => {
      note(nulls);
      return `${name(column)} IS ${present ? 'NOT ' : ''}NULL`;
    },
  },
  oneOf: (column, texts, numbers, { note }) => {
    note(several);
    if (numbers && column.type === 'number') return `${name(column)} IN (${texts.join(', ')})`;
    return `${lower(column)} IN (${texts.map((text) => quoted(fold(text))).join(', ')})`;
  },
  keyword: (column, test, { note }) =>
    test.kind === 'like' ? like(column, test.pattern, test.cased) : regex(asText(column), test, note),
};

function correlate(whole: LinkedCorrelation, mapping: Mapping, notes: Set<string>): string {
  const { rule, feeds } = widerCorrelation(whole, dialect.name, mapping, notes);
  const { type, timespan, groupBy, fields } = rule.rule;
  const [first] = feeds;
  if (feeds.some((feed) => feed.source.from !== first.source.from))
    refuse(rule, 'elastic-esql', 'rules that read different indices');
  const conditions = feeds.map((feed) => renderCondition(feed.part.rule, feed.source, dialect, notes));
  const sides = feeds.map((_, index) => `sigma_part${index}`);
  // A temporal correlation counts its parts, even when there is one.
  const several = feeds.length > 1 || type.startsWith('temporal');
  const time = name({ name: first.source.time, type: 'time' });
  const picks = [
    ...groupBy.map((_, index) => (feed: Feed) => feed.group[index]),
    ...fields.map((_, index) => (feed: Feed) => feed.values[index]),
  ];
  // Where parts call a group or a value differently, an event of two parts is two rows: it may be in two groups.
  const split = picks.some((pick) => feeds.some((feed) => pick(feed).name !== pick(first).name));
  const evals = several
    ? conditions.map(
        (condition, index) =>
          `${sides[index]} = ${split ? `sigma_part == ${index} AND ` : ''}COALESCE(${condition}, false)`,
      )
    : [];
  const column = (pick: (feed: Feed) => Column, fresh: string): string => {
    const columns = feeds.map(pick);
    if (columns.every((each) => each.name === columns[0].name)) return name(columns[0]);
    const same = columns.every((each) => each.type === columns[0].type);
    const names = columns.map((each) => (same ? name(each) : asText(each)));
    evals.push(`${fresh} = CASE(${names.map((each, index) => `${sides[index]}, ${each}`).join(', ')}, NULL)`);
    return fresh;
  };
  const group = groupBy.map((_, index) => column((feed) => feed.group[index], `sigma_group${index + 1}`));
  const values = fields.map((_, index) => column((feed) => feed.values[index], `sigma_value${index + 1}`));
  const { count, unit } = spanOf(timespan);
  const span = `${count} ${unit}s`;
  const present = [...group, ...values].map((each) => `${each} IS NOT NULL`);
  const by = ['sigma_window', ...group];
  const steps = [
    `FROM ${first.source.from}`,
    ...(split ? [`EVAL sigma_part = ${partNumbers(feeds.length)}`, 'MV_EXPAND sigma_part'] : []),
    ...(several ? [`EVAL ${evals.join(', ')}`] : []),
    `WHERE ${[several ? `(${sides.join(' OR ')})` : conditions[0], ...present].join(' AND ')}`,
    `EVAL sigma_bin = DATE_TRUNC(${span}, ${time})`,
    `EVAL sigma_window = MV_APPEND(sigma_bin, sigma_bin - ${span})`,
    'MV_EXPAND sigma_window',
    ...stats(rule, sides, values, by, time),
    `WHERE ${renderBounds(rule, type === 'temporal_ordered' ? 'temporal' : type, 'AND')}`,
    ...(type === 'temporal_ordered' && sides.length > 1
      ? [
          `WHERE ${sides
            .slice(1)
            .map((_, index) => `sigma_first${index} <= sigma_last${index + 1}`)
            .join(' AND ')}`,
        ]
      : []),
    'SORT sigma_window',
    'LIMIT 10000',
  ];
  notes.add(
    `Wider than the rule: windows of ${2 * count} ${unit}s that begin every ${count} ${count === 1 ? unit : `${unit}s`} (column sigma_window). None is missed, and what is spread over more than ${count} ${count === 1 ? unit : `${unit}s`} may be found as well.`,
  );
  notes.add('ES|QL returns 10,000 rows at most: shorten the time range when it does.');
  return steps.join('\n| ');
}

/** The numbers from 0 as one value of many. */
function partNumbers(count: number): string {
  return Array.from({ length: count }, (_, index) => String(index)).reduce(
    (list, index) => `MV_APPEND(${list}, ${index})`,
  );
}

function stats(
  rule: LinkedCorrelation,
  sides: readonly string[],
  values: readonly string[],
  by: readonly string[],
  time: string,
): string[] {
  const { type } = rule.rule;
  const keys = by.join(', ');
  // COUNT_DISTINCT is an estimate; a row for each value, counted, is exact.
  if (type === 'value_count')
    return [
      `STATS sigma_seen = COUNT(*) BY ${[...by, ...values].join(', ')}`,
      `STATS value_count = COUNT(*) BY ${keys}`,
    ];
  if (type === 'event_count') return [`STATS event_count = COUNT(*) BY ${keys}`];
  const seen = sides.map((side, index) => `sigma_n${index} = SUM(CASE(${side}, 1, 0))`);
  const order =
    type === 'temporal_ordered'
      ? sides.flatMap((side, index) => [
          `sigma_first${index} = MIN(CASE(${side}, ${time}, NULL))`,
          `sigma_last${index} = MAX(CASE(${side}, ${time}, NULL))`,
        ])
      : [];
  return [
    `STATS ${[...seen, ...order].join(', ')} BY ${keys}`,
    `EVAL temporal = ${sides.map((_, index) => `CASE(sigma_n${index} > 0, 1, 0)`).join(' + ')}`,
  ];
}

export const elasticEsql: Language = {
  name: 'elastic-esql',
  title: 'Elasticsearch ES|QL',
  comment: (text) => `// ${text}`,
  mapping: elasticEcs,
  convert(rule, mapping): Query {
    const notes = new Set<string>();
    remarkUnmapped(rule, mapping, notes);
    if (rule.kind === 'correlation') {
      const text = correlate(rule, mapping, notes);
      return { text, notes: [...notes] };
    }
    const source = sourceOf(rule, mapping);
    const text = `FROM ${source.from} METADATA _id, _index\n| WHERE ${renderCondition(rule, source, dialect, notes)}\n| LIMIT 10000`;
    return { text, notes: [...notes] };
  },
};
