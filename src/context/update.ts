import { statSync } from 'node:fs';
import type { SourceTree } from '../config/context-schema.ts';
import { timeOf } from '../config/values.ts';
import { messageOf } from '../base/errors.ts';
import type { UpdatedList } from '../model/updated-list.ts';
import { contextFileBytes, Problems, readContextFile } from './context-file.ts';
import { listDate } from './list-date.ts';
import type { RangeItem } from './range-entry.ts';
import { readRanges } from './range-file.ts';
import { blocksInForce, writeList } from './range-lists.ts';
import type { ListHead } from './range-lists.ts';

interface UpdateOptions {
  readonly folder: string;
  /** Ask the network for sources with a URL. */
  readonly fetch: boolean;
  /** µs: what has expired is left out, and a source without a date that was fetched is of now. */
  readonly now: number;
}

const fetchMillis = 60_000;

/** Reads a source, and replaces its list in the folder unless nothing in it could be read. */
export async function updateList(
  source: SourceTree,
  { folder, fetch, now }: UpdateOptions,
): Promise<UpdatedList> {
  const problems = new Problems();
  const from = source.file ?? source.url!;
  const nothing = (left: string): UpdatedList => ({
    name: source.name,
    path: '',
    left,
    entries: 0,
    added: 0,
    removed: 0,
    date: Number.NaN,
    source: from,
    problems: problems.list,
  });
  if (source.url !== undefined && !fetch) return nothing('it has a URL, and --fetch was not given');
  const bytes =
    source.file === undefined ? await fetched(from, problems) : readContextFile(source.file, problems);
  if (!bytes) return nothing('it could not be read');
  const { items, head: words } = readRanges(from, bytes, problems);
  const current = distinct(items).filter(({ until }) => !(until < now));
  if (current.length === 0) {
    return nothing(items.length === 0 ? 'nothing in it could be read' : 'everything in it has expired');
  }
  const newest = current.reduce(
    (latest, { date }) => (date > latest || Number.isNaN(latest) ? date : latest),
    Number.NaN,
  );
  const own = source.date === undefined ? listDate(words.date ?? '') : timeOf(source.date);
  const file = source.file === undefined ? now : Math.floor(statSync(source.file).mtimeMs * 1000);
  const head: ListHead = {
    kind: source.kind,
    name: source.name,
    source: source.source ?? words.source ?? from,
    date: Number.isNaN(own) ? (Number.isNaN(newest) ? file : newest) : own,
    agents: source.agents,
    hosts: source.hosts,
  };
  const before = blocksInForce(folder, head);
  const path = writeList(folder, head, current);
  const after = new Set(current.map(({ block }) => block.text));
  return {
    name: source.name,
    path,
    left: '',
    entries: current.length,
    added: [...after].filter((text) => !before.has(text)).length,
    removed: [...before].filter((text) => !after.has(text)).length,
    date: head.date,
    source: head.source,
    problems: problems.list,
  };
}

/** One entry per block, the latest; in the order of the list. */
function distinct(items: readonly RangeItem[]): RangeItem[] {
  const byBlock = new Map<string, RangeItem>();
  for (const item of items) {
    const known = byBlock.get(item.block.text);
    if (!known || item.date > known.date) byBlock.set(item.block.text, item);
  }
  return [...byBlock.values()];
}

async function fetched(url: string, problems: Problems): Promise<Buffer | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchMillis) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of response.body ?? []) {
      size += (piece as Uint8Array).length;
      if (size > contextFileBytes) throw new Error('larger than 256 MiB');
      pieces.push(piece as Uint8Array);
    }
    return Buffer.concat(pieces);
  } catch (error) {
    problems.add(url, 0, messageOf(error));
    return undefined;
  }
}
