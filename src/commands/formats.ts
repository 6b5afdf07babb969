import { listed } from '../base/plain-words.ts';
import { fitCells, safeText, wrapCells } from '../base/safe-text.ts';
import type { Catalogue } from './catalogue.ts';
import { widthOf, writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

/** What Offtrail reads, with a sample of each and what it cannot see. */
export async function listFormats(
  { formats }: Catalogue,
  { json }: { readonly json?: boolean },
  streams: Streams,
): Promise<number> {
  const loaded = await Promise.all(formats.map((entry) => entry.load()));
  const width = Math.max(60, widthOf(streams));
  const pieces = loaded.map(({ name, title, yields, lateness, blindness, sample }) => {
    if (json) return `${JSON.stringify({ name, title, yields, lateness, blindness, sample })}\n`;
    const lines = [
      `${name}: ${title}`,
      `  yields ${listed(yields.map((kind) => plural(kind)))}`,
      ...blindness.flatMap((blind) =>
        wrapCells(`blind to: ${blind}`, width - 4).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`)),
      ),
      ...(sample === '' ? [] : [`  ${fitCells(safeText(sample.split('\n').at(-1) ?? ''), width - 2)}`]),
    ];
    return `${lines.join('\n')}\n\n`;
  });
  await writeAll(streams.out, pieces);
  return 0;
}

function plural(kind: string): string {
  return kind === 'query' ? 'queries' : `${kind}s`;
}
