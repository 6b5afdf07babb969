import type { LinkedCorrelation } from './collection.ts';
import { type Feed, feedOf, isMonotone, mergeParts, refuse } from './language.ts';
import type { Mapping } from './mapping.ts';

// What languages without sliding windows share: theirs are wider than the rule's, so that none of its is missed, and what
// is wider is said beside the query.

/** A correlation whose answer only grows with its window. */
interface WiderCorrelation {
  /** With the parts merged that are read from one place. */
  readonly rule: LinkedCorrelation;
  /** At least one. */
  readonly feeds: readonly Feed[];
}

/** @throws SigmaError for what a wider window would get wrong */
export function widerCorrelation(
  whole: LinkedCorrelation,
  language: string,
  mapping: Mapping,
  notes: Set<string>,
): WiderCorrelation {
  const rule = mergeParts(whole, mapping);
  if (rule.parts.some((part) => part.rule.kind === 'correlation'))
    refuse(whole, language, 'correlations of correlations');
  if (!isMonotone(rule))
    refuse(whole, language, 'its windows are wider than the rule’s, so only lower bounds of counts are safe');
  if (rule.rule.type === 'temporal_ordered')
    notes.add(
      'Wider than the rule: of the order it is only asked that each rule matched before the last match of the next.',
    );
  return { rule, feeds: rule.parts.map((_, index) => feedOf(rule, index, mapping)) };
}

/** Comparisons as most languages write them. */
export const signs = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '==' } as const;

/** Where an engine turns texts into numbers its own way. */
export const numbersInTexts =
  'A text counts as a number where the engine reads it as one: 1e3 and blanks around it may count, which the rule does not ask for.';

/** A number of a rule without what languages do not read: a plus in front, zeros before the first digit. */
export function plainNumber(text: string): string {
  return text.replace(/^\+/, '').replace(/^(-?)0+(?=[0-9])/, '$1');
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text in double quotes, with backslashes before what would end it. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"\n\r\t]/g, (char) => escapes[char])}"`;
}
