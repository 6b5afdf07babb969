import { blockText } from '../sigma/cidr.ts';
import type { LinkedCorrelation } from '../sigma/collection.ts';
import { fold, hasOtherCases } from '../sigma/fold.ts';
import {
  type Dialect,
  type Feed,
  type Language,
  type Query,
  type Unsupported,
  remarkUnmapped,
  renderBounds,
  renderCondition,
  sourceOf,
  spanOf,
  unsupported,
} from '../sigma/language.ts';
import type { Column, Mapping } from '../sigma/mapping.ts';
import { literalOf, renderPattern, shapeOf } from '../sigma/pattern.ts';
import { regexFault } from '../sigma/regex.ts';
import type { Pattern, Test } from '../sigma/tree.ts';
import { escapeUnseen } from '../sigma/unseen.ts';
import {
  numbersInTexts,
  plainNumber,
  quoted as inQuotes,
  signs,
  widerCorrelation,
} from '../sigma/wider-windows.ts';
import { kustoRegex } from './kusto-regex.ts';
import { sentinelAsim, sentinelRaw } from './sentinel-mappings.ts';

// Microsoft Sentinel's Kusto Query Language, over the ASIM parsers or over raw tables. Strings are never null there, a
// missing one is empty. Windows hop: each event is put into every window of timespan + hop that begins at a multiple
// of the hop, a fifth of the timespan.
// https://learn.microsoft.com/kusto/query/datatypes-string-operators, …/matches-regex-operator, …/ipv4-is-in-range-function,
// …/ipv6-is-in-range-function, …/count-distinct-aggregation-function, …/mv-expand-operator, …/scalar-data-types/null-values

