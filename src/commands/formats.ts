import { listed } from '../base/plain-words.ts';
import { fitCells, safeText, wrapCells } from '../base/safe-text.ts';
import type { EventKindName } from '../model/event.ts';
import type { Catalogue } from './catalogue.ts';
import { widthOf, writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

/** What the detectors can make of each kind of event, in the words of a finding's kind. */
const shows: Record<EventKindName, readonly string[]> = {
  contact: [
    'vertical, horizontal and block scans',
    'sweeps',
    'slow scans and campaigns',
    'first contacts',
    'stealth scans, banner grabs and fingerprints where the sensor logs flags, headers or payload',
  ],
  request: ['wordlists', 'vulnerability scanners', 'web fingerprinting', 'virtual hosts'],
  query: ['DNS enumeration', 'zone transfers', 'reverse sweeps', 'version queries'],
  alert: ['what another sensor says, beside other findings'],
  login: ['what followed a scan'],
};

/** What Offtrail reads, with a sample of each and what it cannot see. */
export async function listFormats(
  { formats }: Catalogue,
  { json }: { readonly json?: boolean },
  streams: Streams,
): Promise<number> {
  const loaded = await Promise.all(formats.map((entry) => entry.load()));
  const width = Math.max(60, widthOf(streams));
  const pieces = loaded.map(({ name, title, yields, lateness, blindness, sample }) => {
    const detects = yields.flatMap((kind) => shows[kind]);
    if (json) return `${JSON.stringify({ name, title, yields, detects, lateness, blindness, sample })}\n`;
    const lines = [
      `${name}: ${title}`,
      `  yields ${listed(yields.map((kind) => plural(kind)))}`,
      ...[`can show: ${detects.join(', ')}`, ...blindness.map((blind) => `blind to: ${blind}`)].flatMap(
        (text) => wrapCells(text, width - 4).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`)),
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
