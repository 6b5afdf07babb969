import type { LinkedCorrelation, LinkedDetection, Linked } from '../sigma/collection.ts';
import { fold } from '../sigma/fold.ts';
import {
  type Context,
  type Dialect,
  type Language,
  type Query,
  type Unsupported,
  feedOf,
  identifier,
  remarkUnmapped,
  renderBounds,
  renderCondition,
  sourceOf,
  unsupported,
} from '../sigma/language.ts';
import { type Column, type Mapping, builtInMapping } from '../sigma/mapping.ts';
import { literalOf, renderPattern, shapeOf } from '../sigma/pattern.ts';
import { regexFault } from '../sigma/regex.ts';
import type { Pattern, Test } from '../sigma/tree.ts';

// DuckDB SQL. Exact in every respect: what it returns is what the matcher and the correlator return, and the tests run
// both. Times are integer microseconds, so a window (t − W, t] is RANGE BETWEEN W − 1 PRECEDING AND CURRENT ROW.
// https://duckdb.org/docs/stable/sql/functions/window_functions, …/functions/text, …/functions/regular_expressions

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
/** A DOUBLE that is whole would be written 65535.0. */
const asText = (column: Column): string =>
  column.type === 'number'
    ? String.raw`regexp_replace(CAST(${name(column.name)} AS VARCHAR), '\.0$', '')`
    : name(column.name);
const decimal = String.raw`[+-]?[0-9]+(\.[0-9]+)?`;

/** A column as a number; NULL for a text that is none. */
function asNumber(column: Column): string {
  if (column.type === 'number') return `CAST(${name(column.name)} AS DOUBLE)`;
  return textAsNumber(name(column.name));
}

function textAsNumber(text: string): string {
  return `CASE WHEN length(${text}) <= 400 AND regexp_full_match(${text}, ${quote(decimal)}) THEN CAST(${text} AS DOUBLE) END`;
}

function like(column: Column, pattern: Pattern, cased: boolean): string {
  const value = cased ? asText(column) : `lower(${asText(column)})`;
  const literal = (text: string): string => quote(cased ? text : fold(text));
  const shape = shapeOf(pattern);
  switch (shape.kind) {
    case 'anything':
      return `${name(column.name)} IS NOT NULL`;
    case 'equal':
      return `${value} = ${literal(shape.text)}`;
    case 'contains':
      return `contains(${value}, ${literal(shape.text)})`;
    case 'startswith':
      return `starts_with(${value}, ${literal(shape.text)})`;
    case 'endswith':
      return `ends_with(${value}, ${literal(shape.text)})`;
    case 'wild': {
      const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
      const written = renderPattern(pattern, (text) => escaped(cased ? text : fold(text)), '%', '_');
      return `${value} LIKE ${quote(written)} ESCAPE '\\'`;
    }
  }
}

function regex(text: string, test: Extract<Test, { kind: 'regex' }>): string | Unsupported {
  const fault = regexFault(test);
  if (fault !== undefined) return unsupported(fault);
  const flags = `${test.ignoreCase ? 'i' : ''}${test.multiline ? 'm' : ''}${test.dotAll ? 's' : ''}`;
  return `regexp_matches(${text}, ${quote(flags === '' ? test.source : `(?${flags})${test.source}`)})`;
}

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const dotted = String.raw`${octet}(\.${octet}){3}`;

/** IPv4 as text: its number, NULL for anything that is no dotted quad. */
function number4(text: string): string {
  const parts = [1, 2, 3, 4].map(
    (part) => `CAST(split_part(${text}, '.', ${part}) AS UBIGINT) * ${256 ** (4 - part)}`,
  );
  return `CASE WHEN regexp_full_match(${text}, ${quote(dotted)}) THEN ${parts.join(' + ')} END`;
}

