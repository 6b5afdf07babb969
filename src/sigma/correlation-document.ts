import { parseCondition } from './condition.ts';
import { SigmaError } from './sigma-error.ts';
import type { Bound, CorrelationRule, CorrelationType, Expression, Head } from './tree.ts';
import {
  type SourceMap,
  type SourceNode,
  type SourceScalar,
  asMap,
  asText,
  asTexts,
  booleanOf,
  entry,
} from './source-node.ts';

const types: readonly string[] =
  'event_count value_count temporal temporal_ordered value_sum value_avg value_percentile'.split(' ');
const operators: readonly string[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'];
const attributes: readonly string[] = [
  'type',
  'rules',
  'group-by',
  'timespan',
  'condition',
  'aliases',
  'generate',
];
const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads the `correlation` section; references are resolved later, when all files are known. */
export function parseCorrelation(map: SourceMap, head: Head): CorrelationRule {
  for (const { key } of map.entries)
    if (!attributes.includes(key.text)) throw new SigmaError(`a correlation has no "${key.text}"`, key.place);
  const required = (name: string): SourceNode => {
    const node = entry(map, name);
    if (node === undefined) throw new SigmaError(`the correlation has no "${name}"`, map.place);
    return node;
  };
  const typeNode = required('type');
  const type = asText(typeNode, '"type"') as CorrelationType;
  if ((type as string) === 'value_median')
    throw new SigmaError('value_median is no part of Sigma 2.1', typeNode.place, undefined, true);
  if (!types.includes(type))
    throw new SigmaError(`unknown correlation type "${type}"; there are ${types.join(', ')}`, typeNode.place);
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const rules = asTexts(required('rules'), '"rules"');
  if (rules.length === 0) throw new SigmaError('"rules" is empty', map.place);
  for (const [index, { text, place }] of rules.entries())
    if (rules.findIndex((other) => other.text === text) !== index)
      throw new SigmaError(`"${text}" stands twice`, place);

  const groupNode = entry(map, 'group-by');
  const groupBy = groupNode === undefined ? [] : asTexts(groupNode, '"group-by"').map((each) => each.text);
  const generateNode = entry(map, 'generate');
  const generate = generateNode === undefined ? false : booleanOf(generateNode);
  if (generate === undefined)
    throw new SigmaError('"generate" must be true or false', generateNode?.place ?? map.place);

  const conditionNode = temporal ? entry(map, 'condition') : required('condition');
  const condition =
    conditionNode === undefined
      ? none
      : temporal && conditionNode.kind === 'scalar'
        ? {
            ...none,
            bounds: [
              readThreshold(
                conditionNode,
                rules.map(({ text }) => text),
              ),
            ],
          }
        : readBounds(conditionNode, type);
  let bounds: readonly Bound[] = condition.bounds;
  if (temporal && bounds.length === 0) bounds = [{ op: 'gte', value: rules.length }];
  if (
    type === 'temporal_ordered' &&
    !(bounds.length === 1 && bounds[0].op === 'gte' && bounds[0].value === rules.length)
  )
    throw new SigmaError(
      'an ordered correlation asks for all its rules; it takes no other condition',
      conditionNode?.place ?? map.place,
    );
  return {
    kind: 'correlation',
    ...head,
    type,
    rules,
    groupBy,
    aliases: readAliases(entry(map, 'aliases')),
    timespan: readTimespan(required('timespan')),
    ...condition,
    bounds,
    generate,
  };
}

const none: { bounds: readonly Bound[]; fields: readonly string[]; percentile?: number } = {
  bounds: [],
  fields: [],
};

function readTimespan(node: SourceNode): number {
  const match = /^([1-9][0-9]{0,7})([smhd])$/.exec(asText(node, '"timespan"'));
  if (match === null) throw new SigmaError('"timespan" must be a number and one of s, m, h, d', node.place);
  const seconds = Number(match[1]) * unitSeconds[match[2]];
  // A year: more is surely a slip, and windows are kept in memory.
  if (seconds > 366 * 86_400) throw new SigmaError('"timespan" is longer than a year', node.place);
  return seconds;
}

/** Rules at most in a condition over their names: all ways in which they can match are looked at. */
const maxNamed = 12;

/**
 * A condition over rule names, as pySigma and the draft of version 2.2 have it (SigmaHQ/sigma-specification issue 198):
 * `a and b and c`, `1 of them`. Taken is what asks for so many of the rules, whichever they are; the rest is refused.
 */
function readThreshold(node: SourceScalar, names: readonly string[]): Bound {
  const refuse = (reason: string): never => {
    throw new SigmaError(reason, node.place, undefined, true);
  };
  const named = names.map((field): [string, Expression] => [
    field,
    { kind: 'predicate', field, test: { kind: 'exists', present: true }, place: node.place },
  ]);
  const expression = parseCondition(node, new Map(named), new Set());
  if (names.length > maxNamed)
    refuse(`conditions over the names of more than ${maxNamed} rules are not taken`);
  // By how many of the rules match: true, false, or not seen yet.
  const outcomes: (boolean | undefined)[] = Array.from({ length: names.length + 1 });
  for (let set = 0; set < 1 << names.length; set++) {
    const matched = new Set(names.filter((_, index) => (set & (1 << index)) !== 0));
    const count = matched.size;
    const holds = isTrue(expression, matched);
    if ((outcomes[count] ?? holds) !== holds)
      refuse(
        'this condition tells its rules apart, which is no part of Sigma 2.1; nest correlations instead: what is joined by "or" becomes an event_count of its rules',
      );
    outcomes[count] = holds;
  }
  const first = outcomes.indexOf(true);
  if (first < 1 || outcomes.indexOf(false, first) >= 0)
    refuse(
      'a correlation needs a condition that more of its rules can only make true: "not" is no part of Sigma 2.1',
    );
  return { op: 'gte', value: first };
}

function isTrue(expression: Expression, names: ReadonlySet<string>): boolean {
  if (expression.kind === 'predicate') return names.has(expression.field ?? '');
  if (expression.kind === 'not') return !isTrue(expression.of, names);
  return expression.kind === 'and'
    ? expression.of.every((each) => isTrue(each, names))
    : expression.of.some((each) => isTrue(each, names));
}

function readBounds(node: SourceNode, type: CorrelationType): typeof none {
  if (node.kind === 'scalar')
    throw new SigmaError(`the condition of ${type} is a map such as "gte: 2"`, node.place);
  const map = asMap(node, '"condition"');
  const bounds: Bound[] = [];
  let fields: readonly string[] = [];
  let percentile: number | undefined;
  const number = (value: SourceNode, name: string): number => {
    const text = asText(value, `"${name}"`);
    if (!/^-?[0-9]{1,15}(?:\.[0-9]{1,9})?$/.test(text))
      throw new SigmaError(`"${name}" needs a number`, value.place);
    return Number(text);
  };
  for (const { key, value } of map.entries) {
    if (operators.includes(key.text))
      bounds.push({ op: key.text as Bound['op'], value: number(value, key.text) });
    else if (key.text === 'field') fields = asTexts(value, '"field"').map((each) => each.text);
    else if (key.text === 'percentile') percentile = number(value, 'percentile');
    else throw new SigmaError(`a condition has no "${key.text}"`, key.place);
  }
  const values = type.startsWith('value_');
  if (values && fields.length === 0) throw new SigmaError(`${type} needs a "field"`, node.place);
  if (!values && fields.length > 0) throw new SigmaError(`${type} counts no field`, node.place);
  if (fields.length > 1 && type !== 'value_count')
    throw new SigmaError(`${type} takes one field`, node.place);
  if (bounds.length === 0)
    throw new SigmaError('the condition has no gt, gte, lt, lte, eq or neq', node.place);
  if (bounds.length > 1 && bounds.some((bound) => bound.op === 'eq' || bound.op === 'neq'))
    throw new SigmaError('eq and neq stand alone', node.place);
  if ((type === 'value_percentile') !== (percentile !== undefined))
    throw new SigmaError(
      percentile === undefined
        ? 'value_percentile needs "percentile", 0 to 100'
        : `${type} takes no "percentile"`,
      node.place,
    );
  if (percentile !== undefined && (percentile < 0 || percentile > 100))
    throw new SigmaError('"percentile" must lie between 0 and 100', node.place);
  return { bounds, fields, ...(percentile === undefined ? {} : { percentile }) };
}

function readAliases(node: SourceNode | undefined): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  if (node === undefined) return aliases;
  for (const { key, value } of asMap(node, '"aliases"').entries) {
    const fields = new Map<string, string>();
    for (const each of asMap(value, `the alias "${key.text}"`).entries)
      fields.set(each.key.text, asText(each.value, `the alias "${key.text}"`));
    aliases.set(key.text, fields);
  }
  return aliases;
}
