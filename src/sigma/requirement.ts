import { fold } from './fold.ts';
import { literalOf, shapeOf } from './pattern.ts';
import { requiredLiteral } from './regex.ts';
import type { Expression, Predicate } from './tree.ts';

/** A text that must stand in a field, folded: at its beginning (`first`), its end (`last`), or as its whole value. */
export interface Literal {
  readonly field: string | undefined;
  readonly text: string;
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * Literals of which at least one must be there for the expression to be true; undefined when there is no such set.
 * Of several sets the one is taken whose shortest member is longest: long texts are rare ones.
 *
 * @param usable literals that can be looked for; absent: all
 */
export function requirementOf(
  expression: Expression,
  usable: (literal: Literal) => boolean = () => true,
): readonly Literal[] | undefined {
  if (expression.kind === 'predicate') {
    const set = ofPredicate(expression);
    return set?.every(usable) === true ? set : undefined;
  }
  if (expression.kind === 'not') return undefined;
  const sets = expression.of.map((child) => requirementOf(child, usable));
  if (expression.kind === 'or')
    return sets.every((set) => set !== undefined) ? sets.flatMap((set) => set ?? []) : undefined;
  let best: readonly Literal[] | undefined;
  for (const set of sets)
    if (set !== undefined && (best === undefined || worth(set) > worth(best))) best = set;
  return best;
}

export function isWhole({ first, last }: Literal): boolean {
  return first && last;
}

function worth(set: readonly Literal[]): number {
  // The whole value of a field (a method, a status) is shared by many events: it counts as a short text.
  const shortest = Math.min(
    ...set.map((literal) => (isWhole(literal) ? Math.min(literal.text.length, 4) : literal.text.length)),
  );
  return shortest - Math.log2(set.length) / 2;
}

function ofPredicate({ field, test }: Predicate): readonly Literal[] | undefined {
  if (test.kind === 'regex') {
    const literal = requiredLiteral(test.source);
    if (literal === undefined) return undefined;
    // Without case, RE2 takes ſ for s, which folding does not.
    const runs = fold(literal).split(test.ignoreCase ? /[^\x00-\x7f]|s/ : /[^\x00-\x7f]/);
    return substring(field, longest(runs));
  }
  if (test.kind !== 'like') return undefined;
  const shape = shapeOf(test.pattern);
  if (shape.kind === 'anything') return undefined;
  if (shape.kind === 'equal') {
    const texts = new Set([fold(shape.text)]);
    // A number is compared as one too: 1.50 finds 1.5.
    if (test.number) texts.add(String(Number(literalOf(test.pattern))));
    return [...texts].map((text) => ({ field, text, first: true, last: true }));
  }
  if (shape.kind !== 'wild')
    return substring(field, fold(shape.text), shape.kind === 'startswith', shape.kind === 'endswith');
  return substring(field, longest(test.pattern.map((part) => (part.kind === 'text' ? fold(part.text) : ''))));
}

function substring(
  field: string | undefined,
  text: string,
  first = false,
  last = false,
): readonly Literal[] | undefined {
  return text.length < 2 ? undefined : [{ field, text, first, last }];
}

function longest(runs: readonly string[]): string {
  return runs.reduce((best, run) => (run.length > best.length ? run : best), '');
}
