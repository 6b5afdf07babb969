import { blockText } from '../sigma/cidr.ts';
import type { Linked, LinkedCorrelation, Part } from '../sigma/collection.ts';
import { hasOtherCases } from '../sigma/fold.ts';
import {
  type Context,
  type Dialect,
  type Feed,
  type Language,
  type Query,
  type Unsupported,
  feedOf,
  isMonotone,
  mergeParts,
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
import { SigmaError } from '../sigma/sigma-error.ts';
import { regexFault } from '../sigma/regex.ts';
import type { Pattern, Test } from '../sigma/tree.ts';
import { numbersInTexts, plainNumber } from '../sigma/wider-windows.ts';
import { splunkCim } from './splunk-cim.ts';

// Splunk's Search Processing Language. A condition is written for the `search` command where that says it exactly
// (values without case, `*` as the one wildcard, NOT true of missing fields) and for `where` otherwise.
// Correlations slide: `streamstats time_window`.
// https://help.splunk.com/en/splunk-enterprise/spl-search-reference/9.4/search-commands/search, …/streamstats, …/where,
// …/evaluation-functions (cidrmatch, match, tonumber), …/multisearch

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Outside eval and where a name may have dots, as those of JSON events have. */
const dottedName = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
/** Operators and literals: as names they are quoted. */
const reserved = /^(?:and|as|by|false|in|like|not|null|or|true|where|xor)$/i;
const inSearch = (column: Column): string =>
  dottedName.test(column.name) && !reserved.test(column.name)
    ? column.name
    : `"${column.name.replaceAll('"', '')}"`;
const inEval = (column: Column): string =>
  plainName.test(column.name) && !reserved.test(column.name)
    ? column.name
    : `'${column.name.replaceAll("'", '')}'`;
const nulls = 'Splunk keeps no null: an explicit null counts as a missing field.';
const letters = 'Letters beyond ASCII may compare with case.';

/** A text in double quotes; callers see to it that it has no backslash. */
const quoted = (text: string): string => `"${text.replaceAll('"', String.raw`\"`)}"`;
// A backtick would begin a macro.
const isPlainText = (text: string): boolean => !/[\\"`*\x00-\x1f]/.test(text);

const needsWhere = unsupported('where');

/** Conditions of the search command; what it does not say exactly is left to `where`. */
const searchDialect: Dialect<string> = {
  name: 'splunk-spl',
  and: (of) => `(${of.join(' ')})`,
  or: (of) => `(${of.join(' OR ')})`,
  not: (of) => `NOT ${of.startsWith('NOT ') ? `(${of})` : of}`,
  tests: {
    like: (column, { pattern, cased }, { note }) => {
      if (cased || pattern.length === 0) return needsWhere;
      if (pattern.some((part) => part.kind === 'one' || (part.kind === 'text' && !isPlainText(part.text))))
        return needsWhere;
      const text = renderPattern(pattern, (each) => each, '*', '');
      if (hasOtherCases(text)) note(letters);
      return `${inSearch(column)}=${text === '*' ? '*' : quoted(text)}`;
    },
    regex: () => needsWhere,
    cidr: () => needsWhere,
    compare: () => needsWhere,
    time: () => needsWhere,
    field: () => needsWhere,
    null: (column, _, { note }) => {
      note(nulls);
      return `NOT ${inSearch(column)}=*`;
    },
    exists: (column, { present }, { note }) => {
      note(nulls);
      return present ? `${inSearch(column)}=*` : `NOT ${inSearch(column)}=*`;
    },
  },
  oneOf: (column, texts, _, { note }) => {
    if (!texts.every((text) => text !== '' && isPlainText(text))) return needsWhere;
    if (texts.some(hasOtherCases)) note(letters);
    return `${inSearch(column)} IN (${texts.map(quoted).join(', ')})`;
  },
  keyword: (column, test, { note }) => {
    if (test.kind !== 'like' || test.cased) return needsWhere;
    if (test.pattern.some((part) => part.kind === 'one' || (part.kind === 'text' && !isPlainText(part.text))))
      return needsWhere;
    const text = renderPattern(test.pattern, (each) => each, '*', '');
    if (hasOtherCases(text)) note(letters);
    return `${inSearch(column)}=${quoted(text)}`;
  },
};

