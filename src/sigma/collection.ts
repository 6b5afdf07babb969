import { cidrOf, regexOf } from './detection-item.ts';
import { parsePattern, tidy } from './pattern.ts';
import { SigmaError, inRule } from './sigma-error.ts';
import {
  type CorrelationRule,
  type DetectionRule,
  type Expression,
  type Logsource,
  type Pattern,
  type PatternPart,
  type Predicate,
  type SigmaDocument,
  type SigmaRule,
  freeze,
  join,
  rewrite,
} from './tree.ts';

// Documents of many files become rules that can run: references resolved, filters added, placeholders filled in.

export interface LinkedDetection {
  readonly kind: 'detection';
  readonly rule: DetectionRule;
  /** False when only a correlation needs it: then it reports nothing by itself. */
  readonly reported: boolean;
}
export interface LinkedCorrelation {
  readonly kind: 'correlation';
  readonly rule: CorrelationRule;
  readonly reported: boolean;
  readonly parts: readonly Part[];
}
/** One referenced rule, with the fields of its events that the correlation reads. */
export interface Part {
  readonly rule: Linked;
  /** As the correlation names it. */
  readonly name: string;
  readonly group: readonly string[];
  readonly values: readonly string[];
}
export type Linked = LinkedDetection | LinkedCorrelation;

/** Ways from a correlation to rules, through others: each is counted by itself, and every level may double them. */
const mostWays = 500;
/** Correlations on correlations. */
const mostLevels = 16;

/** A site's values for `%name%`. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

export interface Collection {
  /** In the order of the files; a rule that something is wrong with is missing and has its fault instead. */
  readonly rules: readonly Linked[];
  readonly faults: readonly SigmaError[];
}

/** @param placeholders values for `expand`; a rule with one that is not here is refused */
export function link(
  documents: readonly SigmaDocument[],
  placeholders: Placeholders = new Map(),
): Collection {
  const faults: SigmaError[] = [];
  const attempt = <T>(title: string, work: () => T): T | undefined => {
    try {
      return inRule(title, work);
    } catch (thrown) {
      if (!(thrown instanceof SigmaError)) throw thrown;
      faults.push(thrown);
      return undefined;
    }
  };

  const rules = documents.filter((each): each is SigmaRule => each.kind !== 'filter');
  const byName = new Map<string, SigmaRule>();
  for (const rule of rules)
    for (const name of new Set([rule.id, rule.name]))
      if (name !== undefined) {
        const other = byName.get(name);
        if (other === undefined) byName.set(name, rule);
        else
          faults.push(
            new SigmaError(
              `"${name}" is also the rule at ${other.place.file}:${other.place.line}`,
              rule.place,
              rule.title,
            ),
          );
      }

  const extra = new Map<SigmaRule, Expression[]>();
  for (const filter of documents)
    if (filter.kind === 'filter')
      attempt(filter.title, () => {
        const condition = fill(filter.condition, placeholders);
        const named =
          filter.rules === 'any'
            ? rules
            : filter.rules.map((reference) => {
                const rule = byName.get(reference.text);
                if (rule === undefined)
                  throw new SigmaError(`there is no rule "${reference.text}"`, reference.place);
                if (rule.kind === 'correlation')
                  throw new SigmaError(
                    `"${reference.text}" is a correlation; name the rules it counts`,
                    reference.place,
                  );
                return rule;
              });
        for (const rule of named)
          if (rule.kind === 'detection' && covers(filter.logsource, rule.logsource))
            extra.set(rule, [...(extra.get(rule) ?? []), condition]);
      });

  // A rule that a correlation uses is silent, unless a correlation that uses it says `generate`.
  const silent = new Set<SigmaRule>();
  const loud = new Set<SigmaRule>();
  for (const rule of rules)
    if (rule.kind === 'correlation')
      for (const reference of rule.rules) {
        const target = byName.get(reference.text);
        if (target !== undefined) (rule.generate ? loud : silent).add(target);
      }
  const reported = (rule: SigmaRule): boolean => loud.has(rule) || !silent.has(rule);

  const done = new Map<SigmaRule, Linked>();
  const ways = new Map<SigmaRule, number>();
  const levels = new Map<SigmaRule, number>();
  const waysOf = (rule: SigmaRule | undefined): number => (rule && ways.get(rule)) ?? 1;
  const levelsOf = (rule: SigmaRule | undefined): number => (rule && levels.get(rule)) ?? 0;
  const resolve = (rule: SigmaRule, path: readonly SigmaRule[]): Linked => {
    const known = done.get(rule);
    if (known !== undefined) return known;
    if (rule.kind === 'detection') {
      const more = extra.get(rule);
      const whole = more === undefined ? rule.condition : join('and', [rule.condition, ...more]);
      const condition = fill(whole, placeholders);
      const linked: Linked = freeze({
        kind: 'detection',
        rule: condition === rule.condition ? rule : { ...rule, condition },
        reported: reported(rule),
      });
      done.set(rule, linked);
      return linked;
    }
    const parts = rule.rules.map((reference): Part => {
      const target = byName.get(reference.text);
      if (target === undefined) throw new SigmaError(`there is no rule "${reference.text}"`, reference.place);
      if (path.includes(target))
        throw new SigmaError(`"${reference.text}" leads back to this rule`, reference.place);
      const linked =
        path.length > mostLevels ? undefined : inRule(target.title, () => resolve(target, [...path, target]));
      // From outside inwards the path is as long, from inside outwards the levels are known.
      if (linked === undefined || levelsOf(target) >= mostLevels)
        throw new SigmaError(`correlations are nested more than ${mostLevels} deep`, reference.place);
      const fieldOf = (field: string): string => {
        const alias = rule.aliases.get(field);
        if (alias === undefined) return field;
        const found = [reference.text, target.name, target.id]
          .map((name) => alias.get(name ?? ''))
          .find((name) => name !== undefined);
        if (found === undefined)
          throw new SigmaError(`the alias "${field}" says nothing of "${reference.text}"`, reference.place);
        return found;
      };
      const part = {
        rule: linked,
        name: reference.text,
        group: rule.groupBy.map(fieldOf),
        values: rule.fields.map(fieldOf),
      };
      // What a correlation hands on is its group: there are no other fields to read.
      if (target.kind === 'correlation')
        for (const field of [...part.group, ...part.values])
          if (!target.groupBy.includes(field))
            throw new SigmaError(
              `"${reference.text}" is a correlation and does not group by "${field}"`,
              reference.place,
            );
      return part;
    });
    const leading = rule.rules.reduce((sum, { text }) => sum + waysOf(byName.get(text)), 0);
    if (leading > mostWays && leading > rule.rules.length)
      throw new SigmaError(
        `correlations on correlations lead to other rules in more than ${mostWays} ways`,
        rule.place,
        undefined,
        true,
      );
    ways.set(rule, leading);
    levels.set(
      rule,
      1 + rule.rules.reduce((most, { text }) => Math.max(most, levelsOf(byName.get(text))), 0),
    );
    const linked: Linked = freeze({ kind: 'correlation', rule, reported: reported(rule), parts });
    done.set(rule, linked);
    return linked;
  };
  const linked = rules.flatMap((rule) => attempt(rule.title, () => resolve(rule, [rule])) ?? []);
  return { rules: linked, faults };
}

