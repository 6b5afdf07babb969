import { RunError, UsageError } from '../base/errors.ts';
import { isoMicros } from '../base/iso-time.ts';
import { counted, grouped, listed, windowName } from '../base/plain-words.ts';
import { fitCells, safeText } from '../base/safe-text.ts';
import { AddressSet, formatIPv4, formatWords } from '../model/address.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../model/context.ts';
import type { Count, RunningDetector } from '../model/detector.ts';
import {
  EventBatch,
  EventKind,
  Flag,
  outcomeNames,
  Proto,
  Role,
  roleNames,
  textNames,
  Text,
} from '../model/event.ts';
import type { Format, InputInfo } from '../model/format.ts';
import { serviceName } from '../model/service.ts';
import { InputCounters, InputReader } from '../pipeline/input-reader.ts';
import { recognise } from '../pipeline/recognise.ts';
import { queryTypeName, rcodeNames } from '../wire/dns-words.ts';
import type { Catalogue } from './catalogue.ts';
import { checkFormat, inYear } from './detect.ts';
import { loadSettings, settle } from './settings.ts';
import type { ConfigOptions } from './settings.ts';
import { writeAll } from './streams.ts';
import type { Streams } from './streams.ts';

interface ExplainOptions extends ConfigOptions {
  readonly format?: string;
}

/** Records shown at most when several lines are given. */
const eventsAtMost = 20;
/** As much of a file is read to come to a record, its headers included. */
const readAtMost = 256 << 20;
const feedSize = 1 << 20;

/** What a record is, field by field, and what each detector counts of it. */
export async function explain(
  catalogue: Catalogue,
  record: string,
  options: ExplainOptions,
  streams: Streams,
): Promise<number> {
  checkFormat(catalogue, options.format);
  const settings = await loadSettings(catalogue, options, streams);
  const config = await settle(settings, streams, false);
  const formats = await Promise.all(
    catalogue.formats
      .filter(({ name }) => options.format === undefined || name === options.format)
      .map((entry) => entry.load()),
  );
  const input = await inputOf(catalogue, record, config.year);
  const forced = options.format === undefined ? undefined : formats[0];
  const recognised = recognise(input.bytes.subarray(0, 65_536), input.name, formats, config.formats);
  const format = forced ?? recognised.format;
  if (!format) {
    throw new RunError(
      `no format recognises this${input.hint}; 'offtrail formats' lists what can be read, --format decides`,
    );
  }
  const context: Context = {
    home: config.home ?? AddressSet.parse([]),
    homeSource: config.home ? 'configured' : 'not known for a single record',
    allowlist: config.allowlist,
    trustedProxies: config.trustedProxies,
  };
  const running = settings.detectors
    .filter(({ name }) => config.detectors[name] !== false)
    .map((detector) => ({
      name: detector.name,
      running: detector.start(config.detectors[detector.name], context),
    }));

  const lines: string[] = [`format    ${format.name}: ${format.title}${certainty(forced, recognised)}`];
  if (!config.home) {
    lines.push(
      'home      not known: thresholds that depend on its size stand at their least (--home decides)',
    );
  }
  const before = lines.length;
  const read = readRecords(format, formats, input, config);
  const { records } = read.counters;
  if (input.wanted !== undefined && (input.wanted < 1 || input.wanted > records)) {
    const part = input.whole ? '' : `the first ${readAtMost >> 20} MiB of `;
    throw new RunError(
      `${part}${input.name} has ${counted(records, 'record')}: there is no ${grouped(input.wanted)}`,
    );
  }
  for (const event of read.events) {
    lines.push('', ...event.fields.map(([name, value]) => `${name.padEnd(9)} ${value}`));
    const counts = running.map((detector) => ({ name: detector.name, said: event.counts(detector) }));
    const said = counts.flatMap((one) => one.said);
    lines.push(...said.map((line, i) => `${(i === 0 ? 'counts' : '').padEnd(9)} ${line}`));
    const silent = counts.filter((one) => one.said.length === 0).map(({ name }) => name);
    if (silent.length > 0)
      lines.push(`${'nothing'.padEnd(9)} counted at once by ${listed(silent, silent.length)}`);
  }
  for (const [reason, { examples }] of read.counters.reasons) {
    const wanted = examples.filter(
      ({ record: number }) => input.wanted === undefined || number === input.wanted,
    );
    for (const { record: number } of wanted) lines.push('', `record ${number} is no event: ${reason}`);
  }
  for (const [note] of read.counters.notes) lines.push('', `note      ${note}`);
  for (const [guest, count] of read.counters.guests)
    lines.push('', `note      ${counted(count, 'event')} in ${input.name} came of lines of ${guest}`);
  if (read.events.length === 0 && lines.length === before) {
    lines.push(
      '',
      'no event: a header, a comment, a blank line, or part of a record that says nothing by itself',
    );
  }
  await writeAll(
    streams.out,
    lines.map((line) => `${safeText(line)}\n`),
  );
  return 0;
}

