import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rangeKinds } from '../model/context.ts';
import type { RangeEntry, RangeList } from '../model/context.ts';
import { PrefixTable } from '../model/prefix-table.ts';
import { readContextFile } from './context-file.ts';
import type { Problems } from './context-file.ts';
import { listDate } from './list-date.ts';
import type { RangeItem } from './range-entry.ts';
import { readRanges } from './range-file.ts';

/*
 * The context folder: one list a file, in a form that people can read and other tools too.
 *
 *   # offtrail: bot
 *   # name: Googlebot
 *   # source: https://developers.google.com/…/googlebot.json
 *   # date: 2026-06-30
 *   # agents: Googlebot
 *   # hosts: googlebot.com, google.com
 *   192.0.2.0/27
 *   192.0.2.64/27,2026-06-28,a label
 */

/** What a list says of itself. */
export type ListHead = Omit<RangeList, 'entries'>;

const suffix = '.netset';

const listFile = ({ kind, name }: Pick<ListHead, 'kind' | 'name'>): string =>
  `${kind}-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}${suffix}`;

/** Replaces the list in one step: who reads meanwhile sees the old one or the new one. */
export function writeList(folder: string, head: ListHead, items: readonly RangeItem[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, listFile(head));
  const line = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ');
  const lines = [
    `# offtrail: ${head.kind}`,
    `# name: ${line(head.name)}`,
    `# source: ${line(head.source)}`,
    ...(Number.isNaN(head.date) ? [] : [`# date: ${dayOf(head.date)}`]),
    ...(head.agents.length > 0 ? [`# agents: ${line(head.agents.join(', '))}`] : []),
    ...(head.hosts.length > 0 ? [`# hosts: ${line(head.hosts.join(', '))}`] : []),
    ...items.map(({ block, date, label }) => {
      if (Number.isNaN(date) && label === '') return block.text;
      const when = Number.isNaN(date) ? '' : dayOf(date);
      return label === '' ? `${block.text},${when}` : `${block.text},${when},${cell(label)}`;
    }),
  ];
  writeFileSync(`${path}.new`, `${lines.join('\n')}\n`);
  renameSync(`${path}.new`, path);
  return path;
}

/** '2026-06-30'. */
const dayOf = (micros: number): string => new Date(micros / 1000).toISOString().slice(0, 10);

const cell = (text: string): string => `"${text.replaceAll(/[\r\n]+/g, ' ').replaceAll('"', '""')}"`;

/** The blocks that a list of the folder has now, as texts; empty when it is not there. */
export function blocksInForce(folder: string, head: ListHead): Set<string> {
  const path = join(folder, listFile(head));
  if (!existsSync(path)) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n');
  return new Set(
    lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(',')[0]),
  );
}

export interface RangeLists {
  readonly table: PrefixTable<RangeEntry>;
  readonly lists: readonly RangeList[];
}

/** Every list of these folders; a list of a later folder replaces one of the same kind and name. */
export function readLists(folders: readonly string[], problems: Problems): RangeLists {
  const byName = new Map<string, { head: ListHead; items: readonly RangeItem[] }>();
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)
      .filter((entry) => entry.endsWith(suffix))
      .sort()) {
      const file = join(folder, name);
      const bytes = readContextFile(file, problems);
      if (!bytes) continue;
      const { items, head: words } = readRanges(file, bytes, problems);
      const head = headOf(words);
      if (typeof head === 'string') problems.add(file, 1, head);
      else byName.set(listFile(head), { head, items });
    }
  }
  const lists: RangeList[] = [];
  const entries = [...byName.values()].flatMap(({ head, items }) => {
    const list: RangeList = { ...head, entries: items.length };
    lists.push(list);
    return items.map(({ block, date, label }) => ({
      block,
      value: { list, block: block.text, date, label },
    }));
  });
  return { table: new PrefixTable(entries), lists };
}

function headOf(words: Readonly<Record<string, string>>): ListHead | string {
  const kind = rangeKinds.find((known) => known === words.offtrail);
  if (!kind) return `expected '# offtrail: KIND' with one of ${rangeKinds.join(', ')}`;
  if (!words.name) return "expected '# name: NAME'";
  const list = (text = ''): string[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return {
    kind,
    name: words.name,
    source: words.source ?? '',
    date: listDate(words.date ?? ''),
    agents: list(words.agents),
    hosts: list(words.hosts),
  };
}