const quoted = (text: string): string => escapeUnseen(inQuotes(text));
/** Words that a name must not be without brackets, as the language service has it (sentinel-kql.test.ts). */
const reserved = new Set(
  `and or in by has contains between startswith endswith where project union datatable int long string datetime
  dynamic real timespan asc desc first last of to print as like invoke search find sample set materialize toscalar time
  title true false null bool guid`.split(/\s+/),
);
const name = (column: Column): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(column.name) && !reserved.has(column.name)
    ? column.name
    : `['${column.name.replaceAll("'", String.raw`\'`)}']`;
const asText = (column: Column): string =>
  column.type === 'text' || column.type === 'address' ? name(column) : `tostring(${name(column)})`;
const missing = 'Sentinel keeps no missing or null text: both are the empty text there.';

const present = (column: Column): string =>
  column.type === 'text' || column.type === 'address'
    ? `isnotempty(${name(column)})`
    : `isnotnull(${name(column)})`;
const absent = (column: Column): string =>
  column.type === 'text' || column.type === 'address'
    ? `isempty(${name(column)})`
    : `isnull(${name(column)})`;

function like(column: Column, pattern: Pattern, cased: boolean, note: (text: string) => void): string {
  const shape = shapeOf(pattern);
  const text = asText(column);
  // =~, contains and their kin fold ASCII only: what has other letters is compared in lower case.
  const folds = !cased && 'text' in shape && hasOtherCases(shape.text);
  const value = folds ? `tolower(${text})` : text;
  const literal = (each: string): string => quoted(folds ? fold(each) : each);
  switch (shape.kind) {
    case 'anything':
      note(missing);
      return present(column);
    case 'equal':
      if (shape.text === '') note(missing);
      return `${value} ${cased || folds ? '==' : '=~'} ${literal(shape.text)}`;
    case 'contains':
    case 'startswith':
    case 'endswith':
      return `${value} ${shape.kind}${cased || folds ? '_cs' : ''} ${literal(shape.text)}`;
    case 'wild': {
      const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
      return `${text} matches regex ${quoted(`${cased ? '(?s)' : '(?is)'}^${renderPattern(pattern, escape, '.*', '.')}$`)}`;
    }
  }
}

function regex(
  value: string,
  test: Extract<Test, { kind: 'regex' }>,
  note: (text: string) => void,
): string | Unsupported {
  const fault = regexFault(test);
  if (fault !== undefined) return unsupported(fault);
  const found = kustoRegex(test.source);
  if ('reason' in found) return unsupported(`${found.reason} in a regular expression`);
  if (found.boundary) note('Boundaries of words in regular expressions are those of Unicode, not of ASCII.');
  const flags = `${test.ignoreCase ? 'i' : ''}${test.multiline ? 'm' : ''}${test.dotAll ? 's' : ''}`;
  return `${value} matches regex ${quoted(flags === '' ? found.text : `(?${flags})${found.text}`)}`;
}

const parts = {
  hour: 'hourofday',
  day: 'dayofmonth',
  month: 'monthofyear',
  year: 'getyear',
  week: 'week_of_year',
} as const;

const dialect: Dialect<string> = {
  name: 'sentinel-kql',
  and: (of) => `(${of.join(' and ')})`,
  or: (of) => `(${of.join(' or ')})`,
  // A comparison with a null number is null, and so would be its not().
  not: (of) => `not(coalesce(${of}, false))`,
  tests: {
    like: (column, { pattern, cased, number }, { note }) =>
      number && column.type === 'number'
        ? `${name(column)} == ${literalOf(pattern)}`
        : like(column, pattern, cased, note),
    regex: (column, test, { note }) => regex(asText(column), test, note),
    cidr: (column, test) => {
      const { family } = test;
      const held = `ipv${family}_is_in_range(${asText(column)}, ${quoted(blockText(test))})`;
      // To the IPv6 function an IPv4 address is ::ffff:a.b.c.d; Sigma keeps the families apart.
      return family === 6 ? `(${held} and ${name(column)} contains ":")` : held;
    },
    compare: (column, { op, text }, { note }) => {
      if (column.type === 'number') return `${name(column)} ${signs[op]} ${plainNumber(text)}`;
      note(numbersInTexts);
      return `todouble(${name(column)}) ${signs[op]} ${plainNumber(text)}`;
    },
    time: (column, { part, op, value }, { note }) => {
      note('Parts of a time are taken in UTC.');
      const moment = column.type === 'time' ? name(column) : `todatetime(${name(column)})`;
      return `${part === 'minute' ? `datetime_part("minute", ${moment})` : `${parts[part]}(${moment})`} ${signs[op]} ${value}`;
    },
    field: (column, { other, reach, cased }, context) => {
      const right = context.column(other);
      // Two fields may hold any letters, and the operators without case fold ASCII only.
      const side = (each: Column): string => (cased ? asText(each) : `tolower(${asText(each)})`);
      const operator = reach === 'equal' ? '==' : `${reach}_cs`;
      context.note(missing);
      return `(${present(column)} and ${present(right)} and ${side(column)} ${operator} ${side(right)})`;
    },
    null: (column, _, { note }) => {
      note(missing);
      return absent(column);
    },
    exists: (column, test, { note }) => {
      note(missing);
      return test.present ? present(column) : absent(column);
    },
  },
  oneOf: (column, texts, numbers) => {
    if (numbers && column.type === 'number') return `${name(column)} in (${texts.join(', ')})`;
    return texts.some(hasOtherCases)
      ? `tolower(${asText(column)}) in (${texts.map((text) => quoted(fold(text))).join(', ')})`
      : `${asText(column)} in~ (${texts.map(quoted).join(', ')})`;
  },
  keyword: (column, test, { note }) =>
    test.kind === 'like' ? like(column, test.pattern, test.cased, note) : regex(asText(column), test, note),
};

function correlate(whole: LinkedCorrelation, mapping: Mapping, notes: Set<string>): string {
  const { rule, feeds } = widerCorrelation(whole, 'sentinel-kql', mapping, notes);
  const { type, timespan, groupBy, fields } = rule.rule;
  const [first] = feeds;
  // A temporal correlation counts its parts, even when there is one.
  const tagged = feeds.length > 1 || type.startsWith('temporal');
  const column = (
    pick: (feed: Feed) => Column,
    fresh: string,
  ): { name: string; of: (feed: Feed) => string } => {
    const names = feeds.map((feed) => name(pick(feed)));
    const shared = names.every((each) => each === names[0]) && !tagged;
    return {
      name: shared ? names[0] : fresh,
      of: (feed) => (shared ? '' : `${fresh} = tostring(${name(pick(feed))})`),
    };
  };
  const fresh = groupBy.map((field) => `sigma_${field.replaceAll(/[^A-Za-z0-9_]/g, '_')}`);
  const group = fresh.map((each, index) =>
    column(
      (feed) => feed.group[index],
      fresh.indexOf(each) === index && !/_(?:part|bin|window|value\d+|first\d+|last\d+)$/.test(each)
        ? each
        : `${each}_${index + 1}`,
    ),
  );
  const values = fields.map((_, index) => column((feed) => feed.values[index], `sigma_value${index + 1}`));
  const time = tagged ? 'TimeGenerated' : name({ name: first.source.time, type: 'time' });
  const events = feeds.map((feed, index) => {
    const needed = [...feed.group, ...feed.values].map(present);
    const condition = renderCondition(feed.part.rule, feed.source, dialect, notes);
    const lines = [feed.source.from, `where ${[condition, ...needed].join(' and ')}`];
    if (tagged) {
      const named = [...group, ...values].map((each) => each.of(feed)).filter((text) => text !== '');
      lines.push(
        `project ${[`TimeGenerated = ${name({ name: feed.source.time, type: 'time' })}`, `sigma_part = ${index}`, ...named].join(', ')}`,
      );
    }
    return lines;
  });
  const source =
    feeds.length > 1
      ? [`union\n${events.map((lines) => `  (${lines.join('\n   | ')})`).join(',\n')}`]
      : events[0];
  const ordered = type === 'temporal_ordered';
  const measure = ordered ? 'temporal' : type;
  const names = values.map((value) => value.name);
  const counted =
    names.length === 1
      ? names[0]
      : names
          .map((each, index) => (index < names.length - 1 ? `strlen(tostring(${each})), ":", ${each}` : each))
          .join(', ');
  const aggregations = [
    type === 'event_count'
      ? 'event_count = count()'
      : type === 'value_count'
        ? `value_count = count_distinct(${names.length === 1 ? counted : `strcat(${counted})`})`
        : 'temporal = count_distinct(sigma_part)',
    ...(ordered
      ? feeds.flatMap((_, index) => [
          `sigma_first${index} = minif(TimeGenerated, sigma_part == ${index})`,
          `sigma_last${index} = maxif(TimeGenerated, sigma_part == ${index})`,
        ])
      : []),
  ];
  const by = [...group.map((each) => each.name), 'sigma_window'].join(', ');
  const { hop, width } = { hop: timeLiteral(timespan / 5), width: timeLiteral(timespan) };
  const { count, unit } = spanOf(timespan);
  const plural = count === 1 ? unit : `${unit}s`;
  notes.add(
    `Wider than the rule: windows of ${count} ${plural} and a fifth more, one beginning every fifth of ${count} ${plural} (column sigma_window). None is missed, and what is spread over a little more than ${count} ${plural} may be found as well.`,
  );
  return [
    ...source,
    `extend sigma_bin = bin(${time}, ${hop})`,
    `mv-expand sigma_window = range(sigma_bin - ${width}, sigma_bin, ${hop}) to typeof(datetime)`,
    `summarize ${aggregations.join(', ')} by ${by}`,
    `where ${renderBounds(rule, measure, 'and', { eq: '==' })}`,
    ...(ordered && feeds.length > 1
      ? [
          `where ${feeds
            .slice(1)
            .map((_, index) => `sigma_first${index} <= sigma_last${index + 1}`)
            .join(' and ')}`,
        ]
      : []),
  ].join('\n| ');
}

function timeLiteral(seconds: number): string {
  if (!Number.isInteger(seconds)) return `${Math.round(seconds * 1000)}ms`;
  const { count, unit } = spanOf(seconds);
  return `${count}${unit[0]}`;
}

function convertWith(rule: Parameters<Language['convert']>[0], mapping: Mapping): Query {
  const notes = new Set<string>();
  remarkUnmapped(rule, mapping, notes);
  if (rule.kind === 'correlation') {
    const text = correlate(rule, mapping, notes);
    return { text, notes: [...notes] };
  }
  const source = sourceOf(rule, mapping);
  return {
    text: `${source.from}\n| where ${renderCondition(rule, source, dialect, notes)}`,
    notes: [...notes],
  };
}

export const sentinelKql: Language = {
  name: 'sentinel-kql',
  title: 'Microsoft Sentinel KQL (ASIM)',
  mapping: sentinelAsim,
  comment: (text) => `// ${text}`,
  convert: convertWith,
};
export const sentinelKqlRaw: Language = {
  name: 'sentinel-kql-raw',
  title: 'Microsoft Sentinel KQL (raw tables)',
  mapping: sentinelRaw,
  comment: (text) => `// ${text}`,
  convert: convertWith,
};
