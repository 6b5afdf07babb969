// The tree of a Sigma document: plain, frozen objects told apart by `kind`. Everything below (matcher, correlation,
// languages) reads this tree and nothing of YAML.

/** Where something stands in a rule file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A value with wildcards: runs of literal text, `any` (`*`) and `one` (`?`, one code point). */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'placeholder'; readonly name: string };
export type Pattern = readonly PatternPart[];

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte';
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export type Reach = 'equal' | 'contains' | 'startswith' | 'endswith';

/** What is asked of one value of a field. Every test but `exists: false` is false when the field is missing. */
export type Test =
  /** Equality with wildcards, case-insensitive unless `cased`; `number`: the rule wrote a bare number. */
  | { readonly kind: 'like'; readonly pattern: Pattern; readonly cased: boolean; readonly number: boolean }
  | {
      readonly kind: 'regex';
      readonly source: string;
      readonly ignoreCase: boolean;
      readonly multiline: boolean;
      readonly dotAll: boolean;
    }
  | {
      readonly kind: 'cidr';
      readonly text: string;
      readonly family: 4 | 6;
      readonly base: bigint;
      readonly bits: number;
    }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly value: number; readonly text: string }
  | { readonly kind: 'time'; readonly part: TimePart; readonly op: Comparison | 'eq'; readonly value: number }
  | { readonly kind: 'field'; readonly other: string; readonly reach: Reach; readonly cased: boolean }
  /** `re|expand` and `cidr|expand`: becomes one test for each of the site's values. */
  | { readonly kind: 'placeholder'; readonly name: string; readonly modifiers: readonly string[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly present: boolean };

export interface Predicate {
  readonly kind: 'predicate';
  /** undefined: a keyword, looked for in the whole message. */
  readonly field: string | undefined;
  readonly test: Test;
  readonly place: Place;
}

export type Expression =
  | { readonly kind: 'and'; readonly of: readonly Expression[] }
  | { readonly kind: 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | Predicate;

export interface Logsource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
}

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

/** What every document carries; attributes that Sigma does not know are kept in `custom`. */
export interface Head {
  readonly title: string;
  readonly id?: string;
  readonly name?: string;
  readonly status?: string;
  readonly description?: string;
  readonly level?: Level;
  readonly tags: readonly { readonly text: string; readonly place: Place }[];
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly custom: { readonly [key: string]: Plain };
  readonly place: Place;
}

export interface DetectionRule extends Head {
  readonly kind: 'detection';
  readonly logsource: Logsource;
  readonly condition: Expression;
  /** Search identifiers that no condition mentions: lint says so. */
  readonly unused: readonly string[];
}

export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'temporal'
  | 'temporal_ordered'
  | 'value_sum'
  | 'value_avg'
  | 'value_percentile';

/** Bounds on a count; several hold together (`gt` with `lte` is a range). */
export interface Bound {
  readonly op: Comparison | 'eq' | 'neq';
  readonly value: number;
}

interface Reference {
  readonly text: string;
  readonly place: Place;
}

export interface CorrelationRule extends Head {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  readonly rules: readonly Reference[];
  readonly groupBy: readonly string[];
  /** Alias → rule reference → field of that rule's events. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Width of the window (t − W, t], seconds. */
  readonly timespan: number;
  readonly bounds: readonly Bound[];
  /** The counted field, or fields of a counted tuple; empty for event_count and temporal. */
  readonly fields: readonly string[];
  /** 0–100, value_percentile only. */
  readonly percentile?: number;
  readonly generate: boolean;
}

/** Added to the condition of every rule it names (or of all, `any`) whose log source it covers. */
interface FilterRule extends Head {
  readonly kind: 'filter';
  readonly logsource: Logsource;
  readonly rules: readonly Reference[] | 'any';
  readonly condition: Expression;
}

export type SigmaDocument = DetectionRule | CorrelationRule | FilterRule;
export type SigmaRule = DetectionRule | CorrelationRule;

/** Freezes a node with all that hangs below it. */
export function freeze<T>(node: T): T {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node)) return node;
  if (Array.isArray(node)) for (let at = 0; at < node.length; at++) freeze(node[at]);
  // No array of keys or values: this is called for every object of every rule.
  else for (const key in node) freeze(node[key]);
  return Object.freeze(node);
}

/** Every predicate of an expression, left to right. */
export function* predicatesOf(expression: Expression): Generator<Predicate> {
  if (expression.kind === 'predicate') yield expression;
  else if (expression.kind === 'not') yield* predicatesOf(expression.of);
  else for (const child of expression.of) yield* predicatesOf(child);
}

/** The same expression with every predicate replaced; itself when none is. */
export function rewrite(expression: Expression, replace: (predicate: Predicate) => Expression): Expression {
  if (expression.kind === 'predicate') return replace(expression);
  if (expression.kind === 'not') {
    const of = rewrite(expression.of, replace);
    return of === expression.of ? expression : freeze({ kind: 'not', of });
  }
  const of = expression.of.map((child) => rewrite(child, replace));
  if (of.every((child, at) => child === expression.of[at])) return freeze(expression);
  return freeze({ kind: expression.kind, of });
}

/** AND or OR of some expressions; one alone stays itself. */
export function join(kind: 'and' | 'or', of: readonly Expression[]): Expression {
  return of.length === 1 ? of[0] : { kind, of };
}
