// Kusto's regular expressions are those of Rust's regex crate: \d, \w and \s know all of Unicode there, a bracket, & and ~
// mean more inside a class, and a lone brace is an error. A rule's expression (RE2) is read here and written so that it
// keeps its meaning. https://learn.microsoft.com/kusto/query/regex

const classes: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_', s: String.raw`\t\n\f\r ` };
/** What may stand behind a backslash in both, with one meaning. */
const shared = /^[\\.+*?()|[\]{}^$#&~aftnrvAzBbx-]$/;

/** The expression for Kusto, or why there is none; `boundary`: it asks for a boundary of words. */
export function kustoRegex(source: string): { text: string; boundary: boolean } | { reason: string } {
  let text = '';
  let boundary = false;
  let at = 0;
  /** An escape, inside a class or outside; undefined when there is none in Kusto. */
  const escape = (inside: boolean): string | undefined => {
    const char = source[at + 1] ?? '';
    at += 2;
    const set = classes[char.toLowerCase()];
    if (set !== undefined) {
      if (char.toLowerCase() === char) return inside ? set : `[${set}]`;
      return `[^${set}]`;
    }
    if (/^[bB]$/.test(char)) boundary = true;
    if (/^[pP]$/.test(char)) return `\\${char}`;
    if (shared.test(char)) return `\\${char}`;
    return /^[!-/:-@[-`{-~]$/.test(char) ? char : undefined;
  };
  while (at < source.length) {
    const char = source[at];
    if (char === '\\') {
      const found = escape(false);
      if (found === undefined) return { reason: `the escape \\${source[at - 1] ?? ''}` };
      text += found;
    } else if (char === '[') {
      const end = classEnd(source, at);
      let from = at + 1;
      text += '[';
      if (source[from] === '^') text += source[from++];
      at = from;
      while (at < end) {
        const inner = source[at];
        const named = /^\[:\^?[a-z]+:\]/.exec(source.slice(at, end))?.[0];
        if (named !== undefined) {
          text += named;
          at += named.length;
        } else if (inner === '\\') {
          const found = escape(true);
          if (found === undefined) return { reason: `the escape \\${source[at - 1] ?? ''}` };
          text += found;
        } else {
          const range =
            inner === '-' && at > from && at < end - 1 && source[at - 1] !== '-' && source[at + 1] !== '-';
          text += '[]&~-'.includes(inner) && !range ? `\\${inner}` : inner;
          at++;
        }
      }
      text += ']';
      at = end + 1;
    } else if (char === '{' || char === '}') {
      const repeat = /^\{[0-9]+(?:,[0-9]*)?\}/.exec(source.slice(at))?.[0];
      text += repeat ?? `\\${char}`;
      at += repeat?.length ?? 1;
      // The braces of \x{…} and \p{…} belong to what stands before them.
      if (repeat === undefined && char === '{' && /(?<!\\)\\[pPx]\\\{$/.test(text)) {
        const close = source.indexOf('}', at);
        text = `${text.slice(0, -2)}{${source.slice(at, close)}}`;
        at = close + 1;
      }
    } else {
      text += char;
      at++;
    }
  }
  return { text, boundary };
}

/** Where a class ends that begins at `start`; RE2 takes a bracket right behind the start for a plain one. */
function classEnd(source: string, start: number): number {
  let at = start + 1;
  if (source[at] === '^') at++;
  if (source[at] === ']') at++;
  for (; at < source.length && source[at] !== ']'; at++) {
    if (source[at] === '\\') at++;
    else if (source.startsWith('[:', at)) {
      const close = source.indexOf(':]', at + 2);
      if (close > 0) at = close + 1;
    }
  }
  return at;
}
