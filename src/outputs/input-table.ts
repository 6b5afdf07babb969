import { counted, grouped, spanOf } from '../base/plain-words.ts';
import { safeText, wrapCells } from '../base/safe-text.ts';
import type { Summary } from '../model/incident.ts';
import { table } from './page.ts';
import type { Page } from './page.ts';

const rowsAtMost = 40;

/** What was read: a line for each input, then what was skipped and noted of each, and what the run itself lost. */
export function inputTable(page: Page, summary: Summary, verbose: boolean): string[] {
  // Those that were read come first: a folder may hold a thousand others.
  const all = summary.inputs.toSorted((x, y) => unread(x) - unread(y));
  const inputs = verbose ? all : all.slice(0, rowsAtMost);
  const rows = inputs.map(({ name, format, bytes, records, events, skipped }) => [
    name,
    format ?? 'not recognised',
    format === null ? '' : sizeOf(bytes),
    grouped(records),
    grouped(events),
    grouped(skipped.reduce((sum, { count }) => sum + count, 0)),
  ]);
  const lines = [
    page.paint('Read', 'bold'),
    ...table(page, ['input', 'format', 'size', 'records', 'events', 'skipped'], rows, 2, 3, 4, 5),
    ...(inputs.length < all.length
      ? [`  … and ${counted(all.length - inputs.length, 'other')} (in full with -v)`]
      : []),
  ];
  for (const { name, skipped, notes } of inputs) {
    for (const { reason, count, examples } of skipped) {
      const example =
        examples[0] && isText(examples[0].raw)
          ? ` (line ${grouped(examples[0].line)}: ${examples[0].raw})`
          : '';
      lines.push(...page.cut(`${name}: skipped ${grouped(count)}: ${reason}${example}`, 2));
    }
    for (const { note, count } of notes) {
      const times = count > 1 ? ` (${grouped(count)} times)` : '';
      lines.push(
        ...wrapCells(safeText(`${name}: ${note}${times}`), page.width - 2).map((line) => `  ${line}`),
      );
    }
  }
  if (summary.late > 0)
    lines.push(`  ${counted(summary.late, 'event')} came too late for the short windows.`);
  if (summary.evicted > 0) {
    lines.push(
      `  Memory was full: ${counted(summary.evicted, 'entry', 'entries')} had to go; counts may be too low.`,
    );
  }
  if (summary.suspectsDropped > 0) {
    lines.push(
      `  More suspects than fit: ${counted(summary.suspectsDropped, 'suspect')} with the least to say of are not listed.`,
    );
  }
  const rate = summary.took > 0 ? (summary.events / summary.took) * 1000 : 0;
  const speed = summary.events > 100_000 ? `, ${grouped(Math.round(rate / 1000) * 1000)} events/s` : '';
  lines.push(page.paint(`  in ${spanOf(summary.took * 1000)}${speed}`, 'dim'));
  return lines;
}

const unread = ({ format }: Summary['inputs'][number]): number => (format === null ? 1 : 0);

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Binary records are no example that helps anybody. */
function isText(raw: string): boolean {
  return raw !== '' && !/[\uFFFD\0]/.test(raw);
}
