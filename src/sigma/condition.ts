import { SigmaError } from './sigma-error.ts';
import { type Expression, type Place, join } from './tree.ts';
import type { SourceScalar } from './source-node.ts';

// The condition grammar, least binding first:
//   or   := and { "or" and }
//   and  := not { "and" not }
//   not  := "not" not | unit
//   unit := "(" or ")" | ("1" | "any" | "all") "of" ("them" | pattern) | identifier
// A word is anything between blanks and parentheses, so that `notsel` and `1 of sel-*` are read as written.

interface Token {
  readonly text: string;
  /** Where it begins in the text of the condition. */
  readonly index: number;
}

const maxWords = 2_000;

/**
 * @param selections what the identifiers of the detection stand for
 * @param mentioned collects the identifiers that were used
 * @throws SigmaError at the word that is wrong
 */
export function parseCondition(
  source: SourceScalar,
  selections: ReadonlyMap<string, Expression>,
  mentioned: Set<string>,
): Expression {
  const tokens = tokensOf(source);
  let at = 0;
  const placeOf = ({ index }: Token): Place => {
    // Within a quoted or folded scalar the column is that of its start: right for the usual one-line condition.
    const shift = source.quoted ? 1 : 0;
    return { ...source.place, column: source.place.column + shift + index };
  };
  const here = (): Place =>
    tokens.length === 0 ? source.place : placeOf(tokens[Math.min(at, tokens.length - 1)]);
  const fault = (reason: string, place = here()): never => {
    throw new SigmaError(reason, place);
  };
  // A selection may be called "and"; a keyword in capitals is one only where nothing is called so.
  const isWord = (word: string, token = tokens[at]): boolean =>
    token !== undefined &&
    (token.text === word || (token.text.toLowerCase() === word && !selections.has(token.text)));

  const select = (name: string): Expression => {
    mentioned.add(name);
    return selections.get(name) ?? fault(`the condition names "${name}", which is not defined`);
  };
  const quantified = (all: boolean): Expression => {
    at += 2;
    const pattern = tokens[at]?.text ?? fault('"of" needs "them" or a pattern', source.place);
    if (pattern === '(' || pattern === ')') fault('"of" needs "them" or a pattern');
    const names = [...selections.keys()].filter((name) =>
      isWord('them') ? !name.startsWith('_') : matchesName(pattern, name),
    );
    if (names.length === 0) fault(`"${pattern}" fits no search identifier`);
    const of = names.map(select);
    at++;
    return join(all ? 'and' : 'or', of);
  };
  const unit = (depth: number): Expression => {
    const token = tokens[at] ?? fault('the condition ends too early', source.place);
    if (depth > 100) fault('the condition is nested more than 100 deep');
    if (token.text === '(') {
      at++;
      const inner = or(depth + 1);
      if (tokens[at]?.text !== ')') fault('a parenthesis is not closed', placeOf(token));
      at++;
      return inner;
    }
    if (token.text === ')') fault('a parenthesis closes that was not opened');
    if (tokens[at + 1] !== undefined && isWord('of', tokens[at + 1])) {
      if (token.text === '1' || isWord('any')) return quantified(false);
      if (isWord('all')) return quantified(true);
      fault(`"${token.text} of" is not in the specification; it knows "1 of" and "all of"`);
    }
    if (!selections.has(token.text) && ['and', 'or', 'of', 'not'].includes(token.text.toLowerCase()))
      fault(`"${token.text}" stands where a search identifier was expected`);
    const found = select(token.text);
    at++;
    return found;
  };
  const not = (depth: number): Expression => {
    let negations = 0;
    while (isWord('not')) {
      at++;
      negations++;
    }
    let of = unit(depth);
    for (; negations > 0; negations--) of = { kind: 'not', of };
    return of;
  };
  const chain = (word: 'and' | 'or', next: (depth: number) => Expression, depth: number): Expression => {
    const of = [next(depth)];
    while (isWord(word)) {
      at++;
      of.push(next(depth));
    }
    return join(word, of);
  };
  const and = (depth: number): Expression => chain('and', not, depth);
  const or = (depth: number): Expression => chain('or', and, depth);

  if (tokens.length === 0) fault('the condition is empty', source.place);
  const whole = or(0);
  if (at < tokens.length) {
    if (tokens[at].text === '|')
      throw new SigmaError(
        'aggregations after "|" left Sigma with version 2; write a correlation document instead',
        here(),
        undefined,
        true,
      );
    fault(`"${tokens[at].text}" was not expected here`);
  }
  return whole;
}

function tokensOf(source: SourceScalar): Token[] {
  const tokens: Token[] = [];
  for (const match of source.text.matchAll(/[()|]|[^\s()|]+/g)) {
    if (tokens.length === maxWords)
      throw new SigmaError(`the condition has more than ${maxWords} words`, source.place);
    tokens.push({ text: match[0], index: match.index });
  }
  return tokens;
}

/** A name pattern with `*` anywhere; linear, since each run is looked for once. */
function matchesName(pattern: string, name: string): boolean {
  const runs = pattern.split('*');
  if (runs.length === 1) return pattern === name;
  if (!name.startsWith(runs[0])) return false;
  const last = runs[runs.length - 1];
  let at = runs[0].length;
  for (const run of runs.slice(1, -1)) {
    const found = name.indexOf(run, at);
    if (found < 0) return false;
    at = found + run.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
