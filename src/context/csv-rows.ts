import { CsvFields } from '../bytes/csv.ts';

interface CsvRow {
  /** From 1. */
  readonly line: number;
  /** Undefined: a quote that never closes. */
  readonly cells: readonly string[] | undefined;
}

const newline = 10;
const carriage = 13;

/**
 * The rows of a CSV file with its delimiter (comma, semicolon or tab, whichever the first row has most of). Blank lines and
 * comments (#) are left out; a quoted line break is no part of any field that is read here.
 */
export function* csvRows(bytes: Buffer): Generator<CsvRow> {
  const fields = new CsvFields(64);
  let delimiter = 0;
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(newline, start);
    const next = found < 0 ? bytes.length : found + 1;
    let end = found < 0 ? bytes.length : found;
    if (end > start && bytes[end - 1] === carriage) end--;
    if (end > start && bytes[start] !== 35) {
      delimiter ||= delimiterOf(bytes.toString('latin1', start, Math.min(end, start + 4096)));
      const count = fields.split(bytes, start, end, delimiter);
      const cells = Array.from({ length: count }, (_, i) => fields.text(bytes, i).trim());
      if (count === 0) yield { line, cells: undefined };
      else if (cells.some((cell) => cell !== '')) yield { line, cells };
    }
    start = next;
  }
}

function delimiterOf(line: string): number {
  const count = (text: string): number => line.split(text).length;
  const [best] = [',', ';', '\t'].toSorted((x, y) => count(y) - count(x));
  return best.charCodeAt(0);
}

/** A header cell as a plain key: 'IP Address' → 'ip_address'. */
export const columnName = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