function certainty(
  forced: Format | undefined,
  { sure, score, alternatives }: ReturnType<typeof recognise>,
): string {
  if (forced) return ' (by --format)';
  const others = alternatives.length > 0 ? `; also possible: ${alternatives.join(', ')}` : '';
  return sure ? others : ` (unsure: ${score.toFixed(2)}${others})`;
}

interface ExplainInput {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Record number, from 1; undefined: all. */
  readonly wanted: number | undefined;
  readonly modified: number;
  /** It was read to its end. */
  readonly whole: boolean;
  /** What may be wrong with how it was named. */
  readonly hint: string;
}

async function inputOf(
  catalogue: Catalogue,
  record: string,
  year: number | undefined,
): Promise<ExplainInput> {
  const files = await catalogue.files();
  const place = /^(.+):(\d{1,12})$/.exec(record);
  const { existsSync } = await import('node:fs');
  const path = record === '-' ? '-' : place && existsSync(place[1]) ? place[1] : undefined;
  if (path === undefined) {
    if (record.trim() === '') throw new UsageError('there is nothing to explain');
    const modified = year === undefined ? Date.now() * 1000 : Date.UTC(year, 11, 30) * 1000;
    const hint = existsSync(record)
      ? ' as a line (FILE:NUMBER names a record of a file)'
      : place
        ? ` as a line, and there is no file ${place[1]}`
        : '';
    return {
      name: 'the line',
      bytes: Buffer.from(`${record}\n`),
      wanted: undefined,
      modified,
      whole: true,
      hint,
    };
  }
  const input = inYear(await files.open(path), year);
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (total < readAtMost) {
    const buffer = new Uint8Array(feedSize);
    const got = await input.next(buffer, 0);
    if (got === 0) break;
    chunks.push(buffer.subarray(0, got));
    total += got;
  }
  input.close();
  const wanted = record === '-' || !place ? undefined : Number(place[2]);
  const whole = total < readAtMost;
  return { name: path, bytes: Buffer.concat(chunks), wanted, modified: input.modified, whole, hint: '' };
}

interface ExplainedEvent {
  readonly fields: readonly (readonly [string, string])[];
  counts(detector: { readonly name: string; readonly running: RunningDetector }): string[];
}

function readRecords(
  format: Format,
  others: readonly Format[],
  input: ExplainInput,
  { zone, formats, trustedProxies }: Config,
): { events: ExplainedEvent[]; counters: InputCounters } {
  const events: ExplainedEvent[] = [];
  const counters = new InputCounters();
  const info: InputInfo = {
    index: 0,
    name: input.name,
    modified: input.modified,
    zone,
    options: formats[format.name],
    trustedProxies,
  };
  const reader = new InputReader(format, info, {
    take: () => new EventBatch(),
    emit(batch) {
      for (let row = 0; row < batch.length && events.length < eventsAtMost; row++) {
        if (input.wanted === undefined || batch.record[row] === input.wanted) {
          events.push(explained(batch, row));
        }
      }
    },
    counters,
    // As `detect` reads them: a line of another format in between is that format's.
    others,
    formatOptions: formats,
  });
  const end = input.bytes.length;
  reader.feed(input.bytes, 0, end, true);
  while (reader.pending) reader.feed(input.bytes, end, end, true);
  return { events, counters };
}

