import { base64, base64Offsets, utf16, windash } from './encodings.ts';
import { parseBlock } from './cidr.ts';
import { literalOf, literalPattern, parsePattern, widen } from './pattern.ts';
import { SigmaError } from './sigma-error.ts';
import type { Comparison, Expression, Pattern, PatternPart, Place, Reach, Test, TimePart } from './tree.ts';
import { join } from './tree.ts';
import { type SourceNode, type SourceScalar, booleanOf, isNull, isNumber } from './source-node.ts';

// One line of a selection, `field|modifier|modifier: value`, as an expression. Modifiers apply from left to right;
// one that Sigma does not know, or that makes no sense where it stands, is an error and never ignored.

const comparisons: readonly string[] = ['lt', 'lte', 'gt', 'gte'];
const timeParts: readonly string[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];
const timeRange: Record<TimePart, readonly [number, number]> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [1, 9999],
};
const manners: readonly string[] = ['re', 'cidr', 'exists', 'fieldref'];
const reaches: readonly string[] = ['contains', 'startswith', 'endswith'];
const encoders: readonly string[] = [
  'base64',
  'base64offset',
  'wide',
  'utf16le',
  'utf16be',
  'utf16',
  'windash',
  'expand',
];
const plainOnes: readonly string[] = [
  'all',
  'cased',
  'exists',
  'neq',
  're',
  'i',
  'm',
  's',
  'cidr',
  'fieldref',
];
const knownModifiers: readonly string[] = [
  ...comparisons,
  ...timeParts,
  ...reaches,
  ...encoders,
  ...plainOnes,
];

/** Modifiers as a key has them, found right, with what is asked of them for every value. */
interface Modifiers {
  readonly list: readonly string[];
  /** Whether a value is a text to be found: no number, block, expression, field, part of a time or question for presence. */
  readonly texts: boolean;
  readonly cased: boolean;
  readonly all: boolean;
  readonly neq: boolean;
}

/** One value on its way through the modifiers: the texts it may take (any of them matches). */
interface Value {
  readonly forms: readonly (Pattern | { readonly binary: string })[];
  readonly number: boolean;
  readonly node: SourceScalar;
}

/**
 * @param key the field with its modifiers; an empty field name (`|all`) means keywords
 * @throws SigmaError at the offending key or value
 */
export function readItem(key: SourceScalar, value: SourceNode): Expression {
  const bar = key.text.indexOf('|');
  const name = bar < 0 ? key.text : key.text.slice(0, bar);
  const field = name === '' ? undefined : name;
  const modifiers = bar < 0 ? unmodified : modifiersOf(key.text.slice(bar + 1), key.place);
  const scalars = scalarsOf(key, value);
  if (modifiers.all && scalars.length === 1)
    throw new SigmaError('the modifier "all" needs more than one value', key.place);

  const each: Expression[] = [];
  for (const scalar of scalars) each.push(askedOf(field, scalar, modifiers));
  const together = join(modifiers.all ? 'and' : 'or', each);
  if (!modifiers.neq) return together;
  // A missing field is not "different": neq asks for a field that is there.
  const needed = new Set([
    field,
    ...modifiers.list.flatMap((m) => (m === 'fieldref' ? scalars.map((s) => s.text) : [])),
  ]);
  const present = [...needed].map((name): Expression => ({
    kind: 'predicate',
    field: name,
    test: { kind: 'exists', present: true },
    place: key.place,
  }));
  return { kind: 'and', of: [...present, { kind: 'not', of: together }] };
}

/** The values of an item. @throws SigmaError when there is none, or one that is no scalar */
function scalarsOf(key: SourceScalar, value: SourceNode): readonly SourceScalar[] {
  if (value.kind === 'scalar') return [value];
  if (value.kind === 'map') throw new SigmaError(`the value of "${key.text}" must not be a map`, value.place);
  if (value.items.length === 0) throw new SigmaError(`"${key.text}" has an empty list`, value.place);
  if (value.items.some(isNull)) throw new SigmaError('null is not allowed in a list', value.place);
  return value.items.map((node) => {
    if (node.kind !== 'scalar')
      throw new SigmaError(`a value of "${key.text}" must not be a ${node.kind}`, node.place);
    return node;
  });
}

/** What one value asks of a field, or of the message. */
function askedOf(field: string | undefined, scalar: SourceScalar, modifiers: Modifiers): Expression {
  const { place } = scalar;
  const of: Expression[] = [];
  for (const found of testsOf(scalar, modifiers)) {
    const test = field === undefined ? keywordTest(found, scalar) : found;
    of.push({ kind: 'predicate', field, test, place });
  }
  return join('or', of);
}

/** A bare keyword, looked for anywhere in the message. */
export function readKeyword(scalar: SourceScalar): Expression {
  const [test] = testsOf(scalar, unmodified);
  return { kind: 'predicate', field: undefined, test: keywordTest(test, scalar), place: scalar.place };
}

