import type { Pattern, PatternPart } from './tree.ts';

const any: PatternPart = Object.freeze({ kind: 'any' });
const one: PatternPart = Object.freeze({ kind: 'one' });

/**
 * Reads a Sigma string (specification 2.1.0, "Escaping"): `*` and `?` are wildcards, `\*` and `\?` are the characters,
 * `\\*` is a backslash and a wildcard, three backslashes and a star are a backslash and a star. A backslash that
 * escapes nothing is plain, and a pair of them away from a wildcard is one plain backslash.
 */
export function parsePattern(text: string): Pattern {
  if (!/[\\*?]/.test(text)) return literalPattern(text);
  const parts: PatternPart[] = [];
  let run = '';
  const flush = (): void => {
    if (run !== '') parts.push({ kind: 'text', text: run });
    run = '';
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\' && at + 1 < text.length && '\\*?'.includes(text[at + 1])) run += text[++at];
    else if (char === '*' || char === '?') {
      flush();
      // Two stars mean what one does.
      if (char === '?' || parts.at(-1)?.kind !== 'any') parts.push(char === '*' ? any : one);
    } else run += char;
  }
  flush();
  return parts;
}

/** A pattern that is the text itself. */
export function literalPattern(text: string): Pattern {
  return text === '' ? [] : [{ kind: 'text', text }];
}

/** The text of a pattern without wildcards; undefined when it has any. */
export function literalOf(pattern: Pattern): string | undefined {
  let text = '';
  for (const part of pattern) {
    if (part.kind !== 'text') return undefined;
    text += part.text;
  }
  return text;
}

/** Puts `*` before, after or around. */
export function widen(pattern: Pattern, before: boolean, after: boolean): Pattern {
  const parts = before && pattern[0]?.kind !== 'any' ? [any, ...pattern] : [...pattern];
  if (after && parts.at(-1)?.kind !== 'any') parts.push(any);
  return parts;
}

/** Joins neighbouring texts, which substitution leaves behind. */
export function tidy(pattern: Pattern): Pattern {
  const parts: PatternPart[] = [];
  for (const part of pattern) {
    const last = parts.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
    else if (part.kind !== 'any' || last?.kind !== 'any') parts.push(part);
  }
  return parts;
}

type Shape =
  | { readonly kind: 'equal' | 'contains' | 'startswith' | 'endswith'; readonly text: string }
  | { readonly kind: 'anything' }
  | { readonly kind: 'wild' };

/** The simplest way to say a pattern: one literal with stars at its ends, or truly `wild`. */
export function shapeOf(pattern: Pattern): Shape {
  const { length } = pattern;
  const before = length > 0 && pattern[0].kind === 'any';
  const after = length > 0 && pattern[length - 1].kind === 'any';
  if (before && length === 1) return { kind: 'anything' };
  let text = '';
  for (let at = before ? 1 : 0; at < (after ? length - 1 : length); at++) {
    const part = pattern[at];
    if (part.kind !== 'text') return { kind: 'wild' };
    text += part.text;
  }
  if (before) return { kind: after ? 'contains' : 'endswith', text };
  return { kind: after ? 'startswith' : 'equal', text };
}

/**
 * A pattern in a language that has its own words for wildcards; undefined placeholders are the caller's fault.
 *
 * @param literal escapes a run of literal text
 */
export function renderPattern(
  pattern: Pattern,
  literal: (text: string) => string,
  star: string,
  mark: string,
): string {
  let text = '';
  for (const part of pattern)
    text += part.kind === 'text' ? literal(part.text) : part.kind === 'any' ? star : mark;
  return text;
}