function explained(batch: EventBatch, row: number): ExplainedEvent {
  const v6 = (batch.flags[row] & Flag.v6) !== 0;
  const address = (column: Uint32Array): string => {
    const value = column[row];
    const { wide } = batch;
    return v6
      ? formatWords(wide[value * 4], wide[value * 4 + 1], wide[value * 4 + 2], wide[value * 4 + 3])
      : formatIPv4(value);
  };
  const kind = (Object.keys(EventKind) as (keyof typeof EventKind)[]).find(
    (name) => EventKind[name] === batch.kind[row],
  );
  const flags = (Object.keys(Flag) as (keyof typeof Flag)[]).filter(
    (name) => (batch.flags[row] & Flag[name]) !== 0,
  );
  const isContact = kind === 'contact';
  const noTarget = (batch.flags[row] & Flag.noTarget) !== 0;
  const service = serviceName(batch.proto[row] * 65_536 + batch.targetPort[row]);
  const fields: [string, string][] = [
    ['record', String(batch.record[row])],
    ['event', kind ?? 'unknown'],
    ['time', isoMicros(batch.time[row])],
    ['source', address(batch.source) + (batch.sourcePort[row] > 0 ? ` port ${batch.sourcePort[row]}` : '')],
    ['target', noTarget ? 'not named' : address(batch.target)],
    ...(isContact || batch.targetPort[row] === 0
      ? []
      : [['port', String(batch.targetPort[row])] as [string, string]]),
    ...(isContact ? [['service', service + icmpMeaning(batch, row)] as [string, string]] : []),
    ...(isContact ? [['outcome', outcomeNames[batch.outcome[row]]] as [string, string]] : []),
    ['role', `${roleNames[batch.role[row]]}${roleMeaning(batch.role[row])}`],
    ...(batch.queryType[row] === 0
      ? []
      : [['type', queryTypeName(batch.queryType[row])] as [string, string]]),
    ...(isContact ? [] : [['status', statusMeaning(kind, batch.status[row])] as [string, string]]),
    ...((batch.flags[row] & Flag.hasSize) === 0
      ? []
      : [['size', String(batch.size[row])] as [string, string]]),
    ...(batch.ttl[row] > 0 ? [['ttl', String(batch.ttl[row])] as [string, string]] : []),
    ['flags', flags.join(' ') || 'none'],
    ...textNames.flatMap((name): [string, string][] => {
      const text = batch.text(row, Text[name]);
      return text === '' ? [] : [[name, fitCells(safeText(text), 400)]];
    }),
  ];
  return {
    fields,
    counts: (detector) => countsOf(detector, batch, row, kind),
  };
}

function icmpMeaning(batch: EventBatch, row: number): string {
  const proto = batch.proto[row];
  const port = batch.targetPort[row];
  return proto === Proto.icmp || proto === Proto.icmp6 ? `: type ${port >>> 8}, code ${port & 0xff}` : '';
}

function statusMeaning(kind: string | undefined, status: number): string {
  const meanings: Readonly<Record<string, string | undefined>> = {
    query: status === 255 ? 'no answer seen' : rcodeNames.at(status),
    login: status === 1 ? 'success' : 'failure',
    alert: 'severity, 1 is highest',
  };
  const meaning = kind === undefined ? undefined : meanings[kind];
  return meaning === undefined ? String(status) : `${status}: ${meaning}`;
}

function roleMeaning(role: number): string {
  if (role === Role.originator) return ': its source began';
  if (role === Role.responder) return ': a reply, never a probe';
  return role === Role.unpaired
    ? ': decided when the other direction is seen'
    : ': not known who began, never a probe';
}

/** What a detector counts of the row; for an unpaired row, as if its source had begun. */
function countsOf(
  { name, running }: { readonly name: string; readonly running: RunningDetector },
  batch: EventBatch,
  row: number,
  kind: string | undefined,
): string[] {
  const role = batch.role[row];
  if (kind === 'contact' && (role === Role.responder || role === Role.unknown)) return [];
  const lines = running.counts
    .filter(({ event }) => event === kind)
    .flatMap((count) => {
      const worth = worthOf(count, batch, row);
      const windows = count.windows
        .map(({ span, atLeast }) => `${atLeast} in ${windowName(span)}`)
        .join(', ');
      const what = `distinct ${count.distinct.join(' and ')} per ${count.by.join(' and ')}`;
      return worth === 0 ? [] : [`${count.id}: worth ${worth} of ${windows} (${what})`];
    });
  const chosen = running.select?.(batch, Uint32Array.of(row), 1);
  if (chosen !== undefined && chosen > 0) lines.push(`${name}: looks at this record by itself`);
  return lines;
}

function worthOf({ worth }: Count, batch: EventBatch, row: number): number {
  return worth ? worth(batch, row, false, false) : 1;
}