/** IPv6 as text: its number; a dotted tail becomes two groups, `::` as many zeros as are missing. */
function number6(text: string): string {
  const tail = `regexp_extract(${text}, ${quote(`:(${dotted})$`)}, 1)`;
  const part = (index: number): string => `CAST(split_part(${tail}, '.', ${index}) AS INTEGER)`;
  const plain = `CASE WHEN ${tail} = '' THEN ${text} ELSE left(${text}, length(${text}) - length(${tail})) || printf('%x:%x', ${part(1)} * 256 + ${part(2)}, ${part(3)} * 256 + ${part(4)}) END`;
  const groups = (half: number): string =>
    `list_filter(string_split(split_part(x, '::', ${half}), ':'), lambda g: g <> '')`;
  const zeros = `list_transform(range(8 - len(h) - len(t)), lambda i: '0')`;
  const value = `list_reduce(list_transform(a, lambda g: CAST('0x' || g AS UINTEGER)::UHUGEINT), lambda p, q: p * 65536 + q)`;
  const group = '[0-9a-fA-F]{1,4}';
  const half = `(${group}(:${group})*)?`;
  return (
    `(SELECT CASE WHEN len(a) = 8 THEN ${value} END FROM ` +
    `(SELECT CASE WHEN contains(x, '::') THEN list_concat(h, ${zeros}, t) ELSE h END AS a FROM ` +
    `(SELECT x, ${groups(1)} AS h, ${groups(2)} AS t FROM (SELECT ${plain} AS x)) ` +
    `WHERE regexp_full_match(x, ${quote(`${half}::${half}|${group}(:${group}){7}`)}) AND len(h) + len(t) <= CASE WHEN contains(x, '::') THEN 7 ELSE 8 END))`
  );
}

function cidr(column: Column, { family, base, bits }: Extract<Test, { kind: 'cidr' }>): string {
  const last = base + (1n << BigInt((family === 4 ? 32 : 128) - bits)) - 1n;
  const value = family === 4 ? number4(asText(column)) : number6(asText(column));
  const literal = (number: bigint): string =>
    family === 4 ? String(number) : `CAST('${number}' AS UHUGEINT)`;
  return `${value} BETWEEN ${literal(base)} AND ${literal(last)}`;
}

const signs = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=' } as const;

function time(column: Column, test: Extract<Test, { kind: 'time' }>): string {
  const text = name(column.name);
  const stamp = `^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]`;
  const moment =
    column.type === 'time' || column.type === 'number'
      ? `make_timestamp(${text})`
      : `TRY_CAST(replace(regexp_extract(${text}, ${quote(stamp)}), 'T', ' ') || ':00' AS TIMESTAMP)`;
  return `extract('${test.part}' FROM ${moment}) ${signs[test.op]} ${test.value}`;
}

/** Present: not NULL, or listed among the explicit nulls. */
function exists(column: Column, present: boolean, { source, field }: Context): string {
  const here =
    source.nulls === undefined
      ? ''
      : `coalesce(list_contains(${name(source.nulls)}, ${quote(field)}), false)`;
  if (present)
    return here === '' ? `${name(column.name)} IS NOT NULL` : `(${name(column.name)} IS NOT NULL OR ${here})`;
  return here === '' ? `${name(column.name)} IS NULL` : `(${name(column.name)} IS NULL AND NOT ${here})`;
}

const dialect: Dialect<string> = {
  name: 'duckdb-sql',
  noControls: true,
  and: (of) => `(${of.join(' AND ')})`,
  or: (of) => `(${of.join(' OR ')})`,
  not: (of) => `NOT coalesce(${of}, false)`,
  tests: {
    like: (column, test) => {
      if (test.number && column.type === 'number') return `${name(column.name)} = ${literalOf(test.pattern)}`;
      return like(column, test.pattern, test.cased);
    },
    regex: (column, test) => regex(asText(column), test),
    cidr,
    compare: (column, test) => `${asNumber(column)} ${signs[test.op]} CAST(${test.text} AS DOUBLE)`,
    time,
    field: (column, test, context) => {
      const [left, right] = [column, context.column(test.other)].map((each) =>
        test.cased ? asText(each) : `lower(${asText(each)})`,
      );
      if (test.reach === 'equal') return `${left} = ${right}`;
      return `${{ contains: 'contains', startswith: 'starts_with', endswith: 'ends_with' }[test.reach]}(${left}, ${right})`;
    },
    null: (_, __, { source, field }) =>
      source.nulls === undefined
        ? unsupported(
            'null, since NULL stands for a missing field in this table; map "nulls", or ask |exists: false',
          )
        : `coalesce(list_contains(${name(source.nulls)}, ${quote(field)}), false)`,
    exists: (column, test, context) => exists(column, test.present, context),
  },
  oneOf: (column, texts, numbers) => {
    if (numbers && column.type === 'number') return `${name(column.name)} IN (${texts.join(', ')})`;
    return `lower(${asText(column)}) IN (${texts.map((text) => quote(fold(text))).join(', ')})`;
  },
  keyword: (column, test) =>
    test.kind === 'like' ? like(column, test.pattern, test.cased) : regex(name(column.name), test),
};

