import { EventView, type FieldSource } from './field-source.ts';
import { type Check, compilePredicate } from './predicate.ts';
import type { Expression } from './tree.ts';

/** Compiles an expression against a view that several rules share. @throws SigmaError at a bad regular expression */
export function compileExpression(expression: Expression, view: EventView): Check {
  if (expression.kind === 'predicate') return compilePredicate(expression, view);
  if (expression.kind === 'not') {
    const check = compileExpression(expression.of, view);
    return (event) => !check(event);
  }
  const checks = expression.of.map((child) => compileExpression(child, view));
  if (expression.kind === 'and') {
    return (event) => {
      for (const check of checks) if (!check(event)) return false;
      return true;
    };
  }
  return (event) => {
    for (const check of checks) if (check(event)) return true;
    return false;
  };
}

/** One rule's condition as a test of events; see `RuleIndex` for many. */
export function compileMatcher(expression: Expression): (source: FieldSource) => boolean {
  const view = new EventView();
  const check = compileExpression(expression, view);
  return (source) => {
    view.show(source);
    return check(view);
  };
}