/** Whether everything that `narrow` demands of a log source is also demanded by `wide`'s attributes. */
export function covers(wide: Logsource, narrow: Logsource): boolean {
  return (['category', 'product', 'service'] as const).every(
    (key) => wide[key] === undefined || wide[key] === narrow[key],
  );
}

function fill(expression: Expression, placeholders: Placeholders): Expression {
  return rewrite(expression, (predicate) => fillOne(predicate, placeholders));
}

const isPlaceholder = (part: PatternPart): boolean => part.kind === 'placeholder';

function fillOne(predicate: Predicate, placeholders: Placeholders): Expression {
  const { test, place } = predicate;
  const asks = test.kind === 'placeholder' || (test.kind === 'like' && test.pattern.some(isPlaceholder));
  if (!asks) return predicate;
  const valuesOf = (name: string): readonly string[] => {
    const values = placeholders.get(name);
    if (values === undefined || values.length === 0)
      throw new SigmaError(
        `the placeholder "%${name}%" has no value; give it in a mapping, or to detect in detectors.sigma.placeholders`,
        place,
        undefined,
        true,
      );
    return values;
  };
  if (test.kind === 'placeholder')
    return join(
      'or',
      valuesOf(test.name).map((value) => ({
        ...predicate,
        test: test.modifiers.includes('re') ? regexOf(value, test.modifiers) : cidrOf(value, place),
      })),
    );
  let patterns: Pattern[] = [[]];
  for (const part of test.pattern) {
    const ways = part.kind === 'placeholder' ? valuesOf(part.name).map(parsePattern) : [[part]];
    patterns = patterns.flatMap((before) => ways.map((way) => [...before, ...way]));
    if (patterns.length > 10_000)
      throw new SigmaError('the placeholders make more than 10,000 values', place);
  }
  return join(
    'or',
    patterns.map((pattern) => ({ ...predicate, test: { ...test, pattern: tidy(pattern) } })),
  );
}