function keywordTest(test: Test, scalar: SourceScalar): Test {
  if (test.kind === 'like') return { ...test, pattern: widen(test.pattern, true, true), number: false };
  if (test.kind === 'regex') return test;
  throw new SigmaError(`a keyword cannot be a ${test.kind} test`, scalar.place);
}

/** Modifiers that were found right, as written: rules repeat few. */
const checked = new Map<string, Modifiers>();
const maxChecked = 1_000;
const unmodified: Modifiers = { list: [], texts: true, cased: false, all: false, neq: false };

function modifiersOf(text: string, place: Place): Modifiers {
  const known = checked.get(text);
  if (known !== undefined) return known;
  const list = text.split('|');
  checkModifiers(list, place);
  const has = (name: string): boolean => list.includes(name);
  const texts = !list.some((m) => manners.includes(m) || comparisons.includes(m) || timeParts.includes(m));
  const modifiers = { list, texts, cased: has('cased'), all: has('all'), neq: has('neq') };
  if (checked.size < maxChecked) checked.set(text, modifiers);
  return modifiers;
}

function checkModifiers(modifiers: readonly string[], place: Place): void {
  const fault = (reason: string): never => {
    throw new SigmaError(reason, place);
  };
  const has = (name: string): boolean => modifiers.includes(name);
  for (const modifier of modifiers) {
    if (!knownModifiers.includes(modifier)) fault(`unknown modifier "${modifier}"`);
    if (modifiers.filter((other) => other === modifier).length > 1)
      fault(`the modifier "${modifier}" stands twice`);
  }
  // Exactly one of these says how a value is compared.
  const manner = modifiers.filter((m) => manners.includes(m) || comparisons.includes(m));
  if (manner.length > 1) fault(`the modifiers "${manner[0]}" and "${manner[1]}" exclude each other`);
  for (const flag of ['i', 'm', 's'])
    if (has(flag) && !modifiers.slice(0, modifiers.indexOf(flag)).includes('re'))
      fault(`the modifier "${flag}" must follow "re"`);
  const times = modifiers.filter((m) => timeParts.includes(m));
  if (times.length > 1) fault(`the modifiers "${times[0]}" and "${times[1]}" exclude each other`);
  const textual = modifiers.filter((m) => reaches.includes(m) || encoders.includes(m) || m === 'cased');
  const odd = manner.find((m) => m !== 'fieldref') ?? times[0];
  if (odd !== undefined && textual.some((m) => m !== 'expand'))
    fault(`the modifiers "${odd}" and "${textual[0]}" exclude each other`);
  if (times.length === 1 && manner.some((m) => !comparisons.includes(m)))
    fault(`the modifier "${times[0]}" takes only comparisons`);
  if (has('fieldref') && textual.some((m) => encoders.includes(m)))
    fault('a field reference cannot be encoded');
  if (has('exists') && modifiers.some((m) => m !== 'exists')) fault('the modifier "exists" stands alone');
  if (modifiers.filter((m) => reaches.includes(m)).length > 1)
    fault('contains, startswith and endswith exclude each other');
  if (has('expand') && manner.length > 0 && !has('cidr') && !has('re'))
    fault(`a placeholder cannot be used with "${manner[0]}"`);
}

function testsOf(scalar: SourceScalar, modifiers: Modifiers): Test[] {
  if (!modifiers.texts || isNull(scalar)) return otherTests(scalar, modifiers.list);
  let value: Value = { forms: [parsePattern(scalar.text)], number: isNumber(scalar), node: scalar };
  for (const modifier of modifiers.list) value = applyText(modifier, value);
  const tests: Test[] = [];
  for (const form of value.forms) {
    const pattern = asPattern(form);
    const number = value.number && !('binary' in form) && literalOf(pattern) !== undefined;
    tests.push({ kind: 'like', pattern, cased: modifiers.cased, number });
  }
  return tests;
}

/** Tests of null, and of what is no text to be found. */
function otherTests(scalar: SourceScalar, modifiers: readonly string[]): Test[] {
  const { place } = scalar;
  const has = (name: string): boolean => modifiers.includes(name);
  const op = modifiers.find((m) => comparisons.includes(m)) as Comparison | undefined;
  const part = modifiers.find((m) => timeParts.includes(m)) as TimePart | undefined;
  const numberOf = (what: string): number => {
    if (!/^[+-]?[0-9]+(?:\.[0-9]+)?$/.test(scalar.text))
      throw new SigmaError(`${what} needs a number`, place);
    return Number(scalar.text);
  };

  if (has('exists')) {
    const present = booleanOf(scalar);
    if (present === undefined) throw new SigmaError('the modifier "exists" needs true or false', place);
    return [{ kind: 'exists', present }];
  }
  if (part !== undefined) {
    const value = numberOf(`the modifier "${part}"`);
    const [low, high] = timeRange[part];
    if (!Number.isInteger(value) || value < low || value > high)
      throw new SigmaError(`the modifier "${part}" needs a whole number from ${low} to ${high}`, place);
    return [{ kind: 'time', part, op: op ?? 'eq', value }];
  }
  if (op !== undefined)
    return [{ kind: 'compare', op, value: numberOf(`the modifier "${op}"`), text: scalar.text }];
  if (isNull(scalar)) {
    if (modifiers.some((m) => m !== 'neq')) throw new SigmaError('null takes no modifier but "neq"', place);
    return [{ kind: 'null' }];
  }
  if (has('fieldref')) {
    const reach = (modifiers.find((m) => reaches.includes(m)) ?? 'equal') as Reach;
    return [{ kind: 'field', other: scalar.text, reach, cased: has('cased') }];
  }
  const name = has('expand') ? /^%([A-Za-z0-9_.-]+)%$/.exec(scalar.text)?.[1] : undefined;
  if (name !== undefined) return [{ kind: 'placeholder', name, modifiers }];
  return [has('re') ? regexOf(scalar.text, modifiers) : cidrOf(scalar.text, place)];
}