const hex = (char: string): string => String.raw`\x` + char.charCodeAt(0).toString(16).padStart(2, '0');

/** Metacharacters as \xHH: no backslash and no quote is left for the string literal to interpret. */
function escapeRegex(text: string, note: (text: string) => void): string {
  if (hasOtherCases(text)) note(letters);
  return text.replaceAll(/[^A-Za-z0-9_ /<>=:;,%&@~!'\u0080-\u{10ffff}-]/gu, hex);
}

function like(column: Column, pattern: Pattern, cased: boolean, { note }: Context): string {
  const shape = shapeOf(pattern);
  const name = inEval(column);
  if (shape.kind === 'anything') return `isnotnull(${name})`;
  if (shape.kind === 'equal' && !/[\\"`\x00-\x1f]/.test(shape.text)) {
    if (hasOtherCases(shape.text)) note(letters);
    return cased ? `${name}==${quoted(shape.text)}` : `lower(${name})==${quoted(shape.text.toLowerCase())}`;
  }
  const first = pattern[0]?.kind !== 'any';
  const last = pattern.at(-1)?.kind !== 'any';
  const inner = pattern.slice(first ? 0 : 1, last ? undefined : -1);
  const body = renderPattern(inner, (text) => escapeRegex(text, note), '.*', '.');
  const flags = cased ? '(?s)' : '(?is)';
  return `match(${name}, "${flags}${first ? String.raw`\A` : ''}${body}${last ? String.raw`\z` : ''}")`;
}

/** What PCRE has and RE2 has not: look-around, atomic groups and conditions, back-references, possessive quantifiers. */
const pcreOnly = /\(\?(?:[=!>(|]|<[=!])|\\(?:[1-9]|[ghkRXKG])|[*+?}]\+/;

function regex(name: string, test: Extract<Test, { kind: 'regex' }>): string | Unsupported {
  const fault = pcreOnly.test(test.source) ? undefined : regexFault(test);
  if (fault !== undefined) return unsupported(fault);
  const flags = `${test.ignoreCase ? 'i' : ''}${test.multiline ? 'm' : ''}${test.dotAll ? 's' : ''}`;
  // No quote, no backtick (of a macro), no pair of backslashes and no line break is left to the string literal.
  const safe = test.source
    .replaceAll(/\\\\/g, String.raw`\x5c`)
    .replaceAll(/\\?["`\x00-\x1f]/g, (char) => hex(char.at(-1) ?? ''));
  return `match(${name}, "${flags === '' ? '' : `(?${flags})`}${safe}")`;
}

const signs = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '==' } as const;
const datePart = { year: [1, 4], month: [6, 2], day: [9, 2], hour: [12, 2], minute: [15, 2] } as const;
const strftime = { year: '%Y', month: '%m', day: '%d', hour: '%H', minute: '%M', week: '%V' } as const;

const whereDialect: Dialect<string> = {
  name: 'splunk-spl',
  and: (of) => `(${of.join(' AND ')})`,
  or: (of) => `(${of.join(' OR ')})`,
  // A comparison with a missing field is NULL, and so would be its NOT.
  not: (of) => `if(${of}, 0, 1)==1`,
  tests: {
    like: (column, test, context) => {
      if (test.number && column.type === 'number')
        return `tonumber(${inEval(column)})==${literalOf(test.pattern)}`;
      return like(column, test.pattern, test.cased, context);
    },
    regex: (column, test) => regex(inEval(column), test),
    cidr: (column, test) => `cidrmatch("${blockText(test)}", ${inEval(column)})`,
    compare: (column, test, { note }) => {
      if (column.type !== 'number') note(numbersInTexts);
      const number = plainNumber(test.text);
      return `tonumber(${inEval(column)})${signs[test.op]}${number.startsWith('-') ? ' ' : ''}${number}`;
    },
    time: (column, test, { note }) => {
      const name = inEval(column);
      if (column.type === 'time') {
        note('Parts of a time are taken in the time zone of the Splunk user.');
        return `tonumber(strftime(${name}, "${strftime[test.part]}"))${signs[test.op]}${test.value}`;
      }
      if (test.part === 'week') return unsupported('the week of a date that is a text');
      const [from, length] = datePart[test.part];
      const isDate = `match(${name}, "\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")`;
      return `(${isDate} AND tonumber(substr(${name}, ${from}, ${length}))${signs[test.op]}${test.value})`;
    },
    field: (column, test, context) => {
      const [left, right] = [column, context.column(test.other)].map((each) =>
        test.cased ? inEval(each) : `lower(${inEval(each)})`,
      );
      if (test.reach === 'equal') return `${left}==${right}`;
      if (test.reach === 'startswith') return `substr(${left}, 1, len(${right}))==${right}`;
      if (test.reach === 'endswith')
        return `(len(${left})>=len(${right}) AND substr(${left}, len(${left})-len(${right})+1)==${right})`;
      return unsupported('whether one field contains another');
    },
    null: (column, _, { note }) => {
      note(nulls);
      return `isnull(${inEval(column)})`;
    },
    exists: (column, { present }, { note }) => {
      note(nulls);
      return `${present ? 'isnotnull' : 'isnull'}(${inEval(column)})`;
    },
  },
  keyword: (column, test, context) =>
    test.kind === 'like' ? like(column, test.pattern, test.cased, context) : regex(inEval(column), test),
};

/** A search for the events of a detection. */
function eventsOf(
  rule: Parameters<typeof renderCondition>[0],
  source: MappedSource,
  notes: Set<string>,
): string {
  try {
    return `${source.from} ${renderCondition(rule, source, searchDialect, notes)}`;
  } catch (thrown) {
    if (!(thrown instanceof SigmaError)) throw thrown;
    return `${source.from}\n| where ${renderCondition(rule, source, whereDialect, notes)}`;
  }
}

interface Leaf {
  readonly from: string;
  readonly searches: string[];
  readonly number: number;
}

/** Builds the pipeline of a correlation: tagged events in order of time, then one sliding window after another. */
class Pipeline {
  readonly #mapping: Mapping;
  readonly #notes: Set<string>;
  readonly #leaves: Leaf[] = [];
  /** Detection → number of the leaf that carries its events. */
  readonly #leafOf = new Map<Linked, number>();
  readonly #steps: string[] = [];
  readonly #done = new Map<LinkedCorrelation, string>();
  /** The columns that a correlation groups by. */
  readonly #groups = new Map<LinkedCorrelation['rule'], readonly Column[]>();

  constructor(mapping: Mapping, notes: Set<string>) {
    this.#mapping = mapping;
    this.#notes = notes;
  }

  text(rule: LinkedCorrelation): string {
    const held = this.#correlate(rule);
    return [this.#source(), 'sort 0 _time, sigma_leaf', ...this.#steps, `where ${held}==1`].join('\n| ');
  }

  #source(): string {
    if (this.#leaves.length === 1) return `${this.#leaves[0].searches[0]}\n| eval sigma_leaf=0`;
    const searches = this.#leaves.map(
      ({ searches, number }) =>
        `\n    [search ${searches[0].replaceAll('\n', '\n     ')}\n     | eval sigma_leaf=${number}]`,
    );
    return `| multisearch${searches.join('')}`;
  }

  #leaf(rule: LinkedCorrelation, index: number): { feed: Feed; number: number } {
    const feed = feedOf(rule, index, this.#mapping);
    let number = this.#leafOf.get(feed.part.rule);
    if (number === undefined) {
      number = this.#leaves.length;
      this.#leaves.push({
        from: feed.source.from,
        searches: [eventsOf(feed.part.rule, feed.source, this.#notes)],
        number,
      });
      this.#leafOf.set(feed.part.rule, number);
    }
    return { feed, number };
  }

  /** Adds the steps of a correlation; returns the field that is 1 on rows at which it holds. */
  #correlate(whole: LinkedCorrelation): string {
    const known = this.#done.get(whole);
    if (known !== undefined) return known;
    const rule = mergeParts(whole, this.#mapping);
    if (!isMonotone(rule))
      refuse(
        whole,
        'splunk-spl',
        'whether an event exactly one timespan old counts is not documented, so only lower bounds of counts are safe',
      );
    const parts = rule.parts.map((part, index) => {
      if (part.rule.kind === 'correlation') {
        const active = `${this.#correlate(part.rule)}==1`;
        return { active, ...this.#columnsOf(part) };
      }
      const { feed, number } = this.#leaf(rule, index);
      return { active: `sigma_leaf==${number}`, group: feed.group, values: feed.values };
    });
    const id = this.#done.size + 1;
    const by = rule.rule.groupBy.map((_, position) =>
      this.#common(parts, (part) => part.group[position], `sigma_group${id}_${position + 1}`),
    );
    const values = rule.rule.fields.map((_, position) =>
      this.#common(parts, (part) => part.values[position], `sigma_value${id}_${position + 1}`),
    );
    const held = `sigma_held${id}`;
    this.#done.set(whole, held);
    this.#groups.set(whole.rule, by);
    const { count, unit } = spanOf(rule.rule.timespan);
    const window = `${count}${{ second: 's', minute: 'm', hour: 'h', day: 'd' }[unit]}`;
    const grouped = by.length === 0 ? '' : ` by ${by.map(inSearch).join(' ')}`;
    const active = parts.map((part) => part.active).join(' OR ');
    const slide = (aggregation: string): void => {
      this.#steps.push(`streamstats time_window=${window} ${aggregation}${grouped}`);
    };
    const measure = rule.rule.type;
    const all = by.map((column) => `isnotnull(${inEval(column)})`).join(' AND ');
    const finish = (condition: string): void => {
      this.#steps.push(
        `eval ${held}=if((${active})${all === '' ? '' : ` AND ${all}`} AND ${condition}, 1, null())`,
      );
    };
    const bounds = renderBounds(rule, measure, 'AND', { eq: '==' });
    switch (measure) {
      case 'event_count': {
        const nested = rule.parts.filter((part) => part.rule.kind === 'correlation');
        if (nested.length > 1 || (nested.length === 1 && rule.parts.length > 1))
          refuse(whole, 'splunk-spl', 'counting correlations together with anything else');
        // An inner correlation counts once an instant and group, however many events of that instant it rests on.
        if (nested.length === 1) {
          this.#steps.push(`eval sigma_value=if(${active}, ${this.#instant(nested[0])}, null())`);
          slide('dc(sigma_value) as event_count');
        } else slide(`count(eval(${active})) as event_count`);
        finish(bounds);
        break;
      }
      case 'value_count':
        this.#steps.push(`eval sigma_value=if(${active}, ${tuple(values)}, null())`);
        slide('dc(sigma_value) as value_count');
        finish(`isnotnull(sigma_value) AND ${bounds}`);
        break;
      case 'temporal':
        slide(
          parts.map((part, index) => `max(eval(if(${part.active}, 1, 0))) as sigma_part${index}`).join(' '),
        );
        this.#steps.push(`eval temporal=${parts.map((_, index) => `sigma_part${index}`).join('+')}`);
        finish(bounds);
        break;
      case 'temporal_ordered': {
        // For each part the latest start that a chain ending there can have.
        for (const [index, part] of parts.entries()) {
          this.#steps.push(
            `eval sigma_start${index}=if(${part.active}, ${index === 0 ? '_time' : `sigma_latest${index - 1}`}, null())`,
          );
          if (index < parts.length - 1) slide(`max(sigma_start${index}) as sigma_latest${index}`);
        }
        const last = parts.length - 1;
        this.#steps.push(
          `eval ${held}=if(isnotnull(sigma_start${last}) AND sigma_start${last}>_time-${rule.rule.timespan}, 1, null())`,
        );
        break;
      }
      case 'value_sum':
      case 'value_avg':
      case 'value_percentile':
        break;
    }
    return held;
  }

  /** Time and group of an inner correlation as one text. */
  #instant(part: Part): string {
    if (part.rule.kind !== 'correlation') return '_time';
    const group = this.#groups.get(part.rule.rule) ?? [];
    return group.length === 0 ? '_time' : `_time.":".${tuple(group)}`;
  }

  /** The columns of a nested correlation's group, as its own steps have it: one of several fields where it has an alias. */
  #columnsOf(part: Part): { group: Column[]; values: Column[] } {
    const { rule } = part;
    if (rule.kind !== 'correlation') return { group: [], values: [] };
    const group = this.#groups.get(rule.rule) ?? [];
    const columnOf = (field: string): Column => group[rule.rule.groupBy.indexOf(field)];
    return { group: part.group.map(columnOf), values: part.values.map(columnOf) };
  }

  /** One column for all parts: the shared one, or a new one chosen by part. */
  #common<P extends { active: string }>(
    parts: readonly P[],
    column: (part: P) => Column,
    fresh: string,
  ): Column {
    const [first, ...rest] = parts.map(column);
    if (rest.every((other) => other.name === first.name)) return first;
    this.#steps.push(
      `eval ${fresh}=case(${parts.map((part) => `${part.active}, ${inEval(column(part))}`).join(', ')})`,
    );
    return { name: fresh, type: 'text' };
  }
}

