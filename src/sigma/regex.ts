import { RE2JS } from 're2js';
import { messageOf } from '../base/errors.ts';

interface RegexOptions {
  readonly source: string;
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** Longest expression taken, characters: RE2's program grows with it. */
const maxLength = 4_096;

/**
 * Compiles a rule's regular expression into a search. The engine is RE2, linear in the text whatever the expression.
 *
 * A native RegExp backtracks, so it would be safe only where there is nothing to backtrack over. The one case taken
 * here needs none at all: an expression without a single metacharacter is a search for a substring.
 *
 * @throws Error when RE2 cannot take it (look-around, back-references)
 */
export function compileRegex(options: RegexOptions): (text: string) => boolean {
  const { source } = options;
  if (source.length > maxLength) throw new Error(`the expression is longer than ${maxLength} characters`);
  const literal = literalRegex(source);
  if (literal !== undefined && !options.ignoreCase) return (text) => text.includes(literal);
  const flags =
    (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
    (options.multiline ? RE2JS.MULTILINE : 0) |
    (options.dotAll ? RE2JS.DOTALL : 0);
  const compiled = RE2JS.compile(source, flags);
  return (text) => compiled.test(text);
}

/** What RE2 does not take in an expression, in words; undefined when it takes it. */
export function regexFault(options: RegexOptions): string | undefined {
  if (isEverydayRegex(options.source)) return undefined;
  try {
    compileRegex(options);
    return undefined;
  } catch (thrown) {
    if (/\(\?<?[=!]/.test(options.source)) return 'look-around in a regular expression';
    return `this regular expression (${messageOf(thrown).replace(/^error parsing regexp: /, '')})`;
  }
}

/**
 * Whole expressions of ASCII texts, the usual classes, groups without flags, alternatives, and one repetition behind each.
 * Every alternative begins with characters of its own, so there is one way to read an expression and nothing to backtrack over.
 */
const everyday =
  /^(?:(?:[ !"#%&',/0-9:;<=>@A-Z_`a-z~-]|\\[dDwWsS!-/:-@[-`{-~]|\.|\[\^?(?:0-9|a-[fz]|A-[FZ]|[ !"#%&'*+,./0-9:;<=>?@A-Z_a-z]|\\[dws])+\])(?:(?:[*+?]|\{[0-9]{1,2},?\})\??)?|[\^$|]|\((?:\?:)?|\)(?:[*+?]\??)?)*$/;

/** Whether RE2 takes an expression for certain: compiling it only to see costs more than the whole conversion of a rule. */
export function isEverydayRegex(source: string): boolean {
  if (source.length > maxLength || !everyday.test(source)) return false;
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '(') depth++;
    else if (source[at] === ')') depth--;
    if (depth < 0 || depth > 100) return false;
  }
  return depth === 0;
}

/** The text that an expression without metacharacters searches for; an escaped punctuation mark stands for itself. */
function literalRegex(source: string): string | undefined {
  let text = '';
  for (let at = 0; at < source.length; at++) {
    let char = source[at];
    if (char === '\\') {
      char = source[++at] ?? '';
      if (!/^[!-/:-@[-`{-~]$/.test(char)) return undefined;
    } else if ('.*+?()[]{}|^$'.includes(char)) return undefined;
    text += char;
  }
  return text;
}

/**
 * A text that every match of the expression contains, or undefined when none is evident: the longest run of plain
 * characters outside groups, classes and alternatives that is not made optional. Used only to skip work.
 */
export function requiredLiteral(source: string): string | undefined {
  let best = '';
  let run = '';
  let depth = 0;
  const end = (): void => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '|' && depth === 0) return undefined;
    if (char === '(') {
      // An inline flag may change the meaning of all that follows.
      if (/^\(\?[a-zA-Z^-]/.test(source.slice(at, at + 3))) return undefined;
      depth++;
      end();
    } else if (char === ')') {
      depth--;
      end();
    } else if (char === '[') {
      end();
      at++;
      if (source[at] === '^') at++;
      if (source[at] === ']') at++;
      // A named class inside would end early here; such a rule is not worth an index entry.
      for (; at < source.length && source[at] !== ']'; at++) {
        if (source[at] === '[') return undefined;
        if (source[at] === '\\') at++;
      }
    } else if ('*?{'.includes(char)) {
      if (depth === 0) run = run.slice(0, -1);
      end();
      if (char === '{') at = source.indexOf('}', at) < 0 ? source.length : source.indexOf('}', at);
    } else if (char === '+') {
      end();
    } else if (char === '.' || char === '^' || char === '$') end();
    else if (char === '\\') {
      const next = source[++at] ?? '';
      if (depth === 0 && /^[!-/:-@[-`{-~]$/.test(next)) run += next;
      else if (/^[dDwWsSbBAzntrfv]$/.test(next)) end();
      else return undefined;
    } else if (depth === 0) run += char;
  }
  end();
  return best === '' ? undefined : best;
}
