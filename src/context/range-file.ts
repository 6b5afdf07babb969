import { messageOf } from '../base/errors.ts';
import { blocksOf } from './address-range.ts';
import type { Problems } from './context-file.ts';
import { columnName, csvRows } from './csv-rows.ts';
import { listDate } from './list-date.ts';
import type { RangeFound, RangeItem } from './range-entry.ts';
import { stixRanges } from './stix.ts';

/*
 * Lists of addresses as their owners publish them: netsets, CSV, the JSON of Google and Bing, MISP warning lists, STIX 2.1
 * bundles. Told apart by content; what is no address is said with its line.
 */

interface RangeFile {
  readonly items: readonly RangeItem[];
  /** What the file says of itself: '# name: Censys' and the like, or the fields of its JSON. */
  readonly head: Readonly<Record<string, string>>;
}

const itemsAtMost = 1_000_000;
/** A block this large (IPv4 /7, IPv6 /15) is a mistake. */
const leastBits4 = 96 + 8;
const leastBits6 = 16;

export function readRanges(file: string, bytes: Buffer, problems: Problems): RangeFile {
  const first = bytes.toString('latin1', 0, 256).trimStart();
  const { found, head } =
    first.startsWith('{') || first.startsWith('[')
      ? jsonRanges(file, bytes, problems)
      : lineRanges(file, bytes, problems);
  const items: RangeItem[] = [];
  for (const { line, text, date, until, label } of found) {
    const blocks = blocksOf(text);
    if (!blocks) {
      problems.add(file, line, `not an address or a network: ${JSON.stringify(text.slice(0, 60))}`);
      continue;
    }
    for (const block of blocks) {
      const least =
        block.bits >= 96 && block.first[2] === 0xffff && block.first[1] === 0 ? leastBits4 : leastBits6;
      if (block.bits < least) problems.add(file, line, `${block.text} is too large to mean anything`);
      else if (items.length < itemsAtMost) items.push({ block, date, until, label });
    }
  }
  if (items.length === itemsAtMost)
    problems.add(file, 0, `more than ${itemsAtMost} entries: the rest is left out`);
  return { items, head };
}

type Found = RangeFound & { readonly line: number };

const bare = { date: Number.NaN, until: Number.NaN, label: '' };

function jsonRanges(
  file: string,
  bytes: Buffer,
  problems: Problems,
): { found: Found[]; head: Record<string, string> } {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    problems.add(file, 0, `not JSON: ${messageOf(error).slice(0, 120)}`);
    return { found: [], head: {} };
  }
  const plain = (texts: readonly unknown[]): Found[] =>
    texts.flatMap((text) => (typeof text === 'string' ? [{ text, line: 0, ...bare }] : []));
  if (Array.isArray(value)) return { found: plain(value), head: {} };
  const top = value as Record<string, unknown>;
  if (top.type === 'bundle' && Array.isArray(top.objects)) {
    const reasons = new Map<string, number>();
    const found = stixRanges(top.objects, (reason) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
    for (const [reason, count] of reasons) problems.add(file, 0, `left out ${count} times: ${reason}`);
    return { found: found.map((range) => ({ ...range, line: 0 })), head: {} };
  }
  if (Array.isArray(top.prefixes)) {
    const texts = (top.prefixes as Record<string, unknown>[]).map(
      (prefix) => prefix?.ipv4Prefix ?? prefix?.ipv6Prefix ?? prefix?.ip_prefix ?? prefix?.ipv6_prefix,
    );
    return { found: plain(texts), head: headOf({ date: top.creationTime }) };
  }
  if (Array.isArray(top.list)) {
    const { name, description, version } = top;
    return { found: plain(top.list), head: headOf({ name, source: description, date: version }) };
  }
  problems.add(
    file,
    0,
    'JSON of an unknown shape: expected prefixes, list, a STIX bundle or a list of texts',
  );
  return { found: [], head: {} };
}

function headOf(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[key, String(value).slice(0, 300)]] : [],
    ),
  );
}

const addressColumns = [
  'ip',
  'ip_address',
  'address',
  'network',
  'cidr',
  'prefix',
  'indicator',
  'ioc_value',
  'ioc',
  'dst_ip',
  'src_ip',
  'value',
];
const dateColumns = [
  'last_seen',
  'last_seen_utc',
  'last_online',
  'date',
  'modified',
  'first_seen',
  'first_seen_utc',
  'since',
];
const labelColumns = [
  'label',
  'malware',
  'threat',
  'threat_type',
  'category',
  'type',
  'tags',
  'description',
  'comment',
  'name',
];

/** One entry a line, or CSV with a header; '# key: value' comments are the head. */
function lineRanges(
  file: string,
  bytes: Buffer,
  problems: Problems,
): { found: Found[]; head: Record<string, string> } {
  const head: Record<string, string> = {};
  const comments = bytes
    .toString('latin1', 0, 8192)
    .split('\n')
    .filter((line) => line.startsWith('#'));
  for (const comment of comments) {
    const match = /^#\s*([a-z]{2,12}):\s*(.{1,300})$/.exec(comment.trimEnd());
    if (match) head[match[1]] ??= Buffer.from(match[2], 'latin1').toString('utf8');
  }
  const found: Found[] = [];
  let columns: { address: number; date: number; label: number } | undefined;
  for (const { line, cells } of csvRows(bytes)) {
    if (!cells) {
      problems.add(file, line, 'a quote that never closes');
      continue;
    }
    if (!columns) {
      const named = columnsOf(cells);
      columns = named ?? { address: 0, date: 1, label: 2 };
      if (named) continue;
    }
    const [text, note] = entryOf(cells[columns.address] ?? '');
    // Comments as Spamhaus and PeerGuardian write them.
    if (text === '' || text.startsWith(';') || text.startsWith('//')) continue;
    const date = listDate(cells[columns.date] ?? '');
    // Without a header the second cell is a date or a word.
    const word = Number.isNaN(date) && columns.label === 2 ? (cells[1] ?? '') : '';
    const label = (cells[columns.label] ?? '') || note || word;
    found.push({ text, line, date, until: Number.NaN, label: label.slice(0, 200) });
    if (found.length > itemsAtMost) break;
  }
  return { found, head };
}

/** '192.0.2.0/24 # why' and '192.0.2.0/24 ; why' → the entry and the note. */
function entryOf(cell = ''): [string, string] {
  const [, text, note] = /^([^\s#;]*)\s*[#;]?\s*(.*)$/.exec(cell.slice(0, 400))!;
  return note.startsWith('-') ? [`${text}${note.replaceAll(' ', '')}`, ''] : [text, note];
}

function columnsOf(cells: readonly string[]): { address: number; date: number; label: number } | undefined {
  const names = cells.map((cell) => columnName(cell));
  const find = (wanted: readonly string[]): number =>
    wanted.map((name) => names.indexOf(name)).find((index) => index >= 0) ?? -1;
  const address = find(addressColumns);
  return address < 0 ? undefined : { address, date: find(dateColumns), label: find(labelColumns) };
}