/** Several values as one text; the lengths in front keep them apart. */
function tuple(values: readonly Column[]): string {
  const names = values.map(inEval);
  return names
    .map((name, index) => (index < names.length - 1 ? `len(${name}).":".${name}` : name))
    .join('.":".');
}

/** The usual case, one detection and one window, without tags. */
function simple(rule: LinkedCorrelation, feed: Feed, notes: Set<string>): string | undefined {
  const { type, timespan } = rule.rule;
  const columns = [...feed.group, ...feed.values];
  if (!columns.every((column) => dottedName.test(column.name))) return undefined;
  const { count, unit } = spanOf(timespan);
  const by = feed.group.length === 0 ? '' : ` by ${feed.group.map(inSearch).join(' ')}`;
  const value = feed.values[0]?.name;
  const single = feed.values.length === 1;
  const aggregation =
    type === 'event_count' ? 'count' : type === 'value_count' && single ? `dc(${value})` : undefined;
  if (aggregation === undefined) return undefined;
  return [
    eventsOf(feed.part.rule, feed.source, notes),
    'sort 0 _time',
    `streamstats time_window=${count}${unit[0]} ${aggregation} as ${type}${by}`,
    `where ${renderBounds(rule, type, 'AND', { eq: '==' })}`,
  ].join('\n| ');
}

export const splunkSpl: Language = {
  name: 'splunk-spl',
  title: 'Splunk SPL',
  comment: (text) => `\`\`\` ${text.replaceAll('`', "'")} \`\`\``,
  mapping: splunkCim,
  convert(rule, mapping): Query {
    const notes = new Set<string>();
    remarkUnmapped(rule, mapping, notes);
    if (rule.kind === 'detection') {
      const source = sourceOf(rule, mapping);
      return { text: eventsOf(rule, source, notes), notes: [...notes] };
    }
    const merged = mergeParts(rule, mapping);
    const one = merged.parts.length === 1 && merged.parts[0].rule.kind === 'detection' && isMonotone(rule);
    const text =
      (one ? simple(merged, feedOf(merged, 0, mapping), notes) : undefined) ??
      new Pipeline(mapping, notes).text(rule);
    notes.add(
      'A streamstats window holds at most max_stream_window events (limits.conf, 10,000 unless raised): where there are more in a window, the older ones are not counted and scans are missed.',
    );
    notes.add(
      'Whether an event exactly one timespan old still counts is not documented: at most the window is wider by that instant.',
    );
    return { text, notes: [...notes] };
  },
};
