import { cellsOf, fitCells, padCells, safeText, wrapCells } from '../base/safe-text.ts';
import type { OutputOptions } from '../model/output.ts';

/** Cells of a label in the margin. */
export const labelCells = 12;
/** Longer texts are cut unless everything is asked for: a path may have 64 KB. */
const itemCells = 400;
const widthAtMost = 120;
/** Narrower terminals wrap by themselves. */
const widthAtLeast = 78;

export type Style = 'bold' | 'dim' | 'red' | 'magenta' | 'yellow' | 'cyan' | 'green';
const codes: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  magenta: '35',
  cyan: '36',
};

/** Lays out lines for one width; the only place that writes escape codes. */
export class Page {
  readonly width: number;
  readonly #color: boolean;
  readonly #verbose: boolean;

  constructor({ width, color, verbose }: OutputOptions) {
    this.#verbose = verbose;
    this.width = Math.min(widthAtMost, Math.max(widthAtLeast, width));
    this.#color = color;
  }

  paint(text: string, ...styles: readonly Style[]): string {
    if (!this.#color || text === '') return text;
    return `\u001b[${styles.map((style) => codes[style]).join(';')}m${text}\u001b[0m`;
  }

  text(...lines: readonly string[]): string {
    return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
  }

  /** Cells beside a label. */
  get itemWidth(): number {
    return this.width - 2 - labelCells;
  }

  /** Safe to print, and not too long. */
  short(text: string): string {
    const safe = safeText(text);
    return this.#verbose ? safe : fitCells(safe, itemCells);
  }

  /** A label in the margin, the text beside it, wrapped. */
  labelled(label: string, items: readonly string[], mark = ''): string[] {
    const cells = this.itemWidth;
    const lines = items.flatMap((item) =>
      wrapCells(this.short(item), cells - mark.length).map((line, i) =>
        i === 0 ? mark + line : ' '.repeat(mark.length) + line,
      ),
    );
    return lines.map((line, i) => {
      const margin = padCells(i === 0 ? label : '', labelCells);
      return `  ${this.paint(margin, 'dim')}${line}`;
    });
  }

  /** At most so many lines; what does not fit is cut. */
  cut(text: string, indent: number, atMost = 1): string[] {
    const cells = this.width - indent;
    const lines = wrapCells(fitCells(safeText(text), cells * atMost), cells);
    // Wrapping leaves cells free at the ends of lines.
    if (lines.length > atMost) lines.splice(atMost - 1, Infinity, fitCells(`${lines[atMost - 1]} …`, cells));
    return lines.map((line) => ' '.repeat(indent) + line);
  }
}

/** Columns as wide as their widest cell; the first, the fourth (kinds), then the third (who) give way when the page is narrow. */
export function table(
  page: Page,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  ...right: readonly number[]
): string[] {
  const safe = rows.map((row) => row.map((cell) => safeText(cell)));
  const widths = heads.map((head, i) => Math.max(head.length, ...safe.map((row) => cellsOf(row[i]))));
  const total = (): number => widths.reduce((sum, width) => sum + width + 2, 2);
  for (const [column, least] of [
    [0, 16],
    [3, 14],
    [2, 15],
    [1, 12],
  ] as const) {
    const over = total() - page.width;
    if (over > 0) widths[column] = Math.max(Math.min(least, widths[column]), widths[column] - over);
  }
  const line = (cells: readonly string[]): string =>
    `  ${cells
      .map((cell, i) => {
        const fitted = fitCells(cell, widths[i]);
        return right.includes(i)
          ? ' '.repeat(Math.max(0, widths[i] - cellsOf(fitted))) + fitted
          : padCells(fitted, widths[i]);
      })
      .join('  ')}`;
  return [page.paint(line(heads), 'dim'), ...safe.map(line)];
}