/** Common table expressions, each written once. */
class Tables {
  readonly #texts = new Map<Linked, string>();
  readonly #names = new Set<string>();
  readonly #parts: string[] = [];
  readonly #mapping: Mapping;
  readonly #notes: Set<string>;

  constructor(mapping: Mapping, notes: Set<string>) {
    this.#mapping = mapping;
    this.#notes = notes;
  }

  get with(): string {
    return `WITH ${this.#parts.join(',\n')}`;
  }

  /** Adds a table under a name that is still free. */
  add(wish: string, text: string): string {
    // A prefix, so that no table of the site's is hidden.
    let free = `sigma_${identifier(wish)}`;
    while (this.#names.has(free)) free += '_';
    this.#names.add(free);
    this.#parts.push(`${free} AS (\n  ${text.replaceAll('\n', '\n  ')}\n)`);
    return free;
  }

  /** The table of a correlation's instants: ts, its group as g1…, and what it measures. */
  of(rule: LinkedCorrelation): string {
    const known = this.#texts.get(rule);
    if (known !== undefined) return known;
    const table = rule.rule.type === 'temporal_ordered' ? this.#ordered(rule) : this.#windowed(rule);
    this.#texts.set(rule, table);
    return table;
  }

  /** Rows of parts: ts, g1…, v1…; parts that read one table through the same columns become one condition. */
  #rows(rule: LinkedCorrelation, indexes: readonly number[], merge: boolean): string {
    const selects: { head: string; from: string; conditions: string[]; present: readonly string[] }[] = [];
    for (const index of indexes) {
      const { rule: inner, group } = rule.parts[index];
      if (inner.kind === 'correlation') {
        const handed = (field: string): string => `g${inner.rule.groupBy.indexOf(field) + 1}`;
        const values = rule.parts[index].values.map((field) =>
          isMeasured(rule) ? textAsNumber(`CAST(${handed(field)} AS VARCHAR)`) : handed(field),
        );
        selects.push({
          head: heads('ts', [...group.map(handed), ...values], group.length, index, !merge),
          from: this.of(inner),
          conditions: [],
          present: isMeasured(rule) ? values : [],
        });
        continue;
      }
      const feed = feedOf(rule, index, this.#mapping);
      const condition = renderCondition(inner, feed.source, dialect, this.#notes);
      const columns = [
        ...feed.group.map((column) => name(column.name)),
        ...feed.values.map((column) => valueOf(rule, column)),
      ];
      const head = heads(name(feed.source.time), columns, group.length, index, !merge);
      const same = merge
        ? selects.find((each) => each.head === head && each.from === feed.source.from)
        : undefined;
      if (same !== undefined) same.conditions.push(condition);
      else selects.push({ head, from: feed.source.from, conditions: [condition], present: columns });
    }
    return selects
      .map(({ head, from, conditions, present }) => {
        const where = conditions.length > 1 ? [`(${conditions.join(' OR ')})`] : conditions;
        const all = [...where, ...present.map((column) => `${column} IS NOT NULL`)];
        return `SELECT ${head} FROM ${from}${all.length === 0 ? '' : `\nWHERE ${all.join(' AND ')}`}`;
      })
      .join('\nUNION ALL ');
  }

  #windowed(rule: LinkedCorrelation): string {
    const { type, fields } = rule.rule;
    const temporal = type === 'temporal';
    const indexes = rule.parts.map((_, index) => index);
    const label = rule.rule.name ?? rule.rule.title;
    const rows = this.add(`${label}_events`, this.#rows(rule, indexes, !temporal));
    const values = fields.map((_, index) => `v${index + 1}`);
    const measures = {
      event_count: 'count(*)',
      value_count: `count(DISTINCT ${values.length === 1 ? 'v1' : `row(${values.join(', ')})`})`,
      temporal: 'count(DISTINCT part)',
      value_sum: 'sum(v1)',
      value_avg: 'avg(v1)',
      value_percentile: `quantile_disc(v1, ${(rule.rule.percentile ?? 0) / 100})`,
    };
    const measure = measures[type as keyof typeof measures];
    const group = groupOf(rule);
    return this.add(
      label,
      `SELECT DISTINCT ts, ${[...group, `${measure} OVER w AS ${type}`].join(', ')} FROM ${rows}\n` +
        `WINDOW w AS (${partition(group)}ORDER BY ts RANGE BETWEEN ${rule.rule.timespan * 1e6 - 1} PRECEDING AND CURRENT ROW)\n` +
        `QUALIFY ${renderBounds(rule, type, 'AND', { neq: '<>' })}`,
    );
  }

  /** A chain: for each part the latest start that a row of it can go back to. */
  #ordered(rule: LinkedCorrelation): string {
    const label = rule.rule.name ?? rule.rule.title;
    const group = groupOf(rule);
    const width = rule.rule.timespan * 1e6;
    const keys = group.map((column) => `, ${column}`).join('');
    let chain = '';
    for (const index of rule.parts.keys()) {
      const rows = this.add(`${label}_events_${index + 1}`, this.#rows(rule, [index], true));
      const last = index === rule.parts.length - 1;
      const wish = last ? label : `${label}_step_${index + 1}`;
      if (index === 0) chain = this.add(wish, `SELECT DISTINCT ts${keys}, ts AS started FROM ${rows}`);
      else
        chain = this.add(
          wish,
          `SELECT DISTINCT ts${keys}, started FROM (\n` +
            `  SELECT ts${keys}, step, max(started) OVER (${partition(group)}ORDER BY ts RANGE BETWEEN ${width - 1} PRECEDING AND CURRENT ROW) AS started FROM (\n` +
            `    SELECT ts${keys}, started, 0 AS step FROM ${chain}\n` +
            `    UNION ALL SELECT ts${keys}, NULL, 1 FROM ${rows}))\n` +
            `WHERE step = 1 AND started > ts - ${width}`,
        );
    }
    return chain;
  }
}

function heads(
  time: string,
  columns: readonly string[],
  groups: number,
  index: number,
  part: boolean,
): string {
  const named = columns.map(
    (column, at) => `${column} AS ${at < groups ? `g${at + 1}` : `v${at - groups + 1}`}`,
  );
  return [`${time} AS ts`, ...named, ...(part ? [`${index} AS part`] : [])].join(', ');
}

function valueOf(rule: LinkedCorrelation, column: Column): string {
  return isMeasured(rule) ? asNumber(column) : name(column.name);
}

const isMeasured = (rule: LinkedCorrelation): boolean =>
  ['value_sum', 'value_avg', 'value_percentile'].includes(rule.rule.type);

const groupOf = (rule: LinkedCorrelation): string[] => rule.rule.groupBy.map((_, index) => `g${index + 1}`);
const partition = (group: readonly string[]): string =>
  group.length === 0 ? '' : `PARTITION BY ${group.join(', ')} `;

function detection(rule: LinkedDetection, mapping: Mapping, notes: Set<string>): string {
  const source = sourceOf(rule, mapping);
  return `SELECT * FROM ${source.from}\nWHERE ${renderCondition(rule, source, dialect, notes)}\nORDER BY ${name(source.time)}`;
}

export const duckdbSql: Language = {
  name: 'duckdb-sql',
  title: 'DuckDB SQL',
  comment: (text) => `-- ${text}`,
  mapping: builtInMapping('duckdb-sql (one table a log source)', [
    {
      logsource: { category: 'firewall' },
      from: 'firewall',
      time: 'time',
      unknownFields: 'keep',
      fields: 'src_port=src_port:number dst_port=dst_port:number',
    },
    {
      logsource: { category: 'webserver' },
      from: 'webserver',
      time: 'time',
      unknownFields: 'keep',
      fields: 'sc-status=sc-status:number s-port=s-port:number sc-bytes=sc-bytes:number',
    },
    {
      logsource: { category: 'network', service: 'connection' },
      from: 'connection',
      time: 'time',
      unknownFields: 'keep',
      fields: 'source.port=source.port:number destination.port=destination.port:number',
    },
    { logsource: { category: 'network', service: 'dns' }, from: 'dns', time: 'time', unknownFields: 'keep' },
    { logsource: {}, from: 'events', time: 'time', message: 'message', unknownFields: 'keep' },
  ]),
  convert(rule, mapping): Query {
    const notes = new Set<string>();
    remarkUnmapped(rule, mapping, notes);
    if (rule.kind === 'detection') return { text: detection(rule, mapping, notes), notes: [...notes] };
    const tables = new Tables(mapping, notes);
    const last = tables.of(rule);
    const group = rule.rule.groupBy.map((field, index) => `, g${index + 1} AS ${name(field)}`).join('');
    const measure = rule.rule.type === 'temporal_ordered' ? 'started' : rule.rule.type;
    return {
      text: `${tables.with}\nSELECT ts${group}, ${measure} FROM ${last}\nORDER BY ALL`,
      notes: [...notes],
    };
  },
};
