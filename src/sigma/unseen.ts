import { safeText } from '../base/safe-text.ts';

/**
 * Writes what does not show (controls, direction marks, zero-width characters) as escapes of UTF-16 units, for languages
 * that read `\uXXXX` in their texts: a query is to be read, and copied, as it stands.
 */
export function escapeUnseen(text: string): string {
  let written = '';
  for (const char of text) {
    if (char === '\n' || safeText(char) === char) written += char;
    else
      for (let at = 0; at < char.length; at++)
        written += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return written;
}
