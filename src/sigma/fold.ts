// Case-insensitive comparison is comparison of folded texts. The folding is Unicode's simple lower case, one code point
// for one, so that `?` still counts code points, and it stays with Unicode 15 whatever the runtime knows, so that
// DuckDB's lower() folds alike (checked over all code points in duckdb-sql.test.ts). String.prototype.toLowerCase
// is neither: it turns İ into two code points and looks at what follows a Σ.

/** @returns the text itself when it has nothing to fold */
export function fold(text: string): string {
  let ascii = true;
  let upper = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) {
      ascii = false;
      break;
    }
    if (code >= 0x41 && code <= 0x5a) upper = true;
  }
  if (ascii) return upper ? text.toLowerCase() : text;
  let folded = '';
  for (const char of text) folded += foldOne(char);
  return folded;
}

function foldOne(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x130) return 'i';
  if (code >= 0x1c89 && isYoung(code)) return char;
  return char.toLowerCase();
}

/** Cased letters that came with Unicode 16 and 17. */
function isYoung(code: number): boolean {
  if (code === 0x1c89 || (code >= 0xa7cb && code <= 0xa7cf)) return true;
  if (code >= 0xa7d2 && code <= 0xa7d5) return true;
  if (code >= 0xa7da && code <= 0xa7dd) return true;
  return (code >= 0x10d50 && code <= 0x10d65) || (code >= 0x16ea0 && code <= 0x16eb8);
}

/** Whether a text has letters beyond ASCII of two cases: what folds ASCII alone compares them as they stand. */
export function hasOtherCases(text: string): boolean {
  if (!/[^\x00-\x7f]/.test(text)) return false;
  for (const char of text) if (char > '\x7f' && char.toLowerCase() !== char.toUpperCase()) return true;
  return false;
}
