/*
 * Text that an attacker wrote (paths, agents, names, banners, whole log lines) is shown, never obeyed. What a terminal, a
 * viewer or an eye could take for something else is written as an escape.
 */

// C: C0 and C1 controls (ANSI sequences begin with one), DEL, formats (bidirectional controls, zero width, tags), lone
// surrogates, what is not assigned. Zl, Zp: line and paragraph separators. DI: what draws nothing, variation selectors too.
const unsafe = /[\p{C}\p{Zl}\p{Zp}\p{DI}]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Visible escapes instead of control characters: '\x1b', '\u202e', '\n'; what is harmless stays as it is. */
export function safeText(text: string): string {
  return text.replace(unsafe, (character) => {
    const known = named[character];
    if (known) return known;
    const code = character.codePointAt(0)!;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x1_0000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

// JSON leaves C1 controls, line separators and bidirectional controls as they are; a terminal obeys them.
const invisible = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON on one line that is safe to show on a terminal and reads back as the same value. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    invisible,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// East Asian wide and fullwidth ranges, and emoji that terminals draw two cells wide (Unicode 16, the blocks in use).
const wide =
  /[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f004}\u{1f0cf}\u{1f18e}\u{1f191}-\u{1f19a}\u{1f200}-\u{1f320}\u{1f32d}-\u{1f335}\u{1f337}-\u{1f37c}\u{1f37e}-\u{1f393}\u{1f3a0}-\u{1f3ca}\u{1f3cf}-\u{1f3d3}\u{1f3e0}-\u{1f3f0}\u{1f3f4}\u{1f3f8}-\u{1f43e}\u{1f440}\u{1f442}-\u{1f4fc}\u{1f4ff}-\u{1f53d}\u{1f54b}-\u{1f54e}\u{1f550}-\u{1f567}\u{1f57a}\u{1f595}\u{1f596}\u{1f5a4}\u{1f5fb}-\u{1f64f}\u{1f680}-\u{1f6c5}\u{1f6cc}\u{1f6d0}-\u{1f6d2}\u{1f6d5}-\u{1f6d7}\u{1f6dc}-\u{1f6df}\u{1f6eb}\u{1f6ec}\u{1f6f4}-\u{1f6fc}\u{1f7e0}-\u{1f7eb}\u{1f7f0}\u{1f90c}-\u{1f93a}\u{1f93c}-\u{1f945}\u{1f947}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{M}/u;

/** Cells that the text takes on a terminal; of text that {@link safeText} has made safe. */
export function cellsOf(text: string): number {
  if (!/[^\x20-\x7e]/.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += combining.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return cells;
}

/** At most `cells` cells; what was cut is marked with '…'. */
export function fitCells(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  let fitted = '';
  let used = 0;
  for (const character of text) {
    const width = cellsOf(character);
    if (used + width > cells - 1) break;
    fitted += character;
    used += width;
  }
  return `${fitted}…`;
}

/** Lines of at most `cells` cells, broken at spaces where there are any. */
export function wrapCells(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const flush = (): void => {
    lines.push(line);
    line = '';
    used = 0;
  };
  for (const word of text.split(' ')) {
    let rest = word;
    let width = cellsOf(rest);
    if (used > 0 && used + 1 + width > cells) flush();
    while (width > cells) {
      let head = '';
      let headCells = 0;
      for (const character of rest) {
        const next = cellsOf(character);
        if (headCells + next > cells) break;
        head += character;
        headCells += next;
      }
      if (head === '') break;
      lines.push(head);
      rest = rest.slice(head.length);
      width = cellsOf(rest);
    }
    if (used > 0) {
      line += ' ';
      used++;
    }
    line += rest;
    used += width;
  }
  if (line !== '' || lines.length === 0) flush();
  return lines;
}

/** `text` and spaces up to `cells`. */
export function padCells(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - cellsOf(text)));
}