function applyText(modifier: string, value: Value): Value {
  if (modifier === 'cased' || modifier === 'all' || modifier === 'neq') return value;
  if (reaches.includes(modifier)) {
    const [before, after] = [modifier !== 'startswith', modifier !== 'endswith'];
    const forms = value.forms.map((form) => widen(asPattern(form), before, after));
    return { forms, number: false, node: value.node };
  }
  return encode(modifier, value);
}

const asPattern = (form: Pattern | { readonly binary: string }): Pattern =>
  'binary' in form ? literalPattern(form.binary) : form;

function encode(modifier: string, value: Value): Value {
  const { place } = value.node;
  const literal = (form: Pattern | { readonly binary: string }): { text: string; binary: boolean } => {
    if ('binary' in form) return { text: form.binary, binary: true };
    const text = literalOf(form);
    if (text === undefined)
      throw new SigmaError(`the modifier "${modifier}" cannot be applied to wildcards`, place);
    return { text, binary: false };
  };
  const map = (change: (form: Pattern | { readonly binary: string }) => Value['forms']): Value => ({
    forms: value.forms.flatMap(change),
    number: false,
    node: value.node,
  });
  const asUtf16 = (order: 'le' | 'be', mark: boolean): Value =>
    map((form) => [{ binary: utf16(literal(form).text, order, mark) }]);
  switch (modifier) {
    case 'wide':
    case 'utf16le':
      return asUtf16('le', false);
    case 'utf16be':
      return asUtf16('be', false);
    case 'utf16':
      return asUtf16('le', true);
    case 'base64':
      return map((form) => {
        const { text, binary } = literal(form);
        return [literalPattern(base64(text, binary))];
      });
    case 'base64offset':
      return map((form) => {
        const { text, binary } = literal(form);
        return base64Offsets(text, binary).map(literalPattern);
      });
    case 'windash':
      return map((form) => {
        if ('binary' in form)
          throw new SigmaError('the modifier "windash" must stand before an encoding', place);
        const forms = windashPattern(form);
        if (forms === undefined)
          throw new SigmaError('the modifier "windash" meets more than four dashes', place);
        return forms;
      });
    case 'expand':
      return map((form) => [asPattern(form).flatMap(withPlaceholders)]);
    default:
      return value;
  }
}

/** All ways to write the option dashes of a pattern; wildcards count as no part of a word. */
function windashPattern(pattern: Pattern): Pattern[] | undefined {
  let forms: PatternPart[][] = [[]];
  for (const part of pattern) {
    const ways = part.kind === 'text' ? windash(part.text) : [part];
    if (ways === undefined || forms.length * ways.length > 625) return undefined;
    forms = forms.flatMap((form) =>
      ways.map((way) => [...form, typeof way === 'string' ? { kind: 'text' as const, text: way } : way]),
    );
  }
  return forms;
}

/** Splits `%name%` out of a text; `\%` is a plain percent. */
function withPlaceholders(part: PatternPart): PatternPart[] {
  if (part.kind !== 'text') return [part];
  const parts: PatternPart[] = [];
  const text = (run: string): void => {
    if (run !== '') parts.push({ kind: 'text', text: run.replaceAll('\\%', '%') });
  };
  let from = 0;
  for (const match of part.text.matchAll(/(?<!\\)%([A-Za-z0-9_.-]+)%/g)) {
    text(part.text.slice(from, match.index));
    parts.push({ kind: 'placeholder', name: match[1] });
    from = match.index + match[0].length;
  }
  text(part.text.slice(from));
  return parts;
}

/** A regular expression test; its syntax is checked where it is compiled or rendered. */
export function regexOf(source: string, modifiers: readonly string[]): Test {
  const has = (name: string): boolean => modifiers.includes(name);
  return { kind: 'regex', source, ignoreCase: has('i'), multiline: has('m'), dotAll: has('s') };
}

/** @throws SigmaError when the text is neither an address nor a block */
export function cidrOf(text: string, place: Place): Test {
  const block = parseBlock(text);
  if (block === undefined) throw new SigmaError(`"${text}" is no address block`, place);
  return { kind: 'cidr', text, ...block };
}
