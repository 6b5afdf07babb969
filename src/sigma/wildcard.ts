import { fold } from './fold.ts';
import { shapeOf } from './pattern.ts';
import type { Pattern, PatternPart } from './tree.ts';

/**
 * A pattern as a test of one text. Without `cased` the text must come folded.
 *
 * Between two `*` stands a segment; the leftmost place that fits is as good as any other, so there is no backtracking
 * over stars: the cost is text × longest segment at worst.
 */
export function compilePattern(pattern: Pattern, cased: boolean): (text: string) => boolean {
  const shape = shapeOf(pattern);
  if (shape.kind === 'anything') return () => true;
  if (shape.kind !== 'wild') {
    const text = cased ? shape.text : fold(shape.text);
    if (shape.kind === 'equal') return (value) => value === text;
    if (shape.kind === 'contains') return (value) => value.includes(text);
    return shape.kind === 'startswith' ? (value) => value.startsWith(text) : (value) => value.endsWith(text);
  }
  const segments: PatternPart[][] = [[]];
  for (const part of pattern)
    if (part.kind === 'any') segments.push([]);
    else
      segments[segments.length - 1].push(
        part.kind === 'text' && !cased ? { kind: 'text', text: fold(part.text) } : part,
      );
  const [first, ...rest] = segments;
  const last = rest.pop();
  return (value) => {
    let at = fits(first, value, 0);
    if (last === undefined) return at === value.length;
    if (at < 0) return false;
    for (const segment of rest) {
      at = find(segment, value, at);
      if (at < 0) return false;
    }
    const start = endStart(last, value);
    return start >= at && fits(last, value, start) === value.length;
  };
}

/** Where a segment that starts at `at` ends; -1 when it does not fit there. */
function fits(segment: readonly PatternPart[], value: string, at: number): number {
  for (const part of segment)
    if (part.kind === 'text') {
      if (!value.startsWith(part.text, at)) return -1;
      at += part.text.length;
    } else {
      if (at >= value.length) return -1;
      at += (value.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    }
  return at;
}

function find(segment: readonly PatternPart[], value: string, from: number): number {
  const [head] = segment;
  for (let at = from; at <= value.length; at++) {
    if (head.kind === 'text') {
      at = value.indexOf(head.text, at);
      if (at < 0) return -1;
    }
    const end = fits(segment, value, at);
    if (end >= 0) return end;
    // Never start in the middle of a surrogate pair.
    if ((value.codePointAt(at) ?? 0) > 0xffff) at++;
  }
  return -1;
}

/** Where a segment must start to end with the value. */
function endStart(segment: readonly PatternPart[], value: string): number {
  let at = value.length;
  for (const part of segment.toReversed())
    if (part.kind === 'text') at -= part.text.length;
    else {
      const low = value.charCodeAt(at - 1);
      at -= low >= 0xdc00 && low <= 0xdfff && at >= 2 ? 2 : 1;
    }
  return at;
}
